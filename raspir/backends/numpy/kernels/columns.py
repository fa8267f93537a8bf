"""Columnar storage of atoms: a native dtype for columns of one kind, tagged 64-bit words for mixed kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from raspir.ir.atoms import Atom, atom_key, is_packed
from raspir.ir.packing import unpack_all

Array: TypeAlias = npt.NDArray[Any]

BOOL, INT, FLOAT, CHAR, TABLE, NONE = 1, 2, 4, 8, 16, 32
"""Bit flags of the kinds: booleans, 64-bit integers, floats, one-character strings, atoms in a table, and ``None``."""

WHOLE = BOOL | INT
KINDS = (BOOL, INT, FLOAT, CHAR, TABLE, NONE)
_TYPES = {BOOL: np.bool_, FLOAT: np.float64, CHAR: np.uint32, TABLE: np.int64, NONE: np.int8}
_FEW = 64  # length below which Python's min and max are faster than NumPy's
_BLOCK = 1 << 14  # positions per block: 128 KiB of int64, at most a quarter of a typical L2 cache
_LEAST, _MOST = -(2**63), 2**63 - 1


def fits(low: int, high: int) -> bool:
    """Return whether the range from ``low`` to ``high`` fits in int64."""
    return low >= _LEAST and high <= _MOST


def narrowest(low: int, high: int) -> type[np.signedinteger[Any]]:
    """Return the narrowest signed dtype that holds ``low`` to ``high``, to reduce memory traffic."""
    for bits, kind in ((7, np.int8), (15, np.int16), (31, np.int32)):
        if -(1 << bits) <= low and high < 1 << bits:
            return kind
    return np.int64


class Column:
    """A column of atoms.

    Attributes:
        kind: the bitwise union of the kinds that may occur.
        data: for a single kind, booleans, integers of some width, float64, code points (8-bit if all are ASCII, else
            32-bit), indices into ``atoms``, or zeros for ``None``; for mixed kinds, integers of one width, with floats
            as their bit patterns.
        tags: the kind of each atom if kinds are mixed, else ``None``.
        atoms: the table of strings not one character long and integers beyond 64 bits, without duplicates.
    """

    __slots__ = ("atoms", "bounded", "data", "kind", "scaled", "tags")

    def __init__(
        self,
        kind: int,
        data: Array,
        tags: Array | None = None,
        atoms: Sequence[Atom] = (),
        bounded: tuple[int, int] | None = None,
    ) -> None:
        self.kind = kind
        self.data = data
        self.tags = tags
        self.atoms = atoms
        self.bounded = bounded
        self.scaled: Any = None

    def __len__(self) -> int:
        return len(self.data)

    def bounds(self) -> tuple[int, int]:
        """Return lower and upper bounds of the integers and booleans, not necessarily tight."""
        if self.bounded is None:
            self.bounded = (0, 1) if self.kind == BOOL else extremes(self.data)
        return self.bounded

    def tightened(self) -> tuple[int, int]:
        """Compute tight bounds of the integers, and cache them."""
        self.bounded = extremes(self.data)
        return self.bounded


def extremes(data: Array) -> tuple[int, int]:
    """Return the minimum and maximum of an integer array in a single pass over memory."""
    if len(data) <= _BLOCK:
        return int(data.min()), int(data.max())
    parts = [data[stretch] for stretch in blocks(len(data))]
    ends = [(part.min(), part.max()) for part in parts]
    return int(min(low for low, _ in ends)), int(max(high for _, high in ends))


def integers(data: Array, low: int | None = None, high: int | None = None) -> Column:
    """Return an integer column, with its bounds if known."""
    return Column(INT, data, None, (), None if low is None or high is None else (low, high))


def booleans(data: Array) -> Column:
    """Return a boolean column."""
    return Column(BOOL, data)


def floats(data: Array) -> Column:
    """Return a float column."""
    return Column(FLOAT, data)


def nones(size: int) -> Column:
    """Return a column that holds only ``None``."""
    return Column(NONE, np.zeros(size, dtype=np.int8))


def column_of(atoms: Sequence[Any]) -> Column:
    """Return a column of the given atoms, at least one."""
    classes = set(map(type, atoms))
    if len(classes) == 1:
        (atom_class,) = classes
        if atom_class is bool:
            return booleans(np.array(atoms, dtype=np.bool_))
        if atom_class is float:
            return floats(np.array(atoms, dtype=np.float64))
        if atom_class is type(None):
            return nones(len(atoms))
        if atom_class is str and max(map(len, atoms)) == min(map(len, atoms)) == 1:
            return Column(CHAR, code_points("".join(atoms)))
        if atom_class is int:
            try:
                data = np.array(atoms, dtype=np.int64)
            except OverflowError:
                pass
            else:
                few = len(data) < _FEW
                return Column(INT, data, None, (), (min(atoms), max(atoms)) if few else None)
    if len(classes) == 2 and type(None) in classes:
        return _column_with_none(atoms)
    return _column_of_any(atoms)


def _column_with_none(atoms: Sequence[Atom]) -> Column:
    """Return a column of atoms of one class and ``None``."""
    there = np.array([atom is not None for atom in atoms])
    others = column_of([atom for atom in atoms if atom is not None])
    return assembled(len(atoms), [(np.flatnonzero(there), others), (np.flatnonzero(~there), nones(1))])


def _column_of_any(atoms: Sequence[Atom]) -> Column:
    tags = np.empty(len(atoms), dtype=np.uint8)
    data = np.empty(len(atoms), dtype=np.int64)
    table: dict[object, int] = {}
    for i, atom in enumerate(atoms):
        if type(atom) is bool:
            tags[i], data[i] = BOOL, atom
        elif type(atom) is int and _LEAST <= atom <= _MOST:
            tags[i], data[i] = INT, atom
        elif type(atom) is float:
            tags[i], data[i] = FLOAT, np.float64(atom).view(np.int64)
        elif type(atom) is str and len(atom) == 1:
            tags[i], data[i] = CHAR, ord(atom)
        elif atom is None:
            tags[i], data[i] = NONE, 0
        else:
            tags[i], data[i] = TABLE, table.setdefault(atom_key(atom), len(table))
    table_atoms = _table_atoms(table)
    kinds = int(np.bitwise_or.reduce(tags))
    if kinds in KINDS:
        return Column(kinds, unpacked(data, kinds), None, table_atoms)
    return Column(kinds, data, tags, table_atoms)


def constant(atom: Atom) -> Column:
    """Return a column of length 1, which broadcasts to every position."""
    if type(atom) is int and _LEAST <= atom <= _MOST:
        return integers(np.array([atom], dtype=narrowest(atom, atom)), atom, atom)
    return column_of([atom])


def narrowed(column: Column) -> Column:
    """Return the column with integers cast to the narrowest dtype; other columns are unchanged."""
    if column.kind != INT:
        return column
    bounds = column.tightened()
    return integers(column.data.astype(narrowest(*bounds)), *bounds)


def code_points(text: str) -> Array:
    """Return the code points of ``text``."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32, copy=False)


