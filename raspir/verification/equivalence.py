"""Two programs put to an SMT solver: are they equal on all inputs of one length?"""

from __future__ import annotations

import time
from typing import Any

import z3

from raspir.backends.base import runner
from raspir.ir import EvaluationError, Graph
from raspir.verification.encoding import Encoding
from raspir.verification.shown import Reader
from raspir.verification.tables import tables_of
from raspir.verification.validation import Difference
from raspir.verification.values import NoEncodingError, conjunction


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
    solver = z3.Solver()
    solver.add(*encoding.held, z3.Or(z3.And(written, z3.Not(equal)), z3.Not(conjunction(encoding.claims))))
    solver.set("timeout", max(1, int(1000 * (seconds - (time.monotonic() - start)))))
    answer = solver.check()
    if answer == z3.unsat:
        return True
    if answer == z3.unknown:
        return None
    return _confirmed(before, after, encoding, solver.model())


def _confirmed(before: Graph, after: Graph, encoding: Encoding, model: z3.ModelRef) -> str | Difference:
    """Return the difference that a model shows, if both programs, run on it, show it too."""
    given = _input(before, encoding, Reader(encoding, model))
    wanted, got = (_yielded(graph, given) for graph in (before, after))
    if wanted is not None and wanted != got:
        return Difference(given, wanted, "fails" if got is None else got)
    return f"the solver cannot tell at length {encoding.n}: it does not know what rounding or an opaque function yields"


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
