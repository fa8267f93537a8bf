"""Minimized failures as standalone Python reproducers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from raspir.ir import Graph, RaspirError
from raspir.ir.composition import Composed, Part
from raspir.ir.packing import Packing
from raspir.testing.comparing import Trial
from raspir.testing.differences import DifferenceError
from raspir.testing.literals import literal
from raspir.testing.minimize import minimized
from raspir.testing.settings import Setting, simplest
from raspir.testing.trying import Failure

ATTEMPTS = 4000
"""The maximum number of shrinking candidates."""


@dataclass(frozen=True)
class Shrunk:
    """A minimized failure.

    Attributes:
        graph: the program.
        inputs: the inputs.
        setting: how it is optimized and run.
        description: a description of the difference.
    """

    graph: Graph
    inputs: list[Any]
    setting: Setting
    description: str


def shrunk(failure: Failure, attempts: int = ATTEMPTS) -> Shrunk:
    """Minimize the program, inputs and setting of a failure, preserving its kind.

    Each candidate is limited to a small part of a case's time limit, and the whole search to a few times that limit.
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
        if kind == "time":  # a shorter limit suffices, and one pass exceeds it sooner than several
            setting = simplest(setting, partial(fails, graph=graph, inputs=inputs))
        for _ in range(2):  # a simpler setting permits further reduction of the program
            graph, inputs = minimized(graph, inputs, partial(fails, setting), attempts, deadline - time.monotonic())
            setting = simplest(setting, partial(fails, graph=graph, inputs=inputs))
        if kind == "time" and graph is not failure.trial.graph:
            setting = replace(setting, time_limit=quick / 2)  # every smaller candidate took less than twice this
        return Shrunk(graph, inputs, setting, (_problem(setting, graph, inputs) or failure.problem).description)


def _problem(setting: Setting, graph: Graph, inputs: list[Any]) -> DifferenceError | None:
    """Return the difference; ``None`` if there is none, or the candidate is not a valid program or has no inputs."""
    try:
        Trial(graph, inputs).compare(setting)
    except DifferenceError as error:
        return error
    except RaspirError:
        return None
    return None


@contextmanager
def _scratch() -> Iterator[None]:
    """Redirect the reports of failing passes, saved repeatedly during shrinking, to a temporary folder."""
    with TemporaryDirectory() as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def script(found: Shrunk, title: str) -> str:
    """Return a script that reproduces a failure: it exits with code 1 and prints the difference, or else with code 0.

    Args:
        found: the failure.
        title: a one-line description of its origin.
    """
    functions = found.graph.functions
    imports = sorted({line for function in functions.values() for line in _imports(function)})
    bound = ", ".join(f"{symbol!r}: {_expression(function)}" for symbol, function in functions.items())
    parts = [
        f'"""{title}\n\n{_commented(found.description)}\n"""',
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
        "    found = difference(PROGRAM, INPUTS, SETTING)",
        '    print(found or "no difference")',
        "    raise SystemExit(found is not None)",
    ]
    return "\n".join(parts) + "\n"


def _imports(function: Callable[..., Any]) -> Iterator[str]:
    """Yield the imports that the expression of a function needs."""
    if isinstance(function, Packing):
        yield f"from {Packing.__module__} import {Packing.__name__}"
        yield from _imports(function.function)
    elif isinstance(function, Composed):
        yield f"from {Composed.__module__} import {Composed.__name__}, {Part.__name__}"
        for each in function.functions:
            yield from _imports(each)
    else:
        yield f"from {function.__module__} import {function.__qualname__}"


def _expression(function: Callable[..., Any] | None) -> str:
    """Return a source expression for a function that is importable by name, or composed of such functions."""
    if isinstance(function, Packing):
        return f"Packing({_expression(function.function)})"
    if isinstance(function, Composed):
        parts = (f"Part({_expression(part.function)}, {part.count}, {part.none!r})" for part in function.parts)
        return f"Composed({_expression(function.function)}, ({', '.join(parts)},), {function.none!r})"
    return "None" if function is None else function.__qualname__


def _commented(text: str) -> str:
    """Escape text for use in a docstring."""
    return text.replace("\\", "\\\\").replace('"""', "'''").encode("utf-8", "backslashreplace").decode()


def _text(text: str) -> str:
    """Return a source expression for a string, one line per line."""
    if "\\" in text or '"""' in text or not text.isascii():
        return "\n    ".join(ascii(line) for line in text.splitlines(keepends=True))
    return f'"""\n{text}"""'


def save(content: str, path: Path) -> Path:
    """Write a new file at ``path``, or under a fresh name beside it if it exists; return the path.

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
    raise FileExistsError(17, "too many files have that name", str(path))