def text_of(points: Array) -> str:
    """Return the string with the given code points."""
    if points.dtype.itemsize == 1:
        return points.tobytes().decode("ascii")
    return points.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def atoms_of(column: Column) -> list[Atom]:
    """Return the atoms of a column as Python objects."""
    if column.kind == CHAR:
        return list(text_of(column.data))
    if column.kind == TABLE:
        return [column.atoms[index] for index in column.data.tolist()]
    if column.kind == NONE:
        return [None] * len(column)
    if column.tags is None:
        atoms: list[Atom] = column.data.tolist()
        return atoms
    result = np.empty(len(column), dtype=object)
    for kind in KINDS:
        if kind & column.kind:
            positions = np.flatnonzero(column.tags == kind)
            result[positions] = atoms_of(part(column, kind, positions))
    return result.tolist()


def results_of(column: Column) -> list[Any]:
    """Return the atoms of a column, and the tuples that some of them stand for."""
    if column.kind & TABLE and any(map(is_packed, column.atoms)):
        return unpack_all(atoms_of(column))
    return atoms_of(column)


def packed(column: Column) -> tuple[Array, Array]:
    """Return the tags (a single one if all are equal) and the atoms as integer words."""
    if column.tags is not None:
        return column.tags, column.data
    data = column.data
    if column.kind == CHAR:
        data = data.view(np.int8 if data.dtype.itemsize == 1 else np.int32)
    elif column.kind in (FLOAT, BOOL):
        data = data.view(np.int64 if column.kind == FLOAT else np.int8)
    return np.array([column.kind], dtype=np.uint8), data


