"""Progress bars for slow operations."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_WORTH_SAYING = 10.0  # seconds

OnProgress = Callable[[int, int], None]
"""A progress callback, called with the steps done and the total."""

_BESIDE = 46  # the columns taken by the bar, percentage and times


class Bars:
    """Stacked progress bars, each shown after a delay and removed on completion.

    Args:
        console: the console to draw on.
        delay: the seconds before a bar appears, so that fast operations show none.
    """

    def __init__(self, console: Console, delay: float = 1.0) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            TextColumn("{task.fields[share]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._delay = delay
        self._since: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, operation: str, done: int, total: int | None, label: str | None = None) -> None:
        """Update the bar of an operation.

        Args:
            operation: the operation.
            done: the number of steps done.
            total: the total number of steps; ``None`` if unknown.
            label: the label of the bar; ``operation`` if ``None``.
        """
        now = time.monotonic()
        since = self._since.setdefault(operation, now)
        if total is not None and done >= total:
            self._end(operation)
        elif now - since >= self._delay:
            shown = self._shortened(label or operation)
            share = "" if total is None else f"{done / total:.0%}"
            if operation not in self._tasks:
                self._tasks[operation] = self._progress.add_task(shown, share=share)
                self._progress.tasks[-1].start_time = since
            self._progress.update(self._tasks[operation], completed=done, total=total, description=shown, share=share)
            self._progress.start()

    def _shortened(self, text: str) -> str:
        room = max(20, self._progress.console.width - _BESIDE)
        return escape(text if len(text) <= room else f"{text[: room - 1]}…")

    def _end(self, operation: str) -> None:
        del self._since[operation]
        task = self._tasks.pop(operation, None)
        if task is not None:
            self._progress.remove_task(task)
        if not self._tasks:
            self.pause()

    def pause(self) -> None:
        """Hide the bars until the next update."""
        if self._progress.live.is_started:
            self._progress.stop()


def announced(work: str, seconds: float, jobs: int) -> str | None:
    """Return how long a command will take, in words; ``None`` if it is quick.

    Args:
        work: what it does, as a noun phrase.
        seconds: a rough estimate of the time on one core.
        jobs: the number of processes that share the work.
    """
    if seconds < _WORTH_SAYING:
        return None
    shared = "" if jobs == 1 else f", shared by {jobs} processes"
    return f"{work}: {_about(seconds)} on one core{shared}"


def _about(seconds: float) -> str:
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= 1.5 * length:
            return f"about {seconds / length:.0f} {unit}s"
    return f"about {10 * round(seconds / 10)} seconds"


@contextlib.contextmanager
def progress_bars(console: Console | None = None, delay: float = 1.0) -> Iterator[Bars | None]:
    """Yield transient progress bars; ``None`` without a terminal.

    Args:
        console: the console to draw on; stderr if ``None``.
        delay: the seconds before a bar appears.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    bars = Bars(console, delay)
    try:
        yield bars
    finally:
        bars.pause()


@contextlib.contextmanager
def progress_bar(operation: str, console: Console | None = None, delay: float = 1.0) -> Iterator[OnProgress | None]:
    """Yield a progress callback that updates a bar of :func:`progress_bars`; ``None`` without a terminal."""
    with progress_bars(console, delay) as bars:
        if bars is None:
            yield None
        else:
            yield lambda done, total: bars(operation, done, total, f"{operation} {done}/{total}")
