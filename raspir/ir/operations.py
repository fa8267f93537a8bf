"""The operations of the IR: a closed set, each with operands, attributes and a typing rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from raspir.ir import typing as rules
from raspir.ir.atoms import ATOM_CLASSES
from raspir.ir.types import ATOM, INT, NOTHING, SELECTOR, Type
from raspir.ir.typing import Attribute, Check, Rule


class Role(Enum):
    """The role of an operation in a transformer."""

    SOURCE = "source"
    ELEMENTWISE = "elementwise"
    SELECT = "select"
    SELECTOR_ALGEBRA = "selector algebra"
    AGGREGATE = "aggregate"


class AttributeKind(Enum):
    """The kind of an attribute's value, which determines its syntax in the textual IR."""

    ATOM = "an atom"
    ATOMS = "a list of atoms"
    VOCABULARY = "a list of atoms or nothing"
    NAME = "a name"
    SYMBOL = "a symbol"
    PICK = '"highest" or "lowest"'
    TIES = '"left" or "right"'

    @property
    def choices(self) -> tuple[str, ...]:
        """The admissible strings of an enumeration; empty for any other kind."""
        return _CHOICES.get(self, ())

    def admits(self, value: object) -> bool:
        """Return whether an attribute of this kind may hold ``value``."""
        if self.choices:
            return type(value) is str and value in self.choices
        if self in (AttributeKind.NAME, AttributeKind.SYMBOL):
            return type(value) is str and value != ""
        if self is AttributeKind.ATOM:
            return _is_atom(value)
        if value is None:
            return self is AttributeKind.VOCABULARY
        return isinstance(value, tuple) and all(map(_is_atom, value))


_CHOICES = {AttributeKind.PICK: ("highest", "lowest"), AttributeKind.TIES: ("left", "right")}


