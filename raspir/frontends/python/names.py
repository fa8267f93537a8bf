"""Names of programs and functions in Python files, read from the source without executing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COLLECTIONS = (
    ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr,
)  # fmt: skip
"""Expressions that are no programs."""


@dataclass(frozen=True)
class Named:
    """A name that a file defines.

    Attributes:
        name: the name.
        summary: the first line of the docstring of a function, or the expression of a value.
        is_function: whether it is a function or a lambda.
        may_be_program: whether it may be a program: a function without required parameters, or a computed value.
    """

    name: str
    summary: str
    is_function: bool
    may_be_program: bool


def names_in(source: str) -> list[Named]:
    """Return the public names that the top level of Python code defines, in order; none if it cannot be parsed."""
    try:
        body = ast.parse(source).body
        found = {each.name: each for each in _defined(body) if not each.name.startswith("_")}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(found.values())


def _defined(body: list[ast.stmt]) -> Iterator[Named]:
    """Yield the names that statements define, in nested blocks as well but not in functions and classes."""
    for each in body:
        match each:
            case ast.FunctionDef():
                summary = (ast.get_docstring(each) or "function").partition("\n")[0]
                yield Named(each.name, summary, True, not _required(each.args))
            case ast.Assign(targets=targets, value=value):
                yield from (name for target in targets for name in _assigned(target, value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from _assigned(target, value)
            case ast.If() | ast.For() | ast.While() | ast.With() | ast.Try() | ast.TryStar():
                for block in ("body", "handlers", "orelse", "finalbody"):
                    yield from _defined(getattr(each, block, []))
            case ast.ExceptHandler(body=block):
                yield from _defined(block)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[Named]:
    if isinstance(target, ast.Name):
        is_function = isinstance(value, ast.Lambda)
        may_be = not _required(value.args) if isinstance(value, ast.Lambda) else _is_computed(value)
        yield Named(target.id, ast.unparse(value), is_function, may_be)
    elif isinstance(target, ast.Tuple | ast.List):
        values = value.elts if isinstance(value, ast.Tuple | ast.List) else [value] * len(target.elts)
        for part, own in zip(target.elts, values, strict=False):
            yield from _assigned(part, own)


def _is_computed(value: ast.expr) -> bool:
    """Return whether an expression is neither a collection nor made of literals alone."""
    parts = ast.walk(value)
    return not isinstance(value, _COLLECTIONS) and any(isinstance(part, ast.Name | ast.Attribute) for part in parts)


def _required(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional > len(arguments.defaults) or None in arguments.kw_defaults
