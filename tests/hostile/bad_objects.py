"""Objects that raise or lie under introspection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


def _fail(*_: object, **__: object) -> Any:
    raise KeyError("planted\x1b[31m")


class Failing:
    """Fails whatever it is asked."""

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __index__ = __int__ = __float__ = __eq__ = __lt__ = _fail
    __getitem__ = __contains__ = __call__ = item = keys = items = _fail
    __hash__ = object.__hash__

    @property
    def shape(self) -> Any:
        return _fail()


class Breaking:
    """Breaks off while it is iterated over."""

    def __iter__(self) -> Iterator[object]:
        yield 1
        raise ZeroDivisionError("planted")


class Negative(list[Any]):
    """Says of its length what cannot be."""

    def __len__(self) -> int:
        return -1


class Lying:
    """Says that it is an integer."""

    __class__ = int  # type: ignore[assignment]


class Number(int):
    """Fails where integers do not."""

    __int__ = __index__ = __repr__ = __bool__ = __eq__ = __lt__ = bit_length = _fail
    __hash__ = int.__hash__


class Word(str):
    """Likewise of strings."""

    __str__ = __repr__ = __eq__ = __iter__ = __len__ = _fail
    __hash__ = str.__hash__


class Names(Mapping[Any, Any]):
    """A mapping that fails when it is looked at."""

    __getitem__ = __iter__ = __len__ = _fail


class Scalar:
    """Looks like a scalar of NumPy."""

    shape = ()

    def item(self) -> object:
        return self


def endless() -> list[Any]:
    """Return a list that holds itself."""
    made: list[Any] = [1]
    made.append(made)
    return made


def deep() -> list[Any]:
    """Return a list as deep as no recursion goes."""
    made: list[Any] = []
    for _ in range(100_000):
        made = [made]
    return made


def objects() -> list[Any]:
    """Return one of each."""
    arrays = [
        np.array(3),
        np.array([]),
        np.array([[1, 2], [3, 4]]),
        np.array([1 + 2j]),
        np.array(["ab", "", "c"]),
        np.array([b"a"]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.array([1, None, Failing()], dtype=object),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array([2**63, 2**64 - 1], dtype=np.uint64),
        np.array([1.5, np.nan]),
        np.array([1.5], dtype=np.longdouble),
        np.array([1.5], dtype=">f8"),
        np.ma.masked_array([1, 2], mask=[True, False]),
    ]
    return [
        Failing(), [Failing()], Breaking(), [Breaking()], Negative([1, 2]), [Negative()], Lying(), [Lying()],
        Number(3), [Number(3)], Word("ab"), [Word("ab")], Names(), [Names()], Scalar(), [Scalar()], endless(), deep(),
        None, [None], 5, -1, 2**70, 10**5000, [10**5000], 1e400, float("nan"), [float("nan")], "", "ab", "\ud800",
        "\0", "\x1b[2J", b"ab", [b"ab"], {1}, {"a": 1}, {}, (), [], object, object(), len, ..., range(3), iter("ab"),
        (each for each in "ab"), 1j, [1j], memoryview(b"ab"), bytearray(b"a"), Exception("a"), [[1], [2]],
        np.float64(2.5), np.int8(3), np.bool_(True), np.str_("a"), np.datetime64("2020-01-01"), *arrays,
    ]  # fmt: skip
