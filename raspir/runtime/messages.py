"""What backends say of a program that fails: the same words, whichever of them runs it."""

from __future__ import annotations

from collections.abc import Iterable

from raspir.ir.atoms import Atom, show
from raspir.ir.errors import reason


def joined(atoms: Iterable[Atom]) -> str:
    """Return the atoms that an operation failed on."""
    return " and ".join(map(show, atoms))


def listed(items: Iterable[object]) -> str:
    """Return the items with commas, those in the middle left out where there are many."""
    told = [str(item) for item in items]
    return ", ".join(told if len(told) <= 6 else [*told[:3], "…", *told[-2:]])


def failed_on(position: int, atoms: Iterable[Atom], error: BaseException) -> str:
    """Say that elementwise work failed at a position."""
    return f"failed at position {position} on {joined(atoms)}: {reason(error)}"


def pair_failed(i: int, j: int, key: Atom, query: Atom, error: BaseException) -> str:
    """Say that comparing a key with a query failed."""
    where = f"failed at query position {i} and key position {j}"
    return f"{where} on key {show(key)} and query {show(query)}: {reason(error)}"


def added_strings(i: int, positions: list[int], first: Atom, last: Atom) -> str:
    """Say that a row selects several positions, and strings among them."""
    return (
        f"failed at position {i}: it selects {len(positions)} positions ({listed(positions)}) whose values "
        f"({show(first)} … {show(last)}) hold a string, and adding two or more strings has no meaning"
    )


def addition_failed(i: int, positions: list[int], values: list[Atom], error: BaseException) -> str:
    """Say that adding up what a row selects, or dividing by how much it is, failed."""
    return (
        f"failed at position {i} on {listed(map(show, values))} (from positions {listed(positions)}): {reason(error)}"
    )


def scores_failed(i: int, found: int, j: int, best: Atom, other: Atom, error: BaseException) -> str:
    """Say that two scores cannot be compared."""
    several = f"the scores {show(best)} and {show(other)} of positions {found} and {j}"
    return f"failed at position {i} on {several}: {reason(error)}"


def wrong_length(held: int, n: int) -> str:
    """Say that a fixed sequence has not the input's length."""
    return f"holds {held} atoms and the input {n}: a fixed sequence runs on its own length only"
