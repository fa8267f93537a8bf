"""Progress bars for what takes long."""

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

Tell = Callable[[int, int], None]
"""Told how many steps of how many are done."""


@contextlib.contextmanager
def progress_bar(what: str, console: Console | None = None, delay: float = 1.0) -> Iterator[Tell | None]:
    """Yield what moves a bar; the bar comes ``delay`` seconds later, and leaves nothing behind.

    Yields ``None`` where there is no terminal to see it.

    Args:
        what: what takes long, in front of the bar.
        console: where the bar is drawn; standard error if ``None``.
        delay: seconds before the bar comes, so that what is quick stays quiet.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(what)
    start = time.monotonic() + delay

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if not bar.live.is_started and time.monotonic() >= start:
            bar.start()

    try:
        yield tell
    finally:
        if bar.live.is_started:
            bar.stop()


_BESIDE = 36  # characters of a line that the bar itself, its share and its time take


class Bars:
    """Bars for what takes long, one below the other: each comes some seconds after it began, and goes when it is done.

    Args:
        console: where they are drawn.
        delay: the seconds before a bar comes.
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
        """Say how far something is.

        Args:
            what: what takes long.
            done: how many steps are done.
            total: of how many; ``None`` where that is not known.
            told: what stands in front of the bar; ``what`` if ``None``.
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
        """Take the bars away until there is more to say."""
        if self._progress.live.is_started:
            self._progress.stop()


@contextlib.contextmanager
def progress_bars(console: Console | None = None) -> Iterator[Bars | None]:
    """Yield what draws bars, which leave nothing behind; ``None`` where there is no terminal to see them.

    Args:
        console: where the bars are drawn; standard error if ``None``.
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
    """Yield what moves a bar of cases, told how many are done, what came of them, and how fast; it leaves nothing.

    Yields ``None`` where there is no terminal to see it.

    Args:
        cases: how many there are.
        console: where the bar is drawn; standard error if ``None``.
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
        yield lambda done, told, rate: bar.update(task, completed=done, description=told, rate=rate)
