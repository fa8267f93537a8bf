"""What a backend is, and the registry of backends.

A backend runs programs, writes them, or both. Installed packages add backends through the entry-point group
``raspir.backends``: the entry's name is the backend's, and its value an object, or a class to be called without
arguments, that keeps one of the protocols here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Listed
from typing import Protocol, runtime_checkable

from raspir.ir import BackendError, Graph, Sequence
from raspir.registry import Registry


@runtime_checkable
class Backend(Protocol):
    """What every backend has: a name, a line about itself, and :class:`Runs` or :class:`Writes`."""

    @property
    def name(self) -> str:
        """The name that users choose it by."""

    @property
    def summary(self) -> str:
        """What it makes of a program, in one line."""


class Executable(Protocol):
    """A program that runs on inputs."""

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
class Runs(Backend, Protocol):
    """A backend that runs programs."""

    def compile(self, graph: Graph) -> Executable:
        """Return something that runs ``graph``."""


@runtime_checkable
class Writes(Backend, Protocol):
    """A backend that writes programs as a text or a binary file."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The file suffixes of what it writes, the usual one first."""

    def emit(self, graph: Graph, *, input: object = None) -> str | bytes:
        """Return ``graph`` as the backend writes it, shown on ``input`` where it can show an input and has one."""


@runtime_checkable
class Draws(Backend, Protocol):
    """A backend that draws programs."""

    @property
    def formats(self) -> tuple[str, ...]:
        """What it draws them as: ``svg``, ``png`` and so on."""

    def draw(
        self,
        graphs: Listed[Graph],
        *,
        format: str = "svg",
        input: object = None,
        title: str = "",
        renderer: str = "auto",
    ) -> str | bytes:
        """Return a picture of one graph, or of a program as written and optimised, at work on ``input`` if given.

        Raises:
            BackendError: if there is no such format or renderer, or it cannot be drawn.
            InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
        """


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
class Explains(Runs, Protocol):
    """A backend that says how it evaluates selectors."""

    def explain(self, graph: Graph) -> Iterable[Strategy]:
        """Return the strategy of each aggregate that is computed, in order. Missing functions do no harm.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
        """


BACKENDS: Registry[Backend] = Registry(
    "backend",
    "raspir.backends",
    {
        "graphviz": "raspir.backends.graphviz:Graphviz",
        "numpy": "raspir.backends.numpy:NumPy",
        "reference": "raspir.backends.reference:Reference",
        "text": "raspir.backends.text:Text",
    },
    Backend,
)
"""All backends."""


def runner(name: str) -> Runs:
    """Return the backend called ``name``, which runs programs.

    Raises:
        BackendError: if there is none, it cannot be loaded, or it does not run programs.
    """
    backend = BACKENDS.get(name)
    if not isinstance(backend, Runs):
        raise BackendError(f"backend {name!r} does not run programs ({backend.summary})")
    return backend


def writer(name: str) -> Writes:
    """Return the backend called ``name``, which writes programs.

    Raises:
        BackendError: if there is none, it cannot be loaded, or it does not write programs.
    """
    backend = BACKENDS.get(name)
    if not isinstance(backend, Writes):
        raise BackendError(f"backend {name!r} writes nothing ({backend.summary})")
    return backend


def explainer(name: str) -> Explains:
    """Return the backend called ``name``, which says how it evaluates selectors.

    Raises:
        BackendError: if there is none, it cannot be loaded, or it has no plan.
    """
    backend = BACKENDS.get(name)
    if not isinstance(backend, Explains):
        raise BackendError(f"backend {name!r} has no plan that it could show ({backend.summary})")
    return backend


def drawer(name: str) -> Draws:
    """Return the backend called ``name``, which draws programs.

    Raises:
        BackendError: if there is none, it cannot be loaded, or it draws nothing.
    """
    backend = BACKENDS.get(name)
    if not isinstance(backend, Draws):
        raise BackendError(f"backend {name!r} draws nothing ({backend.summary})")
    return backend
