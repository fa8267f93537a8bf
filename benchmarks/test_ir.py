"""Building, lowering, printing, parsing and evaluating graphs: each must grow linearly with the number of nodes."""

import tracemalloc

import pytest

import raspir

SIZES = [1_000, 10_000, 100_000]


def chain(length):
    """Return a program of ``length`` operations, each on the one before and on one further back."""
    program = older = raspir.tokens
    for i in range(length):
        older, program = program, program + (older if i % 3 else i)
    return program


def held_by(make):
    """Return how many bytes what ``make`` returns holds."""
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
    """Each node uses the last one twice: ten times the depth costs ten times the time, not 2**180 times."""
    program = raspir.tokens
    for _ in range(depth):
        program = program + program
    run = raspir.compile(program, "reference")
    assert benchmark.pedantic(lambda: run([1]), rounds=20, iterations=10, warmup_rounds=1) == [2**depth]
