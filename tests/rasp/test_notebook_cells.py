"""``%%rasp`` cells, which share names with Python."""

import contextlib
import io
import warnings

import pytest

import raspir
from raspir import tokens

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    shells = pytest.importorskip("IPython.core.interactiveshell")
    capture = pytest.importorskip("IPython.utils.capture")


@pytest.fixture
def shell(monkeypatch):
    before = raspir.frontends.python.example.example()
    shell = shells.InteractiveShell()
    shell.history_manager.enabled = False
    monkeypatch.setattr(shells.InteractiveShell, "_instance", shell)
    shell.run_line_magic("load_ext", "raspir")
    yield shell
    raspir.set_example(before)
    shell.history_manager.end_session()


def run(shell, cell):
    """Run a cell, and return what it displays, and prints."""
    with capture.capture_output() as captured:
        shell.run_cell(cell)
    return captured


def shows(shell, cell, values):
    """Run a cell that displays one picture, and return whether its last line ends in these values."""
    captured = run(shell, cell)
    assert captured.stdout == ""
    (output,) = captured.outputs
    assert output.data["image/svg+xml"].startswith("<svg")
    return output.data["text/plain"].split()[-len(values.split()) :] == values.split()


def test_the_last_value_is_a_picture(shell):
    assert shows(shell, "%%rasp\na = indices + 1;\na * 2;", "2 4 6 8 10")
    assert shows(shell, "%%rasp\nb = a + 1;", "2 3 4 5 6")
    assert shows(shell, '%%rasp\nb("xy");', "2 3")
    assert shows(shell, '%rasp b("x")', "2")
    assert shows(shell, "%rasp select(indices, 0, ==);", "1 · · · ·")


def test_other_values_are_text(shell):
    assert run(shell, "%%rasp\nx = 1;\ny = [x, 2];").stdout == "     list: y = [1, 2]\n"
    assert run(shell, '%rasp set example "ab"\n').stdout == ""
    assert run(shell, "%rasp show example").stdout == '\ts-op example: "ab"\n\tselector example: "ab"\n'
    assert "console function: f(z)" in run(shell, "%rasp def f(z) { return z; }").stdout
    assert run(shell, "%%rasp\nexamples off\nindices;").stdout == "     s-op: indices\n"
    assert run(shell, "%%rasp\n1;\nexit\n2;").stdout == "    value: out =  1\n"
    assert run(shell, "%%rasp\n# nothing\n").stdout == ""


def test_names_are_shared(shell):
    run(shell, '%%rasp\np = indices * 2;\nn = 3;\nl = [1, [p]];\nd = {1: "x"};\ns = select(p, p, <);\n_own = 1;')
    names = shell.user_ns
    assert (names["n"], names["d"], names["p"]("abc")) == (3, {1: "x"}, [0, 2, 4])
    assert names["l"][1][0] is names["p"]
    assert isinstance(names["s"], raspir.Selector)
    assert "_own" not in names
    run(shell, "q = p + 1\nm = n + 1\nwords = ['a', ('b', 2.5)]\ntable = {'k': q}")
    assert shows(shell, "%rasp q + m;", "5 7 9 11 13")
    assert run(shell, "%rasp words;").stdout == (
        "     list: words =  [\n\t\t    value:  \"a\"\n\t\t     list: ['b', 2.5]\n                   ]\n"
    )
    assert run(shell, "%rasp words[1][1];").stdout == "    value: out =  2.5\n"
    assert shows(shell, '%rasp table["k"]', "1 3 5 7 9")


def test_the_last_assignment_wins(shell):
    run(shell, "v = 1")
    assert run(shell, "%rasp v;").stdout == "    value: v =  1\n"
    run(shell, "%rasp v = 2;")
    assert shell.user_ns["v"] == 2
    assert run(shell, "%rasp v;").stdout == "    value: v =  2\n"
    run(shell, "v = 3")
    assert run(shell, "%rasp v;").stdout == "    value: v =  3\n"
    run(shell, "del v")
    assert "Undefined variable: v" in run(shell, "%rasp v;").stdout


def test_the_names_of_the_language_keep_their_meaning(shell):
    shell.user_ns.update(tokens=tokens, length=5, indices="no")
    assert run(shell, "%rasp length;").stdout == ""
    assert shows(shell, "%rasp indices;", "0 1 2 3 4")
    assert shell.user_ns["length"] == 5
    run(shell, "%rasp tokens = tokens_asis;")
    assert shell.user_ns["tokens"]([1, 2]) == [1, 2]


