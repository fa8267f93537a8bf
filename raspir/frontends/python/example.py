"""The example input that programs are shown on."""

from __future__ import annotations

from raspir.ir import Atom, read_sequence

_example: str | tuple[Atom, ...] = "hello"


def example() -> str | tuple[Atom, ...]:
    """Return the example input that ``repr(program)`` shows the value on."""
    return _example


def set_example(input: object) -> None:
    """Change the example input, at first ``"hello"``, that ``repr(program)`` shows the value on.

    Raises:
        InputError: if ``input`` is not a sequence of atoms.
    """
    global _example
    atoms = read_sequence(input)
    _example = input if isinstance(input, str) else tuple(atoms)
