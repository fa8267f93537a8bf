"""Loader of programs from ``FILE[:NAME]``: a Python file, a dotted module or a textual IR file."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import linecache
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from raspir.frontends.expressions import RefusedOperations, unlocated
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.ir import Graph, LoadError, Location, RaspirError, parse
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public

Loaded = ProgramExpression | SelectorExpression | Graph
"""A program or a selector of any dialect, or a graph."""

_NOTHING: Mapping[str, object] = {}


@public
def load(target: str) -> ProgramExpression | Graph:
    """Return the program that ``target`` names, as :func:`load_shown`; a selector is refused.

    Raises:
        LoadError, TextError: as for :func:`load_shown`, and if it is a selector.
    """
    name = target.rpartition(":")[2] if ":" in target else f"the program of {target}"
    return refuse_selector(load_shown(target), name)


def refuse_selector(value: Loaded, name: str) -> ProgramExpression | Graph:
    """Return a program.

    Raises:
        LoadError: if it is a selector.
    """
    if isinstance(value, SelectorExpression):
        advice = f"aggregate with it, as in {value._aggregating}; `raspir run` and `raspir show` take it as it is"
        raise LoadError(f"{name} is a selector, not a program: {advice}")
    return value


def load_shown(target: str) -> Loaded:
    """Return the program or selector that ``target`` names.

    Args:
        target: ``FILE`` or ``FILE:NAME``. ``FILE`` is a Python file (ending in ``.py``), a textual IR file, or a
            dotted module. ``NAME`` is a program in it, or a function without required parameters that returns one
            (in textual IR: an output); it is optional if there is only one, or no program and only one selector.
            Python code is executed.

    Raises:
        LoadError: if there is no such file, module or name, it is not a program, it is ambiguous without a name, or
            the code raises; the error then names the line at fault.
        TextError: if a textual IR file is malformed.
    """
    file, name = _split(target)
    path = Path(file)
    if _is_file(path) and path.suffix != ".py":
        return _output(_read(path), file, name)
    module, origin = _module(file)
    value = _only_program(module, origin, file) if name is None else _named(module, name, file)
    return _program(value, name or "the program", origin)


@public
def load_text(text: str, file: str, name: str | None = None) -> Loaded:
    """Return the program or selector in a text: textual IR if it begins like it, otherwise Python code to execute.

    Args:
        text: the text.
        file: the name of the text in messages and locations.
        name: the name of the program, as for :func:`load_shown`.

    Raises:
        LoadError, TextError: as for :func:`load_shown`.
    """
    if _IR.match(text):
        return _output(parse(text, file=file), file, name)
    module = _execute_text(text, file)
    value = _only_program(module, file, file) if name is None else _named(module, name, file)
    return _program(value, name or "the program", file)


_IR = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*(?:%|(?:raspir|max_length|output)[ \t]+[^\W_])")
"""The beginning of textual IR: after blank lines and comments, a line that is not Python."""


@dataclass(frozen=True)
class Named:
    """What ``FILE:NAME`` names: a program, or a function that may return one.

    Attributes:
        value: the object of that name.
        name: the name.
        origin: the file.
    """

    value: Any
    name: str
    origin: str

    @property
    def is_function(self) -> bool:
        """Whether it is a function."""
        return _is_function(self.value)

    def parameters(self) -> dict[str, bool]:
        """Return the names of the parameters of the function, and whether each is required."""
        required = _required(self.value)
        return {each.name: each.name in required for each in _parameters(self.value) if each.kind not in _ANY_NUMBER}

    def program(self, given: Mapping[str, object]) -> ProgramExpression | Graph:
        """Return it as a program, calling it with the arguments ``given``, by parameter, if it is a function.

        Raises:
            LoadError: if it is not a program, or the function raises an error.
        """
        return refuse_selector(_program(self.value, self.name, self.origin, given), self.name)


def find(target: str, default: str) -> Named:
    """Return what ``target``, a ``FILE[:NAME]`` as for :func:`load`, names; the name is by default ``default``.

    Raises:
        LoadError, TextError: as for :func:`load`.
    """
    file, name = _split(target)
    path = Path(file)
    if _is_file(path) and path.suffix != ".py":
        return Named(_output(_read(path), file, name), name or default, file)
    module, origin = _module(file)
    return Named(_named(module, name or default, file), name or default, origin)


@public
def load_function(target: str) -> Callable[..., Any]:
    """Return the Python function that ``target``, a ``FILE:NAME``, names.

    Raises:
        LoadError: if there is no such file, module or function, or the code raises.
    """
    file, name = _split(target)
    if name is None:
        raise LoadError(f"{target}: name the function, as in {file}:NAME")
    value = _named(_module(file)[0], name, file)
    if not _is_function(value):
        raise LoadError(f"{target} is not a function")
    return value  # type: ignore[no-any-return]  # known to be callable, nothing more


def _split(target: str) -> tuple[str, str | None]:
    file, colon, name = target.rpartition(":")
    if colon and file and name.isidentifier() and not _is_file(Path(target)):
        return file, name
    return target, None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # the name is too long or contains a null character
        return False


def _read(path: Path) -> Graph:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LoadError(f"cannot read {path}: {reason}") from None
    return parse(text, file=str(path))


def _output(graph: Graph, file: str, name: str | None) -> Graph:
    if name is None:
        return graph
    if name not in graph.outputs:
        raise LoadError(f"{file} has no output {name} (its outputs: {', '.join(graph.outputs)})")
    return graph.derived(outputs={name: graph.outputs[name]})  # without the schedule, which covers all outputs


def _module(file: str) -> tuple[ModuleType, str]:
    """Return the module and the file of its code objects."""
    if file.endswith(".py"):
        return _execute(Path(file)), str(Path(file))
    if os.sep in file or not all(part.isidentifier() for part in file.split(".")):
        raise LoadError(f"there is no file {file}")
    sys.path.insert(0, os.getcwd())
    with _user_code(file):
        try:
            module = importlib.import_module(file)
        except ModuleNotFoundError as error:
            if error.name is None or not (file == error.name or file.startswith(error.name + ".")):
                raise
            raise LoadError(f"there is no file or module {file}") from None
    return module, getattr(module, "__file__", None) or file


def _execute(path: Path) -> ModuleType:
    """Execute the Python file at ``path`` as a new module, with its folder on the import path."""
    if not _is_file(path):
        raise LoadError(
            f"there is no file {path}" if not os.path.isdir(path) else f"cannot read {path}: it is a folder"
        )
    name = f"program_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses, among others, look it up there
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    with _user_code(str(path)):
        spec.loader.exec_module(module)
    return module


def _execute_text(text: str, file: str) -> ModuleType:
    """Execute Python code as a new module, with the working directory on the import path."""
    module = ModuleType(f"program_{len(sys.modules)}")
    sys.modules[module.__name__] = module
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file  # for tracebacks
    sys.path.insert(0, os.getcwd())
    with _user_code(file):
        exec(compile(text, file, "exec"), vars(module))
    return module


@contextmanager
def _user_code(file: str) -> Iterator[None]:
    """Convert any exception of user code to a one-line error with its location."""
    try:
        yield
    except RaspirError as error:
        if error.location is None:
            error.location = _own_line(error, file)
        raise
    except SyntaxError as error:
        where = Location(error.filename or file, error.lineno or 1, error.offset)
        raise LoadError(f"{type(error).__name__}: {error.msg}", where) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # user code may raise, or exit with, anything
        line = _own_line(error, file)
        problem = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, ModuleNotFoundError) and error.name == "raspy":
            problem += (
                "; for programs written for RASPy, write: from raspir import * (docs/from-raspy.md lists what differs)"
            )
        if isinstance(error, ModuleNotFoundError) and error.name in ("tracr", "tracr.rasp", "tracr.compiler"):
            problem += (
                "; for programs written for Tracr, write: from raspir.tracr import rasp (docs/from-tracr.md lists what "
                "differs)"
            )
        raise LoadError(problem if line else f"{file}: {problem}", line) from error


def _own_line(error: BaseException, file: str) -> Location | None:
    """Return the innermost line of ``file`` in the traceback of ``error``, or ``None``."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if _same_file(frame.filename, file)]
    return Location(own[-1].filename, own[-1].lineno or 1) if own else None


