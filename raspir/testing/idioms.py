"""Common RASP idioms, each with random variations.

Each extends the program under construction in a :class:`~maker.Maker`.
"""

from __future__ import annotations

from collections.abc import Callable

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import Selector, SOp, indices, key, query, tokens, where
from raspir.ir import Atom
from raspir.testing.maker import FLIPPED, Maker, constant, widened

Idiom = Callable[[Maker], None]
IDIOMS: list[Idiom] = []


def idiom(add: Idiom) -> Idiom:
    """Register an idiom."""
    IDIOMS.append(add)
    return add


def fetch(m: Maker, at: SOp | int, value: SOp, default: Atom = 0) -> SOp:
    """Return the value gathered at the positions ``at``, in one of several equivalent forms."""
    return m.select("eq", indices, at).value(value, default)


@idiom
def length(m: Maker) -> None:
    """Add the input length."""
    m.keep(m.length().name("length"), "uniform")


@idiom
def shift(m: Maker) -> None:
    """Add a shift by a few positions."""
    value, tag = m.values()
    default = m.default(tag)
    by = m.choose(1, 1, -1, -1, 2, -2, 3, 0)
    if m.chance(0.15):
        at = m.pick("uniform")
        moved = m.select("eq", indices + at, indices) if m.chance(0.5) else m.select("eq", indices, indices - at)
    elif m.chance(0.2):
        moved = m.select("eq", indices + by, indices)
    else:
        moved = m.select("eq", indices, indices - by)
    m.keep(moved.value(value, default), tag, default)


@idiom
def flip(m: Maker) -> None:
    """Add a reversal."""
    value, tag = m.values()
    n = m.length()
    mirror = m.choose(n - 1 - indices, n - indices - 1, (n - 1) - indices, n - (indices + 1), -indices + (n - 1))
    flipped = m.select("eq", mirror, indices) if m.chance(0.5) else m.select("eq", indices, mirror)
    m.keep(flipped.value(value, 0 if m.chance(0.7) else m.default(tag)), tag if tag in ("number", "index") else "any")


@idiom
def moves(m: Maker) -> None:
    """Add a series of moves back and forth, often with a common default."""
    value, tag = m.values()
    default = m.default(tag)
    by = m.choose(1, 1, -1, 2)
    for _ in range(m.choose(2, 2, 3)):
        value = m.select("eq", indices, indices - by).value(value, default)
        tag = widened(tag, default)
        default = default if m.chance(0.7) else m.default(tag)
        by = m.choose(by, -by, -by, m.small())
    m.keep(value, tag)


def index_expression(m: Maker) -> SOp:
    """Return computed positions."""
    return m.one_of(
        lambda: indices + m.small(),
        lambda: indices - m.pick("uniform"),
        lambda: indices + m.pick("uniform") + m.small(),
        lambda: m.small() - indices,
        lambda: m.pick("uniform") - 1 - indices,
        lambda: m.pick("uniform"),
        lambda: constant(m.small()),
        lambda: m.pick("index"),
        lambda: m.pick("index") - 1,
        lambda: indices * 2,
        lambda: indices // 2,
        lambda: where(m.pick("bool"), indices, indices + m.small()),
        lambda: where(m.pick("bool"), indices, m.pick("index")),
    )


@idiom
def gather(m: Maker) -> None:
    """Add a gather from computed positions, or a scatter to them."""
    value, tag = m.values()
    at = index_expression(m)
    if m.chance(0.25):
        value, tag = (value, tag) if m.chance(0.3) and tag != "text" else (m.numeric(), "number")
        m.keep(m.select("eq", at, indices).value(value, m.default(tag)), "any")
        return
    default = m.default(tag)
    m.keep(fetch(m, at, value, default), tag, default)


