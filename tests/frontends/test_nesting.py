"""How deeply tuples are nested in what a function returns, as its code shows, and that other functions pack none."""

import functools
import itertools
import json
import operator
import re
import time

import pytest

import raspir
from raspir import indices, key, query, tokens
from raspir.ir.nesting import nesting
from raspir.ir.packing import Packing, unpack

PAIR = (1, 2)
PAIRS = ((1, 2), (3, 4))
TUPLES = {"b": (1, 2)}
TABLE = {(1, 2): 3}


def paired(x, y):
    return x, y


def helper(x):
    return paired(x, 1)


def by_name(x):
    return paired(y=x, x=1)


def swapped(pair):
    a, b = pair
    return b, a


def first(pair):
    return pair[0]


def star(pair):
    return (*pair,)


def early(x):
    if x:
        return 0
    return x, 1


def built(text):
    made = ()
    for each in text:
        made = made + (each,)  # noqa: RUF005  # the addition is tested
    return made


def augmented(text):
    made = ()
    while text:
        made += (text,)
    return made


def growing(n):
    made = ()
    while n:
        made, n = (made, n), n - 1
    return made


def deep(levels):
    return (deep(levels - 1),) if levels else ()


def deep_inside(levels):
    def inside(n):
        return (inside(n - 1), n) if n else 0

    return inside(levels)


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return even(n - 1) and (n, 1)[0]


def trying(x):
    try:
        pair = int(x), 0
    except ValueError:
        pair = 1
    finally:
        x = 2
    return pair


def handling(x):
    try:
        return int(x)
    except ValueError as error:
        return error.args[0], x


def matched(pair):
    match pair:
        case (a, 1):
            return a
        case [_, *rest]:
            return len(rest)
    return 0


def replaced(x):
    pair = (x, 1)
    pair = pair[0]
    return pair


def generated(x):
    yield x, 1


def first_generated(x):
    for pair in generated(x):
        return pair


def captured(y):
    return lambda x: (x, y)


def logged(function):
    @functools.wraps(function)
    def logging(*args, **named):
        return function(*args, **named)

    return logging


@functools.lru_cache
def remembered(x):
    return x, 1


def shadowing():
    def max(x):
        return x, x

    return lambda x: max(x)


class Pairing:
    scale = 2

    def __call__(self, x):
        return x, self

    def method(self, x):
        return x

    def calling(self, x):
        return self.pair(x)

    def pair(self, x):
        return x, self.scale

    @staticmethod
    def static(x):
        return x, 1

    @classmethod
    def of(cls, x):
        return cls.static(x)


MAKES_TUPLES = [
    (lambda x: (x, 1), [0], 1),
    (lambda x: (x, (x, 1)), [0], 2),
    (lambda x: (x, 1) if x else (1, x), [0], 1),
    (lambda x: (x, 1) if x else 0, [0], 1),
    (lambda x: x and (x, 1), [0], 1),
    (lambda x: (x, 1), [1], 2),
    (lambda x: (1, 2), [0], 1),
    (lambda x: (x,) * 3, [0], 1),
    (lambda x: PAIR, [0], 1),
    (lambda x: PAIRS[x], [0], 1),
    (lambda x: PAIR[:x], [0], 1),
    (lambda x: {"a": (1, 2)}[x], [0], 1),
    (lambda x: {"a": (1, x), "b": 0}.get(x), [0], 1),
    (lambda x: {"a": x}.get(x, (0, 0)), [0], 0),  # a method of a dictionary that holds no tuples
    (lambda x: {**TUPLES, "a": (1, 2)}[x], [0], 1),
    (lambda x: [*[(x, 1)]][-1], [0], 1),
    (lambda x: [(x, y) for y in x][-1], [0], 1),
    (lambda x: ((x, 1), 2)[0], [0], 1),
    (lambda x: max((x, 1), (1, x)), [0], 1),
    (lambda x: max([(x, 1)]), [0], 1),
    (lambda x: next(generated(x)), [0], 1),
    (lambda x: x and (pair := (x, 1)) and pair, [0], 1),
    (lambda x, f=helper: f(x), [0], 1),
    (lambda x, *, f=helper: f(x), [0], 1),
    (lambda x: (lambda y: (y, x))(x), [0], 1),
    (lambda x: tuple(y for y in x), [0], 1),
    (lambda x: tuple([(y, 1) for y in x]), [0], 2),
    (lambda *p: paired(*p), [0, 0], 1),
    (lambda p: helper(p), [0], 1),
    (lambda x: helper(x) if x else (helper(x), 0), [0], 2),
    (operator.itemgetter(0, 1), [1], 1),
    *((f, [0], 1) for f in (helper, by_name, early, built, augmented, trying, handling, first_generated, remembered)),
    *((f, [0], 1) for f in (captured(1), logged(helper), shadowing(), Pairing(), Pairing().calling, Pairing().pair)),
    *((f, [0], 1) for f in (Pairing().static, Pairing.static, Pairing.of, Pairing().of, tuple)),
    *((f, [0], 50) for f in (deep, deep_inside, growing)),
    (divmod, [0, 0], 1),
    (functools.partial(paired, 1), [0], 1),
    (functools.partial(paired, y=PAIR), [0], 2),
    (functools.partial(paired, 1), [1], 2),
    (raspir.elementwise(paired), [0, 0], 1),
]