def _only_program(module: ModuleType, origin: str, file: str) -> object:
    imported = _programs_elsewhere(module)
    named = [item for item in vars(module).items() if (item[0], id(item[1])) not in imported]
    programs = {name: value for name, value in named if _may_be_program(name, value, origin)}
    if not programs:
        visible = [(name, value) for name, value in named if not name.startswith("_")]
        programs = {name: value for name, value in visible if isinstance(value, SelectorExpression)}
    if not programs:
        raise LoadError(f"{file} has no program: neither a sequence operation nor a function without parameters")
    if len(set(map(id, programs.values()))) > 1:
        listed, chosen = ", ".join(programs), f"{'-' if file == '<stdin>' else file}:{next(iter(programs))}"
        raise LoadError(f"{file} has several programs ({listed}): choose one, as in {chosen}")
    return next(iter(programs.values()))


def _programs_elsewhere(module: ModuleType) -> set[tuple[str, int]]:
    """Return the programs of all other modules, by name and identity: candidates for imports of ``module``."""
    others = [other for other in list(sys.modules.values()) if other is not module and hasattr(other, "__dict__")]
    return {
        (name, id(value)) for other in others for name, value in list(vars(other).items()) if isinstance(value, Loaded)
    }


def _may_be_program(name: str, value: object, origin: str) -> bool:
    """Return whether ``value`` is a program, or a function defined in ``origin`` that may return one."""
    if name.startswith("_"):
        return False
    if isinstance(value, FunctionType):
        return _same_file(value.__code__.co_filename, origin) and not _required(value)
    return isinstance(value, ProgramExpression | Graph)


