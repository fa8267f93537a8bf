"""Values that depend on the position and the length alone, computed for each length by the reference interpreter."""

from __future__ import annotations

import numpy as np

from raspir.analysis import Analysis
from raspir.ir import Atom, Graph, Node
from raspir.ir.atoms import atom_key
from raspir.ir.errors import EvaluationError
from raspir.ir.types import SELECTOR
from raspir.ir.views import Aggregate
from raspir.runtime.reference import step
from raspir.transformer.atomsets import Atoms, canonical
from raspir.transformer.numbering import Codes

_WORK = 1 << 21  # most entries of selectors that are computed


def positional(graph: Graph, analysis: Analysis, lengths: range) -> dict[Node, tuple[Atoms, Codes]]:
    """Return the aggregates of ``graph`` that depend on the position and the length alone, if they are affordable.

    Args:
        graph: the program.
        analysis: its analysis.
        lengths: the positive lengths of the inputs.

    Returns:
        For each aggregate its atoms, and their codes of shape [longest length, lengths]: at each position of an input
        of each length; -1 beyond the length, and for a length at which the program fails.
    """
    nodes = [node for node in graph if analysis[node].positional]
    found = [node for node in nodes if isinstance(node, Aggregate)]
    selectors = sum(node.type is SELECTOR or isinstance(node, Aggregate) for node in nodes)
    if not lengths or not found or selectors * sum(n * n for n in lengths) > _WORK:
        return {}
    columns = {n: _values(graph, nodes, n) for n in lengths}
    results: dict[Node, tuple[Atoms, Codes]] = {}
    for node in found:
        atoms = canonical(atom for values in columns.values() for atom in values.get(node, ()))
        codes = np.full((lengths[-1], len(lengths)), -1, dtype=np.int64)
        number = {atom_key(atom): code for code, atom in enumerate(atoms)}
        for at, values in enumerate(columns.values()):
            column = values.get(node, ())
            codes[: len(column), at] = [number[atom_key(atom)] for atom in column]
        if atoms:
            results[node] = atoms, codes
    return results


def _values(graph: Graph, nodes: list[Node], n: int) -> dict[Node, list[Atom]]:
    """Return the values of ``nodes`` on an input of length ``n``; none if one of them fails."""
    blank: dict[str, list[Atom]] = {name: [None] * n for name in graph.inputs}
    values: dict[Node, list[Atom]] = {}
    try:
        for node in nodes:
            values[node] = step(graph, node, blank, [values[operand] for operand in node.operands])
    except EvaluationError:
        return {}
    return values
