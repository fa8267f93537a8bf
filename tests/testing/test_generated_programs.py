"""Seeded generation and hypothesis strategies: output, constraints, and shrinking."""

import operator
import subprocess
import sys
from contextlib import suppress
from random import Random

import pytest
from daily import examples, rest
from faults import Swap
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import raspir
from raspir.backends.capabilities import holds_none
from raspir.ir import OPERATIONS
from raspir.ir.composition import Composed
from raspir.ir.packing import Packing, canonical, unpack
from raspir.ir.types import BOOL, INT, SELECTOR
from raspir.testing import Generated, Setting, difference, functions, generate, inputs_for, programs
from raspir.testing.functions import ALONE, PREDICATES, TOGETHER, TUPLES


def test_programs_come_from_their_seed_alone():
    first, again, other = (generate.program(Random(f"{seed}")) for seed in (1, 1, 2))
    assert str(first.graph) == str(again.graph)
    assert first.vocab == again.vocab
    assert str(first.graph) != str(other.graph)


def test_generated_programs_use_the_whole_language():
    programs = [generate.program(Random(f"{number}")).graph for number in range(1000)]
    used = {node.operation.name for graph in programs for node in graph}
    assert used == set(raspir.ir.OPERATIONS)
    assert sum(len(graph.outputs) > 1 for graph in programs) > 50
    assert sum(graph.stats().layers > 2 for graph in programs) > 100


def test_a_part_of_generated_programs_holds_none():
    made = [generate.program(Random(f"missing {number}"), small=True) for number in range(6000)]
    nodes = [node for each in made for node in each.graph]
    skipping = {node.operation.name for node in nodes if node.none == "skip"}
    assert skipping >= {"add", "sub", "mul", "neg", "abs", "round", "lt", "eq", "ne", "and", "or", "not", "has", "map"}
    assert {node.operation.name for node in nodes if node.none == "error"} >= {"eq", "ne", "select.eq", "select.ne"}
    with_none = [each for each in made if None in each.vocab or any(map(holds_none, each.graph))]
    assert 0.1 < len(with_none) / len(made) < 0.25
    assert sum(None in each.vocab for each in made) > 300
    assert {node.operation.name for node in nodes if holds_none(node)} >= {
        "const",
        "has",
        "lookup",
        "sum",
        "mean",
        "best",
    }


def parts_of(function):
    """Yield the functions of which a function consists."""
    if isinstance(function, Packing):
        yield from parts_of(function.function)
    elif isinstance(function, Composed):
        for each in function.functions:
            yield from parts_of(each)
    else:
        yield function


def test_generated_programs_call_functions_of_all_kinds():
    made = [generate.program(Random(f"functions {number}"), small=True) for number in range(6000)]
    known = {*(each.function for each in (*ALONE, *TOGETHER, *PREDICATES)), *TUPLES}
    called = [function for each in made for function in each.graph.functions.values()]
    assert {part for each in called for part in parts_of(each)} == {*known, unpack, canonical, operator.lt}
    calls = [node for each in made for node in each.graph if node.operation.name in ("map", "lookup")]
    assert {(node.operation.name, len(node.operands)) for node in calls} == {
        ("map", 1), ("map", 2), ("map", 3), ("lookup", 1), ("lookup", 2)
    }  # fmt: skip


@pytest.mark.parametrize("known", [*ALONE, *TOGETHER, *PREDICATES], ids=lambda known: known.function.__name__)
def test_functions_are_importable_by_name_and_clash_with_no_name_of_a_reproducer(known):
    name = known.function.__name__
    assert getattr(functions, name) is known.function
    assert name not in ("raspir", "Setting", "difference", "inf", "found")


@pytest.mark.parametrize("size", [50, 500])
def test_programs_of_a_size(size):
    graph = generate.program_of_size(size, seed=1)
    assert size <= len(graph) <= 1.3 * size
    results = raspir.compile(graph, optimize=False)("abcda")
    assert results.keys() == graph.outputs.keys()
    assert {len(result) for result in results.values()} == {5}


def samples(strategy, count=120):
    """Return what a strategy makes, the same every time."""
    found = []

    @seed(1)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(strategy)
    def collect(made):
        found.append(made)

    collect()
    return found


def test_drawn_programs_use_the_language_and_are_of_all_sizes():
    count = 500
    made = samples(programs(), count)
    used = {node.operation.name for each in made for node in each.graph}
    assert len(used) > 0.75 * len(OPERATIONS)
    assert used >= {"map", "select.by", "selector.and", "selector.or", "selector.not", "sum", "mean", "best", "where"}
    sizes = [len(each.graph) for each in made]
    assert max(sizes) <= 24
    assert sum(size > 8 for size in sizes) > count / 5
    assert sum(len(each.graph.outputs) > 1 for each in made) > count / 20
    assert len({each.vocab for each in made}) > 8


@examples(60)
@given(st.data())
def test_inputs_satisfy_the_assumptions(data):
    program = data.draw(programs(longest=5))
    given_input = data.draw(inputs_for(program))
    assert len(given_input) <= 5
    run = raspir.compile(program.assumed, "reference", optimize=False)
    with suppress(raspir.EvaluationError):  # a program may fail; it may not refuse its input
        run(given_input)


def test_inputs_are_ragged_and_may_be_empty():
    (program,) = samples(programs(vocab="ab", longest=6), 1)
    lengths = {len(each) for each in samples(inputs_for(program))}
    assert lengths == set(range(7))