@idiom
def scan(m: Maker) -> None:
    """Add a count, sum or mean over a prefix, a suffix or a window."""
    span = m.span()
    if m.chance(0.2):
        m.keep(span.mean(m.numeric()), "number")
    elif m.chance(0.5):
        m.keep(span.value(m.pick("bool")).name("count"), "index")
    elif m.chance(0.4):
        m.keep(m.both(span, m.on(m.pick("bool"))).value(1), "index")
    else:
        default = 0 if m.chance(0.7) else m.default("number")
        m.keep(span.value(m.numeric(), default), "number", default)


@idiom
def total(m: Maker) -> None:
    """Add a count, sum or mean over all positions."""
    if m.chance(0.6):
        m.keep(m.everywhere().value(m.pick("bool")), "uniform")
    elif m.chance(0.5):
        m.keep(m.everywhere().mean(m.numeric()), "number")
    else:
        m.keep(m.on(m.pick("bool")).value(m.numeric()), "number")


def rank(m: Maker, of: SOp, ordered: bool = True) -> SOp:
    """Return the number of positions before each one in the order of ``of``, with ties broken by position."""
    first, ties = m.choose(("lt", "lt"), ("lt", "lt"), ("gt", "lt"), ("lt", "gt"), ("gt", "gt"))
    before = m.select(ties, indices, indices)
    made = m.one_of(
        lambda: m.both(before, m.same(of)) | m.select(first, of, of),
        lambda: m.select(first, of, of) | m.both(m.same(of), before),
        lambda: (m.select(first, of, of)) | (m.select(first[0] + "e", of, of) & before),
        lambda: ~(~m.select(first, of, of) & ~(m.same(of) & before)),
    )
    return (made.width() if m.chance(0.3) else made.value(1)).name("rank")


@idiom
def extreme(m: Maker) -> None:
    """Add the minimum or maximum, or the value at its position, found by rank."""
    of, tag = m.ordered()
    if m.chance(0.3) and tag != "text":
        of, tag = where(m.pick("bool"), of, m.choose(99, -1)), "number"
    place = m.keep(rank(m, of), "index")
    value, of_value = (of, tag) if m.chance(0.6) else m.values()
    last = m.chance(0.25)
    made = m.select("eq", place, m.length() - 1 if last else m.choose(0, 0, 0, 1)).value(value)
    m.keep(made, "uniform" if of_value == "index" else of_value if of_value == "number" else "any")


@idiom
def first_position(m: Maker) -> None:
    """Add the first or last position that satisfies a condition, by minimum or by counting."""
    mask = m.pick("bool")
    if m.chance(0.4):
        place = rank(m, where(mask, indices, m.choose(99, 99, -1)))
        m.keep((key(place) == query(0)).value(indices, m.choose(0, -1)), "uniform")
        return
    span = m.select(m.choose("lt", "le", "gt", "ge"), indices, indices)
    count = span.value(mask) if m.chance(0.5) else m.both(span, m.on(mask)).value(1)
    found = m.both(m.on(mask), m.select("eq", count, m.choose(0, 1)))
    m.keep(found.value(indices, m.choose(0, -1)), "uniform")


@idiom
def sort(m: Maker) -> None:
    """Add a sort of values by keys."""
    of, tag = m.ordered()
    place = m.keep(rank(m, of), "index")
    value, of_value = (of, tag) if m.chance(0.6) else m.values()
    there = m.select("eq", place, indices) if m.chance(0.8) else m.select("eq", indices, place)
    m.keep(there.value(value), of_value if of_value in ("number", "index") else "any")


@idiom
def histogram(m: Maker) -> None:
    """Add a histogram over all, earlier or later positions."""
    value, _ = m.values()
    same = m.same(value)
    made = same if m.chance(0.5) else m.both(same, m.span())
    m.keep(made.value(1).name("hist"), "index")


def running(m: Maker, mask: SOp, within: SOp | None) -> SOp:
    """Return the running count of ``mask`` on one side, within the classes of equal ``within`` if given."""
    side = m.select(m.choose("lt", "le", "gt", "ge", "le"), indices, indices)
    if within is not None:
        side = m.both(side, m.same(within))
    return side.value(mask if m.chance(0.8) else where(mask, 1, 0)).name("running")


