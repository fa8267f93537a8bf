"""Texts that ask for too much, or for nothing sensible: an error, in little time, and the session goes on."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from random import Random

import pytest
from compare import Output

from raspir.frontends.rasp.checking import LONG
from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.limits import Limits

MANY = 10_000
OWN = "\t\t!!ignoring input:\n\t "
PYTHON = "something went wrong: "
SYNTAX = "\t!! antlr exception: "


@pytest.fixture
def session():
    return Session()


class Session:
    """A console whose replies are kept."""

    def __init__(self, limits=None):
        self.output = Output()
        self.console = Console(self.output, limits)

    def __call__(self, *lines):
        """Return the reply to the last of some lines."""
        for line in lines:
            self.output.text = ""
            self.console.feed(line)
        return self.output.text

    def value(self, name):
        return self.console.interpreter.console.lookup(name)


NESTED = {
    "parentheses": "(" * MANY + "1" + ")" * MANY + ";",
    "lists": "[" * MANY + "]" * MANY + ";",
    "dicts": "{1:" * MANY + "1" + "}" * MANY + ";",
    "comprehensions": "[" * MANY + "1" + " for i in [1]]" * MANY + ";",
    "not": "not " * MANY + "1;",
    "minus": "-" * MANY + "1;",
    "round": "round(" * MANY + "1" + ")" * MANY + ";",
    "calls": "min(1," * MANY + "1" + ")" * MANY + ";",
    "select": "select(" * MANY,
    "for": "for i in [1] {" * MANY,
    "def": "def f(x) {" * MANY,
}
CHAINS = {
    "indices": ("x = [1];", "x" + "[0]" * MANY + ";"),
    "applications": ("tokens" + '("a")' * MANY + ";",),
    "ternaries": ("1 if 1 else " * MANY + "2;",),
    "in": (" in ".join(["1"] * MANY) + ";",),
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_what_is_nested_deeply_is_refused(session, text):
    assert session(text) == f"{SYNTAX}nested more than 200 levels deep \t-- ignoring input\n"
    assert session("1;") == "    value: out =  1\n"


@pytest.mark.parametrize("lines", CHAINS.values(), ids=CHAINS)
def test_chains_that_make_no_sense_fail(session, lines):
    assert session(*lines).startswith((OWN, PYTHON))
    assert session("1;") == "    value: out =  1\n"


@pytest.mark.parametrize(("sign", "value"), [("+", MANY), ("*", 1), ("^", 1), ("and", 1), ("or", 1)])
def test_long_chains_are_computed(session, sign, value):
    assert session(f" {sign} ".join(["1"] * MANY) + ";") == f"    value: out =  {value}\n"
    session(f"s = {f' {sign} '.join(['length'] + ['1'] * 1000)};")
    assert session("s;").startswith("     s-op: s\n \t Example:")


ENDLESS = {
    "itself": ["def f(n) { return f(n+1); }"],
    "each other": ["def g(n) { return f(n+1); }", "def f(n) { return g(n); }"],
    "comprehension": ["def f(n) { return [f(i) for i in [n]]; }"],
    "dict": ["def f(n) { return {1: f(i) for i in [n]}; }"],
    "loop": ["def f(n) { for i in [1] { for j in [1] { x = f(n); } } return 1; }"],
    "ternary": ["def f(n) { return f(n-1) if n else f(n+1); }"],
    "deep expression": ["def f(n) { return " + "[" * 150 + "f(n)" + "]" * 150 + "; }"],
    "s-ops": ["def f(s) { return f(s + 1); }"],
    "argument": ["def f(n) { return f(f(n)); }"],
}


@pytest.mark.parametrize("lines", ENDLESS.values(), ids=ENDLESS)
def test_recursion_without_end_fails(session, lines):
    limit = sys.getrecursionlimit()
    assert session(*lines, "f(indices);").startswith((PYTHON, OWN))
    assert session("1;") == "    value: out =  1\n"
    assert sys.getrecursionlimit() == limit


def test_a_file_that_loads_itself_in_a_function(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rasp").write_text('def f() { load "a"; return 1; }\nx = f();\n')
    assert session('load "a";').count("is being loaded already") == 1
    assert session("1;") == "    value: out =  1\n"


LARGE = [
    "range(10^9);", "range(10^400);", "len(range(1000001));", "[0]*10^9;", "10^30*[0];", '"a"*10^9;', '10^30*"a";',
    "2^(10^9);", "10.0^400;", "(10^400)*1.0;", "10^400/3;", "round(10.0^300*10.0^300);",
    "[[0 for i in range(2000)] for j in range(2000)];", "[range(10000) for i in range(1000)];",
    "zip(range(9000), range(9000));", "{i: range(10000) for i in range(1000)};",
    '["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"*30000 for i in range(100)];',
]  # fmt: skip


@pytest.mark.parametrize("line", LARGE)
def test_large_results_are_refused(line):
    session = Session(Limits(items=20_000))
    tracemalloc.start()
    assert session(line).startswith(PYTHON)
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()
    assert session("1;") == "    value: out =  1\n"


@pytest.mark.parametrize(
    ("start", "step"),
    [
        ("l = [0];", "l = l + l;"), ("l = [0];", "l = [l, l];"), ("l = [0];", "l = {1: l, 2: l};"),
        ("l = [0];", "l = zip(l, l);"), ('l = "ab";', "l = l + l;"), ("l = tokens;", "l = l + l;"),
        ("l = 3;", "l = l * l;"),
        ("l = indices + 2;", "l = l * l;"), ("l = [0];", "l = [l];"), ("l = [0];", "l = l * 2;"),
        ("l = [0];", "l = l, l;"), ("l = [0];", "l = [l for i in range(2)];"),
    ],
)  # fmt: skip
def test_growth_in_a_loop_ends(start, step):
    session = Session(Limits(items=50_000))
    assert session(start, f"for i in range(300) {{ {step} }}").startswith(PYTHON)
    assert len(session("l;")) < 10_000_000


def test_the_limit_is_an_option():
    session = Session(Limits(items=10, calls=3, nesting=2))
    assert session("len(range(10));") == "    value: out =  10\n"
    assert session("range(11);") == f"{PYTHON}a range of 11 items exceeds the limit of 10\n"
    assert session("[[1,2,3],[4,5,6],[7,8,9]];").startswith(f"{PYTHON}a list or dict of more than 10 items")
    assert session("[[[]]];").startswith(f"{PYTHON}lists and dicts are nested more than 2 levels deep")
    assert session("def f(n) { return 0 if n==0 else f(n-1); }", "f(2);") == "    value: out =  0\n"
    assert session("f(3);") == f"{PYTHON}more than 3 nested calls, the last of f\n"


def test_the_memory_of_long_loops_is_bounded(session):
    loop = "for i in range(500) { y = (x + i) * 2; l = [y, select(y, x, <)]; }"
    session("x = indices;", loop)
    tracemalloc.start()
    used = []
    for _ in range(3):
        session(loop)
        gc.collect()
        used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert used[2] - used[0] < 500_000  # 1,000 rounds would keep several megabytes


def test_long_chains_of_definitions_are_freed_without_recursion(session):
    session("x = indices;", "for i in range(5000) { x = (x + 1) % 1000; }")
    assert session("x = 1;") == "    value: x =  1\n"


def test_numbers_of_many_digits(session):
    """Beyond Python's limit on digits numbers are shown in hexadecimal; they are not read."""
    assert session("9" * 10_000 + ";").startswith(SYNTAX)
    assert session("x = 10^5000;").startswith("    value: x =  0x")
    assert session("[x, 1];").startswith("     list: out = [0x")
    assert session("{1: x};").startswith("     dict: out = {1: 0x")
    assert session("s = indices + x;").startswith('     s-op: s\n \t Example: s("hello") = [0x')
    assert session("[s + x];").startswith("     list: out =  [\n\t\t     s-op: s-op")
    assert session("[1][x];").startswith(f"{OWN}index 0x")
    assert session("{1: 2}[x];").startswith(f"{OWN}index [ 0x")
    assert session("{x: tokens};").startswith("     dict: out =  {\n\t\t\t 0x")
    assert session("set example [x, 1]", "tokens_int;").startswith("     s-op: tokens_int\n \t Example: tokens_int([0x")
    assert session("select(tokens_asis, 1, <);").startswith("     selector: out\n \t Example:\n \t\t\t     0x")
    assert session("full seq display on", "tokens_asis;").count("0x") == 2
    assert session("tokens;").startswith(PYTHON)
    assert session("indices in [x];").startswith("     s-op: out")
    assert session("x + tokens_asis == 1;").startswith("     s-op: out")


