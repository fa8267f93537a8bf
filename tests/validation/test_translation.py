"""Translation validation: equal programs are proved equal, unequal ones are not, and coverage is reported correctly."""

import builtins
import os
import re
import signal
import sys
import threading
from dataclasses import replace

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis
from raspir.analysis.domains import Domain
from raspir.validation import translation as validation
from raspir.validation.equivalence import equivalent
from raspir.validation.solver import Solver
from raspir.validation.translation import Difference, Validation, validate

length = (key(1) == query(1)).value(1)
before = key(indices) < query(indices)
up_to = key(indices) <= query(indices)


def graphs(a, b, vocab="ab", max_length=None):
    return raspir.lower(a, vocab, max_length), raspir.lower(b, vocab, max_length)


def test_every_input_is_run():
    found = validate(*graphs(tokens == "a", where(tokens == "a", True, False)), longest=5)
    assert found.tried == {n: 2**n for n in range(6)}
    assert (found.complete, found.assumed, found.difference, found.proved) == (True, False, None, [])
    assert found.lines()[0] == "equal on all 63 inputs of lengths 0 to 5, by running each"


def test_a_promised_length_makes_it_whole():
    found = validate(*graphs(tokens == "a", where(tokens == "a", True, False), max_length=4))
    assert found.complete
    assert "so equal on every input that satisfies the assumptions" in found.lines()


@pytest.mark.parametrize("vocab", ["ab", None])
def test_causal_programs_are_validated_with_their_mask(vocab):
    flip = (key(indices) == query(length - 1 - indices)).value(tokens, "_")
    count = (~(key(tokens) == query(tokens))).value(1)
    for program in (flip, count, length):
        causal = raspir.lower(program, vocab, causal=True)
        found = validate(causal, raspir.optimize(causal), longest=4)
        assert (found.difference, found.same) == (None, False)
        assert len(found.tried) == 5 or found.proved == [*range(5)]
        plain = raspir.lower(program, vocab)
        assert validate(plain, causal, longest=3).difference is not None
        written = raspir.lower(((key(1) == query(1)) & up_to).value(1), vocab)
        assert (validate(causal, written, longest=3).difference is None) == (program is length)


def test_one_graph_needs_no_inputs():
    found = validate(*graphs(tokens == "a", tokens == "a"))
    assert (found.same, found.complete, found.tried) == (True, True, {})


@pytest.mark.parametrize("vocab", ["ab", None])
def test_a_difference_is_found_and_is_real(vocab):
    found = validate(*graphs(before.value(1), up_to.value(1), vocab), longest=4)
    assert found.difference is not None
    assert not found.complete
    assert (found.difference.before, found.difference.after) == ([0], [1])
    assert found.lines()[0].startswith("not equal: on ")


def test_a_difference_that_only_long_inputs_show(monkeypatch):
    monkeypatch.setattr(validation, "_BY_REFERENCE", 1)
    monkeypatch.setattr(validation, "_CHUNK", {"reference": 7, "numpy": 7})
    found = validate(*graphs(length > 5, where(length > 5, length < 9, False)), longest=10)
    assert len(found.difference.input) == 9
    assert found.tried == {n: 2**n for n in range(9)}


