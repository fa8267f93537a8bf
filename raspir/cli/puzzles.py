"""The ``puzzle`` command."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from raspir.cli import completion
from raspir.cli.batch import to_json
from raspir.cli.options import AsJson, examples, with_options
from raspir.cli.shared import print_json, print_message, prints_aside
from raspir.ir import Atom, InputError
from raspir.passes.options import Attention, Target
from raspir.viz.shown import counted

if TYPE_CHECKING:
    from raspir.puzzles.catalog import Example, Puzzle
    from raspir.puzzles.checking import Outcome

commands = typer.Typer()


@commands.command(
    epilog=examples(
        "raspir puzzle",
        "raspir puzzle flip",
        "raspir puzzle flip my.py:flip",
        "raspir puzzle minimum examples/puzzles.py:minimum --attention best",
    )
)
@with_options
def puzzle(
    name: Annotated[
        str | None,
        typer.Argument(metavar="PUZZLE", help="A puzzle, to show it.", autocompletion=completion.puzzles),
    ] = None,
    solution: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE[:NAME]",
            autocompletion=completion.solutions,
            help="A solution of it, to check: a program, or a function of the puzzle's arguments. NAME is by default "
            "that of the puzzle.",
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option("--time-limit", metavar="SECONDS", help="The time limit for loading it, and for each input."),
    ] = 10.0,
    *,
    target: Target,
    as_json: AsJson = False,
) -> None:
    """List the puzzles, show one, or check a solution.

    The exit code is 1 if the solution is wrong.
    """
    from raspir.puzzles.catalog import PUZZLES, puzzle_named
    from raspir.puzzles.checking import check

    if not 0 < time_limit < float("inf"):
        raise InputError(f"--time-limit is a positive number of seconds, not {time_limit:g}")
    if name is None:
        _list(list(PUZZLES.values()), as_json)
        return
    chosen = puzzle_named(name)
    if solution is None:
        if as_json:
            print_json(_to_json(chosen))
        else:
            _print(chosen, target.attention)
        return
    with prints_aside():
        outcome = check(chosen, solution, target.attention, time_limit)
    if as_json:
        print_json(_outcome_to_json(chosen, target.attention, outcome))
    else:
        _print_outcome(chosen, target.attention, outcome)
    raise typer.Exit(int(outcome.failure is not None))


def _list(puzzles: list[Puzzle], as_json: bool) -> None:
    from raspir.cli.tables import console, puzzle_table

    if as_json:
        print_json([_to_json(each) for each in puzzles])
        return
    console().print(
        puzzle_table((each.name, f"{each.task}\n{_shown(each.examples()[0])}", _layers(each)) for each in puzzles)
    )
    typer.echo("raspir puzzle NAME shows one; raspir puzzle NAME FILE:NAME checks a solution.")


def _print(puzzle: Puzzle, attention: Attention) -> None:
    """Print the statement of a puzzle."""
    fewest = counted(puzzle.fewest(attention), "layer")
    with_best = " with attention best" if attention == "best" else ""
    kind = "a function" if puzzle.is_function else "a program, or a function"
    lines = [
        *textwrap.wrap(f"{puzzle.name}: {puzzle.task}", 80),
        "",
        *(f"  {_shown(example)}" for example in puzzle.examples()),
        "",
        f"A solution is {kind} {puzzle.signature}.",
        *(f"It may also take {name}, which is {to_json(value)}." for name, value in puzzle.optional.items()),
        *([f"It may build on {', '.join(puzzle.uses)}."] if puzzle.uses else []),
        f"The best known solution has {fewest}{with_best}.",
        f"Check yours: raspir puzzle {puzzle.name} my.py:{puzzle.name}",
    ]
    typer.echo("\n".join(lines))


def _shown(example: Example) -> str:
    """Return an example in one line, with characters as a text."""
    return f"{example.call}({_text(example.input)}) → {_text(example.output)}"


def _text(atoms: list[Atom]) -> str:
    characters = all(isinstance(atom, str) and len(atom) == 1 for atom in atoms)
    return to_json("".join(map(str, atoms)) if characters else atoms)


def _layers(puzzle: Puzzle) -> str:
    """Return the fewest layers known, and with ``best`` if these are fewer."""
    plain, best = puzzle.layers
    return str(plain) if plain == best else f"{plain}, best {best}"


def _to_json(puzzle: Puzzle) -> dict[str, Any]:
    return {
        "name": puzzle.name,
        "task": puzzle.task,
        "signature": puzzle.signature,
        "examples": [example._asdict() for example in puzzle.examples()],
        "layers": dict(zip(get_args(Attention), puzzle.layers, strict=True)),
        "builds_on": list(puzzle.uses),
    }


def _print_outcome(puzzle: Puzzle, attention: Attention, outcome: Outcome) -> None:
    failure = outcome.failure
    if failure is None:
        kind = "Layers with attention best" if attention == "best" else "Layers"
        known = puzzle.fewest(attention)
        typer.echo(f"{puzzle.name} is solved: {outcome.checked} results are right.")
        typer.echo(f"{kind}: {outcome.written} as written, {outcome.optimized} optimized; best known: {known}.")
        if outcome.optimized < known:
            typer.echo("That is fewer than the best known solution has!")
    elif failure.actual is None:
        print_message(f"{failure.call} fails on {_text(failure.input)}: {failure.error}")
    else:
        typer.echo(f"{failure.call} is wrong on {_text(failure.input)}")
        typer.echo(f"  expected  {to_json(failure.expected)}")
        typer.echo(f"  actual    {to_json(failure.actual)}")


def _outcome_to_json(puzzle: Puzzle, attention: Attention, outcome: Outcome) -> dict[str, Any]:
    common = {"puzzle": puzzle.name, "solved": outcome.failure is None, "checked": outcome.checked}
    if outcome.failure is not None:
        return common | {"failure": {name: value for name, value in asdict(outcome.failure).items() if value != ""}}
    layers = {"written": outcome.written, "optimized": outcome.optimized, "best_known": puzzle.fewest(attention)}
    return common | {"attention": attention, "layers": layers}
