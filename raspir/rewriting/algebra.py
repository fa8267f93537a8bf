"""Building nodes with the algebra applied: each rule is a row of a table, a pattern with what it becomes.

Every rule keeps values exactly, with their types, on all inputs on which what it replaces yields any.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from math import inf

from raspir.analysis import Analysis, IntSet, Linear, Pair
from raspir.analysis import selectors as normal
from raspir.analysis.facts import clause_of
from raspir.analysis.forms import MIRRORED
from raspir.analysis.selectors import Clause, Formula
from raspir.ir import Atom, Graph, GraphError, Node, build
from raspir.ir.atoms import atom_key
from raspir.ir.lazy import cached_property
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import BOOL, INT
from raspir.ir.typing import Attribute
from raspir.rewriting.columns import Columns
from raspir.rewriting.graphs import on_operands, uses_in

Row = Callable[["Algebra", Node], Node | None]
"""Takes a node whose operands are folded and returns what it becomes, or ``None`` where the rule does not apply."""

COMPLEMENT = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
"""The comparison that holds where another does not: atoms are totally ordered among numbers and among strings."""


_NESTED = 60  # rules applied within rules, one after the other
_CHOICES = 12  # choices that a comparison is moved into, where moving it may copy them or nests rules

_SMALL = 2**20
"""Means of integers up to this, over any input that fits a memory, are exact to less than a half when multiplied up."""


class Algebra:
    """Makes folded nodes, and knows the facts about them.

    Args:
        analysis: the facts.
        graph: the graph that is rewritten, if one is.

    Attributes:
        uses: how often each node of the graph is used; rules keep what else is used, so they look before they copy it.
    """

    def __init__(self, analysis: Analysis, graph: Graph | None = None) -> None:
        self.facts = analysis
        self.uses: Counter[Node] = Counter() if graph is None else uses_in(graph)
        self._folded: dict[Node, Node] = {}
        self._open: set[Node] = set()
        self._constants: dict[object, Node] = {}

    def __call__(self, name: str, /, *operands: Node, **attributes: Attribute) -> Node:
        """Return the folded node of operation ``name`` on ``operands``.

        Raises:
            GraphError: if the operands' types are impossible.
        """
        return self.fold(build(name, *operands, **attributes))

    def rebuilt(self, node: Node, operands: list[Node]) -> Node:
        """Return the folded node that does with ``operands`` what ``node`` does with its own.

        Where what is known of the operands shows that this always fails, that is ``node`` itself.
        """
        moved = on_operands(node, operands)
        return node if moved is None else self.fold(moved)

    def replaces(self, node: Node, new: Node) -> None:
        """Count the uses of ``node`` as uses of ``new``, which takes its place."""
        if new is not node:
            self.uses[new] += self.uses[node]

    def fold(self, node: Node) -> Node:
        """Return what ``node`` becomes by the rules; its operands must be folded."""
        found = self._folded.get(node)
        if found is None:
            if node in self._open or len(self._open) >= _NESTED:
                warnings.warn(
                    f"internal fault: the rules for {node!r} lead on without end", RuntimeWarning, stacklevel=2
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
        """Return what the first rule that applies makes of ``node``, or ``node`` itself."""
        for rule in RULES.get(node.operation.name, ()):
            try:
                new = rule(self, node)
            except GraphError:  # the operands' kinds allow no such node, so the program fails there anyway
                continue
            if new is not None and new is not node:
                return new
        return node

    @cached_property
    def columns(self) -> Columns:
        """What elementwise work makes of few atoms."""
        return Columns(self.facts)

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
        """The selector that selects all positions."""
        return build("select.eq", self.const(1), self.const(1))

    @cached_property
    def length(self) -> Node:
        """The number of positions, which takes a layer."""
        return self.facts.length

    # Integers

    def linear(self, form: Linear) -> Node:
        """Return an integer node of the value of ``form``."""
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
        """Return ``times · term`` for an integer term: by additions where a product could be too large."""
        if times == 1:
            return term
        if self.facts.multiplies(term, times):
            return build("mul", term, self.const(times))
        half = self._multiple(term, times // 2)
        twice = build("add", half, half)
        return build("add", twice, term) if times % 2 else twice

    def side(self, form: Linear) -> Node:
        """Return a node of the value of ``form`` that is only compared: a boolean may stand for an integer."""
        ((term, coefficient),) = form.terms.items() if len(form.terms) == 1 else ((None, 0),)
        return term if term is not None and coefficient == 1 and not form.constant else self.linear(form)

    def plus(self, node: Node, constant: int) -> Node:
        """Return ``node + constant`` for an integer node."""
        return self.linear(self.facts.linear(node).plus(Linear({}, constant))) if constant else node

    def compare(self, form: Linear, comparison: str, bound: int = 0) -> Node:
        """Return whether ``form comparison bound``, as a boolean."""
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

    def holds(self, sets: Mapping[Pair, IntSet]) -> Node:
        """Return whether all of some conditions hold, as a boolean of the position that all depend on alone.

        That is the key's or the query's; no condition may ask an opaque predicate.
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

    def selector(self, formula: Formula) -> Node:
        """Return a selector of what ``formula`` selects."""
        if not formula:
            return build("select.ne", self.const(1), self.const(1))
        return self._joined("selector.or", [self._clause(clause) for clause in formula])

    def _clause(self, clause: Clause) -> Node:
        parts = [self._condition(pair, allowed) for pair, allowed in clause.sets.items()]
        return self._joined("selector.and", parts) if parts else self.everything

    def _joined(self, operation: str, parts: list[Node]) -> Node:
        result = parts[0]
        for part in parts[1:]:
            result = build(operation, result, part)
        return result

    def _condition(self, pair: Pair, allowed: IntSet) -> Node:
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