def test_a_strategy_keeps_to_what_a_backend_can_do():
    allowed = {"const", "indices", "add", "sub", "eq", "lt", "where", "select.eq", "select.lt", "sum", "selector.and"}
    made = samples(
        programs(vocab=[0, 1, 2], longest=4, max_size=10, operations=allowed, types=["int", "bool"], outputs=1)
    )
    assert sum(any(node.operation.name == "sum" for node in each.graph) for each in made) > 8
    for each in made:
        graph = each.assumed
        assert {node.operation.name for node in graph} <= allowed | {"input"}
        assert all(node.type in INT | BOOL for node in graph if node.type is not SELECTOR)
        assert len(graph) <= 10
        assert list(graph.outputs) == ["out"]
        assert (each.vocab, each.longest) == ((0, 1, 2), 4)


def test_drawn_programs_hold_none_unless_types_exclude_it():
    made = samples(programs(max_size=12), 400)
    assert sum(None in each.vocab for each in made) > 8
    assert sum(any(map(holds_none, each.graph)) for each in made) > 8
    for each in samples(programs(max_size=12, types=["bool", "int", "float", "str"]), 100):
        assert None not in each.vocab
        assert not any(map(holds_none, each.graph))


def test_functions_and_best_attention_can_be_left_out():
    for each in samples(programs(functions=False, attention="select", without=["mean"])):
        assert not each.graph.symbols
        assert not {"best", "mean"} & {node.operation.name for node in each.graph}


def test_programs_grow_by_what_is_supported():
    def shallow(graph):
        return graph.stats().layers <= 1

    made = samples(programs(supported=shallow))
    assert {each.assumed.stats().layers for each in made} == {0, 1}


class Picky:
    """A backend that knows neither strings nor means."""

    name = "picky"
    summary = "runs little"

    def compile(self, graph):
        if any(node.operation.name == "mean" or "str" in str(node.type).replace("atom", "str") for node in graph):
            raise raspir.BackendError("this is not supported")
        return raspir.compile(graph, "reference", optimize=False)


def test_a_backend_says_by_refusing_what_it_supports(monkeypatch):
    from raspir.testing import strategies

    monkeypatch.setattr(strategies, "runner", lambda name: Picky())
    made = samples(programs(backend="picky", vocab=[1, 2]))
    assert sum(len(each.graph) > 4 for each in made) > 30
    for each in made:
        Picky().compile(each.assumed)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"operations": ["sum", "multiply"]}, "there is no operation 'multiply' (known: input, "),
        ({"without": ["men"]}, "there is no operation 'men' (did you mean mean"),
        ({"types": ["integer"]}, "there is no type 'integer' ("),
        ({"operations": "sum"}, "operations must be a set of names, not 'sum'"),
        ({"types": "int"}, "types must be a set of names, not 'int'"),
        ({"vocab": "ab", "types": ["int"]}, "the vocabulary ('a', 'b') must have one or more atoms, all of type int"),
        ({"longest": -1}, "longest must be an integer of at least 0, not -1"),
        ({"outputs": 0}, "outputs must be an integer of at least 1, not 0"),
        ({"attention": "hard"}, "attention must be select or best, not 'hard'"),
        ({"backend": "nowhere"}, "there is no backend 'nowhere' ("),
    ],
)
def test_what_makes_no_sense_is_told(wrong, message):
    with pytest.raises(raspir.RaspirError) as caught:
        programs(**wrong)
    assert message in str(caught.value)


@pytest.mark.parametrize(("old", "new"), [("sum", "mean"), rest("select.lt", "select.le"), rest("add", "sub")])
def test_what_fails_shrinks_to_few_nodes(old, new):
    setting = Setting(passes=(Swap(old, new),))

    @st.composite
    def cases(draw):
        program = draw(programs(max_size=12, functions=False))
        return program, draw(inputs_for(program))

    program, given_input = find(
        cases(),
        lambda case: difference(case[0].graph, [case[1]], setting) is not None,
        settings=settings(max_examples=1500, database=None, deadline=None, suppress_health_check=HealthCheck),
        random=Random(3),
    )
    assert old in {node.operation.name for node in program.graph}
    assert len(program.graph) <= 8
    assert len(given_input) <= 2


def test_nothing_is_found_where_nothing_is_wrong():
    with pytest.raises(NoSuchExample):
        find(
            programs(),
            lambda program: difference(program.graph, [list(program.vocab)], Setting()) is not None,
            settings=settings(max_examples=60, database=None, deadline=None),
        )


def test_a_program_is_shown_as_python():
    graph = raspir.lower(raspir.tokens.map(str), "ab")
    shown = repr(Generated(graph, ("a", "b"), 3))
    assert shown.startswith('Generated(\nparse("""raspir 1\n')
    assert shown.endswith(".bind({'str': …}), vocab=('a', 'b'), longest=3)")


def test_without_hypothesis_it_says_what_to_install():
    code = (
        "import sys; sys.modules['hypothesis'] = None; import raspir.testing\n"
        "assert 'hypothesis.core' not in sys.modules\n"
        "raspir.testing.Setting; print(dir(raspir.testing)[:1])\n"
        "try: raspir.testing.programs\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    line = "generated programs need the package hypothesis: pip install 'raspir-toolchain[testing]'"
    assert done.stdout.splitlines()[1] == line


def test_importing_the_room_imports_nothing_heavy():
    code = "import sys, raspir.testing; sys.exit(bool({'hypothesis', 'pytest', 'numpy', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
