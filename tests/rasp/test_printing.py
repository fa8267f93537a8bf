"""Trees of the paper's language as text, and back; and texts that are no programs."""

import pickle

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from trees import commands, expressions, literals, shape, statements, without_one_pair

from raspir import RaspirError
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.lexis import KEYWORDS, SIGNS, words
from raspir.frontends.rasp.printing import unparse
from raspir.frontends.rasp.reader import Reader, parse

CANONICAL = [
    "-2 ^ 2;",
    "-(2 ^ 2);",
    "2 ^ (3 ^ 2);",
    "(7 % 3) * 2;",
    "7 % 3 * 2;",
    "not (a == b);",
    "not a == b;",
    "True or (True and False);",
    "a in (l in m);",
    "1 if (2 in l) == True else 3;",
    "1 if 2 in l else 3;",
    "1 if 1 else (2 if 0 else 3);",
    "1 if 1 if 2 else 3 else 4;",
    "(a if b else c)[0](1, 2)();",
    "(-a)[0];",
    "-a[0];",
    "--a;",
    "a - -b;",
    "round(a) + indicator(b > 1);",
    "aggregate(select(k, q, !=), v, 0.5);",
    "aggregate (s, v) + len (x);",
    "[x for x, y in zip(l, m)];",
    "{k: {} for k in range(1, 2)};",
    "{1: [], \"é\": 0.00000001};",
    "a, b = 1, [2];",
    "draw(a);",
    "draw(a, \"b\");",
    'load "lib/x";',
    "def f() {\n    return 1;\n}",
    "def len (a, b) {\n    for i in a {\n        # nothing\n    }\n    c = b;\n    return a, c;\n}",
    "for i in l {\n    for j in m {\n        i;\n    }\n}",
    "set selector example [1, 2]",
    "show s-op example",
    "examples on",
    "full seq display off",
    "exit",
]  # fmt: skip


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_texts_are_printed_as_they_stand(text):
    (statement,) = parse(text)
    assert unparse(statement) == text


@examples(400)
@given(statements | commands)
def test_printed_trees_parse_back(statement):
    (found,) = parse(unparse(statement))
    assert shape(found) == shape(statement)


@examples(200)
@given(expressions)
def test_no_parenthesis_could_be_left_out(expression):
    text = unparse(expression)
    if '"' not in text:
        for shorter in without_one_pair(text):
            try:
                found = parse(f"{shorter};")
            except RaspSyntaxError:
                continue
            assert len(found) > 1 or shape(found[0].expression) != shape(expression)


@examples(200)
@given(literals)
def test_printed_literals(literal):
    assert [word.read for word in words(unparse(literal), "f", 1)] == [literal.value]


@examples(200)
@given(statements, st.data())
def test_blanks_line_ends_and_comments_change_nothing(statement, data):
    space = st.sampled_from([" ", "\t", "\n", " # no ; ( word\n", '\n\n# "\n'])
    text = "".join(
        str(word) + data.draw(space) if word.type != "COMMENT" else f"{word}\n"
        for line in unparse(statement).split("\n")
        for word in words(line, "f", 1)
    )
    (found,) = parse(text)
    assert shape(found) == shape(statement)


def test_deep_trees_are_printed():
    for text in ("1" + " + 1" * 10_000, "f" + "(1)" * 10_000, "[" * 200 + "]" * 200, "-" * 200 + "1"):
        assert unparse(parse(f"{text};")[0]) == f"{text};"


def refusal(reader, line):
    """Return the error of a line, if it is one."""
    try:
        reader.feed(line)
    except RaspirError as error:
        return error
    return None


def check(lines):
    """Feed lines, and check all that a reader says about them."""
    reader = Reader("f")
    for number, line in enumerate(lines, 1):
        error = refusal(reader, line)
        if error is not None:
            assert isinstance(error, RaspSyntaxError)
            assert (error.location.file, error.location.line) == ("f", number)
            assert 1 <= error.location.column <= len(line)
            assert (len(error.message.splitlines()), len(error.excerpt.split("\n"))) == (1, 2)
            assert not reader.unfinished
            other = pickle.loads(pickle.dumps(error))
            assert (str(other), other.excerpt) == (str(error), error.excerpt)
    error = reader.unfinished_error()
    assert error is None or (error.location.line <= len(lines) and len(error.excerpt.split("\n")) == 2)


tokens = st.sampled_from([*KEYWORDS, *SIGNS, "a", "b", "1", "2.5", '"s"', "# c", "\n", ";", "(", ")"])


@examples(400)
@given(st.lists(tokens, max_size=25))
def test_random_words_raise_nothing_but_errors_of_their_own(sequence):
    check(" ".join(sequence).split("\n"))


@examples(400)
@given(st.text(st.sampled_from("ab1. \t\n;()[]{}=+-*/%^<>!,:\"#'") | st.characters(), max_size=40))
def test_random_characters_raise_nothing_but_errors_of_their_own(text):
    check(text.split("\n"))


@examples(200)
@given(statements, st.data())
def test_damaged_programs_raise_nothing_but_errors_of_their_own(statement, data):
    text = unparse(statement)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 5)))
    check((text[:start] + data.draw(st.sampled_from(["", ";", "(", "}", "a", "def "])) + text[end:]).split("\n"))
