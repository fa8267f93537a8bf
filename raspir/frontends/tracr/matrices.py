"""Fixed selectors of Tracr's dialect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from raspir.frontends.expressions import RefusedOperations, expression
from raspir.frontends.programs import ProgramExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import atom, made_of
from raspir.frontends.tracr.selectors import Selector, SelectorValue
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public_methods


class _Entries:
    """The predicate of a fixed matrix: of the position of a key and that of a query."""

    def __init__(self, rows: tuple[tuple[bool, ...], ...]) -> None:
        self.rows = rows

    def __call__(self, key: int, query: int) -> bool:
        return query < len(self.rows) and key < len(self.rows[query]) and self.rows[query][key]

    def __reduce__(self) -> tuple[object, ...]:
        return (_Entries, (self.rows,))


@public_methods
class ConstantSelector(Selector):
    """A fixed selector.

    Args:
        value: a row for each query, with a boolean for each key.
        check_length: whether an input whose length is not the number of rows is an error. Otherwise entries outside
            the matrix are not selected.

    Raises:
        ProgramError: if it is no square matrix of booleans.
    """

    __slots__ = ()
    _default_name = "constant_selector"

    def __init__(self, value: Iterable[Iterable[bool]], check_length: bool = True) -> None:
        rows = _matrix(value)
        if check_length and any(len(row) != len(rows) for row in rows):
            mistake("rasp.ConstantSelector: each row needs an entry for each of its rows, which are the queries")
        positions: ProgramExpression
        if check_length:
            positions = expression(ProgramExpression, "raw", attributes=(tuple(range(len(rows))),))
        else:
            positions = expression(ProgramExpression, "indices")
        given = rows, bool(check_length)
        made_of(self, (), given, "select.by", (positions, positions), ("function",), _Entries(rows))

    @property
    def value(self) -> SelectorValue:
        """The entries."""
        return [list(row) for row in self.given[0]]

    @property
    def check_length(self) -> bool:
        """Whether an input of another length is an error."""
        return bool(self.given[1])


def _matrix(value: Any) -> tuple[tuple[bool, ...], ...]:
    if isinstance(value, RefusedOperations):
        mistake(f"rasp.ConstantSelector takes rows of booleans, not {show(value)}")
    try:
        rows = [list(row) for row in value]
    except Exception:  # iteration over a user's object may raise anything
        mistake(f"rasp.ConstantSelector takes rows of booleans, not {show(value)}")
    return tuple(tuple(map(_entry, row)) for row in rows)


def _entry(value: object) -> bool:
    held = atom(value, "rasp.ConstantSelector")
    if held != 0 and held != 1:
        mistake(f"rasp.ConstantSelector: an entry must be True or False, not {show(value)}")
    return bool(held)
