"""Trials with promises, for backends that need them, or support what inputs of some types make of a program."""

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
"""A trial, and its program as a backend runs it."""

_OTHERS: tuple[Callable[[int], Atom], ...] = (
    lambda number: number,
    lambda number: chr(ord("a") + number),
    lambda number: number + 0.5,
    lambda number: number % 2 == 0,
)
_ANY: tuple[Atom, ...] = (1, "a", 0.5, True)  # what inputs without atoms are promised to hold


def promised(trial: Trial, compiled: Callable[[Graph], Executable], apart: bool = True) -> Iterator[Run]:
    """Yield parts of a trial: its program with promises that some inputs keep, these inputs, and what runs it.

    Inputs stay together as far as the backend compiles the program with all their atoms promised. Inputs with which it
    does not are left out, as is everything if these are all that hold atoms.

    Args:
        trial: what the backend refuses as it is.
        compiled: what compiles a program. What it raises, other than ``BackendError``, is passed on.
        apart: whether inputs may go into several parts.
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
    others = [number for number in read if number not in holding]  # no inputs at all, or of no length
    for numbers in _together(holding, lambda numbers: attempt(numbers) is not None, apart):
        made = attempt(numbers)
        assert made is not None
        chosen = sorted([*numbers, *others])
        wanted = tuple(trial.wanted[number] for number in chosen) if trial.wanted else ()
        yield replace(trial, graph=made[0], inputs=tuple(trial.inputs[i] for i in chosen), wanted=wanted), made[1]
        others = []


def in_other_atoms(trial: Trial) -> Iterator[Trial]:
    """Yield a trial with its inputs in integers, strings, floats and booleans, what is equal equal again."""
    if trial.closed:  # nobody would say what is right
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
    """Return the numbers that fit, in few lists that fit: all in one if they do, and else ``apart`` if they may be."""
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
    """Return the atoms of each input of the program; nothing if they are none, or break a promise."""
    try:
        return [list(atoms) for atoms in read_inputs(graph, given).values()]
    except RaspirError:
        return []


def _narrowed(graph: Graph, vocab: tuple[Atom, ...], longest: int) -> Graph:
    """Return a program with promises; those that it has stay."""
    has_vocabulary = any(node["vocab"] is not None for node in graph.inputs.values())
    has_length = graph.max_length is not None
    with quiet():
        return located(graph.assume(None if has_vocabulary else vocab, None if has_length else longest))
