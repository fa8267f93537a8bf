"""What embeddings hold at BOS."""

import numpy as np

from raspir.transformer.affine import Affine
from raspir.transformer.bos import Read, at_bos
from raspir.transformer.stream import FLAG, Direction


def embedding(what):
    return Direction("embedding", what, 0.0, 3.0, values=np.arange(4.0))


def test_each_read_has_its_target():
    x, y = embedding("x"), embedding("y")
    reads = [Read(Affine({x: 2, y: 1}, 1), 5.0), Read(Affine({y: 1}), 0.0, exact=True)]
    assert at_bos([x, y], reads) == {x: 2.0, y: 0.0}


def test_conflicting_targets_need_a_flag():
    x = embedding("x")
    assert at_bos([x], [Read(Affine.of(x), 1.0), Read(Affine.of(x), 0.0)]) is None


def test_a_constant_needs_a_flag_unless_it_is_the_target():
    x = embedding("x")
    assert at_bos([x], [Read(Affine(constant=1), 0.0)]) is None
    assert at_bos([x], [Read(Affine(constant=1), 1.0)]) == {x: 0.0}


def test_a_read_of_the_flag_needs_it():
    assert at_bos([embedding("x")], [Read(Affine.of(FLAG), 1.0)]) is None


def test_units_must_be_off():
    x, head = embedding("x"), Direction("head", "sum", 0.0, 9.0, at_bos=(-9.0, 9.0))
    assert at_bos([x], [Read(Affine({head: 1}, -10), None)]) == {x: 0.0}
    assert at_bos([x], [Read(Affine({head: 1}, -8), None)]) is None


def test_what_is_exact_must_not_round():
    x = embedding("x")
    third = [Read(Affine({x: 3}), 1.0)]
    assert at_bos([x], [*third, Read(Affine({x: 3}, -1), 0.0)]) is not None
    assert at_bos([x], [*third, Read(Affine({x: 3}, -1), 0.0, exact=True)]) is None
