"""Comparison of activations with a program: of patterns with selectors, and of the residual stream with values."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Atom, Graph, Node
from raspir.ir.atoms import atom_key
from raspir.ir.views import Best
from raspir.runtime.reference import trace
from raspir.transformer.affine import Affine
from raspir.transformer.atomsets import Atoms, contains
from raspir.transformer.attention import HeadPlan
from raspir.transformer.bundles import Bundle
from raspir.transformer.columns import Column
from raspir.transformer.construction import Construction
from raspir.transformer.forward import Activations
from raspir.transformer.grids import Root, nodes_of
from raspir.transformer.inputs import Checked
from raspir.transformer.numbering import Codes
from raspir.transformer.reports import Fault, Part
from raspir.transformer.stream import FIRST, FLAG, Direction, Placed
from raspir.transformer.weights import Weights

Floats = NDArray[np.float64]
Traced = Mapping[Node, Any]
"""The value of each node on one input."""

_SHARE = 0.05  # the greatest error of a weight, relative to those of selected positions

_SLACK = 1e-9  # the relative rounding error of what is compared


class Comparison:
    """Compares the activations of a transformer with the values of its program.

    Args:
        construction: how the transformer was made.
        weights: its weights.

    Attributes:
        error: the greatest error of a number so far, relative to those greater than 1.
    """

    def __init__(self, construction: Construction, weights: Weights) -> None:
        self._groups = _grouped(construction.heads(weights))
        self._last = f"blocks.{len(weights.blocks) - 1}.hook_resid_post" if weights.blocks else ""
        self._basis = construction.basis
        held = {
            (c.key, placed.form): (c, placed)
            for c, placed in construction.held
            if self._basis.read(placed.form) is not None
        }
        flag = Column((), np.zeros(()), FLAG.what), Placed(Affine.of(FLAG), 0.0, FIRST)
        self._held = (*held.values(), *([flag] if self._basis.read(flag[1].form) else []))
        roots = [node for column, _ in self._held for root in column.roots for node in nodes_of(root)]
        self._roots = tuple(dict.fromkeys(roots))
        attending = [value.aggregate for plan in construction.plans for value in plan.values]
        self._graph = _yielding(construction.graph, (*self._roots, *attending))
        self._codes = {node: _Coded(construction.domains[node]) for node in self._roots}
        self._of_heads: dict[int, Fault] = {}
        self._of_numbers: dict[int, Fault] = {}
        self.error = 0.0

    def add(self, inputs: Sequence[Checked], kept: Activations) -> None:
        """Compare the activations on some inputs, on which the program has a result."""
        traces = [trace(self._graph, input) for input in inputs]
        for number, (input, values) in enumerate(zip(inputs, traces, strict=True)):
            for at, group in enumerate(self._groups):
                if at not in self._of_heads and (fault := group.fault(values, number, kept, input)) is not None:
                    self._of_heads[at] = fault
        self._add_numbers(inputs, traces, kept)

    @property
    def heads(self) -> tuple[Part, ...]:
        """The heads of each selector and layer together, in the order of the weights."""
        return tuple(Part(group.what, self._of_heads.get(at)) for at, group in enumerate(self._groups))

    @property
    def numbers(self) -> tuple[Part, ...]:
        """The numbers that the residual stream holds."""
        return tuple(Part(column.what, self._of_numbers.get(at)) for at, (column, _) in enumerate(self._held))

    def _add_numbers(self, inputs: Sequence[Checked], traces: Sequence[Traced], kept: Activations) -> None:
        lengths = [len(next(iter(values.values()))) for values in traces]
        places = [(number, at) for number, length in enumerate(lengths) for at in range(length)]
        stream = kept[self._last] if self._last else kept["hook_embed"] + kept["hook_pos_embed"]
        rows = stream[[number for number, _ in places], [at + 1 for _, at in places]].astype(np.float64)
        codes = {
            node: self._codes[node](itertools.chain.from_iterable(values[node] for values in traces))
            for node in self._roots
        }
        for number, (column, placed) in enumerate(self._held):
            expected, found = _expected(column, codes, len(places)), self._found(placed, rows)
            off, size = np.abs(found - expected), np.where(np.isfinite(expected), np.maximum(np.abs(expected), 1), 1)
            matter = ~np.isnan(expected)
            self.error = max(self.error, float((off / size)[matter].max(initial=0)))
            for first in np.flatnonzero(matter & ~(off <= placed.error + _SLACK * size))[:1].tolist():
                of, at = places[first]
                fault = Fault(inputs[of], f"`{column.what}`", at, float(found[first]), float(expected[first]))
                self._of_numbers.setdefault(number, fault)

    def _found(self, placed: Placed, rows: Floats) -> Floats:
        found = np.full(len(rows), float(placed.form.constant))
        for at, weight in (self._basis.read(placed.form) or {}).items():
            found = found + weight * rows[:, at]
        return found


class _Coded:
    """The number of each atom of a domain; -1 for other atoms."""

    def __init__(self, atoms: Atoms) -> None:
        self._atoms = atoms
        self._known = {} if isinstance(atoms, range) else {atom_key(atom): at for at, atom in enumerate(atoms)}

    def __call__(self, atoms: Iterable[Atom]) -> Codes:
        return np.array(list(map(self._code, atoms)), dtype=np.int64)

    def _code(self, atom: Atom) -> int:
        if isinstance(self._atoms, range) and isinstance(atom, int) and contains(self._atoms, atom):
            return self._atoms.index(atom)
        return self._known.get(atom_key(atom), -1)


@dataclass(frozen=True)
class _Group:
    """Heads that exclude each other, which write the same directions.

    Attributes:
        plans: the heads.
        places: the block of each, and its number there.
    """

    plans: tuple[HeadPlan, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def what(self) -> str:
        """What they serve."""
        return ", ".join(value.direction.what for value in self.plans[0].values)

    def fault(self, values: Traced, number: int, kept: Activations, input: Checked) -> Fault | None:
        """Return where they attend otherwise than they should, BOS and queries that select nothing apart."""
        wanted = _wanted(self.plans[0], values)
        n = len(wanted)
        widths = wanted.sum(axis=1, keepdims=True)
        own = sum(
            (
                plan.scale * kept[f"blocks.{block}.attn.hook_pattern"][number, head, 1 : n + 1, 1 : n + 1]
                for plan, (block, head) in zip(self.plans, self.places, strict=True)
            ),
            start=np.eye(n) * any(plan.adds_own for plan in self.plans),  # the stream holds it already
        )
        totals = own.sum(axis=1, keepdims=True)
        shares = own / np.where(totals > 0, totals, 1)
        wrong = np.argwhere((widths > 0) & (np.abs(shares * widths - wanted) > _SHARE))
        if not len(wrong):
            return None
        query, key = wrong[0].tolist()
        where = f"the attention of `{self.what}` to position {key}"
        return Fault(input, where, query, float(shares[query, key]), float(wanted[query, key] / widths[query, 0]))


def _grouped(heads: Iterable[tuple[HeadPlan, int, int]]) -> list[_Group]:
    """Return the heads in order, those that write the same directions together."""
    groups: dict[Direction, list[tuple[HeadPlan, tuple[int, int]]]] = {}
    for plan, block, head in heads:
        groups.setdefault(plan.values[0].direction, []).append((plan, (block, head)))
    return [_Group(*zip(*group, strict=True)) for group in groups.values()]


def _yielding(graph: Graph, nodes: Iterable[Node]) -> Graph:
    """Return a graph that also evaluates other values of its inputs."""
    others = {f"value {number}": node for number, node in enumerate(nodes)}
    return graph.derived(outputs={**graph.outputs, **others})


def _wanted(plan: HeadPlan, values: Traced) -> NDArray[np.bool_]:
    """Return which keys each query should attend to."""
    n = len(values[plan.selector])
    selected = np.array(values[plan.selector], dtype=np.bool_).reshape(n, n)
    first = plan.values[0].aggregate
    if not isinstance(first, Best):
        return selected
    best = np.zeros_like(selected)
    for query, row in enumerate(selected):
        keys = np.flatnonzero(row).tolist()
        if keys:
            best[query, _best(first, keys, values[first.score])] = True
    return best


def _best(node: Best, keys: Sequence[int], scores: Sequence[Any]) -> int:
    top = (max if node.pick == "highest" else min)(scores[key] for key in keys)
    tied = [key for key in keys if scores[key] == top]
    return tied[0 if node.ties == "left" else -1]


def _expected(column: Column, codes: Mapping[Node, Codes], size: int) -> Floats:
    """Return a column's number for each of ``size`` places: ``nan`` where any will do, ``inf`` for unknown atoms."""
    index = [_code(root, codes) for root in column.roots]
    found = np.broadcast_to(column.values[tuple(index)], (size,))
    known = np.logical_and.reduce([each >= 0 for each in index]) if index else True
    return np.where(known, found, np.inf)


def _code(root: Root, codes: Mapping[Node, Codes]) -> Codes:
    """Return the code of a root for each place; -1 for a combination that it lacks."""
    if not isinstance(root, Bundle):
        return codes[root]
    rows = zip(*(column.tolist() for column in root.columns.values()), strict=True)
    known = {row: at for at, row in enumerate(rows)}
    own = zip(*(codes[node].tolist() for node in root.columns), strict=True)
    return np.array([known.get(row, -1) for row in own], dtype=np.int64)
