"""Random expressions of the paper's language, translated to raspir's Python operators: the same values."""

from __future__ import annotations

import operator
from collections import Counter
from random import Random

import pytest
from compare import Output
from daily import Run
from meaningful import INPUTS, SOPS, Programs

import raspir
from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.faults import StatementError
from raspir.frontends.rasp.printing import unparse
from raspir.frontends.rasp.reader import parse
from raspir.frontends.rasp.running import Interpreter

COUNT = 40_000 if Run.evidence else 3000

NAMES = {
    "indices": raspir.indices,
    "tokens": raspir.tokens.map(str),
    "tokens_asis": raspir.tokens,
    "tokens_str": raspir.tokens.map(str),
    "tokens_int": raspir.tokens.map(int),
    "tokens_float": raspir.tokens.map(float),
    "tokens_bool": raspir.tokens.map(bool),
    "full_s": raspir.key(1) == raspir.query(1),
    "length": (raspir.key(1) == raspir.query(1)).width(),
    "True": True,
    "False": False,
}
OPERATORS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "^": operator.pow, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
BOTH = {"and": operator.and_, "or": operator.or_}


class UntranslatedError(Exception):
    """An expression that the translation leaves out: of lists, dicts or functions."""


def is_program(value):
    return isinstance(value, raspir.SOp)


def truth(value):
    return raspir.where(value, True, False) if is_program(value) else bool(value)


def translated(tree):
    """Return the embedded program, selector or atom that means the same as an expression of the paper's language."""
    match tree:
        case syntax.Literal(value=value):
            return value
        case syntax.Name(name=name) if name in NAMES:
            return NAMES[name]
        case syntax.Unary(operator=sign, operand=operand):
            return unary(sign, translated(operand))
        case syntax.Binary(operator="in", left=left, right=syntax.ListOf(items=items)):
            return among(translated(left), list(map(translated, items)))
        case syntax.Binary(operator=sign, left=left, right=right) if sign != "in":
            return binary(sign, translated(left), translated(right))
        case syntax.Ternary(value=value, condition=condition, otherwise=otherwise):
            return choice(translated(condition), translated(value), translated(otherwise))
        case syntax.Select(keys=keys, queries=queries, operator=sign):
            return OPERATORS[sign](raspir.key(translated(keys)), raspir.query(translated(queries)))
        case syntax.Aggregate(selector=selector, value=value, default=default):
            return translated(selector).mean(translated(value), 0 if default is None else translated(default))
        case syntax.Call(callee=syntax.Name(name="selector_width"), arguments=(selector,)):
            return translated(selector).width()
        case syntax.Call(callee=syntax.Name(name="has_focus"), arguments=(selector,)):
            return translated(selector).width() > 0
    raise UntranslatedError


def unary(sign, value):
    if isinstance(value, raspir.Selector):
        return ~value
    if not is_program(value):
        return {"-": operator.neg, "+": operator.pos, "not": operator.not_, "round": round}[sign](value)
    if sign == "not":
        return ~truth(value)
    if sign == "indicator":
        return raspir.where(value, 1, 0)
    return {"-": lambda: -value, "+": lambda: value - 0, "round": value.round}[sign]()


def among(value, items):
    if not is_program(value) or any(is_program(item) for item in items):
        raise UntranslatedError
    return value.has(items)


def binary(sign, left, right):
    if sign in BOTH and isinstance(left, raspir.Selector):
        return BOTH[sign](left, right)
    if not is_program(left) and not is_program(right) and sign in BOTH:
        return (left and right) if sign == "and" else (left or right)
    return BOTH[sign](truth(left), truth(right)) if sign in BOTH else OPERATORS[sign](left, right)


def choice(condition, value, otherwise):
    if not is_program(condition):
        raise UntranslatedError
    return raspir.where(condition, value, otherwise)


def same(a, b):
    return len(a) == len(b) and all(type(x) is type(y) and x == y for x, y in zip(a, b, strict=True))


def compare(seed, seen):
    random = Random(seed)
    tree = Programs(random, wrong=0).of(random.choice(SOPS), 2)
    given = random.choice([each for each in INPUTS if not isinstance(each, dict)])
    try:
        program = translated(tree)
    except (UntranslatedError, raspir.RaspirError, ArithmeticError, AttributeError, KeyError, TypeError):
        program = None  # what cannot be built in Python has no values here either, as `tokens - 1`
    if not is_program(program):
        seen["not translated"] += 1
        return
    (statement,) = parse(unparse(syntax.Expression(tree.place, tree)))
    interpreter = Interpreter(Output())
    interpreter.set_example(given)
    try:
        expected = Evaluation(given).of(interpreter.value(statement.expression))
    except StatementError:
        seen["fails"] += 1  # the embedded language checks no types, so it may succeed
        return
    assert same(program(given).tolist(), expected), unparse(tree)
    seen["equal"] += 1


@pytest.mark.sampled
@pytest.mark.filterwarnings("ignore::raspir.StringWarning")
def test_the_embedded_language_yields_the_same_values():
    seen = Counter()
    for seed in range(COUNT):
        compare(seed, seen)
    assert seen["equal"] > COUNT / 10, seen