def outcome(allowed: IntSet) -> str:
    """Return the comparison whose outcomes -1, 0 and 1 are ``allowed``."""
    for comparison in COMPARISONS:
        if IntSet.where(comparison) & normal.OUTCOMES["cmp"] == allowed:
            return comparison
    raise AssertionError(allowed)


# Each rule below is one row: what it looks for, and what that is equal to.


def _constant(algebra: Algebra, node: Node) -> Node | None:
    """A value that can only be one atom is that atom."""
    single = algebra.facts[node].domain.single
    return None if single is None else algebra.const(single)


def _table(algebra: Algebra, node: Node) -> Node | None:
    """map(f, x) = lookup(x) for x among few atoms, on none of which f fails; a constant where f makes all the same."""
    table = {atom_key(atom): (atom, value) for atom, value in algebra.columns.table(node) or ()}
    if not table:
        return None
    keys, values = zip(*table.values(), strict=True)
    if len(set(map(atom_key, values))) == 1:
        return algebra.const(values[0])
    return algebra("lookup", node.operands[0], keys=keys, values=values, otherwise=values[0])


def _identity_table(algebra: Algebra, node: Node) -> Node | None:
    """lookup(x) = x where every atom that x can be stands beside itself."""
    operand = node.operands[0]
    outcomes = algebra.facts.outcomes(node, [algebra.facts[operand].domain])
    if outcomes is None:
        return None
    same = all(atom_key(a) == atom_key(b) for (a,), b in zip(*outcomes, strict=True))
    return operand if same else None


def _sum(algebra: Algebra, node: Node) -> Node | None:
    """A sum of integers is its linear form, where that takes fewer operations: x + 1 - 1 = x."""
    if not all(algebra.facts[operand].domain.integral for operand in node.operands):
        return None
    form = algebra.facts.linear(node)
    if form.is_term(node):
        return None
    short = _operations(form)
    return algebra.linear(form) if short < _additions(algebra, node, short) else None


def _operations(form: Linear) -> int:
    """Return how many operations a linear form takes."""
    negative = bool(form.terms) and all(c < 0 for c in form.terms.values())
    scaled = sum(abs(c) != 1 for c in form.terms.values())
    return max(len(form.terms) - 1, 0) + scaled + negative + (form.constant != 0 and bool(form.terms))


def _additions(algebra: Algebra, node: Node, enough: int) -> int:
    """Count the additions that lead to ``node``, up to one more than ``enough``."""
    seen: set[Node] = set()
    stack = [node]
    while stack and len(seen) <= enough:
        top = stack.pop()
        if top not in seen and not algebra.facts.linear(top).is_term(top) and top.operands:
            seen.add(top)
            stack.extend(top.operands)
    return len(seen)


def _masked(algebra: Algebra, node: Node) -> Node | None:
    """x * b = where(b, x, 0) for integers x and booleans b."""
    a, b = node.operands
    for number, test in ((a, b), (b, a)):
        if algebra.facts[test].domain.boolean and algebra.facts[number].domain.integral:
            if algebra.facts[number].domain.kinds is not INT:
                number = algebra.linear(algebra.facts.linear(number))
            return algebra("where", test, number, algebra.const(0))
    return None


