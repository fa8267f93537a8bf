"""A failure made small, as Python that shows it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from raspir.ir import Graph, RaspirError
from raspir.testing.comparing import Trial
from raspir.testing.differences import DifferenceError
from raspir.testing.literals import literal
from raspir.testing.minimise import minimised
from raspir.testing.settings import Setting, simplest
from raspir.testing.trying import Failure

ATTEMPTS = 4000
"""Smaller programs, inputs and settings that are tried at most."""


@dataclass(frozen=True)
class Shrunk:
    """A failure, as small as it was made.

    Attributes:
        graph: the program.
        inputs: the inputs.
        setting: how it is optimised and run.
        told: what is different, in words.
    """

    graph: Graph
    inputs: list[Any]
    setting: Setting
    told: str


def shrunk(failure: Failure, attempts: int = ATTEMPTS) -> Shrunk:
    """Return a failure with a smaller program, smaller inputs and a simpler setting that still fails alike.

    What is tried on the way may take a small part of the time that a case may take, and all of it a few times that.
    """
    graph, setting, kind = failure.trial.graph, failure.setting, failure.problem.kind
    inputs = failure.problem.inputs or failure.trial.inputs
    limit = setting.time_limit
    quick = min(limit, max(limit / (30 if kind == "time" else 6), 1.0))
    deadline = time.monotonic() + max(3 * limit, 20.0)

    def fails(setting: Setting, graph: Graph, inputs: list[Any]) -> bool:
        if time.monotonic() > deadline:
            return False
        problem = _problem(replace(setting, time_limit=quick), graph, inputs)
        return problem is not None and problem.kind == kind

    with _scratch():
        if kind == "time":  # which is soon over, and one pass fails in less of it than several
            setting = simplest(setting, partial(fails, graph=graph, inputs=inputs))
        for _ in range(2):  # a simpler setting leaves more of the program out
            graph, inputs = minimised(graph, inputs, partial(fails, setting), attempts, deadline - time.monotonic())
            setting = simplest(setting, partial(fails, graph=graph, inputs=inputs))
        if kind == "time" and graph is not failure.trial.graph:
            setting = replace(setting, time_limit=quick / 2)  # no smaller one took longer than the double
        return Shrunk(graph, inputs, setting, (_problem(setting, graph, inputs) or failure.problem).told)


def _problem(setting: Setting, graph: Graph, inputs: list[Any]) -> DifferenceError | None:
    """Return what is different; ``None`` if nothing is, or for want of a program or of inputs."""
    try:
        Trial(graph, inputs).compare(setting)
    except DifferenceError as error:
        return error
    except RaspirError:
        return None
    return None


@contextmanager
def _scratch() -> Iterator[None]:
    """Let what is saved of a pass that fails, over and over while a program is made small, go with the folder."""
    with TemporaryDirectory() as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def script(found: Shrunk, title: str) -> str:
    """Return Python that shows a failure: it prints the difference and exits with code 1, or with 0 if there is none.

    Args:
        found: the failure.
        title: where it comes from, in a line.
    """
    functions = found.graph.functions
    imports = sorted(f"from {each.__module__} import {each.__qualname__}" for each in set(functions.values()))
    bound = ", ".join(f"{symbol!r}: {function.__qualname__}" for symbol, function in functions.items())
    parts = [
        f'"""{title}\n\n{_commented(found.told)}\n"""',
        "",
        *(["from math import inf", ""] if "inf" in literal(found.inputs) + repr(found.setting) else []),
        "import raspir",
        "from raspir.testing import Setting, difference",
        *imports,
        "",
        f"PROGRAM = raspir.parse(\n    {_text(str(found.graph))}\n)" + (f".bind({{{bound}}})" if bound else ""),
        f"INPUTS = {literal(found.inputs)}",
        f"SETTING = {found.setting!r}",
        "",
        'if __name__ == "__main__":',
        "    told = difference(PROGRAM, INPUTS, SETTING)",
        '    print(told or "no difference")',
        "    raise SystemExit(told is not None)",
    ]
    return "\n".join(parts) + "\n"


def _commented(told: str) -> str:
    """Return text that a docstring can hold."""
    return told.replace("\\", "\\\\").replace('"""', "'''").encode("utf-8", "backslashreplace").decode()


def _text(text: str) -> str:
    """Return a text as Python, a line for each of its lines."""
    if "\\" in text or '"""' in text or not text.isascii():
        return "\n    ".join(ascii(line) for line in text.splitlines(keepends=True))
    return f'"""\n{text}"""'


def save(content: str, path: Path) -> Path:
    """Write a new file, at ``path`` or, where there is one, beside it; return where.

    Raises:
        OSError: if it cannot be written.
    """
    for number in range(1000):
        at = path if number == 0 else path.with_stem(f"{path.stem}-{number + 1}")
        try:
            with at.open("x", encoding="utf-8", newline="\n") as file:
                file.write(content)
        except FileExistsError:
            continue
        return at
    raise FileExistsError(17, "there are too many files of that name", str(path))
