"""Judging of cases: a backend must match the reference, or declare in advance that it does not support the case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from raspir import api
from raspir.backends.base import Backend, Executable, Streams, runner
from raspir.ir import Atom, BackendError, Graph, Location, RaspirError
from raspir.ir.atoms import is_atom, show
from raspir.ir.packing import value_key
from raspir.runtime.sequence import Sequence
from raspir.testing.conformance.assumptions import Run, in_other_atoms, under_assumptions
from raspir.testing.conformance.case import Case, Trial
from raspir.testing.restricted import is_exact, meets_none, takes_none
from raspir.testing.rounding import are_close, excused, may_round


class NonconformityError(AssertionError):
    """A violation of the language by a backend; the message gives the program, the input and the result."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a case that the backend did not get wrong.

    Attributes:
        unsupported: the backend's reason for not running it; ``None`` if it ran.
        rounded: the number of results that differ within the rounding of reassociated float sums.
        left_out: the backend's reason for not running a part of it, if it ran the rest.
    """

    unsupported: str | None = None
    rounded: int = 0
    left_out: str | None = None


@dataclass(frozen=True)
class _Result:
    """A program's result.

    Attributes:
        outputs: the atoms of each output, by name.
        named: whether the outputs were returned as a mapping.
        layers: the layers of each output.
    """

    outputs: Mapping[str, list[Atom]]
    named: bool
    layers: tuple[int, ...]

    def key(self) -> object:
        """Return the comparison key, equal for conforming results."""
        return [(name, *map(value_key, atoms)) for name, atoms in self.outputs.items()], self.named, self.layers

    def __str__(self) -> str:
        results = {name: Sequence(atoms) for name, atoms in self.outputs.items()}
        layers = " and ".join(map(str, dict.fromkeys(self.layers)))
        return f"{results if self.named else next(iter(results.values()))} of layer {layers}"


@dataclass(frozen=True)
class _Failure:
    """A program's failure."""

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
    """Checker of a backend against cases.

    Args:
        backend: the backend, or its name.
        exact_errors: whether errors must match the reference in message as well as class.
        locations: whether errors must match the reference in location, where only one operation can fail.
    """

    backend: str | Backend
    exact_errors: bool = False
    locations: bool = True

    def check(self, case: Case) -> Verdict:
        """Return the verdict on a case that the backend runs correctly or declares unsupported.

        Raises:
            NonconformityError: if it does neither.
        """
        if case.missing:
            return self._refused(case)
        rounded, ran, refused = 0, False, None
        for trial in case.trials:
            runs, reason = self._runs(trial)
            refused = refused or reason
            for part, run in runs:
                ran = True
                rounded += self._tried(part, run)
        return Verdict(None if ran else refused, rounded, refused if ran else None)

    def _refused(self, case: Case) -> Verdict:
        """Check that the backend rejects programs whose functions are missing, if it supports them otherwise."""
        for trial in case.trials:
            whole = trial.graph.bind(dict.fromkeys(trial.graph.unbound, _first))
            runs, reason = self._runs(replace(trial, graph=whole))
            if not runs:
                return Verdict(unsupported=reason)
            with suppress(BackendError):
                self.compiled(trial.graph)
                unbound = ", ".join(f"@{symbol}" for symbol in trial.graph.unbound)
                raise NonconformityError(
                    f"compiling must fail, as the functions {unbound} are missing\n\n{trial.graph}"
                )
        return Verdict()

    def _runs(self, trial: Trial) -> tuple[list[Run], str | None]:
        """Return the supported parts of a trial, and the reason why the rest is unsupported."""
        try:
            executable = self.compiled(trial.graph)
            part, reason = self._without_none(trial)
            return [(part, executable)] if part.inputs or not trial.inputs else [], reason
        except BackendError as error:
            runs = [*under_assumptions(trial, self.compiled)]
            if not runs:  # retry with other atoms, for which the reference is the only oracle
                others = ([*under_assumptions(other, self.compiled, apart=False)] for other in in_other_atoms(trial))
                return next(filter(None, others), []), error.message
            whole = bool(runs) and sum(len(part.inputs) for part, _ in runs) == len(trial.inputs)
            return runs, None if whole else error.message

    def _without_none(self, trial: Trial) -> tuple[Trial, str | None]:
        """Return a trial on the inputs that the backend supports, and why it does not support the others, if any."""
        if takes_none(self.backend):
            return trial, None
        kept = [number for number, given in enumerate(trial.inputs) if not meets_none(trial.graph, given)]
        if len(kept) == len(trial.inputs):
            return trial, None
        wanted = tuple(trial.wanted[number] for number in kept) if trial.wanted else ()
        part = replace(trial, inputs=tuple(trial.inputs[number] for number in kept), wanted=wanted)
        return part, f"backend {runner(self.backend).name!r} does not support values of type none"

    def compiled(self, graph: Graph) -> Executable:
        """Compile ``graph`` with the backend.

        Raises:
            BackendError: if the graph requires something unsupported.
            NonconformityError: if compilation fails in any other way.
        """
        try:
            return api.compile(graph, self.backend, optimize=False)
        except Exception as error:  # any other exception is a finding
            if isinstance(error, BackendError) and (
                error.__cause__ is None or isinstance(error.__cause__, RaspirError)
            ):
                raise
            raise NonconformityError(f"compilation raises {type(error).__name__}: {error}\n\n{graph}") from error

    def _tried(self, trial: Trial, run: Executable) -> int:
        """Run a trial's inputs individually and in batches; return the number that differ by rounding alone."""
        graph, inputs = trial.graph, trial.inputs
        wanted = _closed(trial) if trial.closed else _of_reference(trial)
        rounded = 0
        for number, given in enumerate(inputs):
            before = repr(given)
            got = _observed(partial(run, given), graph)
            if repr(given) != before:
                raise NonconformityError(f"it modifies its input {before} to {given!r}\n\n{graph}")
            rounded += self._compared(graph, f"on {_shown(given)}", given, wanted[number], got)
            if (trial.wanted and trial.wanted[number] is not None) or trial.layers is not None:
                _by_hand(trial, number, got)
        for what, order in _batches(wanted, isinstance(run, Streams)):
            rounded += self._batch(graph, run, what, [(inputs[i], wanted[i]) for i in order])
        if inputs:  # repeat the first input: intervening runs must not affect it
            got = _observed(partial(run, inputs[0]), graph)
            self._compared(graph, f"rerun on {_shown(inputs[0])}", inputs[0], wanted[0], got)
        return rounded

    def _batch(self, graph: Graph, run: Executable, what: str, chosen: list[tuple[Any, _Outcome]]) -> int:
        """Run a batch; return the number of results that differ by rounding alone."""
        inputs = [given for given, _ in chosen]
        given: Iterable[Any] = iter(inputs) if what == "an iterator" else inputs
        context = f"on {what} of {_shown(inputs)}"
        try:
            if what == "a stream" and isinstance(run, Streams):
                results = list(run.stream(iter(inputs)))
            else:
                results = run.batch(given)
        except Exception as error:  # any exception is compared, or a finding
            got = _failure(error)
            for number, (one, wanted) in enumerate(chosen):
                if isinstance(wanted, _Failure):
                    first = _Failure(wanted.error, wanted.location, number)
                    return self._compared(graph, context, one, first, got)
            if got.input is not None and 0 <= got.input < len(inputs):
                return self._compared(graph, context, inputs[got.input], chosen[got.input][1], got)
            raise NonconformityError(
                f"{context} it fails, but on none of these inputs alone\ngot    {got}\n\n{graph}"
            ) from error
        if not isinstance(results, list) or len(results) != len(inputs):
            raise NonconformityError(f"{context} it must return a list of {len(inputs)} results, not {show(results)}")
        rounded = 0
        for number, ((one, wanted), result) in enumerate(zip(chosen, results, strict=True)):
            got_one = _read(result, graph)
            rounded += self._compared(graph, f"{context}, input {number}", one, wanted, got_one)
        return rounded

    def _compared(self, graph: Graph, context: str, given: Any, wanted: _Outcome, got: _Outcome) -> int:
        """Return 1 if the result differs by rounding alone, and 0 if it matches.

        Raises:
            NonconformityError: if it differs otherwise.
        """
        difference = self._difference(wanted, got)
        if difference is None:
            return 0
        if isinstance(wanted, _Result) and isinstance(got, _Result):
            alike = (list(wanted.outputs), wanted.named, wanted.layers) == (list(got.outputs), got.named, got.layers)
            if alike and excused(graph, given, got.outputs):
                return 1
            if alike and not is_exact(self.backend) and are_close(got.key(), wanted.key()):
                return 1
        elif difference == "" and _is_raspirs(got) and may_round(graph, given):
            return 1
        because = f" ({difference})" if difference else ""
        raise NonconformityError(f"{context}{because}\nwanted {wanted}\ngot    {got}\n\n{graph}")

    def _difference(self, wanted: _Outcome, got: _Outcome) -> str | None:
        """Return a description of the difference, empty if the results show it, or ``None`` if there is none."""
        if isinstance(wanted, _Result) or isinstance(got, _Result):
            if isinstance(wanted, _Result) and isinstance(got, _Result):
                return None if wanted.key() == got.key() else ""
            return ""
        if not isinstance(got.error, type(wanted.error)):
            return f"the error must be of class {type(wanted.error).__name__}"
        if got.input != wanted.input:
            return "the error's `input` must be the index of the first failing input, and None outside a batch"
        if not got.message.strip() or "\n" in got.message:
            return "the message must be one nonempty line"
        if self.locations and wanted.location is not None and got.location != wanted.location:
            return "the error must have the location of the failing operation"
        if self.exact_errors and got.message != wanted.message:
            return "the error must have the reference's message"
        return None


