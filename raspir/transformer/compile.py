"""From a layered program to a transformer."""

from __future__ import annotations

from typing import Literal

from raspir.analysis import Analysis
from raspir.ir import Graph
from raspir.transformer.assembly import assembled
from raspir.transformer.attention import Attention
from raspir.transformer.columns import Columns
from raspir.transformer.domains import Domains
from raspir.transformer.errors import TransformerError
from raspir.transformer.model import Transformer
from raspir.transformer.outputs import output_of
from raspir.transformer.quotients import choices, with_quotients
from raspir.transformer.sides import with_uniform_queries
from raspir.transformer.softmax import Bits
from raspir.transformer.stream import Stream

DType = Literal["float32", "float64"]


def compiled(graph: Graph, dtype: DType = "float32") -> Transformer:
    """Return the smallest transformer found that computes an optimized program.

    Raises:
        TransformerError: if the program has no exact weights under its assumptions; the message names the value.
    """
    balanced = with_uniform_queries(graph, Analysis.of(graph))
    facts = Analysis.of(balanced)
    domains = Domains(balanced, facts)
    best: Transformer | None = None
    error: TransformerError | None = None
    for chosen in choices(balanced, domains, facts):
        try:
            if chosen:
                changed = with_quotients(balanced, domains, chosen)
                model = _compiled(graph, changed, Domains(changed), dtype)
            else:
                model = _compiled(graph, balanced, domains, dtype)
        except TransformerError as refused:
            error = refused
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
    outputs = {name: output_of(attention.placer, stream, node) for name, node in graph.outputs.items()}
    weights = assembled(graph, domains, stream, attention.plans, outputs)
    return Transformer(written, weights, {name: output.atoms for name, output in outputs.items()})
