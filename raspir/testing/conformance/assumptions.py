"""Trials under assumptions, for backends that require them or support only the types that certain inputs imply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from raspir.backends.base import Executable
from raspir.ir import Atom, BackendError, Graph, ProgramError, RaspirError
from raspir.ir.atoms import atom_key, distinct
from raspir.runtime.inputs import read_inputs
from raspir.testing.conformance.case import Trial, located
from raspir.testing.quiet import quiet

Run = tuple[Trial, Executable]
"""A trial with its program, compiled by the backend."""

_OTHERS: tuple[Callable[[int], Atom], ...] = (
    lambda number: number,
    lambda number: chr(ord("a") + number),
    lambda number: number + 0.5,
    lambda number: number % 2 == 0,
)
_ANY: tuple[Atom, ...] = (1, "a", 0.5, True)  # candidate vocabularies for inputs without atoms


def under_assumptions(trial: Trial, compiled: Callable[[Graph], Executable], apart: bool = True) -> Iterator[Run]:
    """Yield parts of a trial: its program under assumptions that some inputs satisfy, those inputs, and the executable.

    Inputs stay together as long as the backend compiles the program with the vocabulary of all their atoms. Inputs for
    which it does not compile are dropped; if none with atoms remain, so are the empty ones.

    Args:
        trial: a trial that the backend rejects without assumptions.
        compiled: compiles a program. Its exceptions propagate, except for ``BackendError``.
        apart: whether inputs may be split into several parts.
    """
    read = {number: _read(trial.graph, given) for number, given in enumerate(trial.inputs)}
    holding = [number for number, columns in read.items() if columns and any(columns)]

    def attempt(numbers: Iterable[int], vocab: Iterable[Atom] = ()) -> tuple[Graph, Executable] | None:
        columns = [column for number in numbers for column in read[number]]
        atoms = distinct(chain(vocab, *columns))
        try:
            graph = _narrowed(trial.graph, atoms, max(map(len, columns), default=1))
            return graph, compiled(graph)
        except (BackendError, ProgramError):
            return None

    if not holding:
        found = next(filter(None, (attempt([], [atom]) for atom in _ANY)), None)
        if found is not None:
            yield replace(trial, graph=found[0]), found[1]
        return
    others = [number for number in read if number not in holding]  # invalid or empty inputs
    for numbers in _together(holding, lambda numbers: attempt(numbers) is not None, apart):
        made = attempt(numbers)
        assert made is not None
        chosen = sorted([*numbers, *others])
        wanted = tuple(trial.wanted[number] for number in chosen) if trial.wanted else ()
        yield replace(trial, graph=made[0], inputs=tuple(trial.inputs[i] for i in chosen), wanted=wanted), made[1]
        others = []


def in_other_atoms(trial: Trial) -> Iterator[Trial]:
    """Yield a trial with its inputs mapped to integers, strings, floats and booleans, preserving equality."""
    if trial.closed:  # there is no oracle for other atoms
        return
    read = [columns for columns in (_read(trial.graph, given) for given in trial.inputs) if columns]
    places = {atom_key(atom): number for number, atom in enumerate(distinct(chain(*chain(*read))))}
    for atom_of in _OTHERS:
        inputs = []
        for columns in read:
            atoms = [[atom_of(places[atom_key(atom)]) for atom in column] for column in columns]
            inputs.append(atoms[0] if len(atoms) == 1 else dict(zip(trial.graph.inputs, atoms, strict=True)))
        yield replace(trial, inputs=tuple(inputs), wanted=(), closed=False)


def _together(numbers: list[int], fit: Callable[[list[int]], bool], apart: bool) -> list[list[int]]:
    """Group the numbers that fit into few fitting lists: all in one if they fit, else several if ``apart``."""
    if fit(numbers):
        return [numbers]
    lists: list[list[int]] = []
    for number in numbers if apart else ():
        found = next((each for each in lists if fit([*each, number])), None)
        if found is not None:
            found.append(number)
        elif fit([number]):
            lists.append([number])
    return lists


def _read(graph: Graph, given: Any) -> list[list[Atom]]:
    """Return the atoms of each input of the program; empty if they are invalid or violate an assumption."""
    try:
        return [list(atoms) for atoms in read_inputs(graph, given).values()]
    except RaspirError:
        return []


def _narrowed(graph: Graph, vocab: tuple[Atom, ...], longest: int) -> Graph:
    """Return a program with added assumptions; existing ones are kept."""
    has_vocabulary = any(node.vocabulary is not None for node in graph.inputs.values())
    has_length = graph.max_length is not None
    with quiet():
        return located(graph.assume(None if has_vocabulary else vocab, None if has_length else longest))
