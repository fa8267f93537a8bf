"""The console: reads lines, runs statements, and shows results in the format of the language's own interpreter."""

from __future__ import annotations

from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.faults import shown_syntax_error
from raspir.frontends.rasp.limits import Limits
from raspir.frontends.rasp.reader import Reader
from raspir.frontends.rasp.running import CONSOLE, ExitError, Interpreter, Output

BANNER = "RASP 0.1\nrunning example is: hello\n"


class Console:
    """One session: lines in, results out.

    Attributes:
        interpreter: the state of the session.
    """

    def __init__(self, output: Output, limits: Limits | None = None) -> None:
        self._output = output
        self.interpreter = Interpreter(output, limits)
        self._reader = Reader(CONSOLE)

    @property
    def prompt(self) -> str:
        """The prompt for the next line, which shows whether a statement was begun."""
        return f".. {'  ' * self._reader.definitions}" if self._reader.unfinished else ">> "

    def feed(self, line: str) -> bool:
        """Read a line, run the statements that it completes, and return whether the session goes on."""
        try:
            for statement in self._reader.feed(line) or ():
                self.interpreter.run(statement)
        except RaspSyntaxError as error:
            self._output.write(shown_syntax_error(error, in_file=False) + "\n")
        except ExitError:
            return False
        return True

    def drop(self) -> None:
        """Drop the statement that was begun."""
        self._reader.drop()
