"""Invalid inputs and batches: masked NumPy elements, and a single input in place of a batch."""

import numpy as np
import pytest

import raspir
from raspir import InputError, ProgramError, RaspirError, indices, key, query, raw, tokens

everyone = key(1) == query(1)


def mixed(mask):
    return np.ma.array([1, "a"], mask=mask, dtype=object)


MASKED = {
    "the constant": ([2.0, np.ma.masked], 1),
    "an array": (np.ma.array([1.0, 2.0, 3.0], mask=[False, True, True]), 1),
    "integers": (np.ma.array([1, 2], mask=[True, False]), 0),
    "strings": (np.ma.array(["a", "b"], mask=[False, True]), 1),
    "objects": (mixed([True, False]), 0),
    "an array of none": ([1, np.ma.array(5, mask=True)], 1),
    "in a tuple": (("a", np.ma.masked), 1),
}


@pytest.mark.parametrize("backend", ["numpy", "reference"])
@pytest.mark.parametrize("kind", MASKED)
def test_masked_elements_are_no_atoms(kind, backend):
    given, position = MASKED[kind]
    run = raspir.compile(tokens, backend)
    for use in (run, tokens, lambda it: run.batch([it])):
        with pytest.raises(InputError, match=rf"position {position}: a masked element is not an atom"):
            use(given)
    with pytest.raises(InputError, match=rf"^input 1: position {position}: a masked element"):
        run.batch(["a", given])
    with pytest.raises(InputError, match="a masked element"):
        raspir.lower(tokens, vocab=given)
    for use in (raw, tokens.has):
        with pytest.raises(ProgramError, match=r"test_inputs\.py:\d+: .*a masked element"):
            use(given)


def test_masked_arrays_without_masked_elements_are_inputs():
    for backend in ("numpy", "reference"):
        run = raspir.compile(tokens, backend)
        for array in (np.ma.array([1, 2]), np.ma.array([1, 2], mask=[False, False]), mixed(False)):
            assert run(array) == list(array.data)
        assert run.batch(np.ma.array([[1, 2], [3, 4]])) == [[1, 2], [3, 4]]
        with pytest.raises(InputError, match=r"^input 1: position 0: a masked element"):
            run.batch(np.ma.array([[1, 2], [3, 4]], mask=[[False, False], [True, False]]))


@pytest.mark.parametrize(
    "use",
    [
        lambda: tokens + np.ma.masked,
        lambda: tokens == np.ma.masked,
        lambda: key(np.ma.masked),
        lambda: everyone.value(1, default=np.ma.masked),
        lambda: everyone.best(1, np.ma.masked),
        lambda: raspir.set_example([np.ma.masked]),
        lambda: tokens.map(lambda x: np.ma.masked)([1]),
    ],
)
def test_masked_elements_are_no_constants(use):
    with pytest.raises(RaspirError, match="masked"):
        use()


ONE = [{"a": 1}, {"tokens": "ab"}, "ab", "", b"ab", bytearray(b"ab"), {"ab": 1}.items(), tokens("ab"), tokens]
UNORDERED = [{"ab", "c"}, frozenset("ab"), {"ab": 1}.keys()]


@pytest.mark.parametrize("backend", ["numpy", "reference"])
@pytest.mark.parametrize("given", [*ONE, *UNORDERED, everyone, key(1), 5, None, np.array(3), np.ma.masked])
def test_what_is_no_batch(given, backend):
    run = raspir.compile(tokens, backend)
    for use in [run.batch, *([run.stream] if backend == "numpy" else [])]:
        with pytest.raises(RaspirError) as caught:
            use(given)
        assert "\n" not in str(caught.value)
        assert not str(caught.value).startswith("input ")
    with pytest.raises(RaspirError):
        raspir.compile({"a": tokens, "b": indices}, backend).batch(given)
    if not isinstance(given, dict):
        with pytest.raises(RaspirError):
            raspir.report(tokens, given)


def test_what_is_no_batch_comes_with_advice():
    run = raspir.compile(tokens)
    with pytest.raises(InputError, match=r"'ab' is a single input, not a list of inputs: pass \[input\]"):
        run.batch("ab")
    with pytest.raises(InputError, match="is not a list of inputs: sets are unordered"):
        run.stream({"ab"})


SUM = """raspir 1
%a = input name="a" : atom
%b = input name="b" : atom
%c = add %a, %b : int|float|str
output c = %c
"""


def test_batches():
    two = {"a": [1], "b": [2]}
    graph = raspir.parse(SUM)
    for backend in ("numpy", "reference"):
        run = raspir.compile(tokens, backend)
        for given in (["ab", "c"], ("ab", "c"), iter(["ab", "c"]), np.array(["ab", "c"]), {1: "ab", 2: "c"}.values()):
            assert run.batch(given) == [["a", "b"], ["c"]]
        assert run.batch(list("ab")) == [["a"], ["b"]]
        assert run.batch([run("ab")]) == [["a", "b"]]
        assert raspir.compile(graph, backend).batch([two]) == [[3]]
        with pytest.raises(InputError, match="is a single input"):
            raspir.compile(graph, backend).batch(two)
