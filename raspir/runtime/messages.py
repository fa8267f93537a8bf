"""Error messages of failing programs, shared by all backends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from raspir.ir.atoms import Atom, is_packed, show
from raspir.ir.errors import SequenceError, reason
from raspir.ir.graph import Graph
from raspir.ir.node import Node
from raspir.ir.views import Map, Raw, SelectBy

_MOST_LISTED = 6


def operation_of(graph: Graph, node: Node) -> str:
    """Return the symbol of a node's operation, and its name in the source where it has one."""
    function = f"({node.function})" if isinstance(node, Map | SelectBy) else ""
    name = graph.name_of(node)
    what = "the fixed sequence" if isinstance(node, Raw) else f"`{node.operation.symbol}{function}`"
    return what + (f" ({show(name)})" if name else "")


def joined(atoms: Iterable[Atom]) -> str:
    """Return the atoms on which an operation failed, for a message."""
    return " and ".join(map(show, atoms))


def listed(items: Iterable[object]) -> str:
    """Return the items separated by commas, with the middle elided if there are many."""
    texts = [str(item) for item in items]
    return ", ".join(texts if len(texts) <= _MOST_LISTED else [*texts[:3], "…", *texts[-2:]])


def failed_on(position: int, atoms: Iterable[Atom], error: BaseException) -> str:
    """Return the message for an elementwise failure at a position."""
    return f"failed at position {position} on {joined(atoms)}: {reason(error)}"


def pair_failed(i: int, j: int, key: Atom, query: Atom, error: BaseException) -> str:
    """Return the message for a failed comparison of a key with a query."""
    where = f"failed at query position {i} and key position {j}"
    return f"{where} on key {show(key)} and query {show(query)}: {reason(error)}"


def added_strings(i: int, positions: list[int], first: Atom, last: Atom) -> str:
    """Return the message for a sum over several values that include a string or a tuple."""
    what = "a tuple, and tuples" if is_packed(first) or is_packed(last) else "a string, and strings"
    return _cannot_be_summed(i, positions, first, last, what)


def added_none(i: int, positions: list[int], first: Atom, last: Atom) -> str:
    """Return the message for a sum over several values that include ``None`` and no string."""
    return _cannot_be_summed(i, positions, first, last, "None, and missing values")


def _cannot_be_summed(i: int, positions: list[int], first: Atom, last: Atom, what: str) -> str:
    return (
        f"failed at position {i}: it selects {len(positions)} positions ({listed(positions)}) whose values "
        f"({show(first)} … {show(last)}) include {what} cannot be summed"
    )


def addition_failed(i: int, positions: list[int], values: list[Atom], error: BaseException) -> str:
    """Return the message for a failed sum or mean over the selected values."""
    return (
        f"failed at position {i} on {listed(map(show, values))} (from positions {listed(positions)}): {reason(error)}"
    )


def sequence_refused(error: SequenceError) -> str:
    """Return the message for a sequence that an operation refuses as a whole."""
    return f"failed on {_abridged(error.values)}: {reason(error)}"


def average_refused(i: int, count: int, error: SequenceError) -> str:
    """Return the message for a mean of several values in a sequence that is not one of numbers."""
    return f"failed at position {i}, which selects {count} positions of {_abridged(error.values)}: {reason(error)}"


def _abridged(values: Sequence[object]) -> str:
    """Return the atoms of a sequence, with the middle elided before any of it is written."""
    if len(values) <= _MOST_LISTED:
        return listed(map(show, values))
    return ", ".join([*map(show, values[:3]), "…", *map(show, values[-2:])])


def scores_failed(i: int, best_j: int, j: int, best: Atom, other: Atom, error: BaseException) -> str:
    """Return the message for two incomparable scores."""
    scores = f"the scores {show(best)} and {show(other)} of positions {best_j} and {j}"
    return f"failed at position {i} on {scores}: {reason(error)}"


def wrong_length(length: int, n: int) -> str:
    """Return the message for a fixed sequence whose length differs from the input's."""
    return f"has {length} atoms but the input has {n}: it only fits inputs of its own length"
