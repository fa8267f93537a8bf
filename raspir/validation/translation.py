"""Translation validation: is an optimized program equal to its original on all inputs up to some length?

It checks a single translation, not the optimizer (Pnueli, Siegel and Singerman, TACAS 1998). Inputs over a vocabulary
are enumerated exhaustively until time runs out; an SMT solver, which needs no vocabulary, covers the remaining lengths.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from raspir._distribution import installing
from raspir.backends.base import Executable, runner
from raspir.ir import Atom, EvaluationError, Graph, GraphError, InputError, RaspirError
from raspir.ir.atoms import show
from raspir.validation.difference import Difference

OnProgress = Callable[[int, int], None]

_CHUNK = {"numpy": 1 << 12, "reference": 1 << 6}  # inputs per batch; the deadline is checked between batches
_BY_REFERENCE = 2_000  # most inputs of one length that run on the reference backend; NumPy runs more
_LONGEST = 12  # the default maximum length


@dataclass
class Tally:
    """The coverage of the inputs of one length.

    Attributes:
        length: the input length.
        size: the total number of inputs.
        done: the number of inputs run.
        failing: the number of those on which the original fails, so that any result is correct.
    """

    length: int
    size: int
    done: int = 0
    failing: int = 0


@dataclass
class Validation:
    """The result of translation validation: the extent to which two programs are known to be equal.

    Attributes:
        same: whether the graphs are identical, so that there is nothing to check.
        tried: the number of inputs of each exhaustively tested length.
        failing: the number of those on which the original fails, so that any result is correct.
        proved: the lengths at which the solver proved equality.
        vacuous: the subset of ``proved`` at which the solver also proved that the original always fails.
        partial: the coverage of a length that was only partially tested.
        difference: an input on which the programs differ.
        notes: why validation stopped where it did.
        longest: the requested maximum length, or the assumed one, or ``None``.
        assumed: whether ``longest`` is the assumed maximum, so that no valid input is longer.
        seconds: the elapsed time.
    """

    same: bool = False
    tried: dict[int, int] = field(default_factory=dict)
    failing: int = 0
    proved: list[int] = field(default_factory=list)
    vacuous: list[int] = field(default_factory=list)
    partial: Tally | None = None
    difference: Difference | None = None
    notes: list[str] = field(default_factory=list)
    longest: int | None = None
    assumed: bool = False
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every input up to ``longest`` that satisfies the assumptions is covered."""
        lengths = {*self.tried, *self.proved}
        return self.difference is None and (
            self.same or (self.longest is not None and lengths >= set(range(self.longest + 1)))
        )

    def lines(self) -> list[str]:
        """Return a report of the coverage."""
        if self.difference is not None:
            return [f"not equal: {self.difference}"]
        if self.same:
            return ["equal: the optimizer changed nothing"]
        lines = self._covered() or ["nothing was covered"]
        if self.complete and self.assumed:
            lines.append("so equal on every input that satisfies the assumptions")
        return [*lines, *self.notes, f"in {self.seconds:.1f} s"]

    def _covered(self) -> list[str]:
        lines = []
        if self.tried:
            inputs = f"inputs of {_lengths(list(self.tried))}, by running each"
            lines.append(_equal(sum(self.tried.values()), self.failing, inputs))
        if self.proved:
            lines.append(f"proved equal on all inputs of {_lengths(self.proved)}")
        if self.vacuous:
            lines.append(f"the original fails on every input of {_lengths(self.vacuous)}, where any result is correct")
        if self.partial is not None:
            part = self.partial
            inputs = f"inputs run, out of {part.size:,} of length {part.length} ({part.done / part.size:.1%})"
            lines.append(_equal(part.done, part.failing, inputs))
        return lines


def _equal(count: int, failing: int, inputs: str) -> str:
    if not failing:
        return f"equal on all {count:,} {inputs}"
    rest = f"the original fails on the other {failing:,}, where any result is correct"
    return f"equal on {count - failing:,} of the {count:,} {inputs}; {rest}"


