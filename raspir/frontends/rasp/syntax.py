"""The syntax tree of the language: what a text says, before names have values.

Parentheses leave no trace, and comments none either. Every node has the place in the text where it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from raspir.ir.location import Location

Which = OneOf["s-op", "selector"]
"""Which of the two examples a command is about."""

UNARY = ("not", "-", "+", "round", "indicator")
"""The prefix operators, and the two operators in the form of a call."""

BINARY = ("^", "*", "/", "%", "+", "-", "==", "<=", ">=", "<", ">", "and", "or", "in")
"""The binary operators, all of which associate to the left."""

COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
"""The comparisons of a key with a query."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """A node of the tree.

    Attributes:
        place: where its text begins: file, 1-based line and column.
    """

    place: Location


# Expressions


@dataclass(frozen=True, slots=True)
class Expr(Syntax):
    """An expression."""


@dataclass(frozen=True, slots=True)
class Literal(Expr):
    """A number or a string."""

    value: int | float | str


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Expr):
    """A list of expressions: ``[a, b]``."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class DictOf(Expr):
    """A dict of expressions: ``{k: a, l: b}``."""

    pairs: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class ListComprehension(Expr):
    """``[item for names in iterable]``."""

    item: Expr
    names: tuple[str, ...]
    iterable: Expr


@dataclass(frozen=True, slots=True)
class DictComprehension(Expr):
    """``{key: value for names in iterable}``."""

    key: Expr
    value: Expr
    names: tuple[str, ...]
    iterable: Expr


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    """One of :data:`UNARY` applied to an operand."""

    operator: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    """One of :data:`BINARY` applied to two operands."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Ternary(Expr):
    """``value if condition else otherwise``."""

    value: Expr
    condition: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Index(Expr):
    """``container[index]``."""

    container: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """``callee(arguments)``: a call of a function, or the application of an s-op or selector to an input."""

    callee: Expr
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Range(Expr):
    """``range(arguments)``."""

    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Zip(Expr):
    """``zip(arguments)``."""

    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Len(Expr):
    """``len(argument)``."""

    argument: Expr


@dataclass(frozen=True, slots=True)
class Aggregate(Expr):
    """``aggregate(selector, value)``, or with a default ``aggregate(selector, value, default)``."""

    selector: Expr
    value: Expr
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Select(Expr):
    """``select(keys, queries, operator)``, the operator one of :data:`COMPARISONS`."""

    keys: Expr
    queries: Expr
    operator: str


# Statements


@dataclass(frozen=True, slots=True)
class Statement(Syntax):
    """A statement, or a command."""


@dataclass(frozen=True, slots=True)
class Expression(Statement):
    """``expression;``."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class Assignment(Statement):
    """``names = values;``: several values for one name make a list."""

    names: tuple[str, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Draw(Statement):
    """``draw(expression);`` or ``draw(expression, input);``."""

    expression: Expr
    input: Expr | None


@dataclass(frozen=True, slots=True)
class Load(Statement):
    """``load "path";``."""

    path: str


@dataclass(frozen=True, slots=True)
class Definition(Statement):
    """``def name(parameters) { body return results; }``: several results make a list."""

    name: str
    parameters: tuple[str, ...]
    body: tuple[Statement, ...]
    results: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class For(Statement):
    """``for names in iterable { body }``."""

    names: tuple[str, ...]
    iterable: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Command(Statement):
    """A command of the console, which ends without a semicolon and stands in no body."""


@dataclass(frozen=True, slots=True)
class SetExample(Command):
    """``set example e``; ``which`` is ``None`` for both examples."""

    which: Which | None
    value: Expr


@dataclass(frozen=True, slots=True)
class ShowExample(Command):
    """``show example``; ``which`` is ``None`` for both examples."""

    which: Which | None


@dataclass(frozen=True, slots=True)
class Examples(Command):
    """``examples on`` or ``examples off``; ``which`` is ``None`` for both."""

    which: Which | None
    on: bool


@dataclass(frozen=True, slots=True)
class FullDisplay(Command):
    """``full seq display on`` or ``full seq display off``."""

    on: bool


@dataclass(frozen=True, slots=True)
class Exit(Command):
    """``exit``, ``exit()``, ``quit`` or ``quit()``."""
