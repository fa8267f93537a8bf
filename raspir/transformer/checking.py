"""Comparison of a transformer with its program, input by input."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import inf, isclose
from typing import Any, Protocol

from raspir.ir import Atom, EvaluationError, Graph, InputError
from raspir.ir.atoms import atom_key, show
from raspir.runtime.inputs import by_name
from raspir.runtime.reference import trace
from raspir.transformer.atomsets import is_negative_zero
from raspir.transformer.comparison import Comparison
from raspir.transformer.construction import Construction
from raspir.transformer.forward import Activations
from raspir.transformer.inputs import Checked, CheckedInputs
from raspir.transformer.reports import SHOWN, Fault, Report
from raspir.transformer.weights import Array, Weights

_SCORES = 1 << 21  # attention scores of one head that are kept at once, to bound memory
_INPUTS = 256  # the most inputs at once
_RELATIVE = 1e-9  # the greatest difference of floats that count as equal


class Checkable(Protocol):
    """What is checked: a transformer."""

    @property
    def program(self) -> Graph:
        """The program as written."""

    @property
    def graph(self) -> Graph:
        """The program as optimized, which may yield equal atoms of other types."""

    @property
    def weights(self) -> Weights:
        """The weights."""

    @property
    def outputs(self) -> Mapping[str, tuple[Atom, ...]]:
        """The atom of each logit by output."""

    @property
    def construction(self) -> Construction | None:
        """How it was made, if that is known."""

    def logits(self, inputs: Sequence[Mapping[str, Any]], kept: Activations | None = None) -> Array:
        """Return the logits of inputs, of shape [input, position, logits], BOS first, and add all activations."""


def check(model: Checkable, budget: int, seed: int) -> Report:
    """Return a comparison of a transformer with its program on up to ``budget`` inputs.

    Raises:
        InputError: if the budget is not a positive integer, or the seed no integer.
        TransformerError, BackendError: if an assumption or a function of the program is missing.
    """
    if type(budget) is not int or budget < 1:
        raise InputError(f"the budget must be a positive integer, not {show(budget)}")
    if type(seed) is not int:
        raise InputError(f"the seed must be an integer, not {show(seed)}")
    inputs = CheckedInputs(model.program, budget, seed)
    construction = model.construction
    inside = None if construction is None else Comparison(construction, model.weights)
    outputs = _Outputs(model)
    size = max(1, min(_INPUTS, _SCORES // len(model.weights.W_pos) ** 2))
    chosen = iter(inputs)
    while some := list(itertools.islice(chosen, size)):
        outputs.add(some, inside)
    return Report(
        inputs.coverage,
        outputs.failing,
        outputs.wrong,
        tuple(outputs.faults),
        outputs.margin,
        () if inside is None else inside.heads,
        () if inside is None else inside.numbers,
        0.0 if inside is None else inside.error,
    )


def slices(outputs: Mapping[str, Sequence[Atom]]) -> dict[str, slice]:
    """Return which logits belong to each output."""
    stops = itertools.accumulate(map(len, outputs.values()))
    return {name: slice(stop - len(atoms), stop) for (name, atoms), stop in zip(outputs.items(), stops, strict=True)}


class _Outputs:
    """Compares outputs."""

    def __init__(self, model: Checkable) -> None:
        self.failing = 0
        self.wrong = 0
        self.faults: list[Fault] = []
        self.margin = inf
        self._model = model
        self._slices = slices(model.outputs)

    def add(self, inputs: Sequence[Checked], inside: Comparison | None) -> None:
        """Compare the outputs on some inputs, and what is inside the transformer."""
        wanted = [(input, atoms) for input in inputs if (atoms := self._wanted(input)) is not None]
        self.failing += len(inputs) - len(wanted)
        if not wanted:
            return
        names = tuple(self._model.program.inputs)
        kept: Activations | None = None if inside is None else {}
        logits = self._model.logits([by_name(names, input) for input, _ in wanted], kept)
        for (input, atoms), row in zip(wanted, logits, strict=True):
            faults = [fault for name in atoms for fault in self._compared(input, name, atoms[name], row)]
            self.wrong += bool(faults)
            self.faults += faults[:1] if len(self.faults) < SHOWN else []
        if inside is not None and kept is not None:
            inside.add([input for input, _ in wanted], kept)

    def _wanted(self, input: Checked) -> dict[str, list[tuple[Atom, Atom]]] | None:
        """Return each atom of each output as written and as optimized; ``None`` if the program fails."""
        program, graph = self._model.program, self._model.graph
        try:
            written = trace(program, input)
        except EvaluationError:
            return None
        optimized = trace(graph, input)
        return {
            name: list(zip(written[node], optimized[graph.outputs[name]], strict=True))
            for name, node in program.outputs.items()
        }

    def _compared(self, input: Checked, name: str, wanted: list[tuple[Atom, Atom]], logits: Array) -> Iterator[Fault]:
        """Yield the wrong atoms of an output."""
        atoms, own = self._model.outputs[name], logits[1 : len(wanted) + 1, self._slices[name]]
        for position, ((written, optimized), row) in enumerate(zip(wanted, own, strict=True)):
            at = int(row.argmax())
            found = atoms[at]
            others = [each for each, atom in zip(row.tolist(), atoms, strict=True) if not _is_same(atom, found)]
            self.margin = min(self.margin, float(row[at]) - max(others, default=-inf))
            if not _is_close(found, written):
                yield Fault(input, f"the output {show(name)}", position, found, written)
            elif not _is_of_kind(found, optimized) or not _is_close(found, optimized):
                yield Fault(input, f"the output {show(name)}", position, found, optimized)


def _is_same(a: Atom, b: Atom) -> bool:
    return atom_key(a) == atom_key(b)


def _is_of_kind(found: Atom, expected: Atom) -> bool:
    return type(found) is type(expected) and is_negative_zero(found) == is_negative_zero(expected)


def _is_close(found: Atom, expected: Atom) -> bool:
    if isinstance(found, float) and isinstance(expected, float):
        return isclose(found, expected, rel_tol=_RELATIVE, abs_tol=0.0)
    return found == expected
