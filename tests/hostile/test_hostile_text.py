"""Randomly corrupted textual IR: parsing yields a valid graph or raises a RaspirError."""

from __future__ import annotations

import contextlib
import random

import pytest
from daily import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import raspir
from raspir import RaspirError
from raspir.frontends.files import load
from raspir.ir.text.lexer import tokens as lexed
from raspir.testing.generate import program

HEAD = 'raspir 1\n%tokens = input name="tokens" : none | bool | int | float | str\n%indices = indices : int\n'
WRITTEN = [
    HEAD
    + r"""%s = select.lt %indices, %indices : selector
%x = sum %s, 1 default="_" : int | str also "\u001b[31m"
output out = %x
""",
    HEAD
    + """%m = map %tokens function=@f : bool | int | float | str | none
%n = lookup %m otherwise=0 keys=[1, true, "a"] values=[2.5, -inf, 0xff] : int | float
output "a b" = %n
output c = %indices
""",
    """raspir 1
max_length 4
%tokens = input name="tokens" vocab=["a", "b"] : str
%s = select.eq %tokens, %tokens : selector
%b = best %s, %tokens, 1 pick="highest" ties="left" default=0 : int | str in layer 1
output out = %b
""",
    HEAD
    + """%p = pow %indices, %indices : int | float
%q = raw values=[1, 2] : int
%r = mod "%9d", %p : str
%t = mul %r, %indices : str
output out = %t
output q = %q
""",
]
PIECES = [
    "9" * 5000, "0x" + "f" * 9000, "-inf", "1e999", "nan", '"', "\\", "%", "@", "\x00", "\ud800", "\ufeff", "\r", "\n",
    "\x1b]0;x\x07", "\u202e", "[", "]", "=", ",", ":", "in layer 3", "in layer 99999999999999", 'also "x"', "true",
    "max_length 1", "output o = %x", "%x.1", "# ", "int", "selector", "pow", "mul", '"%1000000000d"', "1000000000",
]  # fmt: skip


def damaged(random_: random.Random, text: str) -> str:
    """Return ``text`` with a few of its tokens, lines or characters lost, repeated, moved or replaced."""
    for _ in range(random_.choice((1, 1, 2, 3, 6))):
        lines = text.split("\n")
        at = random_.randrange(len(lines))
        try:
            words = [token.text for token in lexed(lines[at], "", 1)[:-1]]
        except RaspirError:
            words = lines[at].split(" ")
        kind = random_.randrange(7)
        if kind == 0 and words:
            del words[random_.randrange(len(words))]
        elif kind == 1 and words:
            words.insert(random_.randrange(len(words)), random_.choice(words))
        elif kind == 2 and words:
            i, j = random_.randrange(len(words)), random_.randrange(len(words))
            words[i], words[j] = words[j], words[i]
        elif kind == 3:
            words.insert(random_.randint(0, len(words)), random_.choice(PIECES))
        elif kind == 4 and words:
            words[random_.randrange(len(words))] = random_.choice(PIECES)
        lines[at] = " ".join(words)
        if kind == 5:
            lines.insert(random_.randrange(len(lines)), lines.pop(at))
        text = "\n".join(lines)
        if kind == 6 and text:
            place = random_.randrange(len(text))
            text = text[:place] + random_.choice((chr(random_.randrange(256)), "", "é", "\0")) + text[place + 1 :]
    return text


def tried(text: str) -> None:
    """Read a text, and do with what it holds all that there is to do."""
    graph = raspir.parse(text)
    assert raspir.parse(str(graph)) == graph
    uses = [
        lambda: raspir.compile(graph, "reference", optimize=False)("ab"),
        lambda: raspir.compile(graph, optimize=False)([3, True]),
        lambda: raspir.compile(graph, attention="best")([2.5, "a"]),
        lambda: raspir.emit(raspir.optimize(graph), "numpy", optimize=False),
        lambda: raspir.emit(graph.assume(max_length=3), "text"),
        lambda: raspir.draw(graph, format="dot", input="ab"),
        lambda: graph.assume("ab"),
    ]
    message: list[str] = []
    for use in uses:
        try:
            use()
        except RaspirError as error:
            message.append(str(error))
    assert "internal error" not in " ".join(message)  # a failing pass is reported as an internal error


@examples(60)
@given(st.randoms(use_true_random=False), st.sampled_from([*WRITTEN, None]))
def test_damaged_text(random_, text):
    if text is None:
        text = str(program(random.Random(random_.getrandbits(32))).graph)
    with contextlib.suppress(RaspirError):
        tried(damaged(random_, text))


@settings(deadline=None, max_examples=60)
@given(st.text() | st.lists(st.sampled_from([*PIECES, *" ".join(WRITTEN).split(" ")])).map(" ".join))
def test_any_text(text):
    for each in (text, HEAD + text):
        with contextlib.suppress(RaspirError):
            tried(each)


@settings(deadline=None, max_examples=60)
@given(st.binary())
def test_any_bytes_in_a_file(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("files") / "program.rir"
    for each in (content, b"\xef\xbb\xbf" + content, HEAD.encode() + content):
        path.write_bytes(each)
        with contextlib.suppress(RaspirError):
            load(str(path))


@pytest.mark.parametrize("name", ["\0", "a" * 5000, "\ud800", "a:b:c", ":", "", "..", "os.path", "no/such:file", "-"])
def test_targets(name):
    with pytest.raises(RaspirError):
        load(name)


def test_the_texts_to_damage_are_right():
    for text in WRITTEN:
        assert raspir.parse(text).outputs
