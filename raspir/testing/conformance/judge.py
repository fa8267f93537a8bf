"""Holding a backend to a case: it does what the reference does, or says beforehand that it does not support it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from raspir import api
from raspir.backends.base import Backend, Executable, Streams
from raspir.ir import Atom, BackendError, Graph, Location, RaspirError
from raspir.ir.atoms import ATOM_CLASSES, atom_key, show
from raspir.runtime.sequence import Sequence
from raspir.testing.conformance.case import Case, Trial
from raspir.testing.conformance.promised import Run, in_other_atoms, promised
from raspir.testing.rounding import excused, may_round


class NonconformityError(AssertionError):
    """A backend does not do what the language says. The message tells the program, the input, and what came of it."""


@dataclass(frozen=True)
class Verdict:
    """What came of a case that a backend did not get wrong.

    Attributes:
        unsupported: why the backend does not run it, in its own words; ``None`` where it did run.
        rounded: how many results differ as sums of floats may that are added in another order.
        left_out: why the backend does not run a part of it, where it runs the rest.
    """

    unsupported: str | None = None
    rounded: int = 0
    left_out: str | None = None


@dataclass(frozen=True)
class _Result:
    """What a program yielded.

    Attributes:
        outputs: the atoms of each output by its name.
        named: whether they came as a mapping.
        layers: the layers of each.
    """

    outputs: Mapping[str, list[Atom]]
    named: bool
    layers: tuple[int, ...]

    def key(self) -> object:
        """Return what two results must have in common."""
        return [(name, *map(atom_key, atoms)) for name, atoms in self.outputs.items()], self.named, self.layers

    def __str__(self) -> str:
        told = {name: Sequence(atoms) for name, atoms in self.outputs.items()}
        layers = " and ".join(map(str, dict.fromkeys(self.layers)))
        return f"{told if self.named else next(iter(told.values()))} of layer {layers}"


@dataclass(frozen=True)
class _Failure:
    """How a program failed."""

    error: Exception
    location: Location | None
    input: int | None

    @property
    def message(self) -> str:
        return self.error.message if isinstance(self.error, RaspirError) else str(self.error)

    def __str__(self) -> str:
        where = "" if self.input is None else f" of input {self.input}"
        at = "" if self.location is None else f" at {self.location}"
        return f"{type(self.error).__name__}{where}{at}: {self.message}"


_Outcome = _Result | _Failure


@dataclass(frozen=True, eq=False)
class Judge:
    """Holds a backend to cases.

    Args:
        backend: its name, or the backend itself.
        exact_errors: whether errors must have the reference's words as well as its class.
        locations: whether errors must have the reference's location: where one operation alone can fail.
    """

    backend: str | Backend
    exact_errors: bool = False
    locations: bool = True

    def check(self, case: Case) -> Verdict:
        """Return what came of a case that the backend runs rightly or not at all.

        Raises:
            NonconformityError: if it does anything else.
        """
        if case.missing:
            return self._refused(case)
        rounded, ran, refused = 0, False, None
        for trial in case.trials:
            runs, told = self._runs(trial)
            refused = refused or told
            for part, run in runs:
                ran = True
                rounded += self._tried(part, run)
        return Verdict(None if ran else refused, rounded, refused if ran else None)

    def _refused(self, case: Case) -> Verdict:
        """Hold the backend to refusing programs whose functions are missing, if it supports them otherwise."""
        for trial in case.trials:
            whole = trial.graph.bind(dict.fromkeys(trial.graph.unbound, _first))
            runs, told = self._runs(replace(trial, graph=whole))
            if not runs:
                return Verdict(unsupported=told)
            with suppress(BackendError):
                self.compiled(trial.graph)
                unbound = ", ".join(f"@{symbol}" for symbol in trial.graph.unbound)
                raise NonconformityError(
                    f"it must refuse to compile a program whose functions {unbound} are missing\n\n{trial.graph}"
                )
        return Verdict()

    def _runs(self, trial: Trial) -> tuple[list[Run], str | None]:
        """Return a trial as far as the backend supports it, and why it does not support the rest."""
        try:
            return [(trial, self.compiled(trial.graph))], None
        except BackendError as error:
            runs = [*promised(trial, self.compiled)]
            if not runs:  # the reference says what is right on atoms for which nothing was written down by hand
                others = ([*promised(other, self.compiled, apart=False)] for other in in_other_atoms(trial))
                return next(filter(None, others), []), error.message
            whole = bool(runs) and sum(len(part.inputs) for part, _ in runs) == len(trial.inputs)
            return runs, None if whole else error.message

    def compiled(self, graph: Graph) -> Executable:
        """Return ``graph`` as the backend runs it.

        Raises:
            BackendError: if it does not support something that the graph needs.
            NonconformityError: if it fails in any other way.
        """
        try:
            return api.compile(graph, self.backend, optimize=False)
        except Exception as error:  # whatever else is raised is a finding
            if isinstance(error, BackendError) and (
                error.__cause__ is None or isinstance(error.__cause__, RaspirError)
            ):
                raise
            raise NonconformityError(f"compiling it raises {type(error).__name__}: {error}\n\n{graph}") from error

    def _tried(self, trial: Trial, run: Executable) -> int:
        """Return how many results of a trial differ by rounding alone, each input run alone and all as a batch."""
        graph, inputs = trial.graph, trial.inputs
        wanted = _closed(trial) if trial.closed else _of_reference(trial)
        rounded = 0
        for number, given in enumerate(inputs):
            before = repr(given)
            got = _observed(partial(run, given), graph)
            if repr(given) != before:
                raise NonconformityError(f"it changes its input {before} to {given!r}\n\n{graph}")
            rounded += self._compared(graph, f"on {_shown(given)}", given, wanted[number], got)
            if (trial.wanted and trial.wanted[number] is not None) or trial.layers is not None:
                _by_hand(trial, number, got)
        for what, order in _batches(wanted, isinstance(run, Streams)):
            rounded += self._batch(graph, run, what, [(inputs[i], wanted[i]) for i in order])
        if inputs:  # whatever ran in between, the first input yields what it did
            got = _observed(partial(run, inputs[0]), graph)
            self._compared(graph, f"run again on {_shown(inputs[0])}", inputs[0], wanted[0], got)
        return rounded

    def _batch(self, graph: Graph, run: Executable, what: str, chosen: list[tuple[Any, _Outcome]]) -> int:
        """Return how many results of a batch differ by rounding alone."""
        inputs = [given for given, _ in chosen]
        given: Iterable[Any] = iter(inputs) if what == "an iterator" else inputs
        told = f"on {what} of {_shown(inputs)}"
        try:
            if what == "a stream" and isinstance(run, Streams):
                results = list(run.stream(iter(inputs)))
            else:
                results = run.batch(given)
        except Exception as error:  # whatever is raised is compared, or a finding
            got = _failure(error)
            for number, (one, wanted) in enumerate(chosen):
                if isinstance(wanted, _Failure):
                    first = _Failure(wanted.error, wanted.location, number)
                    return self._compared(graph, told, one, first, got)
            if got.input is not None and 0 <= got.input < len(inputs):
                return self._compared(graph, told, inputs[got.input], chosen[got.input][1], got)
            raise NonconformityError(f"{told} it fails, and on none of these alone\ngot    {got}\n\n{graph}") from error
        if not isinstance(results, list) or len(results) != len(inputs):
            raise NonconformityError(f"{told} it must return a list of {len(inputs)} results, not {show(results)}")
        rounded = 0
        for number, ((one, wanted), result) in enumerate(zip(chosen, results, strict=True)):
            got_one = _read(result, graph)
            rounded += self._compared(graph, f"{told}, input {number}", one, wanted, got_one)
        return rounded

    def _compared(self, graph: Graph, told: str, given: Any, wanted: _Outcome, got: _Outcome) -> int:
        """Return 1 if what it yields differs by rounding alone, and 0 if it does not differ.

        Raises:
            NonconformityError: if it differs.
        """
        difference = self._difference(wanted, got)
        if difference is None:
            return 0
        if isinstance(wanted, _Result) and isinstance(got, _Result):
            alike = (list(wanted.outputs), wanted.named, wanted.layers) == (list(got.outputs), got.named, got.layers)
            if alike and excused(graph, given, got.outputs):
                return 1
        elif difference == "" and _is_raspirs(got) and may_round(graph, given):
            return 1
        because = f" ({difference})" if difference else ""
        raise NonconformityError(f"{told}{because}\nwanted {wanted}\ngot    {got}\n\n{graph}")

    def _difference(self, wanted: _Outcome, got: _Outcome) -> str | None:
        """Return what is different, nothing where it can be seen, and ``None`` where nothing is."""
        if isinstance(wanted, _Result) or isinstance(got, _Result):
            if isinstance(wanted, _Result) and isinstance(got, _Result):
                return None if wanted.key() == got.key() else ""
            return ""
        if not isinstance(got.error, type(wanted.error)):
            return f"the error must be of class {type(wanted.error).__name__}"
        if got.input != wanted.input:
            return "the error's `input` must be the number of the first input that fails, and None without a batch"
        if not got.message.strip() or "\n" in got.message:
            return "an error says what is wrong in one line"
        if self.locations and wanted.location is not None and got.location != wanted.location:
            return "the error must have the location of the operation that fails"
        if self.exact_errors and got.message != wanted.message:
            return "the error must have the reference's words"
        return None


def _first(*atoms: Atom) -> Atom:
    """Stand for a function that is missing."""
    return atoms[0]


def _of_reference(trial: Trial) -> list[_Outcome]:
    """Return what the reference yields on the inputs of a trial."""
    judge = api.compile(trial.graph, "reference", optimize=False)
    return [_observed(partial(judge, given), trial.graph) for given in trial.inputs]


def _closed(trial: Trial) -> list[_Outcome]:
    """Return what is written down for a trial of one output."""
    [(name, node)] = trial.graph.outputs.items()
    layers = (trial.graph.layering.layer[node],)
    return [_Result({name: list(atoms)}, False, layers) for atoms in trial.wanted]


def _batches(wanted: list[_Outcome], streams: bool) -> Iterator[tuple[str, list[int]]]:
    """Yield batches to run: what they are called, and the numbers of the inputs in them."""
    good = [number for number, outcome in enumerate(wanted) if isinstance(outcome, _Result)]
    yield "a batch", good
    yield "an iterator", [*reversed(good), *good[:1]]
    if streams:
        yield "a stream", list(range(len(wanted)))
    if len(good) < len(wanted):
        yield "a batch", list(range(len(wanted)))


def _by_hand(trial: Trial, number: int, got: _Outcome) -> None:
    """Hold a result to what was written down by hand."""
    wanted = trial.wanted[number] if trial.wanted else None
    if isinstance(wanted, type):
        right, told = isinstance(got, _Failure) and isinstance(got.error, wanted), wanted.__name__
    else:
        right = isinstance(got, _Result) and trial.layers in (None, max(got.layers)) and _holds(got, wanted)
        told = "a result" if wanted is None else f"{wanted}"
        told += "" if trial.layers is None else f" of layer {trial.layers}"
    if not right:
        given = _shown(trial.inputs[number])
        raise NonconformityError(f"on {given}\nwanted {told} (written down by hand)\ngot    {got}\n\n{trial.graph}")


def _holds(got: _Result, wanted: Any) -> bool:
    """Tell whether a result holds a list of atoms, or lists by the names of several outputs."""
    if wanted is None:
        return True
    outputs = wanted if isinstance(wanted, Mapping) else dict(zip(got.outputs, [wanted], strict=False))
    return list(outputs) == list(got.outputs) and all(
        [*map(atom_key, atoms)] == [*map(atom_key, got.outputs[name])] for name, atoms in outputs.items()
    )


def _observed(run: Callable[[], Any], graph: Graph) -> _Outcome:
    """Return what a program yields, or how it fails."""
    try:
        return _read(run(), graph)
    except NonconformityError:
        raise
    except Exception as error:  # whatever is raised is compared
        return _failure(error)


def _failure(error: Exception) -> _Failure:
    return _Failure(error, getattr(error, "location", None), getattr(error, "input", None))


def _is_raspirs(outcome: _Outcome) -> bool:
    return isinstance(outcome, _Result) or isinstance(outcome.error, RaspirError)


def _read(result: Any, graph: Graph) -> _Result:
    """Return a result, after a look at its classes.

    Raises:
        NonconformityError: if it is no :class:`raspir.Sequence` or mapping to such, or holds what is no atom.
    """
    named = isinstance(result, Mapping)
    outputs = result if named else {next(iter(graph.outputs)): result}
    for name, sequence in outputs.items():
        if not isinstance(sequence, Sequence):
            raise NonconformityError(f"output {name!r} must be a raspir.Sequence, not {show(sequence)}\n\n{graph}")
        for position, atom in enumerate(sequence):
            if type(atom) not in ATOM_CLASSES or atom != atom:
                what = f"{show(atom)} ({type(atom).__name__})"
                raise NonconformityError(f"output {name!r} holds {what} at position {position}: not an atom\n\n{graph}")
    return _Result(
        {name: list(sequence) for name, sequence in outputs.items()},
        named,
        tuple(sequence.layers for sequence in outputs.values()),
    )


def _shown(given: Any) -> str:
    """Return an input as Python writes it, the middle of a long one left out."""
    text = repr(given)
    return text if len(text) <= 2000 else f"{text[:1000]} … {text[-900:]}"
