"""Functions that make tuples, and the functions and predicates that take them apart."""

import math
import pickle

import numpy as np
import pytest

import raspir
from raspir import key, query, select, tokens
from raspir.ir import Graph, build
from raspir.ir.atoms import PACKED
from raspir.ir.packing import Packing, canonical, pack, unpack, value_key
from raspir.ir.views import Map
from raspir.tracr import rasp

indices = raspir.indices
INF = math.inf


def paired(x, y):
    return x, y


def first(pair):
    return pair[0]


def swapped(pair):
    a, b = pair
    return b, a


def both(*programs):
    """Return the programs as pairs."""
    return raspir.apply(paired, *programs)


def symbols(program):
    return list(raspir.lower(program).functions)


def run(program, given):
    """Return the result on all ways to run a program, which agree."""
    graph = raspir.lower(program)
    results = [
        raspir.compile(graph, backend, optimize)(given)
        for backend in ("reference", "numpy")
        for optimize in (True, False)
    ]
    assert all(result == results[0] for result in results)
    return list(results[0])


@pytest.mark.parametrize(
    ("program", "given", "expected"),
    [
        (both(tokens, indices).map(first), "abc", ["a", "b", "c"]),
        (both(tokens, indices).map(swapped).map(first), "abc", [0, 1, 2]),
        (raspir.apply(lambda p, x: p[0] + x, both(tokens, "!"), tokens), "ab", ["aa", "bb"]),
        (raspir.apply(lambda p, q: p[0] + q[1], both(tokens, "x"), both("y", tokens)), "ab", ["aa", "bb"]),
        (tokens.map(lambda x: (x, 1) if x == "a" else "b").map(lambda p: p[0]), "ab", ["a", "b"]),
        (raspir.apply(divmod, indices + 7, 3).map(lambda p: p[1]), "abc", [1, 2, 0]),
        (tokens.map(lambda x: ("u", "v")).map(lambda p: p[1]), "ab", ["v", "v"]),
        (select(tokens.map(lambda x: (x, "b")), tokens, lambda k, q: q in k).value(1), "abb", [1, 3, 3]),
        (
            select(indices, indices.map(lambda i: (i, 1)), lambda k, q: k == q[0] - q[1]).value(tokens),
            "abc",
            [0, "a", "b"],
        ),
    ],
)
def test_no_tuple_is_left(program, given, expected):
    assert run(program, given) == expected
    assert not any(isinstance(function, Packing) for function in raspir.lower(program).functions.values())


def test_a_composed_function_is_named_after_its_parts():
    assert symbols(both(tokens, indices).map(swapped).map(first)) == ["first_of_swapped_of_paired"]


def test_equal_compositions_are_one_function():
    def program():
        return both(tokens, indices).map(first)

    graph = raspir.lower(program() + program())
    assert list(graph.functions) == ["first_of_paired"]
    assert sum(isinstance(node, Map) for node in graph) == 1


def test_functions_of_atoms_are_not_composed():
    program = tokens.map(str.upper).map(lambda x: x in ("A", "B")).map(str)
    assert symbols(program) == ["upper", "lambda", "str"]


def test_composed_functions_are_recognized():
    program = both(tokens, indices).map(swapped).map(lambda p: p[0] - 1)
    assert str(raspir.optimize(program)).count("map") == 0
    shifted = select(indices.map(lambda i: (i, 1)), indices, lambda k, q: k[0] + k[1] == q).value(tokens)
    assert raspir.optimize(shifted).functions == {}
    assert run(shifted, "abc") == [0, "a", "b"]


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [("error", "error", None), ("skip", "error", None), ("skip", "skip", ["a", None]), ("error", "skip", None)],
)
def test_none(inner, outer, expected):
    pairs = raspir.apply(paired, tokens, indices, none=inner)
    program = pairs.map(first, none=outer)
    if expected is None:
        with pytest.raises(raspir.EvaluationError, match=r"position [01]"):
            program(["a", None])
    else:
        assert run(program, ["a", None]) == expected


def test_a_function_that_makes_none_or_a_tuple():
    pairs = tokens.map(lambda x: (x, 1) if x == "a" else None)
    assert run(pairs.map(first, none="skip"), "ab") == ["a", None]
    with pytest.raises(raspir.EvaluationError, match="position 1 on 'b': None stands for a missing value"):
        pairs.map(first)("ab")


