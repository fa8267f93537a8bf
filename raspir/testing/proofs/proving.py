"""Rewrites put to an SMT solver: is what a rule makes of a program equal to it, on all inputs of a length?

The way is that of Alive2 for LLVM (Lopes et al., PLDI 2021): not the rule's text is checked but what its own code makes
of a program whose inputs stay symbols, under the side conditions that the code was told of. A condition that is
then withheld from the solver, or a guard in the code that is replaced, must make it find values that differ.
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
"""A rule's own code: takes what is known and a node, and yields what the rule makes of it, if anything."""


Patch = tuple[object, str, object]
"""A guard that is replaced: the module or class that holds it, its name there, and its replacement."""


def always(answer: object) -> Callable[..., Any]:
    """Return a function that returns ``answer`` for any arguments."""
    return lambda *_, **__: answer


@dataclass(frozen=True)
class Condition:
    """A side condition of a rewrite, which the solver may take as given.

    Attributes:
        text: the condition in words.
        formula: what it says of the inputs of a length.
        facts: what the rule's code knows by it: for nodes, some of their :class:`~raspir.analysis.known.Facts` by name;
            nothing where the code does not check the condition.
        texts: strings that the condition names.
    """

    text: str
    formula: Callable[[Encoding], Term]
    facts: Mapping[Node, Mapping[str, Any]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class GuardMutation:
    """An unsound rewrite: the rule's code with a guard replaced, on a program that the guard would reject.

    Attributes:
        text: what is checked, in words.
        node: the program.
        patches: the guards that are replaced.
    """

    text: str
    node: Node
    patches: Sequence[Patch]


@dataclass(frozen=True)
class ProofCase:
    """A rule on a program whose inputs are symbols.

    Attributes:
        rule: the rule's name.
        text: what becomes what, in one line.
        node: the program, which the rule applies to.
        rewrite: the rule.
        conditions: what it needs, each withheld in turn.
        unchecked: the guards in its code, each replaced in turn.
        least: the shortest length at which a counterexample is looked for where a condition is dropped.
        told: what the analysis is told that says nothing of values, as that a value is of a later layer: for nodes,
            some of their facts by name.
        exact: whether atoms must stay of their kinds, and not only equal in Python's sense.
        most: the longest length that is looked at, where the solver takes too long for longer ones.
        functions: opaque functions that the rule may call.
        rounds: whether the solver is told how floats round: products and quotients with small numbers.
    """

    rule: str
    text: str
    node: Node
    rewrite: Rewrite
    conditions: tuple[Condition, ...] = ()
    unchecked: tuple[GuardMutation, ...] = ()
    least: int = 0
    told: Mapping[Node, Mapping[str, Any]] = field(default_factory=dict)
    exact: bool = False
    most: int | None = None
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    rounds: bool = False

    @property
    def assumptions(self) -> tuple[Condition | GuardMutation, ...]:
        """The conditions and the guards, each of which is dropped in turn."""
        return *self.conditions, *self.unchecked


@dataclass(frozen=True)
class Provable:
    """A rule of the optimiser, and how it is put to the solver.

    Attributes:
        pass_: the pass that it is of.
        name: as remarks call it, or its row in the algebra.
        algebra: what is equal to what, in one line.
        schemas: it on programs whose inputs are symbols; none where it has no faithful encoding.
        unencoded: why it has none.
    """

    pass_: str
    name: str
    algebra: str
    schemas: tuple[ProofCase, ...] = ()
    unencoded: str = ""


class Assumed(Analysis):
    """What is known of a program, and what it is told by side conditions.

    Args:
        told: for nodes, some of their facts by name.
        functions: the opaque functions that are known.
    """

    def __init__(
        self, told: Mapping[Node, Mapping[str, Any]], functions: Mapping[str, Callable[..., Any]] | None = None
    ) -> None:
        super().__init__(functions)
        self._told = told

    def _compute(self, node: Node) -> Facts:
        return replace(super()._compute(node), **self._told.get(node, {}))


@dataclass(frozen=True)
class Verdict:
    """What the solver says of a rewrite.

    Attributes:
        lengths: the lengths at which it is proved.
        counterexample: values on which it is wrong, if there are such.
        unknown: the first length at which the solver gave up, if it did.
    """

    lengths: tuple[int, ...]
    counterexample: Counterexample | None = None
    unknown: int | None = None


class NotAppliedError(Exception):
    """A rule makes nothing of the program that it is to be shown on."""


def rewritten(schema: ProofCase, node: Node) -> list[Node]:
    """Return what the rule makes of ``node`` under all of its conditions.

    Raises:
        NotAppliedError: if that is nothing.
    """
    told = {subject: dict(facts) for subject, facts in schema.told.items()}
    for condition in schema.conditions:
        for subject, facts in condition.facts.items():
            told.setdefault(subject, {}).update(facts)
    found = [each for each in schema.rewrite(Assumed(told, schema.functions), node) if each is not node]
    if not found:
        raise NotAppliedError(f"{schema.rule}: {schema.text}")
    return found


def proved(schema: ProofCase, longest: int, seconds: float) -> Verdict:
    """Return what the solver says of a schema at all lengths up to ``longest``, in ``seconds`` for each question."""
    return _judged(schema, schema.node, rewritten(schema, schema.node), schema.conditions, longest, seconds)


@contextmanager
def replaced(patches: Iterable[Patch]) -> Iterator[None]:
    """Replace guards while the context is entered."""
    with ExitStack() as stack:
        for owner, name, replacement in patches:
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield


def dropped(case: ProofCase, assumption: Condition | GuardMutation) -> tuple[Node, list[Node]]:
    """Return the program that shows what an assumption is for, and what the rule makes of it without the assumption.

    Raises:
        NotAppliedError: if that is nothing.
    """
    if isinstance(assumption, Condition):
        return case.node, rewritten(case, case.node)
    with replaced(assumption.patches):
        return assumption.node, rewritten(case, assumption.node)


def refuted(case: ProofCase, assumption: Condition | GuardMutation, longest: int, seconds: float) -> Verdict:
    """Return the solver's verdict on a proof case without one of its assumptions."""
    before, after = dropped(case, assumption)
    nodes = set(topological([before]))
    others = [each for each in case.conditions if each is not assumption and each.facts.keys() <= nodes]
    return _judged(case, before, after, others, longest, seconds, real=True)


def _judged(
    schema: ProofCase,
    node: Node,
    found: list[Node],
    conditions: Iterable[Condition],
    longest: int,
    seconds: float,
    real: bool = False,
) -> Verdict:
    """Return what the solver says of a program and what was made of it; ``real`` says that they should differ."""
    lengths: list[int] = []
    last = longest if schema.most is None else min(longest, schema.most)
    tables = known_to(Analysis(schema.functions), schema.functions)
    made_up: Counterexample | None = None
    for n in range(schema.least if real else 0, last + 1):
        for each in found:
            result = differing(n, node, each, conditions, seconds, tables, schema.exact, real, schema.rounds)
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
    """Return values on which ``before`` has a result and ``after`` has not, or has another one.

    ``False`` if there are none, ``None`` if the solver cannot tell in time. ``exact`` says that an atom of another
    kind is another result, ``real`` that values are expected to be found: the solver is asked first for some that a
    reader can check; ``rounds`` that it is told how products and quotients round.

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
    """Return the ways in which ``after`` may be wrong, one for each position: all in one take longer."""
    written = encoding.succeeds(before)
    right = [encoding.succeeds(after), *encoding.equal_rows(before, after, exact)]
    wrong = [z3.And(written, z3.Not(each)) for each in right if not z3.is_true(z3.simplify(each))]
    return [*wrong, *(z3.Not(claim) for claim in encoding.claims)]