def _same_file(a: str, b: str) -> bool:
    return os.path.abspath(a) == os.path.abspath(b)


def _required(function: Callable[..., Any]) -> list[str]:
    """Return the names of the required parameters of ``function``."""
    return [p.name for p in _parameters(function) if p.default is p.empty and p.kind not in _ANY_NUMBER]


_ANY_NUMBER = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some built-in functions have no signature
        return []


def _called(function: Callable[..., Any], given: Mapping[str, object]) -> object:
    """Return the result of ``function`` on arguments by parameter, some of which may be positional only."""
    positional = [p.name for p in _parameters(function) if p.kind is p.POSITIONAL_ONLY and p.name in given]
    named = {name: value for name, value in given.items() if name not in positional}
    return function(*(given[name] for name in positional), **named)


def _named(module: ModuleType, name: str, file: str) -> Any:
    if not hasattr(module, name):
        near = get_close_matches(name, [n for n in vars(module) if not n.startswith("_")], n=3)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        raise LoadError(f"{file} has no {name}{hint}")
    return getattr(module, name)


def _is_function(value: object) -> bool:
    return callable(value) and not isinstance(value, RefusedOperations)


def _program(value: Any, name: str, origin: str, given: Mapping[str, object] = _NOTHING) -> Loaded:
    """Return ``value`` as a program or a selector, calling it with the arguments ``given`` if it is a function."""
    verb = "is"
    if _is_function(value):
        required = [each for each in _required(value) if each not in given]
        if required:
            raise LoadError(f"{name} requires arguments ({', '.join(required)}), so it is not a program")
        ours = str(getattr(value, "__module__", None)).partition(".")[0] == __name__.partition(".")[0]
        with _user_code(origin):
            value = _called(value, given)
        if ours and isinstance(value, ProgramExpression):
            unlocated(value)
        verb = "returned"
    if not isinstance(value, Loaded):
        raise LoadError(f"{name} {verb} {show(value)}, which is not a program")
    return value