def test_a_predicate_meets_none():
    matches = select(tokens.map(lambda x: (x, 1), none="skip"), tokens, lambda k, q: k == None).value(1)  # noqa: E711  # as in a program
    assert matches(["a", None]) == [1, 1]
    assert raspir.compile(matches)(["a", None]) == [1, 1]
    refused = select(tokens.map(lambda x: (x, 1)), tokens, lambda k, q: True).value(1)
    with pytest.raises(raspir.EvaluationError, match="missing value"):
        refused(["a", None])


MOVED = (key(indices) == query(indices - 1)).value(both(tokens, indices), None)
FLOATS = both(tokens, indices * 1.0)


@pytest.mark.parametrize(
    ("program", "given", "expected"),
    [
        (both(tokens, indices), "ab", [("a", 0), ("b", 1)]),
        (both(tokens, indices), [], []),
        (both(tokens, 0.5), [True], [(True, 0.5)]),
        (both(both(tokens, indices), indices), "a", [(("a", 0), 0)]),
        (tokens.map(lambda x: (x,)), "ab", [("a",), ("b",)]),
        (tokens.map(lambda x: ()), "ab", [(), ()]),
        (tokens.map(lambda x: (x, float("inf"), -float("inf"), -0.0)), ["\ud800'"], [("\ud800'", INF, -INF, -0.0)]),
        (tokens.map(lambda x: (x, 10**5000)).map(lambda p: p[1] % 7), "a", [10**5000 % 7]),
        (MOVED, "abc", [None, ("a", 0), ("b", 1)]),
        (MOVED.map(first, none="skip"), "abc", [None, "a", "b"]),
        (MOVED.map(lambda p: p, none="skip"), "ab", [None, ("a", 0)]),
        (MOVED.or_else("-"), "ab", ["-", ("a", 0)]),
        (MOVED.is_none(), "ab", [True, False]),
        (raspir.where(MOVED.is_none(), both(tokens, 9), MOVED).map(lambda p: p[1]), "abc", [9, 0, 1]),
        (both(both(tokens, indices), 7).map(first).map(lambda p: p[1]) + 1, "ab", [1, 2]),
        (both(tokens, indices) == 1, "ab", [False, False]),
        (both(tokens, indices) == both(tokens, indices), "ab", [True, True]),
        (both(tokens, indices) == FLOATS, "ab", [True, True]),
        (both(tokens, indices) != FLOATS, ["a", None, "b"], None),
        ((key(FLOATS) == query(both(tokens, indices))).value(indices), [1, True], [0, 1]),
        ((key(MOVED) == query(both("a", 0))).value(1), "aab", [1, 1, 1]),
        (both(tokens, indices) < both("b", 0), "abc", [True, False, False]),
        ((key(both(tokens, indices)) < query(both(tokens, indices))).value(1), "bab", [1, 0, 2]),
        (both(tokens, indices) + both("x", tokens), "a", [("a", 0, "x", "a")]),
        (both(tokens, indices) * 2, "a", [("a", 0, "a", 0)]),
        (raspir.where(tokens.map(lambda x: () if x == "a" else (x,)), 1, 0), "ab", [0, 1]),
        (both(tokens, indices).has("ab"), "ab", [False, False]),
        (select(both(tokens, indices), both(tokens, indices), lambda k, q: k[0] == q[0] and k[1] < q[1]).value(1),
         "abaa", [0, 0, 1, 2]),
        (select(both(tokens, indices), tokens, lambda k, q: k[0] == q).value(1), "aba", [2, 1, 2]),
        (select(MOVED, tokens, lambda k, q: k is not None and k[0] == q).value(1), "aba", [1, 1, 1]),
        ((key(indices) == query(0)).best(both(tokens, indices), indices), "ab", [("a", 0), ("a", 0)]),
        ((key(indices) == query(0)).mean(both(tokens, indices)), "ab", [("a", 0), ("a", 0)]),
    ],
)  # fmt: skip
def test_a_tuple_is_a_value(program, given, expected):
    if expected is None:
        with pytest.raises(raspir.EvaluationError, match="position 1"):
            program(given)
        return
    results = run(program, given)
    assert results == expected
    assert [list(map(type, each)) for each in results if type(each) is tuple] == [
        list(map(type, each)) for each in expected if type(each) is tuple
    ]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            both(tokens, indices) + 1,
            r"`map\(add\)` failed at position 0 on \('a', 0\) and 1: .*can only concatenate tuple",
        ),
        (-both(tokens, indices), r"`map\(neg\)` failed at position 0 on \('a', 0\)"),
        (MOVED + 1, r"position 0 on None and 1: None stands for a missing value"),
        (both(tokens, indices) < 1, r"'<' not supported between instances of 'tuple' and 'int'"),
        (MOVED.or_else(("x",)[0]) < 1, r"on 'x' and 1: .*'<' not supported between instances of 'str' and 'int'"),
        ((key(MOVED) < query(indices)).value(1), r"query position 0 and key position 0 on key None and query 0: None"),
        (
            (key(1) == query(1)).value(both(tokens, indices)),
            r"values \(\('a', 0\) … \('b', 1\)\) include a tuple, and tup",
        ),
        ((key(1) == query(1)).mean(both(tokens, indices)), "include a tuple, and tuples cannot be summed"),
        (select(MOVED, tokens, lambda k, q: k[2] == q).value(1), r"on key None and query 'a'"),
        (tokens.map(lambda x: (x, [x])), r"the result is a tuple, and \['a'\] is not an atom"),
        (tokens.map(lambda x: (x, float("nan"))), "the result is a tuple, and NaN is not an atom"),
        (tokens.map(lambda x: deep(60)), "a tuple of tuples, nested more than 50 deep"),
        (
            tokens.map({"a": (1, 2)}.get),
            r"the result \(1, 2\) is not an atom; a function whose results are tuples makes",
        ),
    ],
)
def test_errors_show_tuples(program, words):
    for backend in ("reference", "numpy"):
        for optimize in (True, False):
            with pytest.raises(raspir.EvaluationError, match=words) as caught:
                raspir.compile(program, backend, optimize)("ab")
            assert "test_tuples.py:" in str(caught.value)
            assert PACKED not in str(caught.value)


