"""The console: reads lines, runs statements, and shows results in the format of the language's own interpreter."""

from __future__ import annotations

from raspir.frontends.rasp import syntax
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
    def begun(self) -> bool:
        """Whether a statement was begun. Empty lines and comments begin none, though more lines are asked for."""
        return self._reader.begun

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
            self.refuse(error)
        except ExitError:
            return False
        return True

    def expression(self, line: str, start: int) -> syntax.Expr | None:
        """Return the expression behind the first ``start`` characters of a line; ``None`` for another statement.

        Raises:
            RaspSyntaxError: if it is no statement.
        """
        reader = Reader(CONSOLE, self._reader.skip())
        first, *others = reader.feed(" " * start + line[start:]) or reader.end() or (None,)
        return first.expression if isinstance(first, syntax.Expression) and not others else None

    def refuse(self, error: RaspSyntaxError) -> None:
        """Show a syntax error."""
        self._output.write(shown_syntax_error(error, in_file=False) + "\n")

    def drop(self) -> None:
        """Drop the statement that was begun."""
        self._reader.drop()

    def unfinished_error(self) -> RaspSyntaxError | None:
        """Return the error that input ends inside of a statement, or ``None`` if none was begun."""
        return self._reader.unfinished_error()
