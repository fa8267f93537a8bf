"""Idioms that are deeper than they need be: the rules of the pass depth save layers of most of them.

Each takes values from the pool, among them the counts and ranks that the others add, and uses them as a further sum,
order, query, score or condition.
"""

from __future__ import annotations

from collections.abc import Callable

from raspir.frontends.python.embedded import Selector, SOp, indices, tokens, where
from raspir.ir import Atom
from raspir.testing.idioms import Idiom, exists_with_same_count, fetch, rank
from raspir.testing.maker import Maker, constant

DEEP: list[Idiom] = []
"""The idioms of this module, the most varied one twice, and one of the others that is rarely of use."""


def deep(add: Idiom) -> Idiom:
    """Register an idiom of this module."""
    DEEP.append(add)
    return add


# Values of one layer or more


def reach(m: Maker) -> Selector:
    """Return a selector of positions: all of them, those on one side, or a window."""
    return m.everywhere() if m.chance(0.4) else m.span()


def nearby(m: Maker) -> Selector:
    """Return a selector of a window that holds the position itself."""
    return m.select("ge", indices, indices - m.choose(1, 2)) & m.select("le", indices, indices + m.choose(0, 1))


def count(m: Maker, mask: SOp | None = None) -> SOp:
    """Pool a count of the positions on one side that satisfy a condition, or of those with the same value."""
    side = m.select(m.choose("lt", "le", "le", "ge", "gt"), indices, indices)
    if mask is None and m.chance(0.3):
        same = m.same(tokens if m.chance(0.7) else m.pick("any"))
        return m.keep((same if m.chance(0.4) else m.both(same, side)).value(1), "index")
    mask = m.pick("bool") if mask is None else mask
    return m.keep(m.one_of(lambda: side.value(mask), lambda: side.value(where(mask, 1, 0))), "index")


