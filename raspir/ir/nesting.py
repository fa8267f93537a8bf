"""How deeply the tuples may be nested that a function makes of atoms and tuples, read from its bytecode.

An atom has depth 0. The depths are upper bounds: what is not understood counts as passing its arguments on. A function
that leaves the making of a tuple to something that is not plain Python code is taken to make none.
"""

from __future__ import annotations

import builtins
import dis
import functools
from collections.abc import Iterator, Sequence
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import CodeType, FunctionType, MethodType
from typing import Any

from raspir.ir.composition import Chain
from raspir.ir.functions import Function, of_atoms
from raspir.ir.packing import DEEPEST

_SKIPPED = frozenset(["CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "PRECALL", "PUSH_NULL", "RESUME"])
_COMPARING = ("COMPARE_OP", "CONTAINS_OP", "IS_OP")
_TAKING_APART = ("UNPACK_SEQUENCE", "UNPACK_EX", "GET_ITER", "UNARY_NOT", "TO_BOOL", *_COMPARING)
_CALLS = ("CALL", "CALL_FUNCTION")
_OF_ITEMS = ("all", "any", "bool", "len", "max", "min", "repr", "str", "sum")
"""Built-in functions of one tuple whose result is an atom or one of its items."""


def nesting(function: Function, given: Sequence[int] = ()) -> int:
    """Return how deeply tuples may be nested in the result of ``function``.

    Args:
        function: the function, which is not called.
        given: the depth of each argument; 0 for an atom.
    """
    return min(_nesting(of_atoms(function), given, {}), DEEPEST)


def _nesting(function: Any, given: Sequence[int], seen: dict[int, int]) -> int:
    if isinstance(function, MethodType):
        return _nesting(function.__func__, (0, *given), seen)
    if isinstance(function, Chain):
        *later, first = function.functions
        depth = _nesting(first, given, seen)
        for each in reversed(later):
            depth = _nesting(each, (depth,), seen)
        return depth
    if isinstance(function, functools.partial):
        return _nesting(function.func, (*(0 for _ in function.args), *given), seen)
    if isinstance(function, FunctionType):
        return _passed(function.__code__, given) + _made(function, seen)
    name = getattr(function, "__name__", "")
    if getattr(builtins, name, None) is function:
        return 1 if function in (divmod, tuple) else 0 if name in _OF_ITEMS else max(given, default=0)
    call = getattr(type(function), "__call__", None)  # noqa: B004  # the method, where it is written in Python
    return _nesting(call, (0, *given), seen) if isinstance(call, FunctionType) else max(given, default=0)


def _steps(code: CodeType) -> list[dis.Instruction]:
    return [each for each in dis.get_instructions(code) if each.opname not in _SKIPPED]


def _made(function: FunctionType, seen: dict[int, int]) -> int:
    """Return by how many levels the tuples that a function makes itself, or by functions that it calls, may nest."""
    if id(function) not in seen:
        seen[id(function)] = 0  # while it is read, if it calls itself
        seen[id(function)] = _read(function, seen)
    return seen[id(function)]


def _read(function: FunctionType, seen: dict[int, int]) -> int:
    steps = _steps(function.__code__)
    after = [*steps[1:], None]
    returned, inner, constant = 0, 0, 0
    for step, following in zip(steps, after, strict=True):
        if step.opname == "BUILD_TUPLE" and not _is_used_up_by(following):
            returned, inner = (1, inner) if _returns(following, steps) else (returned, inner + 1)
        elif step.opname in ("LOAD_CONST", "RETURN_CONST") and type(step.argval) is tuple:
            is_value = step.opname == "RETURN_CONST" or not _is_used_up_by(following)
            constant = max(constant, _depth(step.argval) if is_value else 0)
    calls = list(_called(function, steps))
    called = max((_nesting(each, (), seen) for each in calls), default=0)
    is_repeated = function in calls or any(step.opname.startswith("JUMP_BACKWARD") for step in steps)
    own = returned + inner
    return called + constant + (DEEPEST if own and is_repeated else own)


def _returns(step: dis.Instruction | None, steps: list[dis.Instruction]) -> bool:
    """Return whether a step, or that to which it jumps, returns from a function."""
    if step is not None and step.opname == "JUMP_FORWARD":
        step = next((each for each in steps if each.offset == step.argval), None)
    return step is not None and step.opname == "RETURN_VALUE"


def _depth(value: object) -> int:
    return 1 + max(map(_depth, value), default=0) if type(value) is tuple else 0


def _is_used_up_by(step: dis.Instruction | None) -> bool:
    """Return whether a tuple is taken for a loop, for `in` or the like, or as the variables of an inner function."""
    return step is not None and (step.opname in _TAKING_APART or isinstance(step.argval, CodeType))


def _called(function: FunctionType, steps: list[dis.Instruction]) -> Iterator[Any]:
    """Yield the functions among the values of the names that a function uses, as it may call them."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for step in steps:
        value = None
        if step.opname == "LOAD_GLOBAL":
            value = function.__globals__.get(step.argval, getattr(builtins, step.argval, None))
        elif step.opname == "LOAD_DEREF" and step.argval in cells:
            try:
                value = cells[step.argval].cell_contents
            except ValueError:  # it has no value yet
                continue
        if isinstance(value, FunctionType | functools.partial) or value in (divmod, tuple):
            yield value


def _passed(code: CodeType, given: Sequence[int]) -> int:
    """Return the depth of what may reach the result of the arguments, whole or in parts."""
    depths = {name: depth for name, depth in zip(code.co_varnames[: code.co_argcount], given, strict=False) if depth}
    deepest = max(given, default=0)
    if not deepest:
        return 0
    if code.co_flags & (CO_VARARGS | CO_VARKEYWORDS) or len(given) > code.co_argcount:
        return deepest
    whole = {name for name in depths if name in code.co_cellvars} | set(_whole(code))
    return max(depth if name in whole else depth - 1 for name, depth in depths.items())


def _whole(code: CodeType) -> Iterator[str]:
    """Yield the names of variables whose values are used in other ways than by their parts or in comparisons."""
    steps = _steps(code)
    for at, step in enumerate(steps):
        if step.opname.startswith(("LOAD_FAST", "STORE_FAST_LOAD_FAST")) and not _is_taken_apart(steps, at):
            yield from step.argval if isinstance(step.argval, tuple) else (step.argval,)


def _is_taken_apart(steps: list[dis.Instruction], at: int) -> bool:
    """Return whether the variable that a step loads is compared, tested, or taken apart by what follows."""
    first, second = (steps[at + ahead] if at + ahead < len(steps) else None for ahead in (1, 2))
    if first is None:
        return False
    if isinstance(steps[at].argval, tuple):  # two variables at once
        return first.opname in _COMPARING or _is_index(first)
    if first.opname in _TAKING_APART or first.opname.startswith("POP_JUMP"):
        return True
    if first.opname in _CALLS and at:
        return steps[at - 1].opname == "LOAD_GLOBAL" and steps[at - 1].argval in _OF_ITEMS
    if second is None or not first.opname.startswith("LOAD_") or type(first.argval) is slice:
        return False
    return second.opname in _COMPARING or _is_index(second)


def _is_index(step: dis.Instruction) -> bool:
    return step.opname == "BINARY_SUBSCR" or (step.opname == "BINARY_OP" and step.argrepr == "[]")