def deep(levels):
    return (deep(levels - 1),) if levels else ()


def test_a_tuple_is_no_score():
    """Only a tuple that arrives is an error, as a function may make one on other inputs."""
    scores = tokens.map(lambda x: (x, 1) if x == "b" else 1)
    program = (key(1) == query(1)).best(tokens, scores)
    assert run(program, "aa") == ["a", "a"]
    words = r"test_tuples.py:.* on \('b', 1\): .*a score of `best` cannot be a tuple"
    for backend in ("reference", "numpy"):
        with pytest.raises(raspir.EvaluationError, match=words):
            raspir.compile(program, backend)("ab")
    with_none = scores.map(lambda x: None if x == 1 else x)
    with pytest.raises(raspir.EvaluationError, match="score"):
        run((key(1) == query(1)).best(tokens, with_none), "ab")


def test_predicates_of_pairs_are_recognized():
    def matches(k, q):
        return k[0] == q[0] and k[1] == q[1] - 1

    program = select(both(tokens, indices), both(tokens, indices), matches).value(1)
    graph = raspir.optimize(program)
    assert graph.functions == {}
    assert run(program, "aab") == [0, 1, 0]
    mixed = select(both(tokens, indices), MOVED, lambda k, q: q is None or k == q).value(1)
    assert list(raspir.optimize(mixed).functions) != []
    assert run(mixed, "ab") == [2, 1]


def test_atoms_that_may_not_be_tuples_stay_understood():
    """Functions of atoms, and of parts of flat tuples, are recognized, and operators on them stay operators."""
    parts = both(tokens, indices).map(lambda p: p[1]) + 1
    assert {node.operation.name for node in raspir.lower(parts)} == {"input", "indices", "const", "map", "add"}
    assert raspir.optimize(parts).functions == {}
    longest = raspir.apply(lambda a, b: max((a, b)), indices, 3)
    assert run(longest, "abcde") == [3, 3, 3, 3, 4]


def test_tables_hold_tuples_and_emitted_modules_show_them():
    program = tokens.map(lambda x: (x, x == "a"))
    graph = raspir.optimize(program, vocab="ab")
    assert graph.functions == {}
    module = {"__name__": "emitted"}
    exec(raspir.emit(graph, "numpy", optimize=False), module)
    assert module["run"]("ab") == [("a", True), ("b", False)]
    assert module["batch"](["a", "b"]) == [[("a", True)], [("b", False)]]
    compiled = raspir.compile(program)
    assert [list(each) for each in compiled.batch(["a", "b"])] == [[("a", True)], [("b", False)]]
    assert np.asarray(compiled("ab")).tolist() == [("a", True), ("b", False)]


