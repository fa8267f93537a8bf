"""Functions for ``map`` and ``select``: pure, and importable by name so that they can be pickled.

Some call functions, so they stay opaque. The others consist of operators, choices and comparisons, as people write
them, so that their operations can be recognized.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from raspir.ir import Atom


class Known(NamedTuple):
    """A function with the tags (:data:`~raspir.testing.maker.WITHIN`) of the atoms that it takes and of its result."""

    function: Callable[..., Any]
    takes: tuple[str, ...]
    gives: str = "bool"


# Functions of one atom that stay opaque


def as_text(atom: Atom) -> str:
    """Return the atom's ``str``."""
    return str(atom)


def code(atom: Atom) -> int:
    """Return a number for any atom."""
    if atom is None:
        return -1
    return sum(map(ord, atom)) % 7 - 2 if isinstance(atom, str) else int(min(max(atom, -3), 4))


def is_odd(atom: Atom) -> bool:
    """Return whether the atom's number is odd."""
    return code(atom) % 2 == 1


def label(atom: Atom) -> str:
    """Return one of three letters."""
    return "ab_"[code(atom) % 3]


def halved(atom: Atom) -> float:
    """Return half the atom's number."""
    return code(atom) / 2


def code_or_none(atom: Atom) -> int | None:
    """Return a positive number for some atoms, and ``None`` for the others."""
    return code(atom) if code(atom) > 0 else None


# Functions of one atom made of operators


def successor(x: Any) -> Any:
    """Return the next number."""
    return x + 1


def other_parity(x: Any) -> Any:
    """Return 1 for an even number and 0 for an odd one."""
    return (x + 1) % 2


def is_small(x: Any) -> Any:
    """Return whether a number is less than 3."""
    return x < 3


def negation(x: Any) -> Any:
    """Return whether an atom is false."""
    return not x


def sign(x: Any) -> Any:
    """Return -1, 0 or 1."""
    return 1 if x > 0 else -1 if x < 0 else 0


def renamed(x: Any) -> Any:
    """Return another atom for two of the atoms."""
    if x == "a":
        return "b"
    return "_" if x == 1 else x


def positive(x: Any) -> Any:
    """Return a positive number, or else ``None``."""
    return x if x > 0 else None


# Functions of several atoms


def joined(x: Any, y: Any) -> Any:
    """Return two atoms as one string."""
    return f"{x}{y}"


def far(x: Any, y: Any) -> Any:
    """Return whether the atoms' numbers differ by more than one."""
    return not near(x, y)


def first_code(x: Any, y: Any, z: Any) -> Any:
    """Return the first positive number of three atoms, or ``None``."""
    return next((code(atom) for atom in (x, y, z) if code(atom) > 0), None)


def minus(x: Any, y: Any) -> Any:
    """Return the difference."""
    return x - y


def excess(x: Any, y: Any) -> Any:
    """Return by how much one number exceeds another, or ``None``."""
    return x - y if x > y else None


def larger(x: Any, y: Any) -> Any:
    """Return the larger number."""
    return x if x > y else y


def order(x: Any, y: Any) -> Any:
    """Return a letter for the order of two numbers."""
    return "a" if x > y else "b"


def conjunction(x: Any, y: Any) -> Any:
    """Return the first false atom, or the second."""
    return x and y


def disjunction(x: Any, y: Any) -> Any:
    """Return the first true atom, or the second."""
    return x or y


def agree(x: Any, y: Any) -> Any:
    """Return whether two atoms are equal, or the first is missing."""
    return x is None or x == y


def between(x: Any, y: Any, z: Any) -> Any:
    """Return whether three numbers are in order."""
    return x <= y <= z


def chosen(x: Any, y: Any, z: Any) -> Any:
    """Return the second or third atom."""
    return y if x else z


def balance(x: Any, y: Any, z: Any) -> Any:
    """Return a sum of numbers, scaled."""
    return x + 2 * y - z


# Predicates of a key and a query


def near(a: Atom, b: Atom) -> bool:
    """Return whether the atoms' numbers are near each other."""
    return abs(code(a) - code(b)) < 2


def earlier(a: Atom, b: Atom) -> bool:
    """Return whether one atom's number is less than the other's."""
    return code(a) < code(b)


def always(a: Atom, b: Atom) -> bool:
    """Return true."""
    return True


