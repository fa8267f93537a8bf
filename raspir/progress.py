"""A progress bar for what takes long."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

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