@idiom
def neighbor(m: Maker) -> None:
    """Add the value at the next or previous matching position, found by counting, sometimes within classes."""
    mask = m.pick("bool")
    within = m.choose(None, None, tokens, m.pick("any"))
    count = m.keep(running(m, mask, within), "index")
    step = m.choose(1, 1, -1, 0)
    there = m.select("eq", count, count + step if m.chance(0.9) else m.small())
    made = m.both(there, m.on(mask)) if m.chance(0.9) else there
    if within is not None:
        made = m.both(made, m.same(within))
    if m.chance(0.15):
        made = m.both(made, m.span())
    value, tag = m.values()
    default = m.default(tag)
    found = made.value(value, default)
    slid = m.chance(0.5)
    m.keep(where(mask, value, found) if slid else found, tag, default)


@idiom
def occurrence(m: Maker) -> None:
    """Add the value at the next or previous position of the same class, found by occurrence number."""
    within = m.pick("any") if m.chance(0.4) else tokens
    side = m.select(m.choose("lt", "le", "gt"), indices, indices)
    count = m.keep(m.both(side, m.same(within)).value(1), "index")
    there = m.both(m.same(within), m.select("eq", count, count + m.choose(1, -1)))
    value, tag = m.values()
    default = m.default(tag)
    m.keep(there.value(value, default), tag, default)


@idiom
def masked_count(m: Maker) -> None:
    """Add a count or sum over partially masked values."""
    blank = where(m.pick("bool"), m.choose(1, 1, indices, m.pick("index")), m.choose(0, 0, 0, m.small()))
    m.keep((m.span() if m.chance(0.7) else m.everywhere()).value(blank), "number")


@idiom
def align(m: Maker) -> None:
    """Add a right shift by the number of positions that satisfy a condition."""
    value, tag = m.values()
    pads = m.on(m.pick("bool")).value(1).name("pads")
    default = m.default(tag)
    m.keep((key(indices + pads) == query(indices)).value(value, default), tag, default)


@idiom
def split(m: Maker) -> None:
    """Add the part before or after the position of a token, with a filler elsewhere."""
    value, tag = m.values()
    at = (key(tokens) == query(m.random.choice(m.vocab))).value(indices, m.choose(0, 0, -1)).name("at")
    side = m.choose(indices < at, indices > at, indices <= at, ~(indices < at))
    default = m.default(tag)
    m.keep(where(side, value, default), tag, default)


@idiom
def shifted_scan(m: Maker) -> None:
    """Add an aggregate over shifted sequences."""
    by = m.choose(1, -1, 2)

    def moved(value: SOp, default: Atom) -> SOp:
        return (key(indices) == query(indices - by)).value(value, default)

    if m.chance(0.5):
        m.keep(m.span().value(moved(m.numeric(), m.choose(0, 0, m.small()))), "number")
    else:
        value, _ = m.values()
        other = moved(value, m.default("any"))
        made = m.select("eq", other, m.choose(value, other, constant(m.random.choice(m.vocab))), ordered=False)
        m.keep(m.both(made, m.span()).value(1), "index")


@idiom
def exists_with_same_count(m: Maker) -> None:
    """Add whether a condition holds at a later (or earlier) position with the same running count."""
    mask, stops = m.pick("bool"), m.pick("bool")
    count = running(m, stops, None)
    there = m.both(m.select(m.choose("gt", "ge", "lt"), indices, indices), m.select("eq", count, count))
    value = m.choose(mask, where(mask, 1, 0))
    found = (there.mean(value) if m.chance(0.4) else there.value(value)) > 0
    m.keep(mask | (m.pick("bool") & found) if m.chance(0.4) else found, "bool")


@idiom
def uniform_condition(m: Maker) -> None:
    """Add a choice with a uniform condition."""
    uniform = m.pick("uniform")
    condition = m.compare(m.comparison(), uniform, m.small())
    a, tag = m.values()
    b, other = (a, tag) if m.chance(0.1) else m.values()
    m.keep(where(condition, a, b), tag if tag == other and tag != "uniform" else "any")


