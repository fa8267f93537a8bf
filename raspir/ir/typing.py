"""Typing rules: from the types of the operands to the type of the result, each stated once.

A rule for atoms is given kind by kind (``int - bool`` is an ``int``, ``int - str`` is impossible) and lifted to
unions: the result is the union over all combinations of kinds that are possible. Where none is, the program can
only fail, and the rule says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache

from raspir.ir.atoms import Atom, atom_key, show
from raspir.ir.types import ATOM, BOOL, FLOAT, INT, NOTHING, NUMBER, SELECTOR, STR, Type, type_of, union

Attribute = Atom | tuple[Atom, ...] | None
"""What an attribute of a node holds."""

Rule = Callable[[tuple[Type, ...], tuple[Attribute, ...]], Type]
"""Takes the types of the operands and the attributes of a node and returns the type of its result;
:data:`~raspir.ir.types.NOTHING` means that no operands of these types fit."""

Check = Callable[[tuple[Attribute, ...]], str | None]
"""Takes the attributes of a node and says what is wrong with them together; ``None`` means nothing is."""

KindRule = Callable[..., Type]
"""Takes one kind for each operand and returns the type of the result for atoms of exactly those kinds."""


def lift(rule: KindRule) -> Rule:
    """Return ``rule``, which speaks of single kinds, as a rule for unions."""

    @cache
    def lifted(types: tuple[Type, ...]) -> Type:
        return union(rule(*kinds) for kinds in itertools.product(*(type_.kinds for type_ in types)))

    return lambda types, attributes: lifted(types)


def same_number(*kinds: Type) -> Type:
    """Numbers give a number: a float where one is a float, else an int (``True + True`` is ``2``)."""
    if not all(kind in NUMBER for kind in kinds):
        return NOTHING
    return FLOAT if FLOAT in kinds else INT


def add(a: Type, b: Type) -> Type:
    """Numbers add; strings concatenate."""
    return STR if a is b is STR else same_number(a, b)


def mul(a: Type, b: Type) -> Type:
    """Numbers multiply; a string times an integer repeats."""
    if (a is STR and b in BOOL | INT) or (b is STR and a in BOOL | INT):
        return STR
    return same_number(a, b)


def truediv(a: Type, b: Type) -> Type:
    """The quotient of numbers is a float."""
    return FLOAT if a in NUMBER and b in NUMBER else NOTHING


def mod(a: Type, b: Type) -> Type:
    """Numbers leave a remainder; a string with ``%`` is Python's formatting."""
    return STR if a is STR else same_number(a, b)


def power(a: Type, b: Type) -> Type:
    """An integer to a negative power is a float, to any other an int."""
    result = same_number(a, b)
    return INT | FLOAT if result is INT and b is INT else result


def to_int(a: Type) -> Type:
    """``round`` makes an int of every number."""
    return INT if a in NUMBER else NOTHING


def equality(a: Type, b: Type) -> Type:
    """Any two atoms can be equal or not."""
    return BOOL


def order(a: Type, b: Type) -> Type:
    """Numbers are ordered among themselves, and so are strings."""
    return BOOL if (a in NUMBER and b in NUMBER) or a is b is STR else NOTHING


def bitwise(a: Type, b: Type) -> Type:
    """Booleans give a boolean; integers, or a boolean and an integer, give an integer bit by bit."""
    if a is b is BOOL:
        return BOOL
    return INT if a in BOOL | INT and b in BOOL | INT else NOTHING


def invert(a: Type) -> Type:
    """``~`` negates a boolean and flips the bits of an integer."""
    return a if a in BOOL | INT else NOTHING


def where(condition: Type, a: Type, b: Type) -> Type:
    """One of the two branches; the condition is true or false in Python's sense."""
    return a | b


def has(a: Type) -> Type:
    """Membership is true or false."""
    return BOOL


def selection(rule: KindRule) -> Rule:
    """A comparison of a key with a query, by the rule for comparing their atoms, makes a selector."""
    lifted = lift(rule)
    return lambda types, attributes: SELECTOR if lifted(types, attributes) else NOTHING


def always(result: Type) -> Rule:
    """The result has one type, whatever the operands hold."""
    return lambda types, attributes: result


def atoms_of(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """The kinds of the atoms in the last attribute; any atom where it holds none (no vocabulary, an empty sequence)."""
    held = attributes[-1]
    atoms = held if isinstance(held, tuple) else () if held is None else (held,)
    return union(map(type_of, atoms)) or ATOM


def looked_up(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """One of the values, or what stands for all other keys."""
    otherwise, _, values = attributes
    assert isinstance(values, tuple)
    assert not isinstance(otherwise, tuple | None)
    return union(map(type_of, (*values, otherwise)))


def no_check(attributes: tuple[Attribute, ...]) -> None:
    """Attributes that do not depend on one another are right when each is."""
    return None


def table(attributes: tuple[Attribute, ...]) -> str | None:
    """A table has as many values as keys, and each key once."""
    _, keys, values = attributes
    assert isinstance(keys, tuple)
    assert isinstance(values, tuple)
    if len(keys) != len(values):
        return f"its attributes keys and values must be equally long, not {len(keys)} and {len(values)}"
    seen: set[object] = set()
    for key in keys:
        if atom_key(key) in seen:
            return f"its attribute keys must hold each key once, and {show(key)} is there twice"
        seen.add(atom_key(key))
    return None


def fetched(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """The default, or one value as it is."""
    return atoms_of(types, attributes) | types[1]


_sum = lift(same_number)


def summed(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """The default, one value as it is, or a sum of numbers."""
    _, value = types
    return atoms_of(types, attributes) | value | _sum((value, value), ())


def averaged(types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
    """The default, one value as it is, or a mean of numbers, which is a float."""
    _, value = types
    return atoms_of(types, attributes) | value | (FLOAT if value & NUMBER else NOTHING)
