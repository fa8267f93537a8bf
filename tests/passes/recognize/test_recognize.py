"""The pass recognize: which functions it replaces, by what, and which it leaves alone."""

import functools
import math
import operator
import random
import re
import time
from pathlib import Path

import pytest

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.ir import build
from raspir.ir.text.describe import Describer
from raspir.ir.types import BOOL, FLOAT, INT, NONE, NUMBER, STR, Type
from raspir.ir.views import Map, SelectBy
from raspir.passes.recognize.applications import Recorded
from raspir.passes.recognize.purity import OpaqueError
from raspir.passes.recognize.recording import recorded
from raspir.passes.recognize.samples import differences, rows_of, samples

PAGE = Path(__file__).parents[3] / "docs" / "functions.md"
ROW = re.compile(r"^\| `(?P<text>.+?)` \| (?:`(?P<form>.+)`|opaque: (?P<why>.+)) \|$", re.MULTILINE)
TABLE = [pytest.param(*row.groups(), id=row["text"]) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]

limit, vowels, codes, counted = 3, ("a", "e"), {"a": 1}, []


def program(text):
    """Return the program that applies the function of a row of the table."""
    function = eval(text)
    if text.startswith("lambda k, q"):
        return select(indices, indices, function).value(tokens)
    if text.startswith(("lambda x, y", "operator")):
        return raspir.apply(function, tokens, indices)
    return tokens.map(function)


def recognized(of, **assumptions):
    """Return the program after the pass, and its remarks as pairs of rule and gain."""
    remarks = []
    graph = raspir.optimize(of, passes="recognize", remarks=remarks, **assumptions)
    return graph, [
        (remark.rule, remark.gain.partition(" is " if remark.rule == "recognized" else ": ")[2]) for remark in remarks
    ]


def outcome(graph, given):
    try:
        return [(type(atom), atom) for atom in raspir.compile(graph, backend="reference", optimize=False)(given)]
    except raspir.EvaluationError:
        return "fails"


def why_opaque(function, count=1, kinds=None):
    """Return why a function is not recognized."""
    with pytest.raises(OpaqueError) as caught:
        Recorded.of(function, count).mapped(kinds or [NUMBER | STR] * count, "error")
    return str(caught.value)


def form_of(function, *kinds: Type, none="error"):
    """Return what is recognized in a function of operands of these kinds."""
    return Recorded.of(function, len(kinds)).mapped(kinds, none)


def shown(form):
    """Return what is recognized in a function in source notation."""
    return Describer(raspir.ir.Graph({"form": form}))(form)


# The table of the documentation


def test_the_table_has_thirty_functions_of_both_kinds():
    assert len(TABLE) >= 30
    assert sum(row.values[1] is None for row in TABLE) >= 10


@pytest.mark.parametrize(("text", "form", "why"), TABLE)
def test_the_table_of_functions(text, form, why):
    graph, remarks = recognized(program(text))
    assert remarks == [("opaque", why) if form is None else ("recognized", form.replace("\\|", "|"))]
    assert any(isinstance(node, Map | SelectBy) for node in graph) is (form is None)


@pytest.mark.parametrize(("text", "form", "why"), [row for row in TABLE if row.values[1] is not None])
@pytest.mark.parametrize("given", ["", "hello", [1, 0, 3, -2], [0.5, -0.0, math.inf], [True, False], ["a", 7, "a"]])
def test_functions_of_the_table_compute_what_python_computes(text, form, why, given):
    written = raspir.lower(program(text))
    assert outcome(recognized(written)[0], given) == outcome(written, given)


# What the code of a function may not do


def closed_over():
    calls = [0]

    def stateful(x):
        calls[0] += 1
        return x + calls[0]

    count = 0

    def counting(x):
        nonlocal count
        count += 1
        return x + count

    return stateful, counting


def extends(x, seen=[]):  # noqa: B006  # the mutable default is the point
    seen += (x,)
    return x


def handles(x):
    try:
        return x + 1
    except TypeError:
        return 0


def generates(x):
    yield x


def imports(x):
    import time

    return x + time.time()


exec("def asserts(x):\n    assert x\n    return x")  # in a string, as pytest rewrites assertions


def unbound(x):
    return x + undefined  # noqa: F821  # a name without a value is the point


def matches(x):
    match x:
        case int():
            return 1
    return 2


def globally(x):
    global limit
    limit = x
    return x


