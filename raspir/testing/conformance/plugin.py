"""Pytest plugin of the conformance suite: command-line options, fixtures, and the final report.

``_raspir_pytest`` loads it only if the command line names the suite.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import pytest

from raspir.backends.base import runner
from raspir.ir import BackendError
from raspir.testing.conformance.case import Case
from raspir.testing.conformance.generated import PROGRAMS, Patience
from raspir.testing.conformance.judge import Judge, NonconformityError, Verdict
from raspir.testing.conformance.report import WIDTH, Entry, Outcome, Report
from raspir.testing.trying import runners

_PROPERTY = "raspir.conformance"
_REPORT = pytest.StashKey[Report]()
_JUDGE = pytest.StashKey[Judge]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's command-line options."""
    group = parser.getgroup("raspir.testing.conformance", "conformance of a raspir backend to the language")
    group.addoption("--backend", metavar="NAME", help="the backend to test")
    group.addoption(
        "--programs", type=int, default=PROGRAMS, metavar="N", help=f"number of generated programs ({PROGRAMS})"
    )
    group.addoption("--program-seed", type=int, default=0, metavar="S", help="seed of the generated programs (0)")
    group.addoption(
        "--exact-errors", action="store_true", help="also require the messages and locations of the reference's errors"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Resolve the backend.

    Raises:
        UsageError: if none is given, it does not exist or run programs, or the number of programs is negative.
    """
    programs = config.getoption("programs")
    if programs < 0:
        raise pytest.UsageError(f"--programs must be 0 or more, not {programs}")
    name = config.getoption("backend")
    if name is None:
        raise pytest.UsageError(f"choose a backend to test: --backend NAME ({_known()})")
    try:
        runner(name)
    except BackendError as error:
        raise pytest.UsageError(f"{error.message}; {_known()}") from None
    config.stash[_JUDGE] = Judge(name, config.getoption("exact_errors"))
    config.stash[_REPORT] = Report(name, partial=_chooses(config))
    config.pluginmanager.register(_Collector(config.stash[_REPORT]), "raspir conformance report")


def pytest_report_header(config: pytest.Config) -> str:
    """Say which backend is tested, and about how long the suite takes."""
    name, programs = config.getoption("backend"), config.getoption("programs")
    seconds = _OF_CASES + _OF_PROGRAM * programs
    return f"conformance of backend {name}, with {programs} programs: about {seconds:.0f} seconds if it is fast"


_OF_CASES, _OF_PROGRAM = 8.0, 0.07
"""The seconds that the cases of features, and a generated program, take with the numpy backend on one core."""


def _chooses(config: pytest.Config) -> bool:
    """Return whether the command line selects a subset of the tests: xdist workers do not report deselection."""
    options = ("keyword", "markexpr", "deselect", "maxfail", "lf")
    parts = any("::" in argument or argument.endswith(".py") for argument in config.args)
    return parts or any(config.getoption(option, None) for option in options)


def _known() -> str:
    return f"backends that run programs: {', '.join(runners())}"


class _Collector:
    """Collector of case results; under xdist, it runs in the controller process."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def pytest_deselected(self) -> None:
        self.report.partial = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        fields: Any = dict(report.user_properties).get(_PROPERTY)
        if fields is None or (report.when != "call" and not report.failed):
            return
        entry = Entry(**fields)
        if report.failed:
            entry = replace(entry, outcome=Outcome.FAILED, message=report.longreprtext)
        elif report.skipped:
            entry = replace(entry, outcome=Outcome.UNSUPPORTED)
        self.report.entries.append(entry)


@pytest.fixture
def recorded(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Return a function that checks a backend on a case and records the result for the report."""

    def record(case: Case, check: Callable[[], Verdict]) -> None:
        fields: dict[str, Any] = {"group": case.group, "name": case.name}  # of an entry of the report
        fields |= {"operations": case.operations, "kind": case.kind}
        record_property(_PROPERTY, fields)
        verdict, wrong = Verdict(), ""
        try:
            verdict = check()
        except NonconformityError as error:
            wrong = str(error).encode("utf-8", "backslashreplace").decode()
        if wrong:  # outside the handler, so that pytest does not show it as a chained exception
            pytest.fail(f"{case}\n{wrong}", pytrace=False)
        fields |= {"rounded": verdict.rounded, "left_out": verdict.left_out or ""}
        if verdict.unsupported is not None:
            fields["message"] = verdict.unsupported
            pytest.skip(f"unsupported: {verdict.unsupported}")

    return record


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """The judge of the chosen backend."""
    return pytestconfig.stash[_JUDGE]


@pytest.fixture(scope="session")
def patience() -> Patience:
    """The time budget for minimizing failing programs."""
    return Patience()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session in which the backend supported nothing: all cases were skipped, so nothing was verified."""
    report = session.config.stash.get(_REPORT, None)
    if report is None or hasattr(session.config, "workerinput"):
        return
    if report.entries and report.supports_nothing:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """Print the report at the end of the session."""
    yield
    report = config.stash.get(_REPORT, None)
    if report is None or not report.entries:
        return
    writer = config.get_terminal_writer()
    ascii_only = not (sys.stdout.encoding or "ascii").lower().startswith("utf")
    text = report.render(writer.hasmarkup, ascii_only, min(WIDTH, writer.fullwidth))
    terminalreporter.section(f"conformance of backend {report.backend}", "=")
    terminalreporter.write_line(text)