def unpacked(data: Array, kind: int) -> Array:
    """Reinterpret integer words as an array of the given kind."""
    if kind == INT:
        return data
    result: Array = data.view(np.float64) if kind == FLOAT else data.astype(_TYPES[kind], copy=False)
    return result


def part(column: Column, kind: int, positions: Array) -> Column:
    """Return the atoms at ``positions``, all of the given kind."""
    if column.tags is None:
        return take(column, positions)
    return Column(kind, unpacked(column.data[positions], kind), None, column.atoms)


def gather(values: Array, indices: Array) -> Array:
    """Gather ``values`` at ``indices`` without bounds checks, which would dominate the time."""
    if indices.dtype.itemsize == 8 or indices.size < _BLOCK or indices.ndim > 1:
        gathered: Array = values.take(indices, mode="clip")
        return gathered
    values = np.ascontiguousarray(values)
    result = np.empty(len(indices), dtype=values.dtype)
    for block in blocks(len(indices)):  # NumPy widens narrow indices first: do so a cache-sized block at a time
        values.take(indices[block], mode="clip", out=result[block])
    return result


def blocks(n: int) -> Iterator[slice]:
    """Yield slices covering ``n`` positions, sized so that temporaries stay in the cache."""
    for start in range(0, n, _BLOCK):
        yield slice(start, min(start + _BLOCK, n))


def take(column: Column, positions: Array | slice) -> Column:
    """Gather the atoms at ``positions``; indices in an array are clipped to the valid range."""
    if isinstance(positions, slice):
        tags = None if column.tags is None else column.tags[positions]
        return Column(column.kind, column.data[positions], tags, column.atoms, column.bounded)
    tags = None if column.tags is None else gather(column.tags, positions)
    return Column(column.kind, gather(column.data, positions), tags, column.atoms, column.bounded)


def is_number(column: Column) -> Array:
    """Return the mask of the numbers, of length 1 if it is uniform."""
    tags, data = packed(column)
    number: Array = (tags & (WHOLE | FLOAT)) != 0
    if column.kind & TABLE:
        numeric = np.array([not isinstance(atom, str) for atom in column.atoms])
        tabled = tags == TABLE
        number = number | (tabled & numeric[np.where(tabled, data, 0)])
    return number


def is_none(column: Column) -> Array:
    """Return the mask of ``None``, of length 1 if it is uniform."""
    mask: Array = packed(column)[0] == NONE
    return mask


def order_classes(column: Column) -> Array:
    """Return 2 for numbers, 1 for strings and 0 for ``None``: only atoms of one class other than 0 are ordered."""
    classes = is_number(column) + np.uint8(1)
    return np.where(is_none(column), np.uint8(0), classes) if column.kind & NONE else classes


def is_native(kind: int) -> bool:
    """Return whether atoms of ``kind`` compare like their data: integers and booleans, characters, or floats."""
    return kind & ~WHOLE == 0 or kind in (CHAR, FLOAT)


def whole(column: Column) -> Array:
    """Return integers, booleans or code points as int64."""
    return column.data.astype(np.int64, copy=False)


def compact(column: Column) -> Array:
    """Return integers and booleans as integers in their stored width."""
    return column.data.view(np.int8) if column.kind == BOOL else column.data


def truth(column: Column) -> Array:
    """Return the truth value of each atom, with Python's semantics."""
    if column.kind == BOOL:
        return column.data
    if column.kind == CHAR:
        return np.ones(len(column), dtype=np.bool_)
    true: Array
    if column.kind in (INT, FLOAT):
        true = column.data != 0
        return true
    tags, data = packed(column)
    true = data != 0
    if column.kind & FLOAT:
        true &= (tags != FLOAT) | (data != np.float64(-0.0).view(np.int64))
    if column.kind & CHAR:
        true |= tags == CHAR
    if column.kind & TABLE:
        tabled, true_there = tags == TABLE, np.array([bool(atom) for atom in column.atoms])
        true = np.where(tabled, true_there[np.where(tabled, data, 0)], true)
    return true


