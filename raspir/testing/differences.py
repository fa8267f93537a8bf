"""What is wrong with a program under a setting, and what kind of fault that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Inputs = Sequence[Any]
"""Inputs of one program: lists of atoms, strings, or tuples."""

Kind = Literal["results", "failure", "layers", "growth", "again", "text", "backend", "time"]
"""What is wrong: the optimised program's results; a pass that fails, makes the program deeper, makes it larger without
a gain, or changes its own result; the textual IR; what a backend makes of the program; or how long all that takes."""


class DifferenceError(Exception):
    """There is a difference.

    Attributes:
        told: what is different, in words.
        inputs: what it was found on; none where the graph itself is wrong.
        kind: what kind of fault it is: another one is not the same fault made small.
    """

    def __init__(self, told: str, inputs: Inputs = (), kind: Kind = "results") -> None:
        super().__init__(told, inputs, kind)
        self.told, self.inputs, self.kind = told, list(inputs), kind
