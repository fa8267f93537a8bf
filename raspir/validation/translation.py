"""Translation validation: is this optimised program equal to this program? On all inputs up to some length.

What is checked is one translation and not the optimiser (Pnueli, Siegel and Singerman, TACAS 1998). Inputs of a
vocabulary are tried one and all, as long as there is time; the lengths beyond are put to an SMT solver, which needs
no vocabulary.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from raspir.backends.base import Executable, runner
from raspir.ir import Atom, EvaluationError, Graph, GraphError, InputError, RaspirError
from raspir.ir.atoms import show
from raspir.validation.difference import Difference

Tell = Callable[[int, int], None]

_CHUNK = {"numpy": 1 << 12, "reference": 1 << 6}  # inputs that run together, between two looks at the clock
_BY_REFERENCE = 2_000  # inputs of one length up to which the reference backend runs them, and NumPy beyond
_LONGEST = 12  # the length up to which lengths are looked at where nobody says how far


@dataclass
class Tally:
    """How many inputs of one length were run.

    Attributes:
        length: their length.
        size: how many there are.
        done: how many of them were run.
        failing: on how many of these the program as written fails, so that nothing is promised.
    """

    length: int
    size: int
    done: int = 0
    failing: int = 0


@dataclass
class Validation:
    """How far two programs are known to be equal.

    Attributes:
        same: whether they are one and the same graph, so that there is nothing to check.
        tried: for each length that was finished, of how many inputs each was run.
        failing: on how many of them the program as written fails, so that nothing is promised.
        proved: the lengths at which the solver proved it.
        vacuous: those of them at which the solver also showed that the program as written always fails.
        partly: the length that was begun and not finished.
        difference: an input on which they differ.
        notes: why it ended where it did.
        longest: the length up to which it was asked for; the promised maximum, or ``None``.
        promised: whether no input that keeps the promises is longer.
        seconds: how long it took.
    """

    same: bool = False
    tried: dict[int, int] = field(default_factory=dict)
    failing: int = 0
    proved: list[int] = field(default_factory=list)
    vacuous: list[int] = field(default_factory=list)
    partly: Tally | None = None
    difference: Difference | None = None
    notes: list[str] = field(default_factory=list)
    longest: int | None = None
    promised: bool = False
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every input that keeps the promises is covered, up to the length that was asked for."""
        lengths = {*self.tried, *self.proved}
        return self.difference is None and (
            self.same or (self.longest is not None and lengths >= set(range(self.longest + 1)))
        )

    def lines(self) -> list[str]:
        """Return what was covered, in words."""
        if self.difference is not None:
            return [f"not equal: {self.difference}"]
        if self.same:
            return ["equal: the optimiser changed nothing"]
        lines = self._covered() or ["nothing was covered"]
        if self.complete and self.promised:
            lines.append("so on every input that keeps the promises")
        return [*lines, *self.notes, f"in {self.seconds:.1f} s"]

    def _covered(self) -> list[str]:
        lines = []
        if self.tried:
            lines.append(_run(sum(self.tried.values()), self.failing, _lengths(list(self.tried))))
        if self.proved:
            lines.append(f"proved equal on all inputs of {_lengths(self.proved)}")
        if self.vacuous:
            lines.append(f"the program itself fails on every input of {_lengths(self.vacuous)}, so nothing is promised")
        if self.partly is not None:
            part = self.partly
            run = f"{part.done:,} of {part.size:,} inputs of length {part.length} ({part.done / part.size:.1%})"
            fails = f"; {_failing(part.failing)}" if part.failing else ""
            lines.append(f"equal on {part.done - part.failing:,} inputs, as {run} were run{fails}")
        return lines


def _run(count: int, failing: int, lengths: str) -> str:
    if not failing:
        return f"equal on all {count:,} inputs of {lengths}, each of them run"
    equal = f"{count - failing:,} of the {count:,} inputs of {lengths}"
    told = f"equal on {equal}" if failing < count else f"compared on none of the {count:,} inputs of {lengths}"
    return f"{told}, each of them run; {_failing(failing)}"


def _failing(count: int) -> str:
    return f"the program itself fails on {count:,} of them, where nothing is promised"


def _lengths(lengths: list[int]) -> str:
    if len(lengths) == 1:
        return f"length {lengths[0]}"
    if lengths == list(range(lengths[0], lengths[-1] + 1)):
        return f"lengths {lengths[0]} to {lengths[-1]}"
    return f"lengths {', '.join(map(str, lengths))}"


