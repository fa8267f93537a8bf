"""The lines that the console shows for values, in the format of the language's own interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.faults import StatementError
from raspir.frontends.rasp.values import (
    Function,
    Operand,
    Selection,
    Sequence,
    Value,
    bare,
    described,
    listed,
    plainly,
    quoted,
)
from raspir.ir.atoms import Atom

SKIPPED = "[skipped full display: identical values]"
_FAILED = "\t!!statement executed, but result fails on evaluation:\n\t\t "


@dataclass(slots=True)
class Display:
    """What is shown of s-ops and selectors, and on which examples.

    Attributes:
        sequences: the values on the example of s-ops.
        selections: the values on the example of selectors.
        show_sequences: whether s-ops are shown on their example.
        show_selections: whether selectors are shown on theirs.
        full: whether sequences are shown below their input.
    """

    sequences: Evaluation
    selections: Evaluation
    show_sequences: bool = True
    show_selections: bool = True
    full: bool = False

    def value(self, name: str, value: Value) -> str:
        """Return the lines for a value under a name, each ending in a line end."""
        return "".join(f"{line}\n" for line in self._lines(value, name, "", ""))

    def application(self, operand: Operand, on: Evaluation) -> str:
        """Return the lines for the value of an s-op or selector on an input.

        Raises:
            StatementError: if it fails on the input.
        """
        values = on.of(operand)
        if isinstance(operand, Selection):
            return "".join(f"{line}\n" for line in ["\t = ", *_matrix(values, on.items, "")])
        if not self.full:
            return f"\t =  {sequence(values)}\n"
        if _are_equal(values):
            return f"\t =   {sequence(values)} {SKIPPED}\n"
        return "".join(f"{line}\n" for line in ["\t = ", *_rows(values, on.items, "")])

    def _lines(self, value: Value, name: str | None, prefix: str, key: str) -> Iterator[str]:
        """Yield the lines for a value; its name is ``None`` inside of a container."""
        named = "" if name is None else f"{name} = "
        if isinstance(value, Sequence):
            yield f"{prefix} {key}    s-op: {name or value.label}"
            yield from self._sequence(value, name or value.label, prefix)
        elif isinstance(value, Selection):
            yield f"{prefix} {key}    selector: {name or value.label}"
            yield from self._selection(value, prefix)
        elif isinstance(value, Function):
            yield f"{prefix} {key}    {value}"
        elif isinstance(value, list | dict):
            yield from self._container(value, named, prefix, key)
        else:
            yield f"{prefix}    value: {named} {described(value)}"

    def _container(self, value: list[Value] | dict[Atom, Value], named: str, prefix: str, key: str) -> Iterator[str]:
        opening, closing = "[]" if isinstance(value, list) else "{}"
        kind = f"{'list' if isinstance(value, list) else 'dict'}: {named}"
        items = value if isinstance(value, list) else list(value.values())
        if not any(isinstance(item, list | dict | Operand) for item in items):
            yield f"{prefix} {key}    {kind}{_flat(value)}"
            return
        yield f"{prefix} {key}    {kind}{prefix} {opening}"
        if isinstance(value, list):
            for item in value:
                yield from self._lines(item, None, prefix + "\t\t", "")
        else:
            for each, item in value.items():
                yield from self._lines(item, None, prefix + "\t\t\t", f"{described(each)} : ")
        yield f"{prefix}{' ' * (len(f'   {kind}') + 2)}{closing}"

    def _sequence(self, value: Sequence, name: str, prefix: str) -> Iterator[str]:
        if not self.show_sequences:
            return
        try:
            values = self.sequences.of(value)
        except StatementError as fault:
            yield _FAILED + fault.text
            return
        shown = f"{prefix} \t Example: {name}({given(self.sequences.given)}) = {sequence(values)}"
        if not self.full:
            yield shown
        elif _are_equal(values):
            yield f"{shown} {SKIPPED}"
        else:
            yield f"{prefix} \t Example:"
            yield from _rows(values, self.sequences.items, prefix)

    def _selection(self, value: Selection, prefix: str) -> Iterator[str]:
        if not self.show_selections:
            return
        yield f"{prefix} \t Example:"
        try:
            rows = self.selections.of(value)
        except StatementError as fault:
            yield _FAILED + fault.text
        else:
            yield from _matrix(rows, self.selections.items, prefix)

    def examples(self, which: str | None) -> str:
        """Return the lines that name both examples, or one of them."""
        both = {"s-op": self.sequences, "selector": self.selections}
        return "".join(
            f"\t{each} example: {given(on.given)}\n" for each, on in both.items() if which is None or each == which
        )


def given(value: Value) -> str:
    """Return an input as it stands in the line of an example."""
    return f'"{value}"' if isinstance(value, str) else plainly(value)


def sequence(values: list[Atom]) -> str:
    """Return the atoms of an s-op and their type."""
    if len(values) > 1 and _are_equal(values):
        return f"[{_shown(values[0])}]*{len(values)} ({type_word(values)})"
    return f"[{', '.join(map(_shown, values))}] ({type_word(values)})"


def type_word(values: list[Atom]) -> str:
    """Return the type of a sequence: ``strings``, ``bools``, ``ints`` or ``floats``."""
    classes = set(map(type, values))
    for word, members in (("strings", {str}), ("bools", {bool}), ("ints", {bool, int})):
        if classes <= members:
            return word
    return "floats"


def _flat(value: list[Value] | dict[Atom, Value]) -> str:
    """Return a container of atoms and functions as Python shows it."""
    if isinstance(value, list):
        return listed(value, "[]")
    return "{" + ", ".join(f"{quoted(key)}: {quoted(item)}" for key, item in value.items()) + "}"


def _are_equal(values: list[Atom]) -> bool:
    return all(value == values[0] for value in values)


def _shown(atom: Atom) -> str:
    if isinstance(atom, bool):
        return "T" if atom else "F"
    return bare(round(atom, 3) if isinstance(atom, float) else atom)


def _matrix(rows: list[list[bool]], items: list[Value], prefix: str) -> Iterator[str]:
    yield f"{prefix} \t\t\t     {' '.join(map(plainly, items))}"
    for item, row in zip(items, rows, strict=True):
        yield f"{prefix} \t\t\t {plainly(item)} | {' '.join('1' if entry else ' ' for entry in row)}"


def _rows(values: list[Atom], items: list[Value], prefix: str) -> Iterator[str]:
    """Yield the input and the output below each other, position by position."""
    cells: list[Any] = values
    word = type_word(values)
    if word == "bools":
        true = sum(map(bool, values))
        written = {True: "T" if 2 * true <= len(values) else "", False: "F" if 2 * true >= len(values) else ""}
        cells = [written[bool(value)] for value in values]
    elif word in ("ints", "floats"):
        cells = [("T" if value else "F") if isinstance(value, bool) else value for value in values]
    width = max(len(plainly(each)) for each in (*items, *cells))
    for title, row, kind in (("input:  ", items, "strings"), ("output: ", cells, word)):
        yield f"{prefix} \t\t{title} {' '.join(plainly(each).rjust(width) for each in row)} \t ({kind})"
