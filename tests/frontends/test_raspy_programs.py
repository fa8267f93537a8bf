"""Programs in the style of RASPy, which its keyword names and lists make: they run with another import alone."""

import operator

import commands
import pytest

import raspir
from raspir import aggregate, indices, key, query, raw, select, tokens, where

everyone = key(x=1) == query(x=1)
before = key(x=indices) < query(x=indices)
so_far = key(x=indices) <= query(x=indices)
length = aggregate(sel=everyone, vallike=1, name="length")


def atoi(seq=tokens):
    return seq.map(f=lambda digit: ord(digit) - ord("0"))


def index(i, seq=tokens):
    return (key(x=indices) == query(x=i)).value(val=seq).name("index")


def shift(i=1, default="_", seq=tokens):
    return aggregate(sel=key(x=indices) == query(x=indices - i), vallike=seq, default=default, name="shift")


def flip(seq=tokens):
    mirrored = select(keylike=length - indices - 1, querylike=indices, predicate=lambda k, q: k == q)
    return aggregate(sel=mirrored, vallike=seq, name="flip")


def rank(seq=tokens):
    earlier_equal = before & (key(x=seq) == query(x=seq))
    return aggregate(sel=(key(x=seq) < query(x=seq)) | earlier_equal, vallike=1, name="rank", width=True)


def minimum(seq=tokens):
    return (key(x=rank(seq)) == query(x=0)).value(val=seq)


def sort(seq=tokens):
    return (key(x=rank(seq)) == query(x=indices)).value(val=seq)


def first(q, seq=tokens):
    return minimum(seq=where(pred=seq == q, t=indices, f=99))


def ralign(default="-", sop=tokens):
    blanks = aggregate(sel=key(x=sop) == query(x="_"), vallike=1)
    return (key(x=indices + blanks) == query(x=indices)).value(val=sop, default=default)


def split(v, i, sop=tokens):
    middle = (key(x=sop) == query(x=v)).value(val=indices)
    if i == 0:
        return ralign(default="0", sop=where(pred=indices < middle, t=sop, f="_"))
    return where(pred=indices > middle, t=sop, f="0")


def cumsum(seq=tokens):
    return so_far.value(val=seq).name("cumsum")


def slide(match, seq=tokens):
    count = cumsum(seq=match)
    following = (key(x=count) == query(x=count + 1)) & (key(x=match) == query(x=True))
    return where(pred=match, t=seq, f=following.value(val=seq))


def add(sop=tokens):
    digits = atoi(seq=split(v="+", i=0, sop=sop)) + atoi(seq=split(v="+", i=1, sop=sop))
    carry = shift(i=-1, default="0", seq=where(pred=digits > 9, t="1", f=where(pred=digits == 9, t="<", f="0")))
    return (digits + atoi(seq=slide(match=carry != "<", seq=carry))) % 10


def balance(opening, closing):
    opened = aggregate(sel=so_far, vallike=tokens == opening, name="opened")
    return opened - aggregate(sel=so_far, vallike=tokens == closing, name="closed")


def shuffle_dyck(pairs):
    balances = [balance(opening=pair[0], closing=pair[1]) for pair in pairs]
    below, final = balances[0] < 0, balances[0] == 0
    for each in balances[1:]:
        below, final = below | (each < 0), final & (each == 0)
    never_below = aggregate(sel=everyone, vallike=below, name="below") == 0
    return aggregate(sel=key(x=indices) == query(x=length - 1), vallike=final) & never_below


def shares(seq=tokens):
    same = key(x=seq) == query(x=seq)
    return (same.width() * 100 / length).round()


WINDOW = 3
window = (key(x=indices) >= query(x=indices - WINDOW + 1)) & so_far

