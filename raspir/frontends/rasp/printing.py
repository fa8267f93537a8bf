"""The text of a syntax tree, with only the parentheses that it needs."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

from raspir.frontends.rasp.lexis import KEYWORDS
from raspir.frontends.rasp.syntax import (
    Aggregate,
    Assignment,
    Binary,
    Call,
    Definition,
    DictComprehension,
    DictOf,
    Draw,
    Examples,
    Exit,
    Expr,
    Expression,
    For,
    FullDisplay,
    Index,
    Len,
    ListComprehension,
    ListOf,
    Literal,
    Load,
    Name,
    Range,
    Select,
    SetExample,
    ShowExample,
    Statement,
    Syntax,
    Ternary,
    Unary,
    Zip,
)

INDENT = "    "
"""The indentation of a body."""

_LEVELS = (("in",), ("if",), ("and", "or"), ("==", "<=", ">=", "<", ">"), ("+", "-"), ("%",), ("*", "/"), ("^",))
_LEVEL = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_ANY, _TERNARY, _PREFIX, _POSTFIX, _PRIMARY = 0, _LEVEL["if"], len(_LEVELS), len(_LEVELS) + 1, len(_LEVELS) + 2

Piece: TypeAlias = str | tuple[Syntax, int]
"""A piece of text, or a tree whose text stands there: an expression that binds at least as tightly as a level, or a
statement with an indentation."""


def unparse(tree: Statement | Expr) -> str:
    """Return the text of a statement or an expression, which parses to an equal tree, apart from places.

    Bodies stand on lines of their own. The trees are those that the parser makes: a literal has no sign, and a string
    neither a double quote nor a line end. No depth of a tree overflows.
    """
    texts: list[str] = []
    rest: list[Piece] = [(tree, 0)]
    while rest:
        piece = rest.pop()
        if isinstance(piece, str):
            texts.append(piece)
        else:
            rest.extend(reversed(_pieces(*piece)))
    return "".join(texts)


def _pieces(tree: Syntax, level: int) -> list[Piece]:
    if isinstance(tree, Statement):
        return _of_statement(tree, level)
    assert isinstance(tree, Expr)
    pieces = _of_operation(tree) or _of_operand(tree)
    return ["(", *pieces, ")"] if _binding(tree) < level else pieces


def _binding(tree: Expr) -> int:
    """Return how tightly an expression binds: its level in the grammar, the loosest first."""
    match tree:
        case Binary():
            return _LEVEL[tree.operator]
        case Ternary():
            return _TERNARY
        case Unary(operator="not" | "-" | "+"):
            return _PREFIX
        case Index() | Call():
            return _POSTFIX
    return _PRIMARY


def _of_operation(tree: Expr) -> list[Piece]:
    """Return the pieces of an expression made by operators, or nothing of another one."""
    match tree:
        case Binary(_, operator, left, right):
            level = _LEVEL[operator]
            return [(left, level), f" {operator} ", (right, level + 1)]
        case Ternary(_, value, condition, otherwise):
            return [(value, _TERNARY), " if ", (condition, _ANY), " else ", (otherwise, _TERNARY + 1)]
        case Unary(_, ("not" | "-" | "+") as operator, operand):
            return ["not " if operator == "not" else operator, (operand, _PREFIX)]
        case Index(_, container, index):
            return [(container, _POSTFIX), "[", (index, _ANY), "]"]
        case Call(_, callee, arguments):
            opening = _opening(callee.name if isinstance(callee, Name) else None)
            return [(callee, _POSTFIX), opening, *_listed(arguments), ")"]
    return []


def _opening(name: str | None) -> str:
    """Return the parenthesis behind a name: ``len`` is a name only with a blank before it."""
    return " (" if f"{name}(" in KEYWORDS else "("


def _of_operand(tree: Expr) -> list[Piece]:
    match tree:
        case Literal(_, value):
            return [_literal(value)]
        case Name(_, name):
            return [name]
        case ListOf(_, items):
            return ["[", *_listed(items), "]"]
        case DictOf(_, pairs):
            return ["{", *_joined([(key, _ANY), ": ", (value, _ANY)] for key, value in pairs), "}"]
        case ListComprehension(_, item, names, iterable):
            return ["[", (item, _ANY), f" for {', '.join(names)} in ", (iterable, _ANY), "]"]
        case DictComprehension(_, key, value, names, iterable):
            return ["{", (key, _ANY), ": ", (value, _ANY), f" for {', '.join(names)} in ", (iterable, _ANY), "}"]
        case Range(_, arguments):
            return ["range(", *_listed(arguments), ")"]
        case Zip(_, arguments):
            return ["zip(", *_listed(arguments), ")"]
        case Len(_, argument):
            return ["len(", (argument, _ANY), ")"]
        case Aggregate(_, selector, sequence, default):
            return ["aggregate(", *_listed((selector, sequence) + (() if default is None else (default,))), ")"]
        case Select(_, keys, queries, operator):
            return ["select(", *_listed((keys, queries)), f", {operator})"]
        case Unary(_, operator, operand):
            return [f"{operator}(", (operand, _ANY), ")"]
    raise TypeError(f"no expression: {type(tree).__name__}")


def _literal(value: float | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, int):
        return str(value)
    if math.isinf(value):  # a number beyond the largest float
        return f"1{'0' * (sys.float_info.max_10_exp + 1)}.0"
    digits = f"{Decimal(repr(value)):f}"
    return digits if "." in digits else f"{digits}.0"


def _listed(items: Iterable[Expr]) -> list[Piece]:
    return _joined([(item, _ANY)] for item in items)


def _joined(groups: Iterable[list[Piece]]) -> list[Piece]:
    """Return the groups of pieces with commas between them."""
    pieces: list[Piece] = []
    for group in groups:
        pieces += [", ", *group] if pieces else group
    return pieces


def _of_statement(tree: Statement, depth: int) -> list[Piece]:
    match tree:
        case Expression(_, expression):
            return [(expression, _ANY), ";"]
        case Assignment(_, names, values):
            return [f"{', '.join(names)} = ", *_listed(values), ";"]
        case Draw(_, expression, given):
            return ["draw(", *_listed((expression,) if given is None else (expression, given)), ");"]
        case Load(_, path):
            return [f'load "{path}";']
        case Definition(_, name, parameters, body, results):
            end: list[Piece] = [f"{INDENT * (depth + 1)}return ", *_listed(results), ";\n"]
            return [
                f"def {name}{_opening(name)}{', '.join(parameters)}) {{\n",
                *_block(body, depth),
                *end,
                f"{INDENT * depth}}}",
            ]
        case For(_, names, iterable, body):
            inner = _block(body, depth) or [f"{INDENT * (depth + 1)}# nothing\n"]  # a body has a statement or a comment
            return [f"for {', '.join(names)} in ", (iterable, _ANY), " {\n", *inner, f"{INDENT * depth}}}"]
    return _of_command(tree)


def _block(body: tuple[Statement, ...], depth: int) -> list[Piece]:
    """Return the pieces of the statements of a body, each on lines of its own."""
    pieces: list[Piece] = []
    for statement in body:
        pieces += [INDENT * (depth + 1), (statement, depth + 1), "\n"]
    return pieces


def _of_command(tree: Statement) -> list[Piece]:
    match tree:
        case SetExample(_, which, value):
            return [f"set {_prefix(which)}example ", (value, _ANY)]
        case ShowExample(_, which):
            return [f"show {_prefix(which)}example"]
        case Examples(_, which, on):
            return [f"{_prefix(which)}examples {'on' if on else 'off'}"]
        case FullDisplay(_, on):
            return [f"full seq display {'on' if on else 'off'}"]
        case Exit():
            return ["exit"]
    raise TypeError(f"no statement: {type(tree).__name__}")


def _prefix(which: str | None) -> str:
    return "" if which is None else f"{which} "
