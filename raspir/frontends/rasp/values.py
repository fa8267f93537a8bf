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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operand:
    """A function of the input: an s-op or a selector.

    Attributes:
        expression: the program or selector that computes it.
        label: the name under which it is shown where no variable names it.
        is_local: whether its program has its name from a variable of a call, until one outside of calls gives another.
    """

    expression: SOp | Selector
    label: str
    is_local: bool = False

    def __eq__(self, other: object) -> bool:
        """Return whether ``other`` is the same s-op or selector, perhaps under another name."""
        return isinstance(other, Operand) and self.expression is other.expression

    def __hash__(self) -> int:
        return id(self.expression)

    def __repr__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """What an s-op holds where its program has ``None``, since the value there is no atom and thus an error.

    Attributes:
        chosen: the program whose atom chooses the value.
        choose: returns the value for that atom.
    """

    chosen: SOp
    choose: Callable[[Any], Value]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sequence(Operand):
    """An s-op.

    Attributes:
        alternatives: the values that are no atoms, if there may be any.
    """

    expression: SOp
    alternatives: Alternatives | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Selection(Operand):
    """A selector."""

    expression: Selector


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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

    def __repr__(self) -> str:
        return f"{self.creator} function: {self.name}({', '.join(self.parameters)})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
    return number_text(value) if isinstance(value, int) else str(value)


def number_text(value: float) -> str:
    """Return a number as Python shows it, but in hexadecimal an integer that has too many digits for Python."""
    try:
        return str(value)
    except ValueError:
        return hex(int(value))


def plainly(value: Value) -> str:
    """Return a value as Python's ``str`` has it, but s-ops, selectors and functions by their names."""
    if is_flat(value):
        try:
            return str(value)
        except ValueError:  # an integer has too many digits
            pass
    return described(value)


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
    if not isinstance(value, list | dict):
        return described(value)
    text = "" if _is_long(value) else described(value)
    return text if 0 < len(text) <= _LONGEST_ARGUMENT else f"({'list' if isinstance(value, list) else 'dict'})"


def _is_long(value: Value) -> bool:
    """Return whether the text of a value is surely too long: each item has a character, and a comma and a blank."""
    if not isinstance(value, list | dict):
        return isinstance(value, str) and len(value) > _LONGEST_ARGUMENT
    return 3 * len(value) > _LONGEST_ARGUMENT or any(map(_is_long, _held(value)))


def _held(container: list[Value] | dict[Atom, Value]) -> Iterable[Value]:
    return container.values() if isinstance(container, dict) else container


def extent(value: Value, most: int, deepest: int) -> tuple[int, int]:
    """Return how large a value is, and how deep lists and dicts are nested in it, or more than one of two limits.

    The size is the number of items at all depths, with one more for each 16 characters of a string. A list that occurs
    twice counts twice, as it does in the text of the value.

    Args:
        value: the value.
        most: the size at which to stop.
        deepest: the depth at which to stop.
    """
    size, depth, level = _characters([value]), 0, [value]
    while level := [each for each in level if isinstance(each, list | dict)]:
        depth += 1
        level = [item for each in level for item in _held(each)]
        size += len(level) + _characters(level)
        if size > most or depth > deepest:
            break
    return size, depth


def _characters(values: Iterable[Value]) -> int:
    return sum(len(value) >> 4 for value in values if isinstance(value, str))


def items_of(given: Value) -> list[Value] | None:
    """Return the items of an input: characters, items or keys; ``None`` if it is no input, or an empty one."""
    return list(given) or None if isinstance(given, str | list | dict) else None


def as_atoms(values: Iterable[Value]) -> Iterator[Atom]:
    """Yield ``values``, with ``None`` in place of what is no atom."""
    return (value if is_atom(value) else None for value in values)


def listed(values: Iterable[Value], brackets: str) -> str:
    """Return ``values`` as Python shows a tuple or a list, but s-ops, selectors and functions by their names."""
    shown = list(map(quoted, values))
    comma = "," if brackets == "()" and len(shown) == 1 else ""
    return f"{brackets[0]}{', '.join(shown)}{comma}{brackets[1]}"


def quoted(value: Value) -> str:
    """Return a value as Python's ``repr`` has it, but s-ops, selectors and functions by their names."""
    return repr(value) if isinstance(value, str) else plainly(value)
