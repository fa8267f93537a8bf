"""Samples: atoms of every kind, and the comparison of a recognized function with the Python function on them."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from math import inf

from raspir.ir import Atom, Function, Node
from raspir.ir.arithmetic import atom_size
from raspir.ir.atoms import FAILED, Failed, atom_key, show
from raspir.ir.evaluation import checked, function_of
from raspir.ir.node import operands_of
from raspir.ir.ranges import LONGEST_BOUND
from raspir.ir.types import BOOL, FLOAT, INT, NONE, SELECTOR, STR, Type, type_of
from raspir.ir.views import Const
from raspir.ir.walks import postorder
from raspir.passes.recognize.purity import OpaqueError

_OF_KIND: dict[Type, tuple[Atom, ...]] = {
    INT: (1, 0, -1, 2, 7, -10, 2**53 + 1, -(2**70), 10**400),
    STR: ("a", "", "7", "word", "%d"),
    BOOL: (True, False),
    FLOAT: (0.5, -0.0, 1.0, inf, -2.5, -inf, 1e308),
    NONE: (None,),
}
_MOST_ROWS = 120  # for a function of several operands


class _TooLarge(Enum):
    TOO_LARGE = "too large"


TOO_LARGE = _TooLarge.TOO_LARGE
"""The outcome of an operation whose result could take long to compute."""

Outcome = Atom | Failed | _TooLarge


def samples(kinds: Type, constants: Iterable[Atom] = ()) -> list[Atom]:
    """Return atoms of these kinds, first one of each, with those that ``constants`` make interesting."""
    near = [atom for constant in constants for atom in _near(constant) if type_of(atom) in kinds]
    sets = [_OF_KIND[kind] for kind in _OF_KIND if kind in kinds]
    rounds = itertools.zip_longest(*sets, fillvalue=FAILED)
    found = {atom_key(atom): atom for row in rounds for atom in row if not isinstance(atom, Failed)}
    return list((found | {atom_key(atom): atom for atom in near}).values())


def _near(constant: Atom) -> tuple[Atom, ...]:
    if isinstance(constant, float) or type(constant) is int:
        return (constant, constant - 1, constant + 1, -constant)
    return (constant,)


def rows_of(kinds: Sequence[Type], constants: Iterable[Atom] = ()) -> list[tuple[Atom, ...]]:
    """Return samples for each of several operands: all for one operand, else a selection of their combinations."""
    constants = list(constants)
    if not all(kinds):
        return []
    sets = [samples(kind, constants) for kind in kinds]
    if len(sets) == 1:
        return [(atom,) for atom in sets[0]]
    size = next(size for size in itertools.count(1) if (size + 1) ** len(sets) > _MOST_ROWS)
    firsts = itertools.product(*(atoms[:size] for atoms in sets))
    rows = [*firsts, *_shifted(sets)]
    return list({tuple(map(atom_key, row)): row for row in rows}.values())


def _shifted(sets: Sequence[Sequence[Atom]]) -> Iterator[tuple[Atom, ...]]:
    """Yield rows in which every sample of every operand occurs, beside the same and beside others."""
    for shift in range(3):
        for number in range(max(map(len, sets))):
            yield tuple(atoms[(number + shift * place) % len(atoms)] for place, atoms in enumerate(sets))


def constants_in(roots: Iterable[Node]) -> list[Atom]:
    """Return the constants of a recognized function."""
    seen: dict[Node, None] = {}
    for root in roots:
        for node in postorder(root, operands_of, seen):
            seen[node] = None
    return [node.value for node in seen if isinstance(node, Const)]


def outcomes(root: Node, parameters: Sequence[Node], rows: Sequence[tuple[Atom, ...]]) -> Sequence[Outcome]:
    """Return the outcome of ``root`` for each row of atoms of ``parameters``; of a selector, for each key and query."""
    columns: dict[Node, Sequence[Outcome]] = {
        parameter: [row[number] for row in rows] for number, parameter in enumerate(parameters)
    }
    for node in postorder(root, operands_of, columns):
        if isinstance(node, Const):
            columns[node] = (node.value,) * len(rows)
        else:
            columns[node] = _column(node, [columns[operand] for operand in node.operands])
    return columns[root]


_LOGIC: dict[str, Function] = {
    "selector.and": lambda a, b: a and b,
    "selector.or": lambda a, b: a or b,
    "selector.not": lambda a: not a,
}


def _column(node: Node, operands: Sequence[Sequence[Outcome]]) -> list[Outcome]:
    function = _LOGIC.get(node.operation.name) or function_of(node, {})
    assert function is not None, node
    size = node.operation.size
    column: list[Outcome] = []
    for row in zip(*operands, strict=True):
        if FAILED in row or TOO_LARGE in row:  # the function may take long even where it fails in the end
            column.append(TOO_LARGE if TOO_LARGE in row else FAILED)
        elif size is not None and size(*row) > LONGEST_BOUND:
            column.append(TOO_LARGE)
        else:
            column.append(_bounded(_outcome(function, row)))
    return column


def _bounded(outcome: Outcome) -> Outcome:
    """Return the outcome of one operation, which may not be large: a few more operations could make it huge."""
    return outcome if isinstance(outcome, Enum) or atom_size(outcome) <= LONGEST_BOUND else TOO_LARGE


def _outcome(function: Function, row: Sequence[object]) -> Outcome:
    try:
        return checked(function(*row))
    except Exception:  # the function may raise anything
        return FAILED


def require_equal(root: Node, function: Function, parameters: Sequence[Node], rows: Sequence[tuple[Atom, ...]]) -> None:
    """Check that ``root`` and ``function`` yield the same atoms, or both fail, on each row of atoms.

    Raises:
        OpaqueError: if they differ on one.
    """
    for row in differences(root, function, parameters, rows):
        raise OpaqueError(f"on {' and '.join(map(show, row))} it differs from the operations that it seems to apply")


def differences(
    root: Node, function: Function, parameters: Sequence[Node], rows: Sequence[tuple[Atom, ...]]
) -> list[tuple[Atom, ...]]:
    """Return the rows of atoms for which ``root`` and ``function`` differ, in the result, its type, or in failing."""
    called = (lambda *row: bool(function(*row))) if root.type is SELECTOR else function
    found = zip(rows, outcomes(root, parameters, rows), strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python says of `~True`, it will say again when the program runs
        return [
            row for row, outcome in found if outcome is not TOO_LARGE and not _are_same(outcome, _outcome(called, row))
        ]


def _are_same(a: Outcome, b: Outcome) -> bool:
    if isinstance(a, Enum) or isinstance(b, Enum):
        return a is b
    return atom_key(a) == atom_key(b)
