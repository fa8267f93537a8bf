"""Conformance reports as tables: by feature group, and by operation and kind of atoms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from io import StringIO

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from raspir.ir.operations import OPERATIONS, Role
from raspir.testing.conformance.case import KINDS

WIDTH = 80
FEW = 0.5
"""The share of supported cases below which a verdict opens with their number."""


class Outcome(Enum):
    """The outcome of a case; ``PARTLY`` is for operations whose cases passed only as far as supported."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Entry:
    """The report entry of one case.

    Attributes:
        group: the feature group.
        name: the feature.
        outcome: the outcome.
        message: the failure message, or the reason why it is unsupported.
        operations: the IR operations that it covers.
        kind: the kind of atoms that they operate on.
        rounded: the number of results that differ by the rounding of sums alone.
        left_out: the reason why a part of it was not run, if the rest passed.
    """

    group: str
    name: str
    outcome: Outcome = Outcome.PASSED
    message: str = ""
    operations: tuple[str, ...] = ()
    kind: str = "mixed"
    rounded: int = 0
    left_out: str = ""

    @property
    def missing(self) -> str:
        """The missing capability in the backend's words, without the value that requires it."""
        reason = self.message if self.outcome is Outcome.UNSUPPORTED else self.left_out
        for pattern, kept in _NEEDS:
            reason = pattern.sub(kept, reason)
        return reason


_NEEDS = (  # messages from declared support name the missing capability first, then values and lines
    (re.compile(r"^(backend .*? does not support .*?)( \(nor .*)?, which .*$", re.DOTALL), r"\1"),
    (re.compile(r"^(backend .*? needs a vocabulary) for .*$", re.DOTALL), r"\1"),
    (re.compile(r"^(backend .*? needs a maximum length of inputs): .*$", re.DOTALL), r"\1"),
    (re.compile(r"^(backend .*? takes programs of one (?:in|out)put), and .*$", re.DOTALL), r"\1"),
)


@dataclass
class Report:
    """The results of a backend on all cases; ``str(report)`` renders the tables in 80 columns without color.

    Attributes:
        backend: the backend's name.
        entries: the result of each case.
        partial: whether only some of the suite's cases were selected.
    """

    backend: str
    entries: list[Entry] = field(default_factory=list)
    partial: bool = False

    @property
    def failed(self) -> list[Entry]:
        """The cases on which the backend is wrong."""
        return [entry for entry in self.entries if entry.outcome is Outcome.FAILED]

    @property
    def supports_nothing(self) -> bool:
        """Whether the backend passes no case at all, so that it cannot be said to conform."""
        return not any(entry.outcome is Outcome.PASSED for entry in self.entries)

    @property
    def conforms(self) -> bool:
        """Whether the backend supports something and gets nothing wrong."""
        return not self.failed and not self.supports_nothing

    def operations(self) -> dict[str, dict[str, Outcome]]:
        """Return the combined outcome of each operation and kind of atoms; failures dominate.

        A mix of supported and unsupported cases counts as unsupported, partly supported cases as partly.
        """
        found: dict[str, dict[str, Outcome]] = {name: {} for name in OPERATIONS}
        weight = [Outcome.PASSED, Outcome.PARTLY, Outcome.UNSUPPORTED, Outcome.FAILED]
        for entry in self.entries:
            for name in entry.operations:
                outcome = Outcome.PARTLY if entry.left_out and entry.outcome is Outcome.PASSED else entry.outcome
                before = found[name].get(entry.kind, outcome)
                found[name][entry.kind] = max(before, outcome, key=weight.index)
        return found

    def verdict(self) -> str:
        """Return a one-sentence verdict on the backend."""
        counts = Counter(entry.outcome for entry in self.entries)
        total, passed = len(self.entries), counts[Outcome.PASSED]
        if not total:
            return f"{self.backend} was not tested: no case was run"
        subject = f"in what was run, {self.backend}" if self.partial else self.backend
        if counts[Outcome.FAILED]:
            return f"{subject} does not conform: it is wrong in {counts[Outcome.FAILED]} of {total} cases"
        if self.supports_nothing:
            return f"{subject} does not conform: it supports none of {total} cases"
        if passed < FEW * total:
            return (
                f"{subject} conforms in the {passed} of {total} cases that it supports; nothing is known of the others"
            )
        parts = sum(1 for entry in self.entries if entry.left_out and entry.outcome is Outcome.PASSED)
        if counts[Outcome.UNSUPPORTED] or parts:
            right = f"{passed} of {total} cases are right{f' ({parts} of them in part)' if parts else ''}"
            return f"{subject} conforms in what it supports: {right}, and {counts[Outcome.UNSUPPORTED]} unsupported"
        return f"{subject} conforms: all {total} cases are right"

    def render(self, color: bool = False, ascii_only: bool = False, width: int = WIDTH) -> str:
        """Render the tables as text.

        Args:
            color: whether to use terminal colors.
            ascii_only: whether to restrict output to ASCII.
            width: the terminal width in columns.
        """
        lines = box.ASCII if ascii_only else box.SIMPLE_HEAD
        output = StringIO()
        console = Console(file=output, width=width, force_terminal=color, no_color=not color, highlight=False)
        console.legacy_windows = False
        console.print(Group(_by_group(self.entries, lines), _by_operation(self.operations(), lines)))
        for note in (*self._notes(), self.verdict()):
            console.print(Text(note))
        return "\n".join(line.rstrip() for line in output.getvalue().splitlines())

    def _notes(self) -> Iterator[str]:
        rounded = sum(entry.rounded for entry in self.entries)
        if rounded:
            yield f"sums of floats: {rounded} results differ within rounding, by the order of addition"
        reasons = Counter(entry.missing for entry in self.entries if entry.outcome is Outcome.UNSUPPORTED)
        for reason, count in reasons.most_common(8):
            yield f"unsupported ({count}): {reason}"
        parts = Counter(entry.missing for entry in self.entries if entry.left_out and entry.outcome is Outcome.PASSED)
        for reason, count in parts.most_common(8):
            yield f"unsupported in part ({count}): {reason}"

    def __str__(self) -> str:
        return self.render()


