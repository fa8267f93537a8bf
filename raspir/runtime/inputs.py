"""Input validation: reads inputs and checks them against the assumptions of a graph, for every backend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from raspir.ir.atoms import Atom, atom_key, read_mapping, read_sequence, show
from raspir.ir.errors import InputError, RaspirError
from raspir.ir.graph import Graph
from raspir.ir.views import Input
from raspir.runtime.sequence import Sequence as Result


def read_inputs(graph: Graph, input: object) -> dict[str, list[Atom]]:
    """Return the atoms of each input of ``graph`` by name, all of one length.

    Args:
        graph: the graph to run.
        input: a sequence of atoms; a mapping by name if the graph has several inputs.

    Raises:
        InputError: if an input is missing, not a sequence of atoms, or violates an assumption.
    """
    inputs = {name: read_sequence(given) for name, given in by_name(tuple(graph.inputs), input).items()}
    require_same_length({name: len(atoms) for name, atoms in inputs.items()})
    for name, atoms in inputs.items():
        _check_assumptions(graph, graph.inputs[name], atoms)
    return inputs


def by_name(names: Sequence[str], input: object) -> dict[str, object]:
    """Return the argument for each input, by name.

    Raises:
        InputError: if an input is missing or unknown.
    """
    if len(names) == 1 and not isinstance(input, Mapping):
        return {names[0]: input}
    given = read_mapping(input) if isinstance(input, Mapping) else {}
    if set(given) != set(names):
        raise InputError(f"the program takes the inputs {', '.join(names)}: pass a mapping with these names")
    return {name: given[name] for name in names}


def require_same_length(lengths: Mapping[str, int]) -> None:
    """Check that all inputs have the same length.

    Raises:
        InputError: if they do not.
    """
    if len(set(lengths.values())) > 1:
        listing = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise InputError(f"all inputs must have the same length ({listing})")


def require_length(length: int, limit: int | None) -> None:
    """Check an input's length against the assumed maximum.

    Raises:
        InputError: if it is longer.
    """
    if limit is not None and length > limit:
        raise InputError(f"the input has {length} positions, but the assumed maximum length is {limit}")


def refused(position: int, atom: Atom, vocab: Sequence[Atom]) -> InputError:
    """Return the error for an atom outside the vocabulary."""
    listing = ", ".join(map(show, vocab[:12])) + (", …" if len(vocab) > 12 else "")
    return InputError(f"position {position} holds {show(atom)}, which is not in the assumed vocabulary ({listing})")


def input_list(inputs: object) -> Iterable[object]:
    """Return a batch of inputs as an iterable.

    Raises:
        InputError: if it is not a batch, or a single input, whose items would be mistaken for inputs.
    """
    if isinstance(inputs, str | bytes | bytearray | Mapping):
        raise one_input(inputs)
    if isinstance(inputs, Set):
        raise InputError(
            f"{show(inputs)} is not a list of inputs: sets are unordered, but results are in the order of the inputs"
        )
    if isinstance(inputs, Iterable):
        try:
            iter(inputs)
        except RaspirError:  # a program reports by itself why it is not iterable
            raise
        except Exception:  # zero-dimensional NumPy arrays are Iterable, but iter() rejects them
            pass
        else:
            return inputs
    raise InputError(f"{show(inputs)} is not a list of inputs")


def one_input(given: object) -> InputError:
    """Return the error for a single input instead of a batch."""
    return InputError(f"{show(given)} is a single input, not a list of inputs: pass [input], or call the program")


def batch_of(inputs: object) -> Iterable[object]:
    """Return a batch of inputs as an iterable.

    Raises:
        InputError: as :func:`input_list`, and for a result of a program, whose atoms would be mistaken for inputs.
    """
    if isinstance(inputs, Result):
        raise one_input(inputs)
    return input_list(inputs)


def _check_assumptions(graph: Graph, node: Input, atoms: list[Atom]) -> None:
    require_length(len(atoms), graph.max_length)
    vocab = node.vocabulary
    if vocab is None:
        return
    allowed = set(map(atom_key, vocab))
    for position, atom in enumerate(atoms):
        if atom_key(atom) not in allowed:
            raise refused(position, atom, vocab)
