"""The layered view of a graph: each layer's inputs and outputs follow from uses."""

from random import Random

import pytest

import raspir
from raspir import indices, key, query, tokens
from raspir.ir import LayeredProgram, Role
from raspir.testing.generate import program as generated

LENGTH = (key(1) == query(1)).value(1).name("length")
FLIP = (key(LENGTH - indices - 1) == query(indices)).value(tokens).name("flip")


def names(graph, nodes):
    return [graph.name_of(node) or node.operation.name for node in nodes]


def test_flip():
    graph = raspir.lower(FLIP)
    program = LayeredProgram(graph)
    assert [layer.number for layer in program.layers] == [0, 1, 2]
    assert names(graph, program.sources) == ["tokens", "indices"]
    assert names(graph, program.known) == ["const"]
    before, first, second = program.layers
    assert (before.heads, before.mlp, before.reads, before.makes) == ((), None, (), ())
    assert names(graph, first.reads) == ["indices"]
    assert names(graph, first.makes) == ["sub"]  # the length goes no further
    assert names(graph, second.reads) == ["sub", "indices", "tokens"]
    assert names(graph, second.makes) == ["flip"]
    [head] = second.heads
    assert head.comparisons == (head.selector,)
    assert names(graph, head.reads) == ["sub", "indices", "tokens"]
    assert dict(program.outputs) == dict(graph.outputs)


def test_a_head_reads_what_all_its_comparisons_and_its_score_need():
    selector = (key(indices) < query(indices)) & ~(key(tokens) == query("a"))
    graph = raspir.lower(selector.best(tokens + 1, indices * 2))
    [head] = LayeredProgram(graph).layers[1].heads
    assert [node.operation.name for node in head.comparisons] == ["select.lt", "select.eq"]
    assert [node.operation.name for node in head.reads] == ["indices", "input", "const", "add", "mul"]


@pytest.mark.parametrize("seed", range(40))
def test_running_layer_by_layer_finds_every_operand_computed(seed):
    graph = generated(Random(seed)).graph
    for each in (graph, raspir.optimize(graph)):
        program = LayeredProgram(each)
        done = {*program.sources, *program.known}
        stream = set(program.sources)
        for layer in program.layers:
            assert set(layer.reads) <= stream
            for head in layer.heads:
                assert set(head.reads) <= done
            done.update(node for head in layer.heads for node in head.aggregates)
            for node in layer.mlp.nodes if layer.mlp else ():
                assert set(node.operands) <= done
                done.add(node)
            assert set(layer.makes) <= done
            stream.update(layer.makes)
        selectors = (Role.SELECT, Role.SELECTOR_ALGEBRA)
        assert done == {node for node in each if node.operation.role not in selectors}
        assert set(program.outputs.values()) <= stream | set(program.known)
