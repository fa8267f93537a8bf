"""raspir: an optimizing compiler for RASP, a language for the computations of transformers.

``from raspir import *`` imports the language; ``import raspir`` provides the tools: :func:`lower`, :func:`optimize`,
:func:`compile`, :func:`to_transformer`, :func:`emit`, :func:`draw`, :func:`show`, :func:`report`, :func:`load`,
:func:`parse` and :func:`backends`.

Names are imported on first use, so that ``import raspir`` itself takes no time. The imports below are for type checkers
and editors, which see every name; ``_HOMES`` lists the same names for the interpreter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from raspir._forking import importing as _importing
from raspir._moved import find_moved as _find_moved
from raspir._version import __version__ as __version__

if TYPE_CHECKING:
    from raspir.api import compile as compile
    from raspir.api import draw as draw
    from raspir.api import emit as emit
    from raspir.api import optimize as optimize
    from raspir.api import report as report
    from raspir.api import show as show
    from raspir.frontends.loading import load as load
    from raspir.frontends.lowering import lower as lower
    from raspir.frontends.python.embedded import (
        Selector,
        SOp,
        aggregate,
        apply,
        elementwise,
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
    from raspir.frontends.rasp.notebook import load_ipython_extension as load_ipython_extension
    from raspir.frontends.rasp.notebook import unload_ipython_extension as unload_ipython_extension
    from raspir.ir import BackendError as BackendError
    from raspir.ir import BudgetWarning as BudgetWarning
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
    from raspir.ir import StringWarning as StringWarning
    from raspir.ir import TextError as TextError
    from raspir.ir import VocabularyWarning as VocabularyWarning
    from raspir.ir import parse as parse
    from raspir.runtime.sequence import Sequence
    from raspir.transformer.making import to_transformer as to_transformer

    def backends() -> tuple[str, ...]:
        """Return the names of all backends, built-in and installed."""
else:
    _HOMES = {
        "raspir.api": ("compile", "draw", "emit", "optimize", "report", "show"),
        "raspir.frontends.python.embedded": (
            "Selector", "SOp", "aggregate", "apply", "elementwise", "identity",
            "indices", "key", "query", "raw", "select", "tokens", "where",
        ),
        "raspir.frontends.python.example": ("set_example",),
        "raspir.frontends.loading": ("load",),
        "raspir.frontends.lowering": ("lower",),
        "raspir.frontends.rasp.notebook": ("load_ipython_extension", "unload_ipython_extension"),
        "raspir.ir": (
            "BackendError", "BudgetWarning", "EvaluationError", "Graph", "GraphError", "InputError", "LoadError",
            "ProgramError", "RaspirError", "RaspirWarning", "SlowWarning", "Stats", "StringWarning", "TextError",
            "VocabularyWarning", "parse",
        ),
        "raspir.runtime.sequence": ("Sequence",),
        "raspir.transformer.making": ("to_transformer",),
    }  # fmt: skip
    _HOME = {name: home for home, names in _HOMES.items() for name in names}
    _PACKAGES = {
        "analysis", "api", "backends", "frontends", "ir", "passes", "plugins", "rewriting", "runtime", "tracr", "viz",
    }  # fmt: skip

    def __getattr__(name):
        from importlib import import_module

        if name not in _HOME and name not in _PACKAGES:
            raise AttributeError(f"module 'raspir' has no attribute {name!r}")
        with _importing.lock:
            if name in _PACKAGES:
                import_module("raspir.api")  # which imports their modules
                return import_module(f"raspir.{name}")
            found = globals()[name] = getattr(import_module(_HOME[name]), name)
            return found

    def __dir__():
        return sorted({*globals(), *_HOME, *_PACKAGES})


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
    "apply",
    "elementwise",
    "raw",
    "SOp",
    "Selector",
    "Sequence",
    "set_example",
]
