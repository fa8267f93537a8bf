"""Translation validation of rules by an SMT solver: equivalence of a program and its rewrite on all inputs of a length.

The method is that of Alive2 for LLVM (Lopes et al., PLDI 2021): it checks not the text of a rule but the result of its
code on a program with symbolic inputs, under the side conditions assumed by the code. If a condition is then withheld
from the solver, or a guard in the code is replaced, the solver must find a counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

import z3

from raspir.analysis import Analysis
from raspir.analysis.known import Facts
from raspir.ir import Node
from raspir.ir.graph import topological
from raspir.runtime.interrupts import held_back
from raspir.testing.proofs.refining import accurate, found
from raspir.validation.counterexamples import Counterexample, shown
from raspir.validation.encoding import Encoding, Tables
from raspir.validation.solver import Solver
from raspir.validation.tables import known_to
from raspir.validation.values import MADE_UP, Term, names_in

Rewrite = Callable[["Assumed", Node], Iterable[Node]]
"""The code of a rule: a function from an analysis and a node to the rewrites of the node, if any."""


Patch = tuple[object, str, object]
"""A replacement of a guard: the owning module or class, the name, and the replacement."""


def always(answer: object) -> Callable[..., Any]:
    """Return a function that returns ``answer`` for any arguments."""
    return lambda *_, **__: answer


@dataclass(frozen=True)
class Condition:
    """A side condition of a rewrite, which the solver may assume.

    Attributes:
        text: the condition in words.
        formula: the constraint on the inputs of a length.
        facts: the facts that the condition gives the code of the rule: for nodes, some of their
            :class:`~raspir.analysis.known.Facts` by name; empty if the code does not check the condition.
        texts: strings in the condition.
    """

    text: str
    formula: Callable[[Encoding], Term]
    facts: Mapping[Node, Mapping[str, Any]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class GuardMutation:
    """An unsound rewrite: the code of a rule with a guard replaced, on a program that the guard would reject.

    Attributes:
        text: the guard in words.
        node: the program.
        patches: the replacements of guards.
    """

    text: str
    node: Node
    patches: Sequence[Patch]


@dataclass(frozen=True)
class ProofCase:
    """A rule on a program with symbolic inputs.

    Attributes:
        rule: the name of the rule.
        text: the rewrite, in one line.
        node: the program, to which the rule applies.
        rewrite: the code of the rule.
        conditions: its side conditions, each withheld in turn.
        mutations: mutations of guards in its code, each tried in turn.
        facts: assumed facts of the analysis that do not constrain values, such as a later layer: for nodes, some of
            their facts by name.
        least: the minimum length at which to look for a counterexample without a condition.
        most: the maximum length, if the solver takes too long for longer ones.
        exact: whether the kinds of atoms must be preserved, beyond equality in Python.
        functions: the opaque functions that the rule may call.
        rounds: whether to give the solver axioms on the rounding of products and quotients with small numbers.
    """

    rule: str
    text: str
    node: Node
    rewrite: Rewrite
    conditions: tuple[Condition, ...] = ()
    mutations: tuple[GuardMutation, ...] = ()
    facts: Mapping[Node, Mapping[str, Any]] = field(default_factory=dict)
    least: int = 0
    most: int | None = None
    exact: bool = False
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    rounds: bool = False

    @property
    def assumptions(self) -> tuple[Condition | GuardMutation, ...]:
        """The conditions and the guards, each of which is dropped in turn."""
        return (*self.conditions, *self.mutations)


@dataclass(frozen=True)
class Provable:
    """A rule of the optimizer with its proof cases.

    Attributes:
        pass_: the pass of the rule.
        name: the name in remarks, or of the row in the algebra.
        algebra: the identity, in one line.
        cases: the proof cases; empty if the rule has no faithful encoding.
        unencoded: why it has none.
    """

    pass_: str
    name: str
    algebra: str
    cases: tuple[ProofCase, ...] = ()
    unencoded: str = ""


class Assumed(Analysis):
    """An analysis extended by assumed facts.

    Args:
        facts: the assumed facts: for nodes, some of their facts by name.
        functions: the known opaque functions.
    """

    def __init__(self, facts: Mapping[Node, Mapping[str, Any]], functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(functions)
        self.functions, self._assumed = functions, facts

    def _compute(self, node: Node) -> Facts:
        return replace(super()._compute(node), **self._assumed.get(node, {}))


@dataclass(frozen=True)
class Verdict:
    """The verdict of the solver on a rewrite.

    Attributes:
        lengths: the lengths at which it is proved.
        counterexample: values on which it is wrong, if any.
        unknown: the first length at which the solver gave up, if any.
    """

    lengths: tuple[int, ...]
    counterexample: Counterexample | None = None
    unknown: int | None = None


class NotAppliedError(Exception):
    """An error: a rule does not apply to the program of its proof case."""


def rewritten(case: ProofCase, node: Node) -> list[Node]:
    """Return the rewrites of ``node`` by the rule under all of its conditions.

    Raises:
        NotAppliedError: if there are none.
    """
    assumed = {subject: dict(facts) for subject, facts in case.facts.items()}
    for condition in case.conditions:
        for subject, facts in condition.facts.items():
            assumed.setdefault(subject, {}).update(facts)
    found = [each for each in case.rewrite(Assumed(assumed, case.functions), node) if each is not node]
    if not found:
        raise NotAppliedError(f"{case.rule}: {case.text}")
    return found


def proved(case: ProofCase, longest: int, seconds: float) -> Verdict:
    """Return the verdict on a proof case at all lengths up to ``longest``, in ``seconds`` for each query."""
    return _judged(case, case.node, rewritten(case, case.node), case.conditions, longest, seconds)


@contextmanager
def replaced(patches: Iterable[Patch]) -> Iterator[None]:
    """Replace guards while the context is active."""
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def dropped(case: ProofCase, assumption: Condition | GuardMutation) -> tuple[Node, list[Node]]:
    """Return the program for which an assumption is needed, and its rewrites without the assumption.

    Raises:
        NotAppliedError: if there are none.
    """
    if isinstance(assumption, Condition):
        return case.node, rewritten(case, case.node)
    with replaced(assumption.patches):
        return assumption.node, rewritten(case, assumption.node)


def refuted(case: ProofCase, assumption: Condition | GuardMutation, longest: int, seconds: float) -> Verdict:
    """Return the verdict on a proof case without one of its assumptions."""
    before, after = dropped(case, assumption)
    nodes = set(topological([before]))
    others = [each for each in case.conditions if each is not assumption and each.facts.keys() <= nodes]
    return _judged(case, before, after, others, longest, seconds, real=True)


def _judged(
    case: ProofCase,
    node: Node,
    found: list[Node],
    conditions: Iterable[Condition],
    longest: int,
    seconds: float,
    real: bool = False,
) -> Verdict:
    """Return the verdict on a program and its rewrites; ``real`` means that they should differ."""
    lengths: list[int] = []
    last = longest if case.most is None else min(longest, case.most)
    tables = known_to(Analysis(case.functions), case.functions)
    made_up: Counterexample | None = None
    for n in range(case.least if real else 0, last + 1):
        for each in found:
            result = differing(n, node, each, conditions, seconds, tables, case.exact, real, case.rounds)
            if isinstance(result, Counterexample):
                if result.real or not real:
                    return Verdict(tuple(lengths), result)
                made_up = made_up or result
            if result is None:
                return Verdict(tuple(lengths), made_up, unknown=n)
        lengths.append(n)
    return Verdict(() if made_up else tuple(lengths), made_up)


@held_back()
def differing(
    n: int,
    before: Node,
    after: Node,
    conditions: Iterable[Condition] = (),
    seconds: float = 10.0,
    tables: Tables = lambda node: None,
    exact: bool = False,
    real: bool = False,
    rounds: bool = False,
) -> Counterexample | bool | None:
    """Return values on which ``before`` has a result and ``after`` has none, or a different one.

    Return ``False`` if there are none, ``None`` if the solver times out. With ``exact``, atoms of different kinds
    differ. With ``real``, values are expected, and the solver first looks for some that a reader can check. With
    ``rounds``, it gets axioms on the rounding of products and quotients.

    Raises:
        NoEncodingError: if there is no faithful term for something.
    """
    conditions = tuple(conditions)
    texts = [text for condition in conditions for text in condition.texts]
    encoding = Encoding(n, (before, after), tables, texts)
    given = [*encoding.held, *(condition.formula(encoding) for condition in conditions)]
    doubtful, unknown = None, False
    for wrong in _questions(encoding, before, after, exact):
        solver = Solver(seconds)
        solver.add(*given, wrong)
        if rounds:
            solver.add(accurate(solver, n))
        model = found(solver, encoding) if real else None
        if model is not None:
            return shown(encoding, model, before, after)
        answer = solver.check()
        if answer == z3.sat:
            made_up = any(name.startswith(MADE_UP) for name in names_in([wrong]))
            doubtful = doubtful or shown(encoding, solver.model(), before, after, not made_up)
            if not made_up or not real:
                return doubtful
        unknown |= answer == z3.unknown
    return doubtful or (None if unknown else False)


def _questions(encoding: Encoding, before: Node, after: Node, exact: bool) -> list[Term]:
    """Return the possible violations by ``after``, one query per position, since a single query takes longer."""
    written = encoding.succeeds(before)
    right = [encoding.succeeds(after), *encoding.equal_rows(before, after, exact)]
    wrong = [z3.And(written, z3.Not(each)) for each in right if not z3.is_true(z3.simplify(each))]
    return [*wrong, *(z3.Not(claim) for claim in encoding.claims)]
