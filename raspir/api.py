"""What others call: from a program or a graph to an optimised graph, something that runs, or a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from raspir.backends.base import Executable, runner, writer
from raspir.frontends.embedded import SOp
from raspir.frontends.lowering import lower
from raspir.ir import Atom, Graph
from raspir.passes.base import Attention, Pass
from raspir.passes.pipeline import run_passes

Program = SOp | Graph | Mapping[str, SOp]
"""What can be compiled: a program of the embedded language, several by name, or a graph."""


def to_graph(program: Program, vocab: Iterable[Atom] | None = None, max_length: int | None = None) -> Graph:
    """Return ``program`` as a graph with these promises."""
    return program.promise(vocab, max_length) if isinstance(program, Graph) else lower(program, vocab, max_length)


def optimize(
    program: Program,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
    passes: str | Sequence[str | Pass] | None = None,
) -> Graph:
    """Return a graph that equals ``program`` on every input that keeps the promises, after the optimiser's passes.

    Args:
        program: a program, several by name, or a graph.
        vocab: a promise of which atoms an input holds, with their types; a ``str`` promises its characters.
        max_length: a promise that no input is longer.
        attention: which attention heads may be used: plain selectors (``"select"``), or also ``"best"``.
        passes: which passes run, as names with commas between them or as a list; the default pipeline for ``None``.

    Raises:
        ProgramError: if ``program`` is not one, or cannot work with the promised vocabulary.
        InputError: if a promise makes no sense.
        BackendError: if there is no such pass or kind of attention.
    """
    return run_passes(to_graph(program, vocab, max_length), passes, attention)


def compile(
    program: Program,
    backend: str = "reference",
    optimize: bool = True,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
) -> Executable:
    """Return a function that runs ``program`` on an input; its ``batch`` runs a list of inputs.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that runs programs.
        optimize: whether the default passes run first.
        vocab: as for :func:`optimize`; an input that breaks the promise is refused.
        max_length: likewise.
        attention: as for :func:`optimize`.

    Raises:
        ProgramError: if ``program`` is not one, or cannot work with the promised vocabulary.
        InputError: if a promise makes no sense.
        BackendError: if the backend is unknown or runs no programs, or a function that it must call is missing.
    """
    chosen = runner(backend)
    passes = None if optimize else ()
    return chosen.compile(run_passes(to_graph(program, vocab, max_length), passes, attention))


def emit(
    program: Program,
    backend: str,
    input: object = None,
    optimize: bool = True,
    vocab: Iterable[Atom] | None = None,
    max_length: int | None = None,
    attention: Attention = "select",
) -> str | bytes:
    """Return ``program`` as ``backend`` writes it.

    Args:
        program: a program, several by name, or a graph.
        backend: the name of a backend that writes programs.
        input: an input to show the program at work on, for backends that can.
        optimize: whether the default passes run first.
        vocab: as for :func:`optimize`.
        max_length: likewise.
        attention: likewise.

    Raises:
        ProgramError, InputError: as :func:`compile`.
        BackendError: if the backend is unknown or writes nothing.
    """
    chosen = writer(backend)
    passes = None if optimize else ()
    return chosen.emit(run_passes(to_graph(program, vocab, max_length), passes, attention), input=input)
