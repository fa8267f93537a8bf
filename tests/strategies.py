"""Strategies for programs and inputs, and an evaluator that is independent of raspir.

A generated program is a list of SSA instructions, each with an operation, its arguments (indices of earlier
instructions) and its constants, so that programs are deep and share subexpressions. :func:`build` translates it to
raspir expressions; :func:`evaluate` implements the language definition on plain lists.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, tokens, where

OPERATORS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "/": operator.truediv,
    "%": operator.mod, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
ARITHMETIC = ("+", "-", "*", "//", "/", "%")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
COMPARED = [
    *[("number", symbol) for symbol in COMPARISONS], *[("any", symbol) for symbol in ("==", "!=") * 3],
    *[("any", symbol) for symbol in ("<", "<=", ">", ">=")],
]  # fmt: skip
"""What is compared how: sometimes in order what may be strings and numbers, so that programs fail on some inputs."""


def double(x: Any) -> Any:
    return x * 2


def positive(x: Any) -> bool:
    return x > 0


MAPS = {"double": double, "text": str, "positive": positive}


@dataclass(frozen=True)
class Instruction:
    kind: str
    of: str  # number, boolean, any, selector
    arguments: tuple[int, ...] = ()
    extra: Any = None


Program = tuple[Instruction, ...]

numbers = st.one_of(
    st.integers(-4, 8),
    st.sampled_from([0.0, -0.0, 0.5, -1.5, math.inf, -math.inf, 1e308, 2**70, True, False]),
)
atoms = st.one_of(numbers, st.sampled_from(["a", "b", "", "long", "é"]))
number_inputs = st.lists(numbers, max_size=6)
inputs = st.one_of(st.text("abc", max_size=6), st.lists(atoms, max_size=6), number_inputs)


@st.composite
def programs(draw: st.DrawFn, max_size: int = 14) -> Program:
    """Draw a program whose last instruction is a sequence; mostly well-typed, so that few inputs make it fail."""
    program = [Instruction("tokens", "any"), Instruction("indices", "number")]
    for _ in range(draw(st.integers(1, max_size))):
        program.append(draw(instruction(program)))
    if program[-1].of == "selector":
        program.append(Instruction("sum", "number", (len(program) - 1, 1), draw(numbers)))
    return tuple(program)


@st.composite
def instruction(draw: st.DrawFn, program: list[Instruction]) -> Instruction:
    def one(*of: str) -> int:
        found = [i for i, each in enumerate(program) if each.of in of]
        return draw(st.sampled_from(found[-4:] + found[:2]))

    sequences = ("number", "boolean", "any")
    kinds = ["const", "arithmetic", "compare", "where", "has", "map", "select", "select", "raw const"]
    if any(each.of == "boolean" for each in program):
        kinds += ["logic", "not"]
    if any(each.of == "selector" for each in program):
        kinds += ["sum", "sum", "mean", "best", "best", "combine", "invert"]
    kind = draw(st.sampled_from(kinds))
    if kind in ("const", "raw const"):
        value = draw(numbers)
        return Instruction("const", "number", (), value)
    if kind == "arithmetic":
        return Instruction(kind, "number", (one("number"), one("number")), draw(st.sampled_from(ARITHMETIC)))
    if kind == "compare":
        of, symbol = draw(st.sampled_from(COMPARED))
        return Instruction(kind, "boolean", (one(of), one(of)), symbol)
    if kind == "where":
        of = draw(st.sampled_from(["number", "any"]))
        return Instruction(kind, of, (one(*sequences), one(of), one(of)))
    if kind == "has":
        return Instruction(kind, "boolean", (one(*sequences),), tuple(draw(st.lists(atoms, max_size=3))))
    if kind == "map":
        name = draw(st.sampled_from(sorted(MAPS)))
        of = "any" if name == "text" else "number" if name == "double" else "boolean"
        return Instruction(kind, of, (one("number"),), name)
    if kind == "select":
        of, symbol = draw(st.sampled_from(COMPARED))
        return Instruction(kind, "selector", (one(of), one(of)), symbol)
    if kind == "logic":
        return Instruction(kind, "boolean", (one("boolean"), one("boolean")), draw(st.sampled_from("&|")))
    if kind == "not":
        return Instruction(kind, "boolean", (one("boolean"),))
    if kind == "combine":
        return Instruction(kind, "selector", (one("selector"), one("selector")), draw(st.sampled_from("&|")))
    if kind == "invert":
        return Instruction(kind, "selector", (one("selector"),))
    of = draw(st.sampled_from(["number", "number", "any"]))
    default = draw(numbers if of == "number" else atoms)
    if kind == "best":
        how = {"ties": draw(st.sampled_from(["left", "right"])), "pick": draw(st.sampled_from(["highest", "lowest"]))}
        arguments = (one("selector"), one(of), one(draw(st.sampled_from(["number", "boolean", "any"])), "number"))
        return Instruction(kind, of, arguments, {**how, "default": default})
    return Instruction(kind, of, (one("selector"), one(of)), default)


def build(program: Program) -> raspir.SOp:
    """Return the program as raspir's expression."""
    made: list[Any] = []
    for each in program:
        arguments = [made[i] for i in each.arguments]
        made.append(_build(each, arguments))
    return made[-1]


