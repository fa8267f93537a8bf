"""From a layered program to a transformer."""

from __future__ import annotations

from raspir.analysis import Analysis
from raspir.ir import Graph, build
from raspir.transformer.assembly import assembled
from raspir.transformer.assumptions import lengths_of
from raspir.transformer.attention import Attention
from raspir.transformer.columns import Columns
from raspir.transformer.construction import Construction
from raspir.transformer.costs import smallest
from raspir.transformer.domains import Domains
from raspir.transformer.ends import with_best_for_last
from raspir.transformer.errors import TransformerError
from raspir.transformer.model import Transformer
from raspir.transformer.narrowing import with_fetched_combinations, with_fetched_tests
from raspir.transformer.options import DType
from raspir.transformer.outputs import output_of
from raspir.transformer.quotients import choices, with_quotients
from raspir.transformer.sides import with_uniform_queries
from raspir.transformer.signs import with_sums_for_signs
from raspir.transformer.softmax import Bits
from raspir.transformer.stream import Stream


def compiled(graph: Graph, dtype: DType = "float32", most: int | None = None) -> Transformer:
    """Return the smallest transformer found that computes an optimized program.

    Args:
        graph: the program.
        dtype: the type of all numbers.
        most: the maximum number of parameters; ``None`` for no limit.

    Raises:
        TransformerError: if the program has no exact weights under its assumptions; the message names the value.
        TooLargeError: if it has more than ``most``.
    """
    if not lengths_of(graph):  # only the empty input is possible, on which any outputs are equal
        nothing = graph.derived(outputs=dict.fromkeys(graph.outputs, build("const", value=0)))
        return _compiled(graph, nothing, Domains(nothing), dtype, most)
    balanced = _prepared(graph)
    facts = Analysis.of(balanced)
    domains = Domains(balanced, facts)
    best: Transformer | None = None
    refused: list[TransformerError] = []
    for chosen in choices(balanced, domains, facts):
        try:
            if chosen:
                changed = with_quotients(balanced, domains, chosen)
                model = _compiled(graph, changed, Domains(changed), dtype, most)
            else:
                model = _compiled(graph, balanced, domains, dtype, most)
        except TransformerError as error:
            refused.append(error)
        else:
            best = model if best is None or model.core_parameters < best.core_parameters else best
    if best is None:
        raise smallest(reversed(refused))
    return best


def _prepared(graph: Graph) -> Graph:
    """Return an equivalent program with less to compute for what its values are read for."""
    facts = Analysis.of(graph)
    for rewritten in (
        with_best_for_last,
        with_uniform_queries,
        with_fetched_tests,
        with_fetched_combinations,
        with_sums_for_signs,
    ):
        graph = rewritten(graph, facts)
    return graph


def _compiled(written: Graph, graph: Graph, domains: Domains, dtype: DType, most: int | None) -> Transformer:
    bits: Bits = 24 if dtype == "float32" else 53
    columns, stream = Columns(domains), Stream(bits)
    attention = Attention(graph, columns, stream, Analysis.of(graph), graph.max_length or 0)
    outputs = {name: output_of(attention.placer, stream, node) for name, node in graph.outputs.items()}
    weights, basis = assembled(graph, domains, stream, attention.plans, outputs, most)
    construction = Construction(
        graph,
        domains,
        basis,
        tuple(sorted((plan for plan in attention.plans if plan.values), key=lambda plan: plan.layer)),
        tuple(attention.placer.held),
        attention.placer.methods,
    )
    atoms = {name: output.atoms for name, output in outputs.items()}
    return Transformer(written, weights, atoms, construction=construction)
