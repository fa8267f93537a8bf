"""One program run by raspir and by the interpreter of ``naive.py``: the same values, and the same kinds of errors."""

from __future__ import annotations

import math
from collections import Counter

from meaningful import INPUTS
from naive import CALL, OWN, PYTHON, Failure, Fun, Input, Naive, Sel, Seq
from trees import shape

import raspir
from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.faults import FailedError, NotCallableError, RefusedError, StatementError
from raspir.frontends.rasp.printing import unparse
from raspir.frontends.rasp.reader import parse
from raspir.frontends.rasp.running import Interpreter
from raspir.frontends.rasp.values import Function, Selection, Sequence

OPENINGS = {OWN: "\t\t!!ignoring input:\n\t ", PYTHON: "something went wrong: ", CALL: "not implemented this command"}
KINDS = {RefusedError: OWN, FailedError: PYTHON, NotCallableError: CALL}


class Output:
    """Keeps what is written."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def note(self, text):
        raise AssertionError(text)

    def draw(self, sequence, given):
        raise AssertionError("nothing is drawn")


def same(a, b):
    """Return whether two values are equal, types included; floats may differ by the order of a sum."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return a == b


def loosely(a, b):
    """Return whether two sequences are equal as optimization keeps them, which takes ``True`` for 1."""
    return len(a) == len(b) and all(map(same, _numbers(a), _numbers(b)))


def _numbers(values):
    return [int(value) if isinstance(value, bool) else value for value in values]


def compare_program(statements, random, long=False, as_written=False):
    """Compare a program statement by statement, and what it leaves bound on other inputs. Return what was seen."""
    seen = Counter()
    output = Output()
    console, naive = Console(output), Naive()
    if as_written:
        console.interpreter = Interpreter(output, as_written=True)
    if long:
        statements = [lengthened(each) for each in statements]
        console.feed('set example "' + "hello" * 11 + '"')
        naive = Naive("hello" * 11)
    for statement in statements:
        text = unparse(statement)
        (read,) = parse(text)
        assert shape(read) == shape(statement), text
        output.text = ""
        for line in text.split("\n"):
            console.feed(line)
        seen[reply(console, naive, statement, output.text)] += 1
    for name in naive.console.names:
        value = naive.console.names[name]
        if isinstance(value, Seq | Sel):
            ours = console.interpreter.console.lookup(name)
            inputs = [random.choice(INPUTS) for _ in range(3)]
            for given in inputs:
                elsewhere(ours, value, given * 18 if long and not isinstance(given, dict) else given, seen)
    return seen


def lengthened(statement):
    """Return a statement that sets an example with one that is long."""
    if not isinstance(statement, syntax.SetExample) or isinstance(statement.value, syntax.DictOf):
        return statement
    times = syntax.Literal(statement.place, 20)
    return syntax.SetExample(statement.place, None, syntax.Binary(statement.place, "*", statement.value, times))


def reply(console, naive, statement, text):
    """Compare the reply to a statement, and return its kind."""
    _, failure = _attempted(lambda: naive.run(statement), Failure)
    if failure is not None:
        opening = OPENINGS[failure.kind]
        if failure.text.startswith("RASP sequences") and text.startswith(OPENINGS[PYTHON]):
            return PYTHON  # what fails on every input fails before there is one
        assert text.startswith(opening), (unparse(statement), failure.kind, failure.text, text)
        if failure.kind == OWN:
            assert text == f"{opening}{failure.text}\n", (unparse(statement), failure.text, text)
        return failure.kind
    kinds = [kind for kind, opening in OPENINGS.items() if text.startswith(opening)]
    assert not kinds, (unparse(statement), naive.value, text)
    if naive.value is not None:
        scope = console.interpreter.console
        if isinstance(statement, syntax.Assignment):
            held = [scope.lookup(name) for name in statement.names]
            values = [naive.console.names[name] for name in statement.names]
            assert equal(held, values, console, naive), (unparse(statement), naive.value, text)
        elif isinstance(statement, syntax.Expression):
            assert equal(scope.lookup("out"), naive.value, console, naive), (unparse(statement), naive.value, text)
    return "value"


def same_on_example(ours, on, naive, example):
    """Return whether values are the same on the example, which may be another one than that of their definition."""
    found, fault = _attempted(lambda: on.of(ours), StatementError)
    expected, failure = _attempted(lambda: example.of(naive), Failure)
    return (fault is None) == (failure is None) and (fault is not None or same(found, expected))


def equal(ours, naive, console, session):
    """Return whether two values are the same on the example, s-ops with their names."""
    if isinstance(naive, Seq | Sel):
        kind = Sequence if isinstance(naive, Seq) else Selection
        on = console.interpreter.evaluator.example
        return (
            isinstance(ours, kind) and ours.label == naive.label and same_on_example(ours, on, naive, session.example)
        )
    if isinstance(naive, Fun):
        return isinstance(ours, Function) and ours.name == naive.name
    if isinstance(naive, list):
        return (
            isinstance(ours, list)
            and len(ours) == len(naive)
            and all(equal(a, b, console, session) for a, b in zip(ours, naive, strict=True))
        )
    if isinstance(naive, dict):
        return (
            isinstance(ours, dict)
            and equal(list(ours), list(naive), console, session)
            and equal(list(ours.values()), list(naive.values()), console, session)
        )
    return same(ours, naive)


def elsewhere(ours, value, given, seen):
    """Compare an s-op or selector on another input: as the language has it, lowered, in NumPy and optimized."""
    try:
        expected, failure = Input(given).of(value), None
    except Failure as error:
        expected, failure = None, error
    found, fault = _attempted(lambda: Evaluation(given).of(ours), StatementError)
    kinds = (fault and KINDS[type(fault)], failure and failure.kind)
    assert kinds[0] == kinds[1], (given, found, expected, str(fault), failure)
    if fault is None:
        assert same(found, expected), (given, found, expected)
    seen["fails elsewhere" if fault else "elsewhere"] += 1
    if isinstance(ours, Sequence):
        lowered(ours, given, expected, seen)


def lowered(ours, given, expected, seen):
    graph = raspir.lower(ours.expression)
    optimized = raspir.optimize(graph)
    items = list(given)
    for name, each, backend in (
        ("lowered", graph, "reference"),
        ("numpy", graph, "numpy"),
        ("optimized", optimized, "reference"),
        ("optimized numpy", optimized, "numpy"),
    ):
        run = raspir.compile(each, backend=backend, optimize=False)
        found, fault = _attempted(lambda run=run: list(run(items)), raspir.RaspirError)
        is_optimized = name.startswith("optimized")
        if expected is None:
            assert fault is not None or is_optimized, (name, given, found)
        else:
            equals = loosely if is_optimized else same
            assert fault is None, (name, given, expected, str(fault))
            assert equals(found, expected), (name, given, found, expected)
        seen[name if fault is None else f"{name} fails"] += 1


def _attempted(function, kind):
    """Return the result of a function, or the error of a kind that it raises."""
    try:
        return function(), None
    except kind as error:
        return None, error
