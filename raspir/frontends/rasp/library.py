"""The library: the names that every program has, made as shallow as raspir can.

The same library in the language itself is the file ``library.rasp``. It yields the same values, and layers are counted
on it as the paper counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from raspir.frontends.expressions import unlocated
from raspir.frontends.rasp.making import Maker
from raspir.frontends.rasp.scopes import Scope
from raspir.frontends.rasp.values import BuiltIn, Selection, Sequence, Value

CREATOR = "RASP_support/rasplib"
"""Where the functions of the library say that they come from."""

NAMES = frozenset(
    (
        "full_s", "length", "selector_width", "has_focus", "count", "contains", "max", "min", "average",
        "load_from_location", "shift", "mark_last_instance", "mark_first_instance", "select_from_last",
        "select_from_first", "sort", "select_next_identical",
    )
)  # fmt: skip
"""The names of the library, which programs may bind only as arguments, locals and names of files."""


def written() -> str:
    """Return the text of the library in the language itself."""
    return files(__package__).joinpath("library.rasp").read_text(encoding="utf-8")


def base_scope(maker: Maker) -> Scope:
    """Return the scope of the inputs and constants."""
    scope = Scope("console", None)
    scope.bound = {"True": True, "False": False, "indices": maker.indices, "tokens_asis": maker.tokens(None)}
    scope.bound |= {f"tokens_{kind}": maker.tokens(kind) for kind in ("str", "int", "float", "bool")}
    for each in scope.bound.values():
        if isinstance(each, Sequence):
            unlocated(each.expression)
    scope.out = scope.last = _tokens(scope)
    return scope


def _tokens(base: Scope) -> Sequence:
    return Sequence(base.bound["tokens_str"].expression, "tokens")


def library_scope(maker: Maker, base: Scope) -> Scope:
    """Return the scope of the library as raspir makes it, inside of the base scope."""
    scope = Scope(CREATOR, base)
    scope.bound = {"tokens": _tokens(base), "full_s": maker.everywhere, "length": maker.length}
    scope.bound |= {
        name: BuiltIn(name, parameters, CREATOR, make)
        for name, (parameters, make) in _Library(maker).functions().items()
    }
    return scope


class _Library:
    """The functions of the library."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    def functions(self) -> dict[str, tuple[tuple[str, ...], Callable[..., Value]]]:
        """Return the parameters and the maker of each function, by name."""
        return {
            "selector_width": (("sel",), self.selector_width),
            "has_focus": (("sel",), self.has_focus),
            "count": (("seq", "atom"), self.count),
            "contains": (("seq", "atom"), self.contains),
            "max": (("a", "b"), self.max),
            "min": (("a", "b"), self.min),
            "average": (("a",), self.average),
            "load_from_location": (("seq", "location"), self.load_from_location),
            "shift": (("seq", "n", "filler"), self.shift),
            "mark_last_instance": (("seq", "val"), self.mark_last_instance),
            "mark_first_instance": (("seq", "val"), self.mark_first_instance),
            "select_from_last": (("seq", "val"), self.select_from_last),
            "select_from_first": (("seq", "val"), self.select_from_first),
            "sort": (("seq", "key"), self.sort),
            "select_next_identical": (("seq",), self.select_next_identical),
        }

    def selector_width(self, sel: Value) -> Value:
        maker = self._maker
        if not isinstance(sel, Selection):  # as the language's own definition, which handles position 0 apart
            maker.binary("and", sel, maker.everywhere)
        return maker.total(1, sel)

    def has_focus(self, sel: Value) -> Value:
        return self._maker.binary(">", self._maker.total(1, sel), 0)

    def count(self, seq: Value, atom: Value) -> Value:
        maker = self._maker
        return maker.total(maker.indicator(maker.binary("==", seq, atom)))

    def contains(self, seq: Value, atom: Value) -> Value:
        return self._maker.binary(">", self.count(seq, atom), 0)

    def max(self, a: Value, b: Value) -> Value:
        return self._either(self._maker.binary(">", a, b), a, b)

    def min(self, a: Value, b: Value) -> Value:
        return self._either(self._maker.binary("<", a, b), a, b)

    def _either(self, condition: Value, a: Value, b: Value) -> Value:
        if isinstance(condition, Sequence):
            return self._maker.choice(condition, a, b)
        return a if condition else b

    def average(self, a: Value) -> Value:
        return self._maker.aggregate(self._maker.everywhere, a)

    def load_from_location(self, seq: Value, location: Value) -> Value:
        maker = self._maker
        return maker.aggregate(maker.select(maker.indices, location, "=="), seq)

    def shift(self, seq: Value, n: Value, filler: Value) -> Value:
        maker = self._maker
        is_left = isinstance(n, int) and n < 0  # written as people would: `indices + 1`, not `indices - (-1)`
        source = maker.binary("+", maker.indices, -n) if is_left else maker.binary("-", maker.indices, n)
        return maker.aggregate(maker.select(maker.indices, source, "=="), seq, filler)

    def mark_last_instance(self, seq: Value, val: Value) -> Value:
        return self._mark(seq, val, ">")

    def mark_first_instance(self, seq: Value, val: Value) -> Value:
        return self._mark(seq, val, "<")

    def _mark(self, seq: Value, val: Value, side: str) -> Value:
        """Return where ``seq == val`` holds, and at no position beyond on one side."""
        maker = self._maker
        same = maker.binary("==", seq, val)
        beyond = maker.select(maker.indices, maker.indices, side)
        others = self.has_focus(maker.binary("and", maker.select(same, True, "=="), beyond))
        return maker.binary("and", same, maker.unary("not", others))

    def select_from_last(self, seq: Value, val: Value) -> Value:
        return self._maker.select(self.mark_last_instance(seq, val), True, "==")

    def select_from_first(self, seq: Value, val: Value) -> Value:
        return self._maker.select(self.mark_first_instance(seq, val), True, "==")

    def sort(self, seq: Value, key: Value) -> Value:
        maker = self._maker
        earlier = maker.select(maker.indices, maker.indices, "<")
        ties = maker.binary("and", maker.select(key, key, "=="), earlier)
        rank = maker.total(1, maker.binary("or", maker.select(key, key, "<"), ties))
        return maker.aggregate(maker.select(rank, maker.indices, "=="), seq)

    def select_next_identical(self, seq: Value) -> Value:
        maker = self._maker
        same = maker.select(seq, seq, "==")
        earlier = maker.select(maker.indices, maker.indices, "<")
        before = maker.total(1, maker.binary("and", same, earlier))
        next_one = maker.select(before, maker.binary("+", before, 1), "==")
        return maker.binary("and", same, next_one)
