"""What the kit is made of: cases, each programs on inputs that are about one feature, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from raspir.api import Program, to_graph
from raspir.ir import Atom, Graph, parse
from raspir.ir.types import type_of

KINDS = ("bool", "int", "float", "str", "mixed")
"""The kinds of atoms that a feature works on; ``mixed`` for those of several."""

ATOMS: Mapping[str, tuple[Atom, ...]] = {
    "bool": (True, False, True),
    "int": (3, 0, 1, -1, 2, 7, -12, 3, 2**31, 2**53 + 1, -(2**63), 2**64, 10**400),
    "float": (0.5, 0.0, -0.0, -2.5, 1.0, 0.5, 0.1, 1e300, -5e-324, inf, -inf),
    "str": ("b", "a", "", "B", "ab", "b", "a\0", "é", "e\u0301", "\U0001f600", "long string " * 3),
    "mixed": (1, True, 1.0, 0, False, 0.0, -0.0, "1", "", 2**53 + 1, 2.0**53, "True", 1),
}
"""Atoms of each kind, ordinary ones first; some are there twice."""


@dataclass(frozen=True)
class Trial:
    """A program and inputs to run it on, one by one and as a batch.

    Attributes:
        graph: the program.
        inputs: the inputs; no iterators, since they are used more than once.
        wanted: what it yields on each, written down by hand: a list of atoms, a mapping to such lists by the names of
            outputs, or the class of the error; ``None`` where the reference alone says. Empty if it says all.
        layers: the layers of what it yields, written down by hand; ``None`` where the reference alone says.
        closed: whether what is written down says all, and the reference, which may take too long, is not asked.
    """

    graph: Graph
    inputs: tuple[Any, ...]
    wanted: tuple[Any, ...] = ()
    layers: int | None = None
    closed: bool = False


@dataclass(frozen=True)
class Case:
    """What is asked of a backend about one feature.

    Attributes:
        group: the features that it belongs with.
        name: what it is about.
        trials: the programs and inputs.
        operations: the operations of the IR that it is about, for the table of those.
        kind: the kind of atoms they work on in it, one of :data:`KINDS`.
        missing: whether the programs lack functions, so that compiling must raise ``BackendError``.
    """

    group: str
    name: str
    trials: tuple[Trial, ...]
    operations: tuple[str, ...] = ()
    kind: str = "mixed"
    missing: bool = False

    def __str__(self) -> str:
        return f"{self.group}: {self.name}"


def trial(
    program: Program,
    inputs: Iterable[Any],
    wanted: Iterable[Any] = (),
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    layers: int | None = None,
) -> Trial:
    """Return a trial of a program with these promises."""
    return Trial(located(to_graph(program, vocab, max_length)), tuple(inputs), tuple(wanted), layers)


def located(graph: Graph) -> Graph:
    """Return ``graph`` with the lines of its own text for locations: lines of the kit would tell nobody anything."""
    return parse(str(graph)).bind(graph.functions)


def kind_of(atoms: Iterable[Atom]) -> str:
    """Return the one of :data:`KINDS` that ``atoms`` are of."""
    kinds = {str(type_of(atom)) for atom in atoms}
    return kinds.pop() if len(kinds) == 1 else "mixed"
