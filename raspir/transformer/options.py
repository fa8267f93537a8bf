"""The options of transformers besides those of the optimizer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from raspir.ir.atoms import is_one_of
from raspir.passes.options import About, Documented

DType = Literal["float32", "float64"]
"""The type of all numbers of a transformer."""


@dataclass(frozen=True)
class Storage(Documented):
    """The numbers that a transformer stores."""

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
    max_parameters: int | None = field(
        default=10_000_000,
        kw_only=True,
        metadata=About(
            "the maximum number of parameters, of which a float32 takes 4 bytes each; ``None`` for no limit. A larger "
            "transformer is refused before it is made, with what takes most of them.",
            "The maximum number of parameters of the transformer.",
            "N",
            wanted="a positive integer or None",
            admits=lambda value: value is None or (type(value) is int and value > 0),
        ).metadata,
    )
