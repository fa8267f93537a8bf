"""Differences found by testing, classified by kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Inputs = Sequence[Any]
"""The inputs of one program: lists of atoms, strings, or tuples."""

Kind = Literal["results", "failure", "layers", "growth", "again", "text", "backend", "time", "causal"]
"""The kind of a difference: the optimized program's results; a pass that fails, adds depth, adds nodes without a gain,
or is not idempotent; the textual IR round trip; a backend's results; the time limit; or a head of a causal program that
looks ahead."""


class DifferenceError(Exception):
    """A difference from the reference or from a contract.

    Attributes:
        description: a description of the difference.
        inputs: the offending inputs; empty if the graph itself is wrong.
        kind: the kind of difference; minimization must preserve it.
    """

    def __init__(self, description: str, inputs: Inputs = (), kind: Kind = "results") -> None:
        super().__init__(description, inputs, kind)
        self.description, self.inputs, self.kind = description, list(inputs), kind
