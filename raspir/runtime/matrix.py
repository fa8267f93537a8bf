"""Matrices: the results of selectors."""

from __future__ import annotations

from raspir.runtime.display import Result


class Matrix(list[list[bool]], Result):
    """The matrix of a selector on an input: a list with a row for each query, each with an entry for each key."""

    @property
    def val(self) -> list[list[bool]]:
        """The transposed matrix, as a new list with a row for each key; RASPy's name and layout."""
        return [list(column) for column in zip(*self, strict=True)]

    def __reduce__(self) -> tuple[object, ...]:
        return (Matrix, (list(self),))
