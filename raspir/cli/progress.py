"""Progress bars for slow operations."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

OnProgress = Callable[[int, int], None]
"""A progress callback, called with the steps done and the total."""


@contextlib.contextmanager
def progress_bar(what: str, console: Console | None = None, delay: float = 1.0) -> Iterator[OnProgress | None]:
    """Yield a progress callback that updates a transient bar; ``None`` without a terminal.

    Args:
        what: the label of the bar.
        console: the console to draw on; stderr if ``None``.
        delay: the seconds before the bar appears, so that fast operations show none.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(what)
    start = time.monotonic() + delay

    def update(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if not bar.live.is_started and time.monotonic() >= start:
            bar.start()

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()


_BESIDE = 36  # the columns taken by the bar, percentage and time


class Bars:
    """Stacked progress bars, each shown after a delay and removed on completion.

    Args:
        console: the console to draw on.
        delay: the seconds before a bar appears.
    """

    def __init__(self, console: Console, delay: float = 1.0) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            TextColumn("{task.fields[share]}"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._delay = delay
        self._since: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int | None, told: str | None = None) -> None:
        """Update the bar of an operation.

        Args:
            what: the operation.
            done: the number of steps done.
            total: the total number of steps; ``None`` if unknown.
            told: the label of the bar; ``what`` if ``None``.
        """
        now = time.monotonic()
        since = self._since.setdefault(what, now)
        if total is not None and done >= total:
            self._end(what)
        elif now - since >= self._delay:
            shown = self._shortened(told or what)
            share = "" if total is None else f"{done / total:.0%}"
            if what not in self._tasks:
                self._tasks[what] = self._progress.add_task(shown, share=share)
                self._progress.tasks[-1].start_time = since
            self._progress.update(self._tasks[what], completed=done, total=total, description=shown, share=share)
            self._progress.start()

    def _shortened(self, text: str) -> str:
        room = max(20, self._progress.console.width - _BESIDE)
        return escape(text if len(text) <= room else f"{text[: room - 1]}…")

    def _end(self, what: str) -> None:
        del self._since[what]
        task = self._tasks.pop(what, None)
        if task is not None:
            self._progress.remove_task(task)
        if not self._tasks:
            self.pause()

    def pause(self) -> None:
        """Hide the bars until the next update."""
        if self._progress.live.is_started:
            self._progress.stop()


@contextlib.contextmanager
def progress_bars(console: Console | None = None) -> Iterator[Bars | None]:
    """Yield transient progress bars; ``None`` without a terminal.

    Args:
        console: the console to draw on; stderr if ``None``.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    bars = Bars(console)
    try:
        yield bars
    finally:
        bars.pause()


@contextlib.contextmanager
def case_bar(cases: int, console: Console | None = None) -> Iterator[Callable[[int, str, str], None] | None]:
    """Yield a callback that updates a transient bar with the cases done, outcome and rate; ``None`` without a terminal.

    Args:
        cases: the total number of cases.
        console: the console to draw on; stderr if ``None``.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("fuzzing", total=cases, rate="")
        yield lambda done, outcome, rate: bar.update(task, completed=done, description=outcome, rate=rate)
