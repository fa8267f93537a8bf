"""A session: the statements of the language, and raspir's own commands, which begin with a colon."""

from __future__ import annotations

from raspir.cli.repl.screen import Screen
from raspir.frontends.rasp.console import Console


class Session:
    """Lines in, results out.

    Attributes:
        console: runs the statements.
        screen: where results go.
    """

    def __init__(self, console: Console, screen: Screen) -> None:
        self.console, self.screen = console, screen

    def feed(self, line: str) -> bool:
        """Read a line, run what it completes, and return whether the session goes on."""
        return self.console.feed(line)