def less(a: Any, b: Any) -> bool:
    """Return whether one atom is less than the other; fail on a number and a string."""
    return bool(operator.lt(a, b))


def previous(k: Any, q: Any) -> Any:
    """Return whether the key is one less than the query."""
    return k == q - 1


def up_to(k: Any, q: Any) -> Any:
    """Return whether the key is at most the query, and not 0."""
    return k <= q and k != 0


def beside(k: Any, q: Any) -> Any:
    """Return whether the key is next to the query."""
    return abs(k - q) == 1


def congruent(k: Any, q: Any) -> Any:
    """Return whether the key and the query have one parity."""
    return (k - q) % 2 == 0


def differs(k: Any, q: Any) -> Any:
    """Return whether the key differs from the query."""
    return k != q


def opens(k: Any, q: Any) -> Any:
    """Return whether the key is one of two atoms, or the query is false."""
    return k == "a" or k == 1 or not q


def missing(k: Any, q: Any) -> Any:
    """Return whether the key is missing, or equals the query."""
    return k is None or k == q


ALONE: tuple[Known, ...] = (
    Known(as_text, ("any",), "text"), Known(code, ("any",), "index"), Known(is_odd, ("any",)),
    Known(label, ("any",), "text"), Known(halved, ("any",), "number"), Known(code_or_none, ("any",), "missing"),
    Known(successor, ("index",), "index"), Known(other_parity, ("number",), "number"), Known(is_small, ("number",)),
    Known(negation, ("any",)), Known(sign, ("number",), "index"), Known(renamed, ("any",), "any"),
    Known(positive, ("number",), "missing"),
)  # fmt: skip
"""Functions of one atom."""

TOGETHER: tuple[Known, ...] = (
    Known(joined, ("any", "any"), "text"), Known(far, ("any", "any")),
    Known(first_code, ("any", "any", "any"), "missing"), Known(minus, ("number", "index"), "number"),
    Known(excess, ("number", "number"), "missing"), Known(larger, ("number", "number"), "number"),
    Known(order, ("number", "number"), "text"), Known(conjunction, ("any", "any"), "any"),
    Known(disjunction, ("number", "number"), "number"), Known(agree, ("any", "any")),
    Known(between, ("index", "number", "index")), Known(chosen, ("bool", "any", "any"), "any"),
    Known(balance, ("number", "index", "index"), "number"),
)  # fmt: skip
"""Functions of several atoms."""

PREDICATES: tuple[Known, ...] = (
    Known(near, ("any", "any")), Known(earlier, ("any", "any")), Known(always, ("any", "any")),
    Known(less, ("any", "any")), Known(previous, ("index", "index")), Known(up_to, ("number", "index")),
    Known(beside, ("index", "index")), Known(congruent, ("index", "number")), Known(differs, ("any", "any")),
    Known(opens, ("any", "any")), Known(missing, ("any", "any")),
)  # fmt: skip
"""Predicates of a key and a query."""


# Functions that make tuples, and functions that take them apart


def paired(x: Any, y: Any) -> tuple[Any, Any]:
    """Return both atoms."""
    return (x, y)


def coded(atom: Atom) -> tuple[Atom, int] | None:
    """Return the atom and its number, or ``None`` for some atoms."""
    return (atom, code(atom)) if code(atom) != 1 else None


def second(pair: Any) -> Any:
    """Return the second atom."""
    return pair[1]


def same_number(pair: Any, x: Any) -> bool:
    """Return whether the first of two atoms has the number of a third."""
    return code(pair[0]) == code(x)


def same_second(k: Any, q: Any) -> bool:
    """Return whether the second atoms agree; ``None`` has none."""
    return k is not None and q is not None and bool(k[1] == q[1])


def swapped(pair: Any) -> Any:
    """Return a pair with its atoms exchanged; of the pair that a pair holds, that pair."""
    a, b = pair
    return a if isinstance(a, tuple) else (b, a)


def second_up_to(k: Any, q: Any) -> Any:
    """Return whether the number of a pair is at most another."""
    return k[1] <= q


def ranked(k: Any, q: Any) -> Any:
    """Return whether one of two pairs of an atom and a number comes before the other, with the same atom."""
    return k[0] == q[0] and k[1] < q[1]


TUPLES = (paired, coded, second, same_number, same_second, swapped, ranked, second_up_to)
"""These functions."""
