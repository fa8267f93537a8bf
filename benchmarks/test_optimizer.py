"""Time and peak memory of the default pipeline, on generated programs and on the examples."""

import tracemalloc

import pytest
from programs import PROGRAMS

import raspir
from raspir.testing.generate import program_of_size

SIZES = [100, 1_000, 10_000]
KINDS = ["select", "best"]


def peak_of(make):
    """Return the peak number of bytes allocated while ``make`` runs."""
    tracemalloc.start()
    make()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def measured(benchmark, size, attention):
    graph = program_of_size(size, seed=0)
    benchmark.extra_info["bytes_per_node"] = peak_of(lambda: raspir.optimize(graph, attention=attention)) // size
    rounds = max(1, min(5, 5_000 // size))
    made = benchmark.pedantic(lambda: raspir.optimize(graph, attention=attention), rounds=rounds)
    assert made.stats().layers <= graph.stats().layers


@pytest.mark.parametrize("size", SIZES)
def test_optimize_with_select(benchmark, size):
    measured(benchmark, size, "select")


@pytest.mark.parametrize("size", SIZES)
def test_optimize_with_best(benchmark, size):
    measured(benchmark, size, "best")


@pytest.mark.parametrize("attention", KINDS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_examples(benchmark, program, attention):
    graph = raspir.lower(program.program, program.vocab)
    made = benchmark.pedantic(lambda: raspir.optimize(graph, attention=attention), rounds=3, warmup_rounds=1)
    benchmark.extra_info["layers"] = made.stats().layers
    assert made.stats().layers <= graph.stats().layers