def _build(each: Instruction, arguments: list[Any]) -> Any:
    match each.kind:
        case "tokens":
            return tokens
        case "indices":
            return indices
        case "const":
            return where(True, each.extra, 0)
        case "arithmetic" | "compare":
            return OPERATORS[each.extra](*arguments)
        case "where":
            return where(*arguments)
        case "has":
            return arguments[0].has(each.extra)
        case "map":
            return arguments[0].map(MAPS[each.extra])
        case "logic" | "combine":
            return arguments[0] & arguments[1] if each.extra == "&" else arguments[0] | arguments[1]
        case "not" | "invert":
            return ~arguments[0]
        case "select":
            return OPERATORS[each.extra](key(arguments[0]), query(arguments[1]))
        case "sum":
            return arguments[0].value(arguments[1], each.extra)
        case "mean":
            return arguments[0].mean(arguments[1], each.extra)
        case "best":
            return arguments[0].best(arguments[1], arguments[2], **each.extra)
    raise AssertionError(each)


class Fails(Exception):
    """The program has no result on this input."""


def evaluate(program: Program, tokens: Any) -> list[Any]:
    """Return the result of the program on ``tokens`` by the definition of the language.

    Raises:
        Fails: if an operation fails.
    """
    row = list(tokens)
    n = range(len(row))
    live = _live(program)
    made: list[Any] = []
    for position, each in enumerate(program):
        if position not in live:
            made.append(None)
            continue
        arguments = [made[i] for i in each.arguments]
        try:
            made.append(_value(each, arguments, row, n))
        except (TypeError, ValueError, ArithmeticError) as error:
            raise Fails from error
        if each.of != "selector" and any(atom != atom for atom in made[-1]):
            raise Fails
    return made[-1]


def _live(program: Program) -> set[int]:
    """Return the instructions that the result depends on: what is written and not used cannot fail."""
    live = {len(program) - 1}
    for position in range(len(program) - 1, -1, -1):
        if position in live:
            live.update(program[position].arguments)
    return live


def _value(each: Instruction, arguments: list[Any], row: list[Any], n: range) -> Any:
    match each.kind:
        case "tokens":
            return row
        case "indices":
            return list(n)
        case "const":
            return [each.extra for _ in n]
        case "arithmetic" | "compare":
            return [OPERATORS[each.extra](arguments[0][i], arguments[1][i]) for i in n]
        case "where":
            return [arguments[1][i] if arguments[0][i] else arguments[2][i] for i in n]
        case "has":
            return [arguments[0][i] in each.extra for i in n]
        case "map":
            return [MAPS[each.extra](arguments[0][i]) for i in n]
        case "logic":
            return [(a and b) if each.extra == "&" else (a or b) for a, b in zip(*arguments, strict=True)]
        case "not":
            return [not a for a in arguments[0]]
        case "select":
            return {(i, j) for i in n for j in n if OPERATORS[each.extra](arguments[0][j], arguments[1][i])}
        case "combine":
            return arguments[0] & arguments[1] if each.extra == "&" else arguments[0] | arguments[1]
        case "invert":
            return {(i, j) for i in n for j in n} - arguments[0]
        case "best":
            selected = [[j for j in n if (i, j) in arguments[0]] for i in n]
            return [_fetched(each.extra, positions, *arguments[1:]) for positions in selected]
    picked = [[arguments[1][j] for j in n if (i, j) in arguments[0]] for i in n]
    return [_aggregated(each, values) for values in picked]


def _fetched(how: dict[str, Any], selected: list[int], values: list[Any], scores: list[Any]) -> Any:
    if not selected:
        return how["default"]
    best = (max if how["pick"] == "highest" else min)(scores[j] for j in selected)
    winners = [j for j in selected if scores[j] == best]
    return values[winners[0 if how["ties"] == "left" else -1]]


def _aggregated(each: Instruction, values: list[Any]) -> Any:
    if not values:
        return each.extra
    if len(values) == 1:
        return values[0]
    if any(isinstance(value, str) for value in values):
        raise TypeError
    total = values[0]
    for value in values[1:]:
        total += value
    return total / len(values) if each.kind == "mean" else total