class Callable:
    def __call__(self, x):
        return x + 1

    def method(self, x):
        return x + 1


COUNTED = Callable()

LIARS = {
    "random": (lambda x: x + random.random(), "it uses random.random"),
    "a clock": (lambda x: x + time.time(), "it uses time.time"),
    "state in a list": (closed_over()[0], "it changes something"),
    "state in a variable": (closed_over()[1], "it changes something"),
    "a global variable": (globally, "it changes something"),
    "a default that grows": (extends, "it changes something"),
    "print": (print, "neither a plain Python function"),
    "a print inside": (lambda x: print(x) or x, "it uses print"),
    "id": (lambda x: id(x) + 0 * x, "it uses id"),
    "isinstance": (lambda x: 1 if isinstance(x, bool) else x, "it uses isinstance"),
    "type": (lambda x: 1 if type(x) is bool else x, "it uses type"),
    "identity": (lambda x: 1 if x is True else x, "it tests identity"),
    "identity of operands": (lambda x: x is x, "it tests identity"),
    "identity in a loop": (lambda x: x is (1 if x else None), "it tests identity"),
    "hasattr": (lambda x: hasattr(x, "upper"), "it uses hasattr"),
    "an attribute": (lambda x: x.__class__, "it uses the attribute __class__"),
    "eval": (lambda x: eval("x + 1"), "it uses eval"),
    "exceptions": (handles, "it handles exceptions"),
    "a generator": (generates, "it is a generator"),
    "an import": (imports, "it imports a module"),
    "an assertion": (globals()["asserts"], "it raises an exception"),
    "a name that is not defined": (unbound, "it uses undefined, which is not defined"),
    "a class pattern": (matches, "it tests the class of a value"),
    "an object": (Callable(), "neither a plain Python function"),
    "a method": (Callable().method, "neither a plain Python function"),
    "a cache": (functools.lru_cache(lambda x: x + 1), "neither a plain Python function"),
    "an object inside": (lambda x, f=COUNTED: f(x), "it uses f"),
    "operator.is_": (lambda x: operator.is_(x, True), "it uses operator.is_"),
    "a list of too many": (lambda x, known=list(range(2000)): x in known, "it uses known"),
}


@pytest.mark.parametrize("name", LIARS)
def test_functions_that_may_do_more_than_compute_are_not_run(name, capsys):
    function, why = LIARS[name]
    assert why in why_opaque(function)
    assert capsys.readouterr().out == ""


def test_functions_that_may_do_more_than_compute_have_not_been_run():
    assert limit == 3
    assert counted == []
    assert extends.__defaults__ == ([],)
    assert [cell.cell_contents for cell in LIARS["state in a list"][0].__closure__] == [[0]]


def never_ends(x):
    while x > 0:
        x -= 1
    return x


def recursive(x):
    return 1 if x == 0 else x * recursive(x - 1)


circular: list = []
circular.append(circular)
nested: tuple = ()
for _ in range(900):
    nested = (nested,)

