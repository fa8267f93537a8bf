"""The public function that makes a transformer of a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from raspir.api import Program, written_graph
from raspir.ir import BackendError, Graph
from raspir.ir.atoms import show
from raspir.passes.options import Options, called_with
from raspir.passes.pipeline import run_passes
from raspir.transformer.assumptions import lengths_of
from raspir.transformer.compile import compiled
from raspir.transformer.costs import smallest
from raspir.transformer.errors import TransformerError
from raspir.transformer.model import Transformer
from raspir.transformer.options import Storage

_MORE = 2  # times as many heads as another form of the program has, from which on a form is not tried


@dataclass(frozen=True)
class _Program:
    program: Program


@dataclass(frozen=True)
class _ToTransformer(Storage, Options, _Program):
    strict: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if type(self.strict) is not bool:
            raise BackendError(f"strict must be True or False, not {show(self.strict)}")


@called_with(_ToTransformer)
def to_transformer(call: _ToTransformer) -> Transformer:
    """Return a transformer that computes ``program``: the one with the fewest parameters that was found.

    Its output is exact on every input that satisfies the assumptions and on which the program has a result. Both a
    vocabulary and a maximum length are needed.

    Args:
        program: a program, several by name, or a graph.
        **options: the fields of :class:`raspir.passes.options.Options`.
        **options: the fields of :class:`raspir.transformer.options.Storage`.
        strict: whether the transformer refuses inputs on which the program fails, with the program's error, at the
            price of running the program, too. Otherwise its output on these is arbitrary.

    Raises:
        ProgramError: if ``program`` is not a program.
        InputError: if an assumption is invalid.
        BackendError: if a required opaque function is missing, or the value of an option is invalid.
        TransformerError: if an assumption is missing, or the program has no exact weights under the assumptions, or
            more of them than ``max_parameters``: the message names the value and what would help.
    """
    program = written_graph(call.program, call)
    lengths_of(program)
    found: list[Transformer] = []
    refused: list[TransformerError] = []
    for graph in sorted(dict.fromkeys(_variants(program, call)), key=lambda each: each.stats().heads):
        if found and graph.stats().heads > _MORE * found[0].heads:
            continue  # so many heads cannot be smaller
        try:
            found.append(compiled(graph, call.dtype, call.max_parameters))
        except TransformerError as error:
            refused.append(error)
    if not found:
        raise smallest(refused)
    return min(found, key=lambda each: (each.core_parameters, each.layers)).of(program, call.strict)


def _variants(program: Graph, options: Options) -> Iterator[Graph]:
    """Yield optimized forms of a program, among which that of fewest layers need not be the smallest.

    A maximum length lets the optimizer answer by cases of the length, in fewer layers of many more heads.
    """
    for graph in (program, program.derived(max_length=None)):
        yield run_passes(graph, None, options.target, options=options.limits).assume(max_length=program.max_length)
