"""The loop of the console where standard input is no terminal, byte for byte as the language's own."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

from raspir.cli.batch import cause
from raspir.cli.repl.screen import Screen
from raspir.cli.repl.session import Session
from raspir.cli.shared import print_message
from raspir.frontends.rasp.console import BANNER, Console
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.limits import Limits
from raspir.frontends.rasp.running import CONSOLE
from raspir.ir import LoadError
from raspir.ir.location import Location

_MOST_BYTES = 1 << 24
"""The most bytes of a line, so that a stream without line ends does not fill the memory."""


def run(limits: Limits) -> None:
    """Run a session on standard input, until it ends or ``exit``.

    Raises:
        LoadError: if standard input cannot be read.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    screen = Screen()
    session, lines = Session(Console(screen, limits), screen), _Lines()
    screen.write(BANNER)
    goes_on = True
    while goes_on:
        try:
            goes_on = _step(session, lines, screen.prompt)
        except KeyboardInterrupt:
            session.console.drop()
            screen.write("\n")


def _step(session: Session, lines: _Lines, prompt: Callable[[str], None]) -> bool:
    """Prompt for a line, run it, and return whether the session goes on."""
    prompt(session.console.prompt)
    try:
        line = lines.read()
    except RaspSyntaxError as error:
        session.console.drop()
        session.console.refuse(error)
        return True
    if line is not None:
        return session.feed(line)
    prompt("\n")
    unfinished = session.console.unfinished_error()
    if unfinished is not None:
        print_message(str(unfinished))
    return False


class _Lines:
    """The lines of standard input: UTF-8, whatever the locale is."""

    def __init__(self) -> None:
        self._number = 0

    def read(self) -> str | None:
        """Return the next line, or ``None`` at the end.

        Raises:
            LoadError: if standard input cannot be read, or a line is too long to be one.
            RaspSyntaxError: if the line is not UTF-8 text.
        """
        if sys.stdin is None:
            raise LoadError("cannot read standard input: it is closed")
        try:
            line = sys.stdin.buffer.readline(_MOST_BYTES)
        except (OSError, ValueError) as error:
            raise LoadError(f"cannot read standard input: {cause(error)}") from None
        self._number += 1
        if len(line) == _MOST_BYTES:
            raise LoadError(f"cannot read standard input: line {self._number} has {_MOST_BYTES} bytes or more")
        try:
            text = line.decode("utf-8-sig" if self._number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise RaspSyntaxError(
                f"line {self._number} is not UTF-8 text", Location(CONSOLE, self._number, 1)
            ) from None
        return text if line else None
