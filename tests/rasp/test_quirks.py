"""What the language's own interpreter gets wrong, and raspir does not: each mended quirk of its description."""

from __future__ import annotations

import pytest
from compare import Output

from raspir.frontends.rasp.console import Console

SYNTAX = "\t!! antlr exception: "
OWN = "\t\t!!ignoring input:\n\t "
ILLEGAL = f"{OWN}attempted to create sequence with illegal val types (vals must be bool, float, int or string):\n\t\t "
PYTHON = "something went wrong: "


def s_op(name, values, prefix=""):
    return f'{prefix}     s-op: {name}\n{prefix} \t Example: {name}("hello") = {values}\n'


def session(*lines):
    """Return the reply to the last of some lines."""
    output = Output()
    console = Console(output)
    for line in lines:
        output.text = ""
        console.feed(line)
    return output.text


SEMICOLONS = ["a = 1 b = 2;", "{ return x }", "1 +* 2;", "1 2;", "a = 1 }", "f(1) g(2);"]


@pytest.mark.parametrize("line", SEMICOLONS)
def test_what_cannot_go_on_is_an_error_at_once(line):
    assert session(line).startswith(SYNTAX)
    assert session(line, "1;") == "    value: out =  1\n"


MENDED = {
    "a line that ends in +": (["(1 +", "2);"], "    value: out =  3\n"),
    "a line that ends in - within round": (["round(7 -", "1.5);"], "    value: out =  6\n"),
    "a comment after code": (["x = [1, # one", "2];"], "     list: x = [1, 2]\n"),
    "a comment in a body": (["def f(x) { y = x; # here", "return y; # there", "}", "f(2);"], "    value: out =  2\n"),
    "two statements on a line": (["1; 2;"], "    value: out =  1\n    value: out =  2\n"),
    "inputs of other types": (["tokens_str([1,0]);", "tokens_str([True,False]);"], "\t =  [True, False] (strings)\n"),
    "inputs of floats": (["tokens_str([1,0]);", "tokens_str([1.0,0]);"], "\t =  [1.0, 0] (strings)\n"),
    "an application as a part": (['v = tokens("ab");', 'v + ["c"];'], "     list: out = ['a', 'b', 'c']\n"),
    "an application in a function": (['def f() { return indices("ab"); }', "f();"], "     list: out = [0, 1]\n"),
    "an application of a selector as a part": (['len(full_s("abc"));'], "    value: out =  3\n"),
    "(l)[0]": (["l = [1,2];", "(l)[0];"], "    value: out =  1\n"),
    "l[(1)]": (["l = [1,2];", "l[(1)];"], "    value: out =  2\n"),
    "(s)[0]": (["(tokens)[0];"], s_op("out", "[h]*5 (strings)")),
    "the name of (s)[0]": (["aggregate((tokens)[0], 1);"], f"{OWN}Expected selector, got: tokens[0]\n"),
    "two names of one s-op": (
        ["a = tokens + tokens;", "b = a;", "examples off", "[a, b];"],
        "     list: out =  [\n\t\t     s-op: a\n\t\t     s-op: b\n                 ]\n",
    ),
    "another name of the library's": (
        ["c = length;", "examples off", "[c, length];"],
        "     list: out =  [\n\t\t     s-op: c\n\t\t     s-op: length\n                 ]\n",
    ),
    "all names or none": (["a, length = 1, 2;", "a;"], f"{OWN}Error: Undefined variable: a\n"),
    "all names or none, in order": (["b = 5;", "b, indices = 1, 2;", "b;"], "    value: b =  5\n"),
    "no formatting": (['"%s" % 1;'], f"{PYTHON}% does not apply to a string: there is no formatting\n"),
    "no formatting of s-ops": (['"<%s>" % tokens;'], f"{PYTHON}% does not apply to strings: there is no formatting\n"),
    "no formatting at positions": (["tokens % 2;"], f"{PYTHON}% does not apply to strings: there is no formatting\n"),
    "an atom in a list of s-ops": (["1 in [indices];"], "    value: out =  False\n"),
    "different s-ops in lists": (["[indices] == [length];"], "    value: out =  False\n"),
    "the same s-op in lists": (["a = indices;", "[a] == [indices];"], "    value: out =  True\n"),
    "functions in lists": (["def f(x) { return x; }", "[f, 3];"], "     list: out = [console function: f(x), 3]\n"),
    "names in messages": (["[1,2][indices];"], f"{OWN}index 2 out of range for list of length 2\n"),
    "names in messages on dicts": (["{1: 2}[indices];"], f"{OWN}index [ 0 ] not in dict.\n"),
    "local length": (["def f() { length = 1; return tokens[-1]; }", "f();"], s_op("out", "[o]*5 (strings)")),
    "argument length": (["def f(length) { return tokens[-1]; }", "f(2);"], s_op("out", "[o]*5 (strings)")),
    "out after an application": (['indices("xyz");', "out;"], "     list: out = [0, 1, 2]\n"),
    "out in a function": (["5;", "def f() { return out; }", "f();"], "    value: out =  5\n"),
    "NaN": (['tokens_float(["nan"]);'], f"{PYTHON}the result is NaN, which is not an atom\n"),
    "functions in messages": (
        ["def f() { return 1; }", "f + 1;"],
        f"{PYTHON}unsupported operand type(s) for +: 'function' and 'int'\n",
    ),
    "s-ops in messages": (["[indices] < [1];"], f"{PYTHON}'<' not supported between instances of 's-op' and 'int'\n"),
    "s-ops as items of inputs": (
        ["set example [indices]", "tokens_str;"],
        "     s-op: tokens_str\n \t Example: tokens_str([indices]) = [indices] (strings)\n",
    ),
}


