"""Running statements: what is bound, what is shown, and the files that statements load."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from raspir.frontends.calls import is_file
from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.evaluating import Applied, Evaluator
from raspir.frontends.rasp.faults import RefusedError, StatementError, shown_syntax_error
from raspir.frontends.rasp.library import NAMES, base_scope, library_scope, written
from raspir.frontends.rasp.limits import Limits
from raspir.frontends.rasp.making import Maker
from raspir.frontends.rasp.scopes import Defined, Scope
from raspir.frontends.rasp.showing import Display
from raspir.frontends.rasp.stack import deep_stack, exhaustion_reported
from raspir.frontends.rasp.texts import is_same_file, parsed, read
from raspir.frontends.rasp.values import Function, Operand, Sequence, Value, plainly, short

CONSOLE = "<console>"
"""The file of locations in what is typed at the console."""

SUFFIX = ".rasp"


class Output(Protocol):
    """Where a run writes."""

    def write(self, text: str) -> None:
        """Write lines of results and errors."""

    def note(self, text: str) -> None:
        """Write a line that is no result: which file was loaded, where a picture is."""

    def draw(self, sequence: Sequence, given: Value) -> None:
        """Draw how an s-op comes about on an input."""


_Entry = tuple[str | None, Any]
"""What a file shows: the value of a name, or lines that have none."""


class ExitError(Exception):
    """The end of the console or of a file, by ``exit``."""


@dataclass(slots=True)
class _File:
    """A file while it is loaded: what it will show at its end, or at that of the next file that it loads."""

    path: Path
    entries: list[_Entry] = field(default_factory=list)
    has_failed: bool = False


def _last_of_each_name(entries: list[_Entry]) -> list[_Entry]:
    """Return what a file shows unless an error occurred: of several values of one name only the last, at its place."""
    last = {name: number for number, (name, _) in enumerate(entries) if name is not None}
    return [each for number, each in enumerate(entries) if each[0] is None or last[each[0]] == number]


class Interpreter:
    """Runs statements of the language.

    Attributes:
        display: the examples, and what is shown of them.
        evaluator: evaluates expressions.
        console: the scope of the console.
        library: the scope of the library.
    """

    def __init__(self, output: Output, limits: Limits | None = None, *, as_written: bool = False) -> None:
        """Start with the example ``"hello"``.

        Args:
            output: where results are written.
            limits: the limits on lists and calls.
            as_written: whether the library is the one written in the language, instead of raspir's.
        """
        self._output = output
        self._files: list[_File] = []
        maker = Maker(limits or Limits())
        example = Evaluation("hello")
        self.display = Display(example, example)
        self.evaluator = Evaluator(maker, example, self._run_body)
        self._base = base_scope(maker)
        if as_written:
            self.library = Scope("RASP_support/rasplib", self._base)
            self.library.bound["tokens"] = library_scope(maker, self._base).bound["tokens"]
            self._run_quietly(written(), self.library)
            maker.length = self.library.bound["length"]  # of which positions from the end are made
        else:
            self.library = library_scope(maker, self._base)
        self.console = Scope("console", self.library, NAMES)

    # Statements

    def run(self, statement: syntax.Statement) -> None:
        """Run a statement at the console, and show what it yields, or its error.

        Raises:
            ExitError: by ``exit``.
        """
        self._files.clear()  # the statement before may have been interrupted anywhere
        self.evaluator.restart()
        with deep_stack():
            self._run_at_top(statement, self.console)

    def value(self, expression: syntax.Expr) -> Value:
        """Return the value of an expression at the console, without showing it: ``out`` keeps its value.

        Raises:
            StatementError: if it has none.
        """
        out = self.console.out
        try:
            with deep_stack(), exhaustion_reported(expression.place):
                return self.evaluator.value(expression, self.console)
        finally:
            self.console.out = out

    def call(self, function: Function, arguments: list[Value]) -> Value:
        """Return the result of a call from outside of the language.

        Raises:
            StatementError: if the number of arguments is wrong, or the body fails.
        """
        with deep_stack(), exhaustion_reported(None):
            return self.evaluator.called(function, arguments)

    def _run_at_top(self, statement: syntax.Statement, scope: Scope) -> None:
        try:
            with exhaustion_reported(statement.place):
                if isinstance(statement, syntax.Command):
                    self._command(statement, scope)
                else:
                    self._run_one(statement, scope, self._show)
        except StatementError as fault:
            self._report(fault)

    def _report(self, fault: StatementError) -> None:
        if self._files:
            self._files[-1].has_failed = True
        self._write(fault.shown() + "\n")

    def _write(self, text: str) -> None:
        """Write lines: at the console at once, in a file at its end."""
        if self._files:
            self._files[-1].entries.append((None, text))
        else:
            self._output.write(text)

    def _run_body(self, statements: Iterable[syntax.Statement], scope: Scope) -> None:
        for statement in statements:
            self._run_one(statement, scope, _show_nothing)

    def _run_one(self, statement: syntax.Statement, scope: Scope, show: _Show) -> None:
        try:
            _HANDLERS[type(statement)](self, statement, scope, show)
        except StatementError as fault:
            if fault.location is None:
                fault.location = statement.place
            raise

    def _expression(self, statement: syntax.Expression, scope: Scope, show: _Show) -> None:
        expression = statement.expression
        result = self.evaluator.result(expression, scope)
        if isinstance(result, Applied):
            scope.out = scope.last = result.listed()
            if show is not _show_nothing and not self._files:
                self._show_applied(result)
            return
        scope.last = result
        name = expression.name if isinstance(expression, syntax.Name) else None
        if name is not None or not self._files:
            show(name or "out", result)

    def _assignment(self, statement: syntax.Assignment, scope: Scope, show: _Show) -> None:
        names = statement.names
        values = self.evaluator.values(statement.values, scope)
        if len(names) == 1:
            values = values if len(values) == 1 else [self.evaluator.maker.bounded(values)]
        elif len(values) == 1 and isinstance(values[0], list | str | dict):
            values = list(values[0])
        if len(values) != len(names):
            raise RefusedError(f"expected {len(names)} values, but got: {len(values)}")
        named = [self._named(value, name, scope) for name, value in zip(names, values, strict=True)]
        scope.bind(names, named)
        scope.last = named[-1]
        if len(names) == len(statement.values):
            scope.out = named[-1]
        for name, value in zip(names, named, strict=True):
            show(name, value)

    def _named(self, value: Value, name: str, scope: Scope) -> Value:
        """Return a value under the name of the variable that it is bound to, which names it in drawings, too."""
        if not isinstance(value, Operand):
            return value
        expression, is_local = value.expression, scope.parent is not self.library
        is_new = expression.title is None and expression.operation.name not in ("const", "indices", "input")
        if is_new or (value.is_local and not is_local):
            expression.title = name
        label = short(name, "s-op" if isinstance(value, Sequence) else "sel")
        named = replace(value, label=label, is_local=is_local and (is_new or value.is_local))
        for given, own in self._base.bound.items():  # the inputs go by the name that they were last given
            if isinstance(own, Operand) and own.expression is expression:
                self._base.bound[given] = named
        return named

    def _definition(self, statement: syntax.Definition, scope: Scope, show: _Show) -> None:
        function = Defined(statement.name, statement.parameters, scope.creator, statement, scope)
        scope.bind([statement.name], [function])
        show(statement.name, function)

    def _for(self, statement: syntax.For, scope: Scope, show: _Show) -> None:
        items = self.evaluator.value(statement.iterable, scope)
        if not isinstance(items, list | dict):
            raise RefusedError(f"for loop needs to iterate over a list or dict, but got: {plainly(items)}")
        for _ in self.evaluator.bound_each(statement.names, items, scope):
            self._run_body(statement.body, scope)

    def _draw(self, statement: syntax.Draw, scope: Scope, show: _Show) -> None:
        given = self.display.sequences.given
        if statement.input is not None:
            given = self.evaluator.value(statement.input, scope)
        drawn, on = self.evaluator.value_on(statement.expression, given, scope)
        if not isinstance(drawn, Sequence):
            raise RefusedError(f"draw expects unfinished sequence, got: {plainly(drawn)}")
        shown = self.display.application(drawn, on)
        scope.last = drawn
        if not self._files:
            self._output.write(shown)
        self._output.draw(drawn, given)

    def _show(self, name: str, value: Value) -> None:
        """Show a value that was bound to a name at the top of the console or of a file, or is that of a name."""
        if not self._files:
            self._output.write(self.display.value(name, value))
        elif name != "out" and not name.startswith("_"):
            self._files[-1].entries.append((name, value))

    def _show_applied(self, applied: Applied) -> None:
        """Show the value of an s-op or selector on an input, at the top of the console."""
        self._output.write(self.display.application(applied.operand, applied.on))

    # Commands

    def _command(self, command: syntax.Command, scope: Scope) -> None:
        if isinstance(command, syntax.Exit):
            raise ExitError
        if isinstance(command, syntax.SetExample):
            self._set_example(command, scope)
        elif isinstance(command, syntax.ShowExample):
            self._write(self.display.examples(command.which))
        elif isinstance(command, syntax.FullDisplay):
            self.display.full = command.on
        elif isinstance(command, syntax.Examples):
            if command.which != "selector":
                self.display.show_sequences = command.on
            if command.which != "s-op":
                self.display.show_selections = command.on

    def _set_example(self, command: syntax.SetExample, scope: Scope) -> None:
        given = self.evaluator.value(command.value, scope)
        if not isinstance(given, str | list | dict):
            raise RefusedError(f"example not iterable: {plainly(given)}", command.place)
        self.set_example(given, command.which)

    def set_example(self, given: Value, which: syntax.Which | None = None) -> None:
        """Set the example of s-ops, of selectors, or of both."""
        example = self.evaluator.evaluation_on(given)
        if which != "selector":
            self.display.sequences = example
            self.evaluator.set_example(example)
        if which != "s-op":
            self.display.selections = example

    # Files

    def _load(self, statement: syntax.Load, scope: Scope, show: _Show) -> None:
        self.load(self._found(statement), statement.path, scope)

    def _found(self, statement: syntax.Load) -> Path:
        """Return the file that a statement loads: in the working directory, else beside the file of the statement."""
        name = f"{statement.path}{SUFFIX}"
        here, beside = Path(name), Path(statement.place.file).parent / name
        if not is_file(here):
            if statement.place.file == CONSOLE or not is_file(beside):
                raise RefusedError(f"could not find file: {name}")
            return beside
        if statement.place.file != CONSOLE and is_file(beside) and not is_same_file(here, beside):
            self._output.note(f"{statement.place}: loaded {here} of the working directory, not {beside}")
        return here

    def load(self, path: Path, creator: str, into: Scope) -> Scope:
        """Run a file in a scope of its own, and bind its public names in the scope ``into``, too.

        Returns:
            The scope of the file.

        Raises:
            RefusedError: if the file cannot be read, or is being loaded already.
        """
        if any(is_same_file(file.path, path) for file in self._files):
            raise RefusedError(f"{path} is being loaded already: a file cannot load itself")
        text = read(path, self.evaluator.maker.limits.file)
        scope = Scope(creator, self.library).exporting_to(into)
        file = _File(path)
        hidden = self.display.show_sequences, self.display.show_selections
        try:
            self._files.append(file)
            self.display.show_sequences = self.display.show_selections = False
            self._run_text(text, str(path), scope)
        finally:
            self._show_files()
            self._files.pop()
            self.display.show_sequences, self.display.show_selections = hidden
        return scope

    def _show_files(self) -> None:
        """Show what the files that are being loaded have to show so far, at the end of the innermost one."""
        entries = [entry for file in self._files for entry in file.entries]
        if not any(file.has_failed for file in self._files):
            entries = _last_of_each_name(entries)
        for name, value in entries:
            self._output.write(value if name is None else self.display.value(name, value))
        for file in self._files:
            file.entries, file.has_failed = [], False

    def _run_text(self, text: str, file: str, scope: Scope) -> None:
        """Run the statements of a text, up to ``exit``."""
        try:
            for statement in self._statements(text, file):
                self._run_at_top(statement, scope)
        except ExitError:
            pass

    def _statements(self, text: str, file: str) -> Iterable[syntax.Statement]:
        """Return the statements of a text, and report its syntax errors before all else."""
        statements, errors = parsed(text, file)
        for error in errors:
            self._output.write(shown_syntax_error(error, in_file=True) + "\n")
        return statements

    def _run_quietly(self, text: str, scope: Scope) -> None:
        """Run a text without errors, and show nothing."""
        statements, errors = parsed(text, "library.rasp")
        assert not errors
        self._run_body(statements, scope)


_Show = Callable[[str, Value], None]


def _show_nothing(name: str, value: Value) -> None:
    """Show nothing, as inside of functions and loops."""


_HANDLERS: dict[type[syntax.Statement], Callable[[Interpreter, Any, Scope, _Show], None]] = {
    syntax.Expression: Interpreter._expression,
    syntax.Assignment: Interpreter._assignment,
    syntax.Definition: Interpreter._definition,
    syntax.For: Interpreter._for,
    syntax.Draw: Interpreter._draw,
    syntax.Load: Interpreter._load,
}