def validate(
    before: Graph, after: Graph, longest: int | None = None, seconds: float = 30.0, progress: Tell | None = None
) -> Validation:
    """Return how far ``after`` is known to equal ``before``, which it was made of.

    Args:
        before: the program, with its promises.
        after: the optimised program.
        longest: the length up to which inputs are looked at; as far as ``seconds`` reach if ``None``.
        seconds: how long running inputs may take, and the solver once more.
        progress: told how many inputs of how many have been run.

    Raises:
        GraphError: if the programs have not the same outputs, inputs and promises.
        InputError: if ``longest`` is not a natural number, or ``seconds`` not a positive one.
        BackendError: as running the programs does.
    """
    if longest is not None and (type(longest) is not int or longest < 0):
        raise InputError(f"longest is a natural number, not {show(longest)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise InputError(f"seconds is a positive number, not {show(seconds)}")
    _check_interfaces(before, after)
    start = time.monotonic()
    promised = before.max_length
    goal = longest if promised is None else promised if longest is None else min(longest, promised)
    found = Validation(same=before == after, longest=goal, promised=promised is not None and goal == promised)
    if not found.same:
        _run_all(before, after, found, start + seconds, progress)
        if found.difference is None and not found.complete:
            _prove(before, after, found, time.monotonic() + seconds)
    found.seconds = time.monotonic() - start
    return found


def _check_interfaces(before: Graph, after: Graph) -> None:
    """Check that two programs can be compared: they yield and take the same, and promise and call the same.

    Raises:
        GraphError: if they do not.
    """
    for what, names, others in (("outputs", before.outputs, after.outputs), ("inputs", before.inputs, after.inputs)):
        if set(names) != set(others):
            raise GraphError(f"programs with other {what} cannot be compared: {_named(names)}, and {_named(others)}")
    for name, node in before.inputs.items():
        if node != after.inputs[name]:
            raise GraphError(f"the programs promise other atoms of the input {name}, and cannot be compared")
    if before.max_length != after.max_length:
        lengths = f"{before.max_length}, and {after.max_length}"
        raise GraphError(f"programs that promise other maximum lengths cannot be compared: {lengths}")
    for symbol, function in before.functions.items():
        if after.functions.get(symbol, function) != function:
            raise GraphError(f"the programs call other functions @{symbol}, and cannot be compared")


def _named(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


# Running every input


def _run_all(before: Graph, after: Graph, found: Validation, deadline: float, progress: Tell | None) -> None:
    """Run the programs on all inputs of one length after another, until time is up or there is a difference."""
    unbound = [f"@{symbol}" for symbol in dict.fromkeys((*before.unbound, *after.unbound))]
    if unbound:
        verb = "is" if len(unbound) == 1 else "are"
        found.notes.append(f"{', '.join(unbound)} {verb} not bound, so no inputs were run")
        return
    vocabularies = {name: source["vocab"] for name, source in before.inputs.items()}
    if not all(isinstance(vocab, tuple) for vocab in vocabularies.values()):
        found.notes.append("no inputs were run, since there is no vocabulary")
        return
    for n in range((_LONGEST if found.longest is None else found.longest) + 1):
        rows = [vocab for vocab in vocabularies.values() if isinstance(vocab, tuple) for _ in range(n)]
        tally = Tally(n, math.prod(map(len, rows)))
        write = _writer(vocabularies, n)
        inputs = (write(atoms) for atoms in product(*rows))
        found.difference = _run_length(before, after, inputs, tally, deadline, progress)
        if found.difference is not None:
            return
        if tally.done < tally.size:
            found.partly = tally if tally.done else None
            found.notes.append(f"there was no time to run all {tally.size:,} inputs of length {n}")
            return
        found.tried[n] = tally.size
        found.failing += tally.failing


def _run_length(
    before: Graph, after: Graph, inputs: Iterator[Any], tally: Tally, deadline: float, progress: Tell | None
) -> Difference | None:
    """Run the programs on all inputs of a length, until time is up or there is a difference, which is returned.

    The first inputs of the lengths 0 and 1 are run in any case.
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


def _writer(vocabularies: Mapping[str, object], n: int) -> Callable[[tuple[Atom, ...]], Any]:
    """Return what makes an input of atoms: those of the first sequence, then those of the next."""
    if len(vocabularies) > 1:
        names = list(enumerate(vocabularies))
        return lambda atoms: {name: list(atoms[k * n : (k + 1) * n]) for k, name in names}
    (vocab,) = vocabularies.values()
    assert isinstance(vocab, tuple)
    characters = all(isinstance(atom, str) and len(atom) == 1 for atom in vocab)
    return "".join if characters else list  # type: ignore[return-value]  # these atoms are strings


def _compare(
    before: Executable, after: Executable, inputs: list[Any], tally: Tally, deadline: float
) -> Difference | None:
    """Return the first difference in what both programs yield on ``inputs``; count those that were run."""
    try:
        wanted, got = before.batch(inputs), after.batch(inputs)
    except EvaluationError:  # some input of them fails: they run one by one
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
    """Yield each input on which ``before`` has a result, with that result, and what ``after`` yields, in time."""
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


# The solver


def _prove(before: Graph, after: Graph, found: Validation, deadline: float) -> None:
    """Put the lengths that could not be run to the solver, until time is up."""
    try:
        from raspir.validation.equivalence import always_fails, equivalent
    except ImportError:
        found.notes.append(
            "the solver is not installed (pip install 'raspir[proofs]'), so longer inputs are not covered"
        )
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
            found.notes.append(f"the solver had no time for length {n}")
            return
        found.proved.append(n)
        if always_fails(before, n, deadline - time.monotonic()):
            found.vacuous.append(n)
        if found.partly is not None and n == found.partly.length:
            found.partly = None
