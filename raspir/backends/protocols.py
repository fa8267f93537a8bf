"""What a backend is: small protocols, of which a backend keeps those for what it can do.

None has to be inherited from: a class that has the attributes and methods is one. Besides what the protocols ask for, a
backend may have

- ``level``: ``"graph"`` (which it is without one) if it takes a :class:`raspir.ir.Graph`, ``"layered"`` if it takes a
  :class:`raspir.ir.LayeredProgram`;
- ``supports``: the :class:`~raspir.backends.capabilities.Capabilities` of the backend; everything, without one;
- options, if it is a frozen dataclass: its fields, with types and defaults, as passes have them.

What a backend is given has been looked at: the graph keeps the rules of the IR and holds nothing that the backend does
not support, and an input is a sequence of atoms that keeps the graph's promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Listed
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from raspir.backends.capabilities import Capabilities
from raspir.ir import Graph, LayeredProgram
from raspir.plugins.options import options_problem
from raspir.plugins.registry import signature_violation
from raspir.runtime.sequence import Sequence

Level = Literal["graph", "layered"]
"""What a backend takes: a graph, or the layered program that it is."""

P = TypeVar("P", Graph, LayeredProgram, contravariant=True)
"""What the methods of a backend take, as its level says."""


@runtime_checkable
class Backend(Protocol):
    """What every backend has: a name and a line about itself. It :class:`Runs`, :class:`Writes` or :class:`Draws`."""

    @property
    def name(self) -> str:
        """The name that users choose it by, which is that of its entry point."""

    @property
    def summary(self) -> str:
        """What it makes of a program, in one line."""


class Executable(Protocol):
    """A program that runs on inputs: what :func:`raspir.compile` returns."""

    def __call__(self, input: object) -> Sequence | dict[str, Sequence]:
        """Return what the program yields on ``input``: one sequence, or several by the names of the outputs.

        Raises:
            InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
            EvaluationError: if an operation fails.
        """

    def batch(self, inputs: Iterable[object]) -> list[Sequence | dict[str, Sequence]]:
        """Return what the program yields on each of ``inputs``, in order.

        Raises:
            InputError, EvaluationError: as calling it does; the error's ``input`` says which of them it is about.
        """


@runtime_checkable
class Streams(Executable, Protocol):
    """An executable that runs many inputs together, so many at a time that memory stays bounded."""

    def stream(self, inputs: Iterable[object]) -> Iterator[Sequence | dict[str, Sequence]]:
        """Yield what the program yields on each of ``inputs``, in order.

        Raises:
            InputError, EvaluationError: as ``batch`` does, after the results of all inputs before that.
        """


@runtime_checkable
class Reports(Executable, Protocol):
    """An executable that says how far it is with what takes long.

    Before something that takes more than a minute it issues a :class:`raspir.SlowWarning`.

    Attributes:
        report: told what takes long, and how many steps of how many are done; ``None`` for nobody.
    """

    report: Callable[[str, int, int], None] | None


@runtime_checkable
class Runs(Backend, Protocol[P]):
    """A backend that runs programs."""

    def compile(self, program: P, /) -> Callable[[Any], object]:
        """Return what runs ``program``: something to call with an input, as a function is.

        It is given a list of atoms, or where the program has several inputs a dict of such lists by their names, and
        returns as many atoms in a list or another sequence, or where there are several outputs a mapping of
        such lists by their names. raspir makes an :class:`Executable` of it. If it also has ``batch``, ``stream`` or
        ``report``, as :class:`Executable`, :class:`Streams` and :class:`Reports` have them, these are used; inputs and
        results are the same there.

        Where an operation of the program fails on an input, it raises an :class:`raspir.EvaluationError`, with the
        author's line. What else it raises is told as a failure of the backend.
        """


@runtime_checkable
class Writes(Backend, Protocol[P]):
    """A backend that writes programs as a text or a binary file."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The file suffixes of what it writes, with their dot, the usual one first."""

    def emit(self, program: P, /, *, input: object = None) -> str | bytes:
        """Return ``program`` as the backend writes it, shown on ``input`` where it can show an input and has one.

        :func:`raspir.backends.tracing.traced` says what each value is on the input.
        """


