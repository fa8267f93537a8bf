"""Invalid inputs, and programs whose functions are missing."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan
from typing import Any

from raspir.frontends.lowering import lower
from raspir.frontends.python.embedded import indices, select, tokens
from raspir.ir import InputError, parse
from raspir.testing.conformance.case import Case, Trial, trial
from raspir.testing.conformance.features.common import SAME
from raspir.testing.conformance.features.programs import two

GROUP = "mistakes"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    same = SAME.value(1)
    wrong: dict[str, list[Any]] = {
        "None": [None],
        "a number": [5, 2.5, True],
        "a set": [{1, 2}, frozenset("a")],
        "a mapping from other names": [{"other": [1]}, {}],
        "a function": [len],
        "NaN": [[nan], [1, nan, 2], (0.5, nan)],
        "of non-atoms": [[[]], [[1]], ["a", b"b"], [1j], [{}], [object]],
    }
    for name, inputs in wrong.items():
        refused = [InputError] * len(inputs)
        trials = tuple(trial(each, ["a", *inputs], [None, *refused]) for each in (tokens, same))
        yield Case(GROUP, f"an input that is {name}", trials)
    unread = trial(indices, [[nan], [[1]], "ab"], [InputError, InputError, [0, 1]])
    yield Case(GROUP, "an invalid input that nothing reads", (unread,))
    lengths = ({"a": "x", "b": "xy"}, {"a": "", "b": "x"}, {"a": "x"}, {"a": "x", "b": "x", "c": "x"}, "xy", ["x", "y"])
    yield Case(
        GROUP, "several inputs of wrong names or lengths", (Trial(two("found"), lengths, (InputError,) * len(lengths)),)
    )
    for name, program in {
        "map": tokens.map(_opaque),
        "predicate": select(tokens, indices, _either).value(1),
        "function beneath others": (tokens.map(_opaque) == tokens).map(_opaque),
    }.items():
        unbound = Trial(parse(str(lower(program))), ("ab",))
        yield Case(GROUP, f"a {name} that is missing", (unbound,), missing=True)


def _opaque(atom: Any) -> Any:
    return atom


def _either(keyed: Any, queried: Any) -> bool:
    return bool(keyed or queried)
