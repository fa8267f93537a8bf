"""Generated programs may fail on their vocabulary, which is no news to whoever generates them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from raspir.ir import VocabularyWarning


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings that a program fails on what its vocabulary holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VocabularyWarning)
        yield
