"""Typing rules: from operand types to the result type.

A rule for atoms is defined on single kinds (``int - bool`` is an ``int``, ``int - str`` is ill-typed) and lifted to
unions: the result is the union over all well-typed combinations of kinds. If there is none, the operation always
fails, and the result is :data:`~raspir.ir.types.NOTHING`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache

from raspir.ir.atoms import Atom, atom_key, show
from raspir.ir.types import ATOM, BOOL, FLOAT, INT, NONE, NOTHING, NUMBER, SELECTOR, STR, Type, type_of, union

Attribute = Atom | tuple[Atom, ...] | None
"""The value of a node's attribute."""

Rule = Callable[[tuple[Type, ...], tuple[Attribute, ...]], Type]
"""A function from operand types and attributes to the result type; :data:`~raspir.ir.types.NOTHING` if ill-typed."""

Check = Callable[[int, tuple[Attribute, ...]], str | None]
"""A function from the number of operands and the attributes to why they do not agree; ``None`` if they do."""

KindRule = Callable[..., Type]
"""A function from one kind for each operand to the result type for atoms of exactly those kinds."""


def lift(rule: KindRule) -> Rule:
    """Lift ``rule`` from single kinds to unions; the attribute ``none``, if there is one, is the last."""

    @cache
    def lifted(types: tuple[Type, ...], none: Attribute) -> Type:
        return union(_of_kinds(rule, kinds, none) for kinds in itertools.product(*(type_.kinds for type_ in types)))

    return lambda types, attributes: lifted(types, attributes[-1] if attributes else None)


def _of_kinds(rule: KindRule, kinds: tuple[Type, ...], none: Attribute) -> Type:
    if NONE not in kinds or none not in ("error", "skip"):
        return rule(*kinds)
    return NONE if none == "skip" else NOTHING


def same_number(*kinds: Type) -> Type:
    """Type numeric operations: a float if an operand is a float, else an int (``True + True`` is ``2``)."""
    if not all(kind in NUMBER for kind in kinds):
        return NOTHING
    return FLOAT if FLOAT in kinds else INT


def add(a: Type, b: Type) -> Type:
    """Type ``+``: addition of numbers, concatenation of strings."""
    return STR if a is b is STR else same_number(a, b)


def mul(a: Type, b: Type) -> Type:
    """Type ``*``: multiplication of numbers, repetition of a string."""
    if (a is STR and b in BOOL | INT) or (b is STR and a in BOOL | INT):
        return STR
    return same_number(a, b)


def truediv(a: Type, b: Type) -> Type:
    """Type ``/``: a float, for numbers."""
    return FLOAT if a in NUMBER and b in NUMBER else NOTHING


def mod(a: Type, b: Type) -> Type:
    """Type ``%``: the remainder of numbers, or Python's string formatting."""
    return STR if a is STR else same_number(a, b)


def power(a: Type, b: Type) -> Type:
    """Type ``**``: an integer to a negative power is a float, to any other an int."""
    result = same_number(a, b)
    return INT | FLOAT if result is INT and b is INT else result


def rounded(a: Type) -> Type:
    """Type ``round``: an int, for any number."""
    return INT if a in NUMBER else NOTHING


def conversion(result: Type) -> KindRule:
    """Return the rule of a conversion to one kind, which may succeed on any atom."""
    return lambda a: result


def equality(a: Type, b: Type) -> Type:
    """Type ``==`` and ``!=``, which are total on atoms."""
    return BOOL


def order(a: Type, b: Type) -> Type:
    """Type order comparisons: of two numbers or of two strings."""
    return BOOL if (a in NUMBER and b in NUMBER) or a is b is STR else NOTHING


def bitwise(a: Type, b: Type) -> Type:
    """Type ``&`` and ``|``: logical on booleans; bitwise on integers, or an integer and a boolean."""
    if a is b is BOOL:
        return BOOL
    return INT if a in BOOL | INT and b in BOOL | INT else NOTHING


