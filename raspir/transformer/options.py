"""The options of transformers besides those of the optimizer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from raspir.ir.atoms import is_one_of
from raspir.passes.options import About, Documented

DType = Literal["float32", "float64"]
"""The type of all numbers of a transformer."""


@dataclass(frozen=True)
class Precision(Documented):
    """The floats of a transformer."""

    dtype: DType = field(
        default="float32",
        kw_only=True,
        metadata=About(
            'the type of all numbers: ``"float32"`` or ``"float64"``, which admits more programs.',
            "The type of all numbers of the transformer; float64 admits more programs.",
            wanted="float32 or float64",
            admits=lambda value: is_one_of(value, get_args(DType)),
        ).metadata,
    )
