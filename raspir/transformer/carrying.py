"""Which inexact values a synthesized number depends on, and how it passes their errors on."""

from __future__ import annotations

import numpy as np

from raspir.transformer.columns import Column, Values
from raspir.transformer.problems import Problem
from raspir.transformer.score_errors import Carried
from raspir.transformer.softmax import Bits
from raspir.transformer.synthesis import Synthesized
from raspir.transformer.tables import rounding, slopes, symbol_of


def carried_by(column: Column, found: Synthesized, problem: Problem, bits: Bits) -> Carried | None:
    """Return synthesized units as a function of inexact values alone, if they are one."""
    symbols = list(map(symbol_of, found.units.sources()))
    if not symbols or not all(symbol in problem.nodes for symbol in symbols):
        return None
    errors, rows = {symbol: symbol.error for symbol in symbols}, np.arange(len(problem.table.results))
    known = ~np.isnan(column.values).reshape(-1)

    def whole(values: Values) -> Values:
        found = np.zeros(known.size)
        found[known] = values
        return found

    return Carried(
        column.roots,
        column.values.reshape(-1),
        {problem.nodes[symbol]: error for symbol, error in errors.items()},
        {
            problem.nodes[symbol]: (whole(low), whole(high))
            for symbol, (low, high) in slopes(found.units, rows, errors).items()
        },
        float(rounding(found.units, rows, bits).max(initial=0.0)),
    )