CONVERSIONS = {
    "a loop": (never_ends, "more than 16 combinations of outcomes"),
    "recursion": (recursive, "more than 16 combinations of outcomes"),
    "seventeen values": (lambda x: x in (*range(9),) or x in (9, 10, 11, 12, 13, 14, 15, 16), "does more|more than 16"),
    "an index": (lambda x: vowels[x], "it converts its operand to a number"),
    "a dictionary": (lambda x: codes[x], "it looks its operand up"),
    "a set": (lambda x: x in {1, 2}, "it looks its operand up"),
    "formatting": (
        lambda x: "%s" % x,  # noqa: UP031  # formatting by % is the point
        "it converts its operand to text",
    ),
    "iteration": (lambda x: 1 if "a" in x else 2, "it takes its operand apart"),
    "unpacking": (lambda x: max(x), "it takes its operand apart"),
    "a call": (lambda x: x(1), "it calls its operand"),
    "digits": (lambda x: round(x, 2), "it rounds to digits"),
    "a modulus": (lambda x: pow(x, 2, 5), "it computes a power modulo"),
    "a tuple": (lambda x: (x, 1), "its result is a tuple"),
    "a list": (lambda x: x == vowels, "an operand is a tuple"),
    "NaN": (lambda x: x + math.nan, "an operand is nan"),
    "an operator that the IR lacks": (lambda x: x ^ 1, "it fails on a recorded operand"),
    "an item": (lambda x: x[0], "it fails on a recorded operand"),
    "too few parameters": (lambda: 1, "it fails on a recorded operand"),
    "a certain failure": (lambda x: ("a" - x) + 1, "it always fails"),
    "a failure on one path": (lambda x: 1 // 0 if x else 2, "it fails on a recorded operand"),
    "an unused failure": (lambda x: (x - 1, 5)[1], "it does not use all that it computes"),
    "a value that holds itself": (lambda x: x == circular, "nested too deeply"),
    "values nested deeply": (lambda x: x == nested, "nested too deeply"),
    "NaN that Python compares": (lambda x: x - x == 0, "it may compute with NaN"),
    "NaN at an atom that is no sample": (lambda x: 1 if (x * 8 - 26) * math.inf else 0, "it may compute with NaN"),
    "a complex number that Python compares": (lambda x: x**0.5 == 2, "it may compute with a complex number"),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_what_recording_refuses(name):
    function, why = CONVERSIONS[name]
    assert re.search(why, why_opaque(function))


def test_what_a_function_catches_is_refused_nevertheless():
    """The code of such a function is refused before; recording does not rely on that."""

    def swallows(x):
        try:
            return int(x)
        except Exception:
            return 0

    with pytest.raises(OpaqueError, match="converts its operand to a number"):
        recorded(swallows, [build("input", name="x")])


def test_a_function_that_records_differently_is_refused():
    calls = iter(range(100))
    for lies in (lambda x: x + next(calls), lambda x: 1 if next(calls) % 2 and x else 2):
        with pytest.raises(OpaqueError, match="not compute the same each time"):
            recorded(lies, [build("input", name="x")])


def test_an_interrupt_is_not_caught():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recorded(interrupted, [build("input", name="x")])


# What is recognized


def helper(x, by=2):
    return x * by


def sequentially(x):
    for value in (1, 2):
        if x == value:
            return "known"
    y = x
    y += 1
    return y


@pytest.mark.parametrize(
    ("function", "form"),
    [
        (lambda x: helper(x) + helper(x, by=3), "(x * 2) + (x * 3)"),
        (functools.partial(helper, by=5), "x1 * 5"),
        (lambda x: (lambda y: y + 1)(x), "x + 1"),
        (lambda x: operator.sub(1, x), "1 - x"),
        (lambda x: x * math.pi, f"x * {math.pi}"),
        (sequentially, "where(x == 1, 'known', where(x == 2, 'known', x + 1))"),
        (lambda x: (y := x + 1) * y, "(x + 1) * (x + 1)"),
        (lambda x: 2, "2"),
        (lambda x: x, "x"),
        (lambda x: None if x == 0 else x, "where(x == 0, None, x)"),
        (lambda x: (x, 2) == (1, 2), "x == 1"),
        (lambda x: bool(x), "where(x, True, False)"),
        (lambda x: "ab" * x if x < 9 else "", "where(x < 9, 'ab' * where(x < 9, x, 1), '')"),
    ],
)
def test_what_functions_consist_of(function, form):
    assert shown(form_of(function, INT)) == form


def test_names_are_read_when_the_program_is_optimized():
    number = 1
    shifted = tokens.map(lambda x: x + number)
    assert recognized(shifted)[1] == [("recognized", "x + 1")]
    number = 5
    assert recognized(shifted)[1] == [("recognized", "x + 5")]
    assert shifted([1]) == [6]


def test_the_kinds_of_the_operands_decide():
    def even(x):
        return x % 2 == 0

    assert recognized(tokens.map(even))[1][0][0] == "opaque"
    assert recognized(indices.map(even))[1] == [("recognized", "(x % 2) == 0")]
    difference = select(tokens, tokens, lambda k, q: k - q == 1).value(1)
    assert recognized(difference)[1][0][0] == "opaque"
    assert recognized(difference, vocab=[1, 2, 3])[1] == [("recognized", "key(k) == query(q + 1)")]
    assert recognized(difference, vocab=[1, 2.5])[1][0][0] == "opaque"


@pytest.mark.parametrize(
    ("predicate", "form"),
    [
        (lambda k, q: True, "key(True) == query(True)"),
        (lambda k, q: k, "key(where(k, True, False)) == query(True)"),
        (lambda k, q: not q, "key(True) == query(where(q, False, True))"),
        (lambda k, q: k - q, "key(k) != query(q)"),
        (lambda k, q: q - k > 1, "key(k) < query(q - 1)"),
        (lambda k, q: k + q < 5, "key(k) < query(-q + 5)"),
        (lambda k, q: 3 * (k - q) + k == 6, "key(k * 4) == query((q * 3) + 6)"),
        (lambda k, q: abs(k - q) > 2, "(key(k) > query(q + 2)) | (key(k) < query(q - 2))"),
        (lambda k, q: abs(q - k) == 1, "(key(k) == query(q - 1)) | (key(k) == query(q + 1))"),
        (lambda k, q: k if q else k == 2, None),
        (lambda k, q: not (k == q or k == 3), None),
        (lambda k, q: (k == q) | (k > 5), None),
        (lambda k, q: k == q if q > 3 else k == 0, None),
        (lambda k, q: k in (q - 1, q, q + 1), None),
    ],
)
def test_selectors_of_predicates_on_integers(predicate, form):
    assert form is None or shown(Recorded.of(predicate, 2).selected([INT, INT])) == form
    program = select(indices, indices, predicate).value(1)
    assert recognized(program)[0].functions == {}
    assert raspir.compile(program)(range(9)) == raspir.compile(program, optimize=False)(range(9))


@pytest.mark.parametrize("none", ["error", "skip"])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x - y,
        lambda x, y: x == y,
        lambda x, y: x and y,
        lambda x, y: 1 / y if x == 2 else y,
        lambda x, y: 1 // y + x,
        lambda x, y: 7,
    ],
)
def test_none_reaches_no_function(function, none):
    written = raspir.lower(raspir.apply(function, tokens, indices, none=none))
    graph, remarks = recognized(written)
    assert remarks[0][0] == "recognized"
    for given in ([2, 2], [None, 3], [1, None, 2, None], [None]):
        if outcome(written, given) != "fails":
            assert outcome(graph, given) == outcome(written, given)
        elif None not in given:
            assert outcome(graph, given) == "fails"