TAKES_TUPLES = [
    (lambda x: x, [2], 2),
    (lambda p: p[0], [1], 0),
    (lambda p: p[0], [2], 1),
    (lambda p: p[0] + p[1] if p[2] else p == (1, 2), [1], 0),
    (lambda p: p[1:], [1], 1),
    (lambda p, q: p is None or (q is not None and p < q), [1, 1], 0),
    (lambda p, q: p or q, [1, 0], 1),
    (lambda p, i: p[i], [1, 0], 0),
    (lambda p: len(p), [1], 0),
    (lambda p: max(p), [1], 0),
    (lambda p, q: max(p, q), [1, 1], 1),
    (lambda p: sorted(p)[0], [1], 0),
    (lambda *p: p[0], [1], 1),
    (star, [1], 1),
    (swapped, [1], 1),
    (swapped, [2], 2),
    (matched, [1], 0),
    (first, [1], 0),
    (len, [1], 0),
    (operator.itemgetter(0), [1], 0),
    (operator.itemgetter(0), [2], 1),
    (Pairing().method, [1], 1),
]


@pytest.mark.parametrize(("function", "given", "depth"), [*MAKES_TUPLES, *TAKES_TUPLES])
def test_functions_that_return_tuples(function, given, depth):
    assert nesting(function, given) == depth


ATOMS = [
    lambda x: {"a": 1, "b": 2}.get(x, 0),
    lambda x: {"a": 1, "b": 2}[x],
    lambda x: [3, 1, 2][x],
    lambda x: (5, 6, 7)[x],
    lambda x: PAIR[x],
    lambda x: TABLE[x, 2],
    lambda x: TABLE.get((x, 2), 0),
    lambda x: x.startswith(("a", "b")),
    lambda x: isinstance(x, (int, str)),
    lambda x: x in (1, 2),
    lambda x: (x, 1) == (1, x),
    lambda x: (x, 1) in PAIRS,
    lambda x: max((x, 1)),
    lambda x: sum((x, 1)),
    lambda x: any((x, 1)),
    lambda x: min(PAIRS)[0],
    lambda x: "".join((x, x)),
    lambda x: ("a", "b").index(x),
    lambda x: len(sorted((x, x))),
    lambda x: "%s-%s" % (x, x),  # noqa: UP031  # the tuple is tested
    lambda x: f"{(x, 1)}",
    lambda x: str((x, 1)),
    lambda x: divmod(x, 2)[0],
    lambda x: (pair := (x, 1))[0] + pair[1],
    lambda x: [a for a, _ in [(x, 1)]][-1],
    lambda x: "abc"[x:],
    lambda x: 3 if x else max((x, 1), (1, x))[0],
    lambda x: helper(x)[0],
    lambda x: first((x, 1)),
    lambda x: captured(x) is None,
    replaced,
    factorial,
    even,
    odd,
    Pairing().method,
    str.upper,
    "-".join,
    {"a": (1, 2)}.get,
]


@pytest.mark.parametrize("function", ATOMS)
def test_functions_that_return_atoms(function):
    assert nesting(function, [0]) == 0
    graph = raspir.lower(tokens.map(function) == indices)
    assert [node.operation.name for node in graph] == ["input", "map", "indices", "eq"]
    assert not any(isinstance(each, Packing) or each is unpack for each in graph.functions.values())


def test_a_dictionary_costs_no_layer():
    places = tokens.map(lambda x: {"a": 1, "b": 2, "c": 3}[x])
    earlier = (key(indices) == query(indices - 1)).value(tokens, "_")
    program = (key(indices) == query(indices - places)).value(earlier, "_")
    assert raspir.optimize(program, vocab="abc").stats().layers == 1
    scores = tokens.map(lambda x: {"a": 1, "b": 2}.get(x, 0))
    assert raspir.compile((key(1) == query(1)).best(tokens, scores))("abab") == ["b"] * 4


def test_keys_from_a_dictionary_are_compared_fast():
    places = tokens.map(lambda x: {"a": 1, "b": 2, "c": 3}[x]) + indices * 7
    graph = raspir.lower((key(places) < query(places)).width())
    assert "select.by" not in {node.operation.name for node in graph}
    assert "select.lt" in {node.operation.name for node in graph}


@pytest.mark.parametrize("function", [lambda x: re.sub("a", "b", x), json.dumps, lambda x: json.dumps(x)])
def test_reading_a_library_takes_little_time(function):
    started = time.perf_counter()
    assert nesting(function, [0]) == 0
    assert time.perf_counter() - started < 2


def test_a_chain_of_functions_of_any_length():
    functions = [lambda x: x]
    for inner in itertools.repeat(None, 300):
        functions.append(lambda x, f=functions[-1], inner=inner: f(x))
    assert nesting(functions[-1], [0]) == 0
