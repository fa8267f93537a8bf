"""Programs on values that hold ``None`` against the reference backend: results, their classes, and errors."""

from random import Random

import pytest
from missing import ATOMS, Maker, inputs

import raspir
from raspir.backends.numpy import NumPy
from raspir.ir.atoms import atom_key
from raspir.runtime.reference import Reference


def outcome(call):
    """What a call returns, atom by atom with its class, or its error and the input that it names."""
    try:
        return exact(call())
    except raspir.RaspirError as error:
        return type(error).__name__, str(error), error.input


def exact(result):
    if isinstance(result, list) and result and not isinstance(result[0], dict | list | raspir.Sequence):
        return [atom_key(atom) for atom in result]
    if isinstance(result, dict):
        return {name: exact(each) for name, each in result.items()}
    if isinstance(result, raspir.Sequence):
        return [atom_key(atom) for atom in result]
    return [exact(each) for each in result]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", ATOMS)
def test_generated_graphs(name, seed):
    random = Random(f"{name} {seed}")
    graph = Maker(random, name, random.random() < 0.3).graph(random.randrange(3, 12))
    numpy, reference = NumPy().compile(graph), Reference().compile(graph)
    given = inputs(random, name, 6)
    for each in given:
        assert outcome(lambda: numpy(each)) == outcome(lambda: reference(each)), (str(graph), each)  # noqa: B023
    assert outcome(lambda: numpy.batch(given)) == outcome(lambda: reference.batch(given)), str(graph)
