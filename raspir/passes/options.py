"""The optimizer options, each declared once as a field, from which the API and the commands derive theirs.

Declare new options keyword-only (``kw_only=True``), since callers may pass the parameters that follow by position.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Literal, ParamSpec, TypeVar, get_args, get_type_hints

from raspir.analysis import Analysis
from raspir.analysis.causality import kept_causal
from raspir.ir import Atom, BackendError, Graph
from raspir.ir.atoms import is_one_of, show
from raspir.ir.tracebacks import forwarding, public

Attention = Literal["select", "best"]
"""The kind of attention heads: plain selectors, or also heads that fetch from the best selected position."""

T = TypeVar("T", bound="Documented")
P = ParamSpec("P")
C = TypeVar("C")
R = TypeVar("R")


@dataclass(frozen=True)
class About:
    """The documentation and validation of an option.

    Attributes:
        doc: the description in docstrings.
        help: the description in command help.
        metavar: the placeholder for the value in command help; empty to list the choices.
        text: whether commands parse the value as text instead of as the type of the field.
        wanted: the accepted values, in words.
        admits: the predicate for accepted values; ``None`` if the consumer validates them.
    """

    doc: str
    help: str
    metavar: str = ""
    text: bool = False
    wanted: str = ""
    admits: Callable[[object], bool] | None = None

    @property
    def metadata(self) -> dict[str, About]:
        """The metadata of the option's field."""
        return {"about": self}


@dataclass(frozen=True)
class Documented:
    """Options: the fields of a class that have an :class:`About`, all with defaults."""

    def __post_init__(self) -> None:
        for name, about in described(type(self)).items():
            value = getattr(self, name)
            if about.admits is not None and not about.admits(value):
                raise BackendError(f"{name} must be {about.wanted}, not {show(value)}")

    def part(self, of: type[T]) -> T:
        """Return the subset of these options that the class ``of`` declares."""
        return of(**{name: getattr(self, name) for name in described(of)})


def described(options: type[Documented]) -> dict[str, About]:
    """Return the descriptions of the options by name, in order, without fields that are not options."""
    return {each.name: each.metadata["about"] for each in fields(options) if "about" in each.metadata}


def _is_count(value: object) -> bool:
    return value is None or (type(value) is int and value > 0)


def _is_seconds(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and type(value) in (int, float) and value >= 0)


@dataclass(frozen=True)
class Assumptions(Documented):
    """The assumptions about inputs, which :meth:`Graph.assume` checks."""

    vocab: Iterable[Atom] | None = field(
        default=None,
        metadata=About(
            "the atoms that an input may hold, with their types; the characters of a ``str``. An assumption: a "
            "backend refuses an input that violates it.",
            "Assume that inputs hold only these characters.",
            "CHARS",
            text=True,
        ).metadata,
    )
    max_length: int | None = field(
        default=None,
        metadata=About("the length of the longest input, likewise.", "Assume that no input is longer.", "N").metadata,
    )

    causal: bool | None = field(
        default=None,
        kw_only=True,
        metadata=About(
            "whether each position attends only to itself and to those before it: the mask ``key(indices) <= "
            "query(indices)`` then joins every selector. ``None``: as the graph says.",
            "Let each position attend only to itself and to those before it. With --no-causal, passes may make heads "
            "that look ahead even if a textual IR file says causal; its masks stay.",
        ).metadata,
    )

    def assumed(self, graph: Graph) -> Graph:
        """Return ``graph`` under these assumptions.

        Raises:
            InputError: if an assumption is invalid.
        """
        assumed = graph.assume(self.vocab, self.max_length, self.causal)
        # A graph may say that it is causal without having all masks: one from text whose functions are unknown here.
        return kept_causal(Analysis.of(assumed), assumed) if graph.causal else assumed


@dataclass(frozen=True)
class Target(Documented):
    """The transformer to compile for."""

    attention: Attention = field(
        default="select",
        metadata=About(
            'the kind of attention heads: plain selectors (``"select"``), or also ``"best"``.',
            "The kind of attention heads that the optimizer may use.",
            wanted="select or best",
            admits=lambda value: is_one_of(value, get_args(Attention)),
        ).metadata,
    )