def test_skipping_takes_one_operation():
    assert str(form_of(lambda x, y: x - y, INT | NONE, INT | NONE, none="skip").none) == "skip"
    assert "where" not in str(form_of(lambda x: x + 1 > 3, INT | NONE, none="skip"))


MAYBE = where(indices > 0, indices, None)
PREVIOUS = (key(indices) == query(indices - 1)).value(tokens, default=None)


@pytest.mark.parametrize(
    ("keys", "queries", "predicate", "form"),
    [
        (
            PREVIOUS,
            tokens,
            lambda k, q: k is not None and k == q,
            "(key(~k.is_none()) == query(True)) & (key(k) == query(q))",
        ),
        (PREVIOUS, tokens, lambda k, q: k is None, "key(k.is_none()) == query(True)"),
        (MAYBE, indices, lambda k, q: None if k is None else k + 1 == q, None),
        (MAYBE, indices, lambda k, q: k is None or k < q, None),
        (MAYBE, tokens.is_none(), lambda k, q: (k is None) == q, None),
        (MAYBE, where(indices < 2, indices, None), lambda k, q: (k is None) == (q is None), None),
        (MAYBE, where(indices < 2, indices, None), lambda k, q: k is None or (q is not None and k != q), None),
    ],
)
def test_predicates_that_test_for_none(keys, queries, predicate, form):
    written = raspir.lower(select(keys, queries, predicate).value(1))
    graph, remarks = recognized(written)
    assert remarks[-1][0] == "recognized"
    assert form is None or remarks[-1][1] == form
    assert not any(isinstance(node, SelectBy) for node in graph)
    for given in ("abc", "aab", [None, 1, None, 1], [None], []):
        assert outcome(graph, given) == outcome(written, given) != "fails"


def test_a_test_for_none_is_false_where_none_does_not_reach():
    assert shown(form_of(lambda x: x is None, INT | NONE)) == "False"
    assert shown(form_of(lambda x: 0 if x is not None else x, INT | NONE, none="skip")) == "where(x.is_none(), None, 0)"
    ordered = select(PREVIOUS, where(indices > 0, indices, "a"), lambda k, q: k is not None and k < q).value(1)
    assert recognized(ordered)[1] == [("opaque", "it may fail where it is not asked, as an operand is None")]


def test_a_predicate_meets_none():
    program = select(tokens, tokens, lambda k, q: k == None or q == 1).value(1)  # noqa: E711  # as in a program
    graph, remarks = recognized(program)
    assert remarks[0][0] == "recognized"
    assert outcome(graph, [None, 1, 2]) == outcome(raspir.lower(program), [None, 1, 2])


