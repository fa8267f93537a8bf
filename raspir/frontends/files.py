"""Loader of programs from ``FILE[:NAME]``: a Python file, a dotted module or a textual IR file."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from raspir.frontends.python.embedded import Selector, SOp
from raspir.frontends.python.expressions import RefusedOperations
from raspir.ir import Graph, LoadError, Location, RaspirError, parse
from raspir.ir.atoms import show


def load(target: str) -> SOp | Graph:
    """Return the program that ``target`` names.

    Args:
        target: ``FILE`` or ``FILE:NAME``. ``FILE`` is a Python file (ending in ``.py``), a textual IR file, or a
            dotted module. ``NAME`` is a program in it, or a function without required parameters that returns one
            (in textual IR: an output); it is optional if there is only one. Python code is executed.

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


def load_function(target: str) -> Callable[..., Any]:
    """Return the Python function that ``target``, a ``FILE:NAME``, names.

    Raises:
        LoadError: if there is no such file, module or function, or the code raises.
    """
    file, name = _split(target)
    if name is None:
        raise LoadError(f"{target}: name the function, as in {file}:NAME")
    value = _named(_module(file)[0], name, file)
    if not callable(value) or isinstance(value, RefusedOperations):
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
    only = {name: graph.outputs[name]}
    # Drop the schedule, which covers the heads of all outputs.
    return Graph(only, graph.inputs.values(), graph.functions, graph.names, graph.locations, graph.max_length)


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
        raise LoadError(problem if line else f"{file}: {problem}", line) from error


def _own_line(error: BaseException, file: str) -> Location | None:
    """Return the innermost line of ``file`` in the traceback of ``error``, or ``None``."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if _same_file(frame.filename, file)]
    return Location(own[-1].filename, own[-1].lineno or 1) if own else None


def _only_program(module: ModuleType, origin: str, file: str) -> object:
    imported = _programs_elsewhere(module)
    programs = {
        name: value
        for name, value in vars(module).items()
        if _may_be_program(name, value, origin) and (name, id(value)) not in imported
    }
    if not programs:
        raise LoadError(f"{file} has no program: neither a sequence operation nor a function without parameters")
    if len(set(map(id, programs.values()))) > 1:
        listed = ", ".join(programs)
        raise LoadError(f"{file} has several programs ({listed}): choose one, as in {file}:{next(iter(programs))}")
    return next(iter(programs.values()))


def _programs_elsewhere(module: ModuleType) -> set[tuple[str, int]]:
    """Return the programs of all other modules, by name and identity: candidates for imports of ``module``."""
    others = [other for other in list(sys.modules.values()) if other is not module and hasattr(other, "__dict__")]
    return {
        (name, id(value))
        for other in others
        for name, value in list(vars(other).items())
        if isinstance(value, SOp | Graph)
    }


def _may_be_program(name: str, value: object, origin: str) -> bool:
    """Return whether ``value`` is a program, or a function defined in ``origin`` that may return one."""
    if name.startswith("_"):
        return False
    if isinstance(value, FunctionType):
        return _same_file(value.__code__.co_filename, origin) and not _required(value)
    return isinstance(value, SOp | Graph)


def _same_file(a: str, b: str) -> bool:
    return os.path.abspath(a) == os.path.abspath(b)


def _required(function: Callable[..., Any]) -> list[str]:
    """Return the names of the required parameters of ``function``."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some built-in functions have no signature
        return []
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in optional]


def _named(module: ModuleType, name: str, file: str) -> Any:
    if not hasattr(module, name):
        near = get_close_matches(name, [n for n in vars(module) if not n.startswith("_")], n=3)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        raise LoadError(f"{file} has no {name}{hint}")
    return getattr(module, name)


def _program(value: object, name: str, origin: str) -> SOp | Graph:
    """Return ``value`` as a program, calling it if it is a nullary function."""
    verb = "is"
    if callable(value) and not isinstance(value, RefusedOperations):
        required = _required(value)
        if required:
            raise LoadError(f"{name} requires arguments ({', '.join(required)}), so it is not a program")
        with _user_code(origin):
            value = value()
        verb = "returned"
    if isinstance(value, Selector):
        raise LoadError(f"{name} {verb} a selector, not a program: aggregate with it, as in selector.value(tokens)")
    if not isinstance(value, SOp | Graph):
        raise LoadError(f"{name} {verb} {show(value)}, which is not a program")
    return value
