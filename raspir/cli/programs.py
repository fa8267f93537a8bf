"""The ``stats``, ``opt``, ``plan`` and ``emit`` commands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from raspir import api
from raspir.analysis.critical_path import path_to_json
from raspir.backends.base import Strategy, explainer, writer
from raspir.cli.options import (
    AsJson,
    BackendName,
    Bind,
    Input,
    InputJson,
    NoOptimize,
    Output,
    Passes,
    ProgramSpec,
    examples,
    with_options,
)
from raspir.cli.shared import (
    after_passes,
    input_of,
    is_stdin,
    load_graph,
    load_optimized,
    print_json,
    print_message,
    prints_aside,
    shown_spec,
    write,
)
from raspir.ir import Graph, InputError, LoadError, print_graph
from raspir.ir.checks import without_checks
from raspir.passes.base import Pass
from raspir.passes.options import Options
from raspir.passes.report import Report
from raspir.viz.causality import Causality
from raspir.viz.shown import totals

if TYPE_CHECKING:
    from raspir.frontends.rasp.counting import Count

commands = typer.Typer()


@commands.command(
    epilog=examples(
        "raspir stats examples/addition.py:add",
        "raspir stats examples/addition.py:add --json",
        "raspir stats examples/rasp/dyck2.rasp:dyck2 --as-rasp --attention best",
    )
)
@with_options
def stats(
    program: ProgramSpec,
    as_rasp: Annotated[
        bool,
        typer.Option(
            "--as-rasp",
            help="Of a .rasp file, also show the layers and heads as RASP's own analyzer counts them: its library has "
            "more of them than raspir's, and a head is a selector that is made, even if another one equals it.",
        ),
    ] = False,
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    as_json: AsJson = False,
) -> None:
    """Show the layers of a program, the heads in each, and their costs."""
    report = Report()
    with prints_aside():
        written = without_checks(load_graph(program, bind, options))
        passes = "" if no_optimize else None
        optimized = after_passes(written, options, passes, report)
        counted = _counted_as_rasp(program) if as_rasp else None
    after = None if optimized == written else optimized
    if as_json:
        figures = {} if counted is None else {"as_rasp": counted.to_json()}
        figures = _figures(written) | figures | ({} if after is None else {"optimized": _figures(after)})
        remarks = {} if no_optimize else {"remarks": [remark.to_json() for remark in report.remarks]}
        print_json(figures | remarks)
    else:
        if counted is not None:
            _print_counted(shown_spec(program), counted, written, after)
        _print_stats(shown_spec(program), written, after, report)
        if after is None and not no_optimize:
            typer.echo("\nThe optimizer found nothing to improve.")


@commands.command(
    epilog=examples(
        "raspir opt examples/addition.py:add -o add.rir",
        "raspir opt examples/addition.py:add --vocab 0123456789+ --remarks",
        "raspir opt examples/addition.py:add --vocab 0123456789+ --validate",
        "raspir opt examples/addition.py:add --print-ir-after-all -o add.rir",
        "raspir opt examples/addition.py:add --passes fold | raspir stats -",
    )
)
@with_options
def opt(
    program: ProgramSpec,
    passes: Passes = None,
    remarks: Annotated[
        bool, typer.Option("--remarks", help="Print as comments above the IR what each pass gained, and where.")
    ] = False,
    print_ir: Annotated[
        bool,
        typer.Option("--print-ir-after-all", help="Print the IR after each pass on standard error, for pass authors."),
    ] = False,
    validate: Annotated[
        bool,
        typer.Option(
            "--validate",
            help="Compare the program before and after on every input over the vocabulary, and with a solver on longer "
            "ones. Prints the coverage above the IR. The exit code is 1 if they differ.",
        ),
    ] = False,
    validate_length: Annotated[
        int | None,
        typer.Option(
            "--validate-length", metavar="N", help="The greatest length to validate; by default, as the time allows."
        ),
    ] = None,
    validate_seconds: Annotated[
        float,
        typer.Option("--validate-seconds", metavar="S", help="The time limit for inputs, and again for the solver."),
    ] = 20.0,
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    output: Output = None,
) -> None:
    """Optimize a program and print it as textual IR."""
    report = Report()
    if not validate and validate_length is not None:
        raise InputError("--validate-length applies only to --validate: give --validate, too")
    if not 0 < validate_seconds < math.inf or (validate_length is not None and validate_length < 0):
        raise InputError("--validate-seconds is a positive number, and --validate-length a natural one")
    with prints_aside():
        written = load_graph(program, bind, options)
        chosen = "" if no_optimize and passes is None else passes
        graph = after_passes(written, options, chosen, report, _print_ir if print_ir else None)
        covered = _validated(written, graph, validate_length, validate_seconds) if validate else []
    comments = [f"# validated: {line}" for line in covered] + (report.comments() if remarks else [])
    write("".join([*(f"{line}\n" for line in comments), print_graph(graph, locations=True)]), output)
    for line in covered if output is not None else ():
        print_message(f"validated: {line}")


def _print_ir(each: Pass, before: Graph, after: Graph) -> None:
    """Print the graph after a pass, under the name of the pass; only the name if it has changed nothing."""
    is_same = after == before and print_graph(after) == print_graph(before)
    typer.echo(f"# *** IR after {each.name}{': unchanged' if is_same else ''} ***", err=True)
    if not is_same:
        typer.echo(print_graph(after, locations=True), err=True)


def _validated(written: Graph, optimized: Graph, longest: int | None, seconds: float) -> list[str]:
    """Return lines on the coverage of translation validation; exit with code 1 on a difference."""
    from raspir.cli.progress import progress_bar
    from raspir.validation.translation import validate

    with progress_bar("validating") as progress:
        found = validate(written, optimized, longest, seconds, progress)
    if found.difference is not None:
        print_message(f"the optimized program is wrong: {found.difference}")
        raise typer.Exit(1)
    return found.lines()


@commands.command(epilog=examples("raspir emit examples/addition.py:add --backend text -o add.rir"))
@with_options
def emit(
    program: ProgramSpec,
    backend: BackendName,
    output: Output = None,
    input: Input = None,
    input_json: InputJson = None,
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
) -> None:
    """Write a program in the format of a backend."""
    with prints_aside():
        given = input_of(input, input_json)
        writer(backend)  # report an unknown name before slow work
        graph = load_optimized(program, bind, options, no_optimize, given)
        emitted = api.emit(graph, backend, given, optimize=False)
    write(emitted, output)


@commands.command(
    epilog=examples(
        "raspir plan examples/addition.py:add --vocab 0123456789+",
        "raspir plan examples/puzzles.py:smallest --json",
    )
)
@with_options
def plan(
    program: ProgramSpec,
    backend: BackendName = "numpy",
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    as_json: AsJson = False,
) -> None:
    """Show how a backend evaluates the selector of each aggregate, and its time complexity in the length n."""
    with prints_aside():
        chosen = explainer(backend)  # report an unknown name before slow work
        graph = load_optimized(program, bind, options, no_optimize)
        strategies = tuple(chosen.explain(graph))
    if as_json:
        print_json([_strategy_to_json(strategy) for strategy in strategies])
    else:
        _print_plan(shown_spec(program), chosen.name, strategies)


def _figures(graph: Graph) -> dict[str, Any]:
    return {**graph.stats().to_json(), **Causality.of(graph).to_json(), "critical_path": path_to_json(graph)}


def _counted_as_rasp(program: str) -> Count:
    from raspir.frontends.rasp.files import counted

    if is_stdin(program):
        raise LoadError("--as-rasp takes a .rasp file, and standard input is Python code or textual IR")
    return counted(program)


def _print_counted(program: str, counted: Count, written: Graph, after: Graph | None) -> None:
    from raspir.cli.tables import console, counted_table

    ours = {"as written": written.stats()} | ({} if after is None else {"optimized": after.stats()})
    console().print(counted_table(counted, ours, program))
    console().print()


def _print_stats(program: str, written: Graph, after: Graph | None, report: Report) -> None:
    """Print tables of the written program and, if different, the optimized one."""
    from raspir.cli.tables import comparison_table, console, remark_table

    before = written.stats()
    _print_layers(written, f"{program}, as written")
    if after is None:
        return
    console().print()
    _print_layers(after, f"{program}, optimized", written)
    console().print()
    console().print(comparison_table(before, after.stats()))
    if report.remarks and after.stats().layers < before.layers:
        console().print()
        console().print(remark_table(report.remarks))


def _print_layers(graph: Graph, title: str, written: Graph | None = None) -> None:
    """Print tables of a graph, which the optimizer has made of ``written``."""
    from raspir.cli.tables import console, critical_table, layer_table

    console().print(layer_table(graph, title))
    typer.echo(totals(graph.stats()))
    causality = Causality.of(graph).sentence(written)
    if causality:
        typer.echo(causality)
    if graph.stats().layers:
        console().print()
        console().print(critical_table(graph))


def _strategy_to_json(strategy: Strategy) -> dict[str, Any]:
    return {
        "value": strategy.value,
        "strategy": strategy.name,
        "cost": strategy.cost,
        "why": strategy.why,
        "selector": strategy.selector,
        "line": strategy.location or None,
        "falls_back": strategy.falls_back,
    }


def _print_plan(program: str, backend: str, strategies: tuple[Strategy, ...]) -> None:
    from raspir.cli.tables import console, strategy_table

    if not strategies:
        typer.echo(f"{program} has no attention: there is no selector to evaluate.")
        return
    console().print(strategy_table(strategies, f"{program}, as backend {backend} evaluates its selectors"))
    count = sum(strategy.falls_back for strategy in strategies)
    if count:
        falls = "1 selector falls back" if count == 1 else f"{count} selectors fall back"
        typer.echo(f"{falls}: each key is compared with each query, block by block. The time grows with n².")