@pytest.mark.parametrize(("lines", "reply"), MENDED.values(), ids=MENDED)
def test_mended(lines, reply):
    assert session(*lines) == reply


def test_complex_powers_are_errors():
    assert session("(-8)^0.5;").startswith(PYTHON)
    assert session("(indices-4)^0.5;").startswith(PYTHON)


@pytest.mark.parametrize("calls", [1, 30])
def test_a_single_argument_is_evaluated_once(calls, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rasp").write_text("z = 1;\n")
    assert session('def f(x) { load "a"; return x; }', "f(" * calls + "1" + ")" * calls + ";").count("z =") == calls


def test_unfinished_text_of_a_file_is_reported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rasp").write_text("a = 1;\nb = [2,\n")
    reply = session('load "a";')
    assert reply.startswith(SYNTAX)
    assert "a.rasp:2:1" in reply
    assert "value: a =  1" in reply


def test_a_file_that_lacks_a_semicolon_is_not_swallowed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rasp").write_text("a = 1\nb = 2;\nc = 3;\n")
    reply = session('load "a";')
    assert reply.startswith(SYNTAX)
    assert "value: c =  3" in reply


def test_a_file_binds_all_names_of_a_statement_or_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rasp").write_text("a, length = 1, 2;\nb = a;\n")
    reply = session('load "a";')
    assert "Cannot set reserved name: length" in reply
    assert "Undefined variable: a" in reply


KEPT = {
    "and evaluates both sides": (["False and 1/0;"], f"{PYTHON}division by zero\n"),
    "both branches of an s-op": (["1/indices if indices>0 else 0;"], f"{PYTHON}division by zero\n"),
    "one branch of an atom": (["1/0 if False else 2;"], "    value: out =  2\n"),
    "out of range is 0": (["tokens_asis[9];"], s_op("out", "[0]*5 (ints)")),
    "one keeps its type": (
        ["aggregate(select(indices,indices,==),indices>2);"],
        s_op("out", "[F, F, F, T, T] (bools)"),
    ),
    "bools have no average": (
        ["aggregate(full_s,indices>2);"],
        f"{PYTHON}asked to average multiple values, but they are non-numbers: [False, False, False, True, True]\n",
    ),
    "a name bound twice is shown twice": (["a,a = 1,2;"], "    value: a =  1\n    value: a =  2\n"),
    "a list is no key": (["select([1],indices,==);"], f"{ILLEGAL}([1], [1], [1], [1], [1])\n"),
    "a list is no branch": (["[1] if indices<0 else 2;"], f"{ILLEGAL}([1], [1], [1], [1], [1])\n"),
    "a list has no truth at positions": (["indices and {};"], f"{ILLEGAL}({{}}, {{}}, {{}}, {{}}, {{}})\n"),
    "out is the last part": (["5;", "1 + out;"], "    value: out =  2\n"),
    "out is the last part of a failure": (["5;", "3/0;", "out;"], "    value: out =  0\n"),
    "out is the last part of an example": (['set example "ab"', "out;"], '    value: out =  "ab"\n'),
    "out is the last item": (["a = 1,2;", "out;"], "    value: out =  2\n"),
    "out in a chain": (["1 - 2 - 3 - out;"], "    value: out =  0\n"),
    "the number of inputs comes before them": (
        ["indices(unknown,1);"],
        f"{OWN}wrong number of args for evaluate unfinished- expected: 1, got: 2.\n",
    ),
    "what is called comes before several arguments": (["3(1/0,2);"], "not implemented this command yet! ignoring\n"),
    "a function has no class": (["[1]+max;"], f'{PYTHON}can only concatenate list (not "function") to list\n'),
    "an index of text": (["[1,2][tokens];"], f"{PYTHON}index into list has to be an integer at every position\n"),
    "late binding": (["def f() { return g(); }", "def g() { return 7; }", "f();"], "    value: out =  7\n"),
    "loops leave their names": (["for i in [1,2] { k = i; }", "i + k;"], "    value: out =  4\n"),
    "keys before atoms are left out": (
        ["{1: 2, 3: full_s};", "examples off", "{1: 2, 3: full_s};"],
        "     dict: out =  {\n\t\t\t    value:  2\n\t\t\t 3 :     selector: full_s\n" + " " * 17 + "}\n",
    ),
    "len with a blank": (["len ([1]);"], f"{OWN}Error: Undefined variable: len\n"),
    "-2^2": (["-2^2;"], "    value: out =  4\n"),
    "and, or on one level": (["True or True and False;"], "    value: out =  False\n"),
    "in is the loosest": (["1 in [1] and [2];"], "    value: out =  False\n"),
    "the last else": (["1 if 1 else 2 if 0 else 3;"], "    value: out =  3\n"),
}


@pytest.mark.parametrize(("lines", "reply"), KEPT.values(), ids=KEPT)
def test_kept(lines, reply):
    assert session(*lines) == reply


def test_inputs_go_by_the_name_last_assigned():
    assert "s-op: t\n" in session("t = tokens_int*0;", "set example [1]", "t = tokens_int;", "[tokens_int];")


def test_comments_stand_behind_the_statements_of_a_file(tmp_path, monkeypatch):
    text = """a = 1; # one
def f(x) { # two
    y = x; # three
    return y; # four
} # five
for i in [1,2] { # six
    b = i; # seven
} # eight
set example "xyz" # nine
show s-op example # ten
c = f(b); # eleven
"""
    (tmp_path / "comments.rasp").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert session('load "comments";') == (
        '    value: a =  1\n     comments function: f(x)\n\ts-op example: "xyz"\n    value: c =  2\n'
    )


def test_a_file_shows_its_values_before_the_file_that_loads_it_goes_on(tmp_path, monkeypatch):
    files = {
        "base": "v = 1;\n",
        "left": 'load "base";\nl = v+1;\n',
        "failing": "y = 1;\n1/0;\ny = 2;\n",
        "all": 'x = 1;\nload "left";\nx = 2;\nload "base";\nload "failing";\nx = 3;\nx = 4;\nout;\nl;\n',
    }
    for name, text in files.items():
        (tmp_path / f"{name}.rasp").write_text(text)
    monkeypatch.chdir(tmp_path)
    values = ["x =  1", "v =  1", "l =  2", "x =  2", "v =  1", "y =  1", "", "y =  2", "x =  4", "l =  2"]
    lines = [f"    value: {value}\n" if value else "something went wrong: division by zero\n" for value in values]
    assert session('load "all";') == "".join(lines)
