"""The snapshot cases of this folder: header comments, input program and optimized program of each file."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import le, mul, sub
from pathlib import Path
from typing import Any

from raspir.ir import Graph, parse
from raspir.passes.base import Remark
from raspir.passes.options import Attention, Target
from raspir.passes.pipeline import run_passes

FOLDER = Path(__file__).parent
SUFFIX, EXPECTED = ".rir", ".expected.rir"
PIPELINE = "pipeline"
"""The folder of cases that run the default pipeline; each other folder has the name of the pass that its cases run."""

ATTENTION: dict[str, Attention] = {"select": "select", "best": "best"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "le": le, "len": len, "lower": str.lower, "mul": mul, "ord": ord, "sub": sub, "upper": str.upper,
}  # fmt: skip
"""The functions behind the symbols that a case may use; all are well known, so a reader can tell what they return."""


@dataclass(frozen=True)
class Case:
    """A program in a file, and what its comments say.

    Attributes:
        path: the file of the program.
        summary: one sentence on what happens to it.
        passes: the passes that run, ``None`` for the default pipeline.
        attention: which attention heads the passes may use.
    """

    path: Path
    summary: str
    passes: str | None
    attention: Attention

    @property
    def name(self) -> str:
        """The path within this folder, without the suffix: ``fold/sum--terms-collected``."""
        return self.path.relative_to(FOLDER).as_posix().removesuffix(SUFFIX)

    @property
    def folder(self) -> str:
        """The name of the pass that the case is about, or ``pipeline``."""
        return self.path.parent.name

    @property
    def rule(self) -> str:
        """The name of the rule that the case is about, as the proof cases and remarks spell it."""
        return self.path.name.removesuffix(SUFFIX).partition("--")[0].replace("-", " ")

    @property
    def expected_path(self) -> Path:
        """The file of the expected program."""
        return self.path.with_name(self.path.name.removesuffix(SUFFIX) + EXPECTED)

    @cached_property
    def graph(self) -> Graph:
        """The program as written."""
        return _bound(self.path)

    @property
    def expected_graph(self) -> Graph:
        """The expected program."""
        return _bound(self.expected_path)

    def expected(self) -> str | None:
        """Return the expected text, ``None`` if there is no such file yet."""
        return self.expected_path.read_text(encoding="utf-8") if self.expected_path.exists() else None

    def optimized(self, graph: Graph | None = None, remarks: list[Remark] | None = None) -> Graph:
        """Return what the passes of this case make of its program, or of ``graph``."""
        return run_passes(self.graph if graph is None else graph, self.passes, Target(self.attention), remarks=remarks)

    def difference(self) -> str:
        """Return how the program that the passes make differs from the expected one; empty if it does not."""
        found, expected = str(self.optimized()), self.expected()
        if found == expected:
            return ""
        lines = difflib.unified_diff(
            (expected or "").splitlines(), found.splitlines(), self.expected_path.name, "found", lineterm=""
        )
        return "\n".join([f"{self.name}: {self.summary}", *lines])


def _bound(path: Path) -> Graph:
    """Return the program of a file with functions for its symbols."""
    graph = parse(path.read_text(encoding="utf-8"), file=str(path))
    return graph.bind({symbol: FUNCTIONS[symbol] for symbol in graph.symbols})


def read(path: Path) -> Case:
    """Return the case of a file.

    Raises:
        ValueError: if a comment at its head is no directive. A misspelt one would be ignored otherwise.
    """
    summary, *directives = _head(path)
    passes = None if path.parent.name == PIPELINE else path.parent.name
    attention: Attention = "select"
    for directive in directives:
        name, _, value = directive.partition(": ")
        if name == "passes":
            passes = value
        elif name == "attention" and value in ATTENTION:
            attention = ATTENTION[value]
        else:
            raise ValueError(f"{path}: expected `passes: …` or `attention: select` or `best`, found `{directive}`")
    return Case(path, summary, passes, attention)


def _head(path: Path) -> list[str]:
    """Return the comments above a program, without their marks."""
    comments = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            break
        comments.append(line.removeprefix("# "))
    if not comments:
        raise ValueError(f"{path}: expected a comment on the first line that says what happens to the program")
    return comments


def cases() -> list[Case]:
    """Return all cases, in the order of their names."""
    return [read(path) for path in sorted(FOLDER.glob(f"*/*{SUFFIX}")) if not path.name.endswith(EXPECTED)]


def stale() -> list[Path]:
    """Return the files of expected programs that belong to no case, as a case that was renamed leaves behind."""
    known = {case.expected_path for case in cases()}
    return [path for path in sorted(FOLDER.glob(f"*/*{EXPECTED}")) if path not in known]
