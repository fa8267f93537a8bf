"""Construction of nodes in normal form: the builder folds each node that it makes."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, reduce
from math import inf
from typing import Any

from raspir.analysis import Analysis, Comparison, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.domains import LIMIT
from raspir.analysis.forms import MIRRORED
from raspir.analysis.selectors import Conjunct, Disjunction
from raspir.ir import Atom, Graph, GraphError, Node, build
from raspir.ir.atoms import atom_key
from raspir.ir.lazy import cached_property
from raspir.ir.operations import COMPARISONS, OPERATIONS
from raspir.ir.types import BOOL
from raspir.ir.typing import Attribute
from raspir.ir.views import Aggregate
from raspir.rewriting.columns import Columns
from raspir.rewriting.graphs import on_operands, uses_in

Row = Callable[["Builder", Any], Node | None]
"""A rule: a function from a node with folded operands to its rewrite, or ``None`` where the rule doesn't apply.

It is declared for the class of nodes that it takes, such as :class:`~raspir.ir.views.Where`.
"""

COMPLEMENT = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
"""The complement of each comparison; atoms are totally ordered among numbers and among strings."""

_DEFAULTS = {
    name: kinds["none"].default for name, each in OPERATIONS.items() if "none" in (kinds := dict(each.attributes))
}
"""How each operation treats ``None`` by default, if it has a choice."""

_NESTED = 60  # maximum nesting of rule applications


class NonterminationWarning(RuntimeWarning):
    """Rules that apply to their own results without end; the node stays as it was."""


class WorkError(Exception):
    """More work than allowed, which ends what takes it."""


class Builder:
    """A builder of folded nodes, with the facts about them.

    Args:
        analysis: the facts.
        graph: the graph to rewrite, if any.
        max_table: the maximum number of rows of a table in place of an opaque function.

    Attributes:
        uses: the use count of each node of the graph, by which rules avoid copying nodes with other users.
        built: the number of nodes folded so far, each time they were built, as a measure of work.
    """

    def rules(self, node: Node) -> Iterable[Row]:
        """Return the rules for ``node``, in the order in which they are tried."""
        return ()

    def __init__(self, analysis: Analysis, graph: Graph | None = None, max_table: int = LIMIT) -> None:
        self.facts = analysis
        self._max_table = max_table
        self.uses: Counter[Node] = Counter() if graph is None else uses_in(graph)
        self.built = 0
        self._most_built = inf
        self._folded: dict[Node, Node] = {}
        self._open: set[Node] = set()
        self._constants: dict[object, Node] = {}

    @contextmanager
    def limited(self, most: float) -> Iterator[None]:
        """Raise :class:`WorkError` as soon as more than ``most`` nodes have been built in this context."""
        before, self._most_built = self._most_built, self.built + most
        try:
            yield
        finally:
            self._most_built = before

    def __call__(self, name: str, /, *operands: Node, **attributes: Attribute) -> Node:
        """Return the folded node of operation ``name`` on ``operands``.

        Raises:
            GraphError: if the operands are ill-typed.
        """
        return self.fold(build(name, *operands, **attributes))

    def rebuilt(self, node: Node, operands: list[Node]) -> Node:
        """Return ``node`` rebuilt on ``operands`` and folded.

        Return ``node`` itself if the operand types show that the rebuilt node always fails.
        """
        moved = on_operands(node, operands)
        return node if moved is None else self.fold(moved)

    def using(
        self, aggregate: Aggregate, selector: Node | None = None, value: Node | None = None, score: Node | None = None
    ) -> Node:
        """Return ``aggregate`` rebuilt with some operands replaced, and folded."""
        parts = zip((selector, value, score), aggregate.operands, strict=False)
        return self.rebuilt(aggregate, [new or old for new, old in parts])

    def formula(self, aggregate: Aggregate) -> Disjunction | None:
        """Return the normal form of the selector of ``aggregate``."""
        return self.facts[aggregate.selector].formula

    def replaces(self, node: Node, new: Node) -> None:
        """Add the uses of ``node`` to those of its replacement ``new``."""
        if new is not node:
            self.uses[new] += self.uses[node]

    def fold(self, node: Node) -> Node:
        """Return the normal form of ``node``, whose operands must be folded.

        Raises:
            WorkError: if that takes more work than :meth:`limited` allows.
        """
        self.built += 1
        if self.built > self._most_built:
            raise WorkError
        found = self._folded.get(node)
        if found is None:
            if node in self._open or len(self._open) >= _NESTED:
                warnings.warn(
                    f"internal error: the rules for {node!r} do not terminate", NonterminationWarning, stacklevel=2
                )
                return node
            self._open.add(node)
            try:
                found = self._folded[node] = self._applied(node)
            finally:
                self._open.discard(node)
            self._folded.setdefault(found, found)
        return found

    def _applied(self, node: Node) -> Node:
        """Return the result of the first applicable rule, or ``node`` itself."""
        for rule in self.rules(node):
            try:
                new = rule(self, node)
            except GraphError:  # ill-typed replacement: the program fails there anyway
                continue
            if new is not None and new is not node:
                return new
        return node

    @cached_property
    def columns(self) -> Columns:
        """The columns of elementwise work on few atoms."""
        return Columns(self.facts, self._max_table)

    # Constants

    def const(self, value: Atom) -> Node:
        """Return the constant ``value``."""
        key = atom_key(value)
        if key not in self._constants:
            self._constants[key] = build("const", value=value)
        return self._constants[key]

    @cached_property
    def indices(self) -> Node:
        """The positions."""
        return build("indices")

    @cached_property
    def everything(self) -> Node:
        """The selector of all positions."""
        return build("select.eq", self.const(1), self.const(1))

    @cached_property
    def length(self) -> Node:
        """The number of positions, which costs a layer."""
        return self.facts.length

    # Integers

    def linear(self, form: Linear) -> Node:
        """Return an integer node that computes ``form``."""
        result: Node | None = None
        ordered = sorted(form.terms.items(), key=lambda item: item[1] < 0)
        for term, coefficient in ordered:
            part = self._multiple(term, abs(coefficient))
            if result is None:
                result = part if coefficient > 0 else build("neg", part)
            else:
                result = build("add" if coefficient > 0 else "sub", result, part)
        if result is None:
            return self.const(form.constant)
        if form.constant or BOOL in self.facts[result].domain.kinds:
            sign = "sub" if form.constant < 0 else "add"
            result = build(sign, result, self.const(abs(form.constant)))
        if result not in form.terms:  # a term that has not been folded must not pass for one that has
            self._folded.setdefault(result, result)
        return result

    def _multiple(self, term: Node, times: int) -> Node:
        """Return ``times · term`` for an integer term, by additions if a product could be too large."""
        if times == 1:
            return term
        if self.facts.multiplies(term, times):
            return build("mul", term, self.const(times))
        half = self._multiple(term, times // 2)
        twice = build("add", half, half)
        return build("add", twice, term) if times % 2 else twice

    def operations_of_multiple(self, term: Node, times: int) -> int:
        """Return how many operations ``times · term`` takes in :meth:`linear`, for an integer term."""
        taken = 0
        while times > 1 and not self.facts.multiplies(term, times):
            taken += 1 + times % 2
            times //= 2
        return taken + (times > 1)

    def side(self, form: Linear) -> Node:
        """Return a node that computes ``form`` for comparison only, where a boolean may stand for an integer."""
        return form.term if form.term is not None and not form.constant else self.linear(form)

    def plus(self, node: Node, constant: int) -> Node:
        """Return ``node + constant`` for an integer node."""
        return self.linear(self.facts.linear(node).plus(Linear({}, constant))) if constant else node

    def compare(self, form: Linear, comparison: str, bound: int = 0) -> Node:
        """Return ``form comparison bound`` as a boolean."""
        positive = Linear({t: c for t, c in form.terms.items() if c > 0})
        negative = Linear({t: -c for t, c in form.terms.items() if c < 0}, bound - form.constant)
        if not positive.terms and negative.terms:
            left, right = negative.without_constant(), Linear({}, -negative.constant)
            return self(MIRRORED[comparison], self.side(left), self.side(right))
        return self(comparison, self.side(positive), self.side(negative))

    def inside(self, form: Linear, allowed: IntSet) -> Node:
        """Return whether ``form`` lies in ``allowed``, as a boolean."""
        if len((~allowed).intervals) == 1 and (~allowed).single is not None:
            return self.compare(form, "ne", (~allowed).single or 0)
        result: Node = self.const(False)
        for low, high in allowed.intervals:
            if low == high:
                part = self.compare(form, "eq", int(low))
            else:
                part = self.const(True)
                if low != -inf:
                    part = self("and", part, self.compare(form, "ge", int(low)))
                if high != inf:
                    part = self("and", part, self.compare(form, "le", int(high)))
            result = self("or", result, part)
        return result

    def holds(self, sets: Mapping[Comparison, IntSet]) -> Node:
        """Return the conjunction of conditions on one position, as a boolean of that position.

        The position is the key's or the query's; conditions on opaque predicates are not supported.
        """
        result = self.const(True)
        for pair, allowed in sets.items():
            if isinstance(pair.key, Linear) and isinstance(pair.query, Linear):
                one = self.inside(pair.key.plus(pair.query, -1), allowed)
            elif pair.kind == "col":
                assert isinstance(pair.key, Node)
                truth = self("where", pair.key, self.const(True), self.const(False))
                one = truth if allowed == normal.TRUE else self("not", truth)
            else:
                assert isinstance(pair.key, Node)
                assert isinstance(pair.query, Node)
                one = self(outcome(allowed), pair.key, pair.query)
            result = self("and", result, one)
        return result

    def largest(self, a: Node, b: Node) -> Node:
        """Return the larger of two integers."""
        return a if a is b else self("where", self.compare(self.difference(a, b), "ge"), a, b)

    def smallest(self, a: Node, b: Node) -> Node:
        """Return the smaller of two integers."""
        return a if a is b else self("where", self.compare(self.difference(a, b), "le"), a, b)

    def difference(self, a: Node, b: Node) -> Linear:
        """Return the linear form of ``a - b``."""
        return self.facts.linear(a).plus(self.facts.linear(b), -1)

    # Selectors

    def selector(self, formula: Disjunction) -> Node:
        """Return the selector of ``formula``."""
        if not formula:
            return build("select.ne", self.const(1), self.const(1))
        return self._joined("selector.or", [self._clause(clause) for clause in formula])

    def _clause(self, clause: Conjunct) -> Node:
        parts = [self._condition(pair, allowed) for pair, allowed in clause.sets.items()]
        return self._joined("selector.and", parts) if parts else self.everything

    def _joined(self, operation: str, parts: list[Node]) -> Node:
        return reduce(partial(build, operation), parts)

    def _condition(self, pair: Comparison, allowed: IntSet) -> Node:
        if isinstance(pair.key, Linear) and isinstance(pair.query, Linear):
            return self._difference(self.side(pair.key), pair.query, allowed)
        assert isinstance(pair.key, Node)
        if pair.kind == "col":
            test = pair.key
            if not self.facts[test].domain.boolean:
                test = self("where", test, self.const(True), self.const(False))
            return build("select.eq", test, self.const(allowed == normal.TRUE))
        assert isinstance(pair.query, Node)
        if pair.kind == "by":
            selected = build("select.by", pair.key, pair.query, function=pair.function)
            return selected if allowed == normal.TRUE else build("selector.not", selected)
        return build(f"select.{outcome(allowed)}", pair.key, pair.query)

    def _difference(self, key: Node, query: Linear, allowed: IntSet) -> Node:
        """Return the selector of ``key - query in allowed``."""

        def select(comparison: str, bound: int | float) -> Node:
            return build(f"select.{comparison}", key, self.side(query.plus(Linear({}, int(bound)))))

        missing = (~allowed).single
        if missing is not None:
            return select("ne", missing)
        parts = []
        for low, high in allowed.intervals:
            ends = []
            if low == high:
                ends = [select("eq", low)]
            else:
                ends += [] if low == -inf else [select("gt", 0) if low == 1 else select("ge", low)]
                ends += [] if high == inf else [select("lt", 0) if high == -1 else select("le", high)]
            parts.append(self._joined("selector.and", ends))
        return self._joined("selector.or", parts)


def has_default_none(node: Node) -> bool:
    """Return whether ``node`` treats ``None`` as its operation does by default; if not, only few rules apply to it."""
    default = _DEFAULTS.get(node.operation.name)
    return default is None or node.attributes[-1] == default


def outcome(allowed: IntSet) -> str:
    """Return the comparison with the outcomes ``allowed``, out of -1, 0 and 1."""
    for comparison in COMPARISONS:
        if IntSet.where(comparison) & normal.OUTCOMES["cmp"] == allowed:
            return comparison
    raise AssertionError(allowed)
