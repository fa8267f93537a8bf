"""Loader of programs from ``FILE[:NAME]`` or ``FILE:CALL``: a file of any dialect, a dotted module or textual IR."""

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
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from raspir.frontends import choosing
from raspir.frontends.calls import Call, example_call, is_call, is_file, read_call, split
from raspir.frontends.expressions import RefusedOperations, unlocated
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.ir import Graph, LoadError, Location, RaspirError, parse
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public

if TYPE_CHECKING:
    from raspir.frontends.rasp.files import RaspFile

Loaded = ProgramExpression | SelectorExpression | Graph
"""A program or a selector of any dialect, or a graph."""

_RASP = ".rasp"
"""The suffix of files of the paper's language."""

_NOTHING: Mapping[str, object] = {}


@public
def load(target: str) -> ProgramExpression | Graph:
    """Return the program that ``target`` names, as :func:`load_shown`; a selector is refused.

    Raises:
        LoadError, TextError: as for :func:`load_shown`, and if it is a selector.
    """
    return refuse_selector(load_shown(target), split(target)[1] or f"the program of {target}")


def refuse_selector(value: Loaded, name: str) -> ProgramExpression | Graph:
    """Return a program.

    Raises:
        LoadError: if it is a selector.
    """
    if isinstance(value, SelectorExpression):
        is_of_rasp = value.location is not None and Path(value.location.file).suffix == _RASP
        aggregating = "aggregate(selector, tokens)" if is_of_rasp else value._aggregating
        advice = f"aggregate with it, as in {aggregating}; `raspir run` and `raspir show` take it as it is"
        raise LoadError(f"{name} is a selector, not a program: {advice}")
    return value


def load_shown(target: str) -> Loaded:
    """Return the program or selector that ``target`` names.

    Args:
        target: ``FILE``, ``FILE:NAME`` or ``FILE:CALL``. ``FILE`` is a Python file (ending in ``.py``), a file of the
            paper's language (ending in ``.rasp``), a textual IR file, or a dotted module. ``NAME`` is a program in it,
            or a function without required parameters that returns one (in textual IR: an output); it is optional if
            there is only one, or no program and only one selector. ``CALL`` calls a function of the file with literals,
            as in ``make_shift(2)``. Python code of the file is executed, but that of the call is not. In a ``.rasp``
            file, the arguments are expressions of its language.

    Raises:
        LoadError: if there is no such file, module or name, it is not a program, it is ambiguous without a name, an
            argument is not a literal, or the code raises; the error then names the line at fault.
        TextError: if a textual IR file is malformed.
        RaspirError: if a ``.rasp`` file has an error: the first, at its place.
    """
    return load_named(*split(target))


@public
def load_named(file: str, name: str | None) -> Loaded:
    """Return the program or selector of ``file`` that ``name``, a name or a call, chooses, as :func:`load_shown`.

    Raises:
        LoadError, TextError, RaspirError: as for :func:`load_shown`.
    """
    if is_rasp(file):
        return _rasp_file(file).program(name)
    if is_text(file):
        return _output(_read(Path(file)), file, name)
    return _chosen(*_module(file), file, name)


def is_rasp(file: str) -> bool:
    """Return whether a file is one of the paper's language, by its suffix, and no module of the name ``rasp``."""
    return Path(file).suffix == _RASP and (os.path.exists(file) or not _is_in_package(file))


def _is_in_package(module: str) -> bool:
    package = module.partition(".")[0]
    if not package.isidentifier():
        return False
    spec = importlib.util.find_spec(package)
    return os.path.isdir(package) or (spec is not None and spec.submodule_search_locations is not None)


def is_text(file: str) -> bool:
    """Return whether a file is one of textual IR: neither a module nor in a language."""
    return is_file(Path(file)) and Path(file).suffix not in (".py", _RASP)


def _rasp_file(file: str) -> RaspFile:
    from raspir.frontends.rasp.files import RaspFile  # deferred, as its parser takes time to import

    return RaspFile(file)


@public
def load_text(text: str, file: str, name: str | None = None) -> Loaded:
    """Return the program or selector in a text: textual IR if it begins like it, otherwise Python code to execute.

    Args:
        text: the text.
        file: the name of the text in messages and locations.
        name: the name or the call of the program, as for :func:`load_shown`.

    Raises:
        LoadError, TextError: as for :func:`load_shown`.
    """
    if _IR.match(text):
        return _output(parse(text, file=file), file, name)
    return _chosen(_execute_text(text, file), file, file, name)


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
        return refuse_selector(_program(self.value, self.name, self.origin, given=given), self.name)


def find(target: str, default: str) -> Named:
    """Return what ``target``, a ``FILE[:NAME]`` as for :func:`load`, names; the name is by default ``default``.

    Raises:
        LoadError, TextError: as for :func:`load`.
    """
    file, name = split(target)
    if is_rasp(file):
        return Named(_rasp_file(file).solution(name or default), name or default, file)
    if is_text(file):
        return Named(_output(_read(Path(file)), file, name), name or default, file)
    module, origin = _module(file)
    if name is not None and is_call(name):
        return Named(_chosen(module, origin, file, name), name, origin)
    return Named(_named(module, name or default, file), name or default, origin)


