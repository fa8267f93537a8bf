"""Aggregates by classes, where they depend on an aggregate whose query has few atoms.

An aggregate whose query has few atoms is a choice by that query among aggregates that do not depend on it: how often
the own token occurs is how often "a" occurs where the token is "a", and so on. This form is as deep, but over one class
of positions only one of these is met, which is often the same everywhere, or a running count of the class.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import islice
from math import prod

from raspir.ir import Atom, Node
from raspir.ir.views import Aggregate, Best, Elementwise, Sum
from raspir.ir.walks import preorder
from raspir.passes.depth.cones import read_at_keys
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.passes.depth.split import Split, substituted
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import all_or_none

_CONE = 64  # values between the sum and the aggregates


def by_query(search: Search, aggregate: Aggregate) -> tuple[Node, Split] | None:
    """Return ``aggregate`` as a choice among aggregates whose queries are computed from the position alone.

    Also return the values that decide the choice, and the answers. ``None`` if there are too many, or none.
    """
    key = ("by query", aggregate)
    if key not in search.memo:
        split = Split(search, lambda query: not search.facts[query].position_computable)
        chosen = split.chosen(aggregate)
        search.memo[key] = (chosen, split) if chosen is not None and split.values else None
    found: tuple[Node, Split] | None = search.memo[key]
    return found


@dataclass(frozen=True)
class _Class:
    """What an aggregate is over one class of positions.

    Attributes:
        selector: the selector, restricted to the class.
        operands: the value, and the score if any.
    """

    selector: Node
    operands: list[Node]


def sum_by_classes(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum over each class of positions by itself."""
    classes = _classes(search, aggregate) if search.adds_integers(aggregate) else None
    if classes is not None:
        algebra = search.algebra
        yield reduce(partial(algebra, "add"), [algebra("sum", c.selector, c.operands[0], default=0) for c in classes])


def best_by_classes(search: Search, aggregate: Best) -> Iterator[Node]:
    """Compare the best positions of all classes."""
    classes = _classes(search, aggregate) if _is_integral(search, aggregate.score) else None
    if classes is None:
        return
    algebra = search.algebra
    candidates = [_Candidate.of(algebra, aggregate, each) for each in classes]
    if not all(_is_integral(search, each.score) for each in candidates):
        return
    # Positions of the same score need not be compared where they have the same value.
    by_place = not _have_value_of_score(classes)
    found = reduce(lambda best, each: best.or_better(algebra, aggregate, each, by_place), candidates)
    yield algebra("where", found.exists, found.value, algebra.const(aggregate.default))


def _is_integral(search: Search, node: Node) -> bool:
    return search.facts[node].domain.integral


def _have_value_of_score(classes: list[_Class]) -> bool:
    """Return whether the value is the score in each class."""
    return all(each.operands[0] is each.operands[1] for each in classes)


@dataclass(frozen=True)
class _Candidate:
    """The best position of some classes: whether there is one, its score, its place and its value."""

    exists: Node
    score: Node
    place: Node
    value: Node

    @staticmethod
    def of(algebra: Algebra, aggregate: Best, each: _Class) -> _Candidate:
        """Return the best position of one class."""
        value, score = each.operands

        def best(node: Node, default: Atom) -> Node:
            return algebra("best", each.selector, node, score, **{**aggregate.named_attributes, "default": default})

        def chosen(node: Node) -> Node:  # where there is one
            return node if algebra.facts[node].uniform else best(node, _some_atom(algebra, node))

        return _Candidate(best(algebra.const(True), False), chosen(score), chosen(algebra.indices), chosen(value))

    def or_better(self, algebra: Algebra, aggregate: Best, other: _Candidate, by_place: bool) -> _Candidate:
        """Return the better of both, by score and then, if need be, by place."""
        highest, left = aggregate.pick == "highest", aggregate.ties == "left"
        better = algebra("gt" if highest else "lt", other.score, self.score)
        if by_place:
            ahead = algebra("lt" if left else "gt", other.place, self.place)
            better = algebra("or", better, algebra("and", algebra("eq", other.score, self.score), ahead))
        better = algebra("and", other.exists, algebra("or", algebra("not", self.exists), better))

        def chosen(new: Node, old: Node) -> Node:
            return algebra("where", better, new, old)

        return _Candidate(
            algebra("or", self.exists, other.exists), chosen(other.score, self.score),
            chosen(other.place, self.place), chosen(other.value, self.value),
        )  # fmt: skip


