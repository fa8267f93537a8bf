"""The solver encoding against the reference backend, on generated programs and mixed kinds."""

import math
from random import Random

import pytest
import with_none
import z3
from daily import first

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir.packing import pack_all
from raspir.testing.generate import program
from raspir.validation import values
from raspir.validation.encoding import Encoding
from raspir.validation.equivalence import equivalent
from raspir.validation.tables import tables_of
from raspir.validation.values import NoEncodingError, conjunction


def agrees(graph, given, monkeypatch) -> bool | None:
    """Return whether the terms of ``graph`` on ``given`` are what the reference yields; ``None`` if there are none.

    Where the solver may choose a function, whether they can be.
    """
    free = []
    chosen = values.free
    monkeypatch.setattr(values, "free", lambda *arguments: free.append(arguments) or chosen(*arguments))
    outputs = list(graph.outputs.values())
    try:
        encoding = Encoding(len(given), outputs, tables_of(graph))
        rows = [
            values.same(row, encoding.strings.const(atom))
            for row, atom in zip(_tokens(graph, encoding), given, strict=False)
        ]
        expected = result(graph, given)
        succeeds = encoding.succeeds(*outputs)
        claim = z3.Not(succeeds)
        claimed = conjunction(encoding.claims)
        if expected is not None:
            parts = [
                values.same(value, encoding.strings.const(atom))
                for node, row in zip(outputs, expected, strict=True)
                for value, atom in zip(encoding.rows[node], row, strict=True)
            ]
            claim = z3.And(succeeds, conjunction(parts))
    except (NoEncodingError, KeyError):  # also a string that the program makes and does not name
        return None
    solver = z3.Solver()
    solver.add(*encoding.held, *rows)
    if solver.check() != z3.sat:
        return False
    claim = z3.And(claim, claimed)
    solver.add(claim if free else z3.Not(claim))
    return solver.check() == (z3.sat if free else z3.unsat)


def _tokens(graph, encoding):
    return encoding.rows.get(graph.inputs.get("tokens"), [])


def result(graph, given):
    try:
        found = raspir.compile(graph, "reference", optimize=False)(given)
    except raspir.EvaluationError:
        return None
    return [pack_all(each) for each in (found.values() if isinstance(found, dict) else [found])]


def compare(cases, monkeypatch):
    """Return how many programs the encoding agrees with the reference on, and how many of them fail there."""
    compared = failing = 0
    for graph, given in cases:
        with monkeypatch.context() as patches:
            found = agrees(graph, given, patches)
        assert found is not False, f"{given!r}\n{graph}"
        compared += found is True
        failing += found is True and result(graph, given) is None
    return compared, failing


@pytest.mark.parametrize("part", first(range(4)))
def test_generated_programs(part, monkeypatch):
    def drawn(number):
        random = Random(f"encoding {number}")
        generated = program(random)
        graph = generated.graph.assume(generated.vocab) if number % 2 else generated.graph
        return graph, [random.choice(generated.vocab) for _ in range(random.randint(0, 4))]

    compared, _ = compare(map(drawn, range(part * 60, part * 60 + 60)), monkeypatch)
    assert compared >= 20


@pytest.mark.parametrize("part", first(range(4)))
def test_generated_programs_with_missing_values(part, monkeypatch):
    def drawn(number):
        random = Random(f"missing {number}")
        graph, atoms = with_none.program(random)
        return graph, random.choices(atoms, k=random.randint(1, 3))

    compared, failing = compare(map(drawn, range(part * 100, part * 100 + 100)), monkeypatch)
    assert compared >= 50
    assert failing >= 10


neg = -tokens
SHAKY = {
    "a quotient": (neg / 3, [10**400]),
    "a sum with a float": (neg + 0.5, [10**400]),
    "a root": (tokens**0.5, [-8.0]),
    "a power below zero": (tokens**-1.0, [0]),
    "a power of a float": (tokens**4, [1e200]),
    "rounding what is infinite": ((-tokens * 1e300).round(), [1e200]),
    "a difference of infinities": (neg - neg, [math.inf]),
    "a sum of integers and floats": ((key(1) == query(1)).value(-tokens), [10**400, 0.5]),
    "a mean": ((key(1) == query(1)).mean(neg), [10**400, 10**400]),
}


@pytest.mark.parametrize("name", SHAKY)
def test_what_may_fail_is_not_proved_to_succeed(name):
    """No proof makes a program compute what it did not: floats overflow, and some are no numbers."""
    shaky, given = SHAKY[name]
    before, after = raspir.lower(neg), raspir.lower(where(shaky == 3, neg, neg))
    assert result(before, given) is not None
    assert result(after, given) is None
    assert equivalent(before, after, len(given), 20) is not True
    assert equivalent(after, before, len(given), 20) is True


def test_what_fails_alike_is_equal():
    for shaky, _ in SHAKY.values():
        before, after = raspir.lower(shaky), raspir.lower(where(indices >= 0, shaky, 7))
        assert equivalent(before, after, 2, 20) is True
