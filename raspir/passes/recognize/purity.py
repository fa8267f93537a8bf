"""The code of a function: whether it consists of operators, conditions and plain functions of them alone.

A function is run on recorded operands only if it passes. So it cannot print, draw a random number, read a clock, change
anything outside it, handle an exception, or distinguish an operand by its class or identity: recording would not
notice. Everything that is not known to be harmless counts as harmful, including instructions of later Pythons.
"""

from __future__ import annotations

import builtins
import dis
import functools
import operator
from collections.abc import Iterable, Mapping
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from types import CodeType, FunctionType, ModuleType
from typing import Any

from raspir.ir.atoms import ATOM_CLASSES, show
from raspir.ir.composition import Chain, Composed
from raspir.ir.packing import unpack


class OpaqueError(Exception):
    """A function cannot be understood; the message says why."""


_OPERATOR_NAMES = """
    add sub mul truediv floordiv mod pow neg pos abs invert inv not_ truth and_ or_ eq ne lt le gt ge
    __add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __pow__ __neg__ __pos__ __abs__ __invert__ __inv__
    __not__ __and__ __or__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__
"""
_BUILTINS = ("abs", "bool", "float", "int", "max", "min", "pow", "round", "str")
_CALLABLE = {id(getattr(operator, name)) for name in _OPERATOR_NAMES.split()} | {
    id(getattr(builtins, name)) for name in _BUILTINS
}
"""The identities of the functions in C that only apply operators, compare, convert, or ask for a truth value."""

_HARMLESS_NAMES = """
    CACHE RESUME NOP NOT_TAKEN EXTENDED_ARG PRECALL PUSH_NULL POP_TOP COPY SWAP COPY_FREE_VARS MAKE_CELL
    LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_LOAD_FAST LOAD_FAST_BORROW LOAD_FAST_BORROW_LOAD_FAST_BORROW
    STORE_FAST STORE_FAST_LOAD_FAST STORE_FAST_STORE_FAST LOAD_CONST LOAD_SMALL_INT
    LOAD_GLOBAL LOAD_DEREF LOAD_CLOSURE STORE_DEREF LOAD_ATTR LOAD_METHOD
    BINARY_OP BINARY_SUBSCR COMPARE_OP CONTAINS_OP UNARY_NEGATIVE UNARY_POSITIVE UNARY_NOT UNARY_INVERT TO_BOOL
    CALL_INTRINSIC_1 BUILD_TUPLE UNPACK_SEQUENCE
    POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE JUMP_IF_TRUE_OR_POP JUMP_IF_FALSE_OR_POP
    POP_JUMP_FORWARD_IF_TRUE POP_JUMP_FORWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_BACKWARD_IF_FALSE
    JUMP_FORWARD JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT RETURN_VALUE RETURN_CONST
    GET_ITER FOR_ITER END_FOR POP_ITER CALL KW_NAMES CALL_KW MAKE_FUNCTION SET_FUNCTION_ATTRIBUTE
"""
_HARMLESS = frozenset(_HARMLESS_NAMES.split())
_INTRINSICS = ("INTRINSIC_UNARY_POSITIVE",)

_REASONS = {
    "is": "IS_OP",
    "format": "FORMAT_VALUE FORMAT_SIMPLE FORMAT_WITH_SPEC CONVERT_VALUE BUILD_STRING",
    "change": "STORE_GLOBAL DELETE_GLOBAL STORE_ATTR DELETE_ATTR STORE_SUBSCR DELETE_SUBSCR STORE_NAME",
    "raise": "RAISE_VARARGS RERAISE LOAD_ASSERTION_ERROR",
    "import": "IMPORT_NAME IMPORT_FROM",
    "match": "MATCH_CLASS MATCH_SEQUENCE MATCH_MAPPING MATCH_KEYS",
}
_WORDS = {
    "is": "it tests identity with `is`",
    "format": "it formats a string",
    "change": "it changes something outside of it",
    "raise": "it raises an exception",
    "import": "it imports a module",
    "match": "it tests the class of a value",
}
_IF_NONE = frozenset(
    f"POP_JUMP{way}_IF_{test}" for way in ("", "_FORWARD", "_BACKWARD") for test in ("NONE", "NOT_NONE")
)
"""Jumps on a comparison with ``None`` by ``is``."""

_WHY = {name: _WORDS[key] for key, names in _REASONS.items() for name in names.split()}

_MOST_ITEMS = 1000  # checked in the collections that a function refers to


def require_pure(function: object) -> bool:
    """Check that ``function`` does nothing but apply operators to its arguments and to constants.

    Returns:
        Whether it tests for ``None`` by ``is``, which shows only on operands that are ``None``.

    Raises:
        OpaqueError: if it may do more.
    """
    reader = _Reader()
    try:
        is_harmless = callable(function) and reader.is_harmless(function)
    except RecursionError:
        raise OpaqueError("the values that it uses are nested too deeply") from None
    if not is_harmless:
        raise OpaqueError("it is neither a plain Python function nor an operator")
    reader.finish()
    return reader.tests_none


