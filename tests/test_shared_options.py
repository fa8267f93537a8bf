"""The options of the optimizer: every function of the API and every command takes them all, with the same defaults."""

import inspect
import re
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import get_args, get_type_hints

import pytest
import typer
from typer.testing import CliRunner

import raspir
from raspir import BackendError, key, query, tokens
from raspir.cli.app import COMMANDS as LISTED
from raspir.cli.app import load_command
from raspir.cli.options import with_options
from raspir.frontends.programs import ProgramExpression
from raspir.ir import Graph
from raspir.passes.base import PassContext
from raspir.passes.options import About, Assumptions, Limits, Options, Target, called_with, described

ALL = {each.name: each.default for each in fields(Options)}
ASSUMPTIONS = {each.name: each.default for each in fields(Assumptions)}
FUNCTIONS = [
    raspir.optimize,
    raspir.compile,
    raspir.emit,
    raspir.draw,
    raspir.show,
    raspir.report,
    raspir.to_transformer,
]
COMMANDS = {name: load_command(name) for name in LISTED}
FLAGS = {"causal", "recognize"}
OPTIMIZING = ["run", "stats", "opt", "emit", "plan", "draw", "show", "check", "report"]


def defaults(function):
    return {name: each.default for name, each in inspect.signature(function).parameters.items()}


def positional(function):
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_take_all_options_with_the_defaults_of_the_fields(function):
    assert ALL.items() <= defaults(function).items()
    described_in_order = re.findall(r"^ {8}(\w+): ", function.__doc__.partition("Raises:")[0], re.MULTILINE)
    taken = positional(function)
    assert [name for name in described_in_order if name in taken] == taken
    assert sorted(described_in_order) == sorted(defaults(function))
    assert "**options" not in function.__doc__
    hints, own = get_type_hints(Options), get_type_hints(function)
    assert {name: own[name] for name in ALL} == hints


@pytest.mark.parametrize("function", [raspir.lower, Graph.assume])
def test_functions_without_the_optimizer_take_all_assumptions(function):
    found = defaults(function)
    assert ASSUMPTIONS.items() <= found.items()
    assert not (ALL.keys() - ASSUMPTIONS.keys()) & found.keys()


def test_no_other_function_or_command_takes_an_option_of_its_own():
    public = [getattr(raspir, name) for name in dir(raspir) if not name.startswith("_")]
    functions = [each for each in public if inspect.isfunction(each)]
    assert {each for each in functions if ALL.keys() & defaults(each).keys()} == {*FUNCTIONS, raspir.lower}
    takes = {name: {each.name for each in command.params} for name, command in COMMANDS.items()}
    assert [name for name in COMMANDS if ALL.keys() & takes[name]] == [*OPTIMIZING, "puzzle", "fuzz"]
    assert ALL.keys() & takes["fuzz"] == {"causal"}  # it draws the others
    assert ALL.keys() & takes["puzzle"] == set(described(Target))  # it chooses vocabularies and limits itself


@pytest.mark.parametrize(("command", "options"), [*((name, Options) for name in OPTIMIZING), ("puzzle", Target)])
def test_commands_take_all_options_with_the_defaults_and_the_help_of_the_fields(command, options):
    found = {each.name: each for each in COMMANDS[command].params}
    for name, about in described(options).items():
        default = found[name].default
        assert (default.value if isinstance(default, Enum) else default) == ALL[name]
        assert found[name].opts == [f"--{name.replace('_', '-')}"]
        assert found[name].secondary_opts == ([f"--no-{name}"] if name in FLAGS else [])
        assert (found[name].help, found[name].metavar or "") == (about.help, about.metavar)
        assert found[name].show_default == (ALL[name] is not None)


def test_the_order_in_which_functions_take_what_is_given_by_position():
    shared = [each.name for each in fields(Options) if not each.kw_only]
    assert shared == ["vocab", "max_length", "attention", "max_heads", "time_budget"]
    optimize = ["program", *shared[:3], "passes", *shared[3:], "remarks", "progress", "on_pass"]
    assert positional(raspir.optimize) == optimize
    assert positional(raspir.compile) == ["program", "backend", "optimize", *shared]
    assert positional(raspir.emit) == ["program", "backend", "input", "optimize", *shared]
    drawn = ["program", "format", "input", "optimize"]
    assert positional(raspir.draw) == [*drawn, *shared, "backend", "renderer", "title"]
    assert list(defaults(raspir.draw))[-5:] == ["recognize", "legend", "theme", "head", "width"]
    assert positional(raspir.show) == ["program", "input", "optimize", *shared]
    assert positional(raspir.to_transformer) == ["program", *shared]
    assert positional(raspir.report) == ["program", "inputs", "optimize", *shared, "title"]


