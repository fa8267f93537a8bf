"""Proof cases of the pass fold on conversions, lookups by equality and checks of whole sequences."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.ir.types import ATOM, BOOL, FLOAT, INT, NONE, NUMBER, STR
from raspir.rewriting.rules import conversions
from raspir.testing.proofs.cases.rules import Row
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, leaf, make, of_kinds, select
from raspir.testing.proofs.proving import ProofCase

X, U, T = leaf("x", ATOM), leaf("u", NUMBER), leaf("t", BOOL | STR)

_CONVERTED, _COUNTED, _TESTED = Row(conversions.converted), Row(conversions.counted), Row(conversions.tested)
_ITEMS = Row(conversions.table_of_items)
_UNCHECKED, _MEAN = Row(conversions.unchecked), Row(conversions.unchecked_mean)


def _conversions() -> Iterator[ProofCase]:
    # How strings are read is uninterpreted, so the operands hold none where a condition is withheld.
    for name, kind, x in (("to_int", INT, U), ("to_float", FLOAT, U), ("to_str", STR, T), ("to_bool", BOOL, X)):
        yield _CONVERTED.case(f"{name}(x) = x", make(name, x), of_kinds(x, "x", kind))


def _numbers() -> Iterator[ProofCase]:
    for kinds in (BOOL, BOOL | INT):
        yield _COUNTED.case(f"int(x) = x + 0 for {kinds}", make("to_int", U), of_kinds(U, "x", kinds))


def _truths() -> Iterator[ProofCase]:
    for text, kinds in (("0", NUMBER), ('""', STR)):
        yield _TESTED.case(f"bool(x) = x != {text}", make("to_bool", X), of_kinds(X, "x", kinds))


def _tables() -> Iterator[ProofCase]:
    def item(*keys: int | float | str | None) -> dict[str, tuple[object, ...]]:
        return {"keys": keys, "values": tuple(range(len(keys)))}

    chosen = make("where", leaf("c", BOOL), "a", 1)
    for text, x, held in (
        ("item(x) = lookup(x) of known atoms", chosen, item("a", 1.0, 7)),
        ("item(x) = lookup(x) of booleans", make("eq", U, 0), item(0, 1.0)),
        ("item(x) = lookup(x) of what another lookup yields", make("item", chosen, **item("a", 1)), item(0, 1)),
    ):
        yield _ITEMS.case(text, make("item", x, **held))


def _checks() -> Iterator[ProofCase]:
    yield _UNCHECKED.case("one_type(x) = x", make("one_type", X))
    yield _UNCHECKED.case("one_type(u) = u", make("one_type", leaf("u", NUMBER | NONE)))


def _means() -> Iterator[ProofCase]:
    for text, selector in (("of all", EVERYTHING), ("of those before", select("lt", INDICES, INDICES))):
        for value in (X, U):
            node = make("average", selector, value, default="none")
            yield _MEAN.case(f"average(s, v) = mean(s, v) {text}, of {value.type}", node)


RULES = (
    _CONVERTED.provable(*_conversions()),
    _COUNTED.provable(*_numbers()),
    _TESTED.provable(*_truths()),
    _ITEMS.provable(*_tables()),
    _UNCHECKED.provable(*_checks()),
    _MEAN.provable(*_means()),
)
