"""What all expressions of Tracr's dialect have: names and other annotations, labels, children, and copies."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Self, TypeVar

from raspir.frontends.expressions import Expression, copied, expression, filled, refuse
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.frontends.source import mistake
from raspir.ir import Atom, Function
from raspir.ir.atoms import given_atom, show
from raspir.ir.errors import InputError
from raspir.ir.tracebacks import public, public_methods
from raspir.ir.types import NONE
from raspir.ir.typing import Attribute

E = TypeVar("E", bound="RASPExpr")

_numbers = itertools.count(1)


class Encoding(Enum):
    """How a transformer represents the values of a program: a direction for each, or one direction for all."""

    CATEGORICAL = "categorical"
    NUMERICAL = "numerical"


@public_methods
class RASPExpr(Expression):
    """An expression of Tracr's dialect: a program or a selector.

    Attributes:
        parts: the expressions that it was made of.
        given: what else it was made of, such as a function or a default.
        notes: the annotations that were made.
    """

    __slots__ = ("_number", "given", "notes", "parts")

    _links: ClassVar[tuple[str, ...]] = ("operands", "parts")
    _stored = (*Expression._stored, "given", "notes")
    _aggregating = "rasp.Aggregate(selector, rasp.tokens)"
    _default_name: ClassVar[str] = "expr"

    parts: tuple[Expression, ...]
    given: tuple[Any, ...]
    notes: Mapping[str, Any]

    @property
    def children(self) -> Sequence[Expression]:
        """The expressions that it was made of, in order."""
        return list(self.parts)

    @property
    def annotations(self) -> Mapping[str, Any]:
        """The annotations: those that were made, and by default a name and, of a program, an encoding."""
        return Annotations(self)

    @property
    def name(self) -> str:
        """The name: the one that it was given, or that of its kind, such as ``map``."""
        return str(self.annotations["name"])

    @property
    def unique_id(self) -> int:
        """A number that no other expression has."""
        number: int | None = getattr(self, "_number", None)
        if number is None:
            number = self._number = next(_numbers)
        return number

    @property
    def label(self) -> str:
        """The name and the number."""
        return f"{self.name}_{self.unique_id}"

    def named(self, name: str) -> Self:
        """Return the same expression with a name for drawings and printouts."""
        return annotate(self, name=name)

    def annotated(self, **annotations: Any) -> Self:
        """Return the same expression with more annotations."""
        return annotate(self, **annotations)

    def copy(self) -> Self:
        """Return the same expression with a number of its own."""
        return copied(self)


class OfTwo(RASPExpr):
    """Base class of the expressions of two others."""

    __slots__ = ()

    @property
    def fst(self) -> Expression:
        """The first of the two."""
        return self.parts[0]

    @property
    def snd(self) -> Expression:
        """The second of the two."""
        return self.parts[1]


class Annotations(Mapping[str, Any]):
    """The annotations of an expression. A default is found by its key, but is not listed."""

    def __init__(self, expression: RASPExpr) -> None:
        self._expression = expression

    def __getitem__(self, key: str) -> Any:
        notes = self._expression.notes
        if key in notes:
            return notes[key]
        if key == "name":
            return self._expression._default_name
        if key == "encoding" and isinstance(self._expression, ProgramExpression):
            return Encoding.CATEGORICAL
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._expression.notes)

    def __len__(self) -> int:
        return len(self._expression.notes)

    def __repr__(self) -> str:
        return repr(dict(self))


@public
def annotate(expr: E, **annotations: Any) -> E:
    """Return the same expression with more annotations; its ``name`` reaches drawings and printouts.

    Raises:
        ProgramError: if ``expr`` is no expression of this dialect, or the name is not a non-empty string.
    """
    if not isinstance(expr, RASPExpr):
        mistake(f"only expressions of Tracr's dialect have annotations, not {show(expr)}")
    made = copied(expr)
    if "name" in annotations:
        name = annotations["name"]
        if type(name) is not str or not name:
            mistake(f"a name must be a non-empty str, not {show(name)}")
        made.title = name
    made.notes = {**expr.notes, **annotations}
    return made


def made_of(
    made: E,
    parts: tuple[Expression, ...],
    given: tuple[Any, ...],
    operation: str,
    operands: Sequence[Expression] = (),
    attributes: tuple[Attribute, ...] = (),
    function: Function | None = None,
) -> E:
    """Return ``made``, a new expression, after filling in what it was made of and the operation that it is.

    Raises:
        ProgramError: if the operands are ill-typed.
    """
    made.parts, made.given, made.notes = parts, given, {}
    return filled(made, operation, operands, attributes, function)


def treating_none(none: str, operands: Sequence[Expression]) -> tuple[Attribute, ...]:
    """Return the attribute of an operation that treats ``None`` in this way; its default if no operand can be ``None``.

    The notation of programs in drawings and messages then has no mark of it.
    """
    return (none,) if any(NONE in operand.type for operand in operands) else ()


def program(value: object, role: str) -> ProgramExpression:
    """Return ``value``, which must be a program.

    Args:
        value: a program of any dialect.
        role: what takes it, for the message.

    Raises:
        ProgramError: if it is none.
    """
    if isinstance(value, ProgramExpression):
        return value
    if isinstance(value, SelectorExpression):
        mistake(f"{role} takes a program, not a selector: aggregate with it, as in {value._aggregating}")
    if value is None or isinstance(value, bool | int | float | str):
        mistake(
            f"{role} takes a program, not {show(value)}: write rasp.Full({show(value)}) for the same value everywhere"
        )
    mistake(f"{role} takes a program, such as rasp.tokens, not {show(value)}")


def atom(value: object, role: str) -> Atom:
    """Return ``value`` as an atom.

    Raises:
        ProgramError: if it is none, naming its ``role``.
    """
    if type(value) is tuple:
        mistake(
            f"{role}: {show(value)} is a tuple, which can only be the result or an argument of a function, or the "
            "value that an operator takes"
        )
    try:
        return given_atom(value)
    except InputError as error:
        mistake(f"{role}: {error.message}")


def constant(value: Atom) -> ProgramExpression:
    """Return the program with ``value`` at each position."""
    return expression(ProgramExpression, "const", attributes=(value,))


_NOT_A_VALUE = {
    "bool": "{what} is neither true nor false until it runs on an input: use rasp.Map or `&`, `|` and `~` in place of "
    "`if`, `and`, `or`, `not` and chained comparisons",
    "len": "{what} has no length until it runs on an input; rasp.length computes it",
    "getitem": "{what} cannot be indexed: select a position with rasp.Aggregate(rasp.Select(rasp.indices, …), …)",
    "setitem": "{what} cannot be modified: rasp.Map builds a program that differs at some positions",
    "contains": "`in` does not apply to {what}: rasp.Map(lambda x: x in values, …) tests membership",
    "reversed": "{what} cannot be reversed before it runs: use lib.make_reverse(…)",
}
for _name, _message in _NOT_A_VALUE.items():
    refuse(RASPExpr, f"__{_name}__", _message)