@pytest.mark.parametrize("name", ["remarks", "progress", "on_pass"])
def test_remarks_and_callbacks_of_a_wrong_type_are_refused(name):
    with pytest.raises(BackendError, match=rf"^{name} is a (list to append to|function), not 5$"):
        raspir.optimize(tokens, **{name: 5})


def test_calls_by_position_and_by_name():
    graph = raspir.optimize(tokens, "ab", 5, "best", "fold", None, None, remarks := [])
    assert (graph.max_length, list(graph.inputs)) == (5, ["tokens"])
    assert remarks == []
    assert raspir.optimize(program=tokens, max_length=5, vocab="ab") == graph
    assert raspir.compile(tokens, "reference", False, "ab")("ba") == ["b", "a"]
    with pytest.raises(TypeError, match=r"^compile\(\) missing 1 required positional argument: 'program'$"):
        raspir.compile()
    with pytest.raises(TypeError, match=r"^emit\(\) got an unexpected keyword argument 'heads'$"):
        raspir.emit(tokens, "text", heads=1)


def test_signatures_read_as_if_they_were_written():
    taken = inspect.signature(raspir.emit)
    assert str(taken.parameters["attention"]) == "attention: 'Attention' = 'select'"
    assert taken.return_annotation == "str | bytes"
    assert get_args(get_type_hints(raspir.emit)["program"])[0] is ProgramExpression


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attention": "all"}, "attention must be select or best, not 'all'"),
        ({"attention": []}, r"attention must be select or best, not \[\]"),
        ({"max_heads": 0}, "max_heads must be a positive integer, not 0"),
        ({"max_work": 1.5}, "max_work must be a positive integer, not 1.5"),
        ({"time_budget": float("nan")}, "time_budget must be a non-negative number of seconds, not nan"),
    ],
)
@pytest.mark.parametrize("function", [Options, lambda **given: raspir.draw(tokens, **given)])
def test_values_are_checked_even_where_no_pass_runs(function, options, message):
    with pytest.raises(BackendError, match=message):
        function(**options)


def test_parts():
    options = Options("ab", 5, "best", 4)
    assert options.target == Target("best")
    assert options.part(Assumptions) == Assumptions("ab", 5)
    assert options.limits == {"max_heads": 4}
    assert Options(recognize=False).limits == {"recognize": False}
    assert Limits(4) == options.part(Limits)
    assert options.assumed(raspir.lower(tokens)) == raspir.lower(tokens, "ab", 5)
    assert PassContext(options.target).attention == "best"
    assert PassContext().attention == "select"


@dataclass(frozen=True)
class More(Options):
    rotary: bool | None = field(
        default=None,
        kw_only=True,
        metadata=About("whether positions are angles.", "Whether positions are angles.").metadata,
    )


def test_a_new_option_is_one_field():
    @dataclass(frozen=True)
    class Call(More):
        title: str = ""

    @called_with(Call)
    def function(call: Call) -> tuple[object, ...]:
        return call.title, call.rotary

    assert str(inspect.signature(function)).endswith(
        "title: str = '', *, causal: 'bool | None' = None, max_work: 'int | None' = None, "
        "max_table: 'int | None' = None, "
        "recognize: 'bool' = True, rotary: bool | None = None)"
        " -> tuple[object, ...]"
    )
    assert function(None, None, "select", None, None, "title", rotary=True) == ("title", True)
    seen, commands = [], typer.Typer()

    @commands.command()
    @with_options
    def command(*, options: More):
        seen.append(options)

    runner = CliRunner()
    assert "--no-rotary" in runner.invoke(commands, ["--help"], env={"COLUMNS": "120"}).stdout
    assert runner.invoke(commands, ["--rotary", "--attention", "best"]).exit_code == 0
    assert seen == [More(attention="best", rotary=True)]
    assert type(seen[0].attention) is str


@pytest.mark.parametrize("seconds", [10**400, float("inf")], ids=["an integer", "infinity"])
def test_a_time_budget_of_any_size(seconds):
    graph = raspir.lower((key(1) == query(1)).value(1))
    assert raspir.optimize(graph, time_budget=seconds) == raspir.optimize(graph)
    assert raspir.optimize(graph, passes=f"depth{{time_budget={seconds}}}") == raspir.optimize(graph, passes="depth")


def test_titles_are_texts_for_reports_as_for_drawings():
    graph = raspir.lower((key(1) == query(1)).value(1))
    assert "<title>7" in raspir.report(graph, ["ab"], title=7)
