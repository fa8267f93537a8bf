"""Running passes one after the other, with the verifier after each."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.ir import BackendError, Graph, GraphError, verify
from raspir.ir.atoms import show
from raspir.passes.base import PASSES, Attention, Pass, PassContext

DEFAULT: tuple[str, ...] = ()
"""The passes that run unless others are named, in order."""


def run_passes(
    graph: Graph, passes: str | Sequence[str | Pass] | None = None, attention: Attention = "select"
) -> Graph:
    """Return ``graph`` after ``passes``.

    Args:
        graph: what to transform.
        passes: names with commas between them, or a list of names and passes; the default pipeline for ``None``.
        attention: which attention heads the passes may use: plain selectors (``"select"``), or also ``"best"``.

    Raises:
        GraphError: if ``graph`` breaks a rule of the IR, or a pass makes one that does.
        BackendError: if there is no such pass or kind of attention.
    """
    if attention not in ("select", "best"):
        raise BackendError(f"attention is select or best, not {show(attention)}")
    chosen = [PASSES.get(item) if isinstance(item, str) else item for item in _listed(passes)]
    for each in chosen:
        if not isinstance(each, Pass):
            raise BackendError(f"{show(each)} is not a pass: it needs a name, a summary and run(graph, context)")
    context = PassContext(attention)
    verify(graph)
    for each in chosen:
        graph = each.run(graph, context)
        try:
            verify(graph)
        except GraphError as error:
            raise GraphError(f"pass {each.name} made an invalid graph: {error.message}", error.location) from error
    return graph


def _listed(passes: str | Sequence[str | Pass] | None) -> Sequence[str | Pass]:
    if passes is None:
        return DEFAULT
    if isinstance(passes, str):
        return [name.strip() for name in passes.split(",") if name.strip()]
    return passes
