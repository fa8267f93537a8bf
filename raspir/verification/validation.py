"""Translation validation: is this optimised program equal to this program? On all inputs up to some length.

What is checked is one translation and not the optimiser (Pnueli, Siegel and Singerman, TACAS 1998). Inputs of a
vocabulary are tried one and all, as long as there is time; the lengths beyond are put to an SMT solver, which needs
no vocabulary.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from raspir.backends.base import Executable, runner
from raspir.ir import Atom, EvaluationError, Graph, RaspirError
from raspir.ir.atoms import show
from raspir.ir.types import STR, type_of

Tell = Callable[[int, int], None]

_CHUNK = 1 << 15  # inputs that run together
_BY_REFERENCE = 2_000  # inputs of one length up to which the reference backend runs them, and NumPy beyond
_LONGEST = 12  # the length up to which lengths are looked at where nobody says how far


@dataclass(frozen=True)
class Difference:
    """An input on which the programs differ.

    Attributes:
        input: the input; several by name.
        before: what the program yields.
        after: what the optimised program yields; the error where it fails.
    """

    input: Any
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"on {show(self.input)} the program yields {self.before}, and optimised {self.after}"


@dataclass
class Validation:
    """How far two programs are known to be equal.

    Attributes:
        same: whether they are one and the same graph, so that there is nothing to check.
        tried: for each length, of how many inputs each was run.
        failing: on how many of them the program as written fails, so that nothing is promised.
        proved: the lengths at which the solver proved it.
        partly: the length that was begun and not finished, with how many of how many inputs were run.
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
    partly: tuple[int, int, int] | None = None
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
        lines = []
        if self.tried:
            count = sum(self.tried.values())
            fails = f"; the program fails on {self.failing:,} of them, which promises nothing" if self.failing else ""
            lines.append(f"equal on all {count:,} inputs of {_lengths(list(self.tried))}, each of them run{fails}")
        if self.proved:
            lines.append(f"proved equal on all inputs of {_lengths(self.proved)}")
        if self.partly is not None:
            n, done, size = self.partly
            lines.append(f"equal on {done:,} of {size:,} inputs of length {n} ({done / size:.1%}), which were run")
        if not lines:
            lines.append("nothing was covered")
        if self.complete and self.promised:
            lines.append("so on every input that keeps the promises")
        return [*lines, *self.notes, f"in {self.seconds:.1f} s"]

    def to_json(self) -> dict[str, Any]:
        """Return the validation by its parts, for JSON."""
        return {
            "equal": self.difference is None,
            "complete": self.complete,
            "same_graph": self.same,
            "run": {str(n): count for n, count in self.tried.items()},
            "failing": self.failing,
            "proved": self.proved,
            "difference": None if self.difference is None else str(self.difference),
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
        }


def _lengths(lengths: list[int]) -> str:
    return f"length {lengths[0]}" if len(lengths) == 1 else f"lengths {min(lengths)} to {max(lengths)}"


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
        InputError, BackendError: as running the programs does.
    """
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


# Running every input


def _run_all(before: Graph, after: Graph, found: Validation, deadline: float, progress: Tell | None) -> None:
    """Run the programs on all inputs of one length after another, until time is up or there is a difference."""
    vocabularies = {name: source["vocab"] for name, source in before.inputs.items()}
    if not all(isinstance(vocab, tuple) for vocab in vocabularies.values()):
        found.notes.append("no inputs were run, since there is no vocabulary")
        return
    for n in range((_LONGEST if found.longest is None else found.longest) + 1):
        rows = [vocab for vocab in vocabularies.values() if isinstance(vocab, tuple) for _ in range(n)]
        size = 1
        for vocab in rows:
            size *= len(vocab)
        backend = "reference" if size <= _BY_REFERENCE else "numpy"
        pair = [runner(backend).compile(graph) for graph in (before, after)]
        done = 0
        inputs = (_input(vocabularies, atoms, n) for atoms in product(*rows))
        while chunk := list(islice(inputs, _CHUNK)):
            if n > 1 and time.monotonic() > deadline:
                found.partly = (n, done, size) if done else None
                found.notes.append(f"there was no time to run all {size:,} inputs of length {n}")
                return
            _compare(pair[0], pair[1], chunk, found)
            if found.difference is not None:
                return
            done += len(chunk)
            if progress is not None:
                progress(done, size)
        found.tried[n] = size


def _input(vocabularies: Mapping[str, object], atoms: tuple[Atom, ...], n: int) -> Any:
    """Return the input that ``atoms`` write: those of the first sequence, then those of the next."""
    rows = [atoms[k * n : (k + 1) * n] for k in range(len(vocabularies))]
    if len(rows) == 1:
        row = rows[0]
        characters = all(type_of(atom) is STR and len(str(atom)) == 1 for atom in row)
        return "".join(map(str, row)) if characters else list(row)
    return {name: list(row) for name, row in zip(vocabularies, rows, strict=True)}


def _compare(before: Executable, after: Executable, inputs: list[Any], found: Validation) -> None:
    """Compare what both programs yield on ``inputs``."""
    try:
        wanted, got = before.batch(inputs), after.batch(inputs)
    except EvaluationError:  # some input of them fails: they run one by one
        pairs = _one_by_one(before, after, inputs, found)
    else:
        if wanted == got:
            return
        pairs = iter(zip(inputs, wanted, got, strict=True))
    for given, expected, yielded in pairs:
        if expected != yielded:
            found.difference = Difference(given, expected, yielded)
            return


def _one_by_one(
    before: Executable, after: Executable, inputs: list[Any], found: Validation
) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each input on which ``before`` has a result, with that result, and what ``after`` yields."""
    for given in inputs:
        try:
            wanted = before(given)
        except EvaluationError:
            found.failing += 1
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
        from raspir.verification.equivalence import equivalent
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
        if found.partly is not None and n == found.partly[0]:
            found.partly = None
