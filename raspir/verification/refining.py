"""Counterexamples whose floats round as Python's do.

The solver knows nothing of how floats are added and multiplied, so it may find values that no computer yields. Here it
is asked for inputs among a few, and is told, application by application, what Python makes of those that it uses.
"""

from __future__ import annotations

from fractions import Fraction

import z3

from raspir.ir.types import FLOAT, INT
from raspir.verification.encoding import Encoding
from raspir.verification.values import FLOATS, Term, computed, conjunction, disjunction, fraction, real_of

_SMALL = 4  # integers of counterexamples are between this and its negative
_FLOATS = (-1.0, -0.5, 0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 2.0, 3.0, 1e16, -1e16)
_MOST = 60  # applications that the solver is told of before it is left alone


def familiar(encoding: Encoding) -> Term:
    """Return whether all inputs are small integers and floats of a few, which say more to a reader than others."""
    parts = []
    for node in encoding.order:
        for value in encoding.rows.get(node, []) if node.operation.name == "input" else []:
            if INT in value.cases:
                guard, payload = value.cases[INT]
                parts.append(z3.Implies(guard, z3.And(payload >= -_SMALL, payload <= _SMALL)))
            if FLOAT in value.cases:
                guard, payload = value.cases[FLOAT]
                parts.append(z3.Implies(guard, disjunction(payload == real_of(each) for each in _FLOATS)))
    return conjunction(parts)


def refined(solver: z3.Solver) -> z3.ModelRef | None:
    """Return a model in which all floats round as Python's do, ``None`` where the solver finds none soon."""
    used = _applications(solver.assertions())
    for _ in range(_MOST):
        if solver.check() != z3.sat:
            return None
        model = solver.model()
        lemmas = [lemma for each in used if (lemma := _lemma(each, model)) is not None]
        if not lemmas:
            return model
        solver.add(*lemmas)
    return None


def _lemma(application: Term, model: z3.ModelRef) -> Term | None:
    """Return what Python makes of an application as it is in a model, ``None`` if that is what the model says."""
    arguments = [fraction(model.eval(each, model_completion=True)) for each in application.children()]
    function, name = application.decl(), application.decl().name().removeprefix(FLOATS)
    result = computed(name, [float(each) for each in arguments])
    terms = [z3.Q(each.numerator, each.denominator) for each in arguments]
    if result is None or fraction(model.eval(application, model_completion=True)) == Fraction(result):
        return None
    return function(*terms) == real_of(result)


def _applications(assertions: z3.AstVector) -> list[Term]:
    """Return the applications of operations on floats, those that others depend on first."""
    found: list[Term] = []
    seen: set[int] = set()
    stack = [(each, False) for each in assertions]
    while stack:
        term, left = stack.pop()
        if left:
            found.append(term)
        elif term.get_id() not in seen:
            seen.add(term.get_id())
            if z3.is_app(term) and term.num_args() and term.decl().name().startswith(FLOATS):
                stack.append((term, True))
            stack.extend((each, False) for each in term.children())
    return found
