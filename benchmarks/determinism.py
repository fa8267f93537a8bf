"""Whether compiling depends on anything but the program: ``python benchmarks/determinism.py``.

Optimizes all examples and generated programs for both kinds of attention in three processes with different hash seeds,
one of them while all cores are busy. Exits with 1 if they do not print the same programs, with the first difference.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from random import Random

from programs import CAUSAL, PROGRAMS

import raspir
from raspir.ir import Graph
from raspir.testing.generate import program

BUSY = "while True: pass"


def graphs(count: int) -> Iterator[tuple[str, Graph]]:
    """Yield the examples and ``count`` generated programs, every third of them causal, with their names."""
    for each in (*PROGRAMS, *CAUSAL):
        yield each.name, raspir.lower(each.program, each.vocab, causal=each.causal or None)
    for seed in range(count):
        made = program(Random(seed), causal=seed % 3 == 0)
        yield f"program {seed}", made.assumed if seed % 2 else made.graph


def write(count: int) -> None:
    """Print a line with each optimized program."""
    warnings.simplefilter("ignore", raspir.RaspirWarning)
    for name, graph in graphs(count):
        for attention in ("select", "best"):
            remarks: list[object] = []
            made = raspir.optimize(graph, attention=attention, remarks=remarks)
            print(repr((name, attention, str(made), remarks)))


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep cores busy with as many processes."""
    started = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for each in started:
            each.kill()
            each.wait()


def lines(count: int, hash_seed: int, load: int) -> list[str]:
    """Return what :func:`write` prints in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, __file__, "--write", "--programs", str(count)]
    with busy(load):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return done.stdout.splitlines()


def main(arguments: list[str] | None = None) -> int:
    """Compare the processes, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="number of generated programs (1000)")
    parser.add_argument("--write", action="store_true", help="print the programs of one process")
    options = parser.parse_args(arguments)
    if options.write:
        write(options.programs)
        return 0
    first = lines(options.programs, 0, 0)
    for hash_seed, load in ((1, 0), (2, os.cpu_count() or 1)):
        for one, other in zip_longest(first, lines(options.programs, hash_seed, load)):
            if one != other:
                print(f"hash seed {hash_seed}, {load} busy processes:\n{one}\n{other}")
                return 1
    print(f"{len(first)} optimized programs are the same in 3 processes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
