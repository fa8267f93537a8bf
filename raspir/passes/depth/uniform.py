"""Rule 5: hoisting of uniform and query-only values out of attention."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Linear
from raspir.ir import Node
from raspir.passes.depth.aggregates import Aggregate
from raspir.passes.depth.search import Rule, Search
from raspir.rewriting.algebra import Algebra


def query_condition(search: Search, node: Node) -> Iterator[Node]:
    """Move conditions on the query alone out of the selector."""
    aggregate = Aggregate.of(node, search.algebra)
    if aggregate is None or not aggregate.formula:
        return
    shared = dict(aggregate.formula[0].sets)
    for clause in aggregate.formula[1:]:
        shared = {pair: allowed for pair, allowed in shared.items() if clause.sets.get(pair) == allowed}
    outside = {
        pair: allowed
        for pair, allowed in shared.items()
        if pair.kind in ("int", "cmp") and search.facts.of_queries(pair)
    }
    if not outside:
        return
    rest = tuple(clause.without(*outside) for clause in aggregate.formula)
    inner = aggregate.using(search.algebra.selector(rest))
    if search.facts[inner].total:
        yield search.algebra("where", search.algebra.holds(outside), inner, search.algebra.const(aggregate.default))


def uniform_choice(search: Search, node: Node) -> Iterator[Node]:
    """Choose after the aggregate if the value is chosen by a uniform condition."""
    aggregate = Aggregate.of(node, search.algebra)
    if aggregate is None or aggregate.value.operation.name != "where":
        return
    test, a, b = aggregate.value.operands
    if search.facts[test].uniform:
        branches = [aggregate.using(value=branch) for branch in (a, b)]
        if all(search.facts[branch].total for branch in branches):
            yield search.algebra("where", test, *branches)


def uniform_terms(search: Search, node: Node) -> Iterator[Node]:
    """Add uniform terms and multiply by uniform factors after the sum instead of before it."""
    aggregate = Aggregate.of(node, search.algebra)
    if aggregate is None or not search.adds_integers(aggregate):
        return
    algebra, facts = search.algebra, search.facts
    total = Linear({})
    moved = False
    form = facts.linear(aggregate.value)
    uniform = form.only(term for term in form.terms if facts[term].uniform)
    rest = form.plus(uniform, -1)
    for term, coefficient in uniform.terms.items():
        total = total.plus(facts.linear(_times(algebra, term, _count(aggregate))), coefficient)
        moved = True
    for term, coefficient in rest.terms.items():
        factor, other = _factors(search, term)
        if factor is not None:
            total = total.plus(facts.linear(_times(algebra, factor, aggregate.using(value=other))), coefficient)
            rest = rest.plus(Linear({term: coefficient}), -1)
            moved = True
    if moved:
        if rest.terms or rest.constant:
            total = total.plus(facts.linear(aggregate.using(value=algebra.linear(rest))))
        yield algebra.linear(total)


def _count(aggregate: Aggregate) -> Node:
    return aggregate.using(value=aggregate.algebra.const(1))


def _times(algebra: Algebra, a: Node, b: Node) -> Node:
    return algebra("mul", a, b)


def _factors(search: Search, term: Node) -> tuple[Node | None, Node]:
    """Return a uniform factor of a product and the other factor, or ``None`` if there is none."""
    if term.operation.name == "mul":
        a, b = term.operands
        integral = all(search.facts[operand].domain.kinds is search.facts[term].domain.kinds for operand in (a, b))
        for factor, other in ((a, b), (b, a)):
            if integral and search.facts[factor].uniform:
                return factor, other
    return None, term


def uniform_best(search: Search, node: Node) -> Iterator[Node]:
    """best(s, u) = u where s selects anything, for uniform u."""
    aggregate = Aggregate.of(node, search.algebra)
    if aggregate is None or not search.facts[aggregate.value].uniform:
        return
    if aggregate.kind != "best" and not search.facts.at_most_one(aggregate.selector):
        return
    algebra = search.algebra
    count = algebra("sum", aggregate.selector, algebra.const(1), default=0)
    yield algebra("where", algebra("gt", count, algebra.const(0)), aggregate.value, algebra.const(aggregate.default))


def score_without_uniform(search: Search, node: Node) -> Iterator[Node]:
    """best(s, v, score + u) = best(s, v, score) for integers and uniform u."""
    aggregate = Aggregate.of(node, search.algebra)
    if aggregate is None or aggregate.kind != "best" or not search.facts[node.operands[2]].domain.integral:
        return
    form = search.facts.linear(node.operands[2])
    kept = form.only(term for term in form.terms if not search.facts[term].uniform)
    if kept != form:
        yield aggregate.using(score=search.algebra.side(kept))


RULES = (
    Rule("condition on the query", "agg(s & c(i), v, d) = where(c, agg(s, v, d), d)", query_condition),
    Rule("uniform condition", "agg(s, where(u, a, b)) = where(u, agg(s, a), agg(s, b))", uniform_choice),
    Rule("uniform term", "sum(s, u * v + w) = u * sum(s, v) + sum(s, w)", uniform_terms),
    Rule("uniform value", "best(s, u, d) = where(width(s) > 0, u, d)", uniform_best),
    Rule("uniform score", "best(s, v, score + u) = best(s, v, score)", score_without_uniform),
)
