"""Proof cases of the rules that replace a search by count with heads that fetch from the best position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

from raspir.analysis import Analysis, Conjunct, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.facts import clause_of
from raspir.analysis.intset import IntSet
from raspir.analysis.ranks import Rank
from raspir.analysis.selectors import Disjunction
from raspir.ir import Node
from raspir.ir.types import ATOM, INT, STR
from raspir.ir.views import Compare, Sum
from raspir.passes.depth import best as rules
from raspir.passes.depth.search import Search
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.programs import AFTER, BEFORE, FROM, UP_TO, beside, best, both, either, mean
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, const, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

BY_RANK, IN_RUN = map(Searched, rules.RULES)

X, Y, V, W, TEXT = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT), leaf("text", STR)
IS_A, SAME = select("eq", X, "a"), select("eq", X, X)
SIDES = {"j < i": BEFORE, "j <= i": UP_TO, "j > i": AFTER, "j >= i": FROM}


# Best by rank

ORDERS = [("lt", "j < i"), ("lt", "j >= i"), ("gt", "j <= i"), ("gt", "j > i")]
OF_TWO = either(IS_A, select("eq", X, "b"))
WITHIN = {"x == 'a'": IS_A, "x == 'a' or x == 'b'": OF_TWO, "x[j] == x[i]": SAME, "any": EVERYTHING}


def _ranked(by: Node, first: str, ties: str) -> Node:
    """Return the rank of each position in the order of ``by``."""
    return total(either(select(first, by, by), both(select("eq", by, by), SIDES[ties])), 1)


def _absolute() -> Iterator[tuple[str, Node]]:
    """Yield fetches from the first and the last in an order, or of a subset in the order of positions."""
    for (first, ties), last, by in product(ORDERS, (False, True), (V, TEXT)):
        count, inclusive = _ranked(by, first, ties), "=" in ties
        place = beside(inclusive - 1, LENGTH) if last else make("add", 0, int(inclusive))
        name = f"the {'last' if last else 'first'} by {by['name']} {first}, then {ties}"
        yield name, total(select("eq", count, place), X, "_")
    for (text, within), side in product(WITHIN.items(), ("j < i", "j >= i")):
        count, members = total(both(SIDES[side], within), 1), total(within, 1)
        place = beside(-1, members) if side == "j < i" else members
        yield f"the last with {text}, counting {side}", total(both(select("eq", count, place), within), V, 7)
        yield (
            f"the first with {text}, counting {side}",
            total(both(select("eq", count, int("=" in side)), within), V, 7),
        )


def _relative() -> Iterator[tuple[str, Node]]:
    """Yield fetches from the next members, the previous ones and their neighbors."""
    for (text, within), side in product(WITHIN.items(), SIDES):
        other_side = side.replace("=", "") if "=" in side else side.replace(" i", "= i")
        for asks, step in product((side, other_side), (-1, 0, 1, 2)):
            ahead = step - ("=" in side) + ("=" in asks and within not in (IS_A, OF_TWO))
            if ahead not in ((-1, 0) if within in (IS_A, OF_TWO) else (-1, 1) if within is EVERYTHING else (-1, 0, 1)):
                continue
            count, asked = total(both(SIDES[side], within), 1), total(both(SIDES[asks], within), 1)
            selected = both(select("eq", count, beside(step, asked) if step else asked), within)
            yield f"the member {ahead:+} from i with {text}, counting {side} and {asks}", total(selected, INDICES, -1)


BESIDES = {
    "x == 'b'": select("eq", X, "b"),
    "x[j] != x[i]": select("ne", X, X),
    "x[j] == y[i]": select("eq", X, Y),
    "j > 1": select("gt", INDICES, 1),
    "j <= i": UP_TO,
    "w[j] < v[i]": select("lt", W, V),
    "x == 'b' & w[j] < v[i]": both(select("eq", X, "b"), select("lt", W, V)),
}


def _besides() -> Iterator[tuple[str, Node]]:
    """Yield fetches with a further condition on the position found."""
    lowest = select("eq", _ranked(V, "lt", "j < i"), 0)
    for text, besides in BESIDES.items():
        yield f"the lowest, if {text}", total(both(lowest, besides), X, "_")
    yield "the mean of the lowest, if x == 'b'", mean(both(lowest, BESIDES["x == 'b'"]), X, 0.5)
    yield "the best of the lowest, if j <= i", best(both(lowest, UP_TO), X, W, False)


_rank, _counts = Analysis.rank, total(both(BEFORE, IS_A), 1)
_of_a = {side: total(both(SIDES[side], IS_A), 1) for side in SIDES}


def _as_ordered(facts: Analysis, node: Node) -> Rank | None:
    """Return the rank of a count, as if all counts were by ``v`` and then by position."""
    return _rank(facts, _ranked(V, "lt", "j < i")) if isinstance(node, Sum) else None


def _as_next(search: Search, rank: Rank, query: Linear, offset: int) -> tuple[Disjunction, bool]:
    """Return the position of the next or the previous member, regardless of the offset."""
    return rank.order.formula(True, False), offset < 0


NEXT: Patch = (rules, "_relative", _as_next)
MEMBER: Patch = (Conjunct, "implies", always(True))


def placed(later: bool, own: bool, last: bool) -> Patch:
    """Return a patch that fixes whether a member counts itself and on which side it is found."""
    return rules, "_relative", lambda search, rank, *_: (rank.order.formula(later, own), last)


def first_or_last(last: bool) -> Patch:
    """Return a patch under which each count is that of the first of all positions, or of the last."""
    return rules, "_absolute", always((normal.EVERYTHING, last))


ANY_CHECK: tuple[Patch, ...] = (
    (rules, "_checked", lambda search, found, outer: search.algebra.const(True)),
    (Algebra, "holds", lambda algebra, sets: algebra.const(True)),
)


def _next(step: int, asked: Node = _of_a["j <= i"]) -> Node:
    """Return the position of the member "a" that is ``step`` members ahead."""
    return total(both(select("eq", _of_a["j <= i"], beside(step, asked)), IS_A), INDICES, -1)


RANK_MUTATIONS = (
    GuardMutation("the member is the next or the previous one", _next(2), [NEXT]),
    *(
        GuardMutation(f"the member counts itself, unlike {sides}", _next(1), [placed(*sides)])
        for sides in ((True, True, False), (False, False, True), (False, True, True))
    ),
    GuardMutation(
        "the query counts the same members",
        _next(0, total(both(UP_TO, select("eq", X, "b")), 1)),
        [placed(True, True, False)],
    ),
    GuardMutation("the query counts in the same order", _next(0, _of_a["j >= i"]), [placed(True, True, False)]),
    GuardMutation(
        "the position found is a member",
        total(both(select("eq", _of_a["j < i"], 0), select("eq", X, "b")), V, -1),
        [MEMBER],
    ),
    GuardMutation(
        "the count is 0",
        total(select("eq", _ranked(V, "lt", "j < i"), 1), X),
        [first_or_last(False)],
    ),
    GuardMutation(
        "the count is the number of all members",
        total(both(select("eq", _of_a["j <= i"], LENGTH), IS_A), INDICES, -1),
        [first_or_last(True)],
    ),
    GuardMutation(
        "the counted order is strict",
        total(select("eq", total(select("lt", V, V), 1), 0), INDICES, -1),
        [(Analysis, "rank", _as_ordered)],
    ),
    GuardMutation(
        "all earlier positions are counted",
        total(select("eq", total(both(BEFORE, select("lt", V, V)), 1), 0), INDICES, -1),
        [(Analysis, "rank", _as_ordered)],
    ),
    *(
        GuardMutation(
            f"the position found has {text}",
            total(both(select("eq", _ranked(V, "gt", "j < i"), 0), BESIDES[text]), X, "_"),
            ANY_CHECK,
        )
        for text in ("x == 'b'", "x[j] == y[i]", "j <= i")
    ),
)


def _by_rank() -> Iterator[ProofCase]:
    for text, node in (*_absolute(), *_relative(), *_besides()):
        yield BY_RANK.case(f"fetching from {text} is fetching the best", node)


# First of a run

STOP, MARK = make("eq", X, "a"), make("eq", Y, "b")
MARKS: dict[str, Callable[[Node, Node], Node]] = {
    "sum(run, mark)": total,
    "sum(run, where(mark, 1, 0))": lambda run, mark: total(run, make("where", mark, 1, 0)),
    "mean(run, mark)": mean,
    "width(run & mark)": lambda run, mark: total(both(run, select("eq", mark, True)), 1, False),
}
ASKS: dict[str, Callable[[Node], Node]] = {
    "> 0": lambda marks: make("gt", marks, 0),
    "0 !=": lambda marks: make("ne", 0, marks),
    "<= 0": lambda marks: make("le", marks, 0),
    "== 0": lambda marks: make("eq", marks, 0),
    "1 >": lambda marks: make("gt", 1, marks),
    ">= 1": lambda marks: make("ge", marks, 1),
}


def _run(there: str, counted: str, step: int = 0, more: Node | None = None) -> Node:
    """Return the selector of one side up to the next stop, or including it."""
    count = total(SIDES[counted], make("where", STOP, 1, 0))
    run = both(SIDES[there], select("eq", count, beside(step, count) if step else count))
    return run if more is None else both(run, more)


def _as_exists(search: Search, node: Compare) -> tuple[bool, Node]:
    """Return the compared aggregate, as if the comparison always tested for existence."""
    return True, node.a


def _as_run(formula: Disjunction | None) -> Conjunct | None:
    """Return the conditions of a run, forced into the required form: an equal count, and strictly later or earlier."""
    clause = clause_of(formula)
    if clause is None:
        return None
    sets = dict(clause.sets)
    for pair, allowed in sets.items():
        if pair.is_index:
            sets[pair] = IntSet.where("lt" if allowed <= IntSet.where("lt", 2) else "gt")
        elif pair.same:
            sets[pair] = IntSet.where("eq")
    return Conjunct(sets)


def _as_by_position(facts: Analysis, node: Node) -> Rank | None:
    """Return the rank of a count, as if the position alone decided the order."""
    rank = _rank(facts, node)
    return rank and replace(rank, order=replace(rank.order, by=None))


def _as_inclusive(facts: Analysis, node: Node) -> Rank | None:
    """Return the rank of a count with its inclusiveness negated."""
    rank = _rank(facts, node)
    return rank and replace(rank, inclusive=not rank.inclusive)


RUN = _run("j > i", "j <= i")
EVEN = some_selector("even", Y, const(3))
BY_V = either(both(IS_A, select("lt", V, V)), both(IS_A, both(select("eq", V, V), UP_TO)))
ENDS = make("or", STOP, MARK)
EXISTS: Patch = (rules, "_existence", _as_exists)
STRICTLY: Patch = (rules, "clause_of", _as_run)
NOT_OPAQUE: Patch = (rules, "is_of_key", lambda search, pair: search.facts.of_keys(pair))
OF_KEYS: Patch = (rules, "is_of_key", always(True))


def _exists(run: Node, mark: Node = MARK) -> Node:
    """Return whether there is a mark in a run."""
    return make("gt", total(run, mark), 0)


def _later(count: Node) -> Node:
    return both(AFTER, select("eq", count, count))


RUN_MUTATIONS = (
    GuardMutation("the comparison asks for any mark at all", make("gt", total(RUN, MARK), 1), [EXISTS]),
    GuardMutation("the default is 0", make("gt", total(RUN, MARK, 1), 0), [EXISTS]),
    GuardMutation("marks are 1 and other values 0", _exists(RUN, make("where", MARK, 2, 1)), [EXISTS]),
    GuardMutation("no mark is below 0", _exists(RUN, make("where", MARK, 1, -1)), [EXISTS]),
    GuardMutation("the mean is compared with 0", make("ge", mean(RUN, MARK), 1), [EXISTS]),
    GuardMutation("the run has the query's own count", _exists(_run("j > i", "j <= i", 1)), [STRICTLY]),
    GuardMutation("the run is strictly on one side", _exists(_run("j >= i", "j <= i"), ENDS), [STRICTLY]),
    GuardMutation("the run ends after its last member", _exists(RUN, ENDS), [(Analysis, "rank", _as_inclusive)]),
    GuardMutation(
        "the count is by position alone",
        _exists(_later(total(BY_V, 1))),
        [(Analysis, "rank", _as_by_position), OF_KEYS],
    ),
    GuardMutation(
        "members depend on their keys alone",
        _exists(_later(total(both(UP_TO, SAME), make("where", STOP, 1, 0)))),
        [(Analysis, "of_keys", lambda facts, pair: not pair.is_index), OF_KEYS],
    ),
    GuardMutation("marks depend on their keys alone", _exists(both(RUN, SAME)), [OF_KEYS]),
    GuardMutation("no opaque predicate selects members", _exists(_later(total(both(BEFORE, EVEN), 1))), [NOT_OPAQUE]),
)


def _in_run() -> Iterator[ProofCase]:
    kinds = list(product(MARKS.items(), ASKS.items()))
    for place, (counted, there) in enumerate(product(SIDES, ("j > i", "j < i"))):
        for (name, marked), (asks, ask) in kinds[place % 4 :: 4]:
            if "mean" in name and "1" in asks:
                continue
            shown = f"{name} {asks}, for {there} and counting {counted}, compares one position"
            yield IN_RUN.case(shown, ask(marked(_run(there, counted), MARK)))
    bounded = both(RUN, select("eq", Y, "b"))
    yield IN_RUN.case("width(run & y == 'b') > 0 compares one position", make("gt", total(bounded, 1), 0))
    both_ends = make("gt", total(_run("j < i", "j < i"), ENDS), 0)
    yield IN_RUN.case("sum(run, stop | mark) > 0 compares one position", both_ends)


RULES = (BY_RANK.provable(*_by_rank(), mutations=RANK_MUTATIONS), IN_RUN.provable(*_in_run(), mutations=RUN_MUTATIONS))
