"""Programs given on the command line as calls with literals, ``FILE:"make_shift(2)"``."""

import json

import pytest
from test_cli import output, refused
from test_cli_shell import piped

CALLED = """from raspir import *
import raspir as language

def make_shift(n: int, filler: object = tokens):
    return (key(indices) == query(indices - n)).value(tokens, "_") + ("" if filler is tokens else filler)

def tagged(text, *, k=3, xs=()):
    return tokens + f"{text}{k}{xs}"

def half(n):
    return key(indices) < query(n)

def bad(n):
    return 10 // n

def doubled(program: SOp):
    return program + program

flip = tokens + tokens
"""


@pytest.fixture
def called(tmp_path):
    (tmp_path / "called.py").write_text(CALLED)
    return tmp_path


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("make_shift(2)", ["_", "_", "a"]),
        ("make_shift( n = -1 )", ["b", "c", "_"]),
        ("make_shift(1, filler=':x(1)/called.py:f(2)')", [f"{each}:x(1)/called.py:f(2)" for each in "_ab"]),
        ("tagged('a:b', k=True, xs=[1, (2, None)])", [f"{each}a:bTrue[1, (2, None)]" for each in "abc"]),
        ("tagged('')", ["a3()", "b3()", "c3()"]),
        ("doubled(flip)", ["aaaa", "bbbb", "cccc"]),
        ("doubled(language.tokens)", ["aa", "bb", "cc"]),
    ],
)
def test_calls_with_literals(call, expected, called):
    for target in (f"called.py:{call}", f"{called}/called.py:{call}", f"called:{call}"):
        assert json.loads(output("run", target, "-i", "abc", cwd=called)) == expected
    assert json.loads(piped(CALLED, "run", f"-:{call}", "-i", "abc")) == expected


def test_calls_are_names_of_programs(called):
    assert output("stats", "called.py:make_shift(2)", cwd=called).startswith("called.py:make_shift(2), as written")
    assert 'label="make_shift(2): 1 layer' in output("draw", "called.py:make_shift(2)", "--format", "dot", cwd=called)
    assert "make_shift(2)" in output("report", "called.py:make_shift(2)", "-i", "abc", cwd=called)
    assert output("run", "called.py:half(1)", "-i", "ab", cwd=called) == "[[1, 0],\n [1, 0]]\n"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("make_shift(n)", "`n` is neither a literal nor a program of the file: "),
        ("make_shift(raspir.tokens)", "`raspir.tokens` is neither a literal nor a program"),
        ("make_shift(key.tokens)", "`key.tokens` is neither a literal nor a program"),
        ("doubled(bad)", "`bad` is neither a literal nor a program"),
        ("doubled(tokens + 1)", "`tokens + 1` is not a literal: "),
        ("doubled", 'call it with literals or programs of the file, as in "called.py:doubled(tokens)"'),
        ("make_shift(__import__('os').getcwd())", "`__import__('os').getcwd()` is not a literal"),
        ("make_shift(*[2])", "`*[2]` is not a literal"),
        ("make_shift(**{'n': 2})", "`**{'n': 2}` is not a literal"),
        ("make_shift({[]: 1})", "`{[]: 1}` is not a literal"),
        ("make_shift(n=1, n=2)", "gives n twice"),
        ("make_shift(2", "the call `make_shift(2` is not valid Python: '(' was never closed"),
        ("make_shift(" + "(" * 5000, "the call `make_shift((((((((("),
        ("make_shift(2)(3)", "`make_shift(2)(3)` is not a call of one function"),
        ("raspir.lower(2)", "`raspir.lower(2)` is not a call of one function"),
        ("make_shfit(2)", "called.py has no make_shfit (did you mean make_shift?)"),
        ("print(2)", "called.py has no print"),
        ("make_shift()", "does not agree with make_shift(n, filler=a program): missing a required argument: 'n'"),
        ("make_shift(1, 2, 3)", "does not agree with make_shift(n, filler=a program): too many positional arguments"),
        ("tagged('', 2)", "does not agree with tagged(text, *, k=3, xs=()): too many"),
        ("flip(2)", "flip is a program, not a function"),
        ("__name__(2)", "__name__ is 'program_called', not a function"),
        ("bad(0)", "called.py:14: ZeroDivisionError"),
        ("bad(2)", "bad(2) returned 5, which is not a program"),
        (
            "make_shift",
            'so it is not a program: call it with literals or programs of the file, as in "called.py:make_shift(2)"',
        ),
    ],
)
def test_calls_at_fault(call, words, called):
    assert words in refused("run", f"called.py:{call}", "-i", "abc", cwd=called)


def test_calls_of_what_has_no_functions(called):
    (called / "flip.rir").write_text(output("opt", "called.py:flip", cwd=called))
    assert "which has outputs (out) and no functions" in refused("run", "flip.rir:flip(2)", "-i", "a", cwd=called)
    assert "there is no file nowhere.py" in refused("run", "nowhere.py:f(2)", "-i", "a")
    assert "name the function" in refused("opt", "flip.rir", "--bind", "f=called.py:bad(2)", cwd=called)
    strange = called / "a:f(1).py"
    strange.write_text(CALLED)
    assert output("run", f"{strange}:flip", "-i", "a") == output("run", "called.py:flip", "-i", "a", cwd=called)


def test_calls_of_functions_of_raspir():
    """There is no line of the user, and none of a library that raspir uses."""
    assert output("run", "raspir.tracr.lib:make_reverse(rasp.tokens)", "-i", "abc") == '["c", "b", "a"]\n'
    assert refused("run", "raspir.tracr.lib:make_reverse(2)", "-i", "abc").startswith(
        "raspir: make_reverse takes a pro"
    )
    assert refused("run", "raspir.tracr.lib:detect_pattern('a', 'b')", "-i", "abc").startswith(
        "raspir: detect_pattern "
    )


@pytest.mark.parametrize("source", ["rasp.tokens", "rasp.length"])
def test_another_name_of_a_source_is_no_choice(source, tmp_path):
    file = tmp_path / "alias.py"
    file.write_text(f"from raspir.tracr import rasp\nt = {source}\n")
    assert output("run", str(file), "-i", "ab") == output("run", f"{file}:t", "-i", "ab")
    with file.open("a") as more:
        more.write("p = t | 0\n")
    assert output("run", str(file), "-i", "ab") == output("run", f"{file}:p", "-i", "ab")
    with file.open("a") as more:
        more.write("q = p | 0\n")
    assert "has several programs (p, q): choose one" in refused("run", str(file), "-i", "ab")