def test_pictures_show_tuples():
    for text in (str(raspir.show(MOVED, "ab")), raspir.report(MOVED, ["ab"]), both(tokens, indices)("ab")._repr_svg_()):
        assert "(a,0)" in text
        assert PACKED not in text
        assert "ufdd0" not in text


@pytest.mark.parametrize("value", [(), (1,), (True, 1.0, -0.0), ("a", ("b", (None,))), (10**6000, "\n'\"")])
def test_packing(value):
    packed = pack(value)
    assert value_key(unpack(packed)) == value_key(value)
    assert "\n" not in packed
    assert unpack("(1, 2)") == "(1, 2)"
    assert canonical(value) == value


@pytest.mark.parametrize(
    "text",
    ["(", "(1)", "(1, 2", "(1,2)", "([1],)", "({},)", "(1, nan)", "(b'a',)", "(1j,)", "(\0)", "({[]: 1},)", "(\ud800,)",
     "(" * 200, "(" + "-" * 3000 + "1,)", "(" + "-" * 100_000 + "1,)"],
    ids=lambda text: text[:9].encode("ascii", "replace"),
)  # fmt: skip
def test_other_strings_stand_for_themselves(text):
    assert unpack(PACKED + text) == PACKED + text


MARKED = f"{PACKED}(1, 2)"
REFUSED = r"a string cannot begin with U\+FDD0"


@pytest.mark.parametrize("marked", [MARKED, PACKED])
def test_atoms_of_the_user_do_not_begin_as_packed_tuples(marked):
    for backend in ("reference", "numpy"):
        compiled = raspir.compile(tokens, backend)
        for given in (["a", marked], [1, marked], np.array(["a", marked]), ["a", marked, None]):
            with pytest.raises(raspir.InputError, match=f"^position 1: {REFUSED}"):
                compiled(given)
        with pytest.raises(raspir.InputError, match=f"^position 2: {REFUSED}"):
            compiled(f"ab{PACKED}")
        with pytest.raises(raspir.InputError, match=rf"input 1: position 0: {REFUSED}"):
            compiled.batch(["ab", [marked]])
        assert compiled([f"a{PACKED}"]) == [f"a{PACKED}"]
    for make in (
        lambda: raspir.where(True, marked, tokens),
        lambda: tokens.has([marked]),
        lambda: (key(1) == query(1)).value(tokens, marked),
        lambda: raspir.raw([marked]),
        lambda: rasp.Full(marked),
        lambda: rasp.ConstantSOp([marked]),
        lambda: rasp.Aggregate(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ), rasp.tokens, marked),
    ):
        with pytest.raises(raspir.ProgramError, match=f"test_tuples.py:.*{REFUSED}[^;]*$"):
            make()
    with pytest.raises(raspir.InputError, match=REFUSED):
        raspir.optimize(tokens, vocab=[marked])


def test_tuples_in_graphs_survive_as_text():
    graph = raspir.optimize(tokens.map(lambda x: (x, x == "a")), vocab="ab")
    assert raspir.compile(raspir.parse(str(graph)))("ab") == [("a", True), ("b", False)]
    has = Graph({"out": build("has", build("input", name="tokens"), values=(MARKED,))})
    assert raspir.parse(str(has)) == has


def test_equal_tuples_have_one_canonical_form():
    equal = [(1, (2,)), (True, (2.0,)), (1.0, (2,))]
    assert len(set(map(pack, equal))) == 3
    assert len({pack(canonical(each)) for each in equal}) == 1
    assert canonical((0.5, INF, "1")) == (0.5, INF, "1")


def test_a_pickled_graph_keeps_its_compositions():
    graph = raspir.lower(both(tokens, indices).map(first))
    assert raspir.compile(pickle.loads(pickle.dumps(graph)))("ab") == ["a", "b"]
    moved = raspir.lower((key(indices) == query(indices - 1)).value(both(tokens, indices), None))
    assert raspir.compile(pickle.loads(pickle.dumps(moved)))("ab") == [None, ("a", 0)]
    result = raspir.compile(moved)("ab")
    assert pickle.loads(pickle.dumps(result)) == result
