"""Python source of plans, for execution by the backend and for emitted modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from raspir.backends.numpy.plan import ConstantInit, Plan, Ref, Step, Symbol
from raspir.ir.location import Location


def function(plan: Plan, comments: bool = True) -> str:
    """Return the source of the function that maps a run and the input columns to the output columns."""
    inputs = [ref.name for ref in plan.inputs.values()]
    lines = [f"def program({', '.join(['run', *inputs])}):"]
    if comments:
        lines.append('    """Return the columns of the outputs."""')
    for step, unused in zip(plan, _last_uses(plan), strict=True):
        lines += [f"    {line}" for line in _lines(step, comments)]
        if unused:
            lines.append(f"    del {', '.join(unused)}")
    outputs = "".join(f"{ref.name}, " for ref in plan.outputs.values())
    lines.append(f"    return ({outputs.rstrip()})")
    return "\n".join(lines) + "\n"


def _last_uses(plan: Plan) -> list[list[str]]:
    """Return the values dead after each step, so that their memory can be reused."""
    live = {ref.name for ref in plan.outputs.values()} | set(plan.constants) | {"NOWHERE"}
    result: list[list[str]] = []
    for step in reversed(plan.steps):
        read = dict.fromkeys([step.result.name, *_read((*step.arguments, *step.keywords.values()))])
        result.append([name for name in read if name not in live])
        live.update(read)
    return result[::-1]


def _read(value: Any) -> Iterable[str]:
    """Return the names that an argument references."""
    if isinstance(value, Ref):
        yield value.name
    elif isinstance(value, tuple):
        for each in value:
            yield from _read(each)


def constant(name: str, made: ConstantInit) -> str:
    """Return the assignment of a constant."""
    return f"{name} = {made.call.__name__}({', '.join(map(literal, made.arguments))})"


def _lines(step: Step, comments: bool) -> Iterable[str]:
    arguments = [*(["run"] if step.takes_run else []), *map(literal, step.arguments)]
    arguments += [f"{name}={literal(value)}" for name, value in step.keywords.items()]
    if comments and step.comment:
        yield f"# {printable(step.comment)}"
    yield f"{step.result.name} = {step.call.__name__}({', '.join(arguments)})"


def printable(text: str) -> str:
    """Escape line breaks and unencodable characters in ``text``: names may be arbitrary strings."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def literal(value: Any) -> str:
    """Return a source expression for an argument."""
    if isinstance(value, Ref):
        return value.name
    if isinstance(value, Symbol):
        return symbol_name(value.name)
    if callable(value):
        return str(value.__name__)
    if isinstance(value, Location):
        return repr(str(value))
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 4096:
        return hex(value)  # Python limits the number of decimal digits that it writes and parses
    return repr(value)


def symbol_name(symbol: str) -> str:
    """Return the identifier bound to an opaque function."""
    return "function_" + "".join(c if c.isalnum() and c.isascii() else f"_{ord(c):x}_" for c in symbol)
