"""How raspir calls a backend: what it is given and what it answers is looked at, so that a fault has a name."""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Sequence as Listed
from typing import Any, TypeGuard

from raspir.backends.protocols import Backend, Executable, Strategy, level_of, support_of
from raspir.ir import BackendError, Graph, InputError, LayeredProgram, RaspirError, read_sequence, verify
from raspir.ir.atoms import show
from raspir.ir.errors import reason
from raspir.rewriting.legalize import legalized
from raspir.runtime.inputs import batch_of, read_inputs
from raspir.runtime.reference import require_functions
from raspir.runtime.sequence import Sequence

Result = Sequence | dict[str, Sequence]


_RASPIR = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
"""Where raspir is: a fault is told by the line of the backend that led to it."""


class FaultyBackendError(BackendError):
    """A backend failed, or answered what it must not: its fault, where another :class:`BackendError` is a refusal."""


class BackendAdapter:
    """A backend, as raspir calls it. Its methods take graphs, whatever level the backend takes.

    Attributes:
        backend: the backend.
        origin: where it comes from, for after its name in a message; empty where that is not known.
        own: whether raspir brings it along: what it answers is then held by raspir's tests, and is not looked at.
    """

    def __init__(self, backend: Backend, origin: str, own: bool) -> None:
        self.backend: Any = backend
        self.origin = origin
        self.own = own

    @property
    def name(self) -> str:
        """The name that users choose it by."""
        return str(self.backend.name)

    @property
    def summary(self) -> str:
        """What it makes of a program, in one line."""
        return str(self.backend.summary)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The file suffixes of what it writes; none if it writes nothing."""
        return tuple(getattr(self.backend, "suffixes", ()))

    @property
    def formats(self) -> tuple[str, ...]:
        """What it draws programs as; nothing if it draws nothing."""
        return tuple(getattr(self.backend, "formats", ()))

    def compile(self, graph: Graph) -> Executable:
        """Return something that runs ``graph``.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
            BackendError: if the backend does not support all of it, or a function that must be called is missing.
            FaultyBackendError: if the backend fails, or makes of it what cannot be called.
        """
        taken = self._taken(graph)
        if not self.own:
            require_functions(graph)
        with self.answering():
            made = self.backend.compile(taken)
        if self.own:
            executable: Executable = made
            return executable
        if not callable(made):
            raise self.wrong(f"compiled the program to {show(made)}, which cannot be called")
        return CheckedExecutable(self, graph, made)

    def emit(self, graph: Graph, *, input: object = None) -> str | bytes:
        """Return ``graph`` as the backend writes it.

        Raises:
            GraphError, BackendError: as :meth:`compile` does.
            InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
        """
        taken = self._taken(graph)
        self._read(graph, input)
        with self.answering():
            written = self.backend.emit(taken, input=input)
        return self._content(written)

    def draw(
        self,
        graphs: Listed[Graph],
        *,
        format: str = "svg",
        input: object = None,
        title: str = "",
        renderer: str = "auto",
    ) -> str | bytes:
        """Return a picture of one graph, or of a program as written and optimised.

        Raises:
            GraphError, BackendError, InputError: as :meth:`emit` does.
        """
        taken = [self._taken(graph) for graph in graphs]
        self._read(graphs[0], input)
        with self.answering():
            drawn = self.backend.draw(taken, format=format, input=input, title=title, renderer=renderer)
        return self._content(drawn)

    def explain(self, graph: Graph) -> tuple[Strategy, ...]:
        """Return how the selector of each aggregate is evaluated.

        Raises:
            GraphError, BackendError: as :meth:`compile` does.
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
        legal = self._legal(graph)
        return LayeredProgram(legal) if level_of(self.backend) == "layered" else legal

    def _legal(self, graph: Graph) -> Graph:
        """Return ``graph`` with operations lowered that the backend does not support.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
            BackendError: if no lowering applies to something that the backend does not support.
        """
        if not self.own:
            verify(graph)
        capabilities = support_of(self.backend)
        legal = legalized(graph, capabilities.supported)
        if not capabilities.takes(legal):
            capabilities.check(graph, f"{self.name!r}")
        return legal

    def _read(self, graph: Graph, input: object) -> None:
        if input is not None and not self.own:
            read_inputs(graph, input)

    def _content(self, content: object) -> str | bytes:
        if not isinstance(content, str | bytes):
            raise self.wrong(f"returned {show(content)}, which is neither str nor bytes")
        return content

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Tell what a backend raises that is no error of raspir's as one, which says whose fault it is."""
        try:
            yield
        except RaspirError:
            raise
        except (Exception, SystemExit) as error:
            frames = traceback.extract_tb(error.__traceback__)
            theirs = [frame for frame in frames if not os.path.abspath(frame.filename).startswith(_RASPIR)] or frames
            place = f" at {os.path.basename(theirs[-1].filename)}:{theirs[-1].lineno}" if theirs else ""
            raise self.wrong(f"failed{place}: {reason(error)}") from error

    def wrong(self, what: str) -> FaultyBackendError:
        """Return the error that the backend did what it must not."""
        return FaultyBackendError(f"backend {self.name!r}{self.origin} {what}")


