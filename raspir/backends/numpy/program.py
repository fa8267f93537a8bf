"""Plans as something that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from raspir.backends.inputs import input_list
from raspir.backends.numpy import source
from raspir.backends.numpy.kernels.columns import FLOAT, KINDS, TABLE, Array, Column, atoms_of, take, text_of
from raspir.backends.numpy.kernels.execution import Executor
from raspir.backends.numpy.kernels.failures import NOWHERE
from raspir.backends.numpy.kernels.runs import Report
from raspir.backends.numpy.plan import Plan
from raspir.ir import Atom, Sequence


class ArraySequence(Sequence):
    """The atoms that a program yields, held as an array: as a list they are made when they are looked at.

    Args:
        column: the atoms of this and of other sequences.
        start: where this one starts.
        stop: where it ends.
        layers: the number of attention layers of the graph that yielded them.
    """

    __slots__ = ("_column", "_made", "_start", "_stop")

    def __init__(self, column: Column, start: int, stop: int, layers: int) -> None:
        self._column, self._start, self._stop, self._layers = column, start, stop, layers
        self._made: tuple[Atom, ...] | None = None

    @property
    def _atoms(self) -> tuple[Atom, ...]:  # type: ignore[override]  # made when it is looked at
        if self._made is None:
            own = self._own()
            self._made = tuple(atoms_of(own)) if len(own) else ()
        return self._made

    def _own(self) -> Column:
        column = self._column
        if self._start or self._stop < len(column):
            return take(column, slice(self._start, self._stop))
        return column

    def __len__(self) -> int:
        return self._stop - self._start

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the atoms as an array: of booleans, integers, floats or characters, or of objects where mixed."""
        own = self._own()
        if own.kind in KINDS and own.kind != TABLE:
            array = own.data
            if own.kind not in (FLOAT, 1, 2):
                array = np.array(list(text_of(array)), dtype="<U1")
        else:
            array = np.empty(len(own), dtype=object)
            array[:] = self._atoms
        return np.array(array, dtype=dtype, copy=copy)


class Program:
    """A graph that NumPy runs.

    Attributes:
        plan: what is done, and how each selector is evaluated.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        graph = plan.graph
        self._layers = [graph.layering.layer[node] for node in graph.outputs.values()]
        self._names = list(plan.outputs)
        made = {name: constant.make() for name, constant in plan.constants.items()}
        kernels = {step.call.__name__: step.call for step in plan}
        functions = {source.symbol_name(symbol): function for symbol, function in graph.functions.items()}
        space: dict[str, Any] = {**kernels, **made, **functions, "NOWHERE": NOWHERE}
        exec(compile(source.function(plan, comments=False), "<raspir program>", "exec"), space)
        vocabularies: dict[str, Any] = {name: node["vocab"] for name, node in graph.inputs.items()}
        fixed = [(length, made[at]) for length, at in plan.fixed()]
        self._executor = Executor(
            space["program"],
            len(self._names),
            vocabularies,
            graph.max_length,
            fixed,
        )

    @property
    def report(self) -> Report | None:
        """Told what takes long, and how many steps of how many are done."""
        return self._executor.report

    @report.setter
    def report(self, report: Report | None) -> None:
        self._executor.report = report

    @property
    def block_bytes(self) -> int:
        """The bytes that a block of an attention matrix may take, where a selector is evaluated pair by pair."""
        return self._executor.budget

    @block_bytes.setter
    def block_bytes(self, size: int) -> None:
        self._executor.budget = size

    def __call__(self, input: object) -> Sequence | dict[str, Sequence]:
        """Return what the program yields on ``input``: a sequence, or of several outputs one for each name.

        Args:
            input: a ``str``, an array of one dimension, or another sequence of atoms; a mapping by name where the
                program has several inputs.

        Raises:
            InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
            EvaluationError: if an operation fails; the message names the author's line, the position and the values.
        """
        columns, lengths = self._executor.one(input)
        return self._result(columns, 0, int(lengths[0]))

    def batch(self, inputs: Iterable[object]) -> list[Sequence | dict[str, Sequence]]:
        """Return what the program yields on each of ``inputs``, run as one.

        Raises:
            InputError, EvaluationError: as calling it does, with the number of the input.
        """
        return list(self.stream(inputs))

    def stream(self, inputs: Iterable[object]) -> Iterator[Sequence | dict[str, Sequence]]:
        """Yield what the program yields on each of ``inputs``, so many at a time that memory stays bounded.

        Raises:
            InputError, EvaluationError: as calling it does, with the number of the input and after all before it.
        """
        for columns, lengths in self._executor.many(input_list(inputs)):
            stops = np.cumsum(lengths).tolist()
            starts = [0, *stops[:-1]]
            if len(columns) == 1:
                (column,), (layers,) = columns, self._layers
                yield from [ArraySequence(column, a, b, layers) for a, b in zip(starts, stops, strict=True)]
            else:
                yield from [self._result(columns, a, b) for a, b in zip(starts, stops, strict=True)]

    def _result(self, columns: list[Column], start: int, stop: int) -> Sequence | dict[str, Sequence]:
        if len(columns) == 1:
            return ArraySequence(columns[0], start, stop, self._layers[0])
        every = zip(self._names, columns, self._layers, strict=True)
        return {name: ArraySequence(column, start, stop, layers) for name, column, layers in every}
