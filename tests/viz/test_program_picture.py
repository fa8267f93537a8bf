import time

import addition
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import build, inputs, programs
from viz.drawn import SVG, parsed, selected, strips, texts

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.tracing import traced
from raspir.viz.program import program_svg
from raspir.viz.text import program_text
from raspir.viz.widths import atom_text


def picture(program, input):
    trace = traced(raspir.lower(program), input)
    return trace, parsed(program_svg(trace))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(programs(), inputs)
def test_generated_programs_are_drawn_as_they_are(program, input):
    trace, root = picture(build(program), input)
    failure = trace.failure
    last = len(trace.graph.layering.heads) if failure is None else failure.layer
    cells, expected = selected(root)[0], []
    for heads in trace.graph.layering.heads[:last]:
        for head in heads:
            operands = [operand for node in head.aggregates for operand in node.operands]
            if all(map(trace.known, operands)):
                matrix = trace.matrix(head.selector, range(trace.n), range(trace.n))
                expected += [(i, j) for i, row in enumerate(matrix) for j, entry in enumerate(row) if entry]
    assert cells == expected
    assert [text for _, text in strips(root, "source")] == [atom_text(atom) for atom in trace.inputs["tokens"]]
    if failure is None:
        result = trace.values[trace.graph.outputs["out"]]
        drawn = strips(root, "result")
        assert [text for _, text in drawn[len(drawn) - len(result) :]] == [atom_text(atom) for atom in result]
    else:
        assert any("fails" in text for text in texts(root))
    assert program_text(trace)


def test_addition_is_drawn_layer_by_layer_at_once():
    program = addition.add()
    program_svg(traced(raspir.lower(program), "683+345"))
    start = time.perf_counter()
    _, root = picture(program, "683+345")
    assert time.perf_counter() - start < 0.1 * 5  # a tenth of a second, on a machine that has other work
    assert [text for text in texts(root) if text.startswith("layer ")] == [f"layer {number}" for number in range(1, 7)]
    assert "carries" in texts(root)
    assert [text for _, text in strips(root, "result")][-7:] == [*"0001028"]


@pytest.mark.parametrize("input", ["ab" * 4, "ab" * 150], ids=["short", "long"])
def test_a_failing_program_ends_at_the_layer_that_fails(input):
    length = (key(1) == query(1)).value(1).name("length")
    bad = (length // (length - length)).name("bad")
    after = (key(bad) == query(indices)).value(tokens).name("after")
    trace, root = picture(after, input)
    assert trace.failure.layer == 1
    found = texts(root)
    assert "layer 1" in found
    assert "layer 2" not in found
    assert any("ZeroDivisionError" in text for text in found)
    assert "fails in layer 1" in program_text(trace)
    assert "ZeroDivisionError" in root.get("aria-label")


def test_a_failing_selector_is_not_asked_again():
    program = raspir.select(tokens, tokens, lambda a, b: 1 // 0).value(1)
    for n in (3, 300):
        _, root = picture(program, [1] * n)
        assert any("ZeroDivisionError" in text for text in texts(root))


def test_pictures_of_large_programs_are_bounded():
    value = tokens
    for number in range(60):
        value = sum(((key(indices) == query(indices - i)).value(value) for i in range(1, 12)), value).name(f"v{number}")
    svg = program_svg(traced(raspir.lower(value), [0] * 8))
    root = parsed(svg)
    assert len(svg) < 4_000_000
    assert "… and 48 more layers" in texts(root)
    assert "… and 3 more heads" in texts(root)
    assert float(root.get("width")) < 1300


def test_cells_that_are_shortened_have_all_in_a_tooltip():
    _, root = picture(tokens, ["a long string", 1])
    titles = [element.text for element in root.iter(f"{SVG}title")]
    assert "0: 'a long string'" in titles


def test_a_graph_with_several_inputs_and_outputs_shows_them_all():
    graph = raspir.parse(
        'raspir 1\n%a = input name="a" : atom\n%b = input name="b" : atom\n%0 = select.eq %a, %b : selector\n'
        "%1 = sum %0, %b default=0 : atom\n%2 = eq %a, %b : bool\noutput first = %1\noutput second = %2\n"
    )
    root = parsed(program_svg(traced(graph, {"a": "xy", "b": "yx"})))
    assert [text for _, text in strips(root, "source")] == [*"xyyx"]
    assert {"a", "b", "first", "second"} <= set(texts(root))
    assert [text for _, text in strips(root, "result")][-4:] == [*"xyFF"]