def _power(algebra: Algebra, node: Node) -> Node | None:
    """x ** 2 = x * x and x ** 3 = x * x * x for integers x."""
    a, b = node.operands
    exponent = algebra.facts[b].domain.single
    if type(exponent) is not int or exponent not in (2, 3) or algebra.facts[a].domain.kinds is not INT:
        return None
    square = algebra("mul", a, a)
    return square if exponent == 2 else algebra("mul", square, a)


def _unit(algebra: Algebra, node: Node) -> Node | None:
    """x // 1 = x and x ** 1 = x for integers x."""
    a, b = node.operands
    domain = algebra.facts[b].domain
    fits = domain.single == 1 and type(domain.single) is int and algebra.facts[a].domain.kinds is INT
    return a if fits else None


def _compared_to_itself(algebra: Algebra, node: Node) -> Node | None:
    """x == x, x <= x and x >= x are true and the others false, as no atom is NaN."""
    a, b = node.operands
    return algebra.const(node.operation.name in ("eq", "le", "ge")) if a is b else None


def _bounded(algebra: Algebra, node: Node) -> Node | None:
    """A comparison of integers whose difference has bounds that decide it."""
    a, b = node.operands
    if not (algebra.facts[a].domain.integral and algebra.facts[b].domain.integral):
        return None
    form = algebra.difference(a, b)
    possible = IntSet([algebra.facts.bounds(form)])
    allowed = IntSet.where(node.operation.name)
    if possible <= allowed:
        return algebra.const(True)
    if not possible & allowed:
        return algebra.const(False)
    if not form.terms:
        return None
    taken = sum(_additions(algebra, side, 8) for side in (a, b))
    return algebra.compare(form, node.operation.name) if _operations(form) + 1 < taken + 1 else None


def _constant_last(algebra: Algebra, node: Node) -> Node | None:
    """3 < x is x > 3."""
    a, b = node.operands
    if a.operation.name == "const" and b.operation.name != "const":
        return algebra(MIRRORED[node.operation.name], b, a)
    return None


def _truth(algebra: Algebra, node: Node) -> Node | None:
    """x == True is x and x == False is ~x, for booleans x."""
    a, b = node.operands
    single = algebra.facts[b].domain.single
    equality = node.operation.name in ("eq", "ne")
    if type(single) is not bool or not equality or not algebra.facts[a].domain.boolean:
        return None
    return a if single == (node.operation.name == "eq") else algebra("not", a)


def _compared_choice(algebra: Algebra, node: Node) -> Node | None:
    """where(c, a, b) == k is where(c, a == k, b == k), if that decides a branch and no branch fails unchosen.

    A chain of choices is followed as far as one branch of each is decided. What something else uses too stays as it
    is, so there both branches must be decided, or the whole would be copied for each comparison.
    """
    rest, constant = node.operands
    if rest.operation.name != "where" or constant.operation.name != "const" or algebra.facts[rest].choices > _CHOICES:
        return None
    levels: list[tuple[Node, Node | None, Node | None]] = []
    while rest.operation.name == "where" and (algebra.uses[rest] == 1 or len(levels) < _CHOICES):
        condition, *branches = rest.operands
        if not all(algebra.facts.succeeds(node, [branch, constant]) for branch in branches):
            break
        left, right = (
            _outcome(algebra, build(node.operation.name, branch, constant), condition, chosen)
            for branch, chosen in zip(branches, (True, False), strict=True)
        )
        shared = algebra.uses[rest] > 1
        if (left is None or right is None) if shared else (left is None and right is None):
            break
        levels.append((condition, left, right))
        if left is not None and right is not None:
            break
        rest = branches[0] if left is None else branches[1]
    if not levels:
        return None
    result = algebra(node.operation.name, rest, constant) if None in levels[-1] else node  # which then is not used
    for condition, left, right in reversed(levels):
        result = algebra("where", condition, left or result, right or result)
    return result


def _outcome(algebra: Algebra, test: Node, condition: Node, holds: bool) -> Node | None:
    """Return the outcome of ``test``, if domains or bounds decide it, or that ``condition`` holds or does not."""
    if test is condition:
        return algebra.const(holds)
    if COMPLEMENT[test.operation.name] == condition.operation.name and test.operands == condition.operands:
        return algebra.const(not holds)
    for rule in (_constant, _compared_to_itself, _bounded):
        found = rule(algebra, test)
        if found is not None:
            return found if found.operation.name == "const" else None
    return None


