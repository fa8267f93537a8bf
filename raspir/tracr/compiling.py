"""Tracr's module ``compiling``: programs as transformers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from raspir.frontends.programs import ProgramExpression
from raspir.ir import Atom, Graph, InputError
from raspir.ir.atoms import show
from raspir.ir.graph import vocabulary
from raspir.ir.tracebacks import public

if TYPE_CHECKING:
    from raspir.tracr.models import Model


@public
def compile_rasp_to_model(
    program: ProgramExpression | Graph,
    vocab: Iterable[Atom],
    max_seq_len: int,
    causal: bool = False,
    compiler_bos: str = "compiler_bos",
    compiler_pad: str = "compiler_pad",
    mlp_exactness: int = 100,
) -> Model:
    """Return a transformer that computes a program, optimized, with Tracr's names.

    Args:
        program: the program, of any dialect.
        vocab: the tokens that an input may hold.
        max_seq_len: the maximum number of tokens, without that of the beginning.
        causal: whether no position attends to a later one.
        compiler_bos: the token with which each input begins.
        compiler_pad: the token with which shorter inputs may end; what is at such a position decodes to it.
        mlp_exactness: without effect, as the weights are exact.

    Raises:
        ProgramError: if ``program`` is not a program, or is to be causal and uses what looks ahead by definition.
        InputError: if the vocabulary is empty or contains a value that is no token, one of the compiler's tokens is in
            it or is not a string of its own, or the maximum length is not a natural number.
        TransformerError: if the program has no exact weights under these assumptions.
    """
    # Deferred, as programs are read without NumPy.
    from raspir.tracr.models import Model
    from raspir.transformer.making import to_transformer

    if type(compiler_bos) is not str or type(compiler_pad) is not str or compiler_bos == compiler_pad:
        raise InputError(
            "compiler_bos and compiler_pad must be two different strings, not "
            f"{show(compiler_bos)} and {show(compiler_pad)}"
        )
    tokens = vocabulary(vocab)
    for name, token in (("compiler_bos", compiler_bos), ("compiler_pad", compiler_pad)):
        if token in tokens:
            raise InputError(f"the vocabulary holds {show(token)}, which is {name}: give another {name}")
    model = to_transformer(program, vocab=tokens, max_length=max_seq_len, causal=causal)
    return Model(model, compiler_bos, compiler_pad)
