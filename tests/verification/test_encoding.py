"""The terms of the solver say what the reference backend does: on generated programs, and where kinds meet."""

from random import Random

import pytest
import z3

import raspir
from raspir.testing.generate import program
from raspir.verification import values
from raspir.verification.encoding import Encoding
from raspir.verification.tables import tables_of
from raspir.verification.values import NoEncodingError, conjunction


def agrees(graph, given, monkeypatch) -> bool | None:
    """Tell whether the terms of ``graph`` on ``given`` are what the reference yields; ``None`` if there are none.

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
    return list(found.values()) if isinstance(found, dict) else [found]


@pytest.mark.parametrize("part", range(4))
def test_generated_programs(part, monkeypatch):
    compared, failing = 0, 0
    for number in range(part * 60, part * 60 + 60):
        random = Random(f"encoding {number}")
        generated = program(random)
        graph = generated.graph.promise(generated.vocab) if number % 2 else generated.graph
        given = [random.choice(generated.vocab) for _ in range(random.randint(0, 4))]
        with monkeypatch.context() as patches:
            found = agrees(graph, given, patches)
        assert found is not False, f"{number}: {given!r}\n{graph}"
        compared += found is True
        failing += found is True and result(graph, given) is None
    assert compared >= 20
