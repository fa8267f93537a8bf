"""Emitted modules, run in a fresh interpreter with NumPy but without raspir."""

import importlib
import json
import pkgutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import Fails, build, evaluate, inputs, number_inputs, programs

import raspir
import raspir.backends.numpy.kernels
from raspir import indices, key, query, raw, select, tokens
from raspir.backends.numpy.extract import Extract
from raspir.ir.atoms import atom_key, read_sequence

ALONE = """
import sys
for name in ("raspir", "networkx", "graphviz", "highspy", "typer", "rich"):
    sys.modules[name] = None  # importing it fails
"""


def alone(text, code, tmp_path):
    """Run ``code`` beside a module called ``emitted``, in an interpreter that cannot import raspir."""
    (tmp_path / "emitted.py").write_text(text)
    script = ALONE + f"sys.path.insert(0, {str(tmp_path)!r})\nimport emitted\n" + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)


def emitted(program, **options):
    return raspir.emit(program, backend="numpy", **options)


def loaded(text):
    module = type(sys)("emitted")
    sys.modules["emitted"] = module  # dataclasses look for their module
    exec(compile(text, "emitted.py", "exec"), module.__dict__)
    return module


before = (key(indices) == query(indices - 1)).value(tokens, default=None)
PROGRAMS = {
    "hist": ((key(tokens) == query(tokens)).value(1), None, ["hello", [3, 1, 3], [1, True, 1.0, "1"], []]),
    "earlier smaller": (
        ((key(indices) < query(indices)) & (key(tokens) < query(tokens))).value(1), None, [[3, 1, 2, 1, 5], "banana"],
    ),
    "window of floats": (
        ((key(indices) >= query(indices - 2)) & (key(indices) <= query(indices))).mean(tokens), None,
        [[0.1, 0.2, 0.3, 0.4], [2**70, 1, 2]],
    ),
    "best": ((key(tokens) != query(tokens)).best(tokens, indices, default="none"), None, ["abca", [1, 1]]),
    "opaque with a vocabulary": (tokens.map(ord) + 1, "abc", ["abcab"]),
    "predicate with a vocabulary": (select(tokens, tokens, lambda k, q: k < q).value(indices), "abc", ["abcab"]),
    "fixed": (raw([1, 2.5, "x"]), None, ["abc"]),
    "missing values": ((before == tokens) | before.is_none(), None, ["aab", [None, None, 1], [2]]),
    "a function of two": (raspir.apply(lambda a, b: f"{a}{b}", tokens, before, none="skip"), "abc", ["abcab", ""]),
    "none as an input": (tokens.or_else(7) + 1, None, [[1, None, 2], [None], [0.5, None]]),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_modules_run_where_there_is_only_numpy(name, tmp_path):
    program, vocab, given = PROGRAMS[name]
    run = raspir.compile(program, "reference", vocab=vocab)
    code = f"print(repr([[emitted.run(x) for x in {given!r}], emitted.batch({given!r})]))"
    done = alone(emitted(program, vocab=vocab), code, tmp_path)
    assert done.stderr == ""
    one, several = eval(done.stdout)
    wanted = [[atom_key(atom) for atom in run(x)] for x in given]
    assert [[atom_key(atom) for atom in each] for each in one] == wanted
    assert [[atom_key(atom) for atom in each] for each in several] == wanted


def test_errors_say_what_those_of_the_reference_say(tmp_path):
    program = (10 // tokens).name("quotient")
    text = emitted(program)
    done = alone(text, "try:\n    emitted.run([1, 0])\nexcept emitted.EvaluationError as e:\n    print(e)", tmp_path)
    with pytest.raises(raspir.EvaluationError) as error:
        raspir.compile(program, "reference")([1, 0])
    assert done.stdout.strip() == str(error.value)
    done = alone(emitted(tokens, vocab="ab"), "emitted.run('abc')", tmp_path)
    assert "InputError: position 2 holds 'c', which is not in the assumed vocabulary ('a', 'b')" in done.stderr


def test_several_outputs_are_dictionaries(tmp_path):
    text = emitted({"twice": tokens + tokens, "place": indices})
    done = alone(text, "import json\nprint(json.dumps(emitted.batch(['ab', 'c'])))", tmp_path)
    assert json.loads(done.stdout) == [{"twice": ["aa", "bb"], "place": [0, 1]}, {"twice": ["cc"], "place": [0]}]


def test_an_input_is_shown_when_the_module_is_run_as_a_script(tmp_path):
    (tmp_path / "shown.py").write_text(emitted(tokens * 2, input=[1, 2]))
    done = subprocess.run([sys.executable, "-I", tmp_path / "shown.py"], capture_output=True, text=True, check=True)
    assert done.stdout == "[2, 4]\n"


def test_opaque_functions_without_a_table_are_refused():
    with pytest.raises(raspir.BackendError, match=r"@ord cannot become a table: .* give a vocabulary \(--vocab\)"):
        emitted(tokens.map(ord))
    with pytest.raises(raspir.BackendError, match=r"@<lambda> cannot become a table|@lambda cannot become a table"):
        emitted(select(tokens, tokens, lambda k, q: bool(str(k))).value(1))


@pytest.mark.parametrize("optimize", [True, False])
def test_a_table_fails_where_its_function_does(optimize, tmp_path):
    program = tokens.map(int) + select(tokens, tokens, lambda k, q: ord(k) < 48 + 5 // (ord(q) - 48)).value(1)
    text = emitted(program, vocab="120+", optimize=optimize)
    done = alone(text, "import json\nprint(json.dumps(emitted.batch(['12', '']))); emitted.run('1+')", tmp_path)
    assert json.loads(done.stdout) == [[3, 3], []]
    assert "`map(int)` failed at position 1 on '+': ValueError: invalid literal for int()" in done.stderr
    module = loaded(
        emitted(select(tokens, tokens, lambda k, q: ord(k) < 48 + 5 // (ord(q) - 48)).value(1), vocab="120")
    )
    assert module.run("12") == [2, 1]
    with pytest.raises(Exception, match="key '2' and query '0': ZeroDivisionError: integer division or modulo by zero"):
        module.run("210")


def test_names_of_kernels_and_keywords_can_be_the_authors(tmp_path):
    program = ((tokens.name("add") + 1).name("class") * 2).name("Column") - tokens.name("np")
    module = loaded(emitted(program))
    assert module.run([1, 2]) == program([1, 2])


@pytest.mark.parametrize("name", ["two\nlines", "\r", "\0", "\ud800", "\x0c", "\u2028", '"""', "\\", "\\N{no}"])
def test_names_can_be_any_string(name):
    named = (tokens + 1).name(name)
    module = loaded(emitted(((key(named) < query(named)).value(named)).name(name)).encode().decode())
    assert module.run([1, 2, 3]) == [0, 2, 5]


def test_integers_that_python_does_not_write_in_decimal():
    large = 10**5000
    program = (key(indices) == query(indices - 1)).value(tokens, default=large) + large
    module = loaded(emitted(program))
    assert module.run([1, large]) == raspir.compile(program)([1, large]) == [2 * large, large + 1]


@pytest.mark.parametrize("given", ["ab", [1, float("inf"), -float("inf"), -0.0], np.array([1, 2]), (1, "x", 10**5000)])
def test_any_input_can_be_shown(given):
    text = emitted(tokens, input=given)
    shown = text.splitlines()[-1].strip().removeprefix("print(run(").removesuffix("))")
    assert list(map(atom_key, eval(shown))) == list(map(atom_key, read_sequence(given)))


def test_a_module_holds_only_the_kernels_that_it_uses():
    plain = emitted(tokens + 1)
    assert "class Dominance" not in plain
    assert "class Selection" not in plain
    both = ((key(indices) < query(indices)) & (key(tokens) < query(tokens))).value(1)
    assert "class Dominance" in emitted(both)
    assert "class Grouped" not in emitted(both)


def test_kernels_have_names_of_their_own():
    kernels = [name for _, name, _ in pkgutil.iter_modules(raspir.backends.numpy.kernels.__path__)]
    modules = [importlib.import_module(f"raspir.backends.numpy.kernels.{name}") for name in kernels]
    own = [each for m in modules for each in vars(m).values() if getattr(each, "__module__", None) == m.__name__]
    roots = [each for each in own if callable(each)]
    assert len(roots) > 100
    Extract(roots).definitions()  # which says so if two have one name


@settings(max_examples=25, deadline=None)
@given(programs(max_size=10), st.lists(st.one_of(inputs, number_inputs), min_size=1, max_size=3), st.booleans())
def test_generated_programs(program, given_inputs, optimize):
    try:
        made = build(program)
        module = loaded(emitted(made, optimize=optimize))
    except (raspir.ProgramError, raspir.BackendError):
        assume(False)
    for given_input in given_inputs:
        try:
            wanted = evaluate(program, given_input)
        except Fails:
            if not optimize:
                with pytest.raises(module.RaspirError):
                    module.run(given_input)
            continue
        got = module.run(given_input)
        if optimize:
            assert got == wanted
        else:
            assert [atom_key(atom) for atom in got] == [atom_key(atom) for atom in wanted]