def choose(condition: Array, a: Column, b: Column) -> Column:
    """Select atoms of ``a`` where ``condition`` holds, else of ``b``; columns of length 1 broadcast."""
    if a.kind == b.kind and a.kind in KINDS and a.kind != TABLE:
        chosen = Column(a.kind, np.where(condition, a.data, b.data))
        if a.kind == INT and a.bounded is not None and b.bounded is not None:
            chosen.bounded = min(a.bounded[0], b.bounded[0]), max(a.bounded[1], b.bounded[1])
        return chosen
    (tags_a, data_a), (tags_b, data_b) = packed(a), packed(b)
    atoms = a.atoms or b.atoms
    if a.atoms and b.atoms and a.atoms is not b.atoms:
        indices: dict[object, int] = {atom_key(atom): index for index, atom in enumerate(a.atoms)}
        data_b = _remapped(indices, b)
        atoms = _table_atoms(indices)
    tags, data = _blended(condition, tags_a, tags_b), _blended(condition, data_a, data_b)
    return _mixed(tags, data, a.kind | b.kind, atoms)


def _blended(condition: Array, a: Array, b: Array) -> Array:
    """Select integers of ``a`` or ``b`` arithmetically, which avoids branch mispredictions."""
    result: Array = (a - b) * condition
    result += b
    return result


def _mixed(tags: Array, data: Array, kind: int, atoms: Sequence[Atom]) -> Column:
    if kind in KINDS:
        return Column(kind, unpacked(data, kind), None, atoms)
    return Column(kind, data, np.broadcast_to(tags, data.shape), atoms)


def _remapped(indices: dict[object, int], column: Column) -> Array:
    """Return the words of a column whose table is merged into the one with the given ``indices``."""
    tags, data = packed(column)
    if not column.atoms:
        return data
    merged = np.array([indices.setdefault(atom_key(atom), len(indices)) for atom in column.atoms])
    tabled = tags == TABLE
    return np.where(tabled, merged[np.where(tabled, data, 0)], data)


def _table_atoms(indices: Iterable[object]) -> tuple[Atom, ...]:
    """Return the atoms of a table from its keys, which are pairs of type and atom."""
    return tuple(key[1] for key in indices)  # type: ignore[index]  # a key is a pair of type and atom


def assembled(size: int, pieces: Iterable[tuple[Array, Column]]) -> Column:
    """Scatter the pieces' atoms to their positions in a new column of length ``size``; the pieces must cover it."""
    kind = 0
    indices: dict[object, int] = {}
    data, tags = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.uint8)
    for positions, piece in pieces:
        tags[positions], data[positions] = packed(piece)[0], _remapped(indices, piece)
        kind |= piece.kind
    return _mixed(tags, data, kind, _table_atoms(indices))


def padded(column: Column, low: int, high: int, size: int, default: Column) -> Column:
    """Return ``size`` atoms: those of ``column`` (or its only one) from ``low`` to ``high``, the default elsewhere."""
    if column.kind == default.kind and column.kind in KINDS and column.kind != TABLE:
        data = np.full(size, default.data[0], dtype=np.result_type(default.data, column.data))
        data[low:high] = column.data
        bounded = None
        if column.kind == INT and column.bounded is not None:
            value = int(default.data[0])
            bounded = min(value, column.bounded[0]), max(value, column.bounded[1])
        return Column(column.kind, data, None, (), bounded)
    inside = np.zeros(size, dtype=np.bool_)
    inside[low:high] = True
    if len(column) > 1:
        indices = np.clip(np.arange(size) - low, 0, len(column) - 1)
        column = take(column, indices)
    return choose(inside, column, default)


