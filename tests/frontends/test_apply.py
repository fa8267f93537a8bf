"""Functions of several sequences, and missing values, in the embedded language."""

import pytest

import raspir
from raspir import ProgramError, SOp, apply, elementwise, indices, key, query, raw, tokens, where

HERE = key(tokens) == query(indices)
FOUND = HERE.value(tokens, default=None)


def test_apply():
    assert apply(lambda a, b, c: (a, b, c) == (4, 0, 9), tokens, indices, 9)([4, 4]) == [True, False]
    assert apply(max, tokens, [3, 4])([5, 1]) == [5, 4]
    assert SOp.zip(max, tokens, indices)([5, 0]) == [5, 1]
    assert apply(str, tokens)([5]) == ["5"]
    assert apply(lambda a, b: b is None, tokens, None, none="skip")([1]) == [None]


def test_none_reaches_no_function():
    def refuse(*atoms):
        assert None not in atoms
        return len(atoms)

    assert FOUND.map(refuse, none="skip")([1, 7]) == [None, 1]
    assert apply(refuse, FOUND, indices, none="skip")([1, 7]) == [None, 2]
    with pytest.raises(
        raspir.EvaluationError, match=r"test_apply\.py:.*`map\(refuse\)` failed at position 0 on None and 0"
    ):
        apply(refuse, FOUND, indices)([1, 7])


def test_elementwise():
    @elementwise
    def larger(a, b):
        """Return the larger one."""
        return a if a > b else b

    @elementwise(none="skip")
    def next_one(a):
        return a + 1

    assert larger(3, 5) == 5
    assert larger(tokens, 2)([1, 3]) == [2, 3]
    assert larger(tokens, indices)([0, 0]) == [0, 1]
    assert larger.__doc__ == "Return the larger one."
    assert larger.__name__ == "larger"
    assert next_one(raw([1, None]))("ab") == [2, None]
    assert "@larger" in str(raspir.lower(larger(tokens, indices)))
    with pytest.raises(ProgramError, match="pass programs by position"):
        larger(tokens, b=2)


def test_missing_values():
    assert FOUND([1, 7]) == [None, 1]
    assert FOUND.is_none()([1, 7]) == [True, False]
    assert (~FOUND.is_none())([1, 7]) == [False, True]
    assert FOUND.or_else("_")([1, 7]) == ["_", 1]
    assert FOUND.or_else(indices * 10)([7, 7]) == [0, 10]
    assert where(tokens > 1, tokens, None)([1, 2]) == [None, 2]
    assert tokens.has([None, 2])([None, 2, 1]) == [True, True, False]
    assert (key(tokens) == query(tokens)).value(1)([None, 0, None]) == [2, 1, 2]
    assert (tokens == FOUND)([None, 7]) == [True, False]
    assert raspir.lower(tokens, vocab=[None, 1]).inputs["tokens"].vocabulary == (1, None)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: apply(tokens, indices), "apply takes a function first and then programs, not a program"),
        (lambda: apply(max), "apply takes at least one program after the function"),
        (lambda: apply(lambda a: a, tokens, indices), "<lambda>(a) cannot be called with 2 arguments, one atom each"),
        (lambda: tokens.map(lambda a, b: a), "<lambda>(a, b) cannot be called with 1 argument, one atom each"),
        (lambda: raspir.select(tokens, tokens, lambda a: a), "<lambda>(a) cannot be called with 2 arguments"),
        (
            lambda: apply(max, tokens, None),
            'max is not called with None, so that it would fail at each position: none="skip"',
        ),
        (lambda: apply(max, tokens, HERE), "a selector is not a sequence of atoms"),
        (lambda: apply(max, tokens, 1, none="value"), "none must be error or skip, not 'value'"),
        (lambda: elementwise(tokens), "elementwise decorates a function of atoms, not a program"),
    ],
)
def test_mistakes(make, words):
    with pytest.raises(ProgramError) as caught:
        make()
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.location == (__file__, make.__code__.co_firstlineno, None)
