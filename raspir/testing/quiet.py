"""Warning filters for generated programs, where failures on some inputs are expected."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from raspir.ir import Atom, BudgetWarning, Graph, ProgramError, StringWarning, VocabularyWarning
from raspir.rewriting.builder import NonterminationWarning


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings about likely mistakes, which generated programs make; raise those about nonterminating rewrites.

    Nonterminating rewrites are cut off with a warning, so that users still get a program; in tests they are errors.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", NonterminationWarning)
        for ignored in (VocabularyWarning, StringWarning, BudgetWarning):
            warnings.simplefilter("ignore", ignored)
        yield


def fitting(graph: Graph, vocab: tuple[Atom, ...], longest: int | None = None) -> Graph:
    """Return ``graph`` under the given input assumptions.

    Raises:
        ProgramError: if some operation accepts none of the vocabulary's atoms.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", VocabularyWarning)
        try:
            return graph.assume(vocab, longest)
        except VocabularyWarning as warning:
            raise ProgramError(warning.message, warning.location) from None
