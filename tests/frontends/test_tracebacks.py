"""Tracebacks of scripts: the frames of raspir are hidden, and one exception is shown unless the user's code raised."""

import json
import linecache
import subprocess
import sys
import traceback
import warnings

import pytest

import raspir
from raspir import library, tokens
from raspir.backends.base import runner
from raspir.frontends.files import load
from raspir.ir import EvaluationError, RaspirError
from raspir.passes.pipeline import run_passes

SCRIPT = "script.py"
NAMES = {
    **{name: getattr(raspir, name) for name in raspir.__all__},
    "raspir": raspir,
    "library": library,
    "runner": runner,
    "load": load,
    "run_passes": run_passes,
    "GRAPH": raspir.lower(tokens),
}


def run_as_script(code, **names):
    """Execute code as a script, and return its error and the shown traceback."""
    source = f"{code}\n"
    linecache.cache[SCRIPT] = len(source), None, source.splitlines(keepends=True), SCRIPT
    space = {"__name__": "__main__", **NAMES, **names}
    with pytest.raises(Exception) as caught:  # noqa: PT011  # any kind
        exec(compile(source, SCRIPT, "exec"), space)
    caught.value.__traceback__ = caught.value.__traceback__.tb_next  # without the frame of this test
    return caught.value, "".join(traceback.format_exception(caught.value))


def frames_of(error):
    return [(frame.filename, frame.name) for frame in traceback.extract_tb(error.__traceback__)]


@pytest.mark.parametrize(
    "code",
    [
        "tokens + None", "range(3) + tokens", "tokens ** None", "pow(tokens, 2, 3)", "-key(tokens)", "tokens ^ 1",
        "divmod(tokens, 2)", "+tokens", "indices < query(2)", "key(1) == 1", "key(tokens) == key(1)",
        "(key(1) == query(1)) & tokens", "~key(1)", "bool(tokens)", "tokens if tokens else 1", "list(tokens)",
        "len(tokens)", "tokens[0]", "tokens[0] = 1", "'a' in tokens", "int(tokens)", "tokens.upper()",
        "tokens.map(5)", "tokens.has(5)", "tokens.name(5)", "tokens()", "tokens(5)", "tokens.input(5)",
        "f'{tokens:>3}'", "SOp()", "Selector()", "Sequence(5)", "key(None)", "query(range(3))", "where(None, 1, 2)",
        "raw(5)", "select(tokens, tokens, 5)", "aggregate(tokens, tokens)", "(key(1) == query(1)).value(key(1))",
        "(key(1) == query(1)).best(tokens, tokens, 'up')", "(1 / tokens)([0])", "(1 / tokens)([0] * 3000)",
        "(key(tokens) < query(1))('a')", "(1 / tokens).name('x')([1, 0])", "raspir.lower(5)",
        "raspir.lower(tokens, vocab=[])", "raspir.lower({})", "raspir.set_example(5)", "raspir.optimize(5)",
        "raspir.optimize(tokens, passes='nope')", "raspir.optimize(tokens, attention='x')",
        "raspir.optimize(tokens, remarks=5)", "raspir.compile(tokens, backend='nope')",
        "raspir.compile(1 / tokens)([0])", "raspir.compile(1 / tokens).batch([[1], [0]])",
        "list(raspir.compile(1 / tokens).stream([[1], [0]]))", "raspir.compile(tokens).batch('ab')",
        "raspir.compile(tokens, vocab='ab')('c')", "raspir.compile(1 / tokens, backend='reference')([0])",
        "raspir.compile(1 / tokens, backend='reference').batch([[0]])", "raspir.emit(tokens, 'nope')",
        "raspir.draw(tokens, 'x')", "raspir.draw(tokens, input=5)", "raspir.report(tokens, 'hello')",
        "raspir.report(tokens, [5])", "raspir.parse('raspir 1\\nx')", "raspir.parse(5)", "raspir.Graph({})",
        "GRAPH.assume(vocab=[()])", "GRAPH.assume(max_length=-1)", "GRAPH.bind({'f': 1})", "runner('nope')",
        "run_passes(GRAPH, 'nope')", "load('missing.py')", "load('missing.rir:a')",
        "library.sort(None)", "library.shift(tokens, None)", "library.minimum(key(1))",
        "raspir.draw(tokens).save('x.png')", "raspir.show(tokens, 5)",
    ],
)  # fmt: skip
def test_errors_show_the_line_of_the_script_alone(code):
    error, shown = run_as_script(code)
    if isinstance(error, RaspirError):
        assert error.__cause__ is None
        assert error.__context__ is None
    assert isinstance(error, RaspirError | AttributeError), shown
    assert frames_of(error) == [(SCRIPT, "<module>")]
    assert shown.splitlines()[1] == f'  File "{SCRIPT}", line 1, in <module>'
    assert shown.count("Traceback") == 1


