"""Refinement of counterexamples until their floats round as Python's do.

Floating-point arithmetic is uninterpreted in the solver, so it may find values that no computer yields. Here its inputs
are restricted to a few, and a lemma for each application in a model states the result that Python computes.
"""

from __future__ import annotations

from fractions import Fraction

import z3

from raspir.ir.types import FLOAT, INT
from raspir.ir.views import Input
from raspir.validation.encoding import Encoding
from raspir.validation.values import (
    FITS,
    FLOATS,
    LIMIT,
    QUOTIENT,
    UNLIMITED,
    WORKS,
    Term,
    computed,
    conjunction,
    disjunction,
    fraction,
    names_in,
    real_of,
)

_FLOATS = (-1.0, 0.0, 0.1, 0.3, 0.5, 0.7, 1e16)
_MOST = 30  # maximum number of proposed inputs
_LIMIT = 2**66  # the smallest too large integer in a counterexample: the solver is too slow for the real one


def familiar(encoding: Encoding, largest: int, integers: bool = False) -> Term:
    """Return whether all inputs are small integers and floats of a fixed set, which are easier to read.

    Args:
        encoding: the encoding of the programs.
        largest: the largest integer; the smallest is its negative.
        integers: whether every input that may be an integer must be one.
    """
    parts: list[Term] = []
    for node in encoding.order:
        for value in encoding.rows.get(node, []) if isinstance(node, Input) else []:
            if INT in value.cases:
                guard, payload = value.cases[INT]
                small = z3.And(payload >= -largest, payload <= largest)
                parts.append(z3.And(guard, small) if integers else z3.Implies(guard, small))
            if FLOAT in value.cases:
                guard, payload = value.cases[FLOAT]
                parts.append(z3.Implies(guard, disjunction(payload == real_of(each) for each in _FLOATS)))
    return conjunction(parts)


def found(solver: z3.Solver, encoding: Encoding) -> z3.ModelRef | None:
    """Return a model, preferably one that a reader can check, or ``None`` if there is none or time runs out."""
    # Small numbers do not overflow floats, and joined strings need not be long.
    works = [each for prefix in (WORKS, FITS) for each in applications(solver.assertions(), prefix)]
    inputs = (familiar(encoding, 4, integers=True), familiar(encoding, 4), familiar(encoding, 2**60))
    stages = [z3.And(UNLIMITED, each) for each in inputs]
    if UNLIMITED.decl().name() in names_in(solver.assertions()):
        stages.append(z3.And(z3.Not(UNLIMITED), LIMIT == _LIMIT))
    for wanted in stages:
        solver.push()
        solver.add(wanted, *works)
        model = refined(solver)
        solver.pop()
        if model is not None:
            return model
    return None


def accurate(solver: z3.Solver, most: int) -> Term:
    """Return that products and quotients with small numbers round with a relative error of at most 2**-53.

    IEEE 754 guarantees this for double precision, away from the largest and smallest numbers.

    Args:
        solver: the solver with the products and quotients.
        most: the largest of the small numbers.
    """
    bounds, unit = [], z3.Q(1, 2**53)
    for each in applications(solver.assertions()):
        name = each.decl().name().removeprefix(FLOATS)
        for a, b in (each.children(), each.children()[::-1]) if name == "mul" else (each.children(),):
            if name in ("mul", "truediv", QUOTIENT):
                bounds += [_near(each, a, b, small, name == "mul", unit) for small in range(most + 1)]
    return conjunction(bounds)


def _near(result: Term, a: Term, b: Term, small: int, product: bool, unit: Term) -> Term:
    size = z3.If(a < 0, -a, a)
    exact, given = (a * small, result) if product else (a, result * small)
    error = z3.If(given > exact, given - exact, exact - given)
    normal = z3.Or(a == 0, z3.And(size >= z3.Q(1, 2**1000), size <= z3.RealVal(2**1000)))
    return z3.Implies(z3.And(b == small, normal), error <= unit * (size * small if product else size))


def refined(solver: z3.Solver) -> z3.ModelRef | None:
    """Return a model in which all floats round as Python's do, or ``None`` if the solver finds none soon.

    Each model proposes inputs; on these, lemmas state the results that Python computes until the model agrees.
    """
    used = applications(solver.assertions())
    for _ in range(_MOST):
        if solver.check() != z3.sat:
            return None
        model = solver.model()
        if not used:
            return model
        solver.push()
        solver.add(*(each() == model[each] for each in model.decls() if each.arity() == 0))
        lemmas: list[Term] = []
        while model is not None and (
            wrong := [each for each in (_lemma(use, model) for use in used) if each is not None]
        ):
            lemmas += wrong
            solver.add(*wrong)
            model = solver.model() if solver.check() == z3.sat else None
        solver.pop()
        if model is not None:
            return model
        solver.add(*lemmas)
    return None


def _lemma(application: Term, model: z3.ModelRef) -> Term | None:
    """Return the result that Python computes for an application in a model, or ``None`` if the model agrees."""
    arguments = [fraction(model.eval(each, model_completion=True)) for each in application.children()]
    function, name = application.decl(), application.decl().name().removeprefix(FLOATS)
    result = computed(name, arguments)
    if result is None or fraction(model.eval(application, model_completion=True)) == Fraction(result):
        return None
    return function(*(z3.Q(each.numerator, each.denominator) for each in arguments)) == real_of(result)


def applications(assertions: z3.AstVector, prefix: str = FLOATS) -> list[Term]:
    """Return the applications of functions whose names begin with ``prefix``, in post-order."""
    found: list[Term] = []
    seen: set[int] = set()
    stack = [(each, False) for each in assertions]
    while stack:
        term, left = stack.pop()
        if left:
            found.append(term)
        elif term.get_id() not in seen:
            seen.add(term.get_id())
            if z3.is_app(term) and term.num_args() and term.decl().name().startswith(prefix):
                stack.append((term, True))
            stack.extend((each, False) for each in term.children())
    return found
