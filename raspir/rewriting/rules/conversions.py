"""Rules of conversions, of lookups by equality, and of checks of whole sequences."""

from __future__ import annotations

from raspir.ir import Node
from raspir.ir.atoms import atom_key, equal_atoms
from raspir.ir.types import NUMBER, STR
from raspir.ir.views import Average, Item, OneType, Unary
from raspir.rewriting.builder import Builder


def converted(algebra: Builder, node: Unary) -> Node | None:
    """int(x) = x for integers x, and so on: a conversion to the kind that all atoms have."""
    return node.operand if algebra.facts[node.operand].domain.kinds is node.type else None


def counted(algebra: Builder, node: Unary) -> Node | None:
    """int(x) = x + 0 for integers and booleans x."""
    return algebra("add", node.operand, algebra.const(0)) if algebra.facts[node.operand].domain.integral else None


def tested(algebra: Builder, node: Unary) -> Node | None:
    """bool(x) = x != 0 for numbers x, and bool(x) = x != "" for strings x."""
    kinds = algebra.facts[node.operand].domain.kinds
    if kinds in NUMBER:
        return algebra("ne", node.operand, algebra.const(0))
    return algebra("ne", node.operand, algebra.const("")) if kinds is STR else None


def unchecked(algebra: Builder, node: OneType) -> Node:
    """one_type(x) = x wherever it is defined."""
    return node.operand


def unchecked_mean(algebra: Builder, node: Average) -> Node:
    """average(s, v) = mean(s, v) wherever it is defined."""
    return algebra("mean", node.selector, node.value, default=node.default)


def table_of_items(algebra: Builder, node: Item) -> Node | None:
    """item(x) = lookup(x) if the few possible atoms of x all have a key; otherwise it must fail as written."""
    atoms = algebra.facts[node.operand].domain.atoms
    known = set(map(atom_key, atoms or ()))
    entries = zip(node.keys, node.values, strict=True)
    rows = [(atom, value) for key, value in entries for atom in equal_atoms(key) if atom_key(atom) in known]
    if not rows or len(rows) < len(known):
        return None
    keys, values = zip(*rows, strict=True)
    return algebra("lookup", node.operand, keys=keys, values=values, otherwise=values[0])