def _is_atom(value: object) -> bool:
    return type(value) in ATOM_CLASSES and value == value


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of the IR.

    Attributes:
        name: the name in textual IR.
        symbol: the source notation, for messages and drawings.
        role: the role in a transformer.
        operands: the name of each operand, in order.
        takes: the upper bound of each operand's type.
        attributes: the name and kind of each attribute, in order.
        rule: the typing rule; its precondition is that each operand's type is within ``takes``.
        meaning: a one-line description of the semantics.
        check: returns why a combination of well-kinded attributes is invalid, or ``None`` if it is valid.
    """

    name: str
    symbol: str
    role: Role
    operands: tuple[str, ...]
    takes: tuple[Type, ...]
    attributes: tuple[tuple[str, AttributeKind], ...]
    rule: Rule
    meaning: str
    check: Check

    def infer(self, types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
        """Return the type of the result, or :data:`~raspir.ir.types.NOTHING` if the operands are ill-typed."""
        for type_, taken in zip(types, self.takes, strict=True):
            if type_ not in taken:
                return NOTHING
        return self.rule(types, attributes)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (_named, (self.name,))


def _named(name: str) -> Operation:
    """Return the operation called ``name``, for unpickling."""
    return OPERATIONS[name]


OPERATIONS: dict[str, Operation] = {}
"""All operations, by name."""

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
"""The comparisons, both elementwise (``eq``) and of a key with a query (``select.eq``)."""


def _define(
    name: str,
    symbol: str,
    role: Role,
    operands: str,
    rule: Rule,
    meaning: str,
    attributes: dict[str, AttributeKind] | None = None,
    check: Check = rules.no_check,
) -> None:
    names = tuple(operands.split())
    takes = tuple(SELECTOR if operand.startswith("selector") else ATOM for operand in names)
    held = tuple((attributes or {}).items())
    OPERATIONS[name] = Operation(name, symbol, role, names, takes, held, rule, meaning, check)


def _sources() -> None:
    kind = AttributeKind
    _define(
        "input", "input", Role.SOURCE, "", rules.atoms_of,
        "the sequence that the program is given, of atoms from its vocabulary if it has one",
        {"name": kind.NAME, "vocab": kind.VOCABULARY},
    )  # fmt: skip
    _define("indices", "indices", Role.SOURCE, "", rules.always(INT), "the positions 0 … n-1")
    _define("const", "constant", Role.SOURCE, "", rules.atoms_of, "one atom at every position", {"value": kind.ATOM})
    _define(
        "raw", "raw", Role.SOURCE, "", rules.atoms_of, "a fixed sequence of the input's length", {"values": kind.ATOMS}
    )


def _elementwise() -> None:
    binary = (
        ("add", "+", rules.add, "the sum of numbers, or strings joined"),
        ("sub", "-", rules.same_number, "the difference"),
        ("mul", "*", rules.mul, "the product of numbers, or a string repeated"),
        ("truediv", "/", rules.truediv, "the quotient, a float"),
        ("floordiv", "//", rules.same_number, "the quotient rounded down"),
        ("mod", "%", rules.mod, "the remainder, with the sign of the divisor; a string formats, as in Python"),
        ("pow", "**", rules.power, "the power"),
        ("eq", "==", rules.equality, "whether both are equal in Python's sense"),
        ("ne", "!=", rules.equality, "whether both differ in Python's sense"),
        ("lt", "<", rules.order, "whether a is less than b"),
        ("le", "<=", rules.order, "whether a is at most b"),
        ("gt", ">", rules.order, "whether a is greater than b"),
        ("ge", ">=", rules.order, "whether a is at least b"),
        ("and", "&", rules.bitwise, "logical and of booleans; bitwise and of integers"),
        ("or", "|", rules.bitwise, "logical or of booleans; bitwise or of integers"),
    )
    unary = (
        ("neg", "-", rules.same_number, "the negative"),
        ("abs", "abs", rules.same_number, "the absolute value"),
        ("round", "round", rules.to_int, "the nearest integer, ties to the even one"),
        ("not", "~", rules.invert, "not of a boolean; every bit of an integer flipped"),
    )
    for name, symbol, rule, meaning in binary:
        _define(name, symbol, Role.ELEMENTWISE, "a b", rules.lift(rule), meaning)
    for name, symbol, unary_rule, meaning in unary:
        _define(name, symbol, Role.ELEMENTWISE, "a", rules.lift(unary_rule), meaning)
    _define(
        "where", "where", Role.ELEMENTWISE, "condition a b", rules.lift(rules.where),
        "a where the condition is true in Python's sense, else b",
    )  # fmt: skip
    _define(
        "has", "has", Role.ELEMENTWISE, "a", rules.lift(rules.has),
        "whether the atom is equal to one of the values", {"values": AttributeKind.ATOMS},
    )  # fmt: skip
    _define(
        "lookup", "lookup", Role.ELEMENTWISE, "a", rules.looked_up,
        "the value beside the key that is the atom, of the very same type, else another atom",
        {"otherwise": AttributeKind.ATOM, "keys": AttributeKind.ATOMS, "values": AttributeKind.ATOMS},
        rules.table,
    )  # fmt: skip
    _define(
        "map", "map", Role.ELEMENTWISE, "a", rules.always(ATOM),
        "what an opaque Python function returns for the atom", {"function": AttributeKind.SYMBOL},
    )  # fmt: skip


def _attention() -> None:
    for name in COMPARISONS:
        scalar = OPERATIONS[name]
        _define(
            f"select.{name}", scalar.symbol, Role.SELECT, "key query",
            rules.selection(rules.equality if name in ("eq", "ne") else rules.order),
            f"entry (i, j) is key[j] {scalar.symbol} query[i]",
        )  # fmt: skip
    _define(
        "select.by", "select", Role.SELECT, "key query", rules.always(SELECTOR),
        "entry (i, j) is what an opaque predicate says of key[j] and query[i]", {"function": AttributeKind.SYMBOL},
    )  # fmt: skip
    for name, symbol, operands, meaning in (
        ("selector.and", "&", "selector_a selector_b", "entry by entry, selected by both"),
        ("selector.or", "|", "selector_a selector_b", "entry by entry, selected by either"),
        ("selector.not", "~", "selector", "entry by entry, not selected"),
    ):
        _define(name, symbol, Role.SELECTOR_ALGEBRA, operands, rules.always(SELECTOR), meaning)
    _define(
        "sum", "value", Role.AGGREGATE, "selector value", rules.summed,
        "the default where nothing is selected, the value itself where one is, else the sum in order of position",
        {"default": AttributeKind.ATOM},
    )  # fmt: skip
    _define(
        "mean", "mean", Role.AGGREGATE, "selector value", rules.averaged,
        "the default where nothing is selected, the value itself where one is, else the mean",
        {"default": AttributeKind.ATOM},
    )  # fmt: skip
    _define(
        "best", "best", Role.AGGREGATE, "selector value score", rules.fetched,
        "the value at the selected position whose score is the highest (or lowest), among equals the leftmost "
        "(or rightmost); the default where nothing is selected",
        {"pick": AttributeKind.PICK, "ties": AttributeKind.TIES, "default": AttributeKind.ATOM},
    )  # fmt: skip


_sources()
_elementwise()
_attention()
