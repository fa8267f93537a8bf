"""The conformance kit: whether a backend that runs programs keeps to the language, and what of it it supports.

From the command line, for an installed backend (``docs/conformance.md`` says what is asked of it)::

    pytest --pyargs raspir.testing.conformance --backend NAME

From Python, for a backend that need not be installed::

    report = run(MyBackend())
    print(report)
    assert report.conforms
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import product

from raspir.backends.base import Backend, runner
from raspir.ir import BackendError
from raspir.testing.conformance import generated
from raspir.testing.conformance.case import Case, Trial, trial
from raspir.testing.conformance.features import cases
from raspir.testing.conformance.judge import Judge, NonconformityError, Verdict
from raspir.testing.conformance.report import Entry, Outcome, Report

__all__ = [
    "Came",
    "Case",
    "Entry",
    "NonconformityError",
    "Report",
    "Trial",
    "Verdict",
    "cases",
    "check",
    "run",
    "trial",
]


def check(backend: str | Backend, case: Case, exact_errors: bool = False) -> Verdict:
    """Hold a backend to a case.

    Args:
        backend: the backend, or the name of one that is installed.
        case: one of :func:`cases`, or one of your own.
        exact_errors: whether errors must have the words of the reference backend.

    Raises:
        NonconformityError: if the backend is wrong; the message shows the program, the input, and what came of it.
        BackendError: if there is no backend of this name, it does not run programs, or the object is no backend.
    """
    runner(backend)
    return Judge(backend, exact_errors).check(case)


def run(
    backend: str | Backend,
    chosen: Iterable[Case] | None = None,
    programs: int = generated.PROGRAMS,
    seed: int = 0,
    exact_errors: bool = False,
) -> Report:
    """Hold a backend to many cases and return what came of them.

    Args:
        backend: the backend, or the name of one that is installed.
        chosen: cases on features; :func:`cases` for ``None``.
        programs: how many generated programs follow.
        seed: from which seed.
        exact_errors: whether errors must have the words of the reference backend.

    Raises:
        BackendError: as :func:`check` does, and if the number of programs is negative.
    """
    if programs < 0:
        raise BackendError(f"generated programs are none or more, not {programs}")
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
    """Return what comes of a case when it is tried."""
    entry = Entry(case.group, case.name, Outcome.PASSED, "", case.operations, case.kind)
    try:
        verdict = tried()
    except NonconformityError as error:
        return replace(entry, came=Outcome.FAILED, told=str(error))
    if verdict.unsupported is not None:
        return replace(entry, came=Outcome.UNSUPPORTED, told=verdict.unsupported)
    return replace(entry, rounded=verdict.rounded, left_out=verdict.left_out or "")
