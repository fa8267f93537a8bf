"""Hoisting of uniform values out of attention."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Linear
from raspir.ir import Node
from raspir.ir.views import Aggregate, Best, Sum, Where
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.algebra import Algebra


def uniform_choice(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Choose after the aggregate if the value is chosen by a uniform condition."""
    choice = aggregate.value
    if isinstance(choice, Where) and search.facts[choice.condition].uniform:
        branches = [search.algebra.using(aggregate, value=branch) for branch in (choice.a, choice.b)]
        if all(search.facts[branch].total for branch in branches):
            yield search.algebra("where", choice.condition, *branches)


def uniform_terms(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Add uniform terms and multiply by uniform factors after the sum instead of before it."""
    if not search.adds_integers(aggregate):
        return
    algebra, facts = search.algebra, search.facts
    total = Linear({})
    moved = False
    form = facts.linear(aggregate.value)
    uniform = form.only(term for term in form.terms if facts[term].uniform)
    rest = form.plus(uniform, -1)
    for term, coefficient in uniform.terms.items():
        total = total.plus(facts.linear(_times(algebra, term, _count(algebra, aggregate))), coefficient)
        moved = True
    for term, coefficient in rest.terms.items():
        factor, other = _factors(search, term)
        if factor is not None:
            inner = algebra.using(aggregate, value=other)
            total = total.plus(facts.linear(_times(algebra, factor, inner)), coefficient)
            rest = rest.plus(Linear({term: coefficient}), -1)
            moved = True
    if moved:
        if rest.terms or rest.constant:
            total = total.plus(facts.linear(algebra.using(aggregate, value=algebra.linear(rest))))
        yield algebra.linear(total)


def _count(algebra: Algebra, aggregate: Sum) -> Node:
    return algebra.using(aggregate, value=algebra.const(1))


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


def uniform_best(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """best(s, u) = u where s selects anything, for uniform u."""
    if not search.facts[aggregate.value].uniform:
        return
    if not isinstance(aggregate, Best) and not search.facts.at_most_one(aggregate.selector):
        return
    algebra = search.algebra
    count = algebra("sum", aggregate.selector, algebra.const(1), default=0)
    yield algebra("where", algebra("gt", count, algebra.const(0)), aggregate.value, algebra.const(aggregate.default))


def score_without_uniform(search: Search, aggregate: Best) -> Iterator[Node]:
    """best(s, v, score + u) = best(s, v, score) for integers and uniform u."""
    if not search.facts[aggregate.score].domain.integral:
        return
    form = search.facts.linear(aggregate.score)
    kept = form.only(term for term in form.terms if not search.facts[term].uniform)
    if kept != form:
        yield search.algebra.using(aggregate, score=search.algebra.side(kept))


RULES: Rules = (
    Rule("uniform condition", "agg(s, where(u, a, b)) = where(u, agg(s, a), agg(s, b))", Aggregate, uniform_choice),
    Rule("uniform term", "sum(s, u * v + w) = u * sum(s, v) + sum(s, w)", Sum, uniform_terms),
    Rule("uniform value", "best(s, u, d) = where(width(s) > 0, u, d)", Aggregate, uniform_best),
    Rule("uniform score", "best(s, v, score + u) = best(s, v, score)", Best, score_without_uniform),
)
