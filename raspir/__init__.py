"""raspir: an optimizing compiler for RASP, a language for the computations of transformers.

``from raspir import *`` imports the language; ``import raspir`` provides the tools: :func:`lower`, :func:`optimize`,
:func:`compile`, :func:`emit`, :func:`draw`, :func:`parse` and :func:`backends`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raspir._moved import find_moved as _find_moved
from raspir._version import __version__ as __version__
from raspir.api import compile, draw, emit, optimize, report
from raspir.frontends.python.embedded import (
    Selector,
    SOp,
    aggregate,
    identity,
    indices,
    key,
    query,
    raw,
    select,
    tokens,
    where,
)
from raspir.frontends.python.example import set_example
from raspir.frontends.python.lowering import lower
from raspir.ir import (
    BackendError,
    EvaluationError,
    Graph,
    GraphError,
    InputError,
    LoadError,
    ProgramError,
    RaspirError,
    RaspirWarning,
    SlowWarning,
    Stats,
    TextError,
    VocabularyWarning,
    parse,
)
from raspir.runtime.sequence import Sequence

if TYPE_CHECKING:

    def backends() -> tuple[str, ...]:
        """Return the names of all backends, built-in and installed."""
else:
    import raspir.backends as backends  # a callable package

_find_moved()

__all__ = [  # noqa: RUF022  # the language, in teaching order
    "tokens",
    "indices",
    "identity",
    "key",
    "query",
    "where",
    "select",
    "aggregate",
    "raw",
    "SOp",
    "Selector",
    "Sequence",
]
