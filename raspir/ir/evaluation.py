"""Evaluation of elementwise operations on atoms, shared by the reference interpreter and constant folding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from raspir.ir.atoms import Atom, as_atom, atom_key, is_atom, show
from raspir.ir.errors import InputError, MissingKeyError, MissingValueError
from raspir.ir.node import Node
from raspir.ir.operations import OPERATIONS, Role
from raspir.ir.types import NONE
from raspir.ir.views import Has, Item, Lookup, Map, OneType, SelectBy

EVALUATORS: dict[str, Callable[..., Any]] = {
    name: operation.evaluate
    for name, operation in OPERATIONS.items()
    if operation.role is Role.ELEMENTWISE and operation.evaluate is not None
}
"""The scalar function of each primitive, by name."""

MEANING = EVALUATORS  # former name

_ORDERING = ("select.lt", "select.le", "select.gt", "select.ge")

_TUPLES = "a function whose results are tuples makes them in its own code, as in `return x, y`"


def lookup(node: Lookup) -> Callable[..., Atom]:
    """Return the scalar function of a ``lookup`` node, which distinguishes keys by type: ``True`` is not ``1``."""
    otherwise = node.otherwise
    table = {tuple(map(atom_key, row)): value for row, value in zip(node.rows, node.values, strict=True)}
    return lambda *atoms: table.get(tuple(map(atom_key, atoms)), otherwise)


def item(node: Item) -> Callable[[Atom], Atom]:
    """Return the scalar function of an ``item`` node, which finds keys by equality: ``True`` is ``1``.

    It raises a :class:`~raspir.ir.errors.MissingKeyError` on any other atom.
    """
    table = dict(zip(node.keys, node.values, strict=True))

    def found(atom: Atom) -> Atom:
        if atom not in table:
            raise MissingKeyError(atom)
        return table[atom]

    return found


def checked(result: Any) -> Atom:
    """Return ``result`` as an atom.

    Raises:
        ValueError: if it is NaN or not an atom (a complex number, a list).
    """
    if is_atom(result):
        return result
    if isinstance(result, float) and result != result:
        raise ValueError("the result is NaN, which is not an atom")
    try:
        return as_atom(result)
    except InputError:
        advice = f"; {_TUPLES}" if type(result) is tuple else ""
        raise ValueError(f"the result {show(result)} is not an atom{advice}") from None


def function_of(node: Node, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any] | None:
    """Return the scalar function of an elementwise node, or of the comparison of a key with a query.

    Args:
        node: the node.
        functions: the opaque Python functions, by symbol.

    Returns:
        A function whose result is to be passed through :func:`checked`; ``None`` for an unbound symbol.
    """
    function = _of_values(node, functions)
    if function is None or not any(NONE in operand.type for operand in node.operands):
        return function
    if node.none == "skip":
        return skipping(function)
    return refusing(function) if refuses_none(node) else function


def _of_values(node: Node, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any] | None:
    """Return the scalar function of a node, regardless of how the node treats ``None``."""
    if isinstance(node, Map | SelectBy):
        return functions.get(node.function)
    if isinstance(node, Has):
        values = node.values
        return lambda atom: any(atom == value for value in values)
    if isinstance(node, Item):
        return item(node)
    return lookup(node) if isinstance(node, Lookup) else node.operation.evaluate


def refuses_none(node: Node) -> bool:
    """Return whether ``None`` as an operand is an error.

    It is by the attribute ``none``, in an ordering selector, and in a sequence that must have one type.
    """
    return node.none == "error" or node.operation.name in _ORDERING or isinstance(node, OneType)


def skipping(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` with the result ``None`` where an argument is ``None``."""
    return lambda *atoms: None if any(atom is None for atom in atoms) else function(*atoms)


def refusing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` with an error where an argument is ``None``."""

    def refused(*atoms: Atom) -> Any:
        if any(atom is None for atom in atoms):
            raise MissingValueError
        return function(*atoms)

    return refused
