"""The results for each rule of the optimizer: proofs, and counterexamples without each side condition."""

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

_ALONE = 5000  # minimum number of generated programs for a rule without proofs


@dataclass(frozen=True)
class Need:
    """A side condition of a rule, and the counterexample without it.

    Attributes:
        text: the condition in words.
        case: the text of its proof case.
        counterexample: values on which the rule is wrong without it; ``None`` if none were found.
    """

    text: str
    case: str
    counterexample: str | None


@dataclass(frozen=True)
class Finding:
    """The results for one rule.

    Attributes:
        pass_: the pass of the rule.
        rule: the name of the rule.
        algebra: the identity.
        cases: the number of its proof cases.
        lengths: the lengths at which all of them are proved.
        needs: its side conditions, each dropped in turn.
        problems: the problems in words: a counterexample to the rule, or a length at which the solver gave up.
        unencoded: why there is no proof case; empty if there is one.
        checks: the results on generated programs; ``None`` if none were generated.
        seconds: the time taken.
    """

    pass_: str
    rule: str
    algebra: str
    cases: int = 0
    lengths: tuple[int, ...] = ()
    needs: tuple[Need, ...] = ()
    problems: tuple[str, ...] = ()
    unencoded: str = ""
    checks: Checks | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def holds(self) -> bool:
        """Whether the rule has no known problem, and each of its conditions is shown to be needed."""
        refuted = self.checks is not None and self.checks.difference is not None
        return not self.problems and not refuted and all(need.counterexample is not None for need in self.needs)

    def to_json(self) -> dict[str, Any]:
        """Return the fields of the finding for JSON."""
        conditions = [
            {"condition": need.text, "schema": need.case, "counterexample": need.counterexample} for need in self.needs
        ]
        found: dict[str, Any] = {"pass": self.pass_, "rule": self.rule, "algebra": self.algebra, "holds": self.holds}
        if self.unencoded:
            found["not_encoded"] = self.unencoded
        else:
            found |= {"schemas": self.cases, "lengths": list(self.lengths), "without": conditions}
        if self.checks is not None:
            compared = {"programs": self.checks.programs, "applied": self.checks.applied}
            found["generated"] = {**compared, "compared": self.checks.compared, "difference": self.checks.difference}
        return {**found, "problems": list(self.problems), "seconds": round(self.seconds, 2)}


def findings(
    rules: Iterable[Provable], longest: int, seconds: float, generated: int, jobs: int = 1
) -> Iterator[Finding]:
    """Yield the finding for each of ``rules``, in order.

    Args:
        rules: rules of the catalog.
        longest: the maximum length to prove.
        seconds: the time limit for each proof case and length.
        generated: the number of programs to generate for each rule; more for one without a faithful encoding.
        jobs: the number of worker processes.

    Raises:
        KeyboardInterrupt: on Ctrl-C, after earlier findings have been yielded.
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
    """Silence the stderr of this worker for when it is stopped; its errors are raised where its results are read."""
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # open for the lifetime of the process


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Block Ctrl-C here, and for good in processes started meanwhile: only one process should receive it.

    Ignoring the signal would not suffice, since the solver restores its handler.
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
    """Return the finding for a rule, identified by pass and name since its functions cannot be pickled."""
    from raspir.testing.proofs.cases import RULES

    (rule,) = (each for each in RULES if (each.pass_, each.name) == name)
    start = time.perf_counter()
    lengths, problems, needs = set(range(longest + 1)), list[str](), list[Need]()
    for case in rule.cases:
        try:
            verdict = proved(case, longest, seconds)
            needs += _needs(case, longest, seconds)
        except (NoEncodingError, NotAppliedError) as error:
            problems.append(f"{case.text}: {type(error).__name__}: {error}")
            continue
        lengths &= set(verdict.lengths)
        problems += _problems(case, verdict)
    programs = generated if rule.cases else max(generated, _ALONE)
    return Finding(
        rule.pass_,
        rule.name,
        rule.algebra,
        cases=len(rule.cases),
        lengths=tuple(sorted(lengths)) if rule.cases and not problems else (),
        needs=tuple(needs),
        problems=tuple(problems),
        unencoded=rule.unencoded,
        checks=check(rule, programs) if programs else None,
        seconds=time.perf_counter() - start,
    )


def _problems(case: ProofCase, verdict: Verdict) -> list[str]:
    if verdict.counterexample is not None:
        return [f"{case.text}: {verdict.counterexample}"]
    return [] if verdict.unknown is None else [f"{case.text}: the solver gave up at length {verdict.unknown}"]


def _needs(case: ProofCase, longest: int, seconds: float) -> Iterator[Need]:
    for each in case.assumptions:
        found = refuted(case, each, longest, seconds).counterexample
        yield Need(each.text, case.text, None if found is None else str(found))
