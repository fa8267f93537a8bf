"""Result sequences, and their comparison with other objects."""

import pytest

import raspir
from raspir import RaspirWarning, indices, key, query, tokens

everyone = key(1) == query(1)
flipped = (key(everyone.value(1) - 1 - indices) == query(indices)).value(tokens)


@pytest.mark.parametrize("backend", ["numpy", "reference"])
def test_a_result_compared_with_a_str_warns(backend):
    result = raspir.compile(flipped, backend)("hello")
    for compare, found in (
        (lambda: result == "olleh", False),
        (lambda: result == "olleh", False),
        (lambda: result != "olleh", True),
        (lambda: result != "olleh", True),
        (lambda: result == "", False),
        (lambda: result in ["olleh"], False),
        (lambda: flipped("") == "", False),
        (lambda: flipped(["a", 0]) == "0a", False),
    ):
        with pytest.warns(RaspirWarning, match=r'compare it with list\(text\), or "".join\(sequence\)') as caught:
            assert compare() is found
        assert [each.filename for each in caught] == [__file__]
    # Warnings are errors in these tests.
    assert result == list("olleh") == result
    assert tuple("olleh") == result
    assert result != list("hello")
    assert "".join(result) == "olleh"
    assert result != 5
    assert result is not None
    assert flipped([1, 2]) != "21"


def test_a_warning_comes_once_for_each_line(recwarn):
    for _ in range(3):
        flipped("ab") == "ba"  # noqa: B015
    assert len(recwarn) == 1
