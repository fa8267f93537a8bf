"""Evaluation of elementwise operations on atoms, shared by the reference interpreter and constant folding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from raspir.ir.atoms import ATOM_CLASSES, Atom, as_atom, atom_key, show
from raspir.ir.errors import InputError
from raspir.ir.node import Node
from raspir.ir.operations import OPERATIONS, Role
from raspir.ir.views import Has, Lookup, Map, SelectBy

EVALUATORS: dict[str, Callable[..., Any]] = {
    name: operation.evaluate
    for name, operation in OPERATIONS.items()
    if operation.role is Role.ELEMENTWISE and operation.evaluate is not None
}
"""The scalar function of each primitive, by name."""

MEANING = EVALUATORS  # former name


def lookup(node: Lookup) -> Callable[[Atom], Atom]:
    """Return the scalar function of a ``lookup`` node, which distinguishes keys by type: ``True`` is not ``1``."""
    otherwise = node.otherwise
    table = {atom_key(key): value for key, value in zip(node.keys, node.values, strict=True)}
    return lambda atom: table.get(atom_key(atom), otherwise)


def checked(result: Any) -> Atom:
    """Return ``result`` as an atom.

    Raises:
        ValueError: if it is NaN or not an atom (a complex number, a list).
    """
    if type(result) in ATOM_CLASSES and result == result:
        return result  # type: ignore[no-any-return]  # the class was checked above
    if result != result:
        raise ValueError("the result is NaN, which is not an atom")
    try:
        return as_atom(result)
    except InputError:
        raise ValueError(f"the result {show(result)} is not an atom") from None


def function_of(node: Node, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any] | None:
    """Return the scalar function of an elementwise node, or of the comparison of a key with a query.

    Args:
        node: the node.
        functions: the opaque Python functions, by symbol.

    Returns:
        A function whose result is to be passed through :func:`checked`; ``None`` for an unbound symbol.
    """
    if isinstance(node, Map | SelectBy):
        return functions.get(node.function)
    if isinstance(node, Has):
        values = node.values
        return lambda atom: any(atom == value for value in values)
    return lookup(node) if isinstance(node, Lookup) else node.operation.evaluate
