"""The example input on which programs are displayed."""

from __future__ import annotations

from raspir.ir import Atom, read_sequence
from raspir.ir.tracebacks import public

_example: str | tuple[Atom, ...] = "hello"


def example() -> str | tuple[Atom, ...]:
    """Return the example input on which ``repr(program)`` evaluates the program."""
    return _example


@public
def set_example(input: object) -> None:
    """Set the example input, initially ``"hello"``, on which ``repr(program)`` evaluates the program.

    Raises:
        InputError: if ``input`` is not a sequence of atoms.
    """
    global _example
    atoms = read_sequence(input)
    _example = input if isinstance(input, str) else tuple(atoms)
