"""Two programs put to an SMT solver: are they equal on all inputs of one length?"""

from __future__ import annotations

import time
from typing import Any

import z3

from raspir.backends.base import runner
from raspir.ir import EvaluationError, Graph
from raspir.verification.encoding import Encoding
from raspir.verification.shown import Reader
from raspir.verification.solver import Solver
from raspir.verification.tables import tables_of
from raspir.verification.validation import Difference
from raspir.verification.values import FLOATS, WORKS, NoEncodingError, conjunction


def equivalent(before: Graph, after: Graph, n: int, seconds: float) -> bool | str | Difference | None:
    """Return ``True`` if ``after`` equals ``before`` on all inputs of length ``n`` that keep the promises.

    A difference, if the reference backend confirms one that the solver found; why, if the solver cannot say what the
    programs do; ``None`` if there is not enough time.
    """
    start = time.monotonic()
    pairs = [(node, after.outputs[name]) for name, node in before.outputs.items()]
    try:
        encoding = Encoding(n, [node for pair in pairs for node in pair], tables_of(before))
    except NoEncodingError as error:
        return f"the solver was not asked: it has no faithful term for {error}"
    written = encoding.succeeds(*before.outputs.values())
    optimised = encoding.succeeds(*after.outputs.values())
    equal = conjunction([optimised, *(encoding.equal(*pair) for pair in pairs)])
    solver = Solver(seconds - (time.monotonic() - start))
    solver.add(*encoding.held, z3.Or(z3.And(written, z3.Not(equal)), z3.Not(conjunction(encoding.claims))))
    answer = solver.check()
    if answer == z3.unsat:
        return True
    if answer == z3.unknown:
        return None
    return _confirmed(before, after, encoding, solver)


def always_fails(graph: Graph, n: int, seconds: float) -> bool:
    """Return whether the solver shows that ``graph`` has a result on no input of length ``n`` that keeps the promises.

    Then whatever is made of it equals it. ``False`` also says that there was not enough time.

    Raises:
        NoEncodingError: if there is no faithful term for something.
    """
    start = time.monotonic()
    encoding = Encoding(n, list(graph.outputs.values()), tables_of(graph))
    solver = Solver(seconds - (time.monotonic() - start))
    solver.add(*encoding.held, encoding.succeeds(*graph.outputs.values()))
    return bool(solver.check() == z3.unsat)


def _confirmed(before: Graph, after: Graph, encoding: Encoding, solver: Solver) -> str | Difference:
    """Return the difference that the solver's model shows, if both programs, run on it, show it too."""
    if not (before.unbound or after.unbound):
        given = _input(before, encoding, Reader(encoding, solver.model()))
        wanted, got = (_yielded(graph, given) for graph in (before, after))
        if wanted is not None and wanted != got:
            return Difference(given, wanted, "fails" if got is None else got)
    unknown = _unknown(encoding, solver) or ["what it found, as running it does not show it"]
    return f"the solver cannot tell at length {encoding.n}: it does not know {' or '.join(unknown)}"


_UNKNOWN = {
    FLOATS: "how floats round",
    WORKS: "where floats overflow",
    "str.": "what joined strings are",
    "int.": "the bits of larger integers",
}


def _unknown(encoding: Encoding, solver: Solver) -> list[str]:
    """Return what the solver was asked about and could make up, in words."""
    names = _free(solver)
    opaque = {str(node["function"]) for node in encoding.order if node.operation.name in ("map", "select.by")}
    told = [f"what @{symbol} yields" for symbol in sorted(opaque) if any(n.startswith(f"{symbol}.") for n in names)]
    return [words for start, words in _UNKNOWN.items() if any(n.startswith(start) for n in names)] + told


def _free(solver: Solver) -> set[str]:
    """Return the names of the functions that what was asked applies, and of which the solver knows nothing."""
    names: set[str] = set()
    seen: set[int] = set()
    stack = list(solver.assertions())
    while stack:
        term = stack.pop()
        if term.get_id() not in seen:
            seen.add(term.get_id())
            if z3.is_app(term) and term.num_args() and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                names.add(term.decl().name())
            stack.extend(term.children())
    return names


def _input(graph: Graph, encoding: Encoding, reader: Reader) -> Any:
    """Return the input that a model says; what the program does not read may be anything that is promised."""
    rows = {}
    for name, source in graph.inputs.items():
        vocab = source["vocab"]
        anything = [vocab[0] if isinstance(vocab, tuple) else 0] * encoding.n
        rows[name] = reader.atoms(source) if source in encoding.rows else anything
    return next(iter(rows.values()), [0] * encoding.n) if len(rows) < 2 else rows


def _yielded(graph: Graph, given: Any) -> object:
    try:
        return runner("reference").compile(graph)(given)
    except EvaluationError:
        return None
