"""Compiled programs: plans in executable form, and their results."""

from __future__ import annotations

import contextlib
import gc
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, overload

import numpy as np

from raspir.backends.numpy import source
from raspir.backends.numpy.kernels.columns import (
    BOOL,
    CHAR,
    FLOAT,
    INT,
    Array,
    Column,
    results_of,
    take,
    text_of,
    whole,
)
from raspir.backends.numpy.kernels.execution import Executor
from raspir.backends.numpy.kernels.failures import NOWHERE
from raspir.backends.numpy.kernels.runs import Report
from raspir.backends.numpy.plan import Plan
from raspir.backends.numpy.planner import plan
from raspir.ir import Atom, Graph
from raspir.ir.display import displayed
from raspir.ir.lazy import cached_property
from raspir.ir.tracebacks import concealed, public
from raspir.runtime.inputs import batch_of
from raspir.runtime.sequence import Sequence


class _Block:
    """The results of sequences that ran together.

    Conversion to Python atoms is done for all sequences at once, to amortize its overhead over many short ones.

    Args:
        column: the atoms of all sequences, concatenated.
        lengths: the length of each sequence.
        layers: the number of attention layers of the graph that produced them.
    """

    def __init__(self, column: Column, lengths: Array, layers: int) -> None:
        self.column, self.layers = column, layers
        self._lengths = lengths

    @cached_property
    def stops(self) -> list[int]:
        """The offsets of the sequences: 0, then the end of each."""
        return [0, *np.cumsum(self._lengths).tolist()]

    @cached_property
    def atoms(self) -> list[Atom]:
        """The atoms of all sequences, converted on first access."""
        return results_of(self.column) if len(self.column) else []


