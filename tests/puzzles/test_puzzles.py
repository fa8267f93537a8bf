"""The puzzles: what they expect, that their solutions are right and reach the layers stated, and wrong solutions."""

import json
import re
from pathlib import Path

import pytest

from raspir.ir import LoadError, RaspirError
from raspir.puzzles.catalog import PUZZLES, puzzle_named
from raspir.puzzles.checking import check
from raspir.testing import conformance

GOLDEN = json.loads(Path(conformance.__file__).with_name("challenges.json").read_text(encoding="utf-8"))
RECORDED = {  # by the name of the recorded program: the puzzle, and its arguments
    "length": ("length", {}),
    "hist": ("hist", {}),
    "flip": ("flip", {}),
    "cumsum": ("cumsum", {}),
    "window_sum_3": ("window_sum", {}),
    "index_1": ("index", {"i": 1}),
    "shift_2": ("shift", {"i": 2}),
    "minimum": ("minimum", {}),
    "first_l": ("first", {"q": "l"}),
    "ralign": ("ralign", {}),
    "split_first": ("split", {"v": "+", "get_first_part": True}),
    "split_second": ("split", {"v": "+", "get_first_part": False}),
    "slide": ("slide", {}),
    "add": ("add", {}),
}

SOLUTIONS = """
from raspir import *
from raspir import library
from raspir.library import length, hist, flip, cumsum, index, minimum, ralign, slide
from rasp import long_addition as add

window_sum = library.window_sum(tokens, 3)


def shift(i, seq):
    return library.shift(seq, i, "_")


def first(q, seq):
    return library.index_of(seq, q, 99)


def split(v, get_first_part, seq):
    return library.split_first(seq, v) if get_first_part else library.split_second(seq, v)
"""


@pytest.fixture
def written(tmp_path):
    """A function that writes code to a file and returns the file."""

    def write(code, name="solution.py"):
        file = tmp_path / name
        file.write_text(code)
        return str(file)

    return write


@pytest.mark.parametrize("recorded", RECORDED)
def test_expected_results_are_those_recorded(recorded):
    name, arguments = RECORDED[recorded]
    puzzle = PUZZLES[name]
    for case in GOLDEN[recorded]["cases"]:
        assert puzzle.expected(list(case["input"]), **arguments) == case["output"]


def test_every_puzzle_is_compared_with_recorded_results():
    assert {name for name, _ in RECORDED.values()} == set(PUZZLES)


def test_every_puzzle_has_examples():
    for puzzle in PUZZLES.values():
        assert len({(each.call, *each.input) for each in puzzle.examples()}) == 2
        assert all(len(each.output) == len(each.input) for each in puzzle.examples())


@pytest.mark.parametrize("attention", ["select", "best"])
@pytest.mark.parametrize("name", PUZZLES)
def test_solutions_of_the_library_reach_the_fewest_layers(name, attention, written):
    puzzle = PUZZLES[name]
    outcome = check(puzzle, f"{written(SOLUTIONS)}:{name}", attention)
    assert outcome.failure is None
    assert outcome.optimized == puzzle.fewest(attention)
    assert outcome.checked == sum(1 for _ in puzzle.cases()) > 100


@pytest.mark.parametrize("name", PUZZLES)
def test_the_checks_are_the_same_every_time_and_the_shortest_come_first(name):
    cases = list(PUZZLES[name].cases())
    assert cases == list(PUZZLES[name].cases())
    sizes = [len(given) for _, given in cases]
    assert sizes == sorted(sizes)
    assert sizes[-1] >= 9


@pytest.mark.parametrize("name", [name for name in PUZZLES if name != "length"])
def test_the_input_itself_is_no_solution(name, written):
    code = f"from raspir import tokens\ndef call({', '.join(PUZZLES[name].parameters)}): return tokens"
    outcome = check(PUZZLES[name], f"{written(code)}:call")
    assert outcome.failure is not None
    assert outcome.failure.actual == outcome.failure.input != outcome.failure.expected


HEADER = "from raspir import *\nlength = (key(1) == query(1)).value(1)\n"
FLIPPED = "(key(length - indices - 1) == query(indices)).value"
SHIFTED = "(key(indices) == query(indices - %s)).value(%s, %s)"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("flip", f"flip = {FLIPPED}(tokens)"),
        ("flip", f"def flip(): return {FLIPPED}(tokens)"),
        ("flip", f"def flip(seq): return {FLIPPED}(seq)"),
        ("flip", f"def flip(seq=tokens): return {FLIPPED}(seq)"),
        ("flip", f"def flip(s, /): return {FLIPPED}(s)"),
        ("flip", f"flip = lambda x: {FLIPPED}(x)"),
        ("flip", f"def flip(*, seq): return {FLIPPED}(seq)"),
        ("flip", f"class Flip:\n    def __call__(self, x): return {FLIPPED}(x)\nflip = Flip()"),
        ("shift", f"def shift(i, seq): return {SHIFTED}" % ("i", "seq", "'_'")),
        ("shift", f"def shift(i): return {SHIFTED}" % ("i", "tokens", "'_'")),
        ("shift", f"def shift(by, values): return {SHIFTED}" % ("by", "values", "'_'")),
        ("shift", f"def shift(seq, i): return {SHIFTED}" % ("i", "seq", "'_'")),
        ("shift", f"def shift(seq, by): return {SHIFTED}" % ("by", "seq", "'_'")),
        ("shift", f"def shift(i, default, seq): return {SHIFTED}" % ("i", "seq", "default")),
        ("shift", f"def shift(i=9, default='_', seq=tokens): return {SHIFTED}" % ("i", "seq", "default")),
        ("shift", f"def shift(by=9): return {SHIFTED}" % ("by", "tokens", "'_'")),
    ],
)
def test_how_a_solution_may_take_its_arguments(name, code, written):
    outcome = check(PUZZLES[name], written(HEADER + code))
    assert outcome.failure is None, outcome


