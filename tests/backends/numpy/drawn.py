"""Hypothesis strategies for atoms, columns, runs and selections, and their comparison."""

from contextlib import ExitStack, contextmanager
from math import inf
from unittest import mock

import numpy as np
from hypothesis import strategies as st

from raspir.backends.numpy.kernels import conditions, execution, selections, summation
from raspir.backends.numpy.kernels.columns import column_of, integers, take
from raspir.backends.numpy.kernels.failures import Site
from raspir.backends.numpy.kernels.predicates import predicate
from raspir.backends.numpy.kernels.runs import Run, full
from raspir.ir.atoms import atom_key

AT = Site("`op`")

small = st.integers(-3, 4)
bools = st.booleans()
wholes = st.one_of(small, st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1, 2**62, 2**63 - 1, -(2**63)]))
large = st.sampled_from([2**63, -(2**63) - 1, 2**70, -(2**70), 10**400])
integral = st.one_of(small, bools, wholes, large)
floats = st.sampled_from([0.0, -0.0, 0.5, -1.5, 0.1, 2.0, 1e16, 2.0**53, 2.0**63, 5e-324, 1e308, -1e308, inf, -inf])
characters = st.sampled_from(["a", "b", "é", "\U0001f600", "\ud800", "\0", " "])
texts = st.one_of(characters, st.sampled_from(["", "ab", "long " * 20]))
numbers = st.one_of(small, bools, wholes, large, floats)
atoms = st.one_of(numbers, texts)
missing = st.none()
EDGES = [sign * 2**bits + by for bits in (7, 8, 15, 16, 31, 32) for sign in (1, -1) for by in (-1, 0, 1)]
widths = st.one_of(small, st.sampled_from(EDGES))
KINDS = {
    "bools": bools, "small": small, "widths": widths,
    "wholes": wholes, "integral": integral, "floats": floats, "numbers": numbers,
    "exact": st.one_of(small, bools, st.sampled_from([0.5, -1.5, 2.0, 0.0])), "characters": characters, "texts": texts,
    "atoms": atoms, "missing": missing, "small or missing": st.one_of(small, bools, missing),
    "characters or missing": st.one_of(characters, missing), "any": st.one_of(atoms, missing),
}  # fmt: skip
kinds = st.sampled_from(list(KINDS.values()))


def exact(found):
    return [atom_key(atom) for atom in found]


@st.composite
def columns(draw, size, of=None):
    """A column of ``size`` atoms, and the atoms; it may say that it holds more kinds than it does."""
    of = draw(kinds) if of is None else of
    held = draw(st.lists(of, min_size=size, max_size=size))
    more = draw(st.lists(of, max_size=2))
    column = column_of(held + more)
    return (take(column, slice(0, size)) if more else column), held


@st.composite
def runs(draw, longest=7, single=None):
    count = 1 if draw(st.booleans() if single is None else st.just(single)) else draw(st.integers(2, 4))
    lengths = draw(st.lists(st.integers(1, longest), min_size=count, max_size=count))
    return Run(np.array(lengths), draw(st.sampled_from([1, 2**20])))


@st.composite
def values(draw, run, of=None, uniform=False):
    """A column for a run: one atom, one for each sequence, or one for each position."""
    sizes = (1, run.count) if uniform else (1, run.n, run.n, run.n)
    return draw(columns(draw(st.sampled_from(sizes)), of))[0]


@st.composite
def filters(draw, run, uniform):
    found = {}
    if draw(st.booleans()):
        found["keys"] = draw(values(run, bools))
    if draw(st.integers(0, 3)) == 0:
        found["queries"] = draw(values(run, bools, uniform))
    return found


def near(a, b):
    return hash(str(a)) % 3 <= hash(str(b)) % 3


@st.composite
def equals(draw, run, uniform):
    of = draw(
        st.sampled_from([small, widths, characters, integral, KINDS["any"], KINDS["exact"], KINDS["small or missing"]])
    )
    key = draw(values(run, of))
    if not uniform and draw(st.booleans()):
        return conditions.equal(run, key := full(run, key), key)
    if of is small and draw(st.booleans()):
        return conditions.equal(run, key, draw(values(run, small, uniform)), draw(small))
    return conditions.equal(run, key, draw(values(run, of, uniform)))


OUTCOMES = [(None, -1), (None, 0), (0, None), (1, None)]


@st.composite
def bounds(draw, run, uniform):
    if draw(st.booleans()):
        of = draw(st.sampled_from([small, widths, wholes, integral]))
        low = draw(st.sampled_from([None, -2, -1, 0, 1, 2]))
        high = draw(st.sampled_from([None, *range(-2 if low is None else low, 4)]))
        key = draw(values(run, of))
        query = key = full(run, key)
        if uniform or draw(st.booleans()):
            query = draw(values(run, of, uniform))
        return conditions.between(run, key, query, low, high)
    of = draw(st.sampled_from([small, numbers, texts, characters, floats]))
    key = query = full(run, draw(values(run, of)))
    if uniform or draw(st.booleans()):
        query = draw(values(run, of, uniform))
    return conditions.ordered(run, key, query, *draw(st.sampled_from(OUTCOMES)))


