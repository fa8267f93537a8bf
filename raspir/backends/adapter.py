"""The adapter around a backend: validates its inputs and results, so that faults are attributed to it."""

from __future__ import annotations

import contextlib
import functools
import itertools
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Sequence as Listed
from typing import Any, TypeGuard, cast

from raspir.backends.protocols import Backend, Executable, Strategy, level_of, support_of
from raspir.ir import Atom, BackendError, Graph, InputError, LayeredProgram, RaspirError, read_sequence, verify
from raspir.ir.atoms import show
from raspir.ir.display import displayed
from raspir.ir.errors import reason
from raspir.ir.packing import pack_all
from raspir.ir.tracebacks import concealed, package_of, place, public
from raspir.ir.views import Map
from raspir.plugins.options import with_options
from raspir.rewriting.legalize import legalized
from raspir.runtime.inputs import batch_of, read_inputs
from raspir.runtime.reference import require_functions
from raspir.runtime.sequence import Sequence

Result = Sequence | dict[str, Sequence]


class FaultyBackendError(BackendError):
    """A bug in a backend: an unexpected exception or invalid result; any other :class:`BackendError` is a refusal."""


class BackendAdapter:
    """An adapter around a backend; its methods take graphs, whatever the level of the backend.

    Attributes:
        backend: the backend.
        origin: the origin of the backend, which follows its name in messages; empty if unknown.
        own: whether the backend is built in; its inputs and results are then covered by tests and not validated.
    """

    def __init__(self, backend: Backend, origin: str, own: bool) -> None:
        self.backend: Any = backend
        self.origin = origin
        self.own = own

    @property
    def name(self) -> str:
        """The name that users select it by."""
        return str(self.backend.name)

    @property
    def summary(self) -> str:
        """A one-line description of what it does with a program."""
        return str(self.backend.summary)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The file suffixes of its output; empty if it does not write programs."""
        return tuple(getattr(self.backend, "suffixes", ()))

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that it draws; empty if it does not draw programs."""
        return tuple(getattr(self.backend, "formats", ()))

    def with_options(self, given: Mapping[str, object]) -> BackendAdapter:
        """Return an adapter around the backend with these options.

        Raises:
            BackendError: if the backend does not have such an option, or the option does not admit the value.
        """
        return BackendAdapter(with_options(self.backend, given, "backend"), self.origin, self.own)

    @public
    def compile(self, graph: Graph) -> Executable:
        """Compile ``graph``.

        Raises:
            GraphError: if the graph violates an IR invariant.
            BackendError: if the graph exceeds the backend's capabilities, or a required opaque function is missing.
            FaultyBackendError: if the backend fails, or its result is not callable.
        """
        taken = self._taken(graph)
        if not self.own:
            require_functions(graph)
        with self.answering():
            compiled = self.backend.compile(taken)
        if self.own:
            return cast(Executable, compiled)
        if not callable(compiled):
            raise self.wrong(f"compiled the program to {show(compiled)}, which cannot be called")
        return CheckedExecutable(self, graph, compiled)

    @public
    def emit(self, graph: Graph, *, input: object = None) -> str | bytes:
        """Return ``graph`` in the backend's format.

        Raises:
            GraphError, BackendError: as for :meth:`compile`.
            InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
        """
        taken = self._taken(graph)
        self._read(graph, input)
        with self.answering():
            written = self.backend.emit(taken, input=input)
        return self._content(written)

    @public
    def draw(
        self,
        graphs: Listed[Graph],
        *,
        format: str = "svg",
        input: object = None,
        title: str = "",
        renderer: str = "auto",
    ) -> str | bytes:
        """Return a drawing of one graph, or of the written and optimized forms of a program.

        Raises:
            GraphError, BackendError, InputError: as for :meth:`emit`.
        """
        taken = [self._taken(graph) for graph in graphs]
        self._read(graphs[0], input)
        with self.answering():
            drawn = self.backend.draw(taken, format=format, input=input, title=title, renderer=renderer)
        return self._content(drawn)

    @public
    def explain(self, graph: Graph) -> tuple[Strategy, ...]:
        """Return the evaluation strategy of each aggregate's selector.

        Raises:
            GraphError, BackendError: as for :meth:`compile`.
        """
        taken = self._taken(graph)
        with self.answering():
            strategies = tuple(self.backend.explain(taken))
        for each in strategies:
            if not isinstance(each, Strategy):
                raise self.wrong(f"explained a selector by {show(each)}, which is not a Strategy")
        return strategies

    def _taken(self, graph: Graph) -> Graph | LayeredProgram:
        """Return the legalized graph at the level of the backend."""
        if not self.own:
            verify(graph)
        capabilities = support_of(self.backend)
        legal = legalized(graph, capabilities.supported, capabilities.several)
        if not capabilities.takes(legal):
            capabilities.check(graph, f"{self.name!r}")
        if not capabilities.missing:
            legal = legal.bind(self._never_none(legal))
        return LayeredProgram(legal) if level_of(self.backend) == "layered" else legal

    def _never_none(self, graph: Graph) -> dict[str, Callable[..., Any]]:
        """Return the functions that ``graph`` maps, each with an error in place of the result ``None``."""
        symbols = {node.function for node in graph if isinstance(node, Map)}
        return {
            symbol: _refusing(function, functools.partial(self.refusal, f"{symbol} returned None"))
            for symbol, function in graph.functions.items()
            if symbol in symbols
        }

    def refusal(self, problem: str) -> BackendError:
        """Return the error for a value that is ``None``."""
        return BackendError(f"backend {self.name!r} does not support missing values: {problem}")

    def read(self, graph: Graph, input: object) -> dict[str, list[Atom]]:
        """Return the atoms of each input of ``graph``.

        Raises:
            InputError: if an input is not a sequence of atoms, or violates an assumption of the graph.
            BackendError: if an atom is ``None`` and the backend does not support missing values.
        """
        read = read_inputs(graph, input)
        if not support_of(self.backend).missing:
            for atoms in read.values():
                if None in atoms:
                    raise self.refusal(f"position {atoms.index(None)} holds None")
        return read

    def _read(self, graph: Graph, input: object) -> None:
        if input is not None and not self.own:
            self.read(graph, input)

    def _content(self, content: object) -> str | bytes:
        if not isinstance(content, str | bytes):
            raise self.wrong(f"returned {show(content)}, which is neither str nor bytes")
        return content

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Convert exceptions other than raspir's own to errors that blame the backend."""
        try:
            yield
        except RaspirError:
            raise
        except (Exception, SystemExit) as error:
            at = place(error, package_of(self.backend))
            crash = self.wrong(f"failed{'' if at is None else f' at {at}'}: {reason(error)}")
            crash.crash = True
            raise crash from error

    def wrong(self, what: str) -> FaultyBackendError:
        """Return an error that blames the backend."""
        return FaultyBackendError(f"backend {self.name!r}{self.origin} {what}")


