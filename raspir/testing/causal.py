"""Idioms of causal programs: what a position can compute from those before it, and what the mask takes away."""

from __future__ import annotations

from collections.abc import Callable

from raspir.frontends.python.embedded import SOp, indices, where
from raspir.testing.idioms import Idiom, aggregated, fetch, flip, length, scan, total
from raspir.testing.maker import Maker


def so_far(m: Maker, mask: SOp | None = None) -> SOp:
    """Return the number of earlier positions, with or without the position itself, that satisfy a condition.

    Without a condition, it counts those of the same class.
    """
    before = m.one_of(m.everywhere, lambda: m.select(m.choose("le", "lt"), indices, indices))
    return before.value(mask) if mask is not None else m.both(before, m.same(m.pick("any"))).value(1)


def counted(m: Maker) -> None:
    """Add a count of earlier positions, a fraction of all, or a difference of two counts."""
    count = m.keep(so_far(m, m.pick("bool") if m.chance(0.7) else None), "index")
    positions = m.one_of(lambda: indices + 1, m.length)
    if m.chance(0.4):
        m.keep(count / positions if m.chance(0.5) else positions - count, "number")
    elif m.chance(0.4):
        m.keep(count - so_far(m, m.pick("bool")), "index")


def counted_twice(m: Maker) -> None:
    """Add a count of counts, a sum of sums, or the count at the previous position."""
    count = m.keep(so_far(m, m.pick("bool") if m.chance(0.5) else None), "index")
    before = m.choose(m.everywhere(), m.span())
    made = m.one_of(
        lambda: m.both(before, m.same(count)).value(1),
        lambda: m.both(before, m.select(m.comparison(), count, count)).value(1),
        lambda: before.value(count),
        lambda: before.mean(count),
        lambda: fetch(m, indices - m.choose(1, 2), count),
    )
    m.keep(made, "number")


def previous(m: Maker) -> None:
    """Add the value at an earlier position, or whether it equals the position's own."""
    value, tag = m.values()
    default = m.default(tag)
    made = m.keep(fetch(m, indices - m.choose(1, 1, 1, 2, 3), value, default), tag, default)
    if m.chance(0.4):
        m.keep(m.compare(m.choose("eq", "ne"), made, value), "bool")


def first_so_far(m: Maker) -> None:
    """Add whether a value or a condition occurs for the first time."""
    earlier = m.select("lt", indices, indices)
    count = m.one_of(
        lambda: m.both(earlier, m.same(m.pick("any"))).value(1),
        lambda: earlier.value(m.pick("bool")),
        lambda: so_far(m) - 1,
    )
    first = m.keep(m.compare("eq", count, 0), "bool")
    if m.chance(0.4):
        m.keep(so_far(m, first), "index")  # the number of distinct values


def reached(m: Maker) -> SOp:
    """Return computed positions, most of which are not after the position's own."""
    count = so_far(m, m.pick("bool") if m.chance(0.6) else None)
    options: tuple[Callable[[], SOp], ...] = (
        lambda: indices // m.choose(2, 3),
        lambda: indices % m.choose(2, 3),
        lambda: indices - indices % m.choose(2, 3),
        lambda: count - m.choose(1, 1, 0),
        lambda: indices - count,
        lambda: m.length() - count,
        lambda: m.length() - 1 - indices,
        lambda: where(m.pick("bool"), indices, indices - m.small()),
        lambda: where(m.pick("bool"), indices + m.choose(0, 0, 1), m.small()),
        lambda: where(indices > m.small(), indices - 1, m.small()),
        lambda: m.pick("index"),
    )
    return m.one_of(*options)


def fetched(m: Maker) -> None:
    """Add a fetch from computed positions, often at two of them in turn."""
    value, tag = m.values() if m.chance(0.6) else (m.everywhere().value(m.pick("bool")), "index")
    for _ in range(m.choose(1, 1, 2)):
        default = m.default(tag)
        value = m.keep(fetch(m, reached(m), value, default), tag, default)
        tag = tag if default == 0 and tag in ("number", "index") else "any"


def recent(m: Maker) -> None:
    """Add the value at the most recent matching position, by the best score or by counting."""
    mask, (value, tag) = m.pick("bool"), m.values()
    default = m.default(tag)
    before = m.choose(m.everywhere(), m.select(m.choose("le", "lt"), indices, indices))
    if m.chance(0.6):
        score = m.choose(indices, indices, m.pick("number"))
        there = m.both(before, m.choose(m.on(mask), m.same(m.pick("any"))))
        found = there.best(value, score, m.choose("left", "right"), default, m.choose("highest", "lowest"))
    else:
        count = m.keep(so_far(m, mask), "index")
        there = m.both(m.on(mask), m.select("eq", count, count))
        found = m.both(before, there).value(value, default)
    m.keep(found, tag, default)


def cut(m: Maker) -> None:
    """Add an aggregate over later positions, of which the mask leaves few or none, or over the complement of some."""
    later = m.one_of(
        lambda: m.select(m.choose("ge", "gt"), indices, indices),
        lambda: ~m.select(m.choose("le", "lt"), indices, indices),
        lambda: m.select("le", indices, indices + m.choose(1, 2)),
        lambda: m.select("eq", indices, indices + m.choose(0, 1)),
        lambda: ~m.same(m.pick("any")),
    )
    aggregated(m, later)


CAUSAL: tuple[Idiom, ...] = (
    counted, counted, counted_twice, previous, first_so_far, fetched, fetched, recent, cut, length, flip, scan, total
)  # fmt: skip
"""Idioms for causal programs, some of which look ahead where they are not masked."""
