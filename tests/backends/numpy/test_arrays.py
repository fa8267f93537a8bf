"""Array inputs of any dtype, single and batched, against the reference backend."""

from unittest import mock

import numpy as np
import pytest

import raspir
from raspir import select, tokens
from raspir.backends.numpy.kernels import predicates
from raspir.ir.atoms import atom_key

ARRAYS = [
    np.array(5), np.array([[1, 2], [3, 4]]), np.array([2**64 - 1, 1], dtype=np.uint64), np.arange(10)[::-3],
    np.array([1.5, -0.0, np.inf], dtype=np.float16), np.array([1.0, np.nan]), np.arange(3, dtype=">i4"),
    np.array(["a", "b"], dtype=">U1"), np.array(["a", ""]), np.array(["ab", "\ud800"]), np.array(list("abcd"))[::2],
    np.array([1, "a", 2**70, True], dtype=object), np.array([1, None], dtype=object), np.array([1 + 2j]),
    np.array(["2020-01-01"], dtype="datetime64[D]"), np.array([], dtype=object), np.ma.array([1, 2], mask=[0, 1]),
]  # fmt: skip


def message(run, given):
    try:
        return [list(map(atom_key, found)) for found in run(given)]
    except raspir.RaspirError as error:
        return type(error), str(error)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{type(array).__name__} {array.dtype} {array.shape}")
def test_arrays(array):
    judge, run = (raspir.compile(tokens, backend, optimize=False) for backend in ("reference", "numpy"))
    for batch in ([array], [[1], array], ["z", array, "z"], [np.array([2.5]), array]):
        assert message(run.batch, batch) == message(judge.batch, batch)
    assert message(lambda given: [run(given)], array) == message(lambda given: [judge(given)], array)
    assert message(run.batch, array) == message(judge.batch, array)


@pytest.mark.parametrize("batch", [5, None, np.array(5)])
def test_what_is_no_batch(batch):
    text = raspir.emit(tokens, backend="numpy")
    exec(compile(text, "emitted.py", "exec"), space := {"__name__": "emitted"})
    for run in (*(raspir.compile(tokens, backend).batch for backend in ("reference", "numpy")), space["batch"]):
        with pytest.raises(Exception, match="is not a list of inputs"):
            run(batch)


def test_batches_whose_predicates_have_tables_larger_than_a_block():
    run = raspir.compile(select(tokens, tokens, lambda k, q: k < hash(q)).value(1))
    run.block_bytes = 1000
    inputs = [[7 * i % 11 + 100 * n for i in range(10)] for n in range(40)]
    sizes = []
    make = predicates.Predicate

    def seen(codes, wanted, answers):
        sizes.append(answers.queries * answers.keys // 8)
        return make(codes, wanted, answers)

    with mock.patch.object(predicates, "Predicate", seen):
        assert run.batch(inputs) == [[sum(k < q for k in given) for q in given] for given in inputs]
    assert max(sizes) <= 1024


def test_a_buffer_that_is_used_again_between_inputs():
    def rows():
        buffer = np.zeros(2, dtype=int)
        for i in range(3):
            buffer[:] = i
            yield buffer

    assert raspir.compile(tokens + 0).batch(rows()) == [[0, 0], [1, 1], [2, 2]]
