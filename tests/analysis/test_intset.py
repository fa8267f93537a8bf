"""Integer sets against Python's sets over a window, and the lattice laws."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from raspir.analysis.intset import IntSet
from raspir.ir.ranges import plus, product, times

WINDOW = range(-12, 13)
bounds = st.one_of(st.integers(-8, 8), st.sampled_from([-inf, inf]))


def _set(intervals):
    return IntSet((a, b) for a, b in intervals if (a, b) not in ((inf, inf), (-inf, -inf)))


sets = st.lists(st.tuples(bounds, bounds), max_size=4).map(_set)


def members(found):
    return {d for d in WINDOW if d in found}


@given(sets, sets)
def test_operations_are_those_of_sets(a, b):
    assert members(a & b) == members(a) & members(b)
    assert members(a | b) == members(a) | members(b)
    assert members(~a) == set(WINDOW) - members(a)
    assert members(-a) == {-d for d in members(a)}
    assert (a <= b) == ((a & ~b) == IntSet([]))


@given(sets, sets, sets)
def test_the_lattice_has_its_laws(a, b, c):
    assert a & (b | c) == (a & b) | (a & c)
    assert ~(a & b) == ~a | ~b
    assert a | (a & b) == a
    assert ~~a == a
    assert not (a & ~a)
    assert a | ~a == IntSet([(-inf, inf)])
    assert len({a & b, b & a}) == 1


@given(sets, st.integers(-5, 5), st.integers(1, 4))
def test_shifts_and_multiples(a, by, factor):
    assert members(a.shift(by).shift(-by)) == members(a)
    assert all((d + by in a.shift(by)) == (d in a) for d in WINDOW)
    assert all((d in a.divided(factor)) == (d * factor in a) for d in WINDOW)


@given(sets)
def test_by_sign(a):
    signs = ([d for d in WINDOW if d < 0], [0], [d for d in WINDOW if d > 0])
    assert a.by_sign == all(len({d in a for d in sign}) == 1 for sign in signs)


@given(sets)
def test_single(a):
    found = members(a)
    assert a.single == (next(iter(found)) if len(found) == 1 and a == IntSet([(min(found), max(found))]) else None)


def test_integers_that_no_float_holds_stand_beside_infinities():
    huge = 10**400
    found = IntSet([(-inf, -huge), (huge, inf)])
    assert huge in found
    assert ~found == IntSet([(1 - huge, huge - 1)])
    assert found.shift(huge).intervals == ((-inf, 0), (2 * huge, inf))
    assert plus(-huge, inf) == plus(inf, huge) == inf
    assert times(-huge, inf) == -inf
    assert times(0, inf) == 0
    assert product((-huge, inf), (0, 2)) == (-2 * huge, inf)
