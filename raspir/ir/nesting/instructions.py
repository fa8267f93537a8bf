"""What single instructions of Python code do to values of which only the nesting is known.

An instruction that is not listed pushes atoms, as many as its effect on the stack calls for, so that at worst tuples
are missed in code of later versions of Python.
"""

from __future__ import annotations

import builtins
import dis
from collections.abc import Callable, Mapping, Sequence
from inspect import getattr_static
from types import FunctionType, MethodType, ModuleType
from typing import Any

from raspir.ir.nesting.values import ATOM, NULL, UNKNOWN, Value, container_of, deepest, item_of, joined, tuple_of
from raspir.ir.nesting.values import value_of as known

_NOTHING = (
    *("CACHE", "COPY_FREE_VARS", "EXTENDED_ARG", "KW_NAMES", "MAKE_CELL", "NOP", "NOT_TAKEN"),
    *("PRECALL", "RESUME", "SETUP_ANNOTATIONS"),
)
_POPPING = ("POP_", "STORE_", "DELETE_", "END_")
_LIST_TO_TUPLE = 6  # among the operations of CALL_INTRINSIC_1
_CONCATENATING = ("+", "+=", "*", "*=")


class Machine:
    """The state of a call of Python code at an instruction.

    Args:
        globals: its global variables.
        variables: its other variables.
        call: returns the result of a known function, given its arguments by position and by name, and this call.

    Attributes:
        globals: its global variables.
        variables: its other variables.
        stack: its stack.
        yielded: what it yields, if it is the code of a generator.
    """

    def __init__(
        self,
        globals: dict[str, Any],
        variables: dict[str, Value],
        call: Callable[[Any, Sequence[Value], Mapping[str, Value], Machine], Value],
    ) -> None:
        self.globals, self.variables = globals, variables
        self.stack: list[Value] = []
        self.yielded = ATOM
        self._call = call

    def result_of(self, function: Value, given: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """Return the result of a call in this one."""
        return ATOM if function.known is UNKNOWN else self._call(function.known, given, named, self)


def execute(machine: Machine, steps: Sequence[dis.Instruction], is_jump: bool) -> None:
    """Change the stack and the variables of a call as an instruction does.

    Args:
        machine: the state of the call.
        steps: the instruction, after some before it.
        is_jump: whether the instruction can jump; here it does not.
    """
    step = steps[-1]
    name, stack = step.opname, machine.stack
    if name in ("CALL", "CALL_KW"):
        _call(machine, steps)
    elif "_FAST" in name or name in ("LOAD_DEREF", "STORE_DEREF"):
        _access(machine, step)
    elif name in _OPERATIONS:
        _OPERATIONS[name](machine, step)
    elif name not in _NOTHING:
        effect = dis.stack_effect(step.opcode, step.arg, jump=False)
        pushed = 0 if effect <= 0 and (is_jump or name.startswith(_POPPING)) else max(effect, 1)
        popped(stack, pushed - effect)
        stack += [ATOM] * pushed


def popped(stack: list[Value], count: int) -> list[Value]:
    """Return the last values of a stack, which are removed from it."""
    if count <= 0:
        return []
    last = stack[-count:]
    del stack[-count:]
    return [*[ATOM] * (count - len(last)), *last]


def _operands(machine: Machine, step: dis.Instruction) -> list[Value]:
    """Return what an instruction pops that pushes one value."""
    return popped(machine.stack, 1 - dis.stack_effect(step.opcode, step.arg, jump=False))


def _access(machine: Machine, step: dis.Instruction) -> None:
    """Load and store variables, of which one instruction may concern two."""
    names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
    actions = [part for part in step.opname.split("_") if part in ("LOAD", "STORE", "DELETE")]
    for action, name in zip(actions, names, strict=False):
        if action == "LOAD":
            machine.stack.append(machine.variables.get(name, ATOM))
        elif action == "STORE":
            (machine.variables[name],) = popped(machine.stack, 1)


def _call(machine: Machine, steps: Sequence[dis.Instruction]) -> None:
    *before, step = steps
    names: tuple[str, ...] = ()
    if step.opname == "CALL_KW":
        (last,) = popped(machine.stack, 1)
        names = last.known
    for each in before:
        names = each.argval if each.opname == "KW_NAMES" else ()
    arguments = popped(machine.stack, step.arg or 0)
    function, *given = [each for each in popped(machine.stack, 2) if each.known is not NULL] or [ATOM]
    positional = len(arguments) - len(names)
    named = dict(zip(names, arguments[positional:], strict=True))
    machine.stack.append(machine.result_of(function, [*given, *arguments[:positional]], named))


def _call_with_all(machine: Machine, step: dis.Instruction) -> None:
    function, *given = [each for each in _operands(machine, step) if each.known is not NULL] or [ATOM]
    count = function.known.__code__.co_argcount if isinstance(function.known, FunctionType) else 2
    machine.stack.append(machine.result_of(function, [item_of(each) for each in given[:1] * max(count, 1)], {}))


def _load_global(machine: Machine, step: dis.Instruction) -> None:
    value = machine.globals.get(step.argval, getattr(builtins, step.argval, UNKNOWN))
    has_null = dis.stack_effect(step.opcode, step.arg) > 1
    machine.stack += [*[Value(known=NULL)] * has_null, known(value)]


def _load_attribute(machine: Machine, step: dis.Instruction) -> None:
    (owner,) = popped(machine.stack, 1)
    is_called = dis.stack_effect(step.opcode, step.arg) > 0
    if is_called and step.argval == "get" and owner.items:
        machine.stack += [known(dict.get), owner]
    else:
        machine.stack += [*[Value(known=NULL)] * is_called, known(_attribute(owner.known, step.argval))]


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute of a known value, if it is a function or stored in the value; no code of the user runs."""
    found = getattr_static(owner, name, UNKNOWN)
    if isinstance(found, staticmethod):
        return found.__func__
    if isinstance(found, classmethod):
        return MethodType(found.__func__, owner)
    is_method = isinstance(found, FunctionType) and not isinstance(owner, type | ModuleType)
    return MethodType(found, owner) if is_method and getattr_static(type(owner), name, None) is found else found


def _build_container(machine: Machine, step: dis.Instruction) -> None:
    values = popped(machine.stack, 1 - dis.stack_effect(step.opcode, step.arg))
    if step.opname == "BUILD_TUPLE":
        machine.stack.append(tuple_of(deepest(values)))
        return
    if step.opname == "BUILD_MAP":
        values = values[1::2]
    elif step.opname == "BUILD_CONST_KEY_MAP":
        values.pop()
    machine.stack.append(container_of(deepest(values)))


def _extend(machine: Machine, step: dis.Instruction) -> None:
    """Add items to a container that is on the stack."""
    *_, value = popped(machine.stack, -dis.stack_effect(step.opcode, step.arg))
    depth = value.items if step.opname.endswith(("EXTEND", "UPDATE", "MERGE")) else value.depth
    at = -(step.arg or 1)
    if -at <= len(machine.stack):
        machine.stack[at] = joined(machine.stack[at], container_of(depth))


def _convert(machine: Machine, step: dis.Instruction) -> None:
    (value,) = popped(machine.stack, 1)
    is_tuple = step.opname == "LIST_TO_TUPLE" or step.arg == _LIST_TO_TUPLE
    machine.stack.append(tuple_of(value.items) if is_tuple else ATOM)


def _binary(machine: Machine, step: dis.Instruction) -> None:
    first, second = popped(machine.stack, 2)
    if step.opname == "BINARY_SUBSCR" or step.argrepr == "[]":
        result = first if type(second.known) is slice else item_of(first)
    else:
        result = joined(first, second) if step.argrepr in _CONCATENATING else ATOM
    machine.stack.append(result._replace(known=UNKNOWN))


def _slice(machine: Machine, step: dis.Instruction) -> None:
    """Take a part of a container, or make a slice of its bounds."""
    container, *_ = _operands(machine, step)
    machine.stack.append(container._replace(known=UNKNOWN) if step.opname == "BINARY_SLICE" else known(slice(None)))


def _unpack(machine: Machine, step: dis.Instruction) -> None:
    (value,) = popped(machine.stack, 1)
    count = 1 + dis.stack_effect(step.opcode, step.arg)
    items = [item_of(value)] * count
    if step.opname == "UNPACK_EX":
        items[(step.arg or 0) & 0xFF] = container_of(value.items)
    machine.stack += reversed(items)


def _iterate(machine: Machine, step: dis.Instruction) -> None:
    (value,) = popped(machine.stack, 1)
    machine.stack.append(container_of(value.items))


def _next(machine: Machine, step: dis.Instruction) -> None:
    machine.stack.append(item_of(machine.stack[-1]))


def _yield(machine: Machine, step: dis.Instruction) -> None:
    machine.yielded = joined(machine.yielded, *popped(machine.stack, 1))
    machine.stack.append(ATOM)


def _copy(machine: Machine, step: dis.Instruction) -> None:
    machine.stack.append(machine.stack[-(step.arg or 1)])


def _swap(machine: Machine, step: dis.Instruction) -> None:
    stack, at = machine.stack, -(step.arg or 1)
    stack[-1], stack[at] = stack[at], stack[-1]


def _push_constant(machine: Machine, step: dis.Instruction) -> None:
    machine.stack.append(known(step.argval))


def _push_null(machine: Machine, step: dis.Instruction) -> None:
    machine.stack.append(Value(known=NULL))


def _push_atom(machine: Machine, step: dis.Instruction) -> None:
    machine.stack.append(ATOM)


def _make_function(machine: Machine, step: dis.Instruction) -> None:
    """Push what is last among the operands: the code, or the function of which an attribute is set."""
    *_, function = _operands(machine, step)
    machine.stack.append(function)


_OPERATIONS: dict[str, Callable[[Machine, dis.Instruction], None]] = {
    "BINARY_OP": _binary,
    "BINARY_SLICE": _slice,
    "BINARY_SUBSCR": _binary,
    "BUILD_CONST_KEY_MAP": _build_container,
    "BUILD_LIST": _build_container,
    "BUILD_MAP": _build_container,
    "BUILD_SET": _build_container,
    "BUILD_SLICE": _slice,
    "BUILD_TUPLE": _build_container,
    "CALL_FUNCTION_EX": _call_with_all,
    "CALL_INTRINSIC_1": _convert,
    "COPY": _copy,
    "DICT_MERGE": _extend,
    "DICT_UPDATE": _extend,
    "FOR_ITER": _next,
    "GET_ITER": _iterate,
    "GET_YIELD_FROM_ITER": _iterate,
    "LIST_APPEND": _extend,
    "LIST_EXTEND": _extend,
    "LIST_TO_TUPLE": _convert,
    "LOAD_ATTR": _load_attribute,
    "LOAD_CONST": _push_constant,
    "LOAD_GLOBAL": _load_global,
    "LOAD_METHOD": _load_attribute,
    "MAKE_FUNCTION": _make_function,
    "MAP_ADD": _extend,
    "PUSH_NULL": _push_null,
    "RETURN_GENERATOR": _push_atom,
    "SET_ADD": _extend,
    "SET_FUNCTION_ATTRIBUTE": _make_function,
    "SET_UPDATE": _extend,
    "SWAP": _swap,
    "UNPACK_EX": _unpack,
    "UNPACK_SEQUENCE": _unpack,
    "YIELD_VALUE": _yield,
}
