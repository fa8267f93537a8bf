"""Proof cases of the pass fuse, run as a whole: tables for elementwise work on few atoms."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.ir.types import ATOM, INT, NONE, NUMBER
from raspir.passes.fuse import Fuse
from raspir.rewriting import columns
from raspir.testing.proofs.cases.rules import WholePass
from raspir.testing.proofs.leaves import INDICES, among, leaf, make, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

FUSE = WholePass(Fuse(), "fuse", "elementwise work on one value of few atoms is a table of that value", exact=True)
A, B = (leaf(name, INT, (0, 1, 2, -3, 7)) for name in "ab")
N = leaf("n", NUMBER, (1, True, 1.0, 0.5, 3))
X, Y, P = leaf("x", ATOM), leaf("y", ATOM), leaf("p", INT | NONE, (None, 1, 2))
DIGIT, OTHER = leaf("digit", INT, (0, 1, 2)), leaf("other", INT, (0, 1, 2))
S = some_selector("S", INDICES, INDICES)


MUTATION = GuardMutation(
    "all depends on one value",
    make("add", make("mul", make("abs", DIGIT), 2), make("neg", OTHER)),
    [(columns, "_is_one_root", always(True))],
)


def _cases() -> Iterator[ProofCase]:
    """Yield chains and meshes on values of few atoms, known from side conditions or from the program."""
    letters, digits = among(X, "x", ("a", "b", "c")), among(A, "a", (0, 1, 2))
    known = among(N, "n", (1, True, 1.0, 0.5))
    less = make("lt", A, B)
    fetched = make("best", S, X, Y, pick="highest", ties="left", default="a")
    for text, node, *conditions in (
        ("a chain", make("mul", make("add", make("mul", A, 2), 1), 3), digits),
        ("a mesh", make("sub", make("mul", A, A), make("neg", make("add", A, 5))), digits),
        ("a membership and a choice", make("where", make("has", X, values=("a", "b")), 1, make("eq", X, "c")), letters),
        ("atoms of several kinds", make("add", make("round", make("neg", N)), 1), known),
        ("tables of tables", make("abs", make("lookup", X, keys=("a", "c"), values=(-1, -2), otherwise=3)), letters),
        ("a partial operation", make("gt", make("add", make("abs", X), 1), 2), among(X, "x", (-2, "a", 0, 1))),
        ("a negated comparison", make("not", make("eq", make("mod", A, 2), 1)), digits),
        ("the truth of a comparison", make("add", make("mul", make("where", less, 2, 3), 4), 1)),
        ("a fetched value", make("add", make("where", make("has", fetched, values=("b", "d")), 1, 2), 1), letters),
        (
            "missing values",
            make("where", make("eq", make("add", P, 1, none="skip"), None), 5, P),
            among(P, "p", (None, 1)),
        ),
        ("of a sum of one table", total(S, make("add", make("mul", A, 2), 1)), digits),
    ):
        yield FUSE.case(text, node, *conditions)
    functions = {"f": lambda atom: atom * 2, "g": len}
    vocabulary = leaf("x", ATOM, ("a", "b", "ccc"))
    calls = make("add", make("map", make("map", vocabulary, function="f"), function="g"), 1)
    yield FUSE.case("opaque functions", calls, among(vocabulary, "x", ("a", "b")), functions=functions)


RULES = (FUSE.provable(*_cases(), mutations=[MUTATION]),)
