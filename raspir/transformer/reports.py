"""What a check of a transformer has found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from raspir.ir import Atom
from raspir.ir.atoms import show
from raspir.transformer.inputs import Checked, Coverage

SHOWN = 5
"""The faults of each kind that are shown."""


@dataclass(frozen=True)
class Fault:
    """Something that differs from the program.

    Attributes:
        input: the input.
        where: what differs: an output, the attention of a head, or a number of the residual stream.
        position: the position, from 0.
        found: what it is there.
        expected: what it should be.
    """

    input: Checked
    where: str
    position: int
    found: Atom
    expected: Atom

    def __str__(self) -> str:
        found, expected = show(self.found), show(self.expected)
        return f"on {_shown(self.input)}, {self.where} is {found} at position {self.position} instead of {expected}"


@dataclass(frozen=True)
class Part:
    """A head or a number of the residual stream that was compared with the program.

    Attributes:
        what: what it serves.
        fault: where it first differs, if anywhere.
    """

    what: str
    fault: Fault | None


@dataclass(frozen=True)
class Report:
    """A comparison of a transformer with its program.

    Heads and numbers of the residual stream are compared only if it is known how the transformer was made.

    Attributes:
        coverage: how many inputs were checked.
        failing: the number of these on which the program itself fails, which were left out.
        wrong: the number of inputs with a wrong output.
        outputs: a wrong output for each of the first few such inputs.
        margin: the least difference of a chosen logit from that of another atom; infinite if there is none.
        heads: the heads, whose patterns were compared with their selectors.
        numbers: the numbers that the residual stream holds.
        error: the greatest error of these numbers, relative to those greater than 1.
    """

    coverage: Coverage
    failing: int
    wrong: int
    outputs: tuple[Fault, ...]
    margin: float
    heads: tuple[Part, ...]
    numbers: tuple[Part, ...]
    error: float

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong and not faults(self.heads) and not faults(self.numbers)

    def __str__(self) -> str:
        left_out = f"; left out {self.failing:,}, on which the program itself fails" if self.failing else ""
        apart = "" if self.margin == inf else f"; logits differ by at least {self.margin:.3g}"
        lines = [f"checked on {self.coverage}{left_out}"]
        wrong = f"{self.wrong:,} {'input' if self.wrong == 1 else 'inputs'} with a wrong one" if self.wrong else ""
        lines += _section("outputs", wrong, f"all are right{apart}", self.outputs)
        for name, parts, right in (
            ("heads", self.heads, "all attend as their selectors say"),
            ("residual stream", self.numbers, f"all numbers are right, to within {self.error:.2g}"),
        ):
            found = faults(parts)
            if parts:
                lines += _section(name, f"{len(found)} of {len(parts)} wrong" if found else "", right, found)
        return "\n".join(lines)


def faults(parts: Iterable[Part]) -> list[Fault]:
    """Return the faults of some parts."""
    return [part.fault for part in parts if part.fault is not None]


def _section(name: str, wrong: str, right: str, found: Iterable[Fault]) -> list[str]:
    return [f"{name}: {wrong or right}", *(f"  {fault}" for fault in list(found)[:SHOWN])]


def _shown(input: Checked) -> str:
    if isinstance(input, dict):
        return ", ".join(f"{name} = {_shown(atoms)}" for name, atoms in input.items())
    if input and all(isinstance(atom, str) and len(atom) == 1 for atom in input):
        return show("".join(map(str, input)))
    return f"[{', '.join(map(show, input))}]"