def _refusing(function: Callable[..., Any], error: Callable[[], BackendError]) -> Callable[..., Any]:
    """Return ``function`` with an error in place of the result ``None``."""

    @functools.wraps(function)
    def call(*atoms: Atom) -> Any:
        result = function(*atoms)
        if result is None:
            raise error()
        return result

    return call


class CheckedExecutable:
    """An executable that validates the inputs and results of a third-party backend.

    Args:
        backend: the adapter of the backend.
        graph: the compiled graph.
        run: the callable that the backend compiled it to.
    """

    def __init__(self, backend: BackendAdapter, graph: Graph, run: Callable[[Any], object]) -> None:
        self._backend = backend
        self._graph = graph
        self._run: Any = run
        self._layers = {name: graph.layering.layer[node] for name, node in graph.outputs.items()}
        self._is_lowered = any(node.operation.name not in support_of(backend.backend).supported for node in graph)

    def __copy__(self) -> CheckedExecutable:
        return CheckedExecutable(self._backend, self._graph, self._run)

    def __deepcopy__(self, memo: object) -> Executable:
        return self._backend.compile(self._graph)

    def __reduce__(self) -> tuple[object, ...]:
        backend = self._backend
        try:
            pickle.dumps(backend.backend)
        except Exception as error:
            raise BackendError(f"backend {backend.name!r} cannot be pickled: {reason(error)}") from error
        return (backend.compile, (self._graph,))

    def _repr_html_(self) -> str | None:
        """Return the notebook rendering: the backend's own, or that of the graph."""
        own = getattr(self._run, "_repr_html_", None)
        if callable(own):
            with self._backend.answering():
                return cast("str | None", own())
        return displayed(self._graph, f"a program compiled by backend {self._backend.name}")

    @property
    def report(self) -> Callable[[str, int, int], None] | None:
        """The progress callback of :class:`~raspir.backends.protocols.Reports`; ``None`` if unset or unsupported."""
        return getattr(self._run, "report", None)

    @report.setter
    def report(self, report: Callable[[str, int, int], None] | None) -> None:
        if hasattr(self._run, "report"):
            with self._backend.answering():
                self._run.report = report

    @public
    def __call__(self, input: object) -> Result:
        """Return the result on ``input``: one sequence, or a dict of sequences by output name.

        Raises:
            InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
            EvaluationError: if an operation fails.
            FaultyBackendError: if the backend fails, or its result is invalid.
        """
        read, length = self._read(input)
        with self._backend.answering():
            raw = self._run(read)
        return self._result(raw, length)

    @public
    def batch(self, inputs: Iterable[object]) -> list[Result]:
        """Return the result on each of ``inputs``, in order.

        Raises:
            InputError, EvaluationError, BackendError: as for a call, with the index of the input.
        """
        return list(self._run_many(batch_of(inputs), "batch"))

    @public
    def stream(self, inputs: Iterable[object]) -> Iterator[Result]:
        """Yield the result on each of ``inputs``, in order; one by one if the backend has no ``stream``.

        Raises:
            InputError, EvaluationError, BackendError: as for ``batch``, after the results of all earlier inputs.
        """
        return concealed(self._run_many(batch_of(inputs), "stream"))

    def _run_many(self, inputs: Iterable[object], verb: str) -> Iterator[Result]:
        """Yield the results of inputs, up to the first that fails."""
        lengths: list[int] = []
        failed: list[RaspirError] = []
        read = self._read_all(inputs, lengths, failed)
        run_many = getattr(self._run, verb, None)
        indices = itertools.count()
        for raw in self._raw_results(run_many, read, verb):
            index = next(indices)
            try:
                if index >= len(lengths):
                    raise self._backend.wrong(f"returned more results than inputs ({len(lengths)})")
                result = self._result(raw, lengths[index])
            except RaspirError as error:
                error.input = index
                raise
            yield result
        if failed:
            raise failed[0]
        if next(indices) < len(lengths):
            raise self._backend.wrong(f"returned fewer results than inputs ({len(lengths)})")

    def _read_all(self, inputs: Iterable[object], lengths: list[int], failed: list[RaspirError]) -> Iterator[object]:
        """Yield inputs in the form that the backend takes, up to the first invalid one."""
        for index, input in enumerate(inputs):
            try:
                read, length = self._read(input)
            except RaspirError as error:
                error.input = index
                failed.append(error)
                return
            lengths.append(length)
            yield read

    def _raw_results(self, run_many: Any, read: Iterator[object], verb: str) -> Iterator[object]:
        """Yield the backend's raw results, from its own ``batch`` or ``stream`` if it has one."""
        if run_many is None:
            for index, each in enumerate(read):
                try:
                    with self._backend.answering():
                        raw = self._run(each)
                except RaspirError as error:
                    error.input = index
                    raise
                yield raw
            return
        with self._backend.answering():
            results = iter(run_many(list(read) if verb == "batch" else read))
        while True:
            with self._backend.answering():
                try:
                    raw = next(results)
                except StopIteration:
                    return
            yield raw

    def _read(self, input: object) -> tuple[object, int]:
        """Return an input in the form that the backend takes, and its length."""
        read = self._backend.read(self._graph, input)
        atoms = next(iter(read.values()))
        return (atoms if len(read) == 1 else read), len(atoms)

    def _result(self, raw: object, length: int) -> Result:
        """Return a raw result of the backend as sequences of the input's length, one per output."""
        names = list(self._layers)
        if len(names) == 1:
            return self._sequence(names[0], raw, length)
        if not isinstance(raw, Mapping) or set(raw) != set(names):
            raise self._backend.wrong(f"returned {show(raw)} instead of one result for each of {', '.join(names)}")
        return {name: self._sequence(name, raw[name], length) for name in names}

    def _is_result(self, raw: object) -> TypeGuard[Sequence]:
        """Return whether ``raw`` can be returned unchanged: a result of a lowered program may count more layers."""
        return isinstance(raw, Sequence) and not self._is_lowered

    def _sequence(self, name: str, raw: object, length: int) -> Sequence:
        try:
            with self._backend.answering():
                sequence = raw if self._is_result(raw) else Sequence(_atoms_of(raw), self._layers[name])
        except InputError as error:
            raise self._backend.wrong(f"returned an invalid sequence for {name}: {error.message}") from error
        if len(sequence) != length:
            atoms = "1 atom" if len(sequence) == 1 else f"{len(sequence)} atoms"
            raise self._backend.wrong(f"returned {atoms} for {name}, but the input has {length}")
        return sequence


def _atoms_of(raw: object) -> list[Atom]:
    """Return the atoms of a result; a :class:`Sequence` holds the tuples themselves, which are packed again."""
    return pack_all(raw) if isinstance(raw, Sequence) else read_sequence(raw, packed=True)
