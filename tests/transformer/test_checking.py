"""Checks of transformers: what is right passes, and every planted fault is found."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir import InputError
from raspir.transformer.model import Transformer

length = (key(1) == query(1)).value(1).name("length")
flip = (key(length - indices - 1) == query(indices)).value(tokens).name("flip")
hist = (key(tokens) == query(tokens)).value(1).name("hist")
earlier = key(indices) <= query(indices)
half = (earlier.mean(where(tokens == "a", 1, 0)) > 0.5).name("half")
latest = (key(tokens) == query("a")).best(tokens, indices, default="-").name("latest")
fragile = (1 // where(tokens == "b", 0, 1)).name("fragile")


def with_weights(model, weights):
    return Transformer(model.graph, weights, model.outputs, construction=model.construction, program=model.program)


def with_head(model, block, **arrays):
    """Return a transformer with other arrays in the first head of a block."""
    blocks = list(model.weights.blocks)
    first, *others = blocks[block].heads
    blocks[block] = replace(blocks[block], heads=(replace(first, **arrays), *others))
    return with_weights(model, replace(model.weights, blocks=tuple(blocks)))


@pytest.mark.parametrize("options", [{}, {"dtype": "float64"}, {"causal": True}, {"attention": "best"}])
@pytest.mark.parametrize("program", [flip, hist, half, latest, {"hist": hist, "tokens": tokens}])
def test_right_transformers(program, options):
    report = raspir.to_transformer(program, "abc", 4, **options).check()
    assert report.ok, str(report)
    assert report.coverage.complete
    assert (report.failing, report.wrong, report.outputs) == (0, 0, ())
    assert report.heads
    assert report.numbers
    assert 0 < report.margin < inf
    assert report.error < 1e-4


def test_the_text_of_a_report():
    lines = str(raspir.to_transformer(hist, "ab", 3).check()).splitlines()
    assert lines[:3] == [
        "checked on all 15 inputs",
        "outputs: all are right; logits differ by at least 1",
        "heads: all attend as their selectors say",
    ]
    assert lines[3].startswith("residual stream: all numbers are right, to within ")
    assert len(lines) == 4


def test_more_inputs_than_the_budget():
    report = raspir.to_transformer(hist, "abc", 8).check(budget=200, seed=3)
    assert report.ok
    assert report.coverage.checked == 200
    assert str(report).startswith("checked on 200 of about 9,841 inputs, all up to length 3\n")


def test_inputs_on_which_the_program_fails_are_left_out():
    report = raspir.to_transformer(fragile, "abc", 2).check()
    assert report.ok
    assert report.failing == 6
    assert str(report).startswith("checked on all 13 inputs; left out 6, on which the program itself fails\n")


def test_a_program_that_fails_on_all_inputs_but_the_empty_one():
    report = raspir.to_transformer(tokens, "abc", 2).of(raspir.lower(tokens // 1, "abc", 2), False).check()
    assert report.ok
    assert report.failing == 12


def test_an_output_that_differs():
    model = raspir.to_transformer(hist, "ab", 3)
    report = with_weights(model, replace(model.weights, b_U=model.weights.b_U + np.array([0, 0, 3]))).check()
    assert not report.ok
    assert report.wrong > 0
    assert not any(part.fault for part in (*report.heads, *report.numbers))
    fault = report.outputs[0]
    assert (fault.input, fault.position, fault.found, fault.expected) == (["a", "a"], 0, 3, 2)
    lines = str(report).splitlines()
    assert lines[1] == f"outputs: {report.wrong} inputs with a wrong one"
    assert lines[2] == "  on 'aa', the output 'out' is 3 at position 0 instead of 2"
    assert len(report.outputs) <= 5


def test_an_output_of_another_type():
    model = raspir.to_transformer(hist, "ab", 3)
    atoms = {"out": [True if atom == 1 else atom for atom in model.outputs["out"]]}
    report = Transformer(model.graph, model.weights, atoms, program=model.program).check()
    assert report.wrong == 2 + 2 + 6  # those that hold a letter once
    assert (report.outputs[0].found, report.outputs[0].expected) == (True, 1)


def test_a_zero_of_another_sign():
    model = raspir.to_transformer(tokens, [-0.0, 0.0], 2)
    negated = {name: [-atom for atom in atoms] for name, atoms in model.outputs.items()}
    assert Transformer(model.graph, model.weights, negated).check().wrong == 6


def test_the_only_input():
    assert str(raspir.to_transformer(hist, "ab", 0).check()).startswith("checked on the only input\n")


def test_a_type_that_the_optimizer_may_change():
    written, optimized = (raspir.lower(program, "ab", 2) for program in ((tokens == "a"), where(tokens == "a", 1, 0)))
    assert raspir.to_transformer(optimized).of(written, False).check().ok


def test_a_program_that_was_optimized_wrongly():
    report = raspir.to_transformer(hist, "ab", 2).of(raspir.lower(length, "ab", 2), False).check()
    assert report.wrong == 2  # the inputs of two different letters


def test_a_pattern_that_differs_though_outputs_are_right():
    model = raspir.to_transformer(flip, "ab", 4)
    block = model.blocks - 1
    head = model.weights.blocks[block].heads[0]
    sharpness = 0.03  # of the original one
    report = with_head(model, block, W_Q=head.W_Q * sharpness, b_Q=head.b_Q * sharpness).check()
    assert report.wrong == 0
    assert not report.ok
    (fault,) = [part.fault for part in report.heads if part.fault]
    assert 0 < fault.found < 1
    assert fault.expected in (0, 1)
    assert f"heads: 1 of {len(report.heads)} wrong\n  on " in str(report)
    assert "the attention of `flip` to position " in str(report)


def test_the_best_position_is_compared_not_only_the_selected_ones():
    model = raspir.to_transformer(latest, "ab", 3, attention="best")
    head = model.weights.blocks[0].heads[0]
    found = with_head(model, 0, W_Q=head.W_Q * 0.01, b_Q=head.b_Q * 0.01).check()
    assert any(part.fault for part in found.heads)


@pytest.mark.parametrize("longest", [8, 12])
def test_heads_that_leave_a_query_its_own_value_are_right(longest):
    window = (key(indices) <= query(indices)) & (key(indices) > query(indices - 3))
    model = raspir.to_transformer(window.value(tokens), range(10), longest)
    assert any(plan.adds_own for plan in model.construction.plans)
    assert model.check(500).ok
    head = model.weights.blocks[0].heads[0]
    assert any(part.fault for part in with_head(model, 0, W_Q=head.W_Q * 0, b_Q=head.b_Q * 0).check(500).heads)


def test_heads_of_sums_are_compared():
    model = raspir.to_transformer(hist, "ab", 3)
    head = model.weights.blocks[0].heads[0]
    assert any(part.fault for part in with_head(model, 0, W_Q=head.W_Q * 0, b_Q=head.b_Q * 0).check().heads)


def test_a_number_that_differs_though_outputs_are_right():
    model = raspir.to_transformer(hist, "ab", 3)
    head = model.weights.blocks[0].heads[0]
    report = with_head(model, 0, W_O=head.W_O * 1.01).check()
    assert report.wrong == 0
    assert all(part.fault is None for part in report.heads)
    fault = next(part.fault for part in report.numbers if part.fault)
    assert (fault.input, fault.where, fault.expected) == (["a"], "`hist`", 1.0)
    assert fault.found == pytest.approx(1.01)
    assert report.error == pytest.approx(0.01, rel=1e-3)
    assert "residual stream: " in str(report)


def test_embeddings_are_compared():
    model = raspir.to_transformer(tokens, "ab", 3)
    table = {name: np.where(array == 0, 0.01, array) for name, array in model.weights.W_E.items()}
    report = with_weights(model, replace(model.weights, W_E=table)).check()
    assert report.wrong == 0
    assert any(part.fault for part in report.numbers)


def test_what_marks_bos_is_0_elsewhere():
    model = raspir.to_transformer(hist, "ab", 3)
    assert model.labels[0] == "BOS"
    written = model.weights.blocks[0].heads[0].W_O.copy()
    written[0, 0] = written[0].max()
    report = with_head(model, 0, W_O=written).check()
    assert report.wrong == 0
    assert [part.fault.where for part in report.numbers if part.fault] == ["`BOS`"]


def test_without_what_the_compiler_knows_outputs_are_compared():
    model = raspir.to_transformer(hist, "ab", 3)
    report = Transformer(model.graph, model.weights, model.outputs).check()
    assert report.ok
    assert (report.heads, report.numbers) == ((), ())
    assert len(str(report).splitlines()) == 2


def test_several_inputs():
    graph = raspir.parse(
        """
        raspir 1
        %a = input name="a" : atom
        %b = input name="b" : atom
        %s = select.eq %a, %b : selector
        %n = sum %s, 1 default=0 : int
        output out = %n
        """
    )
    model = raspir.to_transformer(graph, "xy", 2)
    assert model.check().ok
    report = with_weights(model, replace(model.weights, b_U=model.weights.b_U + np.array([9, 0, 0]))).check()
    assert str(report.outputs[0]) == "on a = 'x', b = 'x', the output 'out' is 0 at position 0 instead of 1"


@pytest.mark.parametrize("options", [{"budget": 0}, {"budget": 2.5}, {"budget": True}, {"seed": "x"}])
def test_bad_options(options):
    with pytest.raises(InputError, match=rf"^the {next(iter(options))} must be an? (positive )?integer, not "):
        raspir.to_transformer(tokens, "ab", 1).check(**options)


def test_heads_whose_results_share_a_column_with_others():
    report = raspir.to_transformer((key(indices) == query(indices + 2)).width(), "abc", 5).check()
    assert report.ok
    assert len(report.heads) == 1
