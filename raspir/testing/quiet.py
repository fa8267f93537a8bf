"""Generated programs and their vocabularies: that a program fails on some of its inputs is no news here."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from raspir.ir import Atom, Graph, ProgramError, VocabularyWarning


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings that a program fails on what its vocabulary holds; raise those of rules that never end.

    Rules that lead on without end are cut off with a warning, so that users get a program. Here they are a fault.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "internal fault", RuntimeWarning)
        warnings.simplefilter("ignore", VocabularyWarning)
        yield


def fitting(graph: Graph, vocab: tuple[Atom, ...], longest: int | None = None) -> Graph:
    """Return ``graph`` with what is assumed of its inputs.

    Raises:
        ProgramError: if an operation can take none of the vocabulary's atoms.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", VocabularyWarning)
        try:
            return graph.assume(vocab, longest)
        except VocabularyWarning as warning:
            raise ProgramError(warning.message, warning.location) from None
