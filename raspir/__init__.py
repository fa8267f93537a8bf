"""raspir: an optimising toolchain for RASP, the language of what transformers can compute.

``from raspir import *`` brings the language; ``import raspir`` brings the tools: :func:`lower`, :func:`optimize`,
:func:`compile`, :func:`emit`, :func:`draw`, :func:`parse` and :func:`backends`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raspir._version import __version__ as __version__
from raspir.api import compile, draw, emit, optimize, report
from raspir.api import draw_sequence as _draw_sequence
from raspir.api import draw_svg as _draw_svg
from raspir.api import draw_text as _draw_text
from raspir.api import run as _run
from raspir.backends.reference import trace as _trace
from raspir.frontends.drawing import install as _install_drawers
from raspir.frontends.embedded import (
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
from raspir.frontends.evaluation import install as _install
from raspir.frontends.evaluation import set_example
from raspir.frontends.lowering import lower
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
    Sequence,
    SlowWarning,
    Stats,
    TextError,
    VocabularyWarning,
    parse,
)
from raspir.ir.sequence import install_drawer as _install_sequences

if TYPE_CHECKING:

    def backends() -> tuple[str, ...]:
        """Return the names of all backends, built in and installed."""
else:
    import raspir.backends as backends  # the package, which can be called

_install(_trace, _run)
_install_drawers(_draw_svg, _draw_text)
_install_sequences(_draw_sequence)

__all__ = [  # noqa: RUF022  # the language, in the order in which one learns it
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
