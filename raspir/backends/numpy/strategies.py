"""Strategy selection: picks the kernel that evaluates each aggregate's selector from the selector's normal form."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from raspir.analysis.intset import IntSet
from raspir.analysis.linear import Linear
from raspir.analysis.ranks import Order
from raspir.analysis.selectors import Comparison, Conjunct
from raspir.backends.numpy.builder import PlanBuilder
from raspir.backends.numpy.kernels import aggregates, conditions, elementwise, predicates, selections
from raspir.backends.numpy.kernels.columns import Column
from raspir.backends.numpy.plan import FALLBACK, Broadcast, Ref
from raspir.backends.numpy.terms import Term, alternatives, signed
from raspir.ir import Node, build
from raspir.ir.layers import comparisons, selector_parts
from raspir.ir.ranges import Bound
from raspir.ir.views import Aggregate, Best, Select, SelectBy

_ZERO = IntSet([(0, 0)])
_OUTCOMES = {
    (-1, -1): (None, -1), (-1, 0): (None, 0), (0, 1): (0, None), (1, 1): (1, None),
}  # fmt: skip
"""Bounds of the intervals of comparison outcomes; ``None`` where a bound excludes no outcome."""
_COMPARISONS: Mapping[tuple[int, int], Callable[..., Column]] = {
    (-1, -1): elementwise.lt, (-1, 0): elementwise.le, (0, 0): elementwise.eq, (0, 1): elementwise.ge,
    (1, 1): elementwise.gt,
}  # fmt: skip
_BOUNDS = {"lt": (None, -1), "le": (None, 0), "gt": (1, None), "ge": (0, None)}


@dataclass(frozen=True)
class StrategyChoice:
    """A strategy for evaluating a selector.

    Attributes:
        name: the strategy.
        why: the property of the selector that makes it applicable.
        cost: the asymptotic time in the length n.
        uniform: whether all rows of a sequence are equal.
        needs: the sequences that it reads.
        build: adds the steps that construct the selection, and returns a reference to it.
    """

    name: str
    why: str
    cost: str
    uniform: bool
    needs: tuple[Node, ...]
    build: Callable[[], Ref]


@dataclass
class _Parts:
    """The conditions of a term, grouped by kind."""

    keys: tuple[Conjunct, ...] = ()
    queries: list[tuple[Comparison, IntSet]] = field(default_factory=list)
    equal: list[tuple[Comparison, IntSet]] = field(default_factory=list)
    between: list[tuple[Comparison, IntSet]] = field(default_factory=list)
    predicates: list[tuple[Comparison, IntSet]] = field(default_factory=list)

    @property
    def joint(self) -> list[tuple[Comparison, IntSet]]:
        """The conditions on both key and query."""
        return [*self.equal, *self.between, *self.predicates]


class Selectors:
    """Strategy selection for the selectors of one graph.

    Args:
        planner: the planner that supplies values and receives steps.
    """

    def __init__(self, planner: PlanBuilder) -> None:
        self._planner = planner
        self._facts = planner.facts
        self._choices: dict[tuple[Node, bool], StrategyChoice] = {}

    def choose(self, aggregate: Aggregate) -> StrategyChoice:
        """Return the strategy of an aggregate, shared by all aggregates of a selector."""
        selector, is_best = aggregate.selector, isinstance(aggregate, Best)
        result = self._choices.get((selector, is_best))
        if result is None:
            result = self._choices[selector, is_best] = self._choose(selector, is_best)
        return result

    def _choose(self, selector: Node, is_best: bool) -> StrategyChoice:
        formula = self._facts[selector].formula
        decompose = alternatives if is_best else signed
        terms = None if formula is None else decompose(formula, self._facts.of_keys, self._splits)
        if terms is None:
            return self._fallback(selector, "too many alternatives")
        parts = []
        unique = len(terms) == 1 and not is_best and self._facts.at_most_one(selector)
        for term in terms:
            chosen = self._term(term, is_best, unique)
            if isinstance(chosen, str):
                return self._fallback(selector, chosen)
            parts.append((term.sign, chosen))
        if len(parts) == 1 and parts[0][0] == 1:
            return parts[0][1]
        return self._combined(parts, is_best)

    def _splits(self, pair: Comparison) -> bool:
        """Return whether a condition must be split into intervals: only joint conditions on key and query must."""
        return not self._facts.of_keys(pair) and not self._facts.of_queries(pair)

    def _combined(self, parts: list[tuple[int, StrategyChoice]], is_best: bool) -> StrategyChoice:
        uniform = all(part.uniform for _, part in parts)

        def make() -> Ref:
            built = [(sign, part.build()) for sign, part in parts]
            if is_best:
                selected = tuple(ref for _, ref in built)
                return self._planner.step("selected", selections.Union, selected, uniform=uniform)
            return self._planner.step("selected", selections.Signed, tuple(built), uniform=uniform)

        names = " + ".join(part.name if sign > 0 else f"- {part.name}" for sign, part in parts).replace("+ -", "-")
        cost = max((part.cost for _, part in parts), key=_growth, default="1")
        needs = tuple(dict.fromkeys(node for _, part in parts for node in part.needs))
        reasons = "; ".join(dict.fromkeys(part.why for _, part in parts if part.why))
        return StrategyChoice(names or "nothing", reasons or "selects nothing", cost, uniform, needs, make)

    # Terms

    def _term(self, term: Term, is_best: bool, unique: bool) -> StrategyChoice | str:
        """Return the strategy of a term, or the reason why none applies."""
        first = None if term.whole is None else self._first(term.whole)
        if first is not None:
            return first
        parts = self._parts(term)
        own_keys = term.keys[0].sets.items() if len(term.keys) == 1 else ()
        gather = next((each for each in (*parts.equal, *own_keys) if self._position(*each) is not None), None)
        if gather is not None:
            return self._gather(term, gather)
        if not parts.joint:
            return self._everything(parts)
        groups, between = len(parts.equal), len(parts.between)
        if parts.predicates:
            if len(parts.predicates) == 1 and not between and not is_best:
                return self._tabled(parts)
            return "a predicate besides other conditions" if len(parts.joint) > 1 else "an opaque predicate"
        if between == 1 and not groups and not parts.queries and parts.between[0][0].is_index:
            return self._sliding(parts)
        if not between:
            return self._joint(parts, "groups", "equal codes", "n", selections.Grouped, unique)
        if between == 1:
            return self._window(parts)
        if between == 2 and not is_best:
            return self._dominance(parts)
        return f"{between} independent inequalities"

    def _parts(self, term: Term) -> _Parts:
        parts = _Parts(() if any(not clause.sets for clause in term.keys) else term.keys)
        for pair, allowed in term.clause.sets.items():
            item = (pair, allowed)
            if self._facts.of_queries(pair):
                parts.queries.append(item)
            elif pair.kind == "by":
                parts.predicates.append(item)
            elif allowed.single is not None and (pair.kind == "int" or allowed == _ZERO):
                parts.equal.append(item)
            else:
                parts.between.append(item)
        return parts

    def _position(self, pair: Comparison, allowed: IntSet) -> Linear | None:
        """Return the position that a condition fixes, or ``None``."""
        if pair.kind != "int" or allowed.single is None or not isinstance(pair.key, Linear):
            return None
        assert isinstance(pair.query, Linear)
        affine = self._facts.affine(pair.key)
        if affine is None or affine[0] not in (1, -1):
            return None
        return pair.query.plus(Linear({}, allowed.single)).plus(affine[1], -1).scaled(affine[0])

    def _first(self, clause: Conjunct) -> StrategyChoice | None:
        """Return the strategy that fetches the first member of an order, if the clause requires a rank of zero."""
        for pair, allowed in clause.sets.items():
            if pair.kind != "int" or allowed != _ZERO or not isinstance(pair.key, Linear) or pair.query != Linear({}):
                continue
            term = next(iter(pair.key.terms), None)
            rank = self._facts.rank(term) if term is not None and pair.key.is_term(term) else None
            members = clause.without(pair)
            if rank is None or rank.inclusive or rank.members != members:
                continue
            if all(map(self._facts.of_keys, members.sets)):
                return self._first_of(rank.order, members)
        return None

    def _first_of(self, order: Order, members: Conjunct) -> StrategyChoice:
        score = Linear({}) if order.by is None or order.by.key is None else order.by.key
        options = ("highest" if order.falling else "lowest"), ("right" if order.reverse else "left")

        def make() -> Ref:
            everything = self._everything(_Parts((members,) if members.sets else ())).build()
            kernel = aggregates.chosen
            return self._planner.step(
                "first", kernel, everything, self._side(score), *options, broadcast=Broadcast.UNIFORM
            )

        needs = (*_nodes(score), *self._read(members.sets))
        return StrategyChoice("first of an order", "a rank of 0", "n", True, needs, make)

    # Conditions as steps

    def _needs(self, parts: _Parts) -> tuple[Node, ...]:
        pairs = [pair for pair, _ in (*parts.queries, *parts.joint)]
        return self._read([*pairs, *(pair for clause in parts.keys for pair in clause.sets)])

    def _read(self, pairs: Iterable[Comparison]) -> tuple[Node, ...]:
        """Return the sequences that conditions on ``pairs`` read."""
        return tuple(dict.fromkeys(node for pair in pairs for node in (*_nodes(pair.key), *_nodes(pair.query))))

    def _side(self, side: Node | Linear | None) -> Ref:
        assert side is not None
        return self._planner.linear(side) if isinstance(side, Linear) else self._planner.value(side)

    def _condition(self, pair: Comparison, allowed: IntSet) -> Ref:
        """Add the steps of a joint condition on key and query."""
        planner = self._planner
        if pair.kind == "by":
            assert isinstance(pair.key, Node)
            assert isinstance(pair.query, Node)
            condition = planner.predicate(pair.key, pair.query, str(pair.function))
            return (
                condition if allowed == IntSet([(1, 1)]) else planner.step("otherwise", predicates.opposite, condition)
            )
        key, query = self._side(pair.key), planner.broadcast(self._side(pair.query))
        if pair.kind == "int" and allowed.single is not None:
            return planner.step("equal", conditions.equal, key, query, *((allowed.single,) if allowed.single else ()))
        if pair.kind == "int":
            return planner.step("between", conditions.between, key, query, *_ends(allowed))
        ((low, high),) = allowed.intervals
        if (low, high) == (0, 0):
            return planner.step("equal", conditions.equal, key, query)
        return planner.step("ordered", conditions.ordered, key, query, *_OUTCOMES[int(low), int(high)])

    def _filters(self, parts: _Parts, uniform: bool) -> dict[str, Any]:
        """Add the masks of the selectable keys and of the rows that select anything, as keyword arguments."""
        filters: dict[str, Any] = {}
        if parts.keys:
            clauses = (self._all_of(clause.sets.items()) for clause in parts.keys)
            filters["keys"] = self._planner.broadcast(self._combine(elementwise.either, clauses))
        if parts.queries:
            queries = self._all_of(parts.queries)
            filters["queries"] = queries if uniform else self._planner.broadcast(queries)
        return filters

    def _all_of(self, conditions: Iterable[tuple[Comparison, IntSet]]) -> Ref:
        """Add the mask of the keys, or queries, that satisfy all of the conditions, at least one."""
        return self._combine(elementwise.both, (self._test(*each) for each in conditions))

    def _combine(self, kernel: Callable[..., Column], masks: Iterable[Ref]) -> Ref:
        """Add the conjunction or disjunction of masks, at least one."""

        def combined(a: Ref, b: Ref) -> Ref:
            (a, b), broadcast = self._planner.level((a, b))
            return self._planner.step("allowed", kernel, a, b, self._planner.nowhere, broadcast=broadcast)

        return functools.reduce(combined, masks)

    def _test(self, pair: Comparison, allowed: IntSet) -> Ref:
        """Add the steps that test a condition on the key alone, or on the query alone."""
        planner, nowhere = self._planner, self._planner.nowhere
        if pair.kind == "by":
            kernel = predicates.holds_of_keys if self._facts.of_keys(pair) else predicates.holds_of_queries
            return planner.step("allowed", kernel, self._condition(pair, allowed))
        if pair.kind == "col":
            assert isinstance(pair.key, Node)
            truth = planner.value(pair.key)
            called = elementwise.is_true if 1 in allowed else elementwise.is_false
            return planner.step("allowed", called, truth, broadcast=truth.broadcast)
        (key, query), broadcast = planner.level((self._side(pair.key), self._side(pair.query)))
        if pair.kind == "cmp":
            if len(allowed.intervals) > 1:
                return planner.step("allowed", elementwise.ne, key, query, broadcast=broadcast)
            ((low, high),) = allowed.intervals
            compare = _COMPARISONS[int(low), int(high)]
            return planner.step("allowed", compare, key, query, nowhere, broadcast=broadcast)
        return self._combine(elementwise.either, [self._inside(pair, *interval) for interval in allowed.intervals])

    def _inside(self, pair: Comparison, low: Bound, high: Bound) -> Ref:
        """Add the steps that test whether an integer difference lies in an interval."""
        if low == high:
            return self._against(elementwise.eq, pair, int(low))
        tests = [self._against(elementwise.ge, pair, int(low))] if low != -inf else []
        tests += [self._against(elementwise.le, pair, int(high))] if high != inf else []
        return self._combine(elementwise.both, tests)

    def _against(self, kernel: Callable[..., Column], pair: Comparison, offset: int) -> Ref:
        assert isinstance(pair.query, Linear)
        sides = self._side(pair.key), self._side(pair.query.plus(Linear({}, offset)))
        (key, query), broadcast = self._planner.level(sides)
        return self._planner.step("allowed", kernel, key, query, self._planner.nowhere, broadcast=broadcast)

    # Strategies

    def _everything(self, parts: _Parts) -> StrategyChoice:
        uniform = all(self._is_uniform(pair.query) for pair, _ in parts.queries)

        def make() -> Ref:
            filters = self._filters(parts, uniform)
            options: dict[str, Any] = {} if uniform else {"uniform": False}
            return self._planner.step("everything", selections.Everything, **filters, **options)

        why = "conditions on keys or queries alone" if self._needs(parts) else "no condition"
        return StrategyChoice("all", why, "n", uniform, self._needs(parts), make)

    def _is_uniform(self, side: Node | Linear | None) -> bool:
        return all(self._facts[node].uniform for node in _nodes(side))

    def _gather(self, term: Term, gather: tuple[Comparison, IntSet]) -> StrategyChoice:
        position = self._position(*gather)
        assert position is not None
        parts = self._parts(term)
        if gather[0] in term.keys[0].sets:
            rest = term.keys[0].without(gather[0])
            parts.keys = (rest,) if rest.sets else ()
        parts.equal = [each for each in parts.equal if each[0] is not gather[0]]
        others = parts.joint
        sides = (position, *(pair.query for pair, _ in parts.queries))
        uniform = not others and all(map(self._is_uniform, sides))
        affine = self._facts.affine(position)
        plain = affine is not None and affine[0] in (1, -1) and not others and not parts.keys and not parts.queries

        def make() -> Ref:
            planner = self._planner
            if plain:
                assert affine is not None
                return planner.step("shifted", selections.shifted, affine[0], planner.linear(affine[1]))
            joint = tuple(self._condition(*each) for each in others)
            ref = planner.linear(position)
            ref = ref if uniform else planner.broadcast(ref)
            options: dict[str, Any] = {"uniform": True} if uniform else {}
            filters = self._filters(parts, uniform)
            return planner.step("position", selections.at_position, ref, joint, **filters, **options)

        needs = (*self._needs(parts), *(affine[1] if plain and affine is not None else position).terms)
        why = "one position a row" + (", shifted" if plain else ", checked" if others or parts.keys else "")
        return StrategyChoice("gather", why, "n", uniform, needs, make)

    def _joint(
        self, parts: _Parts, name: str, why: str, cost: str, kernel: Callable[..., Any], unique: bool = False
    ) -> StrategyChoice:
        def make() -> Ref:
            equal = tuple(self._condition(*each) for each in parts.equal)
            rest = [self._condition(*each) for each in (*parts.between, *parts.predicates)]
            options: dict[str, Any] = {**self._filters(parts, uniform=False), **({"unique": True} if unique else {})}
            return self._planner.step(name.split()[0], kernel, equal, *rest, **options)

        return StrategyChoice(name, f"{why}, one key each" if unique else why, cost, False, self._needs(parts), make)

    def _sliding(self, parts: _Parts) -> StrategyChoice:
        ((_, allowed),) = parts.between
        ends = _ends(allowed)

        def make() -> Ref:
            filters = self._filters(parts, uniform=False)
            return self._planner.step("sliding", selections.Sliding, *ends, **filters)

        name = "prefix sums" if None in ends else "band of positions"
        parts.between = []  # so that ``needs`` does not list the positions, which the kernel does not read
        return StrategyChoice(name, "positions next to the row's own", "n", False, self._needs(parts), make)

    def _window(self, parts: _Parts) -> StrategyChoice:
        ((pair, allowed),) = parts.between
        two = pair.kind == "int" and inf not in map(abs, allowed.intervals[0])
        inequality = "a band" if two else "one inequality"
        cost = "n" if self._is_position(pair) and not parts.equal else "n log n"
        if parts.equal:
            return self._joint(parts, "window in groups", f"{inequality} among equals", cost, selections.Window)
        return self._joint(parts, "band" if two else "sorted prefix", inequality, cost, selections.Window)

    def _dominance(self, parts: _Parts) -> StrategyChoice:
        parts.between.sort(key=lambda each: not self._is_position(each[0]))
        why = "two independent inequalities" + (" among equals" if parts.equal else "")
        return self._joint(parts, "wavelet matrix", why, "n log n", selections.Dominance)

    def _is_position(self, pair: Comparison) -> bool:
        return isinstance(pair.key, Linear) and list(pair.key.terms) == [build("indices")]

    def _tabled(self, parts: _Parts) -> StrategyChoice:
        why = "a predicate of few distinct values; blocks of pairs if they are many"
        return self._joint(parts, "table of values", why, "n + d²", selections.Tabled)

    # Fallback

    def _fallback(self, selector: Node, why: str) -> StrategyChoice:
        leaves = comparisons(selector)
        needs = tuple(dict.fromkeys(operand for leaf in leaves for operand in leaf.operands))

        def make() -> Ref:
            condition = self._tree(selector)
            what = f"the selector {self._planner.describer.part(selector)}"
            location = self._planner.graph.locations.get(selector)
            what = what if location is None else f"{what} ({location})"
            return self._planner.step("blocks", selections.Selection, (condition,), what=what)

        return StrategyChoice(FALLBACK, why, "n²", False, needs, make)

    def _tree(self, selector: Node) -> Ref:
        """Add the conditions of a selector without normalizing it."""
        parts = selector_parts(selector)
        leaves: dict[Node, tuple[Ref, bool]] = {part: self._leaf(part) for part in parts if isinstance(part, Select)}
        numbers = {leaf: number for number, leaf in enumerate(dict.fromkeys(leaf for leaf, _ in leaves.values()))}
        places: dict[Node, int] = {}
        steps: list[tuple[Any, ...]] = []
        for part in parts:
            leaf, negated = leaves.get(part, (None, False))
            if leaf is not None and not negated:
                places[part] = numbers[leaf]
                continue
            places[part] = len(numbers) + len(steps)
            if leaf is not None:
                steps.append(("not", numbers[leaf]))
            else:
                steps.append((part.operation.name.removeprefix("selector."), *(places[o] for o in part.operands)))
        if not steps:
            return next(iter(numbers))
        return self._planner.step("selector", conditions.Combined, tuple(numbers), tuple(steps))

    def _leaf(self, node: Select) -> tuple[Ref, bool]:
        """Add the condition of a comparison; return it, and whether it is the negation."""
        planner = self._planner
        if isinstance(node, SelectBy):
            return planner.predicate(node.key, node.query, node.function), False
        sides = planner.value(node.key), planner.broadcast(planner.value(node.query))
        if node.comparison in ("eq", "ne"):
            return planner.step("equal", conditions.equal, *sides), node.comparison == "ne"
        return planner.step("ordered", conditions.ordered, *sides, *_BOUNDS[node.comparison]), False


def _ends(allowed: IntSet) -> tuple[int | None, int | None]:
    """Return the ends of a single interval; ``None`` where it is unbounded."""
    ((low, high),) = allowed.intervals
    return (None if low == -inf else int(low)), (None if high == inf else int(high))


def _nodes(side: Node | Linear | None) -> tuple[Node, ...]:
    if side is None:
        return ()
    return tuple(side.terms) if isinstance(side, Linear) else (side,)


def _growth(cost: str) -> int:
    return ["1", "n", "n + d²", "n log n", "n²"].index(cost)
