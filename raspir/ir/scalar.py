"""What each elementwise primitive does to the atoms of one position: Python's meaning, with LANGUAGE's one repair.

This is the one place that says so. The reference backend applies these functions, and a pass that folds constants
applies the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from raspir.ir.atoms import ATOM_CLASSES, Atom, as_atom, atom_key, show
from raspir.ir.errors import InputError

if TYPE_CHECKING:
    from raspir.ir.node import Node


def logical_not(a: Any) -> Any:
    """Return ``not a`` for a boolean, and Python's ``~a`` for everything else."""
    return (not a) if type(a) is bool else ~a


def choose(condition: Any, a: Any, b: Any) -> Any:
    """Return ``a`` where ``condition`` is true in Python's sense, else ``b``."""
    return a if condition else b


MEANING: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
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
    return lookup(node) if name == "lookup" else MEANING[name]
