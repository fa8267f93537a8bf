"""How deeply the tuples in the results of a function may be nested, read from its bytecode.

An atom has depth 0. Only tuples that Python code makes and returns count: what a function that is not written in Python
returns is taken for an atom, apart from the few in :data:`_BUILTINS`, and so is whatever else is not understood. A
tuple that is missed is an error at run time; an atom that is taken for a tuple hides a function from the optimizer.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import CO_GENERATOR, CO_VARARGS, CO_VARKEYWORDS, getattr_static
from types import BuiltinFunctionType, CodeType, FunctionType, MethodDescriptorType, MethodType
from typing import Any

from raspir.ir.composition import Chain
from raspir.ir.functions import Function, of_atoms
from raspir.ir.nesting.frames import Frame
from raspir.ir.nesting.instructions import Machine
from raspir.ir.nesting.values import ATOM, Value, container_of, deepest, item_of, joined, nested, tuple_of, value_of
from raspir.ir.packing import DEEPEST

_MOST_STEPS = 1500  # of the simulation; what is not reached is taken to make no tuples
_MOST_OPEN = 40  # calls at a time, likewise


def nesting(function: Function, given: Sequence[int] = ()) -> int:
    """Return how deeply tuples may be nested in the result of ``function``.

    Args:
        function: the function, which is not called.
        given: the depth of each argument; 0 for an atom.
    """
    results: dict[tuple[object, ...], Value] = {}
    budget = iter(range(_MOST_STEPS))
    for _ in range(DEEPEST + 1):
        before, calls = dict(results), _Calls(results, budget)
        depth = calls.call(of_atoms(function), [nested(each) for each in given]).depth
        if not calls.is_recursive or results == before:
            break
    return depth


class _Calls:
    """The calls that a function leads to.

    Args:
        results: the results so far, by the code that is called and its variables, which recursive functions raise.
        budget: yields as often as an instruction may be simulated.
    """

    def __init__(self, results: dict[tuple[object, ...], Value], budget: Iterator[object]) -> None:
        self.is_recursive = False
        self._results, self._budget = results, budget
        self._done: set[tuple[object, ...]] = set()
        self._open: set[tuple[object, ...]] = set()
        self._alive: list[object] = []  # whose id is part of a key

    def call(
        self,
        function: Any,
        given: Sequence[Value],
        named: Mapping[str, Value] | None = None,
        frame: Machine | None = None,
    ) -> Value:
        """Return the result of a function on these arguments.

        Args:
            function: the function, or the code of one that ``frame`` defines.
            given: the arguments by position.
            named: the arguments by name.
            frame: the call in whose code this one is.
        """
        named = named or {}
        if isinstance(function, Chain):
            *later, first = function.functions
            value = self.call(first, given)
            for each in reversed(later):
                value = self.call(each, [value])
            return value
        if isinstance(function, MethodType):
            return self.call(function.__func__, [value_of(function.__self__), *given], named)
        if isinstance(function, functools.partial):
            held = {name: value_of(each) for name, each in function.keywords.items()}
            return self.call(function.func, [*map(value_of, function.args), *given], {**held, **named})
        if isinstance(function, functools._lru_cache_wrapper):
            return self.call(function.__wrapped__, given, named)
        if isinstance(function, FunctionType):
            if (of := of_atoms(function)) is not function:
                return self.call(of, given, named)
            variables = {**_captured(function), **_defaults(function)}
            return self._read(function.__code__, function.__globals__, variables, given, named)
        if isinstance(function, CodeType) and frame is not None:
            return self._read(function, frame.globals, frame.variables, given, named)
        method = getattr_static(type(function), "__call__", None)
        if isinstance(method, FunctionType):  # it is written in Python
            return self.call(method, [value_of(function), *given], named)
        return _builtin(function, given)

    def _read(
        self,
        code: CodeType,
        globals: dict[str, Any],
        outer: Mapping[str, Value],
        given: Sequence[Value],
        named: Mapping[str, Value],
    ) -> Value:
        """Return the result of code, once for the same arguments and outer variables."""
        parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        variables = {name: outer[name] for name in (*parameters, *code.co_freevars) if name in outer}
        variables.update(_bound(code, given, named))
        key = (id(code), *((name, *value[:2], id(value.known)) for name, value in sorted(variables.items())))
        if key in self._open:
            self.is_recursive = True
        elif key not in self._done and len(self._open) < _MOST_OPEN:
            self._done.add(key)
            self._open.add(key)
            self._alive += [code, *(value.known for value in variables.values())]
            frame = Frame(code, globals, variables, self.call, self._budget)
            result = frame.run()
            if code.co_flags & CO_GENERATOR:
                result = container_of(frame.yielded.depth)
            self._results[key] = joined(self._results.get(key, result), result)
            self._open.remove(key)
        return self._results.get(key, ATOM)


def _captured(function: FunctionType) -> dict[str, Value]:
    values = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            values[name] = value_of(cell.cell_contents)
        except ValueError:  # it has no value yet
            continue
    return values


def _defaults(function: FunctionType) -> dict[str, Value]:
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
    held = {**dict(zip(names, defaults, strict=True)), **(function.__kwdefaults__ or {})}
    return {name: value_of(value) for name, value in held.items()}


def _bound(code: CodeType, given: Sequence[Value], named: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values of the parameters to which arguments are given."""
    parameters = code.co_varnames[: code.co_argcount]
    others = iter(code.co_varnames[code.co_argcount + code.co_kwonlyargcount :])
    bound = {**dict(zip(parameters, given, strict=False)), **named}
    if code.co_flags & CO_VARARGS:
        rest = given[len(parameters) :]
        bound[next(others)] = tuple_of(deepest(rest))
    if code.co_flags & CO_VARKEYWORDS:
        bound[next(others)] = container_of(deepest(named.values()))
    return bound


def _builtin(function: Any, given: Sequence[Value]) -> Value:
    if isinstance(function, operator.itemgetter):
        function = operator.getitem if len(function.__reduce__()[1]) == 1 else tuple
    if type(function) not in (type, BuiltinFunctionType, MethodDescriptorType) or function not in _BUILTINS:
        return ATOM
    return _BUILTINS[function](*given) if given or function is tuple else ATOM


def _extreme(*given: Value) -> Value:
    return item_of(given[0]) if len(given) == 1 else _one_of(*given)


def _one_of(*given: Value) -> Value:
    return functools.reduce(joined, given, ATOM)


def _items(*given: Value) -> Value:
    return container_of(max((each.items for each in given), default=0))


def _tuples(*given: Value) -> Value:
    return container_of(1 + _items(*given).items)


_BUILTINS: dict[Any, Callable[..., Value]] = {
    tuple: lambda *given: tuple_of(_items(*given).items),
    divmod: lambda *given: tuple_of(0),
    **dict.fromkeys([max, min], _extreme),
    **dict.fromkeys([operator.add, operator.concat, operator.mul], _one_of),
    **dict.fromkeys([filter, iter, list, reversed, set, sorted, itertools.chain], _items),
    **dict.fromkeys([enumerate, zip], _tuples),
    next: lambda given, *default: _one_of(item_of(given), *default),
    sum: lambda given, *start: _one_of(item_of(given), *start),
    operator.getitem: lambda given, *_: item_of(given),
    dict.get: lambda given, _=ATOM, *default: _one_of(item_of(given), *default),
}
"""The functions that are not written in Python whose results can be tuples or hold tuples, and these results."""
