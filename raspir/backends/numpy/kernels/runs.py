"""What a run of a program is on: one sequence, or several at once, one behind the other."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from raspir.backends.numpy.kernels.columns import Array, Column, integers, narrowest, take
from raspir.backends.numpy.kernels.failures import Site
from raspir.ir.errors import SlowWarning
from raspir.ir.lazy import cached_property
from raspir.runtime.messages import wrong_length

BUDGET = 64 * 2**20
"""The bytes that a block of an attention matrix may take."""

PATIENCE = 60.0
"""The seconds after which it is told that something takes long."""

Report = Callable[[str, int, int], None]
"""Told what takes long, and how many steps of how many are done; at first of none."""


class Run:
    """The sequences that a program runs on, none of them empty.

    A value that is the same at all positions has one atom for each sequence, or a single one if it is a constant;
    every other value has one for each position of all sequences.

    Args:
        lengths: the number of positions of each sequence.
        budget: the bytes that a block of an attention matrix may take.
        report: told what takes long.
    """

    def __init__(self, lengths: Array, budget: int = BUDGET, report: Report | None = None) -> None:
        self.lengths = lengths
        self.count = len(lengths)
        self.single = self.count == 1
        self.n = int(lengths[0]) if self.single else int(lengths.sum())
        self.longest = self.n if self.single else int(lengths.max())
        self.budget = budget
        self.report = report
        self._places: Array | None = None
        self._indices: Column | None = None

    @property
    def places(self) -> Array:
        """The number of each position, counted through all sequences."""
        if self._places is None:
            self._places = np.arange(self.n)
        return self._places

    @cached_property
    def starts(self) -> Array:
        """Where each sequence starts."""
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def sequence(self) -> Array:
        """The sequence that each position belongs to."""
        if self.single:
            return np.zeros(self.n, dtype=np.int64)
        return np.repeat(np.arange(self.count), self.lengths)

    @cached_property
    def first(self) -> Array:
        """Where the sequence of each position starts, or that of all positions."""
        return np.zeros(1, dtype=np.int64) if self.single else np.repeat(self.starts, self.lengths)

    @cached_property
    def end(self) -> Array:
        """Where the sequence of each position ends, or that of all positions."""
        return np.array([self.n]) if self.single else np.repeat(self.starts + self.lengths, self.lengths)

    @cached_property
    def length_there(self) -> Array:
        """The length of the sequence of each position, or that of all positions, in no more bits than it needs."""
        return self.lengths if self.single else np.repeat(self.lengths.astype(narrowest(0, self.longest)), self.lengths)

    @property
    def indices(self) -> Column:
        """The position of each atom in its sequence."""
        if self._indices is None:
            kind = np.int64 if self.single else narrowest(0, self.longest)
            places = self.places if self.single else (self.places - self.first).astype(kind)
            self._indices = integers(places, 0, self.longest - 1)
        return self._indices

    @property
    def length(self) -> Column:
        """The length of each sequence."""
        return integers(self.lengths, 1, self.longest)


def warn_if_slow(what: str, seconds: float) -> None:
    """Warn of what is about to begin, if it takes long."""
    if seconds > PATIENCE:
        warnings.warn(SlowWarning(what, seconds), stacklevel=3)


def indices(run: Run) -> Column:
    """Return the positions 0 … n-1 of each sequence."""
    return run.indices


def length(run: Run) -> Column:
    """Return the length of each sequence."""
    return run.length


def fixed(run: Run, at: Site, column: Column | None = None) -> Column:
    """Return the atoms of a fixed sequence, which every sequence must be as long as; of none where there are none.

    Raises:
        EvaluationError: if one is not.
    """
    held = 0 if column is None else len(column)
    wrong = run.lengths != held
    if column is None or wrong.any():
        raise at.failed(wrong_length(held, int(run.lengths[wrong.argmax()])))
    return column if run.single else take(column, run.indices.data)


def broadcast(run: Run, column: Column) -> Column:
    """Return at each position what is the same at all of a sequence; one atom that holds for all may stay one."""
    if run.single or len(column) == 1 or len(column) == run.n:
        return column
    return take(column, run.sequence)


def full(run: Run, column: Column) -> Column:
    """Return an atom for each position."""
    if len(column) == run.n:
        return column
    if len(column) > 1:
        return take(column, run.sequence)
    tags = None if column.tags is None else np.broadcast_to(column.tags, run.n)
    return Column(column.kind, np.broadcast_to(column.data, run.n), tags, column.atoms, column.bounded)
