"""What came of all cases, as tables: by groups of features, and by operations and kinds of atoms."""

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
"""The share of the cases below which a verdict begins with how few of them the backend supports."""


class Outcome(Enum):
    """What came of a case; ``PARTLY`` of an operation, where cases about it passed as far as they are supported."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Entry:
    """What came of one case.

    Attributes:
        group: the group of features that it belongs with.
        name: what it is about.
        came: what came of it.
        told: what was wrong, or why it is not supported.
        operations: the operations that it is about.
        kind: the kind of atoms that they work on in it.
        rounded: how many results differ by the rounding of sums alone.
        left_out: why a part of it was not run, where the rest passed.
    """

    group: str
    name: str
    came: Outcome
    told: str = ""
    operations: tuple[str, ...] = ()
    kind: str = "mixed"
    rounded: int = 0
    left_out: str = ""

    @property
    def missing(self) -> str:
        """What the backend lacks that the case needs, in the backend's words, without which value needs it."""
        told = self.told if self.came is Outcome.UNSUPPORTED else self.left_out
        for pattern, kept in _NEEDS:
            told = pattern.sub(kept, told)
        return told


_NEEDS = (  # what raspir says from a declared support names values and lines; what is missing is said before
    (re.compile(r"^(backend .*? does not support .*?)( \(nor .*)?, which .*$", re.DOTALL), r"\1"),
    (re.compile(r"^(backend .*? needs a promise of which atoms) .*$", re.DOTALL), r"\1 an input holds"),
    (re.compile(r"^(backend .*? needs a promise of how long an input may be): .*$", re.DOTALL), r"\1"),
    (re.compile(r"^(backend .*? takes programs of one (?:in|out)put), and .*$", re.DOTALL), r"\1"),
)


@dataclass
class Report:
    """What came of all cases on a backend. ``str(report)`` is the tables, for 80 columns without colours.

    Attributes:
        backend: the backend's name.
        entries: what came of each case.
        partial: whether some of the kit's cases were chosen, and not all.
    """

    backend: str
    entries: list[Entry] = field(default_factory=list)
    partial: bool = False

    @property
    def failed(self) -> list[Entry]:
        """The cases that the backend is wrong on."""
        return [entry for entry in self.entries if entry.came is Outcome.FAILED]

    @property
    def supports_nothing(self) -> bool:
        """Whether there is no case that the backend runs rightly, so that there is nothing good to say of it."""
        return not any(entry.came is Outcome.PASSED for entry in self.entries)

    @property
    def conforms(self) -> bool:
        """Whether the backend runs something, and nothing wrongly."""
        return not self.failed and not self.supports_nothing

    def operations(self) -> dict[str, dict[str, Outcome]]:
        """Return, by operation and kind of atoms, what came of the cases about it; failures outweigh all else.

        Where some cases are supported and others not, it counts as unsupported; where parts of a case are, as partly.
        """
        found: dict[str, dict[str, Outcome]] = {name: {} for name in OPERATIONS}
        weight = [Outcome.PASSED, Outcome.PARTLY, Outcome.UNSUPPORTED, Outcome.FAILED]
        for entry in self.entries:
            for name in entry.operations:
                came = Outcome.PARTLY if entry.left_out and entry.came is Outcome.PASSED else entry.came
                before = found[name].get(entry.kind, came)
                found[name][entry.kind] = max(before, came, key=weight.index)
        return found

    def verdict(self) -> str:
        """Return what to think of the backend, in a sentence."""
        counts = Counter(entry.came for entry in self.entries)
        total, passed = len(self.entries), counts[Outcome.PASSED]
        if not total:
            return f"{self.backend} was held to nothing: no case was run"
        told = f"in what was run, {self.backend}" if self.partial else self.backend
        if counts[Outcome.FAILED]:
            return f"{told} does not conform: it is wrong in {counts[Outcome.FAILED]} of {total} cases"
        if self.supports_nothing:
            return f"{told} does not conform: it supports none of {total} cases"
        if passed < FEW * total:
            return f"{told} conforms in the {passed} of {total} cases that it supports: of the others nothing is known"
        parts = sum(1 for entry in self.entries if entry.left_out and entry.came is Outcome.PASSED)
        if counts[Outcome.UNSUPPORTED] or parts:
            right = f"{passed} of {total} cases are right{f' ({parts} of them in part)' if parts else ''}"
            return f"{told} conforms in what it supports: {right}, and {counts[Outcome.UNSUPPORTED]} unsupported"
        return f"{told} conforms: all {total} cases are right"

    def render(self, colour: bool = False, ascii_only: bool = False, width: int = WIDTH) -> str:
        """Return the tables as text.

        Args:
            colour: whether in the colours of a terminal.
            ascii_only: whether for a terminal that shows no more than ASCII.
            width: the terminal's columns.
        """
        lines = box.ASCII if ascii_only else box.SIMPLE_HEAD
        console = Console(
            file=StringIO(),
            width=width,
            force_terminal=colour,
            no_color=not colour,
            highlight=False,
            legacy_windows=False,
        )
        console.print(Group(_by_group(self.entries, lines), _by_operation(self.operations(), lines)))
        for note in (*self._notes(), self.verdict()):
            console.print(Text(note))
        output = console.file
        assert isinstance(output, StringIO)
        return "\n".join(line.rstrip() for line in output.getvalue().splitlines())

    def _notes(self) -> Iterator[str]:
        rounded = sum(entry.rounded for entry in self.entries)
        if rounded:
            yield f"sums of floats: {rounded} results are of another order of adding, within rounding"
        reasons = Counter(entry.missing for entry in self.entries if entry.came is Outcome.UNSUPPORTED)
        for reason, count in reasons.most_common(8):
            yield f"unsupported ({count}): {reason}"
        parts = Counter(entry.missing for entry in self.entries if entry.left_out and entry.came is Outcome.PASSED)
        for reason, count in parts.most_common(8):
            yield f"unsupported in part ({count}): {reason}"

    def __str__(self) -> str:
        return self.render()


def _by_group(entries: Iterable[Entry], lines: box.Box) -> Table:
    counts: dict[str, Counter[Outcome]] = {}
    for entry in entries:
        counts.setdefault(entry.group, Counter())[entry.came] += 1
    table = Table(box=lines, show_footer=True)
    table.add_column("feature", footer="all")
    table.add_column("supported", footer=_supported(sum(counts.values(), Counter())))
    for came in _COLUMNS:
        table.add_column(came.value, justify="right", footer=str(sum(each[came] for each in counts.values())))
    for group, count in counts.items():
        numbers = [
            Text(str(count[came]) if count[came] else "·", _STYLES[came] if count[came] else "") for came in _COLUMNS
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


def _cell(came: Outcome | None) -> Text:
    return Text("·") if came is None else Text(_WORDS[came], _STYLES[came])


_COLUMNS = (Outcome.PASSED, Outcome.FAILED, Outcome.UNSUPPORTED)
_WORDS = {Outcome.PASSED: "yes", Outcome.PARTLY: "partly", Outcome.FAILED: "WRONG", Outcome.UNSUPPORTED: "no"}
_STYLES = {Outcome.PASSED: "green", Outcome.PARTLY: "yellow", Outcome.FAILED: "bold red", Outcome.UNSUPPORTED: "yellow"}