def _first(*atoms: Atom) -> Atom:
    """Substitute for a missing function."""
    return atoms[0]


def _of_reference(trial: Trial) -> list[_Outcome]:
    """Return the reference results on the inputs of a trial."""
    judge = api.compile(trial.graph, "reference", optimize=False)
    return [_observed(partial(judge, given), trial.graph) for given in trial.inputs]


def _closed(trial: Trial) -> list[_Outcome]:
    """Return the hand-written results of a single-output trial."""
    [(name, node)] = trial.graph.outputs.items()
    layers = (trial.graph.layering.layer[node],)
    return [_Result({name: list(atoms)}, False, layers) for atoms in trial.wanted]


def _batches(wanted: list[_Outcome], streams: bool) -> Iterator[tuple[str, list[int]]]:
    """Yield the batches to run, as descriptions and input indices."""
    good = [number for number, outcome in enumerate(wanted) if isinstance(outcome, _Result)]
    yield "a batch", good
    yield "an iterator", [*reversed(good), *good[:1]]
    if streams:
        yield "a stream", list(range(len(wanted)))
    if len(good) < len(wanted):
        yield "a batch", list(range(len(wanted)))


def _by_hand(trial: Trial, number: int, got: _Outcome) -> None:
    """Check a result against the hand-written expectation."""
    wanted = trial.wanted[number] if trial.wanted else None
    if isinstance(wanted, type):
        right, expected = isinstance(got, _Failure) and isinstance(got.error, wanted), wanted.__name__
    else:
        right = isinstance(got, _Result) and trial.layers in (None, max(got.layers)) and _holds(got, wanted)
        expected = "a result" if wanted is None else f"{wanted}"
        expected += "" if trial.layers is None else f" of layer {trial.layers}"
    if not right:
        given = _shown(trial.inputs[number])
        raise NonconformityError(f"on {given}\nwanted {expected} (handwritten)\ngot    {got}\n\n{trial.graph}")


