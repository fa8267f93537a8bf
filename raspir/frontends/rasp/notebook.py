"""Cells of the language in notebooks: ``%load_ext raspir`` defines ``%%rasp`` for cells and ``%rasp`` for lines.

Cells and Python share one namespace: what a cell binds is a variable of Python, and cells see the programs, selectors,
atoms, lists and dicts of Python under their names. The names of the language itself keep their meaning in cells.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from importlib import import_module
from typing import Any

from raspir.frontends.python.example import example, set_example
from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.errors import excerpt
from raspir.frontends.rasp.evaluating import Applied
from raspir.frontends.rasp.faults import StatementError
from raspir.frontends.rasp.lexis import pieces
from raspir.frontends.rasp.library import NAMES
from raspir.frontends.rasp.reader import Reader
from raspir.frontends.rasp.running import Interpreter
from raspir.frontends.rasp.scopes import RESERVED, Scope
from raspir.frontends.rasp.sharing import from_python, to_python
from raspir.frontends.rasp.values import Function, Selection, Sequence, Value, items_of
from raspir.ir import InputError, RaspirError
from raspir.ir.location import Location

_OWN = RESERVED | NAMES | {"tokens"}
"""The names that mean in cells what they mean in the language, whatever Python calls by them."""

_MAGIC = "rasp"


def load_ipython_extension(shell: Any) -> None:
    """Define the magics ``%%rasp`` and ``%rasp`` in a shell of IPython; ``%load_ext raspir`` calls this."""
    cells = _Cells(shell)
    shell.register_magic_function(cells.magic, "line_cell", _MAGIC)


def unload_ipython_extension(shell: Any) -> None:
    """Remove the magics; ``%unload_ext raspir`` calls this."""
    for magics in shell.magics_manager.magics.values():
        magics.pop(_MAGIC, None)


class CellError(RaspirError):
    """An error in a cell, which notebooks show without a traceback, with the line and a caret below the place."""

    def __init__(self, error: RaspirError, shown: str) -> None:
        super().__init__(error.message, error.location)
        self.args = (error, shown)
        self._shown = shown

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows in place of a traceback."""
        lines = [str(self)]
        if self._shown:
            lines += [f"    {line}" for line in self._shown.split("\n")]
        return lines


class _Runner(Interpreter):
    """An interpreter whose errors end the cell, and which keeps what a cell has to show."""

    def __init__(self) -> None:
        super().__init__(_Printing())
        self.to_show: list[tuple[str, Value | Applied]] = []

    def _report(self, fault: StatementError) -> None:
        if not self._files:
            raise fault
        super()._report(fault)

    def _show(self, name: str, value: Value) -> None:
        if self._files:
            super()._show(name, value)
        else:
            self.to_show.append((name, value))

    def _show_applied(self, applied: Applied) -> None:
        self.to_show.append(("out", applied))

    def set_example(self, given: Value, which: syntax.Which | None = None) -> None:
        """Set the example of s-ops, of selectors, or of both; that of s-ops is Python's, too."""
        super().set_example(given, which)
        if which != "selector":
            with contextlib.suppress(InputError):  # an example without items, or of lists
                set_example(given if isinstance(given, str) else list(given))


class _Printing:
    """The output of commands and files: below the cell."""

    def write(self, text: str) -> None:
        print(text, end="")

    def note(self, text: str) -> None:
        print(text, file=sys.stderr)

    def draw(self, sequence: Sequence, given: Value) -> None:
        _display(sequence.expression.show(items_of(given)))


