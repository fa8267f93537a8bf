"""Hostile command-line arguments: JSON, pipelines, vocabularies and input files."""

from __future__ import annotations

import contextlib
import io
import json
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import raspir
from raspir import RaspirError, key, query, tokens
from raspir.cli import app
from raspir.cli.batch import Lines, Writer, read_json, run_lines
from raspir.cli.shared import allow_long_integers
from raspir.ir.arithmetic import MOST_BITS
from raspir.plugins.options import parse_choices

PROGRAM = raspir.compile((key(tokens) == query(tokens)).value(tokens))
FILE = "examples/attention.py:cumsum"

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.integers(2**60, 2**80)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@settings(deadline=None)
@given(values.map(json.dumps) | st.text() | st.text('[]{}",:0123456789.eE-+tfnN\\u \t'))
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("[" * 100_000 + "]" * 100_000)
@example("9" * 1_000_000)
@example("[1e999999999999999999]")
@example('["\\ud800", "\x00"]')
@example("\ufeff[1]")
@example("[-0, -0.0, NaN, Infinity]")
def test_any_json(text):
    with contextlib.suppress(RaspirError):
        PROGRAM(read_json(text)).tolist()


@settings(deadline=None, max_examples=40)
@given(st.lists(values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40)).map(b"\n".join))
@example(b"\xff")
@example(b"\n\n[1]\r\n\r\n")
@example(b'["\\ud800"]\n["\x9b31m"]')
def test_any_lines(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("lines") / "inputs"
    path.write_bytes(content)
    for read in (str, read_json):
        with contextlib.suppress(RaspirError):
            run_lines(PROGRAM, Lines(path), read, Writer(io.BytesIO()), lambda *_: None)


@settings(deadline=None)
@given(st.text() | st.text("fold,{}= _-depthmax_heads10"))
@example("{" * 100_000)
@example("," * 100_000)
@example(" " * 100_000 + "x")
@example("a{" + "b=c," * 50_000 + "b")
def test_any_pipeline(text):
    with contextlib.suppress(RaspirError):
        parse_choices(text, "pass")


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["fold", "merge", "depth", "fuse", "schedule", "x"]), st.text(), st.text())
@example("depth", "max_heads", "9" * 10_000)
@example("depth", "time_budget", "1e999")
@example("depth", "time_budget", "nan")
def test_any_option(name, option, value):
    with contextlib.suppress(RaspirError):
        raspir.optimize(tokens, passes=f"{name}{{{option}={value}}}")


@settings(deadline=None)
@given(st.text())
@example("\ud800\0")
def test_any_vocabulary(text):
    with contextlib.suppress(RaspirError):
        raspir.compile(tokens == "a", vocab=text)(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", FILE, "--input-json", "[" * 100_000],
        ["run", FILE, "--input-json", "9" * 500_000],
        ["run", FILE, "--input-json", f"[{'9' * 500_000}]"],
        ["run", FILE, "--input-json", "[1", "--max-length", "9" * 100],
        ["run", FILE, "--input", "a", "--backend", "\x1b[31m"],
        ["run", FILE, "--input-json", "[1]", "--bind", "\0=\0"],
        ["run", FILE, "--input-json", "[1]", "--bind", "="],
        ["run", "\0", "--input-json", "[1]"],
        ["run", "examples\x1b[31m.rir:x", "--input-json", "[1]"],
        ["run", FILE, "--batch", "\0"],
        ["opt", FILE, "--passes", "{" * 1000],
        ["opt", FILE, "--passes", "fold", "--vocab", ""],
        ["draw", FILE, "--format", "\0"],
        ["draw", FILE, "-o", "\0.svg"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40].encode("unicode_escape").decode(),
)
def test_arguments_are_refused_in_a_line_that_steers_no_terminal(arguments):
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, RaspirError):
        assert str(result.exception).isprintable()
    else:  # what the parser of the arguments refuses, such as a null character in a name
        assert result.exit_code == 2
        assert "\x1b" not in result.output


def test_what_steers_a_terminal_is_escaped(tmp_path):
    path = tmp_path / "p.rir"
    name = "\\u001b]0;title\\u0007\\u009b31m\\u202e[bold]"
    path.write_text(
        'raspir 1\n%tokens = input name="tokens" : bool | int | float | str\n'
        f'%s = select.eq %tokens, %tokens : selector also "{name}"\n'
        f'%"{name}" = sum %s, 1 default="{name}" : int | str\n'
        f'output "{name}" = %"{name}"\n'
    )
    commands = [
        ["stats", f"{path}"],
        ["stats", f"{path}", "--json"],
        ["plan", f"{path}"],
        ["opt", f"{path}", "--remarks"],
        ["run", f"{path}", "--input-json", '["\\u009b"]'],
        ["emit", f"{path}", "--backend", "text"],
        ["emit", f"{path}", "--backend", "numpy"],
        ["run", f"{path}:x", "--input", "a"],
    ]
    for command in commands:
        result = CliRunner().invoke(app, command)
        message = f"{result.output}{result.exception or ''}"
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(message), command


@pytest.fixture
def digits():
    before = sys.get_int_max_str_digits()
    yield
    sys.set_int_max_str_digits(before)


def test_integers_that_are_too_long_for_json(digits):
    allow_long_integers()
    assert len(json.dumps(1 << MOST_BITS - 1)) == 315_653
    with pytest.raises(RaspirError, match="an integer of more than 320000 digits"):
        read_json("1" + "0" * 400_000)
    with pytest.raises(RaspirError, match="an integer of more than 320000 digits, too long for JSON"):
        Writer(io.BytesIO()).line(raspir.Sequence([10**400_000]))