def _holds(got: _Result, wanted: Any) -> bool:
    """Return whether a result equals a list of atoms, or such lists by output name."""
    if wanted is None:
        return True
    outputs = wanted if isinstance(wanted, Mapping) else dict(zip(got.outputs, [wanted], strict=False))
    return list(outputs) == list(got.outputs) and all(
        [*map(value_key, atoms)] == [*map(value_key, got.outputs[name])] for name, atoms in outputs.items()
    )


def _observed(run: Callable[[], Any], graph: Graph) -> _Outcome:
    """Return a program's result, or its failure."""
    try:
        return _read(run(), graph)
    except NonconformityError:
        raise
    except Exception as error:  # any exception is compared
        return _failure(error)


def _failure(error: Exception) -> _Failure:
    return _Failure(error, getattr(error, "location", None), getattr(error, "input", None))


def _is_raspirs(outcome: _Outcome) -> bool:
    return isinstance(outcome, _Result) or isinstance(outcome.error, RaspirError)


def _read(result: Any, graph: Graph) -> _Result:
    """Normalize a result, checking its types.

    Raises:
        NonconformityError: if it is not a :class:`raspir.Sequence` or a mapping to such, or holds non-atoms.
    """
    named = isinstance(result, Mapping)
    outputs = result if named else {next(iter(graph.outputs)): result}
    for name, sequence in outputs.items():
        if not isinstance(sequence, Sequence):
            raise NonconformityError(f"output {name!r} must be a raspir.Sequence, not {show(sequence)}\n\n{graph}")
        for position, atom in enumerate(sequence):
            if not is_atom(atom) and not isinstance(atom, tuple):
                what = f"{show(atom)} ({type(atom).__name__})"
                raise NonconformityError(f"output {name!r} holds {what} at position {position}: not an atom\n\n{graph}")
    return _Result(
        {name: list(sequence) for name, sequence in outputs.items()},
        named,
        tuple(sequence.layers for sequence in outputs.values()),
    )


def _shown(given: Any) -> str:
    """Return the repr of an input, with the middle of a long one elided."""
    text = repr(given)
    return text if len(text) <= 2000 else f"{text[:1000]} … {text[-900:]}"
