"""Assembly: the weight matrices of a transformer from its planned heads, units and outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import sqrt

import numpy as np

from raspir.ir import Graph
from raspir.ir.atoms import atom_key
from raspir.ir.views import Input
from raspir.transformer.affine import Affine
from raspir.transformer.attention import HeadPlan
from raspir.transformer.basis import Basis, shared
from raspir.transformer.bos import Read, at_bos
from raspir.transformer.costs import Cost, keep_below
from raspir.transformer.domains import Domains
from raspir.transformer.outputs import Output
from raspir.transformer.stream import FLAG, Direction, Slot, Stream, directions_of
from raspir.transformer.weights import MLP, Array, Block, Head, Weights

_CERTAIN = 128.0  # a gap from which exp is 0 in float32; float64 is off by 1e-56


def assembled(
    graph: Graph,
    domains: Domains,
    stream: Stream,
    plans: Sequence[HeadPlan],
    outputs: Mapping[str, Output],
    most: int | None = None,
) -> tuple[Weights, Basis]:
    """Return the weights of planned heads, units and outputs, and what each column of the residual stream holds.

    Raises:
        TooLargeError: if they are more than ``most`` parameters, which is found before any array is made.
    """
    assembly = _Assembly(graph, domains, stream, plans, outputs)
    if most is not None:
        keep_below(most, list(assembly.costs()))
    return assembly.weights(), assembly.basis


class _Assembly:
    def __init__(
        self,
        graph: Graph,
        domains: Domains,
        stream: Stream,
        plans: Sequence[HeadPlan],
        outputs: Mapping[str, Output],
    ) -> None:
        self._graph = graph
        self._outputs = outputs
        self._domains = domains
        self._stream = stream
        self._plans = [plan for plan in plans if plan.values]
        self._dtype = np.float32 if stream.bits == 24 else np.float64
        _attend_to_themselves(self._plans, graph.causal)
        self._sizes = {plan: self._size(plan) for plan in self._plans}
        reads = list(self._reads())
        self._bos = at_bos(stream.directions, reads)
        directions = stream.directions if self._bos is not None else [FLAG, *stream.directions]
        logits = (logit for output in outputs.values() for logit in output.logits)
        self.basis = shared(directions, [*(read.form for read in reads), *logits], FLAG)
        self._width = len(self.basis)

    def _size(self, plan: HeadPlan) -> int:
        return max(len(plan.queries) + self._is_extended(plan), len(plan.values))

    def _is_extended(self, plan: HeadPlan) -> bool:
        """Return whether a head has a dimension by which BOS attends to itself."""
        return plan.attends_to_itself and not self._graph.causal and not _freely(plan)

    def _reads(self) -> Iterator[Read]:
        """Yield what heads must read at BOS, and MLPs must not."""
        for plan in self._plans:
            for at, (query, key) in enumerate(zip(plan.queries, plan.keys, strict=True)):
                yield Read(query.form, self._own_query(plan) if at == 0 else 0.0)
                yield Read(key.form, plan.key_of_bos(self._sizes[plan]) if at == 0 else 0.0)
            for value in plan.values:
                yield Read(value.placed.form, 0.0, exact=True)
            if self._is_extended(plan):
                yield Read(Affine.of(FLAG), 1.0)
        for direction in self._stream.directions:
            for unit in direction.units.units if direction.units is not None else ():
                yield Read(unit.input - Affine({FLAG: unit.input.terms.get(FLAG, 0)}), None)

    def weights(self) -> Weights:
        """Return all weights."""
        w_u, b_u = self._unembedding()
        return Weights(
            {name: self._embedding(node) for name, node in self._graph.inputs.items()},
            self._positions(),
            tuple(self._blocks()),
            w_u,
            b_u,
            self.basis.labels,
            self._graph.causal,
        )

    def costs(self) -> Iterator[Cost]:
        """Yield the parameters of each part of the weights."""
        graph, width = self._graph, self._width
        yield Cost("the positions", (int(graph.max_length or 0) + 1) * width)
        for name, given in graph.inputs.items():
            yield Cost(f"the vocabulary of {name}", (len(given.vocabulary or ()) + 1) * width, graph.place(given))
        for heads, directions in self._slots():
            for plan in heads:
                what = ", ".join(f"`{value.direction.what}`" for value in plan.values)
                yield Cost(
                    f"the head of {what} ({plan.method})",
                    self._sizes[plan] * (4 * width + 3),
                    graph.place(plan.values[0].aggregate),
                )
            own = Counter(readers[0][0] for readers in _units(directions).values())  # shared ones count once
            for direction, count in own.items():
                place = None if direction.root is None else graph.place(direction.root)
                yield Cost(f"{count} hidden units of `{direction.what}`", count * (2 * width + 1), place)
        for name, output in self._outputs.items():
            what = f"the {len(output.logits)} logits of {name}"
            yield Cost(what, len(output.logits) * (width + 1), graph.place(graph.outputs[name]))

    def _zeros(self, *shape: int) -> Array:
        return np.zeros(shape, self._dtype)

    def _embedding(self, node: Input) -> Array:
        vocabulary = node.vocabulary or ()
        table = self._zeros(len(vocabulary) + 1, self._width)
        order = {atom_key(atom): at for at, atom in enumerate(self._domains[node])}
        rows = [order[atom_key(atom)] for atom in vocabulary] if order else []  # else only the empty input is possible
        for direction in self._stream.directions:
            if direction.kind == "embedding" and direction.root is node and direction.values is not None:
                at, factor = self.basis.of(direction)
                table[:-1, at] += factor * direction.values[rows]
                table[-1, at] += factor * (self._bos or {}).get(direction, 0.0)
        return table

    def _positions(self) -> Array:
        assert self._graph.max_length is not None
        table = self._zeros(self._graph.max_length + 1, self._width)
        if self._bos is None:
            table[0, self.basis.of(FLAG)[0]] = 1
        inputs = set(self._graph.inputs.values())
        for direction in self._stream.directions:
            if direction.kind == "embedding" and direction.root not in inputs and direction.values is not None:
                at, factor = self.basis.of(direction)
                table[1 : len(direction.values) + 1, at] += factor * direction.values
                table[0, at] += factor * (self._bos or {}).get(direction, 0.0)
        return table

    # Blocks

    def _slots(self) -> Iterator[tuple[list[HeadPlan], list[Direction]]]:
        """Yield the heads of each block, and the directions that its MLP writes."""
        slots: dict[Slot, list[Direction]] = {}
        for direction in self._stream.directions:
            if direction.kind == "mlp":
                slots.setdefault(direction.ready, []).append(direction)
        heads: dict[int, list[HeadPlan]] = {}
        for plan in self._plans:
            heads.setdefault(plan.layer, []).append(plan)
        for slot in sorted({*slots, *((layer, 0) for layer in heads)}):
            yield heads.get(slot[0], []) if slot[1] == 0 else [], slots.get(slot, [])

    def _blocks(self) -> Iterable[Block]:
        for heads, directions in self._slots():
            yield Block(tuple(map(self._head, heads)), None, self._mlp(directions))

    def _column(self, form: Affine, factor: float = 1.0) -> tuple[Array, float]:
        """Return the weights and the bias that read a form."""
        weights = self._zeros(self._width)
        read = self.basis.read(form)
        assert read is not None, form
        for at, weight in read.items():
            weights[at] = weight * factor
        return weights, float(form.constant) * factor

    def _read(self, form: Affine, at_bos: float, factor: float = 1.0) -> tuple[Array, float]:
        """Return the weights and the bias that read a form, and ``at_bos``, not multiplied by the factor, at BOS."""
        weights, bias = self._column(form, factor)
        if self._bos is None:
            weights[self.basis.of(FLAG)[0]] = at_bos - float(np.asarray(bias, self._dtype))
        return weights, bias

    def _head(self, plan: HeadPlan) -> Head:
        size, factor = self._sizes[plan], plan.factor
        arrays = {name: self._zeros(self._width, size) for name in ("W_Q", "W_K", "W_V")}
        biases = {name: self._zeros(size) for name in ("b_Q", "b_K", "b_V")}
        for at, (query, key) in enumerate(zip(plan.queries, plan.keys, strict=True)):
            own = at == 0
            of_bos = self._own_query(plan) * factor if own else 0.0
            arrays["W_Q"][:, at], biases["b_Q"][at] = self._read(query.form, of_bos, factor)
            arrays["W_K"][:, at], biases["b_K"][at] = self._read(key.form, plan.key_of_bos(size) if own else 0.0)
        if self._is_extended(plan):
            most = sum(d.query.magnitude * d.magnitude for d in plan.dimensions) * factor
            most += abs(plan.key_of_bos(size)) * factor
            arrays["W_Q"][self.basis.of(FLAG)[0], len(plan.queries)] = 2 * most + _CERTAIN * sqrt(size)
            arrays["W_K"][self.basis.of(FLAG)[0], len(plan.queries)] = 1
        w_o = self._zeros(size, self._width)
        for at, value in enumerate(plan.values):
            arrays["W_V"][:, at], biases["b_V"][at] = self._read(value.placed.form, 0.0)
            to, share = self.basis.of(value.direction)
            w_o[at, to] = plan.scale * share
        serves = ", ".join(value.direction.what for value in plan.values)
        return Head(W_O=w_o, serves=serves, **arrays, **biases)

    def _own_query(self, plan: HeadPlan) -> float:
        """Return the query of BOS in the constant dimension: so large that it attends to itself, if need be."""
        if self._graph.causal or not plan.attends_to_itself or not _freely(plan):
            return 1.0
        (low, high), sink = plan.dimensions[0].bounds, plan.key_of_bos(1)
        away = sink - high if sink > high else sink - low
        return _CERTAIN * sqrt(plan.most) / plan.factor / away

    def _mlp(self, directions: Sequence[Direction]) -> MLP | None:
        if not directions:
            return None
        forms = _units(directions)
        w_in, b_in = self._zeros(self._width, len(forms)), self._zeros(len(forms))
        w_out = self._zeros(len(forms), self._width)
        for at, (form, readers) in enumerate(forms.items()):
            w_in[:, at], b_in[at] = self._column(form)
            for direction, output in readers:
                to, share = self.basis.of(direction)
                w_out[at, to] += output * share
        serves = tuple(", ".join(dict.fromkeys(d.what for d, _ in readers)) for readers in forms.values())
        return MLP(w_in, b_in, w_out, None, serves)

    # Outputs

    def _unembedding(self) -> tuple[Array, Array]:
        columns = [self._column(logit) for output in self._outputs.values() for logit in output.logits]
        weights, biases = zip(*columns, strict=True)
        return np.stack(weights, axis=-1), np.array(biases, self._dtype)


def _units(directions: Iterable[Direction]) -> dict[Affine, list[tuple[Direction, float]]]:
    """Return the input of each hidden unit that writes to directions, with these and its output to each."""
    forms: dict[Affine, list[tuple[Direction, float]]] = {}
    for direction in directions:
        assert direction.units is not None
        for unit in direction.units.units:
            forms.setdefault(unit.input, []).append((direction, float(unit.output)))
    return forms


def _freely(plan: HeadPlan) -> bool:
    """Return whether the key of BOS is beyond all others in the constant dimension, whatever the size of the head."""
    low, high = plan.dimensions[0].bounds
    return all(not low - 1e-3 <= plan.key_of_bos(size) <= high + 1e-3 for size in (1, plan.most))


def _attend_to_themselves(plans: Sequence[HeadPlan], causal: bool) -> None:
    """Mark heads whose results other heads read, so that they yield 0 at BOS."""
    of: dict[Direction, list[HeadPlan]] = {}
    for plan in plans:
        for value in plan.values:
            of.setdefault(value.direction, []).append(plan)
    for plan in plans:
        for placed in (*plan.queries, *plan.keys, *(value.placed for value in plan.values)):
            for direction, _ in directions_of(placed.form):
                for writer in of.get(direction, ()) if not causal else ():
                    writer.attends_to_itself = True
