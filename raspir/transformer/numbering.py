"""Codes: the numbers of atoms in a domain, in arrays."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""Numbers of atoms in a domain; -1 for none."""


def distinct(rows: Codes) -> tuple[Codes, Codes]:
    """Return the distinct ones of ``rows``, of shape [rows, columns], ascending, and each row's number there."""
    low = rows.min(axis=0, initial=0)
    sizes = [int(high) + 1 - int(least) for high, least in zip(rows.max(axis=0, initial=0), low, strict=True)]
    if prod(sizes) >= 2**62:
        found, inverse = np.unique(rows, axis=0, return_inverse=True)
        return found, inverse.reshape(-1)
    # One number for each row: sorting numbers is many times faster than sorting rows.
    keys, inverse = np.unique(np.ravel_multi_index((rows - low).T, sizes), return_inverse=True)
    return np.stack(np.unravel_index(keys, sizes), axis=-1).astype(np.int64) + low, inverse.reshape(-1)
