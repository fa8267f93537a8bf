"""Checks of solutions of puzzles against plain Python, on all short inputs and on some longer ones."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from raspir.api import optimize, to_graph
from raspir.backends.base import Executable, runner
from raspir.frontends.files import Named, find
from raspir.ir import Atom, Graph, LoadError, RaspirError, VocabularyWarning
from raspir.passes.options import Attention
from raspir.puzzles.catalog import PROGRAMS, Arguments, Puzzle
from raspir.runtime.sequence import Sequence
from raspir.testing.limits import TimeUpError, limited

OPTIMIZING = 60.0
"""The seconds that the optimizer may take in addition to the functions of a solution."""


@dataclass(frozen=True)
class Failure:
    """The first input on which a solution is wrong.

    Attributes:
        call: the solution as it was called.
        input: the input.
        expected: the result that the puzzle asks for.
        actual: the result of the solution; ``None`` if it has none.
        error: why it has none, on one line.
    """

    call: str
    input: list[Atom]
    expected: list[Atom]
    actual: list[Atom] | None
    error: str = ""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a check: a failure, or the layers of a right solution.

    Attributes:
        checked: the number of checks, the failed one included.
        failure: the first failure, if any.
        written: the layers of attention as written, over all arguments; of a right solution.
        optimized: the layers of the optimized program, likewise.
    """

    checked: int
    failure: Failure | None = None
    written: int = 0
    optimized: int = 0


def check(puzzle: Puzzle, target: str, attention: Attention = "select", time_limit: float = 10) -> Outcome:
    """Check the solution ``target``, a ``FILE[:NAME]``; the name is by default that of the puzzle.

    Args:
        puzzle: the puzzle.
        target: the solution: a program, or a function of the puzzle's parameters.
        attention: the kind of attention heads that the optimizer may use.
        time_limit: the seconds that the solution may take to load, to build a program, and on each input.

    Raises:
        LoadError: if the solution cannot be loaded, raises an error, does not take the arguments of the puzzle, is or
            returns no program, or takes too long.
    """
    with _limit(time_limit, f"loading {target}"):
        solution = find(target, puzzle.name)
    built = {_key(arguments): _build(puzzle, solution, arguments, time_limit) for arguments in puzzle.arguments}
    executables = {key: runner("reference").compile(graph) for key, (_, graph) in built.items()}
    checked = 0
    for checked, (arguments, given) in enumerate(puzzle.cases(), start=1):
        key = _key(arguments)
        failure = _failure(executables[key], built[key][0], given, puzzle.expected(given, **arguments), time_limit)
        if failure is not None:
            return Outcome(checked, failure)
    graphs = [graph for _, graph in built.values()]
    with _limit(time_limit + OPTIMIZING, "optimizing it"):  # which may call functions of the solution
        optimized = [_optimized(graph, puzzle, attention) for graph in graphs]
    return Outcome(checked, None, _deepest(graphs), _deepest(optimized))


def _key(arguments: Arguments) -> tuple[Atom, ...]:
    return tuple(arguments.values())


def _deepest(graphs: list[Graph]) -> int:
    return max(graph.stats().layers for graph in graphs)


def _optimized(graph: Graph, puzzle: Puzzle, attention: Attention) -> Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VocabularyWarning)  # the solution is right on all inputs of the puzzle
        return optimize(graph, vocab=puzzle.vocab, attention=attention)


def _failure(run: Executable, call: str, given: list[Any], expected: list[Any], time_limit: float) -> Failure | None:
    try:
        with _limit(time_limit, "it"):
            result = run(given)
    except RaspirError as error:
        return Failure(call, given, expected, None, str(error))
    assert isinstance(result, Sequence)
    return None if result == expected else Failure(call, given, expected, result.tolist())


def _build(puzzle: Puzzle, solution: Named, arguments: Arguments, time_limit: float) -> tuple[str, Graph]:
    """Return the call of a solution in words, and its graph.

    Raises:
        LoadError: if it is or returns no program with one output, raises an error, or takes too long.
    """
    if solution.is_function:
        names = _passed(puzzle, solution, arguments)
        given = {parameter: _argument(puzzle, name, arguments) for parameter, name in names.items()}
        shown = {parameter: puzzle.programs.get(name) or repr(given[parameter]) for parameter, name in names.items()}
        call = f"{solution.name}({', '.join(shown.values())})"
    elif puzzle.is_function:
        raise LoadError(f"{solution.name} is not a function: a solution is a function {puzzle.signature}")
    else:
        given, call = {}, solution.name
    with _limit(time_limit, f"building {call}"):
        graph = to_graph(solution.program(given))
    if len(graph.outputs) != 1 or len(graph.inputs) > 1:
        raise LoadError(f"{solution.name} is not a program with one input and one output")
    return call, graph


def _argument(puzzle: Puzzle, name: str, arguments: Arguments) -> object:
    if name in puzzle.programs:
        return PROGRAMS[puzzle.programs[name]]
    return arguments[name] if name in arguments else puzzle.optional[name]


def _passed(puzzle: Puzzle, solution: Named, arguments: Arguments) -> dict[str, str]:
    """Return which argument of the puzzle each parameter of a function receives, by name.

    Parameters with the name of an argument receive it; the others receive the remaining arguments in order.

    Raises:
        LoadError: if an argument other than a program has no parameter, or a required parameter no argument.
    """
    parameters = solution.parameters()
    known = {*puzzle.parameters, *puzzle.optional}
    left = iter(name for name in puzzle.parameters if name not in parameters)
    passed = {name: name if name in known else next(left, None) for name in parameters}
    lacking = [name for name in arguments if name not in passed.values()]
    surplus = [name for name, required in parameters.items() if required and passed[name] is None]
    if lacking or surplus:
        taken = f"{solution.name}({', '.join(parameters)})"
        raise LoadError(f"{taken} does not take the puzzle's arguments: a solution is a function {puzzle.signature}")
    return {parameter: name for parameter, name in passed.items() if name is not None}


@contextmanager
def _limit(seconds: float, what: str) -> Iterator[None]:
    """Limit the time of user code.

    Raises:
        LoadError: if the limit is exceeded.
    """
    message = f"{what} takes longer than {seconds:g} second{'' if seconds == 1 else 's'}"
    try:
        with limited(seconds):
            yield
    except TimeUpError:
        raise LoadError(message) from None
    except RaspirError as error:
        if not _interrupted(error):
            raise
        raise LoadError(message, error.location) from None


def _interrupted(error: BaseException | None) -> bool:
    """Return whether the time limit is what raised ``error``, which the loader converts like any error of user code."""
    while error is not None:
        if isinstance(error, TimeUpError):
            return True
        error = error.__cause__ or error.__context__
    return False
