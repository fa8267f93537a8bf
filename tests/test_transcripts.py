"""Sessions and files in pages: what differs from what raspir shows is found."""

from types import SimpleNamespace

import pytest
import transcripts


@pytest.fixture
def evaluate():
    namespace = {}
    yield lambda text: transcripts.evaluate(SimpleNamespace(parsed=text, namespace=namespace))
    transcripts.close(namespace)


def test_a_session_that_is_right(evaluate):
    assert evaluate(">> def f(x) {\n..     return x + 1;\n..   }\n     console function: f(x)\n") is None
    assert evaluate('>> f(indices)[0];\n     s-op: out\n         Example: out("hello") = […]*5 (ints)\n') is None


@pytest.mark.parametrize(
    "text",
    [
        ">> 1 + 1;\n    value: out =  3\n",
        ">> 1 + 1;\n",
        ">> 1 + 1;\n    value: out =  2\n    value: out =  2\n",
        ">> (1 +\n>> 1);\n    value: out =  2\n",
        ">> def f(x) {\n.. return x; }\n     console function: f(x)\n",
        ">> select(indices, 0, ==);\n     selector: out\n",
    ],
)
def test_what_differs_is_found(evaluate, text):
    assert evaluate(text)


def test_a_file_is_loaded_by_sessions(evaluate):
    assert evaluate("# one.rasp: a number\none = 1;\n") is None
    assert evaluate('>> load "one";\n    value: one =  1\n>> one + 1;\n    value: out =  2\n') is None
    assert evaluate('>> load "examples/rasp/reverse";\n     s-op: mirrored\n     s-op: reverse\n') is None


@pytest.mark.parametrize(
    "text", ["# wrong.rasp\none = 1\n", "# wrong.rasp\none = two;\n", "# wrong.rasp\none = 1/0;\n", "one = 1;\n"]
)
def test_a_file_that_fails_or_has_no_name_is_found(evaluate, text):
    assert evaluate(text)