NOT_A_NUMBER = [
    'tokens_float(["nan"]);', '(tokens_float-tokens_float)(["inf"]);', '(tokens_float*0)(["inf","1"]);',
    '(tokens_float%2)(["inf"]);', '(aggregate(full_s,tokens_float))(["inf","-inf"]);',
    'average(tokens_float)(["inf","-inf"]);',
    "(-8)^0.5;", "(indices-1)^0.5;", "2.0^1023*2*2*0;",
]  # fmt: skip


@pytest.mark.parametrize("line", NOT_A_NUMBER)
def test_what_is_no_number_is_refused(session, line):
    session("set example [1]", "average(tokens_float)([1]);")
    session('set example "12"') if "average" not in line else None
    assert session(line).startswith(PYTHON)


@pytest.mark.parametrize(
    "name", ["lambda", "class", "import", "None", "while", "is", "nonlocal", "print", "self", "__class__"]
)
def test_names_of_python_are_names(session, name):
    assert session(f"{name} = indices;").startswith(f"     s-op: {name}\n")
    assert session(f"def f({name}) {{ return {name}; }}", "f(2);") == "    value: out =  2\n"
    assert session(f"[{name} for {name} in [3]];") == "     list: out = [3]\n"


@pytest.mark.parametrize(
    "text", ["é", "\ud800", "\x00", "\x1b[31m", "\u2028", "😀", "\\", "'", "%s", "{0}", "\t", "\x85"]
)
def test_any_character_may_stand_in_a_string(session, text):
    assert session(f'x = "{text}";') == f'    value: x =  "{text}"\n'
    assert session(f'set example "{text}{text}"', "tokens;").startswith("     s-op: tokens\n")
    assert session("select(tokens, tokens, ==);").startswith("     selector: out\n")
    assert session(f'{{"{text}": 1}}["{text}"];') == "    value: out =  1\n"
    assert session(f'tokens == "{text}";').startswith("     s-op: out\n")


