"""Programs of ``.rasp`` files: a file is run up to its first error, and its names are programs by their values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from raspir.frontends.calls import is_call, is_file, split
from raspir.frontends.choosing import SeveralProgramsError, missing
from raspir.frontends.python.embedded import Selector, SOp
from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.counting import Count, count
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.faults import FailedError, RefusedError, StatementError
from raspir.frontends.rasp.reader import parse
from raspir.frontends.rasp.running import SUFFIX, Interpreter
from raspir.frontends.rasp.scopes import Scope
from raspir.frontends.rasp.sharing import RaspFunction, signature_of
from raspir.frontends.rasp.stack import deep_stack
from raspir.frontends.rasp.values import Function, Operand, Sequence, Value
from raspir.ir.atoms import show
from raspir.ir.errors import LoadError, RaspirWarning, warn_once

_CALL = "<call>"
"""The file of locations in the expression behind the colon of ``FILE:f(2)``."""


class RaspFile:
    """A ``.rasp`` file that was run.

    Attributes:
        file: the path of the file, as the user gave it.
    """

    def __init__(self, file: str, *, as_written: bool = False) -> None:
        """Run the file. What it shows is not printed.

        Args:
            file: the path.
            as_written: whether the library is the one written in the language, on which layers are counted.

        Raises:
            LoadError: if there is no such file, or it cannot be read.
            RaspirError: the first error of the file, at its place.
        """
        path = Path(file)
        if not is_file(path):
            problem = f"cannot read {file}: it is a folder" if os.path.isdir(file) else f"there is no file {file}"
            raise LoadError(problem)
        self.file = file
        self._runner = _Runner(as_written=as_written)
        try:
            self._scope = self._runner.run_file(path)
        except RefusedError as error:
            if error.location is None:
                raise LoadError(error.message) from None
            raise

    def program(self, name: str | None) -> SOp | Selector:
        """Return the program or selector that ``name``, a name or a call, chooses; the only one if ``None``.

        Raises:
            LoadError: if there is none, or it is no program.
            SeveralProgramsError: if there are several, and no name chooses.
            RaspirError: if a call of a function of the file fails.
        """
        if name is None:
            return self._only()
        value = self._value(name)
        if isinstance(value, Function) and not value.parameters:
            value = self._runner.called(value, [])
        if isinstance(value, Function):
            example = f'"{self.file}:{value.name}({", ".join("tokens" for _ in value.parameters)})"'
            raise LoadError(
                f"{name} requires arguments ({', '.join(value.parameters)}), so it is not a program: call it with "
                f"arguments in the language, as in {example}"
            )
        if not isinstance(value, Operand):
            raise LoadError(f"{name} is {show(value)}, which is not a program")
        return value.expression

    def solution(self, name: str) -> SOp | Selector | Callable[..., Any]:
        """Return the program or selector that ``name`` chooses, or the function of that name as a Python function.

        Raises:
            LoadError: if there is no such name, or its value is neither.
            RaspirError: if a call fails.
        """
        value = self._value(name)
        return self._callable(value) if isinstance(value, Function) and value.parameters else self.program(name)

    def programs(self) -> dict[str, SOp | Selector]:
        """Return the s-ops and selectors that the file binds to public names, in the order of their definition.

        Those that it has from other files are left out, unless it has no others.
        """
        bound = {
            name: value
            for name, value in self._scope.bound.items()
            if isinstance(value, Operand) and not name.startswith("_")
        }
        own = {name: value for name, value in bound.items() if not self._runner.is_loaded(name, value)}
        return {name: value.expression for name, value in (own or bound).items()}

    def _only(self) -> SOp | Selector:
        found = self.programs()
        if not found:
            raise LoadError(f"{self.file} has no program: it binds no s-op to a public name")
        sequences = {name: each for name, each in found.items() if isinstance(each, SOp)}
        candidates: dict[str, SOp | Selector] = {**sequences} or found
        computed = {name: each for name, each in candidates.items() if not self._runner.is_input(each)}
        candidates = computed or candidates
        if len(set(map(id, candidates.values()))) > 1:
            raise SeveralProgramsError(self.file, list(candidates), found)
        return next(iter(candidates.values()))

    def _value(self, name: str) -> Value:
        """Return the value of a name, or of an expression that calls a function of the file."""
        if is_call(name):
            return self._called(name)
        try:
            return self._scope.lookup(name)
        except RefusedError:
            raise missing(self.file, name, self._scope.visible()) from None

    def _called(self, text: str) -> Value:
        written = f"`{show(text)[1:-1]}`"
        try:
            statements = parse(f"{text}\n;", _CALL)
        except RaspSyntaxError as error:
            is_cut = error.location is not None and error.location.line > text.count("\n") + 1  # at the semicolon added
            problem = "it is unfinished" if is_cut else error.message
            raise LoadError(f"the call {written} cannot be read: {problem}") from None
        if len(statements) != 1 or not isinstance(statements[0], syntax.Expression):
            raise LoadError(f"{written} is not a call of a function of the file, such as f(2)")
        try:
            return self._runner.value_in(statements[0].expression, self._scope)
        except StatementError as fault:
            if fault.location is not None and fault.location.file != _CALL:
                raise
            raise LoadError(f"the call {written} fails: {fault.message}") from None

    def _callable(self, function: Function) -> Callable[..., Any]:
        """Return a function of the language as a Python function, of programs and atoms.

        Raises:
            LoadError: if Python has no such parameters: two of one name, or a keyword.
        """
        try:
            signature_of(function)
        except ValueError as error:
            raise LoadError(f"Python cannot call {function.name}({', '.join(function.parameters)}): {error}") from None
        made = RaspFunction(function, self._runner.called)
        made.__module__ = self.file
        return made


def counted(target: str) -> Count:
    """Return the layers and heads of the program that ``target``, a ``FILE[:NAME]``, names, as RASP counts them.

    Raises:
        LoadError: if the file is not a ``.rasp`` file, or names no program.
        RaspirError: if the file has an error.
    """
    file, name = split(target)
    if Path(file).suffix != SUFFIX:
        raise LoadError(f"layers are counted as RASP counts them in {SUFFIX} files only, and {file} is not one")
    return count(RaspFile(file, as_written=True).program(name))


class _Silent:
    """An output that shows nothing but notes, as warnings."""

    def write(self, text: str) -> None:
        """Write nothing."""

    def note(self, text: str) -> None:
        """Warn."""
        warn_once(RaspirWarning(text))

    def draw(self, sequence: Sequence, given: Value) -> None:
        """Draw nothing."""


class _Runner(Interpreter):
    """Runs files, and raises the first error."""

    def __init__(self, *, as_written: bool) -> None:
        super().__init__(_Silent(), as_written=as_written)
        self._loaded: list[Scope] = []

    def run_file(self, path: Path) -> Scope:
        """Run a file, and return its scope.

        Raises:
            RaspirError: the first error, at its place; without a place if the file cannot be read.
        """
        with deep_stack():
            scope = self.load(path, str(path.with_suffix("")), self.console)
        self._loaded.remove(scope)
        return scope

    def load(self, path: Path, creator: str, into: Scope) -> Scope:
        """Run a file in a scope of its own, as any interpreter does."""
        scope = super().load(path, creator, into)
        self._loaded.append(scope)
        return scope

    def is_loaded(self, name: str, value: Value) -> bool:
        """Return whether a file that another one loads has bound ``name`` to ``value``."""
        return any(scope.bound.get(name) is value for scope in self._loaded)

    def is_input(self, program: SOp | Selector) -> bool:
        """Return whether a program is an s-op that every file has."""
        return any(isinstance(value, Operand) and value.expression is program for value in self._base.bound.values())

    def called(self, function: Function, arguments: list[Value]) -> Value:
        """Return the result of a call.

        Raises:
            StatementError: if it fails.
        """
        with deep_stack():
            return self._advised(lambda: self.evaluator.called(function, arguments))

    def value_in(self, expression: syntax.Expr, scope: Scope) -> Value:
        """Return the value of an expression in a scope.

        Raises:
            StatementError: if it fails.
        """
        with deep_stack():
            return self._advised(lambda: self.evaluator.value(expression, scope))

    def _advised(self, compute: Callable[[], Value]) -> Value:
        """Return what ``compute`` returns; its failure on the example says where the example comes from."""
        try:
            return compute()
        except StatementError as fault:
            self._advise(fault)
            raise
        except RecursionError:
            raise FailedError("the call is nested too deeply") from None

    def _advise(self, fault: StatementError) -> None:
        if fault.on_example:
            example = self.evaluator.example.given
            shown = f'"{example}"' if isinstance(example, str) and len(example) < _SHORT else show(example)
            fault.message += f" (on the example {shown}, on which definitions are checked: `set example` changes it)"
            fault.on_example = False  # it is reported once, however many files load this one

    def _report(self, fault: StatementError) -> None:
        self._advise(fault)
        raise fault

    def _statements(self, text: str, file: str) -> Iterable[syntax.Statement]:
        return parse(text, file)

    def _show(self, name: str, value: Value) -> None:
        """Show nothing."""


_SHORT = 40
"""The length of an example from which messages abbreviate it."""
