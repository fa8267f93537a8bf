"""Shared helpers for tests of proved rules: proof cases, and their counterexamples on the reference backend."""

from ast import literal_eval
from collections.abc import Iterable
from contextlib import AbstractContextManager
from unittest import mock

from raspir.ir import EvaluationError, Graph, Node, arithmetic, build
from raspir.ir.atoms import atom_key, show
from raspir.ir.graph import topological
from raspir.ir.types import INT, SELECTOR
from raspir.runtime.reference import steps
from raspir.testing.proofs.leaves import leaf
from raspir.testing.proofs.proving import Condition, GuardMutation, ProofCase, Provable, dropped, proved, refuted
from raspir.validation.counterexamples import Counterexample

SECONDS = 30


def cases(rules: Iterable[Provable]) -> list[ProofCase]:
    return [case for rule in rules for case in rule.cases]


def name(case: ProofCase) -> str:
    return f"{case.rule}: {case.text}"


def by_rule(case: "ProofCase | Needed") -> str:
    """Return the rule of a case, or of the case that has a condition or a guard."""
    return (case[0] if isinstance(case, tuple) else case).rule


def holds(case: ProofCase, longest: int) -> None:
    """Check that a case is proved at all lengths up to one, or up to the longest that it allows."""
    verdict = proved(case, longest, SECONDS)
    assert verdict.counterexample is None, f"{case.text}: {verdict.counterexample}"
    assert verdict.unknown is None, case.text
    last = longest if case.most is None else min(longest, case.most)
    assert verdict.lengths == tuple(range(last + 1)), case.text


Needed = tuple[ProofCase, Condition | GuardMutation]
"""A condition of a case, or a guard of its rule."""


def all_needed(rules: Iterable[Provable]) -> list[Needed]:
    """Return each condition and each guard of each rule, with the first case that has it."""
    found = {(case.rule, needed.text): (case, needed) for case in reversed(cases(rules)) for needed in case.assumptions}
    return list(found.values())[::-1]


def needed_name(needed: Needed) -> str:
    case, what = needed
    return f"{name(case)}, if not: {what.text}"


def is_needed(needed: Needed) -> bool:
    """Check that a rewrite is wrong without a condition or a guard; return whether the reference confirms it."""
    case, what = needed
    found = refuted(case, what, 3, SECONDS).counterexample
    assert found is not None, what.text
    assert found.length <= 3, str(found)
    return found.real and confirmed(case, *dropped(case, what), found)


def confirmed(case: ProofCase, before: Node, after: list[Node], example: Counterexample) -> bool:
    """Check that the reference yields what the solver says, and return whether it can say that exactly."""
    try:
        inputs = {name: list(map(literal_eval, row)) for name, row in example.inputs.items() if name[0] != "@"}
        results = [] if before.type is SELECTOR else list(map(literal_eval, example.before))
    except ValueError:  # a string that the program does not name, of which only the place in the order is known
        return False
    operations = {each.operation.name for root in (before, *after) for each in topological([root])}
    if "select.by" in operations and None in (example.before, example.after):
        return False  # where a predicate fails is left open
    with limited(example):
        expected, *found = (_run(case, root, inputs, example) for root in (before, *after))
    assert expected is not None, str(example)
    is_open = any(_uninterpreted(case, root) for root in (before, *after))
    if (
        is_open
        or "mean" in operations
        or any(isinstance(atom, float) for row in (*inputs.values(), results) for atom in row)
    ):
        return any(each != expected for each in found)  # what floats and opaque functions yield is left open
    assert expected == example.before, str(example)
    assert example.after in found, str(example)
    return True


def limited(example: Counterexample) -> AbstractContextManager[object]:
    """Have integers fail from the limit of a counterexample on, which is one that it can show."""
    bits = arithmetic.MOST_BITS if example.limit is None else example.limit.bit_length() - 1
    return mock.patch.object(arithmetic, "MOST_BITS", bits)


def _run(case: ProofCase, root: Node, inputs: dict[str, list], example: Counterexample) -> list[str] | None:
    """Return what a program yields, as the solver shows it; ``None`` where it fails."""
    opaque = [each for each in topological([root]) if each.operation.name == "select.by"]
    functions = {each["function"]: _predicate(case, each, inputs, example) for each in opaque}
    functions |= dict.fromkeys(_uninterpreted(case, root), _chosen)
    if root.type is SELECTOR:
        values = build("raw", values=tuple(2**j for j in range(example.length)))
        numbers = _values(case, build("sum", root, values, default=0), inputs, example, functions)
        return numbers and ["".join(str(number >> j & 1) for j in range(example.length)) for number in numbers]
    found = _values(case, root, inputs, example, functions)
    return found and [show(atom) for atom in found]


def _predicate(case: ProofCase, select: Node, inputs: dict[str, list], example: Counterexample):
    """Return the opaque predicate that the solver has chosen."""
    keys, queries = (_values(case, operand, inputs, example, {}) for operand in select.operands)
    rows = example.inputs[f"@{select['function']}"]
    chosen = {
        (atom_key(key), atom_key(query)): entry == "1"
        for query, row in zip(queries, rows, strict=True)
        for key, entry in zip(keys, row, strict=True)
    }
    return lambda key, query: chosen[atom_key(key), atom_key(query)]


def _uninterpreted(case: ProofCase, root: Node) -> set[str]:
    """Return the opaque functions of a program whose values the solver chooses."""
    return {each["function"] for each in topological([root]) if each.operation.name == "map"} - case.functions.keys()


def _chosen(*atoms):
    """Stand for an opaque function, which may yield anything."""
    return "chosen"


def _values(case: ProofCase, root: Node, inputs: dict[str, list], example: Counterexample, predicates: dict):
    graph = Graph({"result": root}, [leaf("length", INT)], functions={**predicates, **case.functions})
    try:
        return dict(steps(graph, {"length": [0] * example.length, **inputs}))[root]
    except EvaluationError:
        return None
