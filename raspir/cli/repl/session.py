"""A session: the statements of the language, and raspir's own commands, which begin with a colon."""

from __future__ import annotations

import re

from raspir.cli.repl.screen import Screen
from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.values import Operand, described
from raspir.ir import InputError, RaspirError

VIEWS = {
    ":layers": "its layers and the heads in each, as written and optimized",
    ":opt": "the optimized program, and what each pass gained, with lines",
    ":plan": "how the NumPy backend evaluates its selectors",
    ":report": "a page on it with its values on the example, written to a file",
}
"""The commands on an s-op or selector, each with what it shows."""

HELP = ":help"

_COMMAND = re.compile(r"\s*(:\w*)\s*")
_BREAK = re.compile(r"\s*\n\s*")
_MOST = 60  # characters of a value in a message


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
        command = None if self.console.begun else _COMMAND.match(line)
        if command is None:
            return self.console.feed(line)
        self.console.drop()  # empty lines
        try:
            self._command(command[1], line, command.end())
        except RaspirError as error:
            self.screen.write(f"\t!! {command[1]}: {_BREAK.sub(' ', error.message)}\n")
        return True

    def _command(self, name: str, line: str, start: int) -> None:
        """Run a command on the expression that begins at ``start`` in the line.

        Raises:
            RaspirError: if the command is unknown, or does not apply to the value.
        """
        rest = line[start:].strip().rstrip(";")
        if name == HELP and not rest:
            self.screen.write(help_text())
        elif name in VIEWS:
            from raspir.cli.repl.views import show  # which imports the optimizer

            operand = self._operand(line, start) if rest else self._last()
            show(name, operand, self.console.interpreter.display.sequences, self.screen)
        elif name == HELP:
            raise InputError("it takes no expression")
        else:
            raise InputError(f"unknown command: the commands are {', '.join([HELP, *VIEWS])}")

    def _operand(self, line: str, start: int) -> Operand:
        expression = self.console.expression(line, start)
        if expression is None:
            raise InputError("it takes an expression, and no other statement")
        return _checked(self.console.interpreter.value(expression))

    def _last(self) -> Operand:
        scope = self.console.interpreter.console
        return _checked(scope.lookup("out"))


def _checked(value: object) -> Operand:
    """Return a value that is an s-op or selector.

    Raises:
        InputError: if it is neither.
    """
    if isinstance(value, Operand):
        return value
    shown = described(value)
    raise InputError(
        f"it takes an s-op or a selector, not {shown if len(shown) <= _MOST else shown[: _MOST - 1] + '…'}"
    )


def help_text() -> str:
    """Return what can be typed at the prompt, in a few lines."""
    width = max(map(len, _STATEMENTS))
    lines = ["Statements end with a semicolon, commands without one:"]
    lines += [f"  {form.ljust(width)}  {meaning}" for form, meaning in _STATEMENTS.items()]
    lines += ["raspir's view of an expression e of the language, or of the last value:"]
    lines += [f"  {f'{name} e'.ljust(width)}  {meaning}" for name, meaning in VIEWS.items()]
    return "".join(f"{line}\n" for line in lines)


_STATEMENTS = {
    "indices + 1;": "shows a value; s-ops and selectors on the example",
    "a = tokens == \"l\";": "binds a name",
    "s = select(indices, indices, <);": "selects, for each position, those before it",
    "aggregate(s, indices);": "averages what each position selects",
    "a(\"little\");": "shows an s-op or selector on another input",
    "def f(x) { return x + 1; }": "defines a function",
    "for i in [1, 2] { n = i; }": "loops over a list",
    "load \"file\";": "runs file.rasp",
    "draw(e, \"abc\");": "writes a picture of e on an input",
    "set example \"abc\"": "changes the example",
    "examples off": "hides the values on the example",
    "full seq display on": "shows values below their inputs",
    "exit": "ends the session, as does Ctrl-D",
}  # fmt: skip
