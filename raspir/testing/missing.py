"""Idioms with values that may be ``None``, for programs that hold missing values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import Selector, SOp, indices, key, query, tokens, where
from raspir.ir.atoms import distinct
from raspir.testing.idioms import Idiom, aggregated, fetch, transform
from raspir.testing.maker import Maker, constant


def holes(m: Maker) -> None:
    """Add values that are missing where a condition holds."""
    value, tag = m.values()
    mask = m.pick("bool")
    m.keep(m.one_of(lambda: where(mask, None, value), lambda: where(mask, value, None)), tag, None)


def unselected(m: Maker) -> None:
    """Add an aggregate whose default is ``None``: a fetch, or a sum or mean."""
    value, tag = m.values()
    selector = m.one_of(lambda: m.select("eq", indices, m.choose(indices - 1, indices + 1, m.pick("index"))), m.span)
    if tag == "text" or m.chance(0.6):
        m.keep(fetch(m, m.choose(indices - 1, indices + 1, m.pick("index")), value, None), tag, None)
    else:
        m.keep((selector.mean if m.chance(0.3) else selector.value)(m.numeric(), None), "number", None)


def skipping(m: Maker) -> None:
    """Add an operation with the result ``None`` where an operand is."""
    a, b = m.pick("missing"), m.pick(m.choose("missing", "number", "index"))
    a, b = (a, b) if m.chance(0.7) else (b, a)
    number = constant(m.number())
    divisor = constant(m.choose(2, 3, -2, 0.5))

    def skipped(name: str, *operands: SOp) -> Callable[[], SOp]:
        return lambda: expression(SOp, name, operands, ("skip",))

    made = m.one_of(
        skipped(m.choose("add", "sub", "mul"), a, m.choose(b, number)),
        skipped(m.choose("truediv", "floordiv", "mod"), a, divisor),
        skipped(m.choose("neg", "abs", "round"), a),
        skipped(m.choose("lt", "le", "gt", "ge"), a, m.choose(b, number)),
        skipped(m.choose("eq", "ne"), m.pick("any"), m.choose(m.pick("any"), constant(m.atom()))),
        skipped(m.choose("and", "or"), hole(m, m.pick("bool")), hole(m, m.pick("bool"))),
        skipped("not", hole(m, m.pick("bool"))),
        lambda: expression(SOp, "has", (m.pick("any"),), (distinct([m.atom(), m.atom()]), m.choose("value", "skip"))),
        lambda: expression(SOp, m.choose("eq", "ne"), (a, m.choose(b, number)), ("error",)),
    )
    m.keep(made, "missing")


def hole(m: Maker, value: SOp) -> SOp:
    """Return values that are missing where a condition holds."""
    return where(m.pick("bool"), value, None) if m.chance(0.6) else value


def replaced(m: Maker) -> None:
    """Add values without missing ones, or whether they are missing."""
    value, tag = m.one_of(lambda: (m.pick("missing"), "number"), lambda: (m.pick("any"), "any"))
    other = m.choose(m.small(), m.small(), m.pick("number"))
    made = m.one_of(
        lambda: value.or_else(other),
        lambda: where(value.is_none(), other, value),
        lambda: where(m.compare("ne", value, None), value, other),
    )
    m.keep(made, tag)
    if m.chance(0.5):
        gone = m.one_of(value.is_none, lambda: m.compare("ne", value, None), lambda: value.has([None]))
        m.keep(gone, "bool")


def divided(m: Maker) -> None:
    """Add a choice of values where they are missing, or where they are not, and a test of it."""
    value, other = m.choose(m.pick("missing"), m.pick("any")), m.atom()
    test = m.one_of(value.is_none, lambda: m.compare("ne", value, None))
    made = m.keep(m.one_of(lambda: where(test, value, other), lambda: where(test, other, value)), "any")
    m.keep(m.one_of(made.is_none, lambda: m.compare(m.choose("eq", "ne"), made, other)), "bool")


def condition(m: Maker) -> None:
    """Add a choice whose condition may be missing, which counts as false."""
    a, tag = m.values()
    b, other = m.values()
    m.keep(where(m.pick("missing"), a, b), tag if tag == other else "any")


def present(m: Maker) -> None:
    """Add an aggregate of the values that are not missing, or of all."""
    value = m.pick("missing")
    there = m.one_of(
        lambda: m.on(~value.is_none()),
        lambda: key(value) != query(None),
        lambda: ~(key(value) == query(None)),
        lambda: m.on(m.compare("ne", value, None)),
    )
    around = m.both(there, m.span()) if m.chance(0.6) else there
    around = m.span() if m.twist() else around
    default = m.default("missing")
    if m.chance(0.3):
        made = around.best(m.pick("any"), value, m.choose("left", "right"), default, m.choose("highest", "lowest"))
        m.keep(made, "any")
    else:
        m.keep((around.mean if m.chance(0.3) else around.value)(value, default), "missing")


def matched(m: Maker) -> None:
    """Add an aggregate over a comparison of keys and queries that may be missing."""
    a = m.choose(m.pick("missing"), m.pick("any"), tokens)
    b: Any = m.choose(a, m.pick("missing"), m.pick("any"), constant(None))
    if m.chance(0.6):
        none = m.choose("value", "error", "error")
        aggregated(m, m.kept(expression(Selector, f"select.{m.choose('eq', 'ne')}", (a, b), (none,))))
    else:
        aggregated(m, m.select(m.choose("eq", "ne"), a, b, ordered=False))


MISSING: tuple[Idiom, ...] = (
    holes, unselected, skipping, skipping, skipping, replaced, divided, condition, present, matched, matched, transform,
    transform,
)  # fmt: skip
"""Idioms for programs with missing values; those with more variations are repeated."""
