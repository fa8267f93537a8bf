"""Equivalence checking of two programs on all inputs of one length by an SMT solver."""

from __future__ import annotations

import time
from typing import Any

import z3

from raspir.backends.base import runner
from raspir.ir import EvaluationError, Graph
from raspir.ir.views import Map, SelectBy
from raspir.runtime.interrupts import held_back
from raspir.validation.counterexamples import Reader
from raspir.validation.difference import Difference
from raspir.validation.encoding import Encoding
from raspir.validation.solver import Solver
from raspir.validation.tables import tables_of
from raspir.validation.values import (
    BITS,
    FITS,
    FLOATS,
    JOINED,
    LIMIT,
    READ,
    WORKS,
    NoEncodingError,
    conjunction,
    names_in,
)


@held_back()
def equivalent(before: Graph, after: Graph, n: int, seconds: float) -> bool | str | Difference | None:
    """Return ``True`` if ``after`` equals ``before`` on all inputs of length ``n`` that satisfy the assumptions.

    Otherwise, return a difference that the reference backend confirms; the reason, if the encoding is too coarse to
    decide; or ``None`` on a timeout.
    """
    start = time.monotonic()
    pairs = [(node, after.outputs[name]) for name, node in before.outputs.items()]
    try:
        encoding = Encoding(n, [node for pair in pairs for node in pair], tables_of(before))
    except NoEncodingError as error:
        return f"the solver was not run: there is no faithful encoding of {error}"
    written = encoding.succeeds(*before.outputs.values())
    optimized = encoding.succeeds(*after.outputs.values())
    equal = conjunction([optimized, *(encoding.equal(*pair) for pair in pairs)])
    solver = Solver(seconds - (time.monotonic() - start))
    wrong = z3.Or(z3.And(written, z3.Not(equal)), z3.Not(conjunction(encoding.claims)))
    solver.add(*encoding.held, wrong)
    answer = solver.check()
    if answer == z3.unsat:
        return True
    if answer == z3.unknown:
        return None
    return _confirmed(before, after, encoding, solver) or _unknown(encoding, names_in([wrong]))


@held_back()
def always_fails(graph: Graph, n: int, seconds: float) -> bool:
    """Return whether ``graph`` provably fails on every input of length ``n`` that satisfies the assumptions.

    Any transformation of such a graph is vacuously correct. ``False`` may also be due to a timeout.

    Raises:
        NoEncodingError: if a construct has no faithful encoding.
    """
    start = time.monotonic()
    encoding = Encoding(n, list(graph.outputs.values()), tables_of(graph))
    solver = Solver(seconds - (time.monotonic() - start))
    solver.add(*encoding.held, encoding.succeeds(*graph.outputs.values()))
    return bool(solver.check() == z3.unsat)


def _confirmed(before: Graph, after: Graph, encoding: Encoding, solver: Solver) -> Difference | None:
    """Return the difference in the solver's model, if running both programs on its input confirms it."""
    if before.unbound or after.unbound:
        return None
    given = _input(before, encoding, Reader(encoding, solver.model()))
    wanted, got = (_yielded(graph, given) for graph in (before, after))
    return Difference(given, wanted, "fails" if got is None else got) if wanted is not None and wanted != got else None


_UNKNOWN = {
    FLOATS: "how floats round",
    WORKS: "where floats overflow",
    JOINED: "what joined strings are",
    FITS: "which strings are too long",
    READ: "how strings and numbers are converted",
    BITS: "the bits of larger integers",
    LIMIT.decl().name(): "which integers are too large",
}
"""The uninterpreted parts of the encoding, by the prefixes of their names."""


def _unknown(encoding: Encoding, names: set[str]) -> str:
    """Return why the solver cannot decide: the uninterpreted parts of the encoding, in words."""
    opaque = {node.function for node in encoding.order if isinstance(node, Map | SelectBy)}
    unknown = [words for start, words in _UNKNOWN.items() if any(name.startswith(start) for name in names)]
    unknown += [
        f"what @{symbol} yields" for symbol in sorted(opaque) if any(name.startswith(f"{symbol}.") for name in names)
    ]
    if not unknown:
        return f"running the solver's counterexample of length {encoding.n} does not confirm it"
    return f"the solver cannot decide length {encoding.n}: it does not know {' or '.join(unknown)}"


def _input(graph: Graph, encoding: Encoding, reader: Reader) -> Any:
    """Return the input of a model; inputs that the programs do not read are arbitrary within their vocabulary."""
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