@idiom
def compared_choice(m: Maker) -> None:
    """Add a comparison of a choice with one of its alternatives."""
    a, b = m.choose((0, 1), ("1", "0"), ("1", "<"), (m.small(), m.small()), (True, False))
    chosen = where(m.pick("bool"), a, where(m.pick("bool"), b, a) if m.chance(0.4) else b)
    if m.chance(0.2):  # a choice of what it compares
        chosen, a = m.pick("any"), m.random.choice(m.vocab)
        test = m.compare(m.choose("eq", "ne"), chosen, a)
        chosen = m.one_of(lambda: where(test, chosen, b), lambda: where(test, b, chosen))
    if m.chance(0.4):
        chosen = (key(indices) == query(indices - m.choose(1, -1))).value(chosen, m.choose(a, b, 0))
    m.keep(m.compare(m.choose("eq", "ne"), chosen, m.choose(a, b, m.random.choice(m.vocab))), "bool")
    m.keep(chosen, "any")


@idiom
def arithmetic(m: Maker) -> None:
    """Add arithmetic on counts and positions."""
    a, b = m.pick("index"), m.pick("index")
    made = m.one_of(
        lambda: a + b,
        lambda: a - b,
        lambda: a - m.small(),
        lambda: m.small() - a,
        lambda: -a,
        lambda: abs(a - b),
        lambda: a % m.choose(2, 3, 10),
        lambda: a // m.choose(2, 3),
        lambda: where(a < b, a, b),
        lambda: where(m.pick("bool"), a + 1, a),
        lambda: a + m.pick("bool"),
    )
    m.keep(made, "index")