def _some_atom(algebra: Algebra, node: Node) -> Atom:
    """Return an atom of the kind of ``node``, as the default of what is found wherever it is used."""
    domain = algebra.facts[node].domain
    return domain.atoms[0] if domain.atoms else 0


def _classes(search: Search, aggregate: Aggregate) -> list[_Class] | None:
    """Return what ``aggregate`` is over each class of positions, by what decides the aggregates on which it depends.

    ``None`` if these do not depend on a value of few atoms, or if it could fail.
    """
    deepest = search.layer(aggregate) - 1
    if deepest < 1:
        return None
    inner = _inner(search, [root for root in read_at_keys(aggregate) if search.layer(root) == deepest], deepest)
    forms = all_or_none(by_query(search, each) for each in inner or ())
    if not inner or forms is None:
        return None
    atoms: dict[Node, Sequence[Atom]] = {}
    for _, split in forms:
        atoms.update(split.values)
    if prod(map(len, atoms.values())) > search.limits.max_heads or not all(map(_distinguishes_all, atoms.values())):
        return None
    splits = [split for _, split in forms]

    def of_class(known: Mapping[Node, Atom]) -> _Class | None:
        answers = [split.answer(each, known) for each, split in zip(inner, splits, strict=True)]
        return _of_class(search, aggregate, known, dict(zip(inner, answers, strict=True)))

    return all_or_none(of_class(dict(zip(atoms, each, strict=True))) for each in itertools.product(*atoms.values()))


def _distinguishes_all(atoms: Sequence[Atom]) -> bool:
    """Return whether comparison distinguishes all atoms, unlike ``1 == True``."""
    return len(set(atoms)) == len(atoms)


def _inner(search: Search, roots: list[Node], deepest: int) -> list[Aggregate] | None:
    """Return the aggregates that are not uniform in that layer from which elementwise maps compute ``roots``.

    ``None`` if there are too many values in between.
    """
    found: list[Aggregate] = []

    def parts(node: Node) -> tuple[Node, ...]:
        if search.facts[node].uniform:
            return ()
        if isinstance(node, Aggregate):
            found.append(node)
        return tuple(each for each in node.operands if search.layer(each) == deepest and isinstance(node, Elementwise))

    visited = sum(1 for _ in islice(preorder(roots, parts), _CONE + 1))
    return found if visited <= _CONE else None


def _of_class(
    search: Search, aggregate: Aggregate, atoms: Mapping[Node, Atom], answers: Mapping[Aggregate, Node]
) -> _Class | None:
    """Return the operands over the positions where the deciding values are ``atoms``; ``None`` if they could fail.

    There, the aggregates have these ``answers``.
    """
    algebra = search.algebra
    known: dict[Node, Node | None] = {node: algebra.const(atom) for node, atom in atoms.items()}
    known.update(answers.items())

    def at_key(root: Node) -> Node | None:
        return substituted(search, root, known)

    operands = all_or_none(map(at_key, aggregate.operands[1:]))
    selector = with_sides(algebra, aggregate.selector, at_key, lambda query: query, meets=False)
    if operands is None or selector is None:
        return None
    for node, atom in atoms.items():
        selector = algebra("selector.and", selector, algebra("select.eq", node, algebra.const(atom)))
    return _Class(selector, operands)


RULES: Rules = (
    Rule(
        "sum by classes",
        "sum(s, v(count[x])) = sum(s & x = c1, v(count of c1)) + sum(s & x = c2, …) + …",
        Sum,
        sum_by_classes,
        max_nesting=2,
        by_cases=True,
    ),
    Rule(
        "best by classes",
        "best(s, v, count[x]) = the best of best(s & x = c1, v, count of c1), best(s & x = c2, v, …), …",
        Best,
        best_by_classes,
        max_nesting=2,
        by_cases=True,
    ),
)
