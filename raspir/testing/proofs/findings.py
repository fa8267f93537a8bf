"""What is found about each rule of the optimiser: proofs, and what happens without each of its conditions."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from raspir.testing.proofs.generated import Checks, check
from raspir.testing.proofs.proving import NotAppliedError, ProofCase, Provable, Verdict, proved, refuted
from raspir.validation.values import NoEncodingError

_ALONE = 5000  # programs that are generated at least for a rule of which nothing else speaks


@dataclass(frozen=True)
class Need:
    """A side condition of a rule, and what happens without it.

    Attributes:
        text: the condition in words.
        schema: what becomes what, in the schema that it is of.
        counterexample: values on which the rule is wrong without it; ``None`` if none were found.
    """

    text: str
    schema: str
    counterexample: str | None


@dataclass(frozen=True)
class Finding:
    """What is found about one rule.

    Attributes:
        pass_: the pass that it is of.
        rule: its name.
        algebra: what is equal to what.
        schemas: on how many programs with symbols for inputs it was shown.
        lengths: the lengths at which all of them are proved.
        needs: its conditions, each dropped in turn.
        problems: what is wrong, in words: a counterexample to a rule, a length at which the solver gave up.
        unencoded: why it was not put to the solver; empty if it was.
        checks: its results on generated programs; ``None`` if none were generated.
        seconds: how long that took.
    """

    pass_: str
    rule: str
    algebra: str
    schemas: int = 0
    lengths: tuple[int, ...] = ()
    needs: tuple[Need, ...] = ()
    problems: tuple[str, ...] = ()
    unencoded: str = ""
    checks: Checks | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the rule, and each of its conditions is seen to be needed."""
        refuted = self.checks is not None and self.checks.difference is not None
        return not self.problems and not refuted and all(need.counterexample is not None for need in self.needs)

    def to_json(self) -> dict[str, Any]:
        """Return the finding by its parts, for JSON."""
        conditions = [
            {"condition": need.text, "schema": need.schema, "counterexample": need.counterexample}
            for need in self.needs
        ]
        found: dict[str, Any] = {"pass": self.pass_, "rule": self.rule, "algebra": self.algebra, "holds": self.holds}
        if self.unencoded:
            found["not_encoded"] = self.unencoded
        else:
            found |= {"schemas": self.schemas, "lengths": list(self.lengths), "without": conditions}
        if self.checks is not None:
            compared = {"programs": self.checks.programs, "applied": self.checks.applied}
            found["generated"] = {**compared, "compared": self.checks.compared, "difference": self.checks.difference}
        return {**found, "problems": list(self.problems), "seconds": round(self.seconds, 2)}


def findings(
    rules: Iterable[Provable], longest: int, seconds: float, generated: int, jobs: int = 1
) -> Iterator[Finding]:
    """Yield what is found about each of ``rules``, in order.

    Args:
        rules: out of the catalogue.
        longest: the length up to which the solver is asked.
        seconds: how long it may take for each schema and length.
        generated: how many programs are generated for each rule; more for one without a faithful encoding.
        jobs: how many processes share the work.

    Raises:
        KeyboardInterrupt: if Ctrl-C was pressed; what was found before has been yielded.
    """
    work = partial(_found, longest=longest, seconds=seconds, generated=generated)
    names = [(rule.pass_, rule.name) for rule in rules]
    if jobs == 1:
        yield from map(work, names)
        return
    with _uninterrupted():
        pool = multiprocessing.get_context("spawn").Pool(jobs, _quiet)
    with pool:
        yield from pool.imap(work, names)


def _quiet() -> None:
    """Say nothing from this process when it is stopped; its errors are raised where its results are read."""
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for as long as the process lives


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back, here and for good in processes that start meanwhile: one process is enough to be told of it.

    To ignore the signal would not do, since the solver takes it back.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _found(name: tuple[str, str], longest: int, seconds: float, generated: int) -> Finding:
    """Return what is found about the rule of this pass and name: rules hold functions, which no process can send."""
    from raspir.testing.proofs.cases import CATALOGUE

    (rule,) = (each for each in CATALOGUE if (each.pass_, each.name) == name)
    start = time.perf_counter()
    if not rule.schemas:
        checks = check(rule, max(generated, _ALONE))
        spent = time.perf_counter() - start
        return Finding(rule.pass_, rule.name, rule.algebra, unencoded=rule.unencoded, checks=checks, seconds=spent)
    lengths, problems = set(range(longest + 1)), list[str]()
    needs: list[Need] = []
    for schema in rule.schemas:
        try:
            verdict = proved(schema, longest, seconds)
            needs += _needs(schema, longest, seconds)
        except (NoEncodingError, NotAppliedError) as error:
            problems.append(f"{schema.text}: {type(error).__name__}: {error}")
            continue
        lengths &= set(verdict.lengths)
        problems += _problems(schema, verdict)
    checked = check(rule, generated) if generated else None
    return Finding(
        rule.pass_, rule.name, rule.algebra,
        schemas=len(rule.schemas),
        lengths=tuple(sorted(lengths)) if not problems else (),
        needs=tuple(needs),
        problems=tuple(problems),
        checks=checked,
        seconds=time.perf_counter() - start,
    )  # fmt: skip


def _problems(schema: ProofCase, verdict: Verdict) -> list[str]:
    if verdict.counterexample is not None:
        return [f"{schema.text}: {verdict.counterexample}"]
    return [] if verdict.unknown is None else [f"{schema.text}: the solver gave up at length {verdict.unknown}"]


def _needs(schema: ProofCase, longest: int, seconds: float) -> Iterator[Need]:
    for each in schema.assumptions:
        found = refuted(schema, each, longest, seconds).counterexample
        yield Need(each.text, schema.text, None if found is None else str(found))
