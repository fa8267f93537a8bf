"""What embeddings hold at BOS, which is free, so that heads read there what they need without a flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from raspir.transformer.affine import Affine
from raspir.transformer.stream import Direction, directions_of


@dataclass(frozen=True)
class Read:
    """A form that is read at BOS.

    Attributes:
        form: the form.
        target: what it must be there; ``None`` if anything up to 0 will do.
        exact: whether it must be so exactly, as what is not is multiplied by a large scale.
    """

    form: Affine
    target: float | None
    exact: bool = False


def at_bos(directions: Sequence[Direction], reads: Sequence[Read]) -> dict[Direction, float] | None:
    """Return a number for each embedded direction by which all forms read what they must at BOS.

    It is ``None`` if there are no such numbers, so that a flag is needed. Other directions are 0 at BOS.
    """
    free = [direction for direction in directions if direction.kind == "embedding"]
    column = {direction: at for at, direction in enumerate(free)}
    rows = [read for read in reads if read.target is not None]
    matrix, target = np.zeros((len(rows), len(free))), np.zeros(len(rows))
    for at, read in enumerate(rows):
        assert read.target is not None
        target[at] = read.target - float(read.form.constant)
        for direction, c in directions_of(read.form):
            if direction.kind == "flag":
                return None
            if direction in column:
                matrix[at, column[direction]] = float(c)
    solution = np.linalg.lstsq(matrix, target, rcond=None)[0] if free else np.zeros(0)
    near = np.round(solution * 4096) / 4096
    solution = np.where(np.abs(solution - near) < 1e-9, near, solution)
    if not np.allclose(matrix @ solution, target, rtol=0, atol=1e-9):
        return None
    found = dict(zip(free, solution.tolist(), strict=True))
    return found if all(_holds(read, found) for read in reads) else None


def _holds(read: Read, found: dict[Direction, float]) -> bool:
    """Return whether a form is exact where it has to be, or at most 0."""
    terms = [float(c) * found[direction] for direction, c in directions_of(read.form) if direction in found]
    constant = float(read.form.constant)
    if read.target is not None:
        return not read.exact or (sum(terms) + constant == 0 and all((64 * each).is_integer() for each in terms))
    others = [(d, float(c)) for d, c in directions_of(read.form) if d not in found]
    reach = sum(max(c * d.at_bos[0], c * d.at_bos[1]) for d, c in others)
    return sum(terms) + constant + reach <= 0
