"""Programs as transformers with exact weights: their sizes beside limits and beside Tracr's, errors and times.

``python benchmarks/transformer.py`` makes a transformer of each program for each maximum length. Where there are limits
on its attention layers and parameters, it must keep them; its output is compared with that of the NumPy backend. The
reason why a program has no transformer, or takes too long, is shown below. Parameters do not include the unembedding,
and layers stand before their limit. Each case has a process of its own, which ends if it takes too long.
"""

from __future__ import annotations

import argparse
import sys
import tracemalloc
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from math import isclose
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, Literal

from programs import SUM, addition, tracr
from rich.table import Table

import raspir
from raspir import tokens
from raspir.cli.tables import console
from raspir.library.prefixes import cumsum, window_sum
from raspir.transformer.inputs import CheckedInputs
from raspir.transformer.model import Transformer

LENGTHS = (5, 10, 16, 64)
BUDGET = 2_000
"""The most inputs on which each transformer is compared."""
BATCH, BATCH_LENGTH = 10_000, 16
"""The batch that is timed: this many inputs of this length, or of the maximum length if that is less."""
STARTING, BUILDING, CHECKING = 60.0, 20.0, 300.0
"""The most seconds to start a process, to make a transformer in it, and to check that."""
SEED = 20


@dataclass(frozen=True)
class Task:
    """A program of the benchmark.

    Attributes:
        name: the name in the table.
        program: the program.
        layers: the most attention layers.
        parameters: the most parameters by maximum length.
        vocab: the assumed tokens.
        least: the parameters that suffice by hand, by maximum length.
        attention: the attention for which the program is optimized.
        max_heads: the most heads that the optimizer may put in the place of one; ``None`` for its default.
        tracr: Tracr's parameters and layers, as measured, by maximum length.
    """

    name: str
    program: raspir.SOp
    layers: int
    parameters: Mapping[int, int]
    least: Mapping[int, int]
    vocab: Iterable[Any] = "abcd"
    attention: Literal["select", "best"] = "select"
    max_heads: int | None = None
    tracr: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def at(*parameters: int) -> dict[int, int]:
    """Return numbers of parameters by maximum length."""
    return dict(zip(LENGTHS, parameters, strict=False))


