"""Scaling of building, lowering, printing, parsing and evaluating graphs, all linear in the number of nodes."""

import tracemalloc

import pytest

import raspir

SIZES = [1_000, 10_000, 100_000]


def chain(length):
    """Return a program of ``length`` operations, each on its predecessor and on an earlier one."""
    program = older = raspir.tokens
    for i in range(length):
        older, program = program, program + (older if i % 3 else i)
    return program


def held_by(make):
    """Return the number of bytes retained by the result of ``make``."""
    tracemalloc.start()
    kept = make()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held


@pytest.mark.parametrize("size", SIZES)
def test_build_and_lower(benchmark, size):
    benchmark.extra_info["bytes_per_node"] = held_by(lambda: raspir.lower(chain(size))) // size
    graph = benchmark.pedantic(lambda: raspir.lower(chain(size)), rounds=5, warmup_rounds=1)
    assert len(graph) >= size


@pytest.mark.parametrize("size", SIZES)
def test_print(benchmark, size):
    graph = raspir.lower(chain(size))
    text = benchmark.pedantic(lambda: str(graph), rounds=5, warmup_rounds=1)
    assert text.count("\n") > size


@pytest.mark.parametrize("size", SIZES)
def test_parse(benchmark, size):
    text = str(raspir.lower(chain(size)))
    graph = benchmark.pedantic(lambda: raspir.parse(text), rounds=5, warmup_rounds=1)
    assert len(graph) >= size


@pytest.mark.parametrize("size", SIZES)
def test_evaluate(benchmark, size):
    program = raspir.tokens
    for i in range(size):
        program = program + i % 7
    run = raspir.compile(program, "reference")
    result = benchmark.pedantic(lambda: run([1, 2, 3]), rounds=5, warmup_rounds=1)
    assert len(result) == 3


@pytest.mark.parametrize("depth", [20, 200])
def test_heavy_sharing(benchmark, depth):
    """Evaluate a chain in which each node uses its predecessor twice: ×10 in depth costs ×10 in time, not ×2**180."""
    program = raspir.tokens
    for _ in range(depth):
        program = program + program
    run = raspir.compile(program, "reference")
    assert benchmark.pedantic(lambda: run([1]), rounds=20, iterations=10, warmup_rounds=1) == [2**depth]