class _Reader:
    """A check of a function, and of the functions that it refers to.

    Attributes:
        tests_none: whether one of them tests for ``None`` by ``is``.
    """

    def __init__(self) -> None:
        self.tests_none = False
        self._read: set[int] = set()
        self._items = 0
        self._mutable = False
        self._in_place = False

    def finish(self) -> None:
        """Check what only everything that was read can show."""
        if self._mutable and self._in_place:  # such as `known += (x,)`, which extends a list
            raise OpaqueError(_WORDS["change"])

    def is_harmless(self, value: object) -> bool:
        """Return whether ``value``, used in any way, has no effect and no behavior but that of its constant parts."""
        kind = type(value)
        self._items += 1
        if self._items > _MOST_ITEMS:
            return False
        if kind in ATOM_CLASSES or id(value) in _CALLABLE:
            return True
        if isinstance(value, FunctionType):
            self._function(value)
            return True
        if kind in (list, set, dict):
            self._mutable = True
        if kind in (tuple, list, set, frozenset):
            return all(map(self.is_harmless, _items(value)))
        if isinstance(value, dict) and kind is dict:
            return all(map(self.is_harmless, (*value, *value.values())))
        if value is unpack:
            raise OpaqueError("it takes tuples that are values of a sequence")
        if isinstance(value, Composed | Chain):
            return all(map(self.is_harmless, value.functions))
        if isinstance(value, functools.partial) and kind is functools.partial:
            return all(map(self.is_harmless, (value.func, *value.args, *value.keywords.values())))
        return False

    def _function(self, function: FunctionType) -> None:
        if id(function) in self._read:
            return
        self._read.add(id(function))
        code = function.__code__
        given = dict(function.__kwdefaults__ or {})
        names = code.co_varnames[: code.co_argcount]
        given |= dict(zip(reversed(names), reversed(function.__defaults__ or ()), strict=False))
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            try:
                given[name] = cell.cell_contents
            except ValueError:
                raise OpaqueError(f"it uses {name}, which has no value yet") from None
        for name, value in given.items():
            self._use(name, value)
        self._code(code, function.__globals__, getattr(function, "__builtins__", {}))

    def _use(self, name: str, value: object) -> None:
        if not self.is_harmless(value):
            raise OpaqueError(f"it uses {name}, which is neither an operator nor an atom")

    def _code(self, code: CodeType, globals: Mapping[str, Any], builtins: Mapping[str, Any]) -> None:
        if code.co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR):
            raise OpaqueError("it is a generator or a coroutine")
        if code.co_exceptiontable:
            raise OpaqueError("it handles exceptions")
        module: ModuleType | None = None
        after_none = False
        for each in dis.get_instructions(code):
            name = each.opname
            if name in ("EXTENDED_ARG", "CACHE", "PUSH_NULL"):
                continue
            tests_none = name in _IF_NONE or (name == "IS_OP" and after_none and not each.is_jump_target)
            after_none = name == "LOAD_CONST" and each.argval is None
            if tests_none:
                self.tests_none = True
                continue
            if name in _WHY:
                raise OpaqueError(_WHY[name])
            if module is not None or name in ("LOAD_ATTR", "LOAD_METHOD"):
                self._attribute(module, name, str(each.argval))
                module = None
            elif name not in _HARMLESS or (name == "CALL_INTRINSIC_1" and each.argrepr not in _INTRINSICS):
                raise OpaqueError(f"it does more than apply operators ({name})")
            elif name == "LOAD_GLOBAL":
                module = self._global(str(each.argval), globals, builtins)
            elif name == "STORE_DEREF" and each.argval in code.co_freevars:
                raise OpaqueError(_WORDS["change"])
            elif name == "BINARY_OP" and each.argrepr.endswith("="):
                self._in_place = True
            elif isinstance(each.argval, CodeType):
                self._code(each.argval, globals, builtins)

    def _global(self, name: str, globals: Mapping[str, Any], builtins: Mapping[str, Any]) -> ModuleType | None:
        """Check a global name, or return the module that it stands for, of which an attribute is to be checked."""
        if name not in globals and name not in builtins:
            raise OpaqueError(f"it uses {name}, which is not defined")
        value = globals[name] if name in globals else builtins[name]
        if type(value) is ModuleType:
            return value
        self._use(name, value)
        return None

    def _attribute(self, module: ModuleType | None, instruction: str, name: str) -> None:
        if module is None:
            raise OpaqueError(f"it uses the attribute {name}")
        if instruction not in ("LOAD_ATTR", "LOAD_METHOD") or name not in vars(module):
            raise OpaqueError(f"it uses the module {module.__name__}")
        self._use(f"{module.__name__}.{name}", vars(module)[name])


def _items(value: object) -> Iterable[object]:
    assert isinstance(value, tuple | list | set | frozenset), show(value)
    return value
