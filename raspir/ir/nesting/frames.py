"""What a call of Python code returns: a simulation of its bytecode on values of which only the nesting is known.

All paths are followed until the values at every instruction are stable.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

from raspir.ir.nesting.instructions import Machine, execute, popped
from raspir.ir.nesting.values import ATOM, Value, joined, value_of

_RETURNING = ("RETURN_VALUE", "RETURN_CONST")
_FINAL = (*_RETURNING, "RAISE_VARARGS", "RERAISE")
_JUMPS = frozenset([*dis.hasjrel, *dis.hasjabs])


class _State(NamedTuple):
    stack: list[Value]
    variables: dict[str, Value]

    def key(self) -> object:
        """Return what identifies a state: known values need not be comparable."""
        values = (*self.stack, *self.variables.values())
        return [(value.depth, value.items, id(value.known)) for value in values]


@lru_cache(4096)
def _steps(code: CodeType) -> tuple[list[dis.Instruction], dict[int, int], list[Any]]:
    """Return the instructions of code, their indices by offset, and the ranges of its exception handlers."""
    bytecode = dis.Bytecode(code)
    steps = list(bytecode)
    handlers = list(getattr(bytecode, "exception_entries", ()))
    return steps, {step.offset: at for at, step in enumerate(steps)}, handlers


class Frame(Machine):
    """A call of Python code.

    Args:
        code: the code.
        globals: its global variables.
        variables: its parameters and captured variables.
        call: as for a :class:`Machine`.
        budget: yields as often as an instruction may be simulated, here and in other calls.
    """

    def __init__(
        self,
        code: CodeType,
        globals: dict[str, Any],
        variables: dict[str, Value],
        call: Callable[[Any, Sequence[Value], Mapping[str, Value], Machine], Value],
        budget: Iterator[object],
    ) -> None:
        super().__init__(globals, variables, call)
        self._budget = budget
        self._steps, self._indices, self._handlers = _steps(code)
        self._states = {0: _State([], variables)}

    def run(self) -> Value:
        """Return what the call returns."""
        waiting = [0]
        while waiting and next(self._budget, None) is not None:
            for at, state in self._after(waiting.pop()):
                if self._changes(at, state):
                    waiting.append(at)
        returned = [self._returned(at) for at in self._states if self._steps[at].opname in _RETURNING]
        result = returned.pop() if returned else ATOM
        for each in returned:
            result = joined(result, each)
        return result

    def _returned(self, at: int) -> Value:
        step = self._steps[at]
        return value_of(step.argval) if step.opname == "RETURN_CONST" else self._states[at].stack[-1]

    def _changes(self, at: int, state: _State) -> bool:
        """Merge a state with which an instruction can be reached into the others; return whether that changes them."""
        before = self._states.get(at)
        if before is None:
            self._states[at] = state
            return True
        stack = [joined(*each) for each in zip(before.stack, state.stack, strict=False)]
        both = {name: joined(value, before.variables.get(name, value)) for name, value in state.variables.items()}
        self._states[at] = merged = _State(stack, {**before.variables, **both})
        return merged.key() != before.key()

    def _after(self, at: int) -> Iterator[tuple[int, _State]]:
        """Yield the instructions that may follow one, and the states in which they do."""
        step, (stack, variables) = self._steps[at], self._states[at]
        for start, end, target, depth, has_place in self._handlers:
            if start <= step.offset < end:
                yield self._indices[target], _State([*stack[:depth], *[ATOM] * (1 + has_place)], variables)
        if step.opname in _FINAL:
            return
        is_jump = step.opcode in _JUMPS
        if is_jump:
            after = list(stack)
            effect = dis.stack_effect(step.opcode, step.arg, jump=True)
            popped(after, -effect)
            yield self._indices[step.argval], _State([*after, *[ATOM] * effect], variables)
            if step.opname.startswith("JUMP_") and not step.opname.startswith("JUMP_IF"):
                return
        self.stack = list(stack)
        self.variables = dict(variables) if "STORE" in step.opname else variables
        execute(self, self._steps[max(at - 2, 0) : at + 1], is_jump)
        yield at + 1, _State(self.stack, self.variables)
