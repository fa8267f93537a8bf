"""Names of programs and functions in ``.rasp`` files, read from the source without running it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from raspir.frontends.python.names import Named
from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.printing import unparse
from raspir.frontends.rasp.texts import parsed

_NO_PROGRAMS = (
    syntax.Literal, syntax.ListOf, syntax.DictOf, syntax.ListComprehension, syntax.DictComprehension, syntax.Range,
    syntax.Zip, syntax.Len,
)  # fmt: skip
"""Expressions that are no s-ops and selectors."""


def names_in(source: str) -> list[Named]:
    """Return the public names that a file defines, in order; what cannot be read defines none."""
    statements, _ = parsed(source, "")
    found = {each.name: each for each in _defined(statements) if not each.name.startswith("_")}
    return list(found.values())


def _defined(statements: Iterable[syntax.Statement]) -> Iterator[Named]:
    """Yield the names that statements define, those in loops as well but not those in functions."""
    for each in statements:
        match each:
            case syntax.Definition(name=name, parameters=parameters):
                yield Named(name, f"{name}({', '.join(parameters)})", True, not parameters)
            case syntax.Assignment(names=names, values=values):
                yield from _assigned(names, values)
            case syntax.For(body=body):
                yield from _defined(body)


def _assigned(names: tuple[str, ...], values: tuple[syntax.Expr, ...]) -> Iterator[Named]:
    if len(values) == len(names):
        for name, value in zip(names, values, strict=True):
            yield Named(name, unparse(value), False, not isinstance(value, _NO_PROGRAMS))
    elif len(values) == 1:  # a list, of which each name has an item
        yield from (Named(name, unparse(values[0]), False, True) for name in names)
