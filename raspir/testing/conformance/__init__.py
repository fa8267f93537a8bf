"""Conformance suite for executing backends: checks them against the language, and reports which of it they support.

From the command line, for an installed backend (requirements: ``docs/conformance.md``)::

    pytest --pyargs raspir.testing.conformance --backend NAME

From Python, for a backend that need not be installed::

    report = run(MyBackend())
    print(report)
    assert report.conforms
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import product

from raspir.backends.base import Backend, runner
from raspir.ir import BackendError
from raspir.ir.tracebacks import public
from raspir.testing.conformance import generated
from raspir.testing.conformance.case import Case, Trial, trial
from raspir.testing.conformance.features import cases
from raspir.testing.conformance.judge import Judge, NonconformityError, Verdict
from raspir.testing.conformance.report import Entry, Outcome, Report

__all__ = [
    "Case",
    "Entry",
    "NonconformityError",
    "Outcome",
    "Report",
    "Trial",
    "Verdict",
    "cases",
    "check",
    "run",
    "trial",
]


@public
def check(backend: str | Backend, case: Case, exact_errors: bool = False) -> Verdict:
    """Check a backend on one case.

    Args:
        backend: the backend, or the name of an installed one.
        case: one of :func:`cases`, or a custom one.
        exact_errors: whether error messages must match the reference backend's.

    Raises:
        NonconformityError: if the backend is wrong; the message shows the program, the input and the result.
        BackendError: if there is no such backend, it does not run programs, or the object is not a backend.
    """
    runner(backend)
    return Judge(backend, exact_errors).check(case)


@public
def run(
    backend: str | Backend,
    chosen: Iterable[Case] | None = None,
    programs: int = generated.PROGRAMS,
    seed: int = 0,
    exact_errors: bool = False,
) -> Report:
    """Check a backend on feature cases and generated programs, and return the report.

    Args:
        backend: the backend, or the name of an installed one.
        chosen: the feature cases; all :func:`cases` for ``None``.
        programs: the number of generated programs.
        seed: the seed of the generated programs.
        exact_errors: whether error messages must match the reference backend's.

    Raises:
        BackendError: as for :func:`check`, and if the number of programs is negative.
    """
    if programs < 0:
        raise BackendError(f"the number of generated programs must be 0 or more, not {programs}")
    report = Report(runner(backend).name, partial=chosen is not None)
    judge, patience = Judge(backend, exact_errors), generated.Patience()
    for case in cases() if chosen is None else chosen:
        report.entries.append(_entry(case, partial(judge.check, case)))
    for number, version in product(range(programs), generated.VERSIONS):
        made = generated.case_of(number, seed, version, judge)
        tried = partial(generated.check, judge, number, seed, version, patience)
        report.entries.append(_entry(made, tried))
    return report


def _entry(case: Case, tried: Callable[[], Verdict]) -> Entry:
    """Run a case and return its report entry."""
    entry = partial(Entry, case.group, case.name, operations=case.operations, kind=case.kind)
    try:
        verdict = tried()
    except NonconformityError as error:
        return entry(Outcome.FAILED, str(error))
    if verdict.unsupported is not None:
        return entry(Outcome.UNSUPPORTED, verdict.unsupported)
    return entry(rounded=verdict.rounded, left_out=verdict.left_out or "")