# The pass


def test_four_lambdas_lose_a_layer():
    shift = (key(indices) == query(indices.map(lambda i: i - 1))).value(tokens)
    back = select(indices, indices, lambda k, q: k == q + 1).value(shift)
    counted = select(indices, indices, lambda k, q: k <= q and k != 0).value(1)
    program = raspir.apply(lambda a, b: a if b > 2 else "_", back, counted)
    written, optimized = raspir.lower(program), raspir.optimize(program)
    assert (len(written.functions), written.stats().layers) == (4, 2)
    assert (len(optimized.functions), optimized.stats().layers) == (0, 1)
    assert raspir.optimize(program, recognize=False).stats().layers == 2
    assert raspir.compile(optimized)("hello") == program("hello")


def test_functions_of_few_known_atoms_are_left_for_tables():
    program = tokens.map(lambda x: x == "a" or x == "b")
    graph, remarks = recognized(program, vocab="ab")
    assert (graph.functions, remarks) == (raspir.lower(program).functions, [])
    assert len(raspir.optimize(program, vocab="ab")) == len(raspir.optimize(program, vocab="ab", recognize=False)) == 2


def test_a_function_that_always_fails_stays():
    program = tokens.map(lambda x: x - 1)
    graph, remarks = recognized(program, vocab="ab")
    assert remarks == [("opaque", "it always fails")]
    with pytest.raises(raspir.EvaluationError, match="map"):
        raspir.compile(graph)("a")


def test_the_pass_can_be_switched_off():
    program = tokens.map(lambda x: x + 1)
    assert raspir.optimize(program, recognize=False).functions
    assert raspir.optimize(program, passes="recognize{recognize=false}") == raspir.lower(program)
    assert raspir.optimize(program).functions == {}


def test_locations_and_names_are_kept():
    program = tokens.map(lambda x: x + 1).name("next")
    graph, _ = recognized(program)
    out = graph.outputs["out"]
    assert graph.names[out] == ("next",)
    assert graph.locations[out] == raspir.lower(program).locations[raspir.lower(program).outputs["out"]]
    with pytest.raises(
        raspir.EvaluationError, match=r"test_recognize.py:\d+: `\+` \('next'\) failed at position 0 on 'a'"
    ):
        raspir.compile(graph)("a")


def test_vocabulary_warnings_stay():
    with pytest.warns(raspir.ir.errors.VocabularyWarning, match="the vocabulary holds 'a', on which map"):
        raspir.optimize(tokens.map(lambda x: x + 1), vocab=[1, "a"])


def test_text_has_no_functions_to_recognize():
    graph = raspir.parse(str(raspir.lower(tokens.map(lambda x: x + 1))))
    assert raspir.optimize(graph, passes="recognize") is graph


# The samples


def test_samples_hold_every_kind_and_the_neighbors_of_constants():
    found = samples(NUMBER | STR | NONE, [41, "b"])
    assert {type(atom) for atom in found} == {bool, int, float, str, type(None)}
    assert {40, 41, 42, "b"} <= {*found}
    assert samples(BOOL, [41, "b"]) == [True, False]
    assert all(type(atom) is float for atom in samples(FLOAT))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_samples_of_several_operands(count):
    rows = rows_of([NUMBER | STR] * count)
    assert len(rows) < 250
    for number in range(count):
        assert {row[number] for row in rows} >= {*samples(NUMBER | STR)}


def test_a_difference_on_a_sample_is_found():
    x = build("input", name="x")
    wrong = build("add", x, build("const", value=1))
    assert (0,) in differences(wrong, lambda x: x + 2, [x], [(0,), ("a",)])
    assert differences(wrong, lambda x: x + 1, [x], [(0,), ("a",), (0.5,)]) == []
    assert differences(wrong, lambda x: x + 1.0, [x], [(0,)]) == [(0,)]
    assert differences(wrong, lambda x: 1 if x == "a" else x + 1, [x], [("a",)]) == [("a",)]


def test_a_program_that_always_fails_is_left_alone():
    """An operation that takes nothing of what the function returns would keep the function beside its replacement."""
    compared = indices.map(lambda x: "a" if x > 1 else "b") >= indices
    graph = raspir.lower({"letter": indices.map(lambda x: "a" if x > 1 else "b"), "compared": compared})
    assert raspir.optimize(graph, passes="recognize") == graph
