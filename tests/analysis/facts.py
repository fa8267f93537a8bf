"""Checks of every analysis fact against the values of a run."""

from itertools import pairwise
from math import inf

from raspir.analysis import Analysis, Linear
from raspir.analysis.causality import looks_back
from raspir.ir.atoms import atom_key
from raspir.ir.types import BOOL, INT, NONE, SELECTOR, type_of
from raspir.runtime.reference import trace


def unlimited(*bounds):
    """Return bounds with infinities for those that only the memory of a machine sets."""
    return tuple(inf if bound > 2**62 else -inf if bound < -(2**62) else bound for bound in bounds)


def keys(values):
    return [atom_key(value) for value in values]


class Checked:
    """A graph with its facts, and all its values on inputs."""

    def __init__(self, graph, vocab=None, max_length=None):
        self.graph = graph.assume(vocab, max_length)
        self.facts = Analysis.of(self.graph)
        for node in self.graph:
            assert self.facts[node].layer == self.graph.layering.layer[node]

    def check(self, given):
        """Hold all facts against the values on an input, and return these."""
        values = trace(self.graph, given)
        n = len(next(iter(given.values())) if isinstance(given, dict) else given)
        # A node that the analysis itself made, such as the length, is no node of the graph.
        values[self.facts.length] = [n] * n
        one = self.facts.length.operands[1]
        values[one] = [1] * n
        for node in self.graph:
            if node.type is SELECTOR:
                self.selector(node, values, n)
            else:
                self.sequence(node, values, n)
        self.disjoint(values)
        return values

    def both(self, first, second):
        """Hold what depends on positions alone against the values on two inputs of one length."""
        for node in self.graph:
            if self.facts[node].positional:
                assert repr(first[node]) == repr(second[node]), node

    # Sequences

    def sequence(self, node, values, n):
        facts, atoms = self.facts[node], values[node]
        domain = facts.domain
        assert all(type_of(atom) in domain.kinds for atom in atoms), (node, domain)
        if domain.atoms is not None:
            assert set(keys(atoms)) <= set(keys(domain.atoms)), (node, domain)
        if domain.kinds in BOOL | INT | NONE:
            assert all(atom is None or domain.low <= atom <= domain.high for atom in atoms), (node, domain)
        if facts.uniform:
            assert len(set(keys(atoms))) <= 1, node
        if domain.integral:
            self.integers(node, values, n)
        if node.operation.name == "sum":
            self.rank(node, values, n)

    def integers(self, node, values, n):
        form, atoms = self.facts.linear(node), values[node]
        if all(term in values for term in form.terms):
            at = [self.at(form, values, i) for i in range(n)]
            assert at == atoms, (node, form)
            affine = self.facts.affine(form)
            if affine is not None:
                multiple, rest = affine
                assert len({self.at(rest, values, i) for i in range(n)}) <= 1
                assert at == [multiple * i + self.at(rest, values, i) for i in range(n)]
        lead = self.facts.lead(node)
        assert all(atom <= i + lead for i, atom in enumerate(atoms)), (node, lead)
        excess = self.facts.excess(node)
        assert all(atom <= n + excess for atom in atoms), (node, excess)
        low, high = self.facts.bounds(form)
        assert all(low <= atom <= high for atom in atoms), (node, form, low, high)
        apart = self.facts.bounds(form, form)
        assert all(apart[0] <= a - b <= apart[1] for a in atoms for b in atoms), (node, apart)
        for steps in (self.facts.steps(form), self.facts.steps(Linear({node: 1}))):
            assert all(steps.low <= b - a <= steps.high for a, b in pairwise(atoms)), (node, steps)
            assert not steps.injective or len(set(atoms)) == n

    def at(self, form, values, i):
        return form.constant + sum(c * int(values[term][i]) for term, c in form.terms.items())

    def rank(self, node, values, n):
        rank = self.facts.rank(node)
        if rank is None:
            return
        for i in range(n):
            members = [j for j in range(n) if self.holds(rank.members, values, i, j)]
            counts = [values[node][j] for j in members]
            assert sorted(counts) == [k + rank.inclusive for k in range(len(members))], (node, rank)
            order = sorted(members, key=lambda j: values[node][j])
            before = rank.order.formula(later=False, own=False)
            for at, j in enumerate(order):
                ahead = {k for k in members if any(self.holds(clause, values, j, k) for clause in before)}
                assert ahead == set(order[:at]), (node, rank)

    # Selectors

    def selector(self, node, values, n):
        matrix, facts = values[node], self.facts
        if facts[node].uniform:
            assert len({tuple(row) for row in matrix}) <= 1, node
        formula = facts[node].formula
        if formula is not None:
            assert self.matrix(formula, values, n) == matrix, (node, formula)
        counts = {sum(row) for row in matrix}
        if facts.at_most_one(node):
            assert counts <= {0, 1}, node
        if facts.selects_some(node):
            assert 0 not in counts, node
        if facts.exactly_one(node):
            assert counts <= {1}, node
        if facts.selects_all(node):
            assert counts <= {n}, node
        if facts.selects_none(node):
            assert counts <= {0}, node
        if facts.selects_own(node):
            assert all(matrix[i][i] for i in range(n)), node
        if looks_back(facts, node):
            assert not any(matrix[i][j] for i in range(n) for j in range(i + 1, n)), node
        position = facts.position(node)
        if position is not None:
            at = [self.at(position, values, i) for i in range(n)]
            assert matrix == [[j == at[i] for j in range(n)] for i in range(n)]
            below, above = facts.outside(position)
            assert all((below or p >= 0) and (above or p < n) for p in at)

    def matrix(self, formula, values, n):
        return [[any(self.holds(c, values, i, j) for c in formula) for j in range(n)] for i in range(n)]

    def holds(self, clause, values, i, j):
        return all(self.outcome(pair, values, i, j) in allowed for pair, allowed in clause.sets.items())

    def outcome(self, pair, values, i, j):
        if pair.kind == "int":
            return self.at(pair.key, values, j) - self.at(pair.query, values, i)
        if pair.kind == "col":
            return int(bool(self.value(pair.key, values, j)))
        a, b = self.value(pair.key, values, j), self.value(pair.query, values, i)
        if pair.kind == "by":
            return int(bool(self.graph.functions[pair.function](a, b)))
        if a == b:
            return 0
        # What is not ordered is only ever compared for equality.
        return 1 if None in (a, b) or isinstance(a, str) != isinstance(b, str) or a > b else -1

    def value(self, node, values, position):
        return node["value"] if node.operation.name == "const" else values[node][position]

    def disjoint(self, values):
        selectors = [node for node in self.graph if node.type is SELECTOR][-8:]
        for a in selectors:
            for b in selectors:
                if self.facts.are_disjoint(a, b):
                    assert not any(
                        x and y for p, q in zip(values[a], values[b], strict=True) for x, y in zip(p, q, strict=True)
                    ), (a, b)
