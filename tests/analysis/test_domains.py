"""Domains: the lattice, and the transfer functions of operations and aggregates."""

import math
from math import inf

import pytest
from facts import unlimited
from hypothesis import given
from hypothesis import strategies as st
from strategies import atoms, double

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis, Domain
from raspir.analysis.domains import LIMIT, applied, tried
from raspir.ir.atoms import atom_key
from raspir.ir.evaluation import EVALUATORS, checked
from raspir.ir.operations import OPERATIONS
from raspir.ir.types import BOOL, FLOAT, INT, STR, type_of

some = st.lists(atoms, min_size=1, max_size=5).map(Domain.of)
integers = st.lists(st.one_of(st.integers(-6, 6), st.booleans()), min_size=1, max_size=4)
SIGNED = [
    "add",
    "sub",
    "mul",
    "floordiv",
    "mod",
    "neg",
    "abs",
    "round",
    "to_int",
    "to_bool",
    "one_type",
    "and",
    "or",
    "not",
    "lt",
    "eq",
]


def holds(domain, atom):
    if type_of(atom) not in domain.kinds:
        return False
    if domain.atoms is not None and atom_key(atom) not in set(map(atom_key, domain.atoms)):
        return False
    return not domain.integral or domain.low <= atom <= domain.high


@given(some, some, some)
def test_joining(a, b, c):
    joined = a.join(b)
    assert all(holds(joined, atom) for atom in (*a.atoms, *b.atoms))
    assert set(map(atom_key, joined.atoms)) == set(map(atom_key, b.join(a).atoms))
    assert joined.join(c).kinds is a.join(b.join(c)).kinds
    assert a.join(a) == a


@given(st.sampled_from(SIGNED), integers, integers)
def test_bounds_hold_of_all_results(name, first, second):
    binary = len(OPERATIONS[name].operands) == 2
    rows = [(a, b) for a in first for b in second] if binary else [(a,) for a in first]
    operands = [Domain.of(first), Domain.of(second)][: 1 + binary]
    low, high = OPERATIONS[name].bounded(operands)
    total = OPERATIONS[name].is_total(operands)
    for row in rows:
        try:
            assert low <= checked(EVALUATORS[name](*row)) <= high
        except ZeroDivisionError:
            assert not total


@given(st.sampled_from(sorted(EVALUATORS)), st.lists(some, min_size=3, max_size=3))
def test_trying_an_operation(name, operands):
    arity = len(OPERATIONS[name].operands)
    operands = operands[:arity]
    operation = OPERATIONS[name]
    found = tried(operation, EVALUATORS[name], operands)
    if found is None:
        return
    taken, results = found
    assert len(taken) == len(results)
    total = math.prod(len(operand.atoms) for operand in operands)
    assert not operation.is_total(operands) or len(taken) == total
    assert all(
        atom_key(applied(operation, EVALUATORS[name], row)) == atom_key(r) for row, r in zip(*found, strict=True)
    )


def domain_of(program, **assumptions):
    graph = raspir.optimize(program, passes=[], **assumptions)
    (node,) = graph.outputs.values()
    facts = Analysis.of(graph)
    return facts[node].domain


def test_types_stay_apart():
    assert len(Domain.of([True, 1, 1.0, 0.0, -0.0, "1"]).atoms) == 6
    assert Domain.of([True, 1]).single is None
    assert Domain.of([True, 0]).kinds is BOOL | INT
    assert not Domain.of([1, 1.0]).integral
    assert Domain.range(INT, 2, 2).single == 2
    assert Domain.range(BOOL | INT, 1, 1).single is None
    assert domain_of(tokens, vocab=[True, 1]).atoms is not None
    assert len(domain_of(tokens, vocab=[True, 1]).atoms) == 2


def test_few_atoms_are_followed_through_operations():
    assert domain_of(tokens + "x", vocab="ab").atoms == ("ax", "bx")
    assert domain_of(tokens.map(double), vocab=[1, 2.5]).kinds is INT | FLOAT
    assert domain_of(1 // tokens, vocab=[0, 2]).atoms == (0,)


def test_many_results_have_bounds_and_kinds():
    atoms = range(LIMIT)
    found = domain_of(tokens.map(lambda x: x * x if x else -5) * 2 - (tokens == 3), vocab=atoms)
    assert (found.atoms, found.kinds, found.high) == (None, INT, 2 * (LIMIT - 1) ** 2)
    assert domain_of(tokens * 3 + tokens.has([1]), vocab=range(200)).low == 0


@pytest.mark.parametrize("program", [tokens.map(lambda x: x.nothing), 1 // (tokens.map(len) - 1)])
def test_what_always_fails_may_be_anything(program):
    found = domain_of(program, vocab="ab")
    assert found.kinds
    assert found.low <= found.high


def test_sums_and_means():
    everyone = key(1) == query(1)
    assert domain_of(everyone.value(tokens), vocab=[-1, 2], max_length=4).low == -4
    assert domain_of(everyone.value(tokens), vocab=[3, 2], max_length=4).high == 12
    assert domain_of(everyone.value(tokens == "a")).kinds is BOOL | INT
    assert domain_of(everyone.mean(tokens == "a", 0)).kinds is BOOL | INT | FLOAT
    assert domain_of(everyone.value(1)).low == 1
    assert domain_of((key(tokens) == query(tokens)).value(3, default=0.5)).kinds is INT
    assert domain_of((key(tokens) == query("a")).value(3)).low == 0
    assert domain_of((key(indices) == query(0)).value(tokens, "z"), vocab="ab").atoms == ("a", "b")
    one = key(indices) == query(indices + 1)
    assert domain_of(one.mean(tokens, "z"), vocab="ab").atoms == ("a", "b", "z")
    assert domain_of(everyone.best(tokens, indices, default=False), vocab="ab").kinds is STR
    assert domain_of(one.best(tokens, indices, default=False), vocab="ab").kinds is STR | BOOL


def test_a_decided_choice_is_one_branch():
    assert domain_of(where(tokens.has("ab"), 1, "x"), vocab="ab").single == 1
    assert domain_of(where(tokens, 1, 2), vocab=["", 0, 0.0]).single == 2


def test_what_is_too_large_is_not_computed():
    assert domain_of(tokens ** (tokens * 1000), vocab=[10**6]).atoms is None
    assert domain_of(tokens * 10**9, vocab="ab").atoms is None
    huge = domain_of(tokens + indices - 10**400, vocab=[10**400])
    assert unlimited(huge.low, huge.high) == (0, inf)


def test_a_mean_of_huge_integers_may_fail():
    hist = (key(tokens) == query(tokens)).value(1)
    alone = (key(tokens) == query(tokens)) & (key(1) == query(hist))
    program = alone.mean(where(tokens == "a", 2**1024, 2**1024 + 1))
    assert raspir.compile(raspir.optimize(program), optimize=False)("babc") == [0, 2**1024, 0, 2**1024 + 1]


def test_a_mean_with_a_huge_default():
    same = key(tokens) == query(tokens)
    program = (same.mean(where(tokens == "a", 1, 0), default=2**2000) * same.value(1)).round()
    graph = raspir.optimize(program)
    assert [node.operation.name for node in graph if node.operation.name == "mean"] == []
    assert raspir.compile(graph, optimize=False)("aba") == [2, 0, 2]