@idiom
def ratio(m: Maker) -> None:
    """Add a fraction whose denominator is positive exactly at the positions of the input."""
    below = m.one_of(lambda: indices + 1, m.length, lambda: m.length() - indices, lambda: m.same(tokens).width())
    above = m.choose(1, 10, m.pick("index"), m.span().value(m.pick("bool")))
    m.keep(m.one_of(lambda: above / below, lambda: above // below, lambda: above % below), "number")


@idiom
def guarded(m: Maker) -> None:
    """Add a sum that would fail on some inputs or positions without its guard."""
    value = m.choose(tokens, tokens, m.values()[0])
    name, bound = m.choose(("lt", 2), ("le", 1), ("gt", 4), ("ge", 6), ("eq", m.small()))
    level = m.choose(m.length(), m.pick("uniform"), m.pick("index"))
    around = m.choose(m.everywhere(), m.span(), m.same(tokens))
    if m.chance(0.5):
        made = around.value(where(m.compare(name, level, bound), value, m.small()), m.choose(0, m.small()))
    else:
        kept = m.select(FLIPPED[name], bound, level) if m.chance(0.6) else m.on(m.compare(name, level, bound))
        made = m.both(around, kept).value(value, m.default("any"))
    m.keep(made, "any")


@idiom
def condition(m: Maker) -> None:
    """Add a combination of conditions."""
    a, b = m.pick("bool"), m.pick("bool")
    m.keep(m.one_of(lambda: a & b, lambda: a | b, lambda: ~a, lambda: a == b, lambda: (a | b) & ~(a & b)), "bool")


@idiom
def agree(m: Maker) -> None:
    """Add whether a condition holds somewhere, or everywhere."""
    count = m.choose(m.everywhere(), m.span()).value(m.pick("bool"))
    m.keep(m.choose(count > 0, count == 0, count >= 1, count != 0, m.everywhere().mean(m.pick("bool")) == 1), "bool")


@idiom
def transform(m: Maker) -> None:
    """Add a function of one or more atoms."""
    m.applied()


@idiom
def table(m: Maker) -> None:
    """Add a table of numbers by the atoms of one or two sequences."""
    operands: tuple[SOp, ...] = (m.choose(m.pick("any"), tokens),)
    keys: list[tuple[Atom, ...]] = [(atom,) for atom in m.random.sample(m.vocab, m.random.randint(1, len(m.vocab)))]
    if m.chance(0.5):
        operands = (*operands, m.choose(m.pick("bool"), tokens))
        atoms = m.choose((True, False), m.vocab) if operands[1] is not tokens else m.vocab
        keys = [(*key, atom) for key in keys for atom in m.random.sample(atoms, m.random.randint(1, len(atoms)))]
    otherwise, *values = (m.default("number") if m.missing else m.number() for _ in range(len(keys) + 1))
    held = tuple(atom for key in keys for atom in key)
    m.keep(expression(SOp, "lookup", operands, (otherwise, held, tuple(values))), "number", otherwise, *values)


@idiom
def best(m: Maker) -> None:
    """Add a best-score fetch."""
    score, _ = m.ordered()
    value, tag = m.values()
    where_to = m.both(m.span(), m.on(m.pick("bool"))) if m.chance(0.6) else m.everywhere()
    default = m.default(tag)
    made = where_to.best(value, score, m.choose("left", "right"), default, m.choose("highest", "lowest"))
    m.keep(made, tag, default)


def aggregated(m: Maker, selector: Selector) -> None:
    """Add an aggregate of any kind, over a selector or its conjunction with other conditions."""
    if m.chance(0.25):
        selector = m.both(selector, m.on(m.pick("bool")))
    if m.chance(0.2):
        selector = m.both(selector, m.asked(m.pick("bool")))
    if m.chance(0.15):
        selector = m.one_of(lambda: ~selector, lambda: selector | m.span(), lambda: selector | m.same(m.pick("any")))
    kind = m.choose("count", "sum", "sum", "mean", "best", "best")
    if kind == "count":
        m.keep(selector.value(1), "index")
    elif kind == "best":
        score, _ = m.ordered()
        value, tag = m.values()
        default = m.default(tag)
        made = selector.best(value, score, m.choose("left", "right"), default, m.choose("highest", "lowest"))
        m.keep(made, tag, default)
    else:
        default = m.default("number")
        made = (selector.value if kind == "sum" else selector.mean)(m.numeric(), default)
        m.keep(made, "number", default)


@idiom
def band(m: Maker) -> None:
    """Add a selection of values within a band around the query's."""
    of = m.pick("index")
    near = of if m.chance(0.6) else m.pick("index")
    low, high = m.select("ge", of, near - m.random.randint(-1, 3)), m.select("le", of, near + m.random.randint(0, 3))
    made = m.both(low, high)
    aggregated(m, m.both(made, m.same(m.pick("any"))) if m.chance(0.25) else made)


@idiom
def window(m: Maker) -> None:
    """Add a window of positions, sometimes among equal values."""
    low, high = m.choose((-1, 1), (0, 2), (-3, -1), (-2, 0), (1, 4), (-1, 70))
    made = m.both(m.select("ge", indices, indices + low), m.select("le", indices, indices + high))
    aggregated(m, m.both(made, m.same(m.pick("any"))) if m.chance(0.25) else made)


@idiom
def dominated(m: Maker) -> None:
    """Add a dominance condition in two, seldom three, orders, sometimes among equal values."""
    (first, _), (second, _) = m.ordered(), m.ordered()
    made = m.both(m.select(m.comparison(), first, first), m.select(m.choose("lt", "le", "gt", "ge"), second, second))
    made = m.both(made, m.span()) if m.chance(0.4) else made
    aggregated(m, m.both(made, m.same(m.pick("any"))) if m.chance(0.3) else made)


@idiom
def by_predicate(m: Maker) -> None:
    """Add a selection by an opaque predicate."""
    made = m.predicate()
    if m.chance(0.4):
        made = m.both(made, m.choose(m.same(m.pick("any")), m.same(m.pick("any")), m.span()))
    aggregated(m, made)
