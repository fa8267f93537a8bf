"""Where a session writes: results to standard output, notes to standard error, pictures to files."""

from __future__ import annotations

import sys
from typing import TextIO

from raspir.cli.repl.files import write_drawing
from raspir.cli.shared import print_message, writing
from raspir.frontends.rasp.values import Sequence, Value


class Screen:
    """The output of a session whose format is that of the language's own console."""

    def write(self, text: str) -> None:
        """Write lines of results and errors.

        Raises:
            RaspirError: if they cannot be written.
        """
        with writing("the result"):
            _stdout().write(text)

    def prompt(self, text: str) -> None:
        """Write a prompt, and with it all that was written before.

        Raises:
            RaspirError: if they cannot be written.
        """
        with writing("the result"):
            _stdout().write(text)
            _stdout().flush()

    def note(self, text: str) -> None:
        """Write a line that is no result, below what was written before."""
        self.prompt("")
        print_message(text)

    def draw(self, sequence: Sequence, given: Value) -> None:
        """Draw how an s-op comes about on an input, and say where the picture is."""
        write_drawing(sequence, given, self.note)


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise ValueError("standard output is closed")
    return sys.stdout