SORTED = {10: (56_489, 3), 64: (1_872_563, 3)}
TASKS = (
    Task(
        "reverse", tracr.reverse, 2, at(200, 240, 280, 650), at(134, 159, 189, 429),
        tracr={10: (92_465, 4), 64: (14_087_483, 4)},
    ),
    Task(
        "hist", tracr.hist, 1, at(130, 150, 175, 390), at(81, 96, 114, 258),
        tracr={10: (2_563, 1), 64: (49_057, 1)},
    ),
    Task("sort", tracr.sort, 1, at(270, 320, 380, 900), at(177, 212, 254, 590), tracr=SORTED),
    Task(
        "sort by counting", tracr.sort, 2, at(1_100, 2_000, 2_500, 9_500), at(719, 1_286, 1_670, 6_326),
        max_heads=1, tracr=SORTED,
    ),
    Task(
        "shuffle-dyck-2", tracr.shuffle_dyck_2(), 2, at(900, 1_800, 2_200, 5_500), at(621, 1_316, 1_574, 3_929),
        vocab="(){}", tracr={10: (1_026_950, 8)},
    ),
    Task(
        "fraction of earlier matches", tracr.fraction_of_earlier_matches(), 1, at(320, 820, 1_100, 4_000),
        at(207, 543, 703, 2_703), vocab="abcx", tracr={10: (2_373, 2)},
    ),
    Task(
        "pair balance", tracr.pair_balance(), 1, at(410, 990, 1_250, 4_500), at(271, 657, 837, 2_997),
        vocab="()xy", tracr={10: (4_940, 2)},
    ),
    Task(
        "sort by frequency", tracr.sort_by_frequency, 3, at(2_100, 4_100, 5_600, 26_000),
        at(1_371, 2_706, 3_734, 17_430), tracr={10: (561_152, 5)},
    ),
    Task(
        "detect a pattern of three", tracr.detect_pattern(), 1, at(230, 270, 310, 670), at(152, 177, 207, 447),
        tracr={10: (10_614, 3)},
    ),
    Task(
        "add", addition.add(), 3, at(6_000, 10_000, 16_000, 120_000), at(4_543, 7_483, 11_869),
        vocab=SUM, attention="best",
    ),
    Task("cumulative sum", cumsum(tokens), 1, at(370, 710, 930, 3_800), at(243, 471, 617, 2_505), vocab=range(10)),
    Task("sum of three", window_sum(tokens, 3), 1, at(175, 195, 220, 440), at(114, 129, 147, 291), vocab=range(10)),
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """What a transformer is made of.

    Attributes:
        layers: its attention layers.
        blocks: its blocks, also those without attention.
        heads: its heads.
        parameters: its parameters without the unembedding.
        seconds: the time to make it.
    """

    layers: int
    blocks: int
    heads: int
    parameters: int
    seconds: float


@dataclass(frozen=True)
class Check:
    """How a transformer computes.

    Attributes:
        wrong: the number of inputs on which its output differs from that of the NumPy backend.
        compared: the number of inputs on which the program yields an output.
        seconds: the time of the batch.
        memory: the most bytes that the batch takes.
    """

    wrong: int
    compared: int
    seconds: float
    memory: int


def transformer(task: Task, n: int) -> Transformer:
    """Return the transformer of a program.

    Raises:
        TransformerError: if it is refused.
    """
    limits = {} if task.max_heads is None else {"max_heads": task.max_heads}
    return raspir.to_transformer(task.program, vocab=task.vocab, max_length=n, attention=task.attention, **limits)


def is_same(given: object, expected: object) -> bool:
    """Return whether two atoms are of one type and equal; floats but for rounding."""
    if type(given) is float and type(expected) is float:
        return isclose(given, expected, rel_tol=1e-9)
    return type(given) is type(expected) and given == expected


def checked(task: Task, n: int, model: Transformer) -> Check:
    """Return how a transformer computes, beside the NumPy backend on the program as it is written."""
    written = raspir.compile(task.program, vocab=task.vocab, max_length=n, optimize=False)
    expected = []
    for given in CheckedInputs(model.graph, BUDGET, SEED):
        try:
            expected.append((given, written(given)))
        except raspir.EvaluationError:  # which the weights need not reproduce
            continue
    results = model.batch([given for given, _ in expected])
    same = [all(map(is_same, got, result)) for got, (_, result) in zip(results, expected, strict=True)]
    atoms = list(task.vocab)
    length = min(n, BATCH_LENGTH)
    batch = [[atoms[(row + at * at * row) % len(atoms)] for at in range(length)] for row in range(BATCH)]
    begin = perf_counter()
    model.batch(batch)
    seconds = perf_counter() - begin
    tracemalloc.start()
    model.batch(batch)
    _, memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Check(same.count(False), len(same), seconds, memory)


def measure(results: Connection, module: str, name: str, n: int) -> None:
    """Send the figures of one case as they are found: a start, a size or the reason of a refusal, and a check."""
    task = next(each for each in import_module(module).TASKS if each.name == name)
    warnings.simplefilter("ignore", raspir.BudgetWarning)  # fewer layers are not what is measured
    results.send(None)
    begin = perf_counter()
    try:
        model = transformer(task, n)
    except raspir.RaspirError as error:
        results.send(str(error))
        return
    seconds = perf_counter() - begin
    results.send(Size(model.layers, model.blocks, model.heads, model.core_parameters, seconds))
    results.send(checked(task, n, model))


@dataclass(frozen=True)
class Row:
    """A program at a maximum length.

    Attributes:
        task: the program.
        n: the maximum length.
        size: the size of its transformer, if there is one.
        check: how that computes, if that was found.
        reason: why something is missing.
    """

    task: Task
    n: int
    size: Size | None = None
    check: Check | None = None
    reason: str = ""

    @property
    def missed(self) -> list[str]:
        """The limits that are missed, as sentences."""
        name = f"{self.task.name} at {self.n}"
        missed = [f"{name}: {self.reason}"] if self.reason else []
        most = self.task.parameters.get(self.n)
        if self.size is not None and self.size.layers > self.task.layers:
            missed.append(f"{name}: {self.size.layers} layers, where the limit is {self.task.layers}")
        if self.size is not None and most is not None and self.size.parameters > most:
            missed.append(f"{name}: {self.size.parameters:,} parameters, where the limit is {most:,}")
        if self.check is not None and self.check.wrong:
            missed.append(f"{name}: {self.check.wrong:,} of {self.check.compared:,} outputs are wrong")
        return missed


def row(task: Task, n: int, module: str = "transformer") -> Row:
    """Return the figures of one case of a module's ``TASKS``, which are measured in a process of its own."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=measure, args=(sender, module, task.name, n))
    process.start()
    sender.close()
    found: list[Any] = []
    reason = ""
    try:
        for limit, what in ((STARTING, "a start"), (BUILDING, "a transformer"), (CHECKING, "its check")):
            if not receiver.poll(limit):
                reason = f"{what} takes more than {limit:.0f} s"
                break
            found.append(receiver.recv())
            if isinstance(found[-1], str):
                reason = found.pop()
                break
    except EOFError:
        process.join()
        reason = f"the process ended with exit code {process.exitcode}"
    finally:
        process.kill()
        process.join()
    return Row(task, n, *found[1:], reason=reason)


def sizes(rows: Iterable[Row]) -> Table:
    """Return a table of what the transformers are made of."""
    table = headed("program", "length", "layers", "blocks", "heads", "parameters", "at most", "by hand", "Tracr")
    for each in rows:
        task, size = each.task, each.size
        layers, *others = (
            ("none", "", "", "")
            if size is None
            else map("{:,}".format, (size.layers, size.blocks, size.heads, size.parameters))
        )
        limits = [f"{limit[each.n]:,}" if each.n in limit else "" for limit in (task.parameters, task.least)]
        theirs = "{:,} ({})".format(*task.tracr[each.n]) if each.n in task.tracr else ""
        style = "red" if each.missed else ""
        table.add_row(task.name, str(each.n), f"{layers} ({task.layers})", *others, *limits, theirs, style=style)
    return table


def checks(rows: Iterable[Row]) -> Table:
    """Return a table of how the transformers compute."""
    table = headed("program", "length", "wrong", "compared", "compile", "batch", "memory")
    table.title = f"batch: {BATCH:,} inputs of length {BATCH_LENGTH}, or of the maximum length"
    for each in rows:
        seconds = "" if each.size is None else f"{each.size.seconds:.2f} s"
        wrong, compared, batch, memory = "", "", "", ""
        if each.check is not None:
            wrong, compared = f"{each.check.wrong:,}", f"{each.check.compared:,}"
            batch, memory = f"{each.check.seconds:.2f} s", f"{each.check.memory / 2**20:,.0f} MiB"
        table.add_row(each.task.name, str(each.n), wrong, compared, seconds, batch, memory)
    return table


def headed(first: str, *others: str) -> Table:
    """Return an empty table, in which all but the first column have figures."""
    table = Table(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; return 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [task.name for task in TASKS]
    parser.add_argument("--program", action="append", choices=names, help="only this program; may be repeated")
    parser.add_argument("--length", action="append", type=int, help="only this maximum length; may be repeated")
    options = parser.parse_args(arguments)
    chosen = [task for task in TASKS if task.name in (options.program or names)]
    return reported([row(task, n) for task in chosen for n in options.length or LENGTHS])


def reported(rows: list[Row]) -> int:
    """Print the figures, and what is missed; return 1 if anything is."""
    for table in (sizes(rows), checks(rows)):
        console().print(table)
    missed = [line for each in rows for line in each.missed]
    for line in missed:
        print(line, file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
