"""What the depth benchmark measures: programs with their inputs and depth bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from raspir import SOp

Inputs = Callable[[Random], "str | list[int]"]
"""A generator of one program's random inputs."""


@dataclass(frozen=True)
class Measured:
    """A program of the depth benchmark.

    Attributes:
        name: the name in the tables.
        program: the RASP program.
        select: the maximum number of layers with plain attention.
        best: the maximum number of layers with best-score attention.
        inputs: draws inputs, mostly of the intended form, some of them odd.
        vocab: the assumed atoms; ``None`` for no assumption.
        tracr: the number of layers of Tracr's program of this name, if there is one.
        causal: whether no position attends to a later one.
    """

    name: str
    program: SOp
    select: int
    best: int
    inputs: Inputs
    vocab: Iterable[Any] | None = None
    tracr: int | None = None
    causal: bool = False


def text(characters: str, longest: int = 9) -> Inputs:
    """Return a generator of strings over ``characters``."""
    return lambda random: "".join(random.choices(characters, k=random.randint(0, longest)))


def of_atoms(atoms: Sequence[Any]) -> Inputs:
    """Return a generator of strings over characters, or else of lists of other atoms."""
    if isinstance(atoms, str):
        return text(atoms)
    return lambda random: random.choices(atoms, k=random.randint(0, 9))


def words_or_numbers(random: Random) -> str | list[int]:
    """Draw a string with repeated characters, or a list of small numbers."""
    if random.random() < 0.5:
        return text("abclx")(random)
    return [random.randint(-4, 4) for _ in range(random.randint(0, 9))]


def numbers(random: Random) -> list[int]:
    """Draw a list of numbers."""
    return [random.randint(-9, 9) for _ in range(random.randint(0, 9))]


def sums(random: Random) -> str:
    """Draw two numbers joined by a plus sign, with frequent carries; sometimes any string over the vocabulary."""
    if random.random() < 0.1:
        return str(text("+0123456789")(random))
    digits = random.choice(["0123456789", "0459", "09"])
    first, second = (str(text(digits, longest=6)(random)) for _ in range(2))
    if random.random() < 0.3:  # nines' complement, so that a carry propagates through all columns
        second = "".join(str(9 - int(digit)) for digit in first[1:]) + random.choice("0123456789")
    return f"{first}+{second}"


def padded(random: Random) -> str:
    """Draw a string with trailing pads; sometimes with pads anywhere."""
    if random.random() < 0.2:
        return str(text("ab_")(random))
    return str(text("abc")(random)) + "_" * random.randint(0, 5)


def brackets(pairs: tuple[str, ...], other: str = "") -> Inputs:
    """Return a generator of balanced or nearly balanced strings over ``pairs``, interspersed with ``other``."""

    def draw(random: Random) -> str:
        drawn = ""
        for _ in range(random.randint(0, 5)):
            pair = random.choice(pairs)
            at = random.randint(0, len(drawn))
            to = at if random.random() < 0.6 else random.randint(at, len(drawn))
            drawn = drawn[:at] + pair[0] + drawn[at:to] + pair[1] + drawn[to:]
        if random.random() < 0.4:
            at = random.randint(0, len(drawn))
            drawn = drawn[:at] + random.choice("".join(pairs) + other) + drawn[at + random.randint(0, 1) :]
        return drawn

    return draw
