"""The assumptions that an exact transformer needs: functions, vocabularies, and a maximum length."""

from __future__ import annotations

from raspir.ir import Graph
from raspir.ir.atoms import show
from raspir.ir.views import Raw
from raspir.runtime.reference import require_functions
from raspir.transformer.errors import TransformerError


def lengths_of(graph: Graph) -> range:
    """Return the lengths of the non-empty inputs that a program admits: all, or that of its fixed sequences.

    Raises:
        TransformerError: if an input has no vocabulary, the maximum length is missing, or no input fits all fixed
            sequences.
        BackendError: if a function is missing.
    """
    require_functions(graph)
    for name, given in graph.inputs.items():
        if given.vocabulary is None:
            raise TransformerError(
                f"a transformer needs the vocabulary of the input {show(name)}: give vocab (--vocab)"
            )
    if graph.max_length is None:
        raise TransformerError("a transformer needs a maximum length: give max_length (--max-length)")
    lengths = range(1, graph.max_length + 1)
    own: int | None = None
    for node in graph:
        if isinstance(node, Raw):
            if len(node.values) > graph.max_length or own not in (None, len(node.values)):
                fitting = f"up to {graph.max_length}" if own is None else f"{own}, as another one does,"
                what = f"the fixed sequence of {len(node.values)} atoms fits no input of {fitting} positions"
                raise TransformerError(what, graph.place(node))
            own = len(node.values)
    return lengths if own is None else range(own, own + bool(own))
