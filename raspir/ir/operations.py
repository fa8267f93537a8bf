"""The operations of the IR: a closed set, and everything that is known about each of them.

One row defines an operation: operands, attributes, typing rule, scalar function, the bounds and the totality of its
results.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from raspir.ir import arithmetic, ranges
from raspir.ir import typing as rules
from raspir.ir.atoms import is_atom
from raspir.ir.ranges import Range
from raspir.ir.types import ATOM, BOOL, FLOAT, INT, NOTHING, SELECTOR, STR, Type
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
    NONE = "error or skip"
    NONE_EQUAL = "value, skip or error"
    NONE_AMONG = "value or skip"
    NONE_SELECT = "value or error"

    @property
    def choices(self) -> tuple[str, ...]:
        """The admissible strings of an enumeration; empty for any other kind."""
        return _CHOICES.get(self, ())

    @property
    def default(self) -> str | None:
        """The value of an attribute that is left out: ``None`` for a vocabulary."""
        return self.choices[0] if self in _OF_NONE else None

    @property
    def optional(self) -> bool:
        """Whether the attribute may be left out."""
        return self in _OF_NONE or self is AttributeKind.VOCABULARY

    def admits(self, value: object) -> bool:
        """Return whether an attribute of this kind may hold ``value``."""
        if self.choices:
            return type(value) is str and value in self.choices
        if self in (AttributeKind.NAME, AttributeKind.SYMBOL):
            return type(value) is str and value != ""
        if self is AttributeKind.ATOM:
            return is_atom(value)
        if value is None:
            return self is AttributeKind.VOCABULARY
        return isinstance(value, tuple) and all(map(is_atom, value))


_CHOICES = {
    AttributeKind.PICK: ("highest", "lowest"),
    AttributeKind.TIES: ("left", "right"),
    AttributeKind.NONE: ("error", "skip"),
    AttributeKind.NONE_EQUAL: ("value", "skip", "error"),
    AttributeKind.NONE_AMONG: ("value", "skip"),
    AttributeKind.NONE_SELECT: ("value", "error"),
}

_OF_NONE = (AttributeKind.NONE, AttributeKind.NONE_EQUAL, AttributeKind.NONE_AMONG, AttributeKind.NONE_SELECT)
"""How an operation treats ``None``: as an error, as any other value, or by skipping it, with the result ``None``."""


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
        evaluate: the function of one atom for each operand, of an elementwise map or a comparison of a key with a
            query; ``None`` if it depends on attributes, or the operation is neither.
        total: whether that function succeeds on all integers of given ranges, regardless of limits on their size.
        bounds: the bounds of its integer results.
        bits: an upper bound on the bits that its evaluation limits, if it limits any.
        size: an estimate of the bits of its result, where computing the result could take long.
        variadic: whether it takes any number of operands like the one named, but at least one.
    """

    name: str
    symbol: str
    role: Role
    operands: tuple[str, ...]
    takes: tuple[Type, ...]
    attributes: tuple[tuple[str, AttributeKind], ...]
    rule: Rule
    meaning: str
    check: Check = rules.no_check
    evaluate: Callable[..., Any] | None = None
    total: ranges.Totality = ranges.never
    bounds: ranges.Bounds = ranges.unbounded
    bits: ranges.Bits | None = None
    size: Callable[..., int] | None = None
    variadic: bool = False

    def names(self, count: int) -> tuple[str, ...]:
        """Return the name of each of ``count`` operands."""
        return self.operands if not self.variadic else tuple(f"operand {number + 1}" for number in range(count))

    def completed(self, attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
        """Return ``attributes``, with the default of the last one, ``none``, if only that is left out."""
        if len(attributes) != len(self.attributes) - 1 or self.attributes[-1][1].default is None:
            return attributes
        return (*attributes, self.attributes[-1][1].default)

    def infer(self, types: tuple[Type, ...], attributes: tuple[Attribute, ...]) -> Type:
        """Return the type of the result, or :data:`~raspir.ir.types.NOTHING` if the operands are ill-typed."""
        taken = self.takes * len(types) if self.variadic else self.takes
        for type_, most in zip(types, taken, strict=True):
            if type_ not in most:
                return NOTHING
        return self.rule(types, attributes)

    def bounded(self, operands: Sequence[Range]) -> tuple[ranges.Bound, ranges.Bound]:
        """Return bounds of the integer results on operands of these ranges."""
        return self.bounds(*operands) if ranges.on_integers(*operands) else ranges.unbounded()

    def is_total(self, operands: Sequence[Range]) -> bool:
        """Return whether the operation succeeds on all atoms of these ranges."""
        return self.total(*operands) and not self.may_be_too_large(operands)

    def may_be_too_large(self, operands: Sequence[Range]) -> bool:
        """Return whether integers of these ranges may exceed :data:`~raspir.ir.arithmetic.MOST_BITS`."""
        if self.bits is None or not ranges.on_integers(*operands):
            return False
        return self.bits(*operands) > arithmetic.MOST_BITS

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
    attributes: Mapping[str, AttributeKind] = MappingProxyType({}),
    **known: Any,
) -> None:
    names = tuple(operands.split())
    takes = tuple(SELECTOR if operand.startswith("selector") else ATOM for operand in names)
    OPERATIONS[name] = Operation(name, symbol, role, names, takes, tuple(attributes.items()), rule, meaning, **known)