@runtime_checkable
class Draws(Backend, Protocol[P]):
    """A backend that draws programs."""

    @property
    def formats(self) -> tuple[str, ...]:
        """What it draws them as: ``svg``, ``png`` and so on."""

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
        """Return a picture of one program, or of one as written and optimised, at work on ``input`` if given.

        Raises:
            BackendError: if there is no such format or renderer, or it cannot be drawn.
            InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
        """


@runtime_checkable
class Strategy(Protocol):
    """How a backend evaluates the selector of an aggregate."""

    @property
    def value(self) -> str:
        """What the aggregate computes, by its author's name where it has one."""

    @property
    def name(self) -> str:
        """The strategy."""

    @property
    def cost(self) -> str:
        """How the time grows with the length n."""

    @property
    def why(self) -> str:
        """What of the selector it rests on."""

    @property
    def selector(self) -> str:
        """The selector as its author wrote it."""

    @property
    def location(self) -> str:
        """The author's line; empty where it is not known."""

    @property
    def falls_back(self) -> bool:
        """Whether it is what is left where no other strategy fits: to look at each pair of positions."""


@runtime_checkable
class Explains(Backend, Protocol[P]):
    """A backend that says how it evaluates selectors."""

    def explain(self, program: P, /) -> Iterable[Strategy]:
        """Return the strategy of each aggregate that is computed, in order. Missing functions do no harm.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
        """


def level_of(backend: Backend) -> Level:
    """Return what ``backend`` takes."""
    level: Level = getattr(backend, "level", "graph")
    return level


def support_of(backend: Backend) -> Capabilities:
    """Return what ``backend`` supports."""
    support: Capabilities = getattr(backend, "supports", _EVERYTHING)
    return support


_EVERYTHING = Capabilities()


def violation(backend: Any) -> str | None:
    """Say how an object that has a name and a summary is no backend all the same; ``None`` where it is one."""
    verbs = [verb for verb in ("compile", "emit", "draw", "explain") if hasattr(backend, verb)]
    if not set(verbs) - {"explain"}:
        return "it has none of compile, emit and draw"
    for verb in verbs:
        if not callable(getattr(backend, verb)):
            return f"its {verb} is not a method"
    if getattr(backend, "level", "graph") not in ("graph", "layered"):
        return f'its level must be "graph" or "layered", not {backend.level!r}'
    if not isinstance(support_of(backend), Capabilities):
        return f"its supports must be a Support, not {backend.supports!r}"
    unlisted = _unlisted(backend, "emit", "suffixes", ".") or _unlisted(backend, "draw", "formats", "")
    return unlisted or _uncallable(backend, verbs) or options_problem(backend, "backend")


_CALLS: dict[str, tuple[str, dict[str, str]]] = {
    "compile": ("program", {}),
    "emit": ("program", {"input": ""}),
    "draw": ("programs", {"format": "", "input": "", "title": "", "renderer": ""}),
    "explain": ("program", {}),
}
"""How raspir calls each method."""


def _uncallable(backend: Any, verbs: Iterable[str]) -> str | None:
    """Say which of the methods cannot be called as raspir calls it."""
    for verb in verbs:
        argument, keywords = _CALLS[verb]
        problem = signature_violation(getattr(backend, verb), argument, **keywords)
        if problem is not None:
            return f"its {verb} {problem}"
    return None


def _unlisted(backend: Any, verb: str, attribute: str, start: str) -> str | None:
    """Say what is wrong with the names of what a backend makes, which it must have where it makes something."""
    if not hasattr(backend, verb):
        return None
    if not hasattr(backend, attribute):
        return f"it has {verb} and no {attribute}"
    held = getattr(backend, attribute)
    if isinstance(held, tuple) and held and all(isinstance(each, str) and _is_name(each, start) for each in held):
        return None
    return f"its {attribute} must be a tuple of names such as {(start + 'svg',)}, not {held!r}"


def _is_name(text: str, start: str) -> bool:
    return text.startswith(start) and text.removeprefix(start).replace(".", "x").replace("-", "x").isalnum()


def makes(backend: Backend) -> tuple[str, ...]:
    """Return what ``backend`` makes of programs, in words such as ``runs`` and ``writes .py``."""
    found = ["runs"] if isinstance(backend, Runs) else []
    if isinstance(backend, Writes):
        found.append(f"writes {' '.join(backend.suffixes)}")
    if isinstance(backend, Draws):
        found.append(f"draws {' '.join(backend.formats)}")
    return tuple(found)