def ranked(m: Maker) -> SOp:
    """Pool a rank, or the rank of one."""
    of, _ = m.ordered() if m.chance(0.8) else (m.coded(), "number")
    place = m.keep(rank(m, of), "index")
    if m.chance(0.2):
        order = m.choose(place, -place, m.length() - 1 - place, place * place, place // constant(2))
        place = m.keep(rank(m, order), "index")
    return place


def few(m: Maker, of: SOp) -> SOp:
    """Return a value with few atoms that depends on a count."""
    return m.one_of(
        lambda: where(compared(m, of), m.small(), m.small()),
        lambda: of % constant(m.choose(2, 2, 3)),
        lambda: where(compared(m, of), 1, 0),
    )


def compared(m: Maker, of: SOp) -> SOp:
    """Return the comparison of a count with a small number, the number of all positions, or another count."""
    other = m.choose(*[constant(each) for each in (0, 0, 0, 1, 1, 2)], m.length(), m.pick("index"), indices)
    return m.keep(m.compare(m.choose("eq", "eq", "gt", "ge", "lt", "le", "ne"), of, other), "bool")


def summand(m: Maker) -> SOp:
    """Return summable integers, many of which depend on a count."""
    return m.one_of(
        lambda: where(m.pick("bool"), 1, 0),
        lambda: where(m.pick("bool"), 1, 0),
        lambda: where(m.pick("bool"), indices, 0),
        lambda: m.pick("index"),
        lambda: m.coded().round(),
        lambda: where(compared(m, count(m)), m.choose(1, indices, where(m.pick("bool"), 1, 0)), 0),
    )


def weighted(m: Maker, value: SOp) -> SOp:
    """Return summable values with weights, of some residues, or plus others; often, the values themselves."""
    return m.one_of(
        lambda: value,
        lambda: value,
        lambda: value,
        lambda: value * indices,
        lambda: where(m.pick("bool"), m.length() - indices, value),
        lambda: value * constant(m.choose(2, -1)),
        lambda: where(m.compare("eq", indices % constant(m.choose(2, 3)), m.choose(0, 1)), value, 0),
        lambda: where(m.compare(m.choose("lt", "ge"), indices, m.choose(1, 2, 3)), value, 0),
        lambda: value + indices % constant(m.choose(2, 3)),
        lambda: value + m.one_of(lambda: constant(1), lambda: indices, lambda: where(m.pick("bool"), 1, 0)),
    )


def tested(m: Maker, total: SOp) -> None:
    """Pool a sum, or whether it is none, some or all."""
    m.keep(total, "number")
    if m.chance(0.4):
        m.keep(m.choose(total > 0, total == 0, total != 0, total >= m.choose(1, 2), total == m.length()), "bool")


# What is made of them


@deep
def sum_of_sums(m: Maker) -> None:
    """Add a sum, seldom a mean, over sums with weights by position."""
    value = summand(m)
    for _ in range(m.choose(2, 2, 2, 3)):
        value = weighted(m, value)
        default = m.small() if m.chance(0.1) else 0
        value = reach(m).mean(value) if m.chance(0.1) else reach(m).value(value, default)
        m.keep(value, "number")
    tested(m, value)


@deep
def sum_of_differences(m: Maker) -> None:
    """Add a sum of a value less, or with, its shift: often, it telescopes; or the difference of two sums."""
    if m.chance(0.3):
        difference_of_sums(m)
        return
    value = m.one_of(lambda: m.coded().round(), lambda: where(m.pick("bool"), 1, 0), lambda: m.pick("index"))
    moved = fetch(m, indices - m.choose(1, 1, -1, 2), value, m.choose(0, 0, 0, m.small()))
    step = m.one_of(lambda: value - moved, lambda: moved - value, lambda: value + moved)
    tested(m, reach(m).value(step))


def difference_of_sums(m: Maker) -> None:
    """Add the difference of two pooled sums, one over a part of the other, or the sum of one side and the other."""
    value, strictly = summand(m), m.chance(0.5)
    whole, part = m.choose(("le", "lt"), ("ge", "gt"))
    one = m.keep(m.select(whole, indices, indices).value(value), "number")
    if strictly:
        part = "gt" if whole == "le" else "lt"
    other = m.keep(m.select(part, indices, indices).value(value), "number")
    joined = one + other if strictly else one - other
    tested(m, joined)
    m.keep(m.select(m.choose("eq", "le"), indices, joined).value(1), "number")


@deep
def of_ranks(m: Maker) -> None:
    """Add an aggregate of ranks: a sum, a count of those above or below, or the value of the first or last."""
    place = ranked(m)
    value, _ = m.values()
    made: Callable[[], SOp] = m.choose(
        lambda: reach(m).value(place),
        lambda: m.everywhere().value(m.choose(place, place * place, place + 1)),
        lambda: m.select(m.comparison(), place, place).value(m.choose(1, where(m.pick("bool"), 1, 0))),
        lambda: m.select("eq", place, m.choose(0, indices, m.length() - 1)).value(value),
    )
    m.keep(made(), "any")


@deep
def sort_of_sort(m: Maker) -> None:
    """Add a sort of a permutation, or a symmetric function of it."""
    value, _ = m.ordered() if m.chance(0.6) else (tokens, "") if m.tokens != "any" else (m.coded(), "")
    value = tokens if m.tokens in ("text", "number") and m.chance(0.6) else value
    value = m.choose(indices // constant(2), -ranked(m), value) if m.chance(0.15) else value
    for _ in range(m.choose(1, 2, 2)):
        place = m.choose(rank(m, value), rank(m, value), m.length() - 1 - indices)
        value = m.select("eq", place, indices).value(value)
    m.keep(value, "any")
    if m.chance(0.4):
        made: Callable[[], SOp] = m.choose(
            lambda: m.everywhere().value(m.compare("eq", value, m.random.choice(m.vocab))),
            lambda: m.same(value).value(1),
            lambda: rank(m, value),
            lambda: m.select("eq", tokens, value, ordered=False).value(1),
        )
        m.keep(made(), "index")


@deep
def of_classes(m: Maker) -> None:
    """Add a sum over the histogram, its number of first occurrences, its extreme, or a fetch from it."""
    side = m.select(m.choose("lt", "le"), indices, indices)
    same = m.same(tokens)
    counted = m.keep((same if m.chance(0.5) else m.both(same, side)).value(1), "index")
    made: Callable[[], SOp] = m.choose(
        lambda: reach(m).value(counted),
        lambda: reach(m).value(where(m.compare("eq", counted, m.choose(0, 1)), 1, 0)),
        lambda: m.everywhere().best(counted, counted),
        lambda: fetch(m, indices - m.choose(1, 1, -1, 2), counted),
        lambda: m.select("eq", tokens, fetch(m, indices - m.choose(1, -1), tokens, m.default("any")), False).value(1),
        lambda: rank(m, m.choose(counted, -counted)),
    )
    m.keep(made(), "index")


@deep
def few_queries(m: Maker) -> None:
    """Add an aggregate whose query, or whose condition of the query under ``|``, depends on a count by few values."""
    of = count(m)
    value, tag = m.values()
    default = m.default(tag)
    if m.chance(0.5):
        near, far = indices, m.one_of(lambda: indices + m.small(), lambda: m.length() - 1)
        place = m.one_of(
            lambda: indices + few(m, of),
            lambda: indices - few(m, of),
            lambda: where(compared(m, of), near, far),
        )
        m.keep(fetch(m, place, value, default), tag, default)
        return
    if m.chance(0.5):
        selector = m.select(m.choose("le", "ge", "gt", "lt"), indices, indices + few(m, of))
    else:
        selector = m.one_of(m.span, lambda: m.both(m.on(m.pick("bool")), m.span())) | m.asked(compared(m, of))
    tested(m, m.both(selector, m.span()).value(summand(m)) if m.chance(0.3) else selector.value(summand(m)))


@deep
def of_counts(m: Maker) -> None:
    """Add a sum of what holds where a running count passes a bound, or of what a comparison of counts selects."""
    mask = m.pick("bool")
    counted = count(m, mask)
    marks = where(mask, 1, 0)
    if m.chance(0.1):
        share = reach(m).mean(where(compared(m, counted), 1, 0))
        m.keep(m.choose(share == 1, share < 1, share > 0), "bool")
    elif m.chance(0.6):
        tested(m, reach(m).value(where(compared(m, counted), m.choose(1, marks, indices), 0)))
    else:
        other = m.choose(counted, counted, constant(m.choose(0, 1, 1, 2)))
        selector = m.select(m.comparison(), m.choose(counted, counted, counted * marks), other)
        selector = m.one_of(lambda: selector, lambda: selector, lambda: m.both(selector, m.on(mask)))
        tested(m, selector.value(m.choose(marks, 1, mask)))


@deep
def existence(m: Maker) -> None:
    """Add whether there are positions for which there are positions with a condition."""
    mask = m.pick("bool")
    for _ in range(2):
        there = m.one_of(lambda: nearby(m), lambda: reach(m), lambda: m.both(reach(m), m.same(m.pick("any"))))
        mask = m.keep(there.value(where(mask, 1, 0)) > 0, "bool")


@deep
def best_of_deep(m: Maker) -> None:
    """Add a best-score fetch by a rank, a running count, a reversal, or plus a uniform value; or of one of these."""
    mask = m.pick("bool")
    score = ranked(m) if m.chance(0.5) else count(m, mask)
    value, tag = m.values() if m.chance(0.3) else (score, "index")
    by = m.choose(score, score, -score, indices)
    if m.chance(0.15):
        mirrored = m.length() - 1 - indices
        by, value = fetch(m, mirrored, m.choose(indices, m.pick("index"))), fetch(m, mirrored, value)
        tag = "any"
    elif m.chance(0.15):
        by = by + m.pick("uniform")
    selector = m.one_of(
        m.everywhere, m.span, lambda: m.on(mask), lambda: m.on(mask), lambda: m.both(m.on(mask), m.span())
    )
    default = m.default(tag)
    found = selector.best(value, by, m.choose("left", "right"), default, m.choose("highest", "lowest"))
    m.keep(found, tag, default)
    if value is score and m.chance(0.6):
        m.keep(m.select("eq", score, found).value(m.values()[0]), "any")


@deep
def member(m: Maker) -> None:
    """Add the first or last position that satisfies a condition, by a sum over its mask, or the value there or near."""
    mask = m.pick("bool") | m.pick("bool") if m.chance(0.2) else m.pick("bool")
    side = m.select(m.choose("lt", "gt"), indices, indices)
    number = m.one_of(lambda: side.value(where(mask, 1, 0)), lambda: m.both(side, m.on(mask)).value(1))
    found = mask & m.compare("eq", number, 0)
    place = m.keep(m.everywhere().value(where(found, m.choose(indices, indices, m.pick("index")), 0)), "number")
    if m.chance(0.4):
        value, tag = m.values()
        default: Atom = m.default(tag)
        if m.chance(0.3):
            place = fetch(m, m.pick("index"), indices)
        m.keep(fetch(m, place + m.choose(0, 0, 1, -1), value, default), tag, default)


@deep
def at_the_end(m: Maker) -> None:
    """Add the value at the last position or before it, or a sum over the positions up to there."""
    last = m.length() - m.choose(1, 1, 1, 1, 2)
    if m.chance(0.5):
        value, tag = (count(m), "index") if m.chance(0.6) else m.values()
        default = m.default(tag)
        m.keep(fetch(m, last, value, default), tag, default)
    else:
        tested(m, m.select(m.choose("lt", "lt", "ge", "ge"), indices, last).value(summand(m)))


DEEP += [best_of_deep, exists_with_same_count]