@st.composite
def asked(draw, run, uniform):
    of = draw(st.sampled_from([small, KINDS["any"]]))
    return predicate(run, draw(values(run, of)), draw(values(run, of, uniform)), near, AT)


def _offset(draw, run):
    return integers(np.array([draw(st.integers(-9, 9))]))


def everything(draw, run, uniform):
    return selections.Everything(run, **draw(filters(run, uniform)), uniform=uniform)


def sliding(draw, run, uniform):
    low, high = draw(st.none() | st.integers(-9, 9)), draw(st.none() | st.integers(-9, 9))
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    return selections.Sliding(run, low, high, draw(st.none() | values(run, bools)))


def grouped(draw, run, uniform):
    groups = draw(st.lists(equals(run, uniform), min_size=1, max_size=3))
    return selections.Grouped(run, groups, **draw(filters(run, uniform)), uniform=uniform)


def window(draw, run, uniform):
    groups = draw(st.lists(equals(run, uniform), max_size=2))
    return selections.Window(run, groups, draw(bounds(run, uniform)), **draw(filters(run, uniform)), uniform=uniform)


def dominance(draw, run, uniform):
    groups = draw(st.lists(equals(run, uniform), max_size=2))
    both = draw(bounds(run, uniform)), draw(bounds(run, uniform))
    return selections.Dominance(run, groups, *both, **draw(filters(run, uniform)), uniform=uniform)


def tabled(draw, run, uniform):
    groups = draw(st.lists(equals(run, uniform), max_size=2))
    return selections.Tabled(run, groups, draw(asked(run, uniform)), **draw(filters(run, uniform)), uniform=uniform)


def blocks(draw, run, uniform):
    made = [draw(st.one_of(equals(run, uniform), bounds(run, uniform), asked(run, uniform))) for _ in range(3)]
    combined = conditions.Combined(tuple(made), (("not", 1), ("and", 0, 3), ("or", 4, 2)))
    return selections.Selection(run, (combined,), **draw(filters(run, uniform)), uniform=uniform)


def at_position(draw, run, uniform):
    position = draw(values(run, st.one_of(small, integral), uniform))
    more = () if uniform else tuple(draw(st.lists(st.one_of(equals(run, False), bounds(run, False)), max_size=1)))
    return selections.at_position(run, position, more, **draw(filters(run, uniform)), uniform=uniform)


def shifted(draw, run, uniform):
    return selections.shifted(run, draw(st.sampled_from([1, -1])), _offset(draw, run))


def signed(draw, run, uniform):
    part = ALONE[draw(st.sampled_from(sorted(ALONE)))](draw, run, uniform)
    whole = selections.Everything(run, uniform=part.uniform if draw(st.booleans()) else True)
    return selections.Signed(run, ((1, whole), (-1, part)), uniform=part.uniform)


def union(draw, run, uniform):
    names = draw(st.lists(st.sampled_from(sorted(ALONE)), min_size=2, max_size=3))
    parts = [ALONE[name](draw, run, uniform) for name in names]
    return selections.Union(run, parts, uniform=all(part.uniform for part in parts))


ALONE = {
    made.__name__: made
    for made in (everything, sliding, grouped, window, dominance, tabled, blocks, at_position, shifted)
}
MADE = {**ALONE, "signed": signed, "union": union}
WITHOUT_BEST = {"dominance", "signed"}
"""What no strategy fetches the best of, quickly; ``signed`` cannot at all."""


@st.composite
def selected(draw, run, name=None):
    """A selection of a run."""
    name = draw(st.sampled_from(sorted(MADE))) if name is None else name
    uniform = name not in ("sliding", "shifted") and draw(st.integers(0, 3)) == 0
    return MADE[name](draw, run, uniform)


def matrix(selection):
    """Which of all positions each row of a selection selects, by its mask."""
    return selection.mask(np.arange(selection.rows), slice(0, selection.run.n))


BRANCHES = {
    "as it is": (),
    "no tables": ((conditions, "small", lambda size, n: False), (selections, "small", lambda size, n: False)),
    "large": ((conditions, "_LARGE", 0),),
    "not one by one": ((summation, "SMALL", 0),),
    "short": ((selections, "are_short", lambda run: not run.single),),
    "small chunks": ((execution, "CHUNK", 3),),
}
"""Thresholds set so that small inputs take the ways that large ones do."""


@contextmanager
def branch(*names):
    with ExitStack() as stack:
        for name in names:
            for module, attribute, value in BRANCHES[name]:
                stack.enter_context(mock.patch.object(module, attribute, value))
        yield
