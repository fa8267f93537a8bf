"""Execution of programs: reads inputs, checks them against the assumptions, and batches them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np

from raspir.backends.numpy.kernels.columns import (
    CHAR,
    KINDS,
    TABLE,
    Array,
    Column,
    assembled,
    atoms_of,
    booleans,
    classes_of,
    code_points,
    column_of,
    floats,
    gather,
    integers,
    results_of,
    take,
)
from raspir.backends.numpy.kernels.failures import Site
from raspir.backends.numpy.kernels.runs import BUDGET, Report, Run, full
from raspir.ir.atoms import PACKED, Atom, atom_key, read_sequence
from raspir.ir.errors import InputError, RaspirError
from raspir.runtime.inputs import by_name, input_list, refused, require_length, require_same_length
from raspir.runtime.messages import wrong_length

CHUNK = 1 << 21
"""The maximum number of positions per chunk of a batch."""

Results = tuple[list[Column], Array]
"""The output columns, each concatenated over all sequences, and the sequence lengths."""


class Executor:
    """Executor of a program on single inputs and batches.

    Args:
        program: a function from a run and one column per input to the output columns.
        outputs: the number of outputs.
        vocabularies: the admissible atoms of each input, by name; ``None`` for any.
        max_length: the maximum input length; ``None`` for no limit.
        fixed: the length of each fixed sequence in the program, and its site.
    """

    def __init__(
        self,
        program: Callable[..., tuple[Column, ...]],
        outputs: int,
        vocabularies: Mapping[str, Sequence[Atom] | None],
        max_length: int | None = None,
        fixed: Sequence[tuple[int, Site]] = (),
    ) -> None:
        self._program = program
        self._outputs = outputs
        self._names = tuple(vocabularies)
        self._allowed = {name: _Vocabulary(vocab) for name, vocab in vocabularies.items() if vocab is not None}
        self._max_length = max_length
        self._fixed = fixed
        _retain_freed_memory()
        self.budget = BUDGET
        self.report: Report | None = None

    def run_one(self, input: object) -> Results:
        """Run the program on one input.

        Raises:
            InputError: if it is not a sequence of atoms, or violates an assumption.
            EvaluationError: if an operation fails.
        """
        if len(self._names) == 1 and not isinstance(input, Mapping):
            columns = [read(input)]
        else:
            columns = [read(given) for given in by_name(self._names, input).values()]
            require_same_length({name: len(column) for name, column in zip(self._names, columns, strict=True)})
        size = len(columns[0])
        self._check_assumptions(columns, size)
        return self._run(columns, np.array([size]))

    def run_many(self, inputs: Iterable[object]) -> Iterator[Results]:
        """Run the program on many inputs, in chunks of bounded memory.

        Raises:
            InputError, EvaluationError: as for :meth:`run_one`, after all earlier results.
        """
        number = 0
        for chunk in _chunks(input_list(inputs)):
            yield from self._chunk(chunk, number)
            number += len(chunk)

    def _chunk(self, chunk: Sequence[object], number: int) -> Iterator[Results]:
        """Run a chunk as one batch; if it fails or exceeds memory, bisect it until the failing input is isolated."""
        try:
            results = self._run_batch(chunk)
        except RaspirError as error:
            if len(chunk) == 1:
                error.input = number
                raise
        else:
            yield results
            return
        half = len(chunk) // 2
        yield from self._chunk(chunk[:half], number)
        yield from self._chunk(chunk[half:], number + half)

    def _run_batch(self, chunk: Sequence[object]) -> Results:
        if len(chunk) == 1:
            return self.run_one(chunk[0])
        classes = set() if _is_plain(chunk) else set(map(type, chunk))
        if len(self._names) == 1 and not any(issubclass(held, Mapping) for held in classes):
            column, lengths = read_many(chunk, classes)
            columns = [column]
        else:
            named = [by_name(self._names, each) for each in chunk]
            given = [[each[name] for each in named] for name in self._names]
            read_all = [read_many(values, set(map(type, values))) for values in given]
            columns, lengths = [column for column, _ in read_all], read_all[0][1]
            for name, (_, others) in zip(self._names, read_all, strict=True):
                if (others != lengths).any():
                    raise InputError(f"all inputs must have the same length ({name} differs)")
        self._check_assumptions(columns, int(lengths.max(initial=0)))
        if not len(lengths) or lengths.all():
            return self._run(columns, lengths)
        results, _ = self._run(columns, lengths[lengths > 0])
        self._check_empty()
        return results, lengths

    def _check_assumptions(self, columns: Sequence[Column], longest: int) -> None:
        for name, column in zip(self._names, columns, strict=True):
            require_length(longest, self._max_length)
            if name in self._allowed and len(column):
                self._allowed[name].check(column)

    def _run(self, columns: Sequence[Column], lengths: Array) -> Results:
        if not len(columns[0]):
            if len(lengths):  # a batch of zero sequences satisfies any minimum length
                self._check_empty()
            return [_EMPTY] * self._outputs, lengths
        run = Run(lengths, self.budget, self.report)
        results = [full(run, result) for result in self._program(run, *columns)]
        return [_copied_if_shared(result, columns) for result in results], lengths

    def _check_empty(self) -> None:
        for length, at in self._fixed:
            if length:
                raise at.failed(wrong_length(length, 0))


def _retain_freed_memory() -> None:
    """Make the allocator retain freed array memory, to avoid repeated page faults.

    glibc returns memory to the system above a threshold that adapts to twice the largest freed block, up to 32 MB.
    """
    np.empty((32 << 20) - (1 << 13), dtype=np.uint8)  # never written, so no pages are committed


def _copied_if_shared(result: Column, inputs: Sequence[Column]) -> Column:
    """Copy ``result`` if it is a view of an input, which the caller may modify later."""
    if any(np.may_share_memory(result.data, column.data) for column in inputs):
        return Column(result.kind, result.data.copy(), result.tags, result.atoms, result.bounded)
    return result


_EMPTY = integers(np.empty(0, dtype=np.int64))


class _Vocabulary:
    """The admissible atoms of an input."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self._atoms = tuple(atoms)
        self._keys = set(map(atom_key, atoms))
        characters = [ord(atom) for atom in atoms if isinstance(atom, str) and len(atom) == 1]
        self._points = np.zeros(max(characters, default=0) + 2, dtype=np.bool_)
        self._points[characters] = True

    def check(self, column: Column) -> None:
        """Raise the error of the first atom outside the vocabulary."""
        if column.kind == CHAR:
            known = gather(self._points, column.data)
            if known.all():
                return
            position = int(known.argmin())
        else:
            _, firsts = classes_of((column,))
            atoms = atoms_of(take(column, firsts))
            result = [
                place for place, atom in zip(firsts.tolist(), atoms, strict=True) if atom_key(atom) not in self._keys
            ]
            if not result:
                return
            position = min(result)
        raise refused(position, atoms_of(take(column, np.array([position])))[0], self._atoms)


