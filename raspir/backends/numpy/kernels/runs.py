"""Runs: the layout of one sequence, or of a batch of concatenated sequences."""

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
"""The default size limit in bytes of a block of the attention matrix."""

PATIENCE = 60.0
"""The estimated seconds above which a slow operation warns."""

Report = Callable[[str, int, int], None]
"""A progress callback: receives a description, the steps done (first 0) and the total."""


class Run:
    """The layout of the sequences that a program runs on, none of them empty.

    A uniform value has one atom per sequence, and a constant a single one; all other values have one atom per position
    of all sequences.

    Args:
        lengths: the number of positions of each sequence.
        budget: the size limit in bytes of a block of the attention matrix.
        report: the progress callback.
    """

    def __init__(self, lengths: Array, budget: int = BUDGET, report: Report | None = None) -> None:
        self.lengths = lengths
        self.count = len(lengths)
        self.single = self.count == 1
        self.n = int(lengths[0]) if self.single else int(lengths.sum())
        self.longest = self.n if self.single else int(lengths.max())
        self.budget = budget
        self.report = report

    @cached_property
    def positions(self) -> Array:
        """The global index of each position across all sequences."""
        return np.arange(self.n)

    @cached_property
    def starts(self) -> Array:
        """The start offset of each sequence."""
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def sequence(self) -> Array:
        """The sequence index of each position."""
        if self.single:
            return np.zeros(self.n, dtype=np.int64)
        return np.repeat(np.arange(self.count), self.lengths)

    @cached_property
    def first(self) -> Array:
        """The start offset of each position's sequence, or a single one that broadcasts."""
        return np.zeros(1, dtype=np.int64) if self.single else np.repeat(self.starts, self.lengths)

    @cached_property
    def end(self) -> Array:
        """The end offset of each position's sequence, or a single one that broadcasts."""
        return np.array([self.n]) if self.single else np.repeat(self.starts + self.lengths, self.lengths)

    @cached_property
    def length_there(self) -> Array:
        """The length of each position's sequence, or a single one that broadcasts, in the narrowest dtype."""
        return self.lengths if self.single else np.repeat(self.lengths.astype(narrowest(0, self.longest)), self.lengths)

    @cached_property
    def indices(self) -> Column:
        """The index of each position within its sequence."""
        indices = self.positions if self.single else (self.positions - self.first).astype(narrowest(0, self.longest))
        return integers(indices, 0, self.longest - 1)


def warn_if_slow(what: str, seconds: float) -> None:
    """Warn about an operation estimated to exceed :data:`PATIENCE`."""
    if seconds > PATIENCE:
        warnings.warn(SlowWarning(what, seconds), stacklevel=3)


def indices(run: Run) -> Column:
    """Return the indices 0 … n-1 of each sequence."""
    return run.indices


def length(run: Run) -> Column:
    """Return the length of each sequence."""
    return integers(run.lengths, 1, run.longest)


def fixed(run: Run, at: Site, column: Column | None = None) -> Column:
    """Return the atoms of a fixed sequence, whose length every input must match; ``None`` stands for the empty one.

    Raises:
        EvaluationError: if an input has a different length.
    """
    held = 0 if column is None else len(column)
    wrong = run.lengths != held
    if column is None or wrong.any():
        raise at.failed(wrong_length(held, int(run.lengths[wrong.argmax()])))
    return column if run.single else take(column, run.indices.data)


def broadcast(run: Run, column: Column) -> Column:
    """Broadcast a uniform column to all positions; a column of length 1 may stay as it is."""
    if run.single or len(column) == 1 or len(column) == run.n:
        return column
    return take(column, run.sequence)


def full(run: Run, column: Column) -> Column:
    """Broadcast a column to one atom per position."""
    if len(column) == run.n:
        return column
    if len(column) > 1:
        return take(column, run.sequence)
    tags = None if column.tags is None else np.broadcast_to(column.tags, run.n)
    return Column(column.kind, np.broadcast_to(column.data, run.n), tags, column.atoms, column.bounded)