def _not(algebra: Algebra, node: Node) -> Node | None:
    """~~x = x, and ~(a < b) is a >= b, for booleans."""
    (a,) = node.operands
    if not algebra.facts[a].domain.boolean:
        return None
    if a.operation.name == "not":
        return a.operands[0] if algebra.facts[a.operands[0]].domain.boolean else None
    if a.operation.name in COMPLEMENT:
        return algebra(COMPLEMENT[a.operation.name], *a.operands)
    return None


def _and_or(algebra: Algebra, node: Node) -> Node | None:
    """x & True = x, x & False = False, x & x = x, x & ~x = False, and the like for |, for booleans."""
    if not all(algebra.facts[operand].domain.boolean for operand in node.operands):
        return None
    a, b = node.operands
    neutral = node.operation.name == "and"
    for one, other in ((a, b), (b, a)):
        single = algebra.facts[one].domain.single
        if single is not None:
            return other if single is neutral else one
        negated = COMPLEMENT.get(one.operation.name) == other.operation.name and one.operands == other.operands
        if negated or (one.operation.name == "not" and one.operands[0] is other):
            return algebra.const(not neutral)
    return a if a is b else None


def _choice(algebra: Algebra, node: Node) -> Node | None:
    """A choice that is made already, that makes no difference, or that its condition already says."""
    condition, a, b = node.operands
    known = algebra.facts[condition].domain.atoms
    if known is not None and len({bool(atom) for atom in known}) == 1:
        return a if known[0] else b
    if a is b:
        return a
    if condition.operation.name == "not" and algebra.facts[condition].domain.boolean:
        return algebra("where", condition.operands[0], b, a)
    if a.operation.name == "where" and a.operands[0] is condition:
        return algebra("where", condition, a.operands[1], b)
    if b.operation.name == "where" and b.operands[0] is condition:
        return algebra("where", condition, a, b.operands[2])
    return None


def _boolean_choice(algebra: Algebra, node: Node) -> Node | None:
    """where(c, True, x) = c | x, where(c, x, False) = c & x, and their negations, for booleans."""
    if not all(algebra.facts[operand].domain.boolean for operand in node.operands):
        return None
    condition, a, b = node.operands
    if algebra.facts[a].domain.single is True:
        return algebra("or", condition, b)
    if algebra.facts[b].domain.single is False:
        return algebra("and", condition, a)
    if algebra.facts[a].domain.single is False:
        return algebra("and", algebra("not", condition), b)
    if algebra.facts[b].domain.single is True:
        return algebra("or", algebra("not", condition), a)
    return None


def _default(algebra: Algebra, node: Node) -> Node | None:
    """An aggregate that never selects is its default."""
    if algebra.facts.selects_none(node.operands[0]):
        default = node["default"]
        assert not isinstance(default, tuple | None)
        return algebra.const(default)
    return None


def _rounded_mean(algebra: Algebra, node: Node) -> Node | None:
    """round(mean(s, v) * width(s)) = sum(s, v) for small integers v."""
    (product,) = node.operands
    if product.operation.name != "mul":
        return None
    for mean, width in (product.operands, product.operands[::-1]):
        if mean.operation.name != "mean" or not _is_width(algebra, mean.operands[0], width):
            continue
        selector, value = mean.operands
        domain, default = algebra.facts[value].domain, mean["default"]
        small = domain.integral and max(abs(domain.low), abs(domain.high)) <= _SMALL
        if small and not isinstance(default, str | tuple | None) and default not in (inf, -inf):
            integers = value if domain.kinds is INT else algebra("add", value, algebra.const(0))
            return algebra("sum", selector, integers, default=0)
    return None


def _is_width(algebra: Algebra, selector: Node, width: Node) -> bool:
    """Tell whether ``width`` is the number of positions that each row of ``selector`` selects."""
    if not algebra.facts[width].domain.integral:
        return False
    form = algebra.facts.linear(width)
    if form == algebra.facts.linear(build("sum", selector, algebra.const(1), default=0)):
        return True
    formula = algebra.facts[selector].formula
    clause = clause_of(formula)
    if clause is None or len(clause.sets) > 1:
        return False
    for pair, allowed in clause.sets.items():
        up_to = [IntSet.where("lt"), IntSet.where("le")]
        if pair.is_index and allowed in up_to:
            return form == Linear({algebra.indices: 1}, up_to.index(allowed))
    return not clause.sets and len(form.terms) == 1 and algebra.facts.is_length(next(iter(form.terms)))


