"""Reading a graph's inputs and holding them against its promises, the same for every backend that runs programs."""

from __future__ import annotations

from collections.abc import Mapping

from raspir.ir import Atom, Graph, InputError, Node, read_sequence
from raspir.ir.atoms import atom_key, show


def read_inputs(graph: Graph, input: object) -> dict[str, list[Atom]]:
    """Return the atoms of each input of ``graph`` by name, all of one length.

    Args:
        graph: the graph to run.
        input: a sequence of atoms; a mapping by name where the graph has several inputs.

    Raises:
        InputError: if an input is missing, not a sequence of atoms, or breaks a promise.
    """
    if len(graph.inputs) == 1 and not isinstance(input, Mapping):
        input = dict.fromkeys(graph.inputs, input)
    if not isinstance(input, Mapping) or set(input) != set(graph.inputs):
        raise InputError(f"the program needs inputs called {', '.join(graph.inputs)}: give a mapping from those names")
    inputs = {name: read_sequence(input[name]) for name in graph.inputs}
    if len(set(map(len, inputs.values()))) > 1:
        lengths = ", ".join(f"{name} has {len(atoms)}" for name, atoms in inputs.items())
        raise InputError(f"all inputs must have one length ({lengths})")
    for name, atoms in inputs.items():
        _keep_promises(graph, graph.inputs[name], atoms)
    return inputs


def _keep_promises(graph: Graph, node: Node, atoms: list[Atom]) -> None:
    limit = graph.max_length
    if limit is not None and len(atoms) > limit:
        raise InputError(f"the input has {len(atoms)} positions, and at most {limit} were promised")
    vocab = node["vocab"]
    if not isinstance(vocab, tuple):
        return
    allowed = set(map(atom_key, vocab))
    for position, atom in enumerate(atoms):
        if atom_key(atom) not in allowed:
            promised = ", ".join(map(show, vocab[:12])) + (", …" if len(vocab) > 12 else "")
            raise InputError(
                f"position {position} holds {show(atom)}, which the promised vocabulary ({promised}) does not"
            )
