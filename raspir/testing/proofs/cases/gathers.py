"""Proof cases of the rules on fetches: composed gathers, fetches where found, and fetches from the last position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from raspir.analysis import Analysis, Linear
from raspir.analysis.leads import Leads
from raspir.ir import Atom, Node
from raspir.ir.types import ATOM, INT, NONE
from raspir.passes.depth import gathers
from raspir.passes.depth.gathers import Fetch
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.programs import (
    AFTER,
    AT_MOST_ONE,
    BEFORE,
    IS_TOTAL,
    MIRRORED,
    UP_TO,
    at,
    beside,
    best,
    both,
    either,
    flipped,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import INDICES, LENGTH, const, leaf, make, select, total, uniform
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

COMPOSE, FOUND, LAST = map(Searched, gathers.RULES)

X, Y, V, P = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("p", INT)
U = leaf("u", ATOM)
IS_A = select("eq", X, "a")


W, PERHAPS = leaf("w", ATOM), leaf("o", INT | NONE)
DEEP = dict.fromkeys((X, Y, V, PERHAPS), 1)
COUNT = total(both(BEFORE, IS_A), 1)
BY_V = either(select("lt", V, V), both(select("eq", V, V), BEFORE))


# Gathers compose

OFFSETS = [(-1, -1), (1, 2), (-1, 1), (2, -1), (-2, 1)]
DEFAULTS: list[tuple[Atom, Atom]] = [("_", "_"), (0, 7), (0, False), (None, None)]
VALUES = {
    "where(fetch(y) == 'b', x, 3)": make("where", make("eq", at(beside(1), Y), "b"), X, 3),
    "2 * fetch(v) - i": make("sub", make("mul", at(beside(1), V), 2), INDICES),
    "fetch(o) + i, skipping None": make("add", at(beside(1), PERHAPS, None), INDICES, none="skip"),
    "length - i": make("sub", LENGTH, INDICES),
    "sum(j <= i & x == 'a', v)": total(both(UP_TO, IS_A), V),
    "sum(j < i & x == 'a', 1, 5)": total(both(BEFORE, IS_A), 1, 5),
    "sum(j > i & x == 'a', v)": total(both(AFTER, IS_A), V),
    "sum(j >= i - 1 & x == fetch(y), v)": total(
        both(select("ge", INDICES, beside(-1)), select("eq", X, at(beside(-1), Y))), V
    ),
    "best(j < i, x, v)": best(BEFORE, X, V, "_", "lowest", "right"),
}
CAUSAL_VALUES = ("where(fetch(y) == 'b', x, 3)", "sum(j <= i & x == 'a', v)", "best(j < i, x, v)")
POSITIONS = {
    "i - 1": beside(-1),
    "i + 1": beside(1),
    "2 * i": make("mul", INDICES, 2),
    "length - i": make("sub", LENGTH, INDICES),
    "length - 1 - i": MIRRORED,
    "p": P,
    "0": const(0),
}
FETCHES = {
    "p // 2": select("eq", make("mul", INDICES, 2), P),
    "the second 'a'": both(select("eq", COUNT, 1), IS_A),
    "the lowest": select("eq", total(BY_V, 1), 0),
}
PAST_END = make("floordiv", 100, make("sub", LENGTH, INDICES))
WITHIN: Patch = (gathers, "within", lambda algebra, position: algebra.const(True))
DEFAULT_OUTSIDE: Patch = (gathers, "_is_default_outside", always(True))
SAFE: Patch = (gathers.There, "_is_safe", always(True))
GATHER_MUTATIONS = (
    GuardMutation(
        "at most one position is fetched",
        total(AFTER, make("add", V, total(select("eq", V, 3), V))),
        [AT_MOST_ONE],
    ),
    GuardMutation("the position lies inside the input", at(beside(-1), make("add", INDICES, LENGTH), 7), [WITHIN]),
    GuardMutation(
        "exactly one position is selected",
        at(beside(-1), make("add", INDICES, LENGTH), 7),
        [(Analysis, "exactly_one", always(True))],
    ),
    GuardMutation(
        "the default further outside is the same", at(beside(-1), at(beside(-1), X, "_"), 0), [DEFAULT_OUTSIDE]
    ),
    GuardMutation(
        "neither position lies further outside than the other", at(beside(-2), at(beside(1), X)), [DEFAULT_OUTSIDE]
    ),
    GuardMutation(
        "no alternative selects anything outside",
        at(beside(-1), total(both(either(UP_TO, select("eq", INDICES, 2)), IS_A), V)),
        [DEFAULT_OUTSIDE],
    ),
    GuardMutation("the value outside cannot fail", at(beside(1), PAST_END, -1), [IS_TOTAL]),
    GuardMutation(
        "queries outside are comparable with the keys",
        at(beside(-1), total(select("lt", X, flipped(X)), 1), -1),
        [SAFE],
    ),
)


def _masked(position: Node, value: Node, default: Atom = "_") -> Node:
    """Return the fetch of a causal program: from ``position``, if that is not after the position itself."""
    return total(both(select("eq", INDICES, position), UP_TO), value, default)


EARLIER = {
    "i // 2": make("floordiv", INDICES, 2),
    "i % 2": make("mod", INDICES, 2),
    "where(y, i, i - 1)": make("where", Y, INDICES, beside(-1)),
}
LEADS: Patch = (Leads, "of", always(0))
AHEAD: Patch = (gathers, "_guarded", lambda algebra, selector: P)


def _causal() -> Iterator[ProofCase]:
    for (place, position), text in product(EARLIER.items(), CAUSAL_VALUES):
        looks_back = GuardMutation("the position is known not to lie ahead", _masked(P, VALUES[text]), [LEADS])
        yield COMPOSE.case(
            f"{text} at {place}, masked, is computed there",
            _masked(position, VALUES[text]),
            layers=DEEP,
            mutations=[looks_back],
        )
    for text in CAUSAL_VALUES:
        fetched = _masked(P, VALUES[text])
        ahead = GuardMutation("the mask holds at the position", fetched, [AHEAD])
        yield COMPOSE.case(f"{text} at p, masked, is computed there", fetched, layers=DEEP, mutations=[ahead])


def _compositions() -> Iterator[ProofCase]:
    for (by, inner), (default, other) in product(OFFSETS, DEFAULTS):
        text = f"fetch(fetch(x, i + {inner}, {other!r}), i + {by}, {default!r}) is one fetch at most"
        yield COMPOSE.case(text, at(beside(by), at(beside(inner), X, other), default))
    yield COMPOSE.case("fetch(fetch(x)) = x, both from length - 1 - i", flipped(flipped(X)), layers=DEEP)
    for how in ("error", "skip"):
        called = flipped(make("map", X, flipped(Y), function="f", none=how))
        yield COMPOSE.case(f"fetch(f(x, fetch(y))) = f(fetch(x), y), none={how}", called, layers=DEEP)
    for (place, position), (at_all, (text, value)) in product(POSITIONS.items(), enumerate(VALUES.items())):
        if at_all < 3 or place in ("i - 1", "length - 1 - i", "p"):
            yield COMPOSE.case(f"{text} at {place} is computed there", at(position, value, 4), layers=DEEP)
    for place, selector in FETCHES.items():
        value = total(selector, make("where", make("eq", X, U), U, Y), "_")
        text = f"where(x == u, u, y) at {place} is u unchanged"
        yield COMPOSE.case(text, value, uniform(U, "u"), layers={U: 2})


# Fetched where found


def _first(missing: Atom, value: Node = INDICES) -> Node:
    """Return ``value``, by default the position, at the first "a", or ``missing`` if there is none."""
    return total(both(select("eq", COUNT, 0), IS_A), value, missing)


POSITION_VALUES = {
    "i": INDICES,
    "where(i > 0, i, 1)": make("where", make("gt", INDICES, 0), INDICES, 1),
    "where(y, -1, i)": make("where", Y, -1, INDICES),
}
FINDERS = {
    **{
        f"fetch({text}, the first 'a', {missing!r})": _first(missing, value)
        for (text, value), missing in product(POSITION_VALUES.items(), (-1, 2, True))
    },
    "fetch(i, p, 0)": at(P, INDICES),
    "fetch(i, the lowest)": total(FETCHES["the lowest"], INDICES, 7),
    "best(j < i, i, v)": best(BEFORE, INDICES, V, 1),
    "best(j <= i, where(x == 'a', i, 0), v)": best(
        UP_TO, make("where", make("eq", X, "a"), INDICES, 0), V, -1, "lowest", "right"
    ),
}


def _as_if_found(algebra: Algebra, selector: Node) -> Fetch | None:
    """Return a fetch from a position as if it were from the operand of the position."""
    fetch = _fetch_of(algebra, selector)
    inner = fetch.position.operands[0] if fetch is not None and fetch.position is not None else None
    return replace(fetch, position=inner) if fetch is not None and inner is not None else fetch


def _as_if_own(algebra: Algebra, value: Node) -> tuple[Node, int | None] | None:
    """Return where a value is its own position, as if it had no other value elsewhere."""
    found = _own_position(algebra, value)
    return found and (found[0], None)


_fetch_of, _own_position = gathers.fetch_of, gathers._own_position
OWN_EVERYWHERE: Patch = (gathers, "_own_position", _as_if_own)
ALWAYS_FINDS: Patch = (gathers, "always_finds", always(True))
FOUND_MUTATIONS = (
    GuardMutation(
        "the finder finds at most one position", at(total(select("eq", X, X), INDICES, -1), W), [AT_MOST_ONE]
    ),
    GuardMutation(
        "the finder's value is its own position",
        at(_first(-1, beside(1)), W),
        [(gathers, "_own_position", lambda algebra, value: (algebra.const(True), None))],
    ),
    GuardMutation(
        "the finder's value is its own position everywhere",
        at(_first(-1, POSITION_VALUES["where(i > 0, i, 1)"]), W),
        [OWN_EVERYWHERE],
    ),
    GuardMutation("the finder always finds a position", at(_first(1), W), [ALWAYS_FINDS]),
    GuardMutation(
        "the position is the one found, not its double",
        at(make("mul", _first(-1), 2), W),
        [(gathers, "fetch_of", _as_if_found)],
    ),
    GuardMutation(
        "the offset of the position is constant",
        at(make("add", _first(-1), INDICES), W),
        [(gathers, "fetch_of", _as_if_found)],
    ),
)


def _finds() -> Iterator[ProofCase]:
    for place, (text, finder) in enumerate(FINDERS.items()):
        for by in (0, -1, 2) if place == 0 else ((0, 2), (-1,))[place % 2]:
            position = beside(by, finder) if by else finder
            shown = f"fetch(w, {text} + {by}) = fetch(shift(w, {-by}), …)"
            yield FOUND.case(shown, at(position, W, "_"))


# Last position

LASTS = {
    "length - 1": beside(-1, LENGTH),
    "2 * length - 1 - length": make("sub", beside(-1, make("mul", LENGTH, 2)), LENGTH),
}
LAST_MUTATIONS = (
    GuardMutation(
        "the position is the last",
        at(beside(-2, LENGTH), X, "_"),
        [(Algebra, "difference", always(Linear({}, 1)))],
    ),
)


def _lasts() -> Iterator[ProofCase]:
    for (text, position), value in product(LASTS.items(), (X, INDICES)):
        shown = f"fetch({'x' if value is X else 'i'}, {text}) is the best of all by position"
        yield LAST.case(shown, at(position, value, True))
    alone = mean(select("eq", beside(1), LENGTH), X, "_")
    yield LAST.case("mean(j + 1 == length, x) is the best of all by position", alone)


RULES = (
    COMPOSE.provable(*_compositions(), *_causal(), mutations=GATHER_MUTATIONS),
    FOUND.provable(*_finds(), mutations=FOUND_MUTATIONS),
    LAST.provable(*_lasts(), mutations=LAST_MUTATIONS),
)
