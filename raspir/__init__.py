"""raspir: an optimizing compiler for RASP, a language for the computations of transformers.

``from raspir import *`` imports the language; ``import raspir`` provides the tools: :func:`lower`, :func:`optimize`,
:func:`compile`, :func:`emit`, :func:`draw`, :func:`show`, :func:`report`, :func:`parse` and :func:`backends`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raspir._moved import find_moved as _find_moved
from raspir._version import __version__ as __version__
from raspir.api import compile as compile
from raspir.api import draw as draw
from raspir.api import emit as emit
from raspir.api import optimize as optimize
from raspir.api import report as report
from raspir.api import show as show
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
from raspir.frontends.python.example import set_example as set_example
from raspir.frontends.python.lowering import lower as lower
from raspir.ir import BackendError as BackendError
from raspir.ir import EvaluationError as EvaluationError
from raspir.ir import Graph as Graph
from raspir.ir import GraphError as GraphError
from raspir.ir import InputError as InputError
from raspir.ir import LoadError as LoadError
from raspir.ir import ProgramError as ProgramError
from raspir.ir import RaspirError as RaspirError
from raspir.ir import RaspirWarning as RaspirWarning
from raspir.ir import SlowWarning as SlowWarning
from raspir.ir import Stats as Stats
from raspir.ir import TextError as TextError
from raspir.ir import VocabularyWarning as VocabularyWarning
from raspir.ir import parse as parse
from raspir.runtime.sequence import Sequence

if TYPE_CHECKING:

    def backends() -> tuple[str, ...]:
        """Return the names of all backends, built-in and installed."""
else:
    from raspir import backends as backends  # a callable package

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
