"""The page on programs written for Tracr: its table of layers, and its tables of names."""

import re
from pathlib import Path

import pytest

import raspir
from raspir.tracr import lib, rasp

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "from-tracr.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.*)` \| (\d+) \| (\d+(?: \(\d+\))?) \| (\d+(?: \(\d+\))?) \|$", PAGE, re.MULTILINE)
TRACR = {
    "make_reverse": 4, "make_shuffle_dyck": 6, "make_shuffle_dyck2": 8, "make_sort": 3, "make_sort_freq": 5,
    "detect_pattern": 3, "make_frac_prevs": 2, "make_pair_balance": 2,
}  # fmt: skip
"""The layers of Tracr's models of these programs, measured with Tracr 1.0."""


def layers(program, causal):
    """Return the layers of the optimized program, and in parentheses its blocks if there are more."""
    stats = raspir.optimize(program, causal=causal).stats()
    return str(stats.layers) if stats.blocks == stats.layers else f"{stats.layers} ({stats.blocks})"


def test_the_table_has_every_program_that_was_measured():
    assert {call.partition("(")[0]: int(tracr) for call, tracr, _, _ in ROWS} == TRACR


@pytest.mark.parametrize(("call", "tracr", "plain", "causal"), ROWS)
def test_layers_are_as_the_table_has_them(call, tracr, plain, causal):
    program = eval(call, {**vars(lib), "rasp": rasp})
    assert (layers(program, causal=False), layers(program, causal=True)) == (plain, causal)
    assert int(plain.partition(" ")[0]) < int(tracr)


def test_the_page_has_every_name():
    names = set(rasp.__all__) - {"NumericValue", "Predicate", "SelectorValue"}
    names -= {"TokensType", "IndicesType", "LengthType", "get_encoding", "is_categorical", "is_numerical"}
    names |= {name for name in vars(lib) if name.startswith("make_")} | {"length", "shift_by", "detect_pattern"}
    assert {name for name in names if not re.search(rf"`(?:[^`\n]*\W)?{name}\b", PAGE)} == set()