def _by_group(entries: Iterable[Entry], lines: box.Box) -> Table:
    counts: dict[str, Counter[Outcome]] = {}
    for entry in entries:
        counts.setdefault(entry.group, Counter())[entry.outcome] += 1
    table = Table(box=lines, show_footer=True)
    table.add_column("feature", footer="all")
    table.add_column("supported", footer=_supported(sum(counts.values(), Counter())))
    for outcome in _COLUMNS:
        table.add_column(outcome.value, justify="right", footer=str(sum(each[outcome] for each in counts.values())))
    for group, count in counts.items():
        numbers = [
            Text(str(count[outcome]) if count[outcome] else "·", _STYLES[outcome] if count[outcome] else "")
            for outcome in _COLUMNS
        ]
        table.add_row(Text(group), _supported(count), *numbers)
    return table


def _supported(count: Counter[Outcome]) -> Text:
    if count[Outcome.FAILED]:
        return Text("WRONG", _STYLES[Outcome.FAILED])
    if not count[Outcome.UNSUPPORTED]:
        return Text("yes", _STYLES[Outcome.PASSED])
    return Text("partly" if count[Outcome.PASSED] else "no", _STYLES[Outcome.UNSUPPORTED])


def _by_operation(found: dict[str, dict[str, Outcome]], lines: box.Box) -> Table:
    table = Table(box=lines)
    table.add_column("operation")
    for kind in KINDS:
        table.add_column(kind)
    last: Role | None = None
    for name, operation in OPERATIONS.items():
        if any(found[name].values()):
            if last not in (None, operation.role):
                table.add_section()
            last = operation.role
            table.add_row(Text(name), *(_cell(found[name].get(kind)) for kind in KINDS))
    return table


def _cell(outcome: Outcome | None) -> Text:
    return Text("·") if outcome is None else Text(_WORDS[outcome], _STYLES[outcome])


_COLUMNS = (Outcome.PASSED, Outcome.FAILED, Outcome.UNSUPPORTED)
_WORDS = {Outcome.PASSED: "yes", Outcome.PARTLY: "partly", Outcome.FAILED: "WRONG", Outcome.UNSUPPORTED: "no"}
_STYLES = {Outcome.PASSED: "green", Outcome.PARTLY: "yellow", Outcome.FAILED: "bold red", Outcome.UNSUPPORTED: "yellow"}
