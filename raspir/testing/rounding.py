"""Which results may differ, since the floats of long inputs are not always added from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import fsum
from typing import Any

from raspir.backends.reference import trace
from raspir.ir import Graph, RaspirError
from raspir.testing.minimise import with_outputs
from raspir.testing.settings import Setting
from raspir.testing.thresholds import LONG_SUMS


def excused(setting: Setting, graph: Graph, inputs: Sequence[Any]) -> bool:
    """Tell whether results may differ since a backend may add floats in another order, and that rounds."""
    if setting.backend == "numpy" and LONG_SUMS not in setting.forced:
        from raspir.backends.numpy.kernels.summation import SMALL

        if max(map(len, inputs)) ** 2 <= SMALL:
            return False
    return setting.backend != "reference" and any(_rounds(graph, given) for given in inputs)


def _rounds(graph: Graph, given: Any) -> bool:
    """Tell whether adding the floats of some row from left to right rounds."""
    for node in graph:
        if node.operation.name in ("sum", "mean"):
            try:
                values = trace(with_outputs(graph, {"out": node}), given)
            except RaspirError as error:
                if "NaN" in error.message:
                    return True
                continue
            selector, value = (values[operand] for operand in node.operands)
            for row in selector:
                chosen = [atom for atom, there in zip(value, row, strict=True) if there]
                if any(type(atom) is float for atom in chosen) and not _exactly_added(chosen):
                    return True
    return False


def _exactly_added(atoms: list[Any]) -> bool:
    if any(abs(atom) > 2**53 for atom in atoms):
        return False
    return all(fsum(atoms[: k + 1]) == each for k, each in enumerate(accumulate(atoms)))