def _sources() -> None:
    kind = AttributeKind
    _define(
        "input", "input", Role.SOURCE, "", rules.inputs_of,
        "an input sequence, whose atoms are from its vocabulary if it has one",
        {"name": kind.NAME, "vocab": kind.VOCABULARY},
    )  # fmt: skip
    _define("indices", "indices", Role.SOURCE, "", rules.always(INT), "the positions 0 … n-1")
    _define("const", "constant", Role.SOURCE, "", rules.atoms_of, "one atom at every position", {"value": kind.ATOM})
    _define(
        "raw", "raw", Role.SOURCE, "", rules.atoms_of, "a fixed sequence of the input's length", {"values": kind.ATOMS}
    )


def _scalar(
    name: str,
    symbol: str,
    operands: str,
    rule: rules.KindRule,
    evaluate: Callable[..., Any],
    total: ranges.Totality,
    meaning: str,
    none: AttributeKind | None = AttributeKind.NONE,
    **known: Any,
) -> None:
    """Define an elementwise operation whose function of atoms other than ``None`` depends on no attribute."""
    rule_ = rules.lift(rule)
    attributes = {} if none is None else {"none": none}
    known = {"attributes": attributes, "evaluate": evaluate, "total": total, **known}
    _define(name, symbol, Role.ELEMENTWISE, operands, rule_, meaning, **known)


# fmt: off
def _arithmetic() -> None:
    integers = ranges.on_integers
    _scalar("add", "+", "a b", rules.add, arithmetic.added, integers,
            "the sum of numbers, or the concatenation of strings", bounds=ranges.of_add)
    _scalar("sub", "-", "a b", rules.same_number, operator.sub, integers, "the difference", bounds=ranges.of_sub)
    _scalar("mul", "*", "a b", rules.mul, arithmetic.multiplied, integers,
            "the product of numbers, or the repetition of a string",
            bounds=ranges.of_mul, bits=ranges.bits_of_product, size=arithmetic.repetition_size)
    _scalar("truediv", "/", "a b", rules.truediv, operator.truediv, ranges.never, "the quotient, a float")
    _scalar("floordiv", "//", "a b", rules.same_number, arithmetic.quotient, ranges.on_divisors,
            "the quotient rounded down", bounds=ranges.of_floordiv, bits=ranges.bits_of_operands)
    _scalar("mod", "%", "a b", rules.mod, arithmetic.remainder, ranges.on_divisors,
            "the remainder, with the sign of the divisor; a string formats, as in Python",
            bounds=ranges.of_mod, bits=ranges.bits_of_operands)
    _scalar("pow", "**", "a b", rules.power, arithmetic.raised, ranges.never, "the power",
            bits=ranges.bits_of_power, size=arithmetic.power_size)
    _scalar("neg", "-", "a", rules.same_number, operator.neg, integers, "the negative", bounds=ranges.of_neg)
    _scalar("abs", "abs", "a", rules.same_number, abs, integers, "the absolute value", bounds=ranges.of_abs)
    _scalar("round", "round", "a", rules.rounded, round, integers, "the nearest integer, ties to the even one",
            bounds=ranges.unchanged)


def _conversions() -> None:
    integers, kind = ranges.on_integers, rules.conversion
    _scalar("to_int", "int", "a", kind(INT), arithmetic.to_int, integers,
            "Python's int of the atom: a float is cut off, a string read", bounds=ranges.unchanged)
    _scalar("to_float", "float", "a", kind(FLOAT), arithmetic.to_float, ranges.on_floats,
            "Python's float of the atom: a string is read")
    _scalar("to_str", "str", "a", kind(STR), arithmetic.to_str, ranges.on_written,
            "Python's str of the atom, as which it is written")
    _scalar("to_bool", "bool", "a", kind(BOOL), arithmetic.to_bool, ranges.always,
            "whether the atom is true in Python's sense", bounds=ranges.of_truth)


