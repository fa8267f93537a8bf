"""The assumptions that an exact transformer needs: functions, vocabularies, and a maximum length."""

from __future__ import annotations

from raspir.ir import Graph
from raspir.ir.atoms import show
from raspir.ir.views import Raw
from raspir.runtime.reference import require_functions
from raspir.transformer.errors import TransformerError


def lengths_of(graph: Graph) -> range:
    """Return the lengths of the non-empty inputs that a program admits: all up to the maximum, or that of its ``raw``.

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
    for node in graph:
        if isinstance(node, Raw):
            own = len(node.values)
            if own not in (0, *lengths) or (lengths and own == 0 and lengths.start > 1):
                problem = f"the fixed sequence of {own} atoms fits no input of {_described(lengths)} positions"
                raise TransformerError(problem, graph.place(node))
            lengths = range(own, own + 1) if own else range(0)
    return lengths


def _described(lengths: range) -> str:
    return f"{lengths.start} to {lengths[-1]}" if len(lengths) > 1 else f"{lengths.start if lengths else 0}"