def test_functions_are_shared(shell):
    run(shell, "k = 10")
    run(shell, "%%rasp\ndef plus(a, b) { return a + b + k; }\ndef both(a) { return a, plus; }")
    plus, both = shell.user_ns["plus"], shell.user_ns["both"]
    assert plus(1, 2) == 13
    assert plus(raspir.indices, 1)("abc") == [11, 12, 13]
    shell.user_ns["k"] = 20
    assert plus(1, 2) == 23
    assert repr(plus) == "<function of RASP plus(a, b)>"
    assert both([1])[0] == [1]
    assert both(1)[1](0, 0) == 20
    with pytest.raises(raspir.RaspirError, match=r"wrong number of args for plus- expected: 2, got: 1\."):
        plus(1)
    with pytest.raises(raspir.RaspirError, match="plus takes programs, selectors, atoms, lists and dicts, not None"):
        plus(1, None)
    loop = []
    loop.append(loop)
    with pytest.raises(raspir.RaspirError, match="plus takes programs"):
        plus(loop, 1)
    run(shell, "also = plus")
    assert run(shell, "%rasp also(0, 0);").stdout == "    value: out =  20\n"


def test_programs_with_functions_of_python(shell):
    shell.user_ns["up"] = raspir.apply(lambda text: text.upper() * 2, tokens)
    assert shows(shell, "%rasp up;", "HH EE LL LL OO")
    assert shows(shell, '%rasp (up + "!") if indices > 0 else up;', "HH EE! LL! LL! OO!")
    shell.user_ns["bad"] = raspir.apply(lambda text: 1 // 0, tokens)
    assert "cell 3:1:1: integer division or modulo by zero" in run(shell, "%rasp bad;").stdout


def test_programs_with_functions_of_python_on_long_examples(shell):
    shell.user_ns["up"] = raspir.apply(lambda text: text.upper() * 2, tokens)
    shell.user_ns["before"] = raspir.select(tokens, tokens, lambda key, query: key < query)
    run(shell, f'%rasp set example "{"ab" * 30}"')
    run(shell, "%rasp n = selector_width(before) + 1; u = up + up;")
    assert shell.user_ns["n"]("abab") == [1, 3, 1, 3]
    assert shell.user_ns["u"]("ab") == ["AAAA", "BBBB"]
    assert shows(shell, '%rasp n("ba")', "2 1")


def test_the_example_is_shared(shell):
    run(shell, '%rasp set example "abc"')
    assert repr(raspir.indices) == "[0, 1, 2]"
    raspir.set_example([5, 6])
    assert shows(shell, "%rasp tokens_int;", "5 6")
    run(shell, '%rasp set selector example "xyz"')
    assert repr(raspir.indices) == "[0, 1]"
    run(shell, '%rasp set example [[1], "a"]')  # no input of Python's
    assert repr(raspir.indices) == "[0, 1]"


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("%%rasp\na = 1;\nb = 1 c = 2;", ['cell 1:3:7: expected ";" before "c"', "    b = 1 c = 2;", "          ^"]),
        (
            "%rasp 1 + + ;",
            ['cell 1:1:7: unexpected ";" after "+", expected an expression', "    1 + + ;", "          ^"],
        ),
        ("%%rasp\n\nx = zork + 1;", ["cell 1:3:5: Error: Undefined variable: zork", "    x = zork + 1;", "        ^"]),
        ("%%rasp a;\n1;", ["%%rasp takes no arguments: write statements on the lines below it"]),
    ],
)
def test_an_error_is_a_line_with_a_caret(cell, lines, shell):
    captured = run(shell, cell)
    assert captured.stdout.rstrip("\n").split("\n") == lines
    assert "Traceback" not in captured.stdout + captured.stderr


def test_statements_before_an_error_have_run(shell):
    captured = run(shell, "%%rasp\na = 1;\nb = zork;\nc = 2;")
    assert "Undefined variable: zork" in captured.stdout
    assert shell.user_ns["a"] == 1
    assert "c" not in shell.user_ns
    run(shell, "%%rasp\ne = 1;\nf = (;")
    assert "e" not in shell.user_ns  # a text that is wrong does not run


def test_an_error_in_an_earlier_cell_shows_its_line(shell):
    run(shell, "%%rasp\ndef f(x) {\n  return x + zork; }")
    text = run(shell, "%rasp f(1);").stdout
    assert text.split("\n")[:3] == [
        "cell 1:3:14: Error: Undefined variable: zork",
        "      return x + zork; }",
        " " * 17 + "^",
    ]


def test_files_and_drawings(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program.rasp").write_text("inside = 17;\nwrong;\n", encoding="utf-8")
    text = run(shell, '%rasp load "program";').stdout
    assert "value: inside =  17" in text
    assert "Undefined variable: wrong" in text
    assert shell.user_ns["inside"] == 17
    captured = run(shell, '%rasp draw(length, "ab");')
    assert captured.outputs[0].data["image/svg+xml"].startswith("<svg")


def test_the_extension_can_be_removed(shell):
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_line_magic("unload_ext", "raspir")
    assert "rasp" not in shell.magics_manager.magics["cell"]
    assert "rasp" not in shell.magics_manager.magics["line"]