def _total(inputs: Sequence[Any]) -> int:
    """Return the total number of positions, or a value over the chunk limit if some inputs have no length."""
    try:
        return sum(map(len, inputs)) + 1
    except Exception:  # iterators have no length, and a user-defined ``__len__`` may raise anything
        return CHUNK + 1


def _length(value: Any) -> int:
    try:
        return len(value)
    except Exception:  # iterators, non-sequences, 0-d arrays, or a user-defined ``__len__`` that raises
        return 1


def _chunks(inputs: Any) -> Iterator[Any]:
    if _is_plain(inputs) and inputs.ndim == 2:
        step = max(1, CHUNK // max(1, inputs.shape[1]))
        yield from (inputs[start : start + step] for start in range(0, len(inputs), step))
        return
    if isinstance(inputs, list) and 0 < _total(inputs) <= CHUNK:
        yield inputs
        return
    chunk: list[object] = []
    size = 0
    for each in inputs:
        if isinstance(each, np.ndarray | list) and not isinstance(inputs, list | tuple):
            each = each.copy()  # generators may reuse one buffer for successive inputs
        chunk.append(each)
        size += _length(each)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def read(value: Any) -> Column:
    """Read a sequence of atoms: the characters of a ``str``, or the items of any other sequence.

    Raises:
        InputError: if it is not a sequence, or an item is not an atom; the message gives the position.
    """
    if type(value) is str and PACKED not in value:
        return Column(CHAR, code_points(value)) if value else _EMPTY
    if type(value) in (list, tuple) and value:
        column = _read_list(value)
        if column is not None:
            return column
    if _is_plain(value) and value.ndim == 1 and value.size:
        column = _read_array(value)
        if column is not None:
            return column
    atoms = read_sequence(value)
    return column_of(atoms) if atoms else _EMPTY


def _is_plain(value: object) -> TypeGuard[Array]:
    """Return whether a value is a plain array: a masked array's items differ from its data."""
    return type(value) is np.ndarray


def _read_list(atoms: Sequence[Any]) -> Column | None:
    """Return a column of atoms of one class, or of ``None`` besides; ``None`` if they need item-by-item inspection."""
    classes = set(map(type, atoms))
    others = classes - {type(None)}
    if len(others) > 1 or not others <= {bool, int, float, str}:
        return None
    if str in classes and PACKED in "".join(filter(None, atoms)):
        return None
    column = column_of(atoms)
    return None if float in classes and np.isnan(column.data.view(np.float64)).any() else column


def _read_array(array: Array) -> Column | None:
    """Return the column of an array of atoms; ``None`` if its items need inspection one by one."""
    kind = array.dtype.kind
    if kind == "b":
        return booleans(array.astype(np.bool_, copy=False))
    if kind in "iu" and (kind == "i" or array.dtype.itemsize < 8):
        return integers(array.astype(np.int64, copy=False))
    if kind == "f" and array.dtype.itemsize <= 8 and not np.isnan(array).any():
        return floats(array.astype(np.float64, copy=False))
    if kind == "U" and array.dtype.itemsize == 4 and array.dtype.isnative:
        points = np.ascontiguousarray(array).view(np.uint32)
        return Column(CHAR, points) if points.all() and (points != ord(PACKED)).all() else None
    return None


def read_many(values: Sequence[Any], classes: set[type]) -> tuple[Column, Array]:
    """Read several sequences; return their concatenated atoms and their lengths.

    Args:
        values: the sequences.
        classes: their classes.

    Raises:
        InputError: as for :func:`read`.
    """
    if _is_plain(values):
        return read(values.reshape(-1)), np.full(len(values), values.shape[1])
    if classes == {str}:
        lengths = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
        return read("".join(values)), lengths
    if classes <= {list, tuple}:
        atoms: list[Any] = list(itertools.chain.from_iterable(values))
        column = _read_list(atoms) if atoms else _EMPTY
        if column is not None:
            return column, np.fromiter(map(len, values), dtype=np.int64, count=len(values))
    columns = [read(value) for value in values]
    lengths = np.fromiter(map(len, columns), dtype=np.int64, count=len(columns))
    return _concatenated([column for column in columns if len(column)]), lengths


def _concatenated(columns: Sequence[Column]) -> Column:
    kinds = {column.kind for column in columns}
    if len(kinds) <= 1 and kinds <= set(KINDS) - {TABLE}:
        if not columns:
            return _EMPTY
        return Column(columns[0].kind, np.concatenate([column.data for column in columns]))
    ends = np.cumsum([len(column) for column in columns])
    places = [np.arange(end - len(column), end) for end, column in zip(ends.tolist(), columns, strict=True)]
    return assembled(int(ends[-1]), zip(places, columns, strict=True))


def listed_results(names: Sequence[str], columns: Sequence[Column], lengths: Array) -> list[Any]:
    """Return for each sequence the atoms of its only output, or a dictionary of outputs by name."""
    every = [_rows(column, lengths.tolist()) for column in columns]
    if len(names) == 1:
        return every[0]
    return [dict(zip(names, rows, strict=True)) for rows in zip(*every, strict=True)]


def _rows(column: Column, lengths: Sequence[int]) -> list[list[Atom]]:
    """Split a column into the atoms of each sequence of a batch."""
    atoms = iter(results_of(column) if len(column) else [])
    return [list(itertools.islice(atoms, length)) for length in lengths]
