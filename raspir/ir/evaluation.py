"""What each elementwise primitive does to the atoms of one position: Python's meaning, with LANGUAGE's one repair.

This is the one place that says so. The reference backend applies these functions, and a pass that folds constants
applies the same.

Python computes whatever fits its memory, and a line as short as ``x ** x`` may ask for more. So operations that can
make an atom much larger than what they are given have a limit, :data:`MOST_BITS` and :data:`MOST_CHARACTERS`, and
fail beyond it before they compute.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from raspir.ir.atoms import ATOM_CLASSES, Atom, as_atom, atom_key, show
from raspir.ir.errors import InputError

if TYPE_CHECKING:
    from raspir.ir.node import Node


MOST_BITS = 1 << 20
"""Products and powers of more bits are refused, and so are divisions of what has more: they would take minutes."""

MOST_CHARACTERS = 1 << 20
"""Strings that are joined, repeated or formatted to more characters are refused."""

# The width and the precision of a conversion. Each part may be missing, so that this never goes back over a string.
_CONVERSION = re.compile(r"%[-+ #0]*([0-9]*)(?:\.([0-9]*))?")


def _fits(bits: int) -> None:
    if bits > MOST_BITS:
        raise OverflowError(f"the result would have more than {MOST_BITS} bits")


def _brief(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise OverflowError(f"the result would have more than {MOST_CHARACTERS} characters")


def added(a: Any, b: Any) -> Any:
    """Return ``a + b``.

    Raises:
        OverflowError: if it is a string of more than :data:`MOST_CHARACTERS`.
    """
    if type(a) is type(b) is str:
        _brief(len(a) + len(b))
    return a + b


def multiplied(a: Any, b: Any) -> Any:
    """Return ``a * b``.

    Raises:
        OverflowError: if it has more than :data:`MOST_BITS` or :data:`MOST_CHARACTERS`.
    """
    if isinstance(a, int) and isinstance(b, int):
        longest = a.bit_length() + b.bit_length()
        if longest <= MOST_BITS or not (a and b):
            return a * b
        _fits(longest - 1)  # the fewest bits that it can have
        result = a * b
        _fits(result.bit_length())
        return result
    if isinstance(a, str) and isinstance(b, int):
        _brief(len(a) * b)
    elif isinstance(b, str) and isinstance(a, int):
        _brief(len(b) * a)
    return a * b


def raised(a: Any, b: Any) -> Any:
    """Return ``a ** b``.

    Raises:
        OverflowError: if it has more than :data:`MOST_BITS`.
    """
    if not (isinstance(a, int) and isinstance(b, int)) or b <= 0:
        return a**b
    _fits((abs(a).bit_length() - 1) * b + 1 if a else 0)  # the fewest that it can have
    result = a**b
    _fits(result.bit_length())
    return result


def quotient(a: Any, b: Any) -> Any:
    """Return ``a // b``.

    Raises:
        OverflowError: if integers of more than :data:`MOST_BITS` would have to be divided.
    """
    if isinstance(a, int) and isinstance(b, int):
        _divides(a, b)
    return a // b


def remainder(a: Any, b: Any) -> Any:
    """Return ``a % b``: the remainder of numbers, or a string formatted.

    Raises:
        OverflowError: if integers of more than :data:`MOST_BITS` would have to be divided, or the result has more
            than :data:`MOST_CHARACTERS`.
    """
    if isinstance(a, str):
        return _formatted(a, b)
    if isinstance(a, int) and isinstance(b, int):
        _divides(a, b)
    return a % b


def _divides(a: int, b: int) -> None:
    if a.bit_length() > MOST_BITS or b.bit_length() > MOST_BITS:
        raise OverflowError(f"integers of more than {MOST_BITS} bits are not divided")


def _formatted(text: str, value: Any) -> str:
    """Return ``text % value``; it is the widths and precisions in ``text`` that can make this long."""
    for match in _CONVERSION.finditer(text):
        for digits in match.groups():
            if digits and (len(digits) > 12 or int(digits) > MOST_CHARACTERS):
                _brief(MOST_CHARACTERS + 1)
    result: str = text % value
    _brief(len(result))
    return result


def logical_not(a: Any) -> Any:
    """Return ``not a`` for a boolean, and Python's ``~a`` for everything else."""
    return (not a) if type(a) is bool else ~a


def choose(condition: Any, a: Any, b: Any) -> Any:
    """Return ``a`` where ``condition`` is true in Python's sense, else ``b``."""
    return a if condition else b


EVALUATORS: dict[str, Callable[..., Any]] = {
    "add": added,
    "sub": operator.sub,
    "mul": multiplied,
    "truediv": operator.truediv,
    "floordiv": quotient,
    "mod": remainder,
    "pow": raised,
    "neg": operator.neg,
    "abs": abs,
    "round": round,
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "and": operator.and_,
    "or": operator.or_,
    "not": logical_not,
    "where": choose,
}
"""The function of each primitive, from the atoms at one position to the atom there."""


def lookup(node: Node) -> Callable[[Atom], Atom]:
    """Return the function of a ``lookup`` node: by keys of the very same type, so that ``True`` does not find ``1``."""
    otherwise, keys, values = node["otherwise"], node["keys"], node["values"]
    assert isinstance(keys, tuple)
    assert isinstance(values, tuple)
    assert not isinstance(otherwise, tuple | None)
    table = {atom_key(key): value for key, value in zip(keys, values, strict=True)}
    return lambda atom: table.get(atom_key(atom), otherwise)


def checked(result: Any) -> Atom:
    """Return ``result`` as an atom.

    Raises:
        ValueError: if it is NaN or no atom at all (a complex number, a list).
    """
    if type(result) in ATOM_CLASSES and result == result:
        return result  # type: ignore[no-any-return]  # its class has just been looked at
    if result != result:
        raise ValueError("the result is NaN, which is not an atom")
    try:
        return as_atom(result)
    except InputError:
        raise ValueError(f"the result {show(result)} is not an atom") from None


MEANING = EVALUATORS  # the name until 2026, which plugins may import


def function_of(node: Node, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any] | None:
    """Return what an elementwise ``node`` does to the atoms of one position.

    Args:
        node: an elementwise node.
        functions: the Python functions behind symbols.

    Returns:
        A function whose result needs :func:`checked`; ``None`` for an opaque function that is not in ``functions``.
    """
    name = node.operation.name
    if name == "map":
        return functions.get(str(node["function"]))
    if name == "has":
        values = node["values"]
        assert isinstance(values, tuple)
        return lambda atom: any(atom == value for value in values)
    return lookup(node) if name == "lookup" else EVALUATORS[name]