class ArraySequence(Sequence):
    """A result sequence backed by an array, converted to Python atoms on first access.

    Args:
        block: the block that holds the atoms of this and other sequences.
        number: the index of this sequence in the block.
    """

    __slots__ = ("_block", "_number")

    def __init__(self, block: _Block, number: int) -> None:
        self._block, self._number = block, number

    @property
    def _atoms(self) -> tuple[Atom, ...]:  # type: ignore[override]  # lazy
        return tuple(self.tolist())

    @property
    def layers(self) -> int:
        """The number of attention layers of the graph that produced this sequence."""
        return self._block.layers

    @property
    def _places(self) -> range:
        return range(self._block.stops[self._number], self._block.stops[self._number + 1])

    def tolist(self) -> list[Atom]:
        """Return the atoms as a new list."""
        places = self._places
        return self._block.atoms[places.start : places.stop]

    @overload
    def __getitem__(self, index: int) -> Atom: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence: ...
    def __getitem__(self, index: int | slice) -> Atom | Sequence:
        if isinstance(index, slice):
            return Sequence(self.tolist()[index], self.layers)
        return self._block.atoms[self._places[index]]

    def __iter__(self) -> Iterator[Atom]:
        return iter(self.tolist())

    def __len__(self) -> int:
        return len(self._places)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the atoms as an array of booleans, integers, floats or characters; of dtype object where mixed."""
        places = self._places
        own = take(self._block.column, slice(places.start, places.stop))
        if own.kind in (BOOL, INT, FLOAT):
            array = whole(own) if own.kind == INT else own.data
        elif own.kind == CHAR:
            array = np.array(list(text_of(own.data)), dtype="<U1")
        else:
            array = np.fromiter(self.tolist(), dtype=object, count=len(own))  # tuples as they are
        if not array.flags.writeable:  # a broadcast view of a single atom
            array = array.copy()
        return np.array(array, dtype=dtype, copy=copy)


def _sequences(block: _Block, count: int) -> list[ArraySequence]:
    """Return all sequences of a block, without a Python-level call for each, which would double the time."""
    result = list(map(ArraySequence.__new__, itertools.repeat(ArraySequence, count)))
    for number, each in enumerate(result):
        each._block = block
        each._number = number
    return result


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector: scanning many live objects takes as long as allocating them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Program:
    """A graph compiled for NumPy.

    Attributes:
        plan: the kernel calls, and the strategy of each selector.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        graph = plan.graph
        self._layers = [graph.layering.layer[node] for node in graph.outputs.values()]
        self._names = list(plan.outputs)
        constants = {name: constant.make() for name, constant in plan.constants.items()}
        kernels = {kernel.__name__: kernel for step in plan for kernel in step.kernels}
        functions = {source.symbol_name(symbol): function for symbol, function in graph.functions.items()}
        space: dict[str, Any] = {**kernels, **constants, **functions, "NOWHERE": NOWHERE}
        space["__name__"] = __name__  # its frames are those of raspir
        exec(compile(source.function(plan, comments=False), "<raspir program>", "exec"), space)
        vocabularies: dict[str, Any] = {name: node.vocabulary for name, node in graph.inputs.items()}
        fixed = [(length, constants[at]) for length, at in plan.fixed()]
        self._executor = Executor(
            space["program"],
            len(self._names),
            vocabularies,
            graph.max_length,
            fixed,
        )

    def __copy__(self) -> Program:
        copy = Program(self.plan)
        copy.block_bytes = self.block_bytes
        return copy

    def __deepcopy__(self, memo: object) -> Program:
        return self.__copy__()

    def __reduce__(self) -> tuple[object, ...]:
        return (_restored, (self.plan.graph, self.block_bytes))

    def _repr_html_(self) -> str | None:
        """Return the notebook rendering of the graph."""
        return displayed(self.plan.graph, "a program compiled for NumPy")

    @property
    def report(self) -> Report | None:
        """The progress callback: receives a description, the steps done and the total."""
        return self._executor.report

    @report.setter
    def report(self, report: Report | None) -> None:
        self._executor.report = report

    @property
    def block_bytes(self) -> int:
        """The size limit in bytes of a block of the attention matrix, where a selector is evaluated pair by pair."""
        return self._executor.budget

    @block_bytes.setter
    def block_bytes(self, size: int) -> None:
        self._executor.budget = size

    @public
    def __call__(self, input: object) -> Sequence | dict[str, Sequence]:
        """Run the program on ``input`` and return its output sequence, or a dictionary by name if it has several.

        Args:
            input: a ``str``, a one-dimensional array, or another sequence of atoms; a mapping by name where the
                program has several inputs.

        Raises:
            InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
            EvaluationError: if an operation fails; the message gives the source line, the position and the values.
        """
        return next(self._results(*self._executor.run_one(input)))

    @public
    def batch(self, inputs: Iterable[object]) -> list[Sequence | dict[str, Sequence]]:
        """Run the program on all ``inputs`` as one batch and return the result of each.

        Raises:
            InputError, EvaluationError: as for a single call, with the index of the input.
        """
        result: list[Sequence | dict[str, Sequence]] = []
        for results in self._executor.run_many(batch_of(inputs)):
            with _collector_paused():
                result += self._results(*results)
        return result

    @public
    def stream(self, inputs: Iterable[object]) -> Iterator[Sequence | dict[str, Sequence]]:
        """Run the program on ``inputs`` in chunks, and yield the result of each in bounded memory.

        Raises:
            InputError, EvaluationError: as for a single call, with the index of the input, after all earlier results.
        """
        several = self._executor.run_many(batch_of(inputs))
        return concealed(result for results in several for result in self._results(*results))

    def _results(self, columns: list[Column], lengths: Array) -> Iterator[Sequence | dict[str, Sequence]]:
        """Yield the result of each of the sequences that ran together."""
        blocks = [_Block(column, lengths, layers) for column, layers in zip(columns, self._layers, strict=True)]
        every = [_sequences(block, len(lengths)) for block in blocks]
        if len(every) == 1:
            return iter(every[0])
        return (dict(zip(self._names, results, strict=True)) for results in zip(*every, strict=True))


def _restored(graph: Graph, block_bytes: int) -> Program:
    """Recompile a program from its pickled graph."""
    program = Program(plan(graph))
    program.block_bytes = block_bytes
    return program