def _logic() -> None:
    always, comparable, integers = ranges.always, ranges.on_comparable, ranges.on_integers
    equal = AttributeKind.NONE_EQUAL
    _scalar("eq", "==", "a b", rules.equality, operator.eq, always, "whether both are equal in Python's sense", equal)
    _scalar("ne", "!=", "a b", rules.equality, operator.ne, always, "whether both differ in Python's sense", equal)
    _scalar("lt", "<", "a b", rules.order, operator.lt, comparable, "whether a is less than b")
    _scalar("le", "<=", "a b", rules.order, operator.le, comparable, "whether a is at most b")
    _scalar("gt", ">", "a b", rules.order, operator.gt, comparable, "whether a is greater than b")
    _scalar("ge", ">=", "a b", rules.order, operator.ge, comparable, "whether a is at least b")
    _scalar("and", "&", "a b", rules.bitwise, operator.and_, integers,
            "logical and of booleans; bitwise and of integers")
    _scalar("or", "|", "a b", rules.bitwise, operator.or_, integers, "logical or of booleans; bitwise or of integers")
    _scalar("not", "~", "a", rules.invert, arithmetic.logical_not, integers,
            "logical not of a boolean; bitwise complement of an integer")
    _scalar("where", "where", "condition a b", rules.where, arithmetic.choose, always,
            "a where the condition is true in Python's sense, else b", None)
# fmt: on


def _tables() -> None:
    kind = AttributeKind
    _define(
        "has", "has", Role.ELEMENTWISE, "a", rules.lift(rules.has), "whether the atom is equal to one of the values",
        {"values": kind.ATOMS, "none": kind.NONE_AMONG}, total=ranges.always,
    )  # fmt: skip
    _define(
        "lookup", "lookup", Role.ELEMENTWISE, "a", rules.looked_up,
        "the value of the key that equals the atoms and has their types, or a fallback without such a key",
        {"otherwise": kind.ATOM, "keys": kind.ATOMS, "values": kind.ATOMS},
        check=rules.table, total=ranges.always, variadic=True,
    )  # fmt: skip
    _define(
        "item", "item", Role.ELEMENTWISE, "a", rules.atoms_of,
        "the value of the key that equals the atom in Python's sense; an error without such a key",
        {"keys": kind.ATOMS, "values": kind.ATOMS}, check=rules.items,
    )  # fmt: skip
    _define(
        "one_type", "one_type", Role.ELEMENTWISE, "a", rules.of_one_type,
        "the atom itself, if the whole sequence holds either only strings or only numbers; else an error",
        evaluate=arithmetic.unchanged, total=ranges.on_one_type, bounds=ranges.unchanged,
    )  # fmt: skip
    _define(
        "map", "map", Role.ELEMENTWISE, "a", rules.mapped,
        "the result of an opaque Python function on the atoms", {"function": kind.SYMBOL, "none": kind.NONE},
        variadic=True,
    )  # fmt: skip


def _attention() -> None:
    for name in COMPARISONS:
        scalar = OPERATIONS[name]
        _define(
            f"select.{name}", scalar.symbol, Role.SELECT, "key query",
            rules.selection(rules.equality if name in ("eq", "ne") else rules.order),
            f"entry (i, j) is key[j] {scalar.symbol} query[i]",
            {"none": AttributeKind.NONE_SELECT} if name in ("eq", "ne") else {},
            evaluate=scalar.evaluate, total=scalar.total,
        )  # fmt: skip
    _define(
        "select.by", "select", Role.SELECT, "key query", rules.always(SELECTOR),
        "entry (i, j) is the result of an opaque predicate on key[j] and query[i]", {"function": AttributeKind.SYMBOL},
    )  # fmt: skip
    for name, symbol, operands, meaning in (
        ("selector.and", "&", "selector_a selector_b", "the entries that both select"),
        ("selector.or", "|", "selector_a selector_b", "the entries that either selects"),
        ("selector.not", "~", "selector", "the entries that are not selected"),
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
        "average", "mean", Role.AGGREGATE, "selector value", rules.averaged,
        "as mean; but where several are selected, the whole sequence must hold numbers, not all of them booleans",
        {"default": AttributeKind.ATOM},
    )  # fmt: skip
    _define(
        "best", "best", Role.AGGREGATE, "selector value score", rules.fetched,
        "the value at the selected position whose score is the highest (or lowest), among equals the leftmost "
        "(or rightmost); the default where nothing is selected",
        {"pick": AttributeKind.PICK, "ties": AttributeKind.TIES, "default": AttributeKind.ATOM},
    )  # fmt: skip


_sources()
_arithmetic()
_conversions()
_logic()
_tables()
_attention()
