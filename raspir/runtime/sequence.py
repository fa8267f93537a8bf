"""Sequences: the results of programs."""

from __future__ import annotations

import collections.abc
from collections.abc import Iterable, Iterator
from typing import overload

from raspir.ir.atoms import Atom, show, show_int
from raspir.ir.errors import InputError, RaspirWarning, warn
from raspir.ir.packing import unpack_all
from raspir.ir.tracebacks import public
from raspir.runtime.display import Result


class Sequence(collections.abc.Sequence[Atom], Result):
    """The result of a program: one atom, or a tuple of atoms, for each position of the input.

    An immutable sequence that compares equal to a list or tuple of the same atoms (by Python's ``==``).

    Args:
        atoms: the atoms, in order of position.
        layers: the number of attention layers of the graph that computed them.
    """

    __slots__ = ("_atoms", "_draw", "_layers")

    @public
    def __init__(self, atoms: Iterable[Atom], layers: int = 0) -> None:
        if not isinstance(atoms, Iterable):
            raise InputError(f"a Sequence is made of atoms, such as [5, 2], not of {show(atoms)}")
        self._atoms: tuple[Atom, ...] = tuple(unpack_all(atoms))
        self._layers = layers

    @property
    def layers(self) -> int:
        """The number of attention layers of the graph that computed this sequence."""
        return self._layers

    @property
    def layer(self) -> int:
        """The same as :attr:`layers`; RASPy's name."""
        return self.layers

    @property
    def val(self) -> list[Atom]:
        """The atoms as a new list; RASPy's name."""
        return self.tolist()

    def toseq(self) -> list[Atom]:
        """Return the atoms as a new list; RASPy's name."""
        return self.tolist()

    def tolist(self) -> list[Atom]:
        """Return the atoms as a new list."""
        return list(self._atoms)

    @overload
    def __getitem__(self, index: int) -> Atom: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence: ...
    def __getitem__(self, index: int | slice) -> Atom | Sequence:
        if isinstance(index, slice):
            return Sequence(self._atoms[index], self._layers)
        return self._atoms[index]

    def __iter__(self) -> Iterator[Atom]:
        return iter(self._atoms)

    def __len__(self) -> int:
        return len(self._atoms)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sequence):
            return self._atoms == other._atoms
        if isinstance(other, list | tuple):
            return self._atoms == tuple(other)
        if isinstance(other, str) and (not self or any(isinstance(atom, str) for atom in self)):
            warn(
                RaspirWarning('a Sequence is not a str: compare it with list(text), or "".join(sequence) with the text')
            )
        return NotImplemented

    def __reduce__(self) -> tuple[object, ...]:
        return (Sequence, (self.tolist(), self.layers))

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which are unhashable

    def __repr__(self) -> str:
        return "[" + ", ".join(show_int(a) if type(a) is int else repr(a) for a in self._atoms) + "]"

    def _repr_svg_(self) -> str:
        """Return the notebook rendering: the attention of the program on its input, or a row of cells."""
        from raspir.viz.sequences import sequence_svg  # deferred until a picture is drawn

        return super()._repr_svg_() or sequence_svg(self)
