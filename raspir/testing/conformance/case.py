"""Conformance cases as data: programs and inputs that exercise one feature each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from raspir.api import Program, to_graph
from raspir.ir import Atom, Graph, parse
from raspir.ir.types import type_of

KINDS = ("bool", "int", "float", "str", "none", "mixed")
"""The kinds of atoms that a feature operates on: ``none`` where ``None`` is among them, ``mixed`` for any others."""

ATOMS: Mapping[str, tuple[Atom, ...]] = {
    "bool": (True, False, True),
    "int": (3, 0, 1, -1, 2, 7, -12, 3, 2**31, 2**53 + 1, -(2**63), 2**64, 10**400),
    "float": (0.5, 0.0, -0.0, -2.5, 1.0, 0.5, 0.1, 1e300, -5e-324, inf, -inf),
    "str": ("b", "a", "", "B", "ab", "b", "a\0", "é", "e\u0301", "\U0001f600", "long string " * 3),
    "mixed": (1, True, 1.0, 0, False, 0.0, -0.0, "1", "", 2**53 + 1, 2.0**53, "True", 1),
}
"""Sample atoms of each kind, ordinary ones first, with some duplicates."""


@dataclass(frozen=True)
class Trial:
    """A program with inputs, which are run individually and as a batch.

    Attributes:
        graph: the program.
        inputs: the inputs; not iterators, since they are used more than once.
        wanted: hand-written expected results, one per input: a list of atoms, a mapping of output names to such lists,
            or an error class; ``None`` where the reference is the only oracle. Empty if it always is.
        layers: hand-written layers of the results; ``None`` where the reference is the only oracle.
        closed: whether the expected results are complete, so that the reference, which may be too slow, is not run.
    """

    graph: Graph
    inputs: tuple[Any, ...]
    wanted: tuple[Any, ...] = ()
    layers: int | None = None
    closed: bool = False


@dataclass(frozen=True)
class Case:
    """The conformance test of one feature.

    Attributes:
        group: the feature group.
        name: the feature.
        trials: the programs and inputs.
        operations: the IR operations that it covers, for the report's table of operations.
        kind: the kind of atoms that they operate on, one of :data:`KINDS`.
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
    *,
    causal: bool | None = None,
) -> Trial:
    """Return a trial of a program under the given assumptions."""
    graph = to_graph(program, vocab, max_length, causal=causal)
    return Trial(located(graph), tuple(inputs), tuple(wanted), layers)


def located(graph: Graph) -> Graph:
    """Return ``graph`` with locations in its own text, which are more useful than lines of the suite's source."""
    return parse(str(graph)).bind(graph.functions)


def kind_of(atoms: Iterable[Atom]) -> str:
    """Return the one of :data:`KINDS` that describes ``atoms``."""
    kinds = {str(type_of(atom)) for atom in atoms}
    return kinds.pop() if len(kinds) == 1 else "mixed"