@public
def load_function(target: str) -> Callable[..., Any]:
    """Return the Python function that ``target``, a ``FILE:NAME``, names.

    Raises:
        LoadError: if there is no such file, module or function, or the code raises.
    """
    file, name = split(target)
    if name is None or is_call(name):
        raise LoadError(f"{target}: name the function, as in {file}:NAME")
    if is_rasp(file):
        raise LoadError(f"{target} is in the paper's language: name a function of Python")
    value = _named(_module(file)[0], name, file)
    if not _is_function(value):
        raise LoadError(f"{target} is not a function")
    return value  # type: ignore[no-any-return]  # known to be callable, nothing more


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
    if is_call(name):
        raise LoadError(
            f"{file} is textual IR, which has outputs ({', '.join(graph.outputs)}) and no functions to call"
        )
    if name not in graph.outputs:
        raise LoadError(f"{file} has no output {name} (its outputs: {', '.join(graph.outputs)})")
    return output_of(graph, name)


def output_of(graph: Graph, name: str) -> Graph:
    """Return the graph of one output."""
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
    if not is_file(path):
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


def _chosen(module: ModuleType, origin: str, file: str, name: str | None) -> Loaded:
    """Return the program or selector of a module that ``name``, a name or a call, chooses; the only one if ``None``."""
    if name is None:
        return _program(_only_program(module, origin, file), "the program", origin)
    if not is_call(name):
        return _program(_named(module, name, file), name, origin, file)
    call = read_call(name)
    function = _named(module, call.name, file)
    if not _is_function(function):
        what = "a program" if isinstance(function, ProgramExpression | Graph) else show(function)
        raise LoadError(f"{call.name} is {what}, not a function: give its name without parentheses")
    return _program(function, name, origin, file, call=call.resolved(vars(module)))


def _only_program(module: ModuleType, origin: str, file: str) -> object:
    imported = _programs_elsewhere(module)
    named = [item for item in vars(module).items() if (item[0], id(item[1])) not in imported]
    found = {name: value for name, value in named if _may_be_shown(name, value, origin)}
    programs = {name: value for name, value in found.items() if not isinstance(value, SelectorExpression)} or found
    if not programs:
        raise LoadError(f"{file} has no program: neither a sequence operation nor a function without parameters")
    if len(set(map(id, programs.values()))) > 1:
        sources = _sources()
        programs = {name: value for name, value in programs.items() if id(value) not in sources} or programs
    if len(set(map(id, programs.values()))) > 1:
        raise choosing.SeveralProgramsError(file, programs, found)
    return next(iter(programs.values()))


def _programs_elsewhere(module: ModuleType) -> set[tuple[str, int]]:
    """Return the programs of all other modules, by name and identity: candidates for imports of ``module``."""
    others = [other for other in list(sys.modules.values()) if other is not module and hasattr(other, "__dict__")]
    return {
        (name, id(value)) for other in others for name, value in list(vars(other).items()) if isinstance(value, Loaded)
    }


def programs_among(found: Mapping[str, object]) -> dict[str, Loaded]:
    """Return the programs and selectors among values by name, calling functions, which need no arguments.

    Raises:
        LoadError: if a function raises an error.
    """
    made: dict[str, Loaded] = {}
    for name, value in found.items():
        result = value
        if isinstance(value, FunctionType):
            with _user_code(value.__code__.co_filename):
                result = value()
        if isinstance(result, Loaded):
            made[name] = result
    return made


def _sources() -> set[int]:
    """Return the identities of the programs that raspir's own modules have, such as the tokens."""
    package = __name__.partition(".")[0]
    own = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == package]
    return {id(value) for module in own for value in vars(module).values() if isinstance(value, Loaded)}


def _may_be_shown(name: str, value: object, origin: str) -> bool:
    """Return whether ``value`` is a program or selector, or a function defined in ``origin`` that may return one."""
    if name.startswith("_"):
        return False
    if isinstance(value, FunctionType):
        return _same_file(value.__code__.co_filename, origin) and not _required(value)
    return isinstance(value, Loaded)


def _same_file(a: str, b: str) -> bool:
    return os.path.abspath(a) == os.path.abspath(b)


def _required(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the required parameters of ``function`` by name."""
    return {p.name: p for p in _parameters(function) if p.default is p.empty and p.kind not in _ANY_NUMBER}


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
        raise choosing.missing(file, name, [each for each in vars(module) if not each.startswith("_")])
    return getattr(module, name)


def _is_function(value: object) -> bool:
    return callable(value) and not isinstance(value, RefusedOperations)


def _program(
    value: Any,
    name: str,
    origin: str,
    file: str | None = None,
    given: Mapping[str, object] = _NOTHING,
    call: Call | None = None,
) -> Loaded:
    """Return ``value`` as a program or a selector, calling it if it is a function.

    Args:
        value: the program or function.
        name: what messages call it.
        origin: the file of its code.
        file: the file as the user gave it, if a call in it may be advised.
        given: the arguments, by parameter.
        call: the call that has the arguments instead.
    """
    verb = "is"
    if _is_function(value):
        if call is None:
            _check_given(value, name, file, given)
        else:
            call.check(value)
        ours = str(getattr(value, "__module__", None)).partition(".")[0] == __name__.partition(".")[0]
        with _user_code(origin):
            value = _called(value, given) if call is None else value(*call.positional, **call.named)
        if ours and isinstance(value, ProgramExpression):
            unlocated(value)
        verb = "returned"
    if not isinstance(value, Loaded):
        raise LoadError(f"{name} {verb} {show(value)}, which is not a program")
    return value


def _check_given(function: Callable[..., Any], name: str, file: str | None, given: Mapping[str, object]) -> None:
    """Check that ``given`` has all arguments that ``function`` requires."""
    missing = {each: parameter for each, parameter in _required(function).items() if each not in given}
    if missing:
        example = f"{'-' if file == '<stdin>' else file}:{example_call(name, missing.values())}"
        advice = "" if file is None else f': call it with literals or programs of the file, as in "{example}"'
        raise LoadError(f"{name} requires arguments ({', '.join(missing)}), so it is not a program{advice}")
