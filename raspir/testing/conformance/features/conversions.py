"""Conversions of atoms, lookups by equality, and checks of whole sequences."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import Selector, SOp, indices, tokens
from raspir.ir import Atom, EvaluationError
from raspir.testing.conformance.case import ATOMS, Case, trial
from raspir.testing.conformance.features.common import BEFORE, EVERYTHING, ITSELF, NOTHING, SO_FAR

GROUP = "conversions"

BY_HAND: dict[str, list[tuple[Atom, Atom]]] = {
    "to_int": [
        (True, 1), (7, 7), (-2.75, -2), (2.75, 2), (-0.5, 0), (1e22, 10**22), ("12", 12), (" -7 ", -7), ("1_0", 10),
        (-(2**63), -(2**63)), (2.0**63, 2**63), ("٣", 3),
    ],
    "to_float": [
        (True, 1.0), (-3, -3.0), (-0.0, -0.0), ("1e3", 1000.0), ("-0", -0.0), ("inf", inf), (2**53 + 1, 2.0**53),
        (" .5", 0.5),
    ],
    "to_str": [
        (True, "True"), (-12, "-12"), (0.1, "0.1"), (1.0, "1.0"), (1e22, "1e+22"), (-0.0, "-0.0"), ("a", "a"), ("", ""),
        (-inf, "-inf"), (2**70, "1180591620717411303424"),
    ],
    "to_bool": [
        (True, True), (0, False), (-0.0, False), (0.5, True), ("", False), ("0", True), ("False", True), (2**70, True),
    ],
}  # fmt: skip
"""Atoms with hand-written results of each conversion."""

FAILING: dict[str, tuple[Atom, ...]] = {
    "to_int": ("x", "", "1.5", "0x1", inf, -inf, None),
    "to_float": ("x", "", "nan", "1,5", 10**400, None),
    "to_str": (None,),
    "to_bool": (None,),
}
"""Atoms on which each conversion fails."""


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _converted()
    yield from _items()
    yield from _of_one_type()
    yield from _averages()


def _converted() -> Iterator[Case]:
    for name, pairs in BY_HAND.items():
        convert = expression(SOp, name, (tokens,))
        for kind, atoms in ATOMS.items():
            yield Case(GROUP, f"{name} {kind}", (trial(convert, [list(atoms), [], list(atoms[:1])]),), (name,), kind)
        given, wanted = map(list, zip(*pairs, strict=True))
        alone = trial(convert, [[atom] for atom in given], [[result] for result in wanted])
        yield Case(GROUP, f"{name} by hand", (trial(convert, [given, []], [wanted, []]), alone), (name,))
        good = given[0]
        inputs = [[good, bad, good] for bad in FAILING[name]]
        yield Case(GROUP, f"{name} fails", (trial(convert, inputs, [EvaluationError] * len(inputs)),), (name,))
        skips = expression(SOp, name, (tokens,), ("skip",))
        missing = trial(skips, [[None, given[0], None], [None]], [[None, wanted[0], None], [None]])
        yield Case(GROUP, f"{name} skips None", (missing,), (name,), "none")


def _items() -> Iterator[Case]:
    table = expression(SOp, "item", (tokens,), ((1, "a", 0.5, 0), ("one", True, -0.0, 2**70)))
    found = trial(
        table,
        [[1, True, 1.0, "a"], [0, False, 0.0, -0.0, 0.5], []],
        [["one", "one", "one", True], [2**70, 2**70, 2**70, 2**70, -0.0], []],
    )
    yield Case(GROUP, "item finds equal keys", (found,), ("item",))
    fails = trial(table, [[1, "b"], [2], ["1"], [None]], [EvaluationError] * 4)
    yield Case(GROUP, "item fails without a key", (fails,), ("item",))
    empty = trial(expression(SOp, "item", (tokens,), ((), ())), ["a", ""], [EvaluationError, []])
    yield Case(GROUP, "item of no keys fails", (empty,), ("item",))
    none = trial(expression(SOp, "item", (tokens,), ((None, 2), (0, None))), [[None, 2.0]], [[0, None]])
    yield Case(GROUP, "item finds None", (none,), ("item",), "none")


def _of_one_type() -> Iterator[Case]:
    checked = expression(SOp, "one_type", (tokens,))
    good = [["a", "", "bc"], [1, True, 0.5], [2**70, 1], [True], []]
    yield Case(GROUP, "one_type of strings or numbers", (trial(checked, good, good),), ("one_type",))
    bad = [["a", 1], [0.5, "bc"], [True, 2, "a"], [None], [1, None], ["a", None]]
    yield Case(
        GROUP, "one_type fails on a mixture", (trial(checked, bad, [EvaluationError] * len(bad)),), ("one_type",)
    )
    later = trial(expression(SOp, "one_type", (ITSELF.value(tokens) + 0,)), [[1, 0.5]], [[1, 0.5]])
    uniform = trial(expression(SOp, "one_type", (EVERYTHING.value(1),)), ["abc", "a", ""], [[3] * 3, [1], []])
    yield Case(GROUP, "one_type of an aggregate", (later, uniform), ("one_type",))


def _average(selector: Selector, default: Atom = 0) -> SOp:
    return expression(SOp, "average", (selector, tokens), (default,))


def _averages() -> Iterator[Case]:
    every = trial(
        _average(EVERYTHING),
        [[1, 2, 4, 5], [True, 2], [True, 0.5], [1, 0.5], ["a"], [True], []],
        [[3.0] * 4, [1.5] * 2, [0.75] * 2, [0.75] * 2, ["a"], [True], []],
        layers=1,
    )
    yield Case(GROUP, "average by hand", (every,), ("average",))
    bad = [[True, False], ["a", "b"], [1, "a"], [1, None], [None, None]]
    fails = trial(_average(EVERYTHING), bad, [EvaluationError] * len(bad))
    yield Case(GROUP, "average of several that are no numbers fails", (fails,), ("average",))
    # The last row selects the first two, and no row the last.
    earlier = trial(
        _average(BEFORE),
        [[3, 5, 1], [3, 5, "a"], [3, 5, None], [True, True, 0.5], [True, True, False], [3, "a"]],
        [[0, 3, 4.0], EvaluationError, EvaluationError, [0, True, 1.0], EvaluationError, [0, 3]],
    )
    yield Case(GROUP, "average looks at the whole sequence", (earlier,), ("average",))
    alone = [["a", 1, None], [True, False], [0.5, ""]]
    yield Case(GROUP, "average of one selected is unchanged", (trial(_average(ITSELF), alone, alone),), ("average",))
    never = trial(_average(NOTHING, "none"), [["a", 1], [True, False]], [["none"] * 2] * 2)
    yield Case(GROUP, "average of none is the default", (never,), ("average",))
    of_indices = trial(expression(SOp, "average", (SO_FAR, indices), (0,)), ["abc"], [[0, 0.5, 1.0]])
    yield Case(GROUP, "average of indices", (of_indices,), ("average",), "int")