def test_an_optimised_program_may_not_fail():
    found = validate(*graphs(indices, where(indices >= 0, indices, indices // 0)), longest=2)
    assert re.fullmatch(r"fails: .* division.*", found.difference.after)


def test_a_failing_program_promises_nothing():
    fails_on_b = tokens.map({"a": 1}.__getitem__) * 2
    written = raspir.lower(fails_on_b, "ab")
    optimized = raspir.lower(where(tokens == "a", 2, 7), "ab")
    found = validate(written, optimized, longest=3)
    assert (found.difference, found.complete) == (None, True)
    assert found.failing == 15 - 4
    assert found.lines()[0] == (
        "equal on 4 of the 15 inputs of lengths 0 to 3, by running each; the original fails on the other 11, "
        "where any result is correct"
    )


def test_several_inputs():
    text = 'raspir 1\n%a = input name="a" vocab=[0, 1] : int\n%b = input name="b" vocab=[0, 1] : int\n'
    written = raspir.parse(text + "%2 = mul %a, %b : int\noutput out = %2\n")
    right = raspir.parse(text + "%2 = eq %a, 1 : bool\n%3 = where %2, %b, 0 : int\noutput out = %3\n")
    wrong = raspir.parse(
        text + "%2 = eq %a, 1 : bool\n%3 = where %2, %b, %a : int\n%4 = add %3, %a : int\noutput out = %4\n"
    )
    found = validate(written, right, longest=3)
    assert (found.tried, found.difference) == ({0: 1, 1: 4, 2: 16, 3: 64}, None)
    assert validate(written, wrong, longest=3).difference.input == {"a": [1], "b": [0]}
    assert equivalent(written, right, 5, 20) is True
    assert isinstance(equivalent(written, wrong, 2, 20), Difference)


def test_the_solver_goes_on_where_time_ends(monkeypatch):
    monkeypatch.setattr(validation, "_BY_REFERENCE", 1)
    found = validate(
        *graphs(before.value(tokens == "a") + 1, up_to.value(tokens == "a") + where(tokens == "a", 0, 1)), 6, 1e-9
    )
    assert found.difference is None
    assert found.tried == {0: 1, 1: 2}
    assert any("time ran out" in note for note in found.notes)
    found = validate(
        *graphs(before.value(tokens == "a"), up_to.value(tokens == "a") - where(tokens == "a", 1, 0), None), 4, 20
    )
    assert (found.proved, found.tried, found.complete) == ([0, 1, 2, 3, 4], {}, True)


def test_without_a_solver_it_says_so(monkeypatch):
    find = builtins.__import__

    def without(name, *rest):
        if name == "z3":
            raise ImportError("no z3", name="z3")
        return find(name, *rest)

    for module in [name for name in sys.modules if name.startswith(("z3", "raspir.validation.equivalence"))]:
        monkeypatch.delitem(sys.modules, module)
    for module in ("solver", "shown", "encoding", "values", "tables"):
        monkeypatch.delitem(sys.modules, f"raspir.validation.{module}", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    found = validate(*graphs(before.value(1), indices + 0, None), 3)
    assert found.lines()[0] == "nothing was covered"
    assert any("raspir-toolchain[proofs]" in note for note in found.notes)


def test_what_the_solver_cannot_say():
    halves = (key(1) == query(1)).value(tokens / 3)
    doubled = (key(1) == query(1)).value(tokens / 3 * 1)
    written, optimized = graphs(halves, doubled, None)
    message = equivalent(written, optimized, 1, 20)
    assert message == "the solver cannot decide length 1: it does not know how floats round or where floats overflow"
    written, optimized = graphs(tokens * "a", tokens * "a" + "", [1, 2])
    assert "no faithful encoding of mul of a string" in equivalent(written, optimized, 1, 20)


MAPPED = 'raspir 1\n%t = input name="tokens" vocab=[0, 1] : int\n%1 = map %t function=@f : atom\n'


def mapped(line):
    return raspir.parse(f"{MAPPED}%2 = {line} : bool\noutput out = %2\n")


def test_what_is_free_is_named():
    message = equivalent(mapped("eq %1, 1"), mapped("ne %1, 1"), 1, 20)
    assert message == "the solver cannot decide length 1: it does not know what @f yields"
    written, optimized = graphs(tokens + "a" + "b", tokens + "ab", None)
    assert "what joined strings are" in equivalent(written, optimized, 1, 20)


def test_an_unbound_function_goes_to_the_solver():
    found = validate(mapped('eq %1, "a"'), mapped('eq "a", %1'), longest=3)
    assert (found.tried, found.proved, found.difference) == ({}, [0, 1, 2, 3], None)
    assert found.notes == ["@f is not bound, so no inputs were run"]


def test_failures_count_at_the_lengths_that_were_finished(monkeypatch):
    """And the clock is looked at between inputs that are run one by one."""
    clock = iter([*[0.0] * 60, *[100.0] * 1000])
    monkeypatch.setattr(validation.time, "monotonic", lambda: next(clock))
    fails_on_b = tokens.map({"a": 1}.__getitem__) * 2
    programs = raspir.lower(fails_on_b, "ab"), raspir.lower(where(tokens == "a", 2, 7), "ab")
    found = Validation(longest=8)
    validation._run_all(*programs, found, 1.0, None)
    last = max(found.tried)
    assert 1 < last < 8
    assert sum(found.tried.values()) - found.failing == last + 1
    assert (found.partial.length, found.partial.done - found.partial.failing) == (last + 1, 1)
    assert 1 < found.partial.done < found.partial.size
    assert f"equal on 1 of the {found.partial.done} inputs run, out of" in "".join(found.lines())


def test_a_program_that_always_fails_is_told():
    found = validate(*graphs(indices // (length - length), indices, None), longest=2)
    assert (found.proved, found.vacuous) == ([0, 1, 2], [1, 2])
    assert "the original fails on every input of lengths 1 to 2, where any result is correct" in found.lines()
    found = validate(*graphs(tokens.map({}.__getitem__), indices, "ab"), longest=0)
    assert "fails" not in "".join(found.lines())


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (raspir.lower({"a": indices}, "ab", 3), "programs with different outputs cannot be compared: out and a"),
        (raspir.lower(indices, "abc", 3), "programs with different vocabularies of the input tokens cannot"),
        (raspir.lower(indices, "ab", 4), "different maximum lengths cannot be compared: 3 and 4"),
        (
            raspir.parse('raspir 1\n%a = input name="a" : atom\noutput out = %a\n'),
            "different inputs cannot be compared: ",
        ),
    ],
)
def test_programs_that_cannot_be_compared(other, message):
    with pytest.raises(raspir.GraphError, match=message):
        validate(raspir.lower(indices, "ab", 3), other)


def test_functions_of_one_symbol_must_be_one():
    one, other = mapped("eq %1, 1").bind({"f": abs}), mapped("ne %1, 1").bind({"f": int})
    with pytest.raises(raspir.GraphError, match="programs with different functions @f cannot be compared"):
        validate(one, other)


@pytest.mark.parametrize(("longest", "seconds"), [(-1, 1), (True, 1), (1, 0), (1, float("inf")), (1, float("nan"))])
def test_limits_that_make_no_sense(longest, seconds):
    with pytest.raises(raspir.InputError, match=r"must be a natural number, not|must be a positive number, not"):
        validate(*graphs(indices, indices + 0), longest, seconds)


@pytest.mark.parametrize("seconds", [1e-9, 1e12])
def test_the_solver_keeps_its_time_in_32_bits(seconds):
    assert Solver(seconds).check() == z3.sat


@pytest.mark.skipif(os.name != "posix", reason="interrupts are sent as signals")
def test_an_interrupt_of_the_solver_is_one():
    a, b, c = z3.Ints("a b c")
    solver = Solver(60)
    solver.add(a**3 + b**3 + c**3 == 114, a > 0)  # nobody knows
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        solver.check()
    timer.join()


def test_a_table_does_not_rest_on_the_analysis(monkeypatch):
    """Where the analysis overlooks an atom, the solver finds that the table lacks it."""
    program = raspir.lower((tokens.map(str.upper) == "A").map(int) + 0, "ab")
    optimized = raspir.optimize(program)
    assert equivalent(program, optimized, 2, 20) is True
    honest = Analysis._compute

    def overlooking(self, node):
        facts = honest(self, node)
        return replace(facts, domain=Domain.of(["a"])) if node.operation.name == "input" else facts

    monkeypatch.setattr(Analysis, "_compute", overlooking)
    assert equivalent(program, optimized, 2, 20) is not True


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["ab", "0+", None]), st.integers(0, 3), st.data())
def test_the_optimiser_is_validated(vocab, n, data):
    programs = [before.value(tokens == "a"), (up_to & (key(tokens) == query(tokens))).value(1), length - indices]
    program = data.draw(st.sampled_from(programs)) + data.draw(st.sampled_from([0, 1, indices]))
    written = raspir.lower(program, vocab)
    assert equivalent(written, raspir.optimize(written, attention="best"), n, 20) is True
