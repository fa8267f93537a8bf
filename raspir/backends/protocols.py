"""Structural protocols of backends, one per task: running, writing, drawing and explaining programs.

A backend implements those for the tasks that it supports, without inheriting from them. It may also define

- ``level``: ``"graph"`` (the default) if it takes a :class:`raspir.ir.Graph`, ``"layered"`` if it takes a
  :class:`raspir.ir.LayeredProgram`;
- ``supports``: its :class:`~raspir.backends.capabilities.Capabilities`; by default it supports everything;
- options: the fields of a frozen dataclass, with types and defaults, as for passes.

Backends receive only valid arguments: graphs that satisfy the IR invariants and contain only supported operations and
types, and inputs that are sequences of atoms and satisfy the graph's assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Listed
from typing import Any, Literal, Protocol, TypeVar, cast, runtime_checkable

from raspir.backends.capabilities import Capabilities
from raspir.ir import Graph, LayeredProgram
from raspir.plugins.options import options_problem
from raspir.plugins.registry import signature_violation
from raspir.runtime.sequence import Sequence

Level = Literal["graph", "layered"]
"""The program representation that a backend takes: a graph, or its layered form."""

_EVERYTHING = Capabilities()

P = TypeVar("P", Graph, LayeredProgram, contravariant=True)
"""The program type that the methods of a backend take, determined by its level."""


@runtime_checkable
class Backend(Protocol):
    """A backend; it also implements :class:`Runs`, :class:`Writes` or :class:`Draws`."""

    @property
    def name(self) -> str:
        """The name that users select it by, identical to that of its entry point."""

    @property
    def summary(self) -> str:
        """A one-line description of what it does with a program."""


class Executable(Protocol):
    """A compiled program, as returned by :func:`raspir.compile`."""

    def __call__(self, input: object) -> Sequence | dict[str, Sequence]:
        """Return the result on ``input``: one sequence, or a dict of sequences by output name.

        Raises:
            InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
            EvaluationError: if an operation fails.
        """

    def batch(self, inputs: Iterable[object]) -> list[Sequence | dict[str, Sequence]]:
        """Return the result on each of ``inputs``, in order.

        Raises:
            InputError, EvaluationError: as for a call; the error's ``input`` is the index of the failing input.
        """


@runtime_checkable
class Streams(Executable, Protocol):
    """An executable that processes inputs in groups, in bounded memory."""

    def stream(self, inputs: Iterable[object]) -> Iterator[Sequence | dict[str, Sequence]]:
        """Yield the result on each of ``inputs``, in order.

        Raises:
            InputError, EvaluationError: as for ``batch``, after the results of all earlier inputs.
        """


@runtime_checkable
class Reports(Executable, Protocol):
    """An executable that reports the progress of slow operations.

    It issues a :class:`raspir.SlowWarning` before an operation that takes more than a minute.

    Attributes:
        report: the progress callback, called with the operation, the steps done and the total; ``None`` for none.
    """

    report: Callable[[str, int, int], None] | None


@runtime_checkable
class Runs(Backend, Protocol[P]):
    """A backend that runs programs."""

    def compile(self, program: P, /) -> Callable[[Any], object]:
        """Return a callable that runs ``program``.

        The callable takes a list of atoms, or a dict of such lists by name for a program of several inputs. It returns
        a sequence of equally many atoms, or a mapping of such sequences by name for several outputs. raspir wraps it in
        an :class:`Executable`. If it also defines ``batch``, ``stream`` or ``report``, as in :class:`Executable`,
        :class:`Streams` and :class:`Reports`, these are used, with inputs and results of the same form.

        If an operation of the program fails on an input, the callable raises an :class:`raspir.EvaluationError` with
        the source line. Any other exception is reported as a failure of the backend.
        """


@runtime_checkable
class Writes(Backend, Protocol[P]):
    """A backend that writes programs as text or binary files."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The file suffixes of its output, each with its dot, the preferred one first."""

    def emit(self, program: P, /, *, input: object = None) -> str | bytes:
        """Return ``program`` in the backend's format, with its values on ``input`` if given and supported.

        :func:`raspir.backends.tracing.traced` returns the values on an input.
        """


@runtime_checkable
class Draws(Backend, Protocol[P]):
    """A backend that draws programs."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that it draws, such as ``svg`` and ``png``."""

    def draw(
        self,
        programs: Listed[P],
        /,
        *,
        format: str = "svg",
        input: object = None,
        title: str = "",
        renderer: str = "auto",
    ) -> str | bytes:
        """Return a drawing of a program, or of its written and optimized forms, with its values on ``input`` if given.

        Raises:
            BackendError: if the format or renderer is unknown, or drawing fails.
            InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
        """


