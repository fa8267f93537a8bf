"""A difference between two programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from raspir.ir.atoms import show


@dataclass(frozen=True)
class Difference:
    """An input on which the programs differ.

    Attributes:
        input: the input; a mapping by name if there are several.
        before: the result of the program.
        after: the result of the optimized program, or its error.
    """

    input: Any
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"on {show(self.input)} the program yields {self.before}; optimized: {self.after}"