@pytest.mark.parametrize(
    "path", ["", ".", "..", "/", "\x00", "\ud800", "a" * 5000, "a/" * 3000, "~", "\x1b[1m", "missing"]
)
def test_paths_of_no_file(session, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert session(f'load "{path}";') == f"{OWN}could not find file: {path}.rasp\n"


def test_empty_inputs(session):
    nothing = f"{OWN}RASP sequences/selectors expect non-empty iterables, got: "
    for given, shown in (('""', ""), ("[]", "[]"), ("{}", "{}")):
        session('set example "ab"')
        assert session(f"tokens({given});") == f"{nothing}{shown}\n"
        assert session(f"full_s({given});") == f"{nothing}{shown}\n"
        session(f"set example {given}")
        for line in (
            "tokens;",
            "indices + 1;",
            "full_s;",
            "length;",
            "a = select(1, 1, ==);",
            "[tokens];",
            "{1: tokens};",
        ):
            assert session(line) == f"{nothing}{shown}\n"
        assert session("1 + 1;") == "    value: out =  2\n"
        assert session("show example").count(": " + (shown or '""')) == 2
        assert session('tokens("a");') == "\t =  [a] (strings)\n"
    assert session("range(0);", "[i for i in []];") == "     list: out = []\n"
    assert session("zip([], []);") == "     list: out = []\n"
    assert session("len([]);") == "    value: out =  0\n"
    assert session("{i: i for i in {}};") == "     dict: out = {}\n"
    assert session("a = [];", "for i in a { # nothing", "}") == ""


@pytest.mark.parametrize(("container", "message"), [
    ("[]", "index 0 out of range for list of length 0"), ('""', "index 0 out of range for string of length 0"),
    ("{}", "index [ 0 ] not in dict."), ("{0: 1, -1: 2}", "index [ 1 ] not in dict."),
    ("{-1: 1, 0: 2}", "index [ 1 ] not in dict."),
    ("[7]", "index 1 out of range for list of length 1"), ('"x"', "index 1 out of range for string of length 1"),
])  # fmt: skip
@pytest.mark.parametrize("times", [1, LONG], ids=["short", "long"])
def test_lookups_at_each_position_name_what_they_look_in(session, container, message, times):
    session(f'set example "ab"*{times}')
    assert session(f"{container}[indices];") == f"{OWN}{message}\n"
    assert session(f"1 + {container}[indices] * 2;") == f"{OWN}{message}\n"


def test_an_example_set_later_on_which_earlier_s_ops_fail(session):
    session(
        'set example ["1","2"]', "a = tokens_int;", "l = [a, 1, select(a, a, <), tokens];", "d = {1: a, 2: length};"
    )
    assert session('set example "ab"', "a;").startswith(f"{PYTHON}invalid literal")
    shown = session("l;")
    assert shown.count("!!statement executed, but result fails on evaluation:\n\t\t invalid literal") == 2
    assert "value:  1" in shown
    assert 'tokens("ab") = [a, b] (strings)' in shown
    shown = session("d;")
    assert shown.count("!!statement executed") == 1
    assert 'length("ab") = [2]*2 (ints)' in shown
    assert session('set example ["1","2"]', "l;").count("!!") == 0


class Interrupting:
    """Raises what Ctrl-C raises, at the n-th call of a function."""

    def __init__(self, number):
        self.number = number

    def __call__(self, frame, event, argument):
        if (
            event == "call" and "rasp" in frame.f_code.co_filename and frame.f_code.co_name != "drop"
        ):  # no weak reference's
            self.number -= 1
            if self.number == 0:
                sys.setprofile(None)
                raise KeyboardInterrupt


def test_an_interrupted_statement_leaves_the_session_as_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib.rasp").write_text("examples on\nz = tokens_int;\ndef g(x) { return x + z; }\n")
    statements = [
        "y = [f(i) + tokens_int for i in range(5)];", 'f(3)([4, 5]);', 'load "lib";', "set example [5, 6]",
        'for i in range(3) { w = shift(f(i), 1, 0); }', "sort(f(1), -indices);", "(tokens_int + f(2))([1, 2]);",
    ]  # fmt: skip
    random = Random(1)
    for _ in range(300):
        session = Session()
        session("set example [3, 1, 2]", "def f(n) { a = tokens_int * n; return a + 1; }", "k = f(1);")
        interpreter = session.console.interpreter
        limit = sys.getrecursionlimit()
        try:
            sys.setprofile(Interrupting(random.randrange(1, 3000)))
            session(random.choice(statements))
        except KeyboardInterrupt:
            session.console.drop()
        finally:
            sys.setprofile(None)
        assert sys.getrecursionlimit() == limit
        session("set example [3, 1, 2]")
        assert session("k;") == "     s-op: k\n \t Example: k([3, 1, 2]) = [4, 2, 3] (ints)\n"
        assert session("f(2);") == "     s-op: out\n \t Example: out([3, 1, 2]) = [7, 3, 5] (ints)\n"
        assert session("f(2)([5]);") == "\t =  [11] (ints)\n"
        assert session("show example") == "\ts-op example: [3, 1, 2]\n\tselector example: [3, 1, 2]\n"
        assert interpreter.display.show_sequences