@runtime_checkable
class Strategy(Protocol):
    """The evaluation strategy of an aggregate's selector."""

    @property
    def value(self) -> str:
        """The value of the aggregate: its source name if it has one, else its expression."""

    @property
    def name(self) -> str:
        """The name of the strategy."""

    @property
    def cost(self) -> str:
        """The time complexity in the length n."""

    @property
    def why(self) -> str:
        """The property of the selector that it relies on."""

    @property
    def selector(self) -> str:
        """The selector as in the source."""

    @property
    def location(self) -> str:
        """The source line; empty if unknown."""

    @property
    def falls_back(self) -> bool:
        """Whether it is the strategy of last resort, which evaluates the selector pair by pair."""


@runtime_checkable
class Explains(Backend, Protocol[P]):
    """A backend that explains its evaluation of selectors."""

    def explain(self, program: P, /) -> Iterable[Strategy]:
        """Return the strategy of each computed aggregate, in order; opaque functions need not be bound.

        Raises:
            GraphError: if the graph violates an IR invariant.
        """


def level_of(backend: Backend) -> Level:
    """Return the level of ``backend``."""
    return cast(Level, getattr(backend, "level", "graph"))


def support_of(backend: Backend) -> Capabilities:
    """Return the capabilities of ``backend``."""
    return cast(Capabilities, getattr(backend, "supports", _EVERYTHING))


def violation(backend: Any) -> str | None:
    """Return why an object with a name and a summary is not a backend; ``None`` if it is one."""
    verbs = [verb for verb in ("compile", "emit", "draw", "explain") if hasattr(backend, verb)]
    if not set(verbs) - {"explain"}:
        return "it has none of compile, emit and draw"
    for verb in verbs:
        if not callable(getattr(backend, verb)):
            return f"its {verb} is not a method"
    if getattr(backend, "level", "graph") not in ("graph", "layered"):
        return f'its level must be "graph" or "layered", not {backend.level!r}'
    if not isinstance(support_of(backend), Capabilities):
        return f"its supports must be a Capabilities object, not {backend.supports!r}"
    unlisted = _unlisted(backend, "emit", "suffixes", ".") or _unlisted(backend, "draw", "formats", "")
    return unlisted or _uncallable(backend, verbs) or options_problem(backend, "backend")


_CALLS: dict[str, tuple[str, dict[str, str]]] = {
    "compile": ("program", {}),
    "emit": ("program", {"input": ""}),
    "draw": ("programs", {"format": "", "input": "", "title": "", "renderer": ""}),
    "explain": ("program", {}),
}
"""The arguments that raspir passes to each method."""


def _uncallable(backend: Any, verbs: Iterable[str]) -> str | None:
    """Return why a method has an incompatible signature; ``None`` if none has."""
    for verb in verbs:
        argument, keywords = _CALLS[verb]
        problem = signature_violation(getattr(backend, verb), argument, **keywords)
        if problem is not None:
            return f"its {verb} {problem}"
    return None


def _unlisted(backend: Any, verb: str, attribute: str, start: str) -> str | None:
    """Return why the suffixes or formats of a backend are missing or malformed; ``None`` if they are not."""
    if not hasattr(backend, verb):
        return None
    if not hasattr(backend, attribute):
        return f"it has {verb} and no {attribute}"
    names = getattr(backend, attribute)
    if isinstance(names, tuple) and names and all(isinstance(each, str) and _is_name(each, start) for each in names):
        return None
    return f"its {attribute} must be a tuple of names such as {(start + 'svg',)}, not {names!r}"


def _is_name(text: str, start: str) -> bool:
    return text.startswith(start) and text.removeprefix(start).replace(".", "x").replace("-", "x").isalnum()


def makes(backend: Backend) -> tuple[str, ...]:
    """Return descriptions of the capabilities of ``backend``, such as ``runs`` and ``writes .py``."""
    descriptions = ["runs"] if isinstance(backend, Runs) else []
    if isinstance(backend, Writes):
        descriptions.append(f"writes {' '.join(backend.suffixes)}")
    if isinstance(backend, Draws):
        descriptions.append(f"draws {' '.join(backend.formats)}")
    return tuple(descriptions)
