"""A transformer that computes a program: its weights with the encoding of inputs and the decoding of outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from raspir.ir import Atom, Graph, RaspirError
from raspir.ir.atoms import atom_key
from raspir.ir.lazy import cached_property
from raspir.ir.tracebacks import public
from raspir.runtime.inputs import batch_of, read_inputs
from raspir.runtime.reference import Executable
from raspir.runtime.sequence import Sequence as Result
from raspir.transformer.checking import check, slices
from raspir.transformer.construction import Construction
from raspir.transformer.forward import Activations, Ids, forward
from raspir.transformer.reports import Report
from raspir.transformer.weights import Array, Weights

CHUNK = 2**22
"""The number of attention scores of one head that are computed at once, to bound memory."""


@dataclass(frozen=True)
class Config:
    """The shape of a transformer.

    Attributes:
        n_layers: the number of blocks, of attention and an MLP or of either alone.
        n_ctx: the number of positions, with BOS.
        d_model: the number of directions of the residual stream.
        n_heads: the number of heads of each block.
        d_head: the size of each head of each block.
        d_mlp: the number of neurons of each block.
        d_vocab: the number of tokens of each input, with BOS.
        d_vocab_out: the number of logits of each output.
        causal: whether no position attends to a later one.
        dtype: the type of all numbers.
    """

    n_layers: int
    n_ctx: int
    d_model: int
    n_heads: tuple[int, ...]
    d_head: tuple[tuple[int, ...], ...]
    d_mlp: tuple[int, ...]
    d_vocab: Mapping[str, int]
    d_vocab_out: Mapping[str, int]
    causal: bool
    dtype: str


class Transformer:
    """A transformer that computes a program.

    Args:
        graph: the layered program, with a vocabulary for each input and a maximum length.
        weights: the weights.
        outputs: the atom of each logit by output, in the order of the logits. Several logits may decode to one atom.
        construction: how it was made, if that is known.
        program: the program as written; ``graph`` if omitted.
        strict: whether inputs on which the program fails are refused, with its error, at the price of running the
            program, too. Otherwise the output on these is arbitrary.
    """

    def __init__(
        self,
        graph: Graph,
        weights: Weights,
        outputs: Mapping[str, Sequence[Atom]],
        *,
        construction: Construction | None = None,
        program: Graph | None = None,
        strict: bool = False,
    ) -> None:
        self.graph = graph
        self.weights = weights
        self.construction = construction
        self.program = graph if program is None else program
        self.strict = strict
        self.outputs = {name: tuple(atoms) for name, atoms in outputs.items()}
        self._tokens = {
            name: {atom_key(atom): number for number, atom in enumerate(node.vocabulary or ())}
            for name, node in graph.inputs.items()
        }

    @cached_property
    def config(self) -> Config:
        """The shape of the transformer."""
        weights = self.weights
        return Config(
            n_layers=len(weights.blocks),
            n_ctx=len(weights.W_pos),
            d_model=weights.d_model,
            n_heads=tuple(len(block.heads) for block in weights.blocks),
            d_head=tuple(tuple(head.d_head for head in block.heads) for block in weights.blocks),
            d_mlp=tuple(0 if block.mlp is None else block.mlp.d_mlp for block in weights.blocks),
            d_vocab={name: len(table) for name, table in weights.W_E.items()},
            d_vocab_out={name: len(atoms) for name, atoms in self.outputs.items()},
            causal=weights.causal,
            dtype=str(weights.W_pos.dtype),
        )

    @property
    def parameters(self) -> int:
        """The number of stored numbers."""
        return self.weights.parameters

    @property
    def core_parameters(self) -> int:
        """The number of stored numbers without the unembedding of one logit for each output atom."""
        atoms = sum(len(set(map(atom_key, atoms))) for atoms in self.outputs.values())
        return self.parameters - atoms * (self.weights.d_model + 1)

    @property
    def layers(self) -> int:
        """The number of blocks that attend."""
        return sum(bool(block.heads) for block in self.weights.blocks)

    @property
    def blocks(self) -> int:
        """The number of blocks, also of those that have only an MLP."""
        return len(self.weights.blocks)

    @property
    def heads(self) -> int:
        """The number of attention heads."""
        return sum(len(block.heads) for block in self.weights.blocks)

    @property
    def d_model(self) -> int:
        """The number of directions of the residual stream."""
        return self.weights.d_model

    @property
    def labels(self) -> tuple[str, ...]:
        """What each direction of the residual stream holds."""
        return self.weights.labels

    @public
    def __call__(self, input: object) -> Result | dict[str, Result]:
        """Return the output on ``input``: a sequence, or sequences by name if the program has several outputs.

        Raises:
            InputError: if the input is not a sequence of atoms, holds another atom than those of the vocabulary, or is
                longer than the maximum length.
            EvaluationError: if the transformer is strict, and the program fails on the input.
        """
        return self._run([self._read(input)])[0]

    @public
    def batch(self, inputs: Iterable[object]) -> list[Result | dict[str, Result]]:
        """Return the output on each of ``inputs``, whose lengths may differ.

        Raises:
            InputError, EvaluationError: as for a call, with the index of the input.
        """
        return self._run(list(self._read_all(inputs)))

    @public
    def run_with_cache(self, input: object) -> tuple[Result | dict[str, Result], dict[str, Array]]:
        """Return the output on ``input``, and all activations by the names of TransformerLens.

        Position 0 is BOS. Scores and patterns have the shape [head, query, key], queries, keys, values and what heads
        attend to [position, head, d_head], padded with zeros where heads differ in size, and others [position, size].

        Raises:
            InputError, EvaluationError: as for a call.
        """
        kept: Activations = {}
        result = self._run([self._read(input)], kept)[0]
        return result, {name: array[0] for name, array in kept.items()}

    def of(self, program: Graph, strict: bool) -> Transformer:
        """Return this transformer as one that was made of ``program``, strict or not."""
        return Transformer(
            self.graph, self.weights, self.outputs, construction=self.construction, program=program, strict=strict
        )

    @public
    def check(self, budget: int = 10_000, seed: int = 0) -> Report:
        """Return a comparison with the program as written: on all inputs, or on as many as the budget admits.

        Outputs are compared with those of the reference interpreter, the pattern of each head with its selector, and
        the residual stream with the numbers of the program's values. Inputs on which the program itself fails are left
        out.

        Args:
            budget: the maximum number of inputs. Where there are more, all short ones are checked, those that are hard
                for attention, and samples.
            seed: the seed of the samples.

        Raises:
            InputError: if the budget is not a positive integer, or the seed no integer.
        """
        return check(self, budget, seed)

    def logits(self, inputs: Sequence[Mapping[str, Sequence[Atom]]], kept: Activations | None = None) -> Array:
        """Return the logits of valid inputs, of shape [input, position, logits], BOS first.

        Args:
            inputs: the atoms of each input by name.
            kept: a dictionary to which all activations are added.
        """
        lengths = np.array([len(next(iter(each.values()), ())) for each in inputs])
        longest = int(lengths.max(initial=0))
        tokens = {name: self._ids(name, [each[name] for each in inputs], longest) for name in self._tokens}
        return forward(self.weights, tokens, lengths, kept)

    @cached_property
    def _reference(self) -> Executable:
        return Executable(self.program)

    def _read(self, input: object) -> dict[str, list[Atom]]:
        """Return the atoms of each input sequence by name; if the transformer is strict, run the program on them."""
        read = read_inputs(self.graph, input)
        if self.strict:
            self._reference(read)
        return read

    def _read_all(self, inputs: Iterable[object]) -> Iterator[dict[str, list[Atom]]]:
        for number, input in enumerate(batch_of(inputs)):
            try:
                yield self._read(input)
            except RaspirError as error:
                error.input = number
                raise

    def _run(
        self, inputs: list[dict[str, list[Atom]]], kept: Activations | None = None
    ) -> list[Result | dict[str, Result]]:
        results: list[Result | dict[str, Result]] = []
        size = max(1, CHUNK // len(self.weights.W_pos) ** 2)
        for start in range(0, len(inputs), size):
            results += self._decoded(inputs[start : start + size], kept)
        return results

    def _decoded(
        self, inputs: list[dict[str, list[Atom]]], kept: Activations | None
    ) -> Iterator[Result | dict[str, Result]]:
        logits, layer = self.logits(inputs, kept), self.graph.layering.layer
        chosen = {name: logits[:, 1:, own].argmax(axis=-1).tolist() for name, own in slices(self.outputs).items()}
        for number, input in enumerate(inputs):
            length = len(next(iter(input.values())))
            found = {
                name: Result([atoms[each] for each in chosen[name][number][:length]], layer[self.graph.outputs[name]])
                for name, atoms in self.outputs.items()
            }
            yield next(iter(found.values())) if len(found) == 1 else found

    def _ids(self, name: str, sequences: Sequence[Sequence[Atom]], longest: int) -> Ids:
        """Return the tokens of each sequence, padded to the longest."""
        ids = self._tokens[name]
        padded = np.zeros((len(sequences), longest), np.intp)
        for row, atoms in zip(padded, sequences, strict=True):
            row[: len(atoms)] = [ids[atom_key(atom)] for atom in atoms]
        return padded
