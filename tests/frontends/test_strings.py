"""Warnings where a string of several characters meets characters, and their absence elsewhere."""

import operator
import warnings

import commands
import pytest

import raspir
from raspir import StringWarning, indices, key, query, raw, select, tokens, where

everyone = key(1) == query(1)
shifted = (key(indices) == query(indices - 1)).value(tokens, "<start>")

ON_CHARACTERS = {
    "==": (lambda: tokens == "hello", "`==`: 'hello' is one string at every position, compared with single characters"),
    "== on the left": (lambda: operator.eq("hello", tokens), "`==`: 'hello' is one string"),
    "!=": (lambda: tokens != "hello", "`!=`: 'hello' is one string"),
    "<": (lambda: tokens < "hello", "`<`: 'hello' is one string"),
    "where": (lambda: where(indices < 1, "xy", tokens), "`where`: 'xy' is one string at every position, beside single"),
    "where, else": (lambda: where(indices < 1, tokens, "xy"), "`where`: 'xy' is one string"),
    "key": (lambda: (key("ab") == query(tokens)).width(), "`==`: 'ab' is one string"),
    "query": (lambda: (key(tokens) < query("ab")).width(), "`<`: 'ab' is one string"),
    "moved characters": (lambda: (key(indices) == query(0)).value(tokens) == "ab", "write list('ab')"),
    "the best characters": (lambda: everyone.best(tokens, indices) == "ab", "write list('ab')"),
    "chosen characters": (lambda: where(indices < 1, tokens, "a") == "ab", "write list('ab')"),
    "another default": (lambda: shifted == "<end>", "'<end>' is one string"),
    "a part of a program": (lambda: where(tokens == "ab", 1, 0) + indices, "'ab' is one string"),
}

QUIET = {
    "one character": lambda: tokens == "h",
    "no character": lambda: tokens == "",
    "a number": lambda: tokens == 12,
    "a list of characters": lambda: tokens == list("abc"),
    "a list of words": lambda: tokens == ["ab", "cd", "ef"],
    "a default": lambda: shifted,
    "a default compared": lambda: shifted == "<start>",
    "a default chosen": lambda: where(indices < 1, "<start>", shifted),
    "characters of a text": lambda: tokens.has("abc"),
    "words": lambda: tokens.has(["ab", "cd"]),
    "a sum": lambda: (tokens + tokens) == "aa",
    "a sum with a string": lambda: tokens + "xy",
    "a product": lambda: (tokens * 2) == "aa",
    "a function": lambda: tokens.map(lambda atom: 2 * atom) == "aa",
    "strings alone": lambda: where(indices < 1, "first", "later"),
    "strings compared": lambda: where(indices < 1, "first", "later") == "first",
    "a fixed sequence": lambda: raw(["ab", "c", "d"]) == "ab",
    "a value": lambda: (key(indices) == query(1)).value("hello"),
    "a predicate": lambda: select(tokens, "ab", lambda k, q: k in q).width(),
    "numbers": lambda: where(tokens == "a", 10, indices),
}


def caught(act):
    """Return the warnings of an action."""
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        act()
    return [warning.message for warning in recorded]


@pytest.mark.parametrize("name", ON_CHARACTERS)
def test_a_string_beside_characters(name):
    make, words = ON_CHARACTERS[name]
    program = make()
    for act in (
        lambda: program("abc"),
        lambda: program.input("abc"),
        lambda: repr(program),
        lambda: program("a" * 300),
        lambda: raspir.lower(program, vocab="abc"),
        lambda: raspir.lower({"out": program}, vocab=["a", "b"]),
        lambda: raspir.optimize(program, vocab="abc"),
        lambda: raspir.compile(program, vocab="abc"),
        lambda: raspir.draw(program, "dot", input="abc"),
    ):
        (warning,) = caught(act)
        assert isinstance(warning, StringWarning)
        assert words in str(warning)
        assert "\n" not in str(warning)
        assert warning.location == (__file__, make.__code__.co_firstlineno, None)
    for act in (
        lambda: program(["the", "cat", "a"]),
        lambda: program(list("abc")),
        lambda: program([1, "a"]) if "<" not in words else None,
        lambda: raspir.lower(program),
        lambda: raspir.lower(program, vocab=["the", "a"]),
        lambda: raspir.lower(program, vocab=["a", 1]),
        lambda: raspir.lower(program, max_length=3),
        lambda: raspir.optimize(program),
        lambda: raspir.draw(program, "dot"),
    ):
        assert caught(act) == []


@pytest.mark.parametrize("name", QUIET)
def test_no_warning(name):
    program = QUIET[name]()
    for act in (
        lambda: program("abc"),
        lambda: program(["a", "b", "the"]),
        lambda: raspir.lower(program, vocab="abc"),
        lambda: raspir.compile(program, vocab="abc")("abc"),
        lambda: raspir.optimize(program),
    ):
        assert caught(act) == []


def test_a_selector_warns_itself():
    (warning,) = caught(lambda: (key("ab") == query(tokens))("abc"))
    assert "`==`: 'ab' is one string" in str(warning)
    assert caught(lambda: (key("ab") == query(tokens))(["ab", "c"])) == []


def test_a_line_warns_once_by_default():
    program = tokens == "hello"
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("default")
        program("abc")
        program("abcd")
        (program | (tokens == "h"))("abc")
        raspir.lower(program, vocab="abc")
        (tokens == "hello")("abc")
    assert len(recorded) == 2
    assert {(each.filename, each.lineno) for each in recorded} == {each.message.location[:2] for each in recorded}


def test_the_command_line(tmp_path):
    (tmp_path / "greeting.py").write_text("from raspir import *\n\np = tokens == 'hello'\nq = tokens.has('abc')\n")
    (tmp_path / "lines.txt").write_text("hello\nworld\n")
    warning = "raspir: greeting.py:3: `==`: 'hello' is one string at every position, compared with single characters; "
    for arguments in (
        ("run", "greeting.py:p", "--input", "hello"),
        ("run", "greeting.py:p", "--batch", "lines.txt"),
        ("run", "greeting.py:p", "--no-optimize", "--input-json", '"hello"'),
        ("opt", "greeting.py:p", "--vocab", "helo"),
        ("draw", "greeting.py:p", "--input", "hello", "--format", "dot"),
        ("report", "greeting.py:p", "--input", "hello", "--input", "world", "-o", "page.html"),
    ):
        done = commands.raspir(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done
        assert done.stderr.startswith(warning)
        assert done.stderr.count("\n") == 1
    for arguments in (
        ("run", "greeting.py:p", "--input-json", '["hello", "a"]'),
        ("run", "greeting.py:q", "--input", "abc"),
    ):
        assert commands.raspir(*arguments, cwd=tmp_path).stderr == ""