@dataclass(frozen=True)
class Limits(Documented):
    """The limits of the optimizer, for each pass with an option of that name; ``None`` selects the pass's default."""

    max_heads: int | None = field(
        default=None,
        metadata=About(
            "the maximum number of heads that may replace one head to save layers; the passes decide for ``None``.",
            "The maximum number of heads that may replace one head to save layers.",
            "N",
            wanted="a positive integer",
            admits=_is_count,
        ).metadata,
    )
    time_budget: float | None = field(
        default=None,
        metadata=About(
            "the time limit on the search of each pass, in seconds: a last resort after ``max_work``; the passes "
            "decide for ``None``.",
            "The time limit on the search of each pass: a last resort after --max-work.",
            "SECONDS",
            wanted="a non-negative number of seconds",
            admits=_is_seconds,
        ).metadata,
    )
    max_work: int | None = field(
        default=None,
        kw_only=True,
        metadata=About(
            "the maximum number of values that the search of each pass builds for each value of the program, on "
            "average; the passes decide for ``None``.",
            "The maximum number of values that the search of each pass builds for each value of the program.",
            "N",
            wanted="a positive integer",
            admits=_is_count,
        ).metadata,
    )
    max_table: int | None = field(
        default=None,
        kw_only=True,
        metadata=About(
            "the maximum number of rows of a table in place of an opaque function or of elementwise operations; the "
            "passes decide for ``None``.",
            "The maximum number of rows of a table in place of a function.",
            "N",
            wanted="a positive integer",
            admits=_is_count,
        ).metadata,
    )
    recognize: bool = field(
        default=True,
        kw_only=True,
        metadata=About(
            "whether Python functions that consist of operators and conditions become operations.",
            "Whether Python functions that consist of operators and conditions become operations.",
            wanted="True or False",
            admits=lambda value: isinstance(value, bool),
        ).metadata,
    )


@dataclass(frozen=True)
class Options(Limits, Target, Assumptions):
    """All options that functions and commands share; fields are ordered base by base, from the last to the first."""

    @property
    def target(self) -> Target:
        """The target alone."""
        return self.part(Target)

    @property
    def limits(self) -> dict[str, object]:
        """The limits that are set, by the names of the pass options."""
        usual = Limits()
        given = {name: getattr(self, name) for name in described(Limits)}
        return {name: value for name, value in given.items() if value != getattr(usual, name)}


def called_with(parameters: Callable[P, C]) -> Callable[[Callable[[C], R]], Callable[P, R]]:
    """Return a decorator that lets callers pass the fields of a dataclass in place of an instance of it.

    Type checkers and :func:`inspect.signature` see these fields as the parameters. A line ``**options`` of a docstring
    expands to the descriptions of the options of the classes that it names.
    """

    def decorate(function: Callable[[C], R]) -> Callable[P, R]:
        @public
        @forwarding
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(parameters(*args, **kwargs))

        signature = inspect.signature(function)
        taken = inspect.signature(parameters).replace(return_annotation=signature.return_annotation)
        call.__signature__ = taken  # type: ignore[attr-defined]  # the attribute is for help() and editors
        call.__annotations__ = {**get_type_hints(parameters), "return": get_type_hints(function)["return"]}
        call.__doc__ = _with_options_described(function.__doc__)
        parameters.__init__.__qualname__ = function.__qualname__  # errors of callers name it
        return call

    return decorate


def _with_options_described(doc: str | None) -> str | None:
    """Return a docstring with each ``**options`` expanded to the fields of its classes; ``None`` under ``-OO``."""

    def entries(line: re.Match[str]) -> str:
        named = re.findall(r"(raspir(?:\.\w+)*)\.(\w+)", line[0])
        classes = [getattr(importlib.import_module(module), name) for module, name in named]
        abouts = [item for each in classes for item in described(each).items()]
        return "\n".join(
            textwrap.fill(f"{name}: {about.doc}", 120, initial_indent=" " * 8, subsequent_indent=" " * 12)
            for name, about in abouts
        )

    return doc and re.sub(r"^ *\*\*options:.*$", entries, doc, flags=re.MULTILINE)