def _compiled(backend: BackendAdapter, graph: Graph) -> Executable:
    """Return the program that was pickled as its graph and its backend."""
    return backend.compile(graph)


class CheckedExecutable:
    """A program that somebody else's backend runs: inputs are read before, and results looked at after.

    Args:
        backend: the backend, as raspir calls it.
        graph: what it runs.
        run: what the backend made of that.
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
        return (_compiled, (backend, self._graph))

    @property
    def report(self) -> Callable[[str, int, int], None] | None:
        """Told what takes long, and how many steps of how many are done, by a backend that says so."""
        return getattr(self._run, "report", None)

    @report.setter
    def report(self, report: Callable[[str, int, int], None] | None) -> None:
        if hasattr(self._run, "report"):
            with self._backend.answering():
                self._run.report = report

    def __call__(self, input: object) -> Result:
        """Return what the program yields on ``input``: a sequence, or of several outputs one for each name.

        Raises:
            InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
            EvaluationError: if an operation fails.
            FaultyBackendError: if the backend fails, or yields what is no result.
        """
        read, length = self._read(input)
        with self._backend.answering():
            found = self._run(read)
        return self._result(found, length)

    def batch(self, inputs: Iterable[object]) -> list[Result]:
        """Return what the program yields on each of ``inputs``, in order.

        Raises:
            InputError, EvaluationError, BackendError: as calling it does, with the number of the input.
        """
        return list(self._together(batch_of(inputs), "batch"))

    def stream(self, inputs: Iterable[object]) -> Iterator[Result]:
        """Yield what the program yields on each of ``inputs``, in order: one by one if the backend has no ``stream``.

        Raises:
            InputError, EvaluationError, BackendError: as ``batch`` does, after the results of all inputs before that.
        """
        return self._together(batch_of(inputs), "stream")

    def _together(self, inputs: Iterable[object], verb: str) -> Iterator[Result]:
        """Yield the results of inputs, up to one at fault."""
        lengths: list[int] = []
        failed: list[RaspirError] = []
        read = self._all_read(inputs, lengths, failed)
        several = getattr(self._run, verb, None)
        done = itertools.count()
        for found in self._found(several, read, verb):
            number = next(done)
            try:
                if number >= len(lengths):
                    raise self._backend.wrong(f"yields more results than there are inputs ({len(lengths)})")
                result = self._result(found, lengths[number])
            except RaspirError as error:
                error.input = number
                raise
            yield result
        if failed:
            raise failed[0]
        if next(done) < len(lengths):
            raise self._backend.wrong(f"yields fewer results than there are inputs ({len(lengths)})")

    def _all_read(self, inputs: Iterable[object], lengths: list[int], failed: list[RaspirError]) -> Iterator[object]:
        """Yield inputs as the backend takes them, up to one that is none."""
        for number, input in enumerate(inputs):
            try:
                read, length = self._read(input)
            except RaspirError as error:
                error.input = number
                failed.append(error)
                return
            lengths.append(length)
            yield read

    def _found(self, several: Any, read: Iterator[object], verb: str) -> Iterator[object]:
        """Yield what the backend returns for inputs, together if it has a method for that."""
        if several is None:
            for number, each in enumerate(read):
                try:
                    with self._backend.answering():
                        found = self._run(each)
                except RaspirError as error:
                    error.input = number
                    raise
                yield found
            return
        with self._backend.answering():
            results = iter(several(list(read) if verb == "batch" else read))
        while True:
            with self._backend.answering():
                try:
                    found = next(results)
                except StopIteration:
                    return
            yield found

    def _read(self, input: object) -> tuple[object, int]:
        """Return an input as the backend takes it, and its length."""
        read = read_inputs(self._graph, input)
        atoms = next(iter(read.values()))
        return (atoms if len(read) == 1 else read), len(atoms)

    def _result(self, found: object, length: int) -> Result:
        """Return what the backend yields as the results of the outputs.

        Raises:
            FaultyBackendError: if it is not one sequence of as many atoms as the input for each of them.
        """
        names = list(self._layers)
        if len(names) == 1:
            return self._sequence(names[0], found, length)
        if not isinstance(found, Mapping) or set(found) != set(names):
            raise self._backend.wrong(f"yields {show(found)}, which is not one result for each of {', '.join(names)}")
        return {name: self._sequence(name, found[name], length) for name in names}

    def _is_result(self, found: object) -> TypeGuard[Sequence]:
        """Return whether ``found`` is a result as it stands: that of a lowered program may count more layers."""
        return isinstance(found, Sequence) and not self._is_lowered

    def _sequence(self, name: str, found: object, length: int) -> Sequence:
        try:
            with self._backend.answering():
                sequence = found if self._is_result(found) else Sequence(read_sequence(found), self._layers[name])
        except InputError as error:
            raise self._backend.wrong(f"yields for {name} what is no sequence of atoms: {error.message}") from error
        if len(sequence) != length:
            atoms = "1 atom" if len(sequence) == 1 else f"{len(sequence)} atoms"
            raise self._backend.wrong(f"yields {atoms} for {name} where the input has {length}")
        return sequence