PROGRAMS = {
    "input": (tokens, [5, 2, 4], [5, 2, 4]),
    "positions": (indices, "goodbye", [0, 1, 2, 3, 4, 5, 6]),
    "arithmetic": (tokens * 2 - 1, [1, 2, 3], [1, 3, 5]),
    "two sources": (tokens - 5 + indices, [1, 2, 3], [-4, -2, 0]),
    "either": ((tokens == "l") | (indices == 1), "hello", [False, True, True, True, False]),
    "choice": (where(pred=tokens.has(v=["h", "l"]), t=tokens, f="q"), "hello", list("hqllq")),
    "has a list, a set and a str": (
        tokens.has(v=["h"]) | tokens.has(v={"e"}) | tokens.has(v="o"),
        "hello",
        [True, True, False, False, True],
    ),
    "digits": (atoi(where(tokens == "-", "0", tokens)) + 2, "02-13", [2, 4, 2, 3, 5]),
    "waves": (((indices * 0).cos() + (indices * 0).sin()).round(), "abc", [1, 1, 1]),
    "histogram": ((key(x=tokens) == query(x=tokens)).value(val=1), "hello", [1, 1, 2, 2, 1]),
    "length": (length, "hello", [5] * 5),
    "shares": (shares(), "aab", [67, 67, 33]),
    "window": (window.value(val=tokens), [1, 3, 2, 2, 2], [1, 4, 6, 7, 6]),
    "cumulative sum": (cumsum(), [3, 1, -2, 3, 1], [3, 4, 2, 5, 6]),
    "two layers": (cumsum(length - indices), [3, 2, 3, 5], [4, 7, 9, 10]),
    "index": (index(1), "hello", ["e"] * 5),
    "shift": (shift(i=2), "hello", list("__hel")),
    "shift left": (shift(i=-1, default="."), "abc", list("bc.")),
    "flip": (flip(), "hey", list("yeh")),
    "minimum": (minimum(), [5, 3, 2, 5, 2], [2] * 5),
    "sort": (sort(), [3, 1, 2, 4, 1], [1, 1, 2, 3, 4]),
    "first": (first(q="l"), "hello", [2] * 5),
    "right align": (ralign(), "xyz__", list("--xyz")),
    "split, right": (split(v="+", i=1), "xyz+zyr", list("0000zyr")),
    "split, left": (split(v="+", i=0), "xyz+zyr", list("0000xyz")),
    "slide": (slide(match=tokens != "<"), "xxxh<<<l", list("xxxhllll")),
    "add": (add(), "683+345", [0, 0, 0, 1, 0, 2, 8]),
    "add, a long carry": (add(), "999+1", [0, 1, 0, 0, 0]),
    "brackets in balance": (shuffle_dyck(["()", "{}"]), "(({)})", [True] * 6),
    "brackets out of balance": (shuffle_dyck(["()", "{}"]), "(({)}}", [False] * 6),
    "brackets closed too early": (shuffle_dyck(["()", "{}"]), ")(", [False] * 2),
    "weights": (tokens * [100, 10, 1], [6, 8, 3], [600, 80, 3]),
    "mask": (where(pred=[True, False, True], t=tokens, f=["x", "y", "z"]), "abc", list("ayc")),
    "spelled out": (tokens == list("hallo"), "hello", [True, False, True, True, True]),
    "permutation": ((key(x=indices) == query(x=[2, 0, 1])).value(val=tokens), "abc", list("cab")),
    "of fixed sequences": (
        aggregate(select(keylike=[0, 1, 2], querylike=[1, 2, 3], predicate=operator.lt), [10, 20, 30]),
        "abc",
        [10, 30, 60],
    ),
    "a constant": (raw(x=[1, 2]) + raw(x=(3, 4)), "ab", [4, 6]),
    # RASPy yields something else on these: `~` of booleans is always true, and "the" is three characters.
    "not": (where(pred=~(tokens == "l"), t=1, f=0), "hello", [1, 1, 0, 0, 1]),
    "words": (where(pred=tokens == "the", t="a", f=tokens), ["the", "cat"], ["a", "cat"]),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_of_raspys_style(name):
    program, given, expected = PROGRAMS[name]
    assert program.input(x=given).toseq() == expected
    assert raspir.compile(program)(given).val == expected


SCRIPT = """\
from raspir import *

set_example("abc")

def flip(seq=tokens):
    length = aggregate(sel=key(1) == query(1), vallike=1, name="length")
    return (key(length - indices - 1) == query(indices)).value(seq)

marked = where(pred=flip() == ["c", "x", "a"], t="!", f=tokens)
print(marked)
print(flip().input("hello").toseq())
"""


def test_a_file_runs_and_is_a_program_for_the_command_line(tmp_path):
    (tmp_path / "marked.py").write_text(SCRIPT)
    for name, given, expected in (
        ("marked", "abc", '["!", "b", "!"]\n'),
        ("flip", "hello", '["o", "l", "l", "e", "h"]\n'),
    ):
        done = commands.raspir("run", f"marked.py:{name}", "--input", given, cwd=tmp_path)
        assert done.stdout == expected
        assert done.stderr == "['!', 'b', '!']\n['o', 'l', 'l', 'e', 'h']\n"  # what the file prints
    done = commands.raspir("run", "marked.py:marked", "--input", "ab", cwd=tmp_path)
    assert done.returncode == 2
    message = done.stderr.splitlines()[-1]
    assert message.startswith("raspir: marked.py:9: the fixed sequence has 3 atoms but the input has 2")


@pytest.mark.parametrize("line", ["from raspy import *", "import raspy", "from raspy.rasp import Seq"])
def test_the_import_of_raspy_is_pointed_to_the_page(line, tmp_path):
    (tmp_path / "theirs.py").write_text(f"{line}\n")
    done = commands.raspir("run", "theirs.py:p", "--input", "a", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("raspir: theirs.py:1: ModuleNotFoundError: No module named 'raspy'; ")
    assert done.stderr.endswith("write: from raspir import * (docs/from-raspy.md lists what differs)\n")