def invert(a: Type) -> Type:
    """Type ``~``: negation of a boolean, bitwise complement of an integer."""
    return a if a in BOOL | INT else NOTHING


def where(condition: Type, a: Type, b: Type) -> Type:
    """Type ``where``: the union of the branches; any condition has a truth value."""
    return a | b


def has(a: Type) -> Type:
    """Type ``has``: membership is a boolean."""
    return BOOL


def selection(rule: KindRule) -> Rule:
    """Return the rule of a key-query comparison: a selector if ``rule`` types the comparison of their atoms."""
    lifted = lift(rule)
    return lambda types, attributes: SELECTOR if lifted(types, attributes) else NOTHING


def always(result: Type) -> Rule:
    """Return the rule of a fixed result type."""
    return lambda types, attributes: result


def atoms_of(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Return the kinds of the atoms in the last attribute; any atom if it is an empty sequence."""
    held = attributes[-1]
    return union(map(type_of, held if isinstance(held, tuple) else (held,))) or ATOM


def inputs_of(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Return the kinds of the atoms of an input: of its vocabulary, or any without one."""
    return ATOM if attributes[-1] is None else atoms_of(types, attributes)


def mapped(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Type ``map``: any atom, if an atom other than ``None`` may reach the function, or ``None`` is skipped."""
    if attributes[-1] == "error" and NONE in types:
        return NOTHING
    return NONE if NONE in types else ATOM


def looked_up(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Type ``lookup``: the union over the values and the fallback."""
    otherwise, _, values = attributes
    assert isinstance(values, tuple)
    assert not isinstance(otherwise, tuple)
    return union(map(type_of, (*values, otherwise)))


def no_check(count: int, attributes: tuple[Attribute, ...]) -> None:
    """Accept any combination of attributes."""
    return None


def table(count: int, attributes: tuple[Attribute, ...]) -> str | None:
    """Check that a table has as many values as keys of ``count`` atoms, and no duplicate keys."""
    _, keys, values = attributes
    assert isinstance(keys, tuple)
    assert isinstance(values, tuple)
    if len(keys) != count * len(values):
        if count == 1:
            return f"its attributes keys and values must have equal lengths, not {len(keys)} and {len(values)}"
        return f"its attribute keys must hold {count} atoms for each of the {len(values)} values, not {len(keys)}"
    seen: set[object] = set()
    for row in rows(keys, count):
        key = tuple(map(atom_key, row))
        if key in seen:
            shown = show(row[0]) if count == 1 else ", ".join(map(show, row))
            return f"its attribute keys must be distinct, but {shown} occurs twice"
        seen.add(key)
    return None


def items(count: int, attributes: tuple[Attribute, ...]) -> str | None:
    """Check that a table by equality has as many values as keys, and that no two keys are equal."""
    keys, values = attributes
    assert isinstance(keys, tuple)
    assert isinstance(values, tuple)
    if len(keys) != len(values):
        return f"its attributes keys and values must have equal lengths, not {len(keys)} and {len(values)}"
    seen: dict[Atom, Atom] = {}
    for key in keys:
        if key in seen:
            return f"its attribute keys must be unequal, but {show(seen[key])} == {show(key)}"
        seen[key] = key
    return None


def rows(keys: tuple[Atom, ...], count: int) -> list[tuple[Atom, ...]]:
    """Return the keys of a table of ``count`` operands, each as one atom for each operand."""
    return [keys[start : start + count] for start in range(0, len(keys), count)]


def of_one_type(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Type ``one_type``: the operand without ``None``, which is no value of either type."""
    return types[0] & (NUMBER | STR)


def fetched(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Type ``best``: the default or one value."""
    return atoms_of(types, attributes) | types[1]


_sum = lift(same_number)


def summed(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Type ``sum``: the default, a single value, or a sum of numbers."""
    _, value = types
    return atoms_of(types, attributes) | value | _sum((value, value), ())


def averaged(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """Type ``mean``: the default, a single value, or a mean of numbers, which is a float."""
    _, value = types
    return atoms_of(types, attributes) | value | (FLOAT if value & NUMBER else NOTHING)
