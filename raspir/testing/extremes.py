"""Idioms that stress the limits of passes and backends.

They cover long chains, heavy sharing, defaults of a kind other than the values', out-of-range positions, and choices
that constant folding decides. Their length and depth are bounded by the maker's :class:`~maker.Sizes`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from raspir.frontends.python.embedded import Selector, SOp, indices, key, query, tokens, where
from raspir.ir import Atom
from raspir.testing.deep import DEEP
from raspir.testing.idioms import IDIOMS, Idiom, aggregated, by_predicate, fetch, transform
from raspir.testing.maker import Maker, constant

EXTREMES: list[Idiom] = []
"""The idioms of this module."""


def extreme(add: Idiom) -> Idiom:
    """Register an idiom of this module."""
    EXTREMES.append(add)
    return add


# Chains of choices


@extreme
def choices(m: Maker) -> None:
    """Add a table written as a chain of choices, over a value or over the chain itself, and a use of it."""
    links = m.size(m.sizes.chain)
    start, tag = m.choose((tokens, m.tokens), (indices, "index"), (constant(m.small()), "index"), m.values())
    of = m.choose(None, tokens, indices, m.pick("any"))
    asked = _keys(m, links, text=tag == "text" if of is None else of is tokens and m.tokens == "text")
    name = m.choose("eq", "eq", "eq", "eq", "ne", "lt", "ge") if isinstance(asked[0], int) else "eq"
    if m.tokens != "number" and of is not indices:  # other values may not be ordered
        name = m.choose("eq", "eq", "ne")
    value = _values(m)
    made = start
    for held in asked:
        made = where(m.compare(name, made if of is None else of, held), value(made, held), made)
    m.keep(made, "any")
    _use(m, made, m.random.choice(asked), m.choose(held, _plain(value(made, held)), m.small()))


def _keys(m: Maker, links: int, text: bool) -> list[Atom]:
    """Return the atoms that the links of a chain test for."""
    if text and m.chance(0.8):
        return [atom for atom, _ in zip(cycle(m.vocab), range(links), strict=False)]
    first, by = m.small(), m.choose(1, 1, 1, -1, 2, 0)
    return [first + by * i for i in range(links)]


def _values(m: Maker) -> Callable[[SOp, Atom], Any]:
    """Return a function from the chain so far and a link's test atom to the link's result."""
    by = m.choose(1, 1, 1000, -1, 7, m.small())
    atom = m.atom()

    def moved(made: SOp, held: Atom) -> Any:
        return held + by if isinstance(held, int) else by

    value: Callable[[SOp, Atom], Any] = m.choose(
        moved,
        moved,
        lambda made, held: moved(made, held) % 5,
        lambda made, held: made + 1 if isinstance(held, int) else atom,
        lambda made, held: indices + by,
        lambda made, held: atom,
    )
    return value


def _plain(value: Any) -> Atom:
    return 1 if isinstance(value, SOp) else value


def _use(m: Maker, made: SOp, *atoms: Atom) -> None:
    """Add a comparison, a condition or an aggregate of ``made``, or with probability 1/4 nothing."""
    atom = m.random.choice(atoms)
    use = m.choose("compare", "compare", "select", "fetch", "fetched", "")
    if use == "compare":
        m.keep(m.compare(m.choose("eq", "eq", "ne"), made, atom), "bool")
    elif use == "select":
        aggregated(m, m.select(m.choose("eq", "ne"), made, m.choose(made, indices, atom), ordered=False))
    elif use == "fetch":
        value, tag = m.values()
        default = m.default(tag)
        m.keep(fetch(m, made, value, default), tag, default)
    elif use == "fetched":
        m.keep(fetch(m, m.choose(indices - 1, indices + 1, m.pick("index")), made, atom), "any")


# Sharing: each value uses the previous one twice


def _unlike(m: Maker) -> Selector:
    """Return a selector that compares values of two kinds, so that other selectors rarely imply anything about it."""
    numeric = m.coded()
    return m.one_of(
        lambda: m.select("eq", tokens, indices, ordered=False),
        lambda: m.select(m.comparison(), indices, numeric),
        lambda: m.select(m.comparison(), numeric, indices),
        lambda: m.select(m.choose("eq", "ne"), numeric, m.pick("index"), ordered=False),
        lambda: m.on(m.pick("bool")),
        lambda: m.select(m.comparison(), m.pick("index"), numeric),
    )


@extreme
def shared_selector(m: Maker) -> None:
    """Add a chain of selectors, each of which uses its predecessor twice."""
    a, b = _unlike(m), _unlike(m)
    join: Callable[[Selector], Selector] = m.choose(
        lambda s: (s & a) | (s & b),
        lambda s: (s | a) & (s | b),
        lambda s: (s & a) | (~s & b),
        lambda s: ~(s & a) & (s | b),
        lambda s: (a & s) | (b & s) | (a & b),
    )
    made = m.one_of(m.span, m.everywhere, lambda: _unlike(m))
    for _ in range(m.size(m.sizes.sharing)):
        made = join(made)
    aggregated(m, m.kept(made))


@extreme
def shared_value(m: Maker) -> None:
    """Add a chain of values, each of which uses its predecessor twice."""
    times = m.size(m.sizes.sharing)
    if m.chance(0.4):
        a, b = m.pick("bool"), m.pick("bool")
        join: Callable[[SOp], SOp] = m.choose(
            lambda p: (p & a) | (p & b),
            lambda p: (p | a) & ~(p & b),
            lambda p: (p & a) | (~p & b),
            lambda p: where(a, p, ~p) | (p & b),
            lambda p: (p == a) & (p | b),
        )
        made, tag = m.pick("bool"), "bool"
    else:
        a, k = m.pick("index"), m.small()
        join = m.choose(
            lambda p: p + p,
            lambda p: where(p < a, p + 1, p - k),
            lambda p: where(p > a, a, p) + p % 2,
            lambda p: abs(p - k) - p // 2,
            lambda p: (p + a) - (p - k) % 3,
            lambda p: where(p == a, p + 1, p),
        )
        made, tag = m.pick("index"), "number"
    for _ in range(times):
        made = join(made)
    m.keep(made, tag)
    _use(m, made, *(m.choose((True, False)) if tag == "bool" else (0, m.small())))


# Out-of-range positions, and arithmetic that fails on them


@extreme
def fetched_from_tokens(m: Maker) -> None:
    """Add a gather at positions computed from the tokens by arithmetic with size limits."""
    whole = m.coded().round()
    at = m.one_of(
        lambda: whole,
        lambda: whole,
        lambda: whole + m.small(),
        lambda: abs(whole),
        lambda: m.choose(indices - whole, whole - indices, whole + whole),
        lambda: where(m.pick("bool"), whole, indices),
    )
    of = m.choose(indices, indices, indices + m.small(), m.pick("index"))
    value: Any = m.one_of(
        lambda: of * of,
        lambda: of * (of + m.small()),
        lambda: of % m.choose(2, 3, 5),
        lambda: of // m.choose(2, 3, -2),
        lambda: of**2,
        lambda: m.choose(7, 100) // (abs(of) + 1),
    )
    if m.chance(0.8):
        count = m.span().value(m.one_of(lambda: m.pick("bool"), lambda: where(m.pick("bool"), 1, 0)))
        value = m.choose(value + count, value - count, where(count > m.small(), value, count), value + m.small())
    m.keep(fetch(m, at, value, m.default("number")), "any")


# Defaults of a kind other than the values'


@extreme
def other_default(m: Maker) -> None:
    """Add an aggregate with a default of any kind, mostly over nonempty selections, and arithmetic on it."""
    selector = m.one_of(
        m.everywhere,
        m.everywhere,
        m.span,
        lambda: m.same(tokens),
        lambda: key(indices) != query(m.length()),
        lambda: m.select("eq", indices, m.choose(indices - 1, m.pick("index"), m.small())),
        lambda: m.on(m.pick("bool")),
    )
    whole = [lambda: tokens.round()] if m.tokens == "number" else []
    value, tag = (m.numeric(), "number") if m.chance(0.7) else (m.one_of(*whole, lambda: m.pick("any")), "any")
    default = m.other()
    made = (selector.mean if m.chance(0.2) else selector.value)(value, default)
    m.keep(made, tag, default)
    if isinstance(default, str) and not m.twist():
        _use(m, made, default, 0)
    else:
        balanced(m, made)


def balanced(m: Maker, made: SOp) -> None:
    """Add a comparison or an aggregate of ``made`` in a sum, mostly with a constant on both sides that cancels out."""
    left = m.one_of(
        lambda: made,
        lambda: made + indices,
        lambda: made - indices,
        lambda: m.pick("index") - made,
        lambda: made + m.pick("index"),
        lambda: made * 2,
        lambda: made + made,
    )
    offset = m.choose(0, 1, 1, -1, 2, m.small())
    right: Any = m.choose(offset, offset, m.small(), indices + offset, indices)
    left = left + offset if offset else left
    if m.chance(0.6):
        m.keep(m.compare(m.comparison(), left, right), "bool")
    elif m.chance(0.7):
        sides = m.choose((indices, made), (indices, left), (made, indices), (left, right))
        aggregated(m, m.select(m.comparison(), *sides))
    else:
        m.keep(left, "number")


# Statically known values


@extreme
def decided(m: Maker) -> None:
    """Add a statically decided choice and a fetch that uses it, often both as outputs."""
    condition = m.choose(True, True, False, 1, 0, indices >= 0, indices < 0, constant(1) == 1, None)
    taken, tag = (_count(m), "index") if m.chance(0.7) else m.values()
    left, other = m.choose((indices, "index"), (indices % m.choose(2, 5), "index"), m.values(), (taken, tag))
    if condition is None:  # both branches are equal
        condition, left = m.pick("bool"), taken
    made = where(condition, taken, left) if m.chance(0.7) else where(condition, left, taken)
    m.keep(made, tag if tag == other else "any")
    if m.chance(0.2):
        _use(m, made, m.small())
    elif m.chance(0.8):
        value, of = m.values() if m.chance(0.4) else (m.choose(indices, indices + m.small(), constant(1)), "index")
        there = m.select("eq", indices, made)
        fetched = (there.mean if of != "text" and m.chance(0.3) else there.value)(value, m.default(of))
        m.keep(fetched, "any")
        if m.chance(0.8):
            m.wanted.extend((fetched, m.choose(made, made, made % 3, made + indices)))


def _count(m: Maker) -> SOp:
    """Return a count or a sum that has a closed form in the positions."""
    value = m.choose(1, 1, indices, indices - m.choose(1, m.small()), where(indices < m.small(), 1, 0))
    selector = m.one_of(m.span, m.span, m.everywhere)
    return selector.value(value)


EVERY: tuple[Idiom, ...] = (
    *IDIOMS, *EXTREMES, *DEEP, choices, decided, decided, fetched_from_tokens, transform, by_predicate
)  # fmt: skip
"""All idioms; those with fewer effective variations per use are repeated to raise their weight."""