def factorized(values: Array, low: int | None = None, high: int | None = None) -> tuple[Array, Array]:
    """Return the class code of each integer, and the first position of each class."""
    if low is None or high is None:
        low, high = int(values.min()), int(values.max())
    size = high - low + 1
    if size > 4 * len(values) + 1024:
        _, firsts, classes = np.unique(values, return_index=True, return_inverse=True)
        return classes.reshape(-1), firsts
    indices = values.astype(np.int64, copy=False) - low
    first = np.full(size, -1)
    first[indices[::-1]] = np.arange(len(indices) - 1, -1, -1)
    occurs = first >= 0
    number = np.cumsum(occurs) - 1
    return gather(number, indices), first[occurs]


def classes_of(columns: Sequence[Column]) -> tuple[Array, Array]:
    """Return a class code per position, equal for equal tuples of atoms and types, and each class's first position."""
    length = max(map(len, columns))
    codes: Array | None = None
    for column in columns:
        tags, data = packed(column)
        for values in (data,) if column.tags is None else (data, tags):
            number, firsts = factorized(np.broadcast_to(values, length) if len(columns) > 1 else values)
            if codes is None:
                codes = number
            else:
                codes, firsts = factorized(codes * len(firsts) + number)
    assert codes is not None
    return (codes, firsts) if len(codes) == length else (np.broadcast_to(codes, length), firsts)


def numbered(columns: Sequence[Column]) -> tuple[Array, Array]:
    """Return class codes and first positions as :func:`classes_of`, in order of first occurrence."""
    length = max(map(len, columns))
    words = [each for column in columns for each in _words(column)]
    if prod(size for _, _, size in words) > 4 * length + 1024:
        classes, firsts = classes_of(columns)
        is_first = np.zeros(length, dtype=np.bool_)
        is_first[firsts] = True
        number = np.cumsum(is_first) - 1
        return gather(number[firsts], classes), np.flatnonzero(is_first)
    return _numbered(words, length)


def _words(column: Column) -> Iterator[tuple[Array, int, int]]:
    """Yield arrays that tell the atoms of a column apart, each with its minimum and the size of its range."""
    if len(column) > 1:
        tags, data = packed(column)
        for words in (data,) if column.tags is None else (data, tags):
            low, high = column.bounded if words is data and column.kind == INT and column.bounded else extremes(words)
            yield words, low, high - low + 1


def _numbered(words: Sequence[tuple[Array, int, int]], length: int) -> tuple[Array, Array]:
    """Number the tuples of words in order of first occurrence, in blocks of positions, by a table of all tuples."""
    table = np.full(prod(size for _, _, size in words), -1)
    numbers = np.empty(length, dtype=narrowest(0, min(length, len(table))))
    firsts = [np.empty(0, dtype=np.int64)]
    count = 0
    for block in blocks(length):
        codes = _codes(words, block)
        found = table.take(codes, mode="clip")
        if found.min() < 0:
            new = np.flatnonzero(found < 0)
            places = codes[new]
            table[places[::-1]] = new[::-1]  # the first position of each tuple is written last
            first = new[table[places] == new]
            table[codes[first]] = np.arange(count, count + len(first))
            firsts.append(first + block.start)
            count += len(first)
            found = table.take(codes, mode="clip")
        numbers[block] = found
    return numbers, np.concatenate(firsts)


def _codes(words: Sequence[tuple[Array, int, int]], block: slice) -> Array:
    """Return one code for each tuple of words in a block of positions."""
    kind = narrowest(0, prod(size for _, _, size in words))
    codes: Array = np.zeros(block.stop - block.start, dtype=kind)
    for values, low, size in words:
        offsets = np.subtract(values[block], low, dtype=np.int64) if low else values[block]
        codes *= kind(size)
        codes += offsets.astype(kind, copy=False)
    return codes


def rows_of(columns: Sequence[Column], positions: Array) -> Iterator[tuple[Atom, ...]]:
    """Return an iterator over the tuples of atoms at ``positions``; a column of length 1 broadcasts."""
    sides = [atoms_of(column if len(column) == 1 else take(column, positions)) for column in columns]
    return zip(*(side * len(positions) if len(side) == 1 else side for side in sides), strict=True)


def tabulated(columns: Sequence[Column], function: Callable[..., Atom]) -> Column:
    """Map ``function`` over the atoms at each position, calling it once for each distinct tuple."""
    classes, firsts = classes_of(columns)
    return take(column_of([function(*atoms) for atoms in rows_of(columns, firsts)]), classes)