def _own_value(algebra: Algebra, node: Node) -> Node | None:
    """What each position fetches from itself is its own, and so is what is the same wherever it is fetched from."""
    selector, value = node.operands[:2]
    own = algebra.facts.selects_own(selector) or algebra.facts[value].uniform
    return value if own and algebra.facts.exactly_one(selector) else None


def _one_value(algebra: Algebra, node: Node) -> Node | None:
    """mean = best = sum over at most one position, whose value comes as it is."""
    if algebra.facts.at_most_one(node.operands[0]):
        return algebra("sum", *node.operands[:2], default=node["default"])
    return None


def _by_position(algebra: Algebra, node: Node) -> Node | None:
    """The best by a score that always rises, or always falls, is the last selected position, or the first."""
    selector, value, score = node.operands
    if score is algebra.indices or not algebra.facts[score].domain.integral:
        return None
    steps = algebra.facts.steps(algebra.facts.linear(score))
    if not steps.injective:
        return None
    pick = "highest" if (node["pick"] == "highest") == steps.rising else "lowest"
    return algebra("best", selector, value, algebra.indices, pick=pick, ties="left", default=node["default"])


def _selects_all(algebra: Algebra, node: Node) -> Node | None:
    """A selector of everything or of nothing is written in one way."""
    if algebra.facts.selects_all(node):
        return algebra.everything
    return algebra.selector(normal.NOTHING) if algebra.facts.selects_none(node) else None


def _selector_algebra(algebra: Algebra, node: Node) -> Node | None:
    """s & all = s, s & s = s, ~~s = s, ~(a < b) is a >= b, and the like."""
    name, operands = node.operation.name, node.operands
    if name == "selector.not":
        (inner,) = operands
        if inner.operation.name == "selector.not":
            return inner.operands[0]
        comparison = inner.operation.name.removeprefix("select.")
        return algebra(f"select.{COMPLEMENT[comparison]}", *inner.operands) if comparison in COMPLEMENT else None
    a, b = operands
    is_neutral = algebra.facts.selects_all if name == "selector.and" else algebra.facts.selects_none
    for one, other in ((a, b), (b, a)):
        if is_neutral(one) or one is other:
            return other
    return None


def _shallower(algebra: Algebra, selector: Node) -> Node | None:
    """A selector without conditions that others imply, if those are deeper: k <= i & k < length is k <= i."""
    formula = algebra.facts[selector].formula
    if formula is None:
        return None
    sides = [side for clause in formula for pair in clause.sets for side in (pair.key, pair.query)]
    needed = [term for side in sides for term in (side.terms if isinstance(side, Linear) else [side] if side else [])]
    if max((algebra.facts[term].layer for term in needed), default=0) >= algebra.facts[selector].layer:
        return None
    return algebra.selector(formula)


RULES: dict[str, tuple[Row, ...]] = {
    **dict.fromkeys(("add", "sub", "neg"), (_constant, _sum)),
    "mul": (_constant, _sum, _masked),
    **dict.fromkeys(("truediv", "mod", "abs", "has"), (_constant,)),
    "round": (_constant, _rounded_mean),
    "floordiv": (_constant, _unit),
    "pow": (_constant, _unit, _power),
    **dict.fromkeys(COMPARISONS, (_constant, _compared_to_itself, _constant_last, _bounded, _truth, _compared_choice)),
    "not": (_constant, _not),
    **dict.fromkeys(("and", "or"), (_constant, _and_or)),
    "where": (_constant, _choice, _boolean_choice),
    "map": (_table,),
    "lookup": (_constant, _identity_table),
    "sum": (_default, _own_value, _constant),
    "mean": (_default, _one_value, _constant),
    "best": (_default, _one_value, _by_position, _constant),
    **{f"select.{comparison}": (_selects_all, _shallower) for comparison in COMPARISONS},
    "select.by": (_selects_all,),
    **dict.fromkeys(("selector.and", "selector.or", "selector.not"), (_selects_all, _selector_algebra, _shallower)),
}
"""The rules for each operation, in the order in which they are tried."""
