"""Assumptions: a vocabulary, with the class of each atom, and a maximum length; violations are rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from raspir.frontends.lowering import lower
from raspir.frontends.python.embedded import indices, tokens
from raspir.ir import InputError, parse
from raspir.testing.conformance.case import Case, trial
from raspir.testing.conformance.features.common import SAME

GROUP = "assumptions"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    same = SAME.value(1)
    held: dict[str, tuple[Any, list[Any], list[Any]]] = {
        "bool": ((True, False), [[True, False], []], [[1], [True, 0.0], "a"]),
        "int": ((1, 2, 2**64), [[2, 1, 2**64], [1]], [[True], [1.0], [3], [1, 2**64 + 1]]),
        "float": ((0.5, 0.0), [[0.0, 0.5], []], [[-0.0], [0], [0.5, False]]),
        "str": ("abc", ["cab", ["a", "b"], ""], ["abd", ["ab"], "A", [1], [""]]),
        "mixed": ((1, "1", True), [[1, "1", True]], [[1.0], ["True"], [0]]),
    }
    for kind, (vocab, good, bad) in held.items():
        wanted = [*[None] * len(good), *[InputError] * len(bad)]
        trials = tuple(trial(program, [*good, *bad], wanted, vocab) for program in (tokens, same, indices))
        yield Case(GROUP, f"vocabulary {kind}", trials, kind=kind)
    late = trial(same, ["abca", "abcaz"], [[2, 1, 1, 2], InputError], vocab="abc")
    yield Case(GROUP, "vocabulary violated at the end", (late,))
    for limit in (0, 1, 3):
        good = ["a" * n for n in range(limit + 1)]
        inputs = [*good, "a" * (limit + 1), "a" * 50]
        counts = [*([len(text)] * len(text) for text in good), InputError, InputError]
        yield Case(GROUP, f"maximum length {limit}", (trial(same, inputs, counts, max_length=limit),))
    both = trial(same, ["ab", "abz", "abab", ""], [[1, 1], InputError, InputError, []], vocab="ab", max_length=3)
    yield Case(GROUP, "vocabulary and maximum length", (both,))
    unused = trial(indices, ["a", "b"], [[0], InputError], vocab="a")
    yield Case(GROUP, "of an input that nothing reads", (unused, trial(lower(indices), ["abc"], [[0, 1, 2]])))
    second = parse(
        'raspir 1\n%a = input name="a" : atom\n%b = input name="b" vocab=["x"] : str\noutput out = %a\nmax_length 2\n'
    )
    given = [{"a": [1], "b": "x"}, {"a": [1], "b": "y"}, {"a": [1] * 3, "b": "xxx"}]
    yield Case(GROUP, "of the second input", (trial(second, given, [[1], InputError, InputError]),))
