"""The programs of the examples as transformers: layers, blocks, heads, parameters, and wrong outputs.

``python benchmarks/transformed.py`` makes a transformer of each program of the text that introduced the language, of
those in the paper's language, and of Tracr's library, for each maximum length. A program must not get more layers than
it is written with, and no output may be wrong; ``transformer.py`` measures them. The reason why a program has no
transformer is shown below.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from programs import SUM
from transformer import Task, reported, row

import raspir

EXAMPLES = Path(__file__).parent.parent / "examples"
LENGTHS = (5, 10)
DIGITS = range(10)
PROGRAMS: dict[str, dict[str, Iterable[Any]]] = {
    "transforms.py": {
        "is_l": "helo", "model": DIGITS, "positional_model": DIGITS, "l_or_second": "helo", "hidden": "helo",
        "atoi_plus_two": "0123456789-",
    },
    "attention.py": {
        "hist": "abcd", "length": "abcd", "sum2": DIGITS, "cumsum": DIGITS, "flip": "abcd",
        "cumsum_of_length_minus_indices": DIGITS,
    },
    "puzzles.py": {
        "smallest": DIGITS, "first_l": "helo", "aligned": "ab-", "split_first": SUM, "split_second": SUM,
        "slide_example": "xhl<",
    },
    "addition.py": {"add": SUM},
    "rasp/reverse.rasp": {"reverse": "abcd"},
    "rasp/hist.rasp": {"hist": "abcd", "hist_marked": "§abc"},
    "rasp/double_hist.rasp": {"double_hist": "abcd", "double_hist_marked": "§abc"},
    "rasp/sort.rasp": {"sort(tokens, tokens)": "abcd"},
    "rasp/most_frequent.rasp": {"most_frequent": "abcd", "most_frequent_marked": "§abc"},
    "rasp/dyck1.rasp": {"dyck1": "()"},
    "rasp/dyck2.rasp": {"dyck2": "(){}"},
    "rasp/shuffle_dyck.rasp": {"shuffle_dyck2": "(){}"},
    "rasp/long_addition.rasp": {"add": SUM},
    "tracr_library.py": {
        "make_length": "abcd", "make_reverse": "abcd", "make_hist": "abcd", "make_frac_prevs": "abcd",
        "make_pair_balance": "()xy", "make_shuffle_dyck": "()", "make_shuffle_dyck2": "(){}",
        "make_sort_unique": (1, 2, 3, 4), "make_sort": (1, 2, 3, 4), "make_sort_freq": "abcd", "shift_by": "abcd",
        "detect_pattern": "abcd", "make_count_less_freq": "abcd", "make_count": "abcd",
        "make_nary_sequencemap": "abcd",
    },
}  # fmt: skip
"""The vocabulary of each program, by its file and name."""


def tasks() -> Iterator[Task]:
    """Yield the programs, whose layers as written are their limit."""
    for file, names in PROGRAMS.items():
        for name, vocab in names.items():
            program = raspir.load(str(EXAMPLES / file), name)
            yield Task(f"{file}:{name}", program, raspir.lower(program).stats().layers, {}, {}, vocab)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; return 1 if an output is wrong, or a program has too many layers or no transformer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", help="only programs with this in their names")
    parser.add_argument("--length", action="append", type=int, help="only this maximum length; may be repeated")
    options = parser.parse_args(arguments)
    chosen = [task for task in TASKS if (options.program or "") in task.name]
    return reported([row(task, n, "transformed") for task in chosen for n in options.length or LENGTHS])


TASKS = tuple(tasks())

if __name__ == "__main__":
    sys.exit(main())