@pytest.mark.parametrize(
    "code", ["where(1)", "key(1, 2)", "tokens.map()", "raspir.lower()", "raspir.optimize(tokens, x=1)", "raspir.draw()"]
)
def test_calls_with_the_wrong_arguments_show_the_call(code):
    error, shown = run_as_script(code)
    assert type(error) is TypeError
    assert frames_of(error) == [(SCRIPT, "<module>")]
    assert "argument" in shown


@pytest.mark.parametrize(
    "code",
    [
        "tokens.map(fail)([1])", "raspir.compile(tokens.map(fail))([0, 1])", "tokens.map(fail)([0] * 3000 + [1])",
        "list(raspir.compile(tokens.map(fail)).stream([[0], [1]]))",
        "raspir.compile(tokens.map(fail), backend='reference').batch([[1]])",
        "select(tokens, tokens, lambda a, b: fail(a))([1])",
        "raspir.compile(select(tokens, tokens, lambda a, b: fail(a)).value(1))([1])",
    ],
)  # fmt: skip
def test_exceptions_of_functions_are_the_cause_with_their_own_frames(code):
    error, shown = run_as_script(f"def fail(atom):\n    return 1 / (ord(chr(atom)) - 1)\n{code}")
    assert isinstance(error, EvaluationError)
    assert frames_of(error) == [(SCRIPT, "<module>")]
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert frames_of(error.__cause__)[-1] == (SCRIPT, "fail")
    assert {file for file, _ in frames_of(error.__cause__)} == {SCRIPT}
    assert shown.count("Traceback") == 2


def test_exceptions_while_values_are_read_are_the_cause():
    code = "class Atoms:\n    def __iter__(self):\n        return iter(open('no such file'))\nraw(Atoms())"
    error, shown = run_as_script(code)
    assert frames_of(error.__cause__) == [(SCRIPT, "__iter__")]
    assert shown.count("Traceback") == 2


def test_an_exception_that_the_script_handles_is_still_the_context():
    error, shown = run_as_script("try:\n    {}['x']\nexcept KeyError:\n    range(3) + tokens")
    assert isinstance(error.__context__, KeyError)
    assert "During handling of the above exception" in shown
    assert shown.count("Traceback") == 2


class _Faulty:
    name, summary = "faulty", "fails"

    def compile(self, graph):
        return lambda given: json.loads("}")

    def run(self, graph, context):
        raise KeyError("not today")


@pytest.mark.parametrize("code", ["raspir.compile(tokens, faulty)('a')", "raspir.optimize(tokens, passes=[faulty])"])
def test_crashes_of_plugins_show_the_plugin(code):
    error, _ = run_as_script(code, faulty=_Faulty())
    assert error.crash
    assert frames_of(error) == [(SCRIPT, "<module>")]
    assert frames_of(error.__cause__)[0][0] == __file__
    line = _Faulty.compile.__code__.co_firstlineno + 1 if "compile" in code else _Faulty.run.__code__.co_firstlineno + 1
    assert f"test_tracebacks.py:{line}: " in str(error)


def test_crashes_of_raspir_show_all_of_the_cause(monkeypatch):
    monkeypatch.setattr("raspir.passes.fold.Fold.run", lambda self, graph, context: 5 / 0)
    error, shown = run_as_script("raspir.optimize(tokens)")
    assert "internal error: pass fold failed" in str(error)
    assert "pipeline.py" in shown


def test_the_environment_variable_keeps_all_frames(monkeypatch):
    monkeypatch.setenv("RASPIR_TRACEBACK", "full")
    error, shown = run_as_script("range(3) + tokens")
    assert len(frames_of(error)) > 3
    assert "During handling of the above exception" in shown


def test_warnings_as_errors_show_the_line_of_the_script_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        error, _ = run_as_script("raspir.lower(tokens * tokens, vocab='ab')")
    assert isinstance(error, raspir.VocabularyWarning)
    assert frames_of(error) == [(SCRIPT, "<module>")]


def test_a_script_ends_with_its_own_lines(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from raspir import *\n\ndef main():\n    return tokens.map(ord) + [1, ()]\n\nmain()\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    shown = [line.strip() for line in done.stderr.splitlines()]
    frames = [line for line in shown if line.startswith("File")]
    assert frames == [f'File "{script}", line 6, in <module>', f'File "{script}", line 4, in main']
    assert shown[-1].startswith(f"raspir.ir.errors.ProgramError: {script}:4: ")
