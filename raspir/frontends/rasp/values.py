"""The values of the language: atoms, lists and dicts are Python's; s-ops, selectors and functions are here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from raspir.frontends.python.embedded import Selector, SOp
from raspir.ir.atoms import Atom

Value = Any
"""An atom, a list, a dict with atoms as keys, or an instance of :class:`Operand` or :class:`Function`."""

LONGEST_NAME = 30
"""The most characters of the name of an s-op or selector."""

_LONGEST_ARGUMENT = 20
"""The most characters of a list or dict in the name of a call."""

_ATOMS = (bool, int, float, str)


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """A function of the input: an s-op or a selector.

    Attributes:
        expression: the program or selector that computes it.
        label: the name under which it is shown where no variable names it.
        assigned: whether an assignment has given it that name.
    """

    expression: SOp | Selector
    label: str
    assigned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """What an s-op holds where its program has ``None``, since the value there is no atom and thus an error.

    Attributes:
        chosen: the program whose atom chooses the value.
        choose: returns the value for that atom.
        branches: those of the values that are evaluated at each position, if they are s-ops.
    """

    chosen: SOp
    choose: Callable[[Any], Value]
    branches: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sequence(Operand):
    """An s-op.

    Attributes:
        alternatives: the values that are no atoms, if there may be any.
    """

    expression: SOp
    alternatives: Alternatives | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Selection(Operand):
    """A selector."""

    expression: Selector


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function.

    Attributes:
        name: the name in its definition.
        parameters: the names of its parameters.
        creator: where it was defined: the console, or the path of a file, with a mark for each enclosing call.
    """

    name: str
    parameters: tuple[str, ...]
    creator: str

    def __str__(self) -> str:
        return f"{self.creator} function: {self.name}({', '.join(self.parameters)})"


@dataclass(frozen=True, slots=True, eq=False)
class BuiltIn(Function):
    """A function of the library that raspir makes.

    Attributes:
        make: returns the result for arguments.
    """

    make: Callable[..., Value]


def is_atom(value: Value) -> bool:
    """Return whether ``value`` is a number, a truth value or a string."""
    return isinstance(value, _ATOMS)


def described(value: Value) -> str:
    """Return a value for messages and names: an s-op or selector by its name, strings in double quotes."""
    if isinstance(value, Operand):
        return value.label
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(described, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{described(key)}: {described(item)}' for key, item in value.items())}}}"
    return str(value)


def plainly(value: Value) -> str:
    """Return a value as Python's ``str`` has it, but s-ops, selectors and functions by their names."""
    return str(value) if is_flat(value) else described(value)


def is_flat(value: Value) -> bool:
    """Return whether ``value`` holds only atoms, at any depth."""
    if isinstance(value, list | dict):
        return all(map(is_flat, value.values() if isinstance(value, dict) else value))
    return is_atom(value)


def bare(value: Value) -> str:
    """Return an operand as it stands in the name of an operation: strings without quotes."""
    return value if isinstance(value, str) else described(value)


def short(label: str, long: str = "s-op") -> str:
    """Return ``label``, or ``long`` in its place if it is too long for a name."""
    return label if len(label) <= LONGEST_NAME else long


def call_label(name: str, arguments: list[Value]) -> str:
    """Return the name of what a call returned."""
    return f"{name}({' , '.join(map(_argument, arguments))})"


def _argument(value: Value) -> str:
    text = described(value)
    if isinstance(value, list | dict) and len(text) > _LONGEST_ARGUMENT:
        return f"({type(value).__name__})"
    return text


def items_of(given: Value) -> list[Value] | None:
    """Return the items of an input: characters, items or keys; ``None`` if it is no input, or an empty one."""
    return list(given) or None if isinstance(given, str | list | dict) else None


def as_atoms(values: Iterable[Value]) -> Iterator[Atom]:
    """Yield ``values``, with ``None`` in place of what is no atom."""
    return (value if is_atom(value) else None for value in values)


def listed(values: Iterable[Value], brackets: str) -> str:
    """Return ``values`` as Python shows a tuple or a list, but s-ops, selectors and functions by their names."""
    shown = [repr(value) if is_flat(value) else described(value) for value in values]
    comma = "," if brackets == "()" and len(shown) == 1 else ""
    return f"{brackets[0]}{', '.join(shown)}{comma}{brackets[1]}"