def _lengths(lengths: list[int]) -> str:
    if len(lengths) == 1:
        return f"length {lengths[0]}"
    if lengths == list(range(lengths[0], lengths[-1] + 1)):
        return f"lengths {lengths[0]} to {lengths[-1]}"
    return f"lengths {', '.join(map(str, lengths))}"


def validate(
    before: Graph, after: Graph, longest: int | None = None, seconds: float = 30.0, progress: OnProgress | None = None
) -> Validation:
    """Validate ``after`` as an optimization of ``before``.

    Args:
        before: the original program, with its assumptions.
        after: the optimized program.
        longest: the maximum length to check; limited by ``seconds`` alone if ``None``.
        seconds: the time budget of testing, and again of the solver.
        progress: a callback with the number of inputs run and their total.

    Raises:
        GraphError: if the programs differ in outputs, inputs, assumptions or functions.
        InputError: if ``longest`` is not a natural number, or ``seconds`` not a positive number.
        BackendError: as for running the programs.
    """
    if longest is not None and (type(longest) is not int or longest < 0):
        raise InputError(f"longest must be a natural number, not {show(longest)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise InputError(f"seconds must be a positive number, not {show(seconds)}")
    _check_interfaces(before, after)
    start = time.monotonic()
    assumed = before.max_length
    goal = longest if assumed is None else assumed if longest is None else min(longest, assumed)
    found = Validation(same=before == after, longest=goal, assumed=assumed is not None and goal == assumed)
    if not found.same:
        _run_all(before, after, found, start + seconds, progress)
        if found.difference is None and not found.complete:
            _prove(before, after, found, time.monotonic() + seconds)
    found.seconds = time.monotonic() - start
    return found


def _check_interfaces(before: Graph, after: Graph) -> None:
    """Raise :class:`GraphError` unless the programs have the same outputs, inputs, assumptions and functions."""

    def different(what: str, one: object, other: object) -> GraphError:
        return GraphError(f"programs with different {what} cannot be compared: {one} and {other}")

    for what, names, others in (("outputs", before.outputs, after.outputs), ("inputs", before.inputs, after.inputs)):
        if set(names) != set(others):
            raise different(what, *(", ".join(each) or "none" for each in (names, others)))
    for name, node in before.inputs.items():
        if node != after.inputs[name]:
            raise GraphError(f"programs with different vocabularies of the input {name} cannot be compared")
    if before.max_length != after.max_length:
        raise different("maximum lengths", before.max_length, after.max_length)
    for symbol, function in before.functions.items():
        if after.functions.get(symbol, function) != function:
            raise GraphError(f"programs with different functions @{symbol} cannot be compared")


# Exhaustive testing


def _run_all(before: Graph, after: Graph, found: Validation, deadline: float, progress: OnProgress | None) -> None:
    """Run the programs on all inputs, length by length, until time runs out or they differ."""
    unbound = [f"@{symbol}" for symbol in dict.fromkeys((*before.unbound, *after.unbound))]
    if unbound:
        verb = "is" if len(unbound) == 1 else "are"
        found.notes.append(f"{', '.join(unbound)} {verb} not bound, so no inputs were run")
        return
    vocabularies = {name: node.vocabulary for name, node in before.inputs.items()}
    known = {name: vocab for name, vocab in vocabularies.items() if isinstance(vocab, tuple)}
    if known.keys() != vocabularies.keys():
        found.notes.append("no inputs were run, since there is no vocabulary")
        return
    for n in range((_LONGEST if found.longest is None else found.longest) + 1):
        rows = [vocab for vocab in known.values() for _ in range(n)]
        tally = Tally(n, math.prod(map(len, rows)))
        write = _writer(known, n)
        inputs = (write(atoms) for atoms in product(*rows))
        found.difference = _run_length(before, after, inputs, tally, deadline, progress)
        if found.difference is not None:
            return
        if tally.done < tally.size:
            found.partial = tally if tally.done else None
            found.notes.append(f"time ran out before all {tally.size:,} inputs of length {n} were run")
            return
        found.tried[n] = tally.size
        found.failing += tally.failing


def _run_length(
    before: Graph, after: Graph, inputs: Iterator[Any], tally: Tally, deadline: float, progress: OnProgress | None
) -> Difference | None:
    """Run the programs on all inputs of a length, until time runs out; return the first difference.

    The first batch of the lengths 0 and 1 is run regardless of the deadline.
    """
    backend = "reference" if tally.size <= _BY_REFERENCE else "numpy"
    pair = runner(backend).compile(before), runner(backend).compile(after)
    until = deadline if tally.length > 1 else math.inf
    while time.monotonic() <= until and (chunk := list(islice(inputs, _CHUNK[backend]))):
        difference = _compare(*pair, chunk, tally, until)
        if difference is not None:
            return difference
        if progress is not None:
            progress(tally.done, tally.size)
        until = deadline
    return None


def _writer(vocabularies: Mapping[str, tuple[Atom, ...]], n: int) -> Callable[[tuple[Atom, ...]], Any]:
    """Return the function that assembles an input from the concatenated atoms of its sequences."""
    if len(vocabularies) > 1:
        names = list(enumerate(vocabularies))
        return lambda atoms: {name: list(atoms[k * n : (k + 1) * n]) for k, name in names}
    (vocab,) = vocabularies.values()
    characters = all(isinstance(atom, str) and len(atom) == 1 for atom in vocab)
    return "".join if characters else list  # type: ignore[return-value]  # these atoms are strings


def _compare(
    before: Executable, after: Executable, inputs: list[Any], tally: Tally, deadline: float
) -> Difference | None:
    """Return the first difference between the results on ``inputs``, and update ``tally``."""
    try:
        wanted, got = before.batch(inputs), after.batch(inputs)
    except EvaluationError:  # some input fails: isolate it
        pairs = _one_by_one(before, after, inputs, tally, deadline)
    else:
        tally.done += len(inputs)
        if wanted == got:
            return None
        pairs = iter(zip(inputs, wanted, got, strict=True))
    for given, expected, yielded in pairs:
        if expected != yielded:
            return Difference(given, expected, yielded)
    return None


def _one_by_one(
    before: Executable, after: Executable, inputs: list[Any], tally: Tally, deadline: float
) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each input on which ``before`` succeeds, with both results, until the deadline."""
    for given in inputs:
        if time.monotonic() > deadline:
            return
        tally.done += 1
        try:
            wanted = before(given)
        except EvaluationError:
            tally.failing += 1
            continue
        try:
            got: object = after(given)
        except RaspirError as error:
            got = f"fails: {error.message}"
        yield given, wanted, got


# Proof by the solver


def _prove(before: Graph, after: Graph, found: Validation, deadline: float) -> None:
    """Prove the lengths that were not tested exhaustively by the solver, until time runs out."""
    try:
        from raspir.validation.equivalence import always_fails, equivalent
    except ImportError:
        found.notes.append(f"the solver is not installed ({installing('proofs')}), so longer inputs are not covered")
        return
    first = max(found.tried, default=-1) + 1
    for n in range(first, (_LONGEST if found.longest is None else found.longest) + 1):
        left = deadline - time.monotonic()
        verdict = equivalent(before, after, n, left) if left > 0 else None
        if isinstance(verdict, str):
            found.notes.append(verdict)
            return
        if isinstance(verdict, Difference):
            found.difference = verdict
            return
        if verdict is None:
            found.notes.append(f"the solver ran out of time at length {n}")
            return
        found.proved.append(n)
        if always_fails(before, n, deadline - time.monotonic()):
            found.vacuous.append(n)
        if found.partial is not None and n == found.partial.length:
            found.partial = None
