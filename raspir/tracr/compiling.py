"""Tracr's module ``compiling``: programs as transformers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from raspir.frontends.expressions import Expression
from raspir.frontends.source import mistake
from raspir.ir import Atom
from raspir.ir.tracebacks import public


@public
def compile_rasp_to_model(
    program: Expression,
    vocab: Iterable[Atom],
    max_seq_len: int,
    causal: bool = False,
    compiler_bos: str = "compiler_bos",
    compiler_pad: str = "compiler_pad",
    mlp_exactness: int = 100,
    **options: object,
) -> NoReturn:
    """Return a program as the weights of a transformer, which raspir does not do yet.

    Raises:
        ProgramError: always.
    """
    mistake(
        "compile_rasp_to_model: raspir does not write the weights of transformers yet; "
        "raspir.compile(program, vocab=…, max_length=…) optimizes and runs the program"
    )
