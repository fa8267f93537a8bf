"""Files of the paper's language wherever a program file is taken: commands, ``raspir.load``, reports, completion."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from test_cli import ROOT, output, raspir, refused

from raspir import RaspirError, RaspirWarning, Selector, SOp, indices, load, tokens
from raspir.cli.completion import functions, programs, solutions
from raspir.frontends.choosing import SeveralProgramsError
from raspir.frontends.files import find, load_shown
from raspir.frontends.rasp.files import RaspFile
from raspir.ir import Graph, LoadError, ProgramError
from raspir.viz.report.extents import rasp_statements

FILES = {
    "hist.rasp": """# How often each token occurs.
same = select(tokens,tokens,==);
hist = selector_width(same);
""",
    "several.rasp": """load "hist";
def moved(n, filler) {
    return shift(tokens,n,filler);
}
def counted() { return hist+1; }
first, second = indices*10, moved(1,"_");
_hidden = indices+2;
three = 3;
pairs = [first, second];
""",
    "lib/outer.rasp": 'load "inner/middle";\nouter = middle+1;\n',
    "lib/inner/middle.rasp": 'load "last";\nmiddle = last*2;\n',
    "lib/inner/last.rasp": "last = indices+3;\n",
    "numbers.rasp": "set example [4,2]\nhalves = 10/tokens_float;\n",
    "selector.rasp": "before = select(indices,indices,<);\n",
    "alias.rasp": "plain = tokens;\nodd = indices%2;\nsame = odd;\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("hist.rasp", [1, 1, 2, 2, 1]),
        ("hist.rasp:hist", [1, 1, 2, 2, 1]),
        ("hist.rasp:length", [5] * 5),
        ("hist.rasp:tokens", list("hello")),
        ("several.rasp:counted", [2, 2, 3, 3, 2]),
        ("several.rasp:hist", [1, 1, 2, 2, 1]),
        ("several.rasp:_hidden", [2, 3, 4, 5, 6]),
        ("several.rasp:second", list("_hell")),
        ('several.rasp:moved(2,"-:(")', ["-:(", "-:(", "h", "e", "l"]),
        ('several.rasp:moved(-three, "")', ["l", "o", "", "", ""]),
        ("several.rasp:selector_width(same)[0]", [1] * 5),
        ("lib/outer.rasp", [7, 9, 11, 13, 15]),
        ("alias.rasp:odd", [0, 1, 0, 1, 0]),
        ("alias.rasp", [0, 1, 0, 1, 0]),
    ],
)
def test_programs(target: str, expected: list[Any], folder: Path) -> None:
    for options in ([], ["--no-optimize", "--backend", "reference"]):
        assert json.loads(output("run", target, "-i", "hello", *options, cwd=folder)) == expected


def test_every_command_takes_them(folder: Path) -> None:
    assert output("run", "selector.rasp", "-i", "ab", cwd=folder) == "[[0, 0],\n [1, 0]]\n"
    assert "hist  2 1 2" in output("show", "hist.rasp", "-i", "aba", cwd=folder)
    assert "before" in output("show", "selector.rasp", "-i", "aba", cwd=folder)
    assert "%hist = sum %same, 1 default=0 : int  # hist.rasp:3:8" in output("opt", "hist.rasp", cwd=folder)
    assert "hist.rasp:3:8" in output("opt", "several.rasp:counted", "--remarks", cwd=folder)
    assert "hist.rasp:3:8" in output("plan", "hist.rasp", cwd=folder)
    assert "1 layer, 1 head" in output("stats", "hist.rasp", "--attention", "best", "--causal", cwd=folder)
    assert output("run", "hist.rasp", "--causal", "-i", "hello", cwd=folder) == "[1, 1, 1, 2, 1]\n"
    assert 'label="hist: 1 layer' in output("draw", "hist.rasp:hist", "--format", "dot", cwd=folder)
    assert "same = select(tokens,tokens,==);" in output("report", "hist.rasp", "-i", "hello", cwd=folder)
    emitted = output("emit", "several.rasp:counted", "--backend", "text", cwd=folder)
    assert "tokens" in emitted
    (folder / "emitted.rir").write_text(emitted)
    assert output("run", "emitted.rir", "-i", "hello", cwd=folder) == "[2, 2, 3, 3, 2]\n"


FAULTS = {
    "a = tokens;\nb = a+\n    unknown;\n": "bad.rasp:3:5: Error: Undefined variable: unknown",
    "a = (tokens,\n": 'bad.rasp:1:12: unexpected ","',
    "a = tokens;\nb = (a\n": "bad.rasp:2:1: this statement is unfinished",
    "a = 1;\nb = tokens_int+a;\n": (
        "bad.rasp:2:5: invalid literal for int() with base 10: 'h' (on the example \"hello\", on which definitions are "
        "checked: `set example` changes it)"
    ),
    'set example [3, "x"]\n': None,
    "set example [3,2]\na = 1/(tokens_int-2);\n": "bad.rasp:2:5: division by zero (on the example [3, 2]",
    "length = 3;\n": "bad.rasp:1:1: Error: Cannot set reserved name: length",
    "a = 1/0;\n": "bad.rasp:1:5: division by zero\n",
    "def f(x) { return f(x); }\na = f(1);\n": "more than 200 nested calls",
    "a = range(1000000000);\n": "exceeds the limit",
    'load "nowhere";\n': "bad.rasp:1:1: could not find file: nowhere.rasp",
    'a = 1; load "bad";\n': "bad.rasp:1:8: bad.rasp is being loaded already",
    'load "folder";\n': "bad.rasp:1:1: could not find file: folder.rasp",
    f"a = {'(' * 10_000}1{')' * 10_000};\n": "bad.rasp:1:205: nested more than 200 levels deep",
    "": "bad.rasp has no program",
    "a = 1;\ndef f(x) { return x; }\n": "bad.rasp has no program",
    "exit\na = tokens;\n": "bad.rasp has no program",
    "a = tokens+tokens;\nb = indices+1;\n": "bad.rasp has several programs (a, b): choose one, as in bad.rasp:a",
    "draw(tokens_int);\n": "bad.rasp:1:6: invalid literal",
}


@pytest.mark.parametrize("text", FAULTS, ids=lambda text: text[:30])
def test_files_at_fault(text: str, tmp_path: Path) -> None:
    words = FAULTS[text]
    (tmp_path / "bad.rasp").write_text(text)
    (tmp_path / "folder.rasp").mkdir()
    found = refused("run", "bad.rasp", "-i", "a", cwd=tmp_path)
    if words is not None:
        assert words in found


def test_names_at_fault(folder: Path) -> None:
    for target, words in {
        "nowhere.rasp:a": "there is no file nowhere.rasp",
        "lib/nowhere.rasp": "there is no file lib/nowhere.rasp",
        "several.rasp": "several.rasp has several programs (first, second)",
        "several.rasp:firts": "has no firts (did you mean first",
        "several.rasp:three": "three is 3, which is not a program",
        "several.rasp:pairs": "which is not a program",
        "several.rasp:moved": (
            "moved requires arguments (n, filler), so it is not a program: call it with arguments in the language, as "
            'in "several.rasp:moved(tokens, tokens)"'
        ),
        "several.rasp:max": "max requires arguments (a, b)",
        "several.rasp:moved(1)": "the call `moved(1)` fails: wrong number of args for moved- expected: 2, got: 1.",
        "several.rasp:moved(1": "the call `moved(1` cannot be read: it is unfinished",
        "several.rasp:moved(;": 'the call `moved(;` cannot be read: unexpected ";" after "("',
        "several.rasp:moved(1,2);a = 3": "is not a call of a function of the file",
        "several.rasp:other(1)": "the call `other(1)` fails: Error: Undefined variable: other",
        'several.rasp:moved("a",1)': "several.rasp:3:12: `-`",
        "several.rasp:moved(1,tokens)": "several.rasp:3:12: Expected atom, got: tokens",
        'several.rasp:second("abc")': "is ['_', 'a', 'b'], which is not a program",
    }.items():
        assert words in refused("run", target, "-i", "a", cwd=folder), target
    assert "aggregate(selector, tokens)" in refused("stats", "selector.rasp", cwd=folder)
    os.mkdir(folder / "d.rasp")
    assert "cannot read d.rasp: it is a folder" in refused("run", "d.rasp", "-i", "a", cwd=folder)
    bound = refused("run", "hist.rasp", "--bind", "f=hist.rasp:hist", "-i", "a", cwd=folder)
    assert "in the paper's language: name a function of Python" in bound


@pytest.mark.parametrize("text", [b'a = "\xff";', b"a" * 16_000_001])
def test_files_that_cannot_be_read(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.rasp").write_bytes(text)
    assert "could not read file: bad.rasp: it " in refused("run", "bad.rasp", "-i", "a", cwd=tmp_path)
    (tmp_path / "loading.rasp").write_text('a = 1;\nload "bad";\n')
    found = refused("run", "loading.rasp", "-i", "a", cwd=tmp_path)
    assert "loading.rasp:2:1: could not read file: bad.rasp: it " in found


def test_errors_on_an_input_name_the_line(folder: Path) -> None:
    for options in ([], ["--no-optimize"], ["--backend", "reference"]):
        found = refused("run", "numbers.rasp", "--input-json", '["a"]', *options, cwd=folder)
        assert found.startswith("raspir: numbers.rasp:2:10: `float` failed at position 0 on 'a'")
        found = refused("run", "numbers.rasp", "--input-json", "[1, 0]", *options, cwd=folder)
        assert found.startswith("raspir: numbers.rasp:2:10: `/` ('halves') failed at position 1 on 10 and 0.0")
    assert output("run", "numbers.rasp", "--input-json", "[4]", cwd=folder) == "[2.5]\n"


def test_errors_of_loaded_files_have_their_place_there(folder: Path) -> None:
    (folder / "lib" / "inner" / "last.rasp").write_text("last = tokens_int;\n")
    assert "raspir: lib/inner/last.rasp:1:8: invalid literal" in refused("run", "lib/outer.rasp", "-i", "a", cwd=folder)
    (folder / "lib" / "inner" / "last.rasp").write_text("last = 1 +;\n")
    assert "raspir: lib/inner/last.rasp:1:11: unexpected" in refused("run", "lib/outer.rasp", "-i", "a", cwd=folder)
    (folder / "lib" / "inner" / "last.rasp").write_text('load "../outer";\n')
    assert "is being loaded already" in refused("run", "lib/outer.rasp", "-i", "a", cwd=folder)


def test_which_of_two_files_is_loaded_is_said_on_standard_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "last.rasp").write_text("last = indices+100;\n")
    note = "lib/inner/middle.rasp:1:1: loaded last.rasp of the working directory, not lib/inner/last.rasp"
    for command in ("run", "show"):
        done = raspir(command, "lib/outer.rasp", "-i", "a", cwd=folder)
        assert (done.returncode, done.stderr) == (0, f"raspir: {note}\n")
        assert "201" in done.stdout
    for command in ("stats", "opt", "plan"):
        assert raspir(command, "lib/outer.rasp", cwd=folder).stderr == f"raspir: {note}\n"
    monkeypatch.chdir(folder)
    with pytest.warns(RaspirWarning, match="of the working directory"):
        load("lib/outer.rasp")


def test_chains_of_files(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"f{number}.rasp").write_text(f'load "f{number + 1}";\n')
    (tmp_path / "f200.rasp").write_text("last = indices;\n")
    assert output("run", "f0.rasp", "-i", "abc", cwd=tmp_path) == "[0, 1, 2]\n"


def test_what_a_file_shows_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "a.rasp").write_text('a = indices+1;\na;\n"x";\na("abc");\ndraw(a,"abc");\nshow example\nexamples on\n')
    assert output("run", "a.rasp", "-i", "abc", cwd=tmp_path) == "[1, 2, 3]\n"
    assert os.listdir(tmp_path) == ["a.rasp"]


def test_modules_may_be_called_rasp(folder: Path) -> None:
    assert output("run", "raspir.tracr.rasp:tokens", "-i", "ab", cwd=folder) == '["a", "b"]\n'


# Layers as RASP counts them


def test_stats_as_rasp(folder: Path) -> None:
    figures = json.loads(output("stats", "hist.rasp", "--as-rasp", "--json", cwd=folder))
    assert figures["as_rasp"] == {"layers": 1, "heads": 2, "heads_per_layer": [2]}
    assert figures["heads"] == 1
    table = output("stats", "several.rasp:counted", "--as-rasp", cwd=folder)
    assert re.search(r"figure +┃ as RASP counts ┃ as written", table)
    assert re.search(r"heads per layer │ +2 │ +1 ", table)
    assert "as_rasp" not in json.loads(output("stats", "hist.rasp", "--json", cwd=folder))
    assert "in .rasp files only" in refused("stats", "examples/addition.py:add", "--as-rasp")


# raspir.load


def test_load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    hist = load("hist.rasp")
    assert isinstance(hist, SOp)
    assert hist("hello") == [1, 1, 2, 2, 1]
    assert (hist + tokens.map(ord))("a") == [98]
    assert load(folder / "hist.rasp", "hist")("aa") == load("hist.rasp:hist")("aa") == [2, 2]
    same = load("hist.rasp", name="same")
    assert isinstance(same, Selector)
    assert same.mean(load("hist.rasp", "length"))("abc") == [3, 3, 3]
    assert load("several.rasp", 'moved(1,"_")')("ab") == ["_", "a"]
    several = load("several.rasp")
    assert list(several) == ["first", "second"]
    assert several["first"]("12") == [0, 10]
    assert isinstance(load("selector.rasp"), Selector)
    with pytest.raises(LoadError, match=r"has no zork"):
        load("several.rasp", "zork")
    with pytest.raises(RaspirError, match=r"several.rasp:3:12"):
        load("several.rasp", 'moved("a",1)')
    (folder / "two.rasp").write_text('load "hist";\nload "alias";\n')
    assert list(load("two.rasp")) == ["same", "hist", "plain", "odd"]  # `same` is bound twice: at its first place


def test_load_of_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.py").write_text("from raspir import *\nonly = tokens + tokens\n")
    (tmp_path / "more.py").write_text(
        "from raspir import *\nb = tokens + tokens\n_a = b + b\na = key(indices) < query(indices)\nn = 3\n"
        "def made():\n    return b + '!'\ndef other():\n    return 5\ndef given(x):\n    return x\n"
    )
    assert load("one.py")("ab") == ["aa", "bb"]
    assert load("more.py", "b")("a") == load("more.py:b")("a") == ["aa"]
    more = load("more.py")
    assert list(more) == ["b", "a", "made"]
    assert more["made"]("a") == ["aa!"]
    assert isinstance(more["a"], Selector)
    with pytest.raises(LoadError, match="requires arguments"):
        load("more.py", "given")
    text = 'raspir 1\n%t = input name="tokens" : atom\n'
    (tmp_path / "one.rir").write_text(f"{text}output a = %t\n")
    assert isinstance(load("one.rir"), Graph)
    (tmp_path / "two.rir").write_text(f"{text}output b = %t\noutput a = %t\n")
    two = load("two.rir")
    assert list(two) == ["b", "a"]
    assert list(two["a"].outputs) == list(load("two.rir", "a").outputs) == ["a"]
    with pytest.raises(LoadError, match="there is no file or module nowhere"):
        load("nowhere")


def test_the_error_of_several_programs_has_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(SeveralProgramsError) as error:
        load_shown("several.rasp")
    assert list(error.value.found) == ["first", "second"]


# Names


def test_variables_name_values_in_drawings(tmp_path: Path) -> None:
    (tmp_path / "a.rasp").write_text(
        "def f(s) { inner = s+1; return inner; }\ndef g(s) { inner = s+2; kept = inner*2; return kept+1; }\n"
        "outer = f(indices);\nagain = outer;\nother = g(indices);\nn = length;\nr = outer*other*n*length;\n"
    )
    text = output("opt", "a.rasp:r", "--no-optimize", cwd=tmp_path)
    names = re.findall(r"^%(\w+) =", text, re.MULTILINE)
    named = [name for name in names if not name.isdigit()]
    assert named == ["tokens", "outer", "inner", "kept", "other", "length", "r"]


def test_puzzles_take_solutions(tmp_path: Path) -> None:
    (tmp_path / "s.rasp").write_text(
        'def shift_(n, s) { return shift(s,n,"_"); }\n'
        "def hist(values) { return selector_width(select(values,values,==)); }\n"
        "def wrong(values) { return values; }\ndef failing(values) { return values+unknown; }\n"
        "def flip(s) { return aggregate(select(indices,length-1-indices,==),s); }\n"
    )
    assert "hist is solved" in output("puzzle", "hist", "s.rasp", cwd=tmp_path)
    assert "flip is solved" in output("puzzle", "flip", "s.rasp:flip", cwd=tmp_path)
    assert "shift is solved" in output("puzzle", "shift", "s.rasp:shift_", cwd=tmp_path)
    assert raspir("puzzle", "hist", "s.rasp:wrong", cwd=tmp_path).returncode == 1
    assert "s.rasp:4:37: Error: Undefined variable" in refused("puzzle", "hist", "s.rasp:failing", cwd=tmp_path)
    assert "does not take the puzzle's arguments" in refused("puzzle", "hist", "s.rasp:shift_", cwd=tmp_path)
    assert "s.rasp has no cumsum" in refused("puzzle", "cumsum", "s.rasp", cwd=tmp_path)


@pytest.mark.parametrize("parameters", ["s, s", "lambda"])
def test_puzzles_refuse_parameters_that_python_has_not(parameters: str, tmp_path: Path) -> None:
    (tmp_path / "p.rasp").write_text(f"def hist({parameters}) {{ return indices; }}\n", encoding="utf-8")
    assert f"Python cannot call hist({parameters})" in refused("puzzle", "hist", "p.rasp", cwd=tmp_path)


def test_lists_that_functions_return_hold_programs(tmp_path: Path) -> None:
    path = tmp_path / "l.rasp"
    path.write_text("def pair(s) { return [s, s + 1]; }\n", encoding="utf-8")
    function = RaspFile(str(path)).solution("pair")
    assert [each("ab") for each in function(indices)] == [[0, 1], [1, 2]]


def test_solutions_are_functions_of_programs_and_atoms(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "f.rasp").write_text(
        "def pick(l, s, k) { return aggregate(s,l[0],k); }\ndef atom(x) { return x; }\nfirst = select(indices,0,==);\n"
    )
    pick = find("f.rasp:pick", "pick").value
    first = load("f.rasp:first")
    assert pick([tokens], first, k="_")("abb") == list("aaa")
    with pytest.raises(ProgramError, match="pick takes programs, selectors, atoms, lists and dicts, not None"):
        pick(None, None, None)
    with pytest.raises(ProgramError, match="pick: missing a required argument"):
        pick(tokens, k="_")
    with pytest.raises(LoadError, match="returned 3, which is not a program"):
        find("f.rasp:atom", "atom").program({"x": 3})


def test_completion(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert [name for name, _ in programs("several.rasp:")] == [
        f"several.rasp:{name}" for name in ("counted", "first", "second")
    ]
    assert programs("several.rasp:fi") == [("several.rasp:first", "indices * 10")]
    assert ("several.rasp:moved", "moved(n, filler)") in solutions("several.rasp:")
    assert functions("f=several.rasp:") == []
    (folder / "broken.rasp").write_text("a = indices;\nb = = 3;\nfor i in [1] { c = indices+i; }\nd = (")
    assert [name for name, _ in programs("broken.rasp:")] == ["broken.rasp:a", "broken.rasp:c"]


# Reports


def test_statements_of_a_file() -> None:
    text = (
        '# c ;\na = 1;\nb = {1:\n 2};\ndef f(x) {\n  y = "};";\n  return {1:2};\n}\nset example "a;"\n'
        "for i in l { x = i;\n # }\n} z = (3\n+1);\ns-op examples off\nq = s-op;\nrest = ("
    )
    assert rasp_statements(text) == [(2, 2), (3, 4), (5, 8), (9, 9), (10, 12), (12, 13), (14, 14), (15, 15)]


def test_reports_show_the_lines(tmp_path: Path) -> None:
    (tmp_path / "a.rasp").write_text(
        "unrelated = 1;\n\n# Where the token occurred before.\nseen = has_focus(\n    select(tokens,tokens,==) and\n"
        "    select(indices,indices,<)\n);\n# Unused.\nother = 2;\n"
    )
    page = output("report", "a.rasp", "-i", "abab", cwd=tmp_path)
    source = re.sub(r"<[^>]+>", "", page[page.index("<figure") : page.index("</figure>")])
    numbers = [int(number) for number in re.findall(r"^\D*?(\d+)  ", source, re.MULTILINE)]
    assert numbers == [3, 4, 5, 6, 7]
    assert "# Where the token occurred before." in source


def test_the_page_on_the_command_line(tmp_path: Path) -> None:
    """Its example of a file, and what it shows of commands on it."""
    page = (ROOT / "docs" / "command-line.md").read_text()
    (text,) = re.findall(r"^```rasp\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (shown,) = re.findall(r"^```console\n(\$ raspir \w+ (?:hist)\.rasp.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "hist.rasp").write_text(text)
    for part in shown.removeprefix("$ ").split("\n$ "):
        command, _, printed = part.partition("\n")
        arguments = [each.replace("'", "") for each in re.findall(r"(?:'[^']*'|\S)+", command)][1:]
        assert output(*arguments, cwd=tmp_path).split() == printed.split(), command
