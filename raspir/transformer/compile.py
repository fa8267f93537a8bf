"""From a layered program to a transformer."""

from __future__ import annotations

from typing import Literal

import numpy as np

from raspir.analysis import Analysis
from raspir.ir import Graph, Node
from raspir.transformer.assembly import Output, assembled
from raspir.transformer.atomsets import size
from raspir.transformer.attention import Attention
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Columns
from raspir.transformer.domains import Domains
from raspir.transformer.errors import TransformerError
from raspir.transformer.model import Transformer
from raspir.transformer.placing import Placer
from raspir.transformer.quotients import choices, with_quotients
from raspir.transformer.softmax import Bits, rounding_unit
from raspir.transformer.stream import Placed, Stream, directions_of

DType = Literal["float32", "float64"]


def compiled(graph: Graph, dtype: DType = "float32") -> Transformer:
    """Return the smallest transformer found that computes an optimized program.

    Raises:
        TransformerError: if the program has no exact weights under its assumptions; the message names the value.
    """
    facts = Analysis.of(graph)
    domains = Domains(graph, facts)
    best: Transformer | None = None
    error: TransformerError | None = None
    for chosen in choices(graph, domains, facts):
        try:
            if chosen:
                changed = with_quotients(graph, domains, chosen)
                model = _compiled(graph, changed, Domains(changed), dtype)
            else:
                model = _compiled(graph, graph, domains, dtype)
        except TransformerError as refused:
            error = error or refused
        else:
            best = model if best is None or model.core_parameters < best.core_parameters else best
    if best is None:
        assert error is not None
        raise error
    return best


def _compiled(written: Graph, graph: Graph, domains: Domains, dtype: DType) -> Transformer:
    bits: Bits = 24 if dtype == "float32" else 53
    columns, stream = Columns(domains), Stream(bits)
    attention = Attention(graph, columns, stream, Analysis.of(graph), graph.max_length or 0)
    outputs = {name: _output(attention.placer, node, stream) for name, node in graph.outputs.items()}
    weights = assembled(graph, domains, stream, attention.plans, outputs)
    return Transformer(written, weights, {name: output.atoms for name, output in outputs.items()})


def _output(placer: Placer, node: Node, stream: Stream) -> Output:
    """Return how an output is read: from one form that holds the code number of its atom."""
    atoms = placer.columns.domains[node]
    listed = tuple(atoms) or (None,)
    numbers = numbers_of(atoms) if size(atoms) else np.zeros(1)
    gap = float(np.diff(np.unique(numbers)).min(initial=np.inf)) if len(numbers) > 1 else 1.0
    placed = placer.place(placer.column(node, numbers if size(atoms) else np.zeros(0)), (1 << 30, 0), gap / 4)
    if len(numbers) > 1 and not _is_readable(placed, numbers, gap, stream):
        placer.refuse(
            node,
            f"the {len(listed):,} atoms of `{placer.subject(node)}` are too close for logits of {stream.bits} bits: "
            "dtype='float64', a smaller maximum length or a smaller vocabulary would help",
        )
    return Output((placed.form,), numbers[:, None], listed)


def _is_readable(
    placed: Placed, numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]], gap: float, stream: Stream
) -> bool:
    """Return whether the logit of the right number is certainly the largest."""
    extent = float(numbers.max() - numbers.min()) / 2
    terms = [abs(float(c)) * max(abs(d.low), abs(d.high)) for d, c in directions_of(placed.form)]
    held = sum(terms) + abs(float(placed.form.constant))
    rounding = rounding_unit(stream.bits) * (len(terms) + 3) * (2 * extent * (held + extent) + extent**2)
    return gap * gap - 2 * gap * placed.error > 2 * rounding