class _Cells:
    """The cells of one notebook."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._runner = _Runner()
        self._python = Scope("python", self._runner.library)
        self._runner.console.parent = self._python
        self._mentioned: set[str] = set()
        self._exported: dict[str, tuple[Value, Any]] = {}
        self._sources: dict[str, tuple[int, list[str]]] = {}
        self._example: object = "hello"

    def magic(self, line: str, cell: str | None = None) -> None:
        """Run statements of RASP: a cell of them behind %%rasp, or a line behind %rasp.

        What they bind are variables of Python, and they see those of Python: programs, selectors, atoms, lists and
        dicts. What the last statement yields is shown as a picture.

        Raises:
            CellError: if a statement is wrong or fails; those before it have run.
        """
        file = f"cell {len(self._sources) + 1}"  # IPython's numbers may come twice
        if cell is not None and line.strip():
            raise CellError(InputError(f"%%{_MAGIC} takes no arguments: write statements on the lines below it"), "")
        first, text = (1, line) if cell is None else (2, cell)
        lines = text.split("\n")
        self._sources[file] = first, lines
        self._mentioned |= {word for each in lines for kind, word in pieces(each) if kind == "name"}
        try:
            self._run(_parsed(text, file, first, is_line=cell is None))
        except RaspirError as error:
            raise CellError(error, self._excerpt(error.location)) from None

    def _run(self, statements: list[syntax.Statement]) -> None:
        self._import()
        self._runner.to_show = []
        try:
            for statement in itertools.takewhile(lambda each: not isinstance(each, syntax.Exit), statements):
                self._runner.to_show = []
                self._runner.run(statement)
        finally:
            self._export()
        for name, value in self._runner.to_show:
            self._show(name, value)

    def _excerpt(self, place: Location | None) -> str:
        """Return the line of a place in this cell or an earlier one, with a caret; empty for other places."""
        if place is None or place.file not in self._sources:
            return ""
        first, lines = self._sources[place.file]
        return excerpt(lines[place.line - first], place.column or 1)

    # Names

    def _import(self) -> None:
        """Bring the variables of Python, and its example, to where statements see them."""
        if example() != self._example or type(example()) is not type(self._example):
            given = example()
            self._runner.set_example(given if isinstance(given, str) else list(given))
        namespace, console = self._shell.user_ns, self._runner.console
        for name, (value, exported) in list(self._exported.items()):
            if namespace.get(name, self) is not exported:  # Python has bound it since
                del self._exported[name]
                if console.bound.get(name) is value:
                    del console.bound[name]
        self._python.bound = {
            name: value
            for name in sorted(self._mentioned - _OWN - console.bound.keys())
            if name in namespace and (value := from_python(namespace[name], name)) is not None
        }

    def _export(self) -> None:
        """Bind what statements have bound as variables of Python."""
        for name, value in self._runner.console.bound.items():
            known = self._exported.get(name)
            if not name.startswith("_") and (known is None or known[0] is not value):
                exported = to_python(value, self._call)
                self._exported[name] = value, exported
                self._shell.user_ns[name] = exported
        self._example = example()

    def _call(self, function: Function, arguments: list[Value]) -> Value:
        self._import()
        return self._runner.call(function, arguments)

    # Results

    def _show(self, name: str, value: Value | Applied) -> None:
        """Display an s-op or selector as a picture, and print other values."""
        display = self._runner.display
        if isinstance(value, Applied):
            _display(value.operand.expression.show(value.on.items))
        elif isinstance(value, Sequence) and display.show_sequences:
            _display(value.expression.show(display.sequences.items))
        elif isinstance(value, Selection) and display.show_selections:
            _display(value.expression.show(display.selections.items))
        else:
            print(display.value(name, value), end="")


def _display(shown: object) -> None:
    import_module("IPython.display").display(shown)  # there is IPython where there are cells


def _parsed(text: str, file: str, first: int, *, is_line: bool) -> list[syntax.Statement]:
    """Return the statements of a cell, or of a line, which needs no semicolon.

    Raises:
        RaspSyntaxError: at the first word that cannot stand where it does, or where an unfinished statement begins.
    """
    reader = Reader(file, first)
    statements: list[syntax.Statement] = []
    for line in text.split("\n"):
        statements += reader.feed(line) or ()
    if is_line:
        return [*statements, *reader.end()]
    error = reader.unfinished_error()
    if error is not None:
        raise error
    return statements