def test_a_graph_is_a_solution(written):
    text = 'raspir 1\n%tokens = input name="tokens" : atom\n%1 = select.eq %tokens, %tokens : selector\n'
    assert (
        check(PUZZLES["hist"], written(text + "%2 = sum %1, 1 default=0 : int\noutput out = %2\n", "a.rir")).failure
        is None
    )


@pytest.mark.parametrize(
    ("name", "code", "given", "expected", "actual"),
    [
        ("flip", "flip = tokens", ["a", "b"], ["b", "a"], ["a", "b"]),
        ("length", "length = indices", ["a"], [1], [0]),
        ("shift", f"def shift(i, seq): return {SHIFTED}" % ("i", "seq", "0"), ["a"], ["_"], [0]),
        ("minimum", "def minimum(seq): return (key(indices) == query(0)).value(seq)", [2, 0], [0, 0], [2, 2]),
    ],
)
def test_the_smallest_input_that_fails(name, code, given, expected, actual, written):
    failure = check(PUZZLES[name], written(HEADER + code)).failure
    assert (failure.input, failure.expected, failure.actual, failure.error) == (given, expected, actual, "")


def test_text_is_no_number(written):
    failure = check(
        PUZZLES["length"], written("from raspir import *\nlength = (key(1) == query(1)).value(1).map(str)")
    ).failure
    assert failure.actual == ["1"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("flip = 5", "flip is 5, which is not a program"),
        ("def flip(seq): return 5", "flip returned 5, which is not a program"),
        ("flip = key(1) == query(1)", "flip is a selector, not a program"),
        ("def flip(seq, a, b): return seq", r"flip\(seq, a, b\) does not take the puzzle's arguments: .* flip\(seq\)"),
        ("def flip(seq): return seq.nothing", r"solution.py:3: a program has no attribute nothing"),
        ("def flip(seq): return flip(seq)", r"solution.py:3: RecursionError"),
        ("def flip(seq): raise SystemExit(3)", "solution.py:3: SystemExit: 3"),
        ("def flop(seq): return seq", r"solution.py has no flip \(did you mean flop\?\)"),
        (
            "def flip(seq):\n    while True: pass",
            r"solution.py:4: building flip\(tokens\) takes longer than 0.2 seconds",
        ),
        ("while True: pass", "solution.py:3: loading .* takes longer than 0.2 seconds"),
        ("def flip(seq: return", "solution.py:3:.*SyntaxError"),
    ],
)
def test_no_solution(code, message, written):
    with pytest.raises(RaspirError, match=message):
        check(PUZZLES["flip"], written(HEADER + code), time_limit=0.2)


@pytest.mark.parametrize("code", ["shift = tokens", "def shift(seq): return seq", "def shift(): return tokens"])
def test_an_argument_that_is_not_taken(code, written):
    with pytest.raises(LoadError, match=r"a solution is a function shift\(i, seq\)"):
        check(PUZZLES["shift"], written(HEADER + code))


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("1 / 0", r"solution.py:5: `map\(f\)` failed at position 0 on 'a': ZeroDivisionError"),
        ("f(atom)", "RecursionError"),
        ("[0 for _ in iter(int, 1)]", "it takes longer than 0.2 seconds"),
    ],
)
def test_a_solution_that_fails_on_an_input(function, error, written):
    code = f"{HEADER}def f(atom):\n    return {function}\nflip = tokens.map(f)"
    failure = check(PUZZLES["flip"], written(code), time_limit=0.2).failure
    assert (failure.input, failure.actual) == (["a"], None)
    assert re.search(error, failure.error)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("flpi", r"there is no puzzle flpi \(did you mean flip\?\)"),
        ("Flip", r"did you mean flip"),
        ("minimun", "did you mean minimum"),
        ("xyzzy", r"there is no puzzle xyzzy \(the puzzles: length, hist, flip, .*, add\)"),
    ],
)
def test_names_of_puzzles(name, message):
    with pytest.raises(RaspirError, match=message):
        puzzle_named(name)
