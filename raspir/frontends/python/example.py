"""The example input on which programs are displayed."""

from __future__ import annotations

from typing import overload

from raspir.frontends.python.synonyms import also_named
from raspir.ir import Atom, read_sequence
from raspir.ir.tracebacks import public

_example: str | tuple[Atom, ...] = "hello"


def example() -> str | tuple[Atom, ...]:
    """Return the example input on which ``repr(program)`` evaluates the program."""
    return _example


@overload
def set_example(input: object) -> None: ...
@overload
def set_example(example: object) -> None: ...
@public
@also_named(example="input")
def set_example(input: object) -> None:
    """Set the example input, initially ``"hello"``, on which ``repr(program)`` evaluates the program.

    Raises:
        InputError: if ``input`` is not a sequence of atoms.
    """
    global _example
    atoms = read_sequence(input)
    _example = input if isinstance(input, str) else tuple(atoms)
