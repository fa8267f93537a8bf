"""Expressions: the nodes that compute what a function computes, and fail only where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from raspir.ir import Node, build
from raspir.ir.atoms import FAILED
from raspir.ir.node import operands_of
from raspir.ir.types import BOOL
from raspir.ir.views import Const
from raspir.ir.walks import computed, postorder
from raspir.passes.recognize.failures import Kinds, Typing
from raspir.passes.recognize.purity import OpaqueError
from raspir.passes.recognize.recording import Branch, Leaf, Tree
from raspir.passes.recognize.samples import TOO_LARGE, constants_in, outcomes, rows_of

_AT_ONCE = 12  # samples evaluated together, of which one usually succeeds


def expression(tree: Tree, kinds: Kinds, is_predicate: bool = False) -> Node:
    """Return the value of a function of parameters of these kinds; of a predicate, only its truth matters.

    Raises:
        OpaqueError: if it would not fail on the same atoms as the function.
    """
    return _value(tree, kinds, frozenset(), is_predicate)


def _value(tree: Tree, kinds: Kinds, ran: frozenset[Node], is_predicate: bool) -> Node:
    """Return the value of ``tree`` for parameters of these kinds on which the operations ``ran`` succeed."""
    if isinstance(tree, Leaf):
        typing, used = Typing(kinds), ran.union(reached([tree.result]))
        if any(typing.may_fail(node) for node in tree.ran if node not in used):
            raise OpaqueError("it does not use all that it computes, which may fail")
        typing.require_atoms([tree.result], [tree.result] if is_predicate else [])
        return tree.result
    ran = ran.union(reached([tree.condition]))
    kinds = Typing(kinds).narrowed(tree.ran)
    Typing(kinds).require_atoms([tree.condition], [tree.condition])
    then, otherwise = (
        _guarded(_value(side, kinds, ran, is_predicate), tree, side, kinds, ran) for side in (tree.then, tree.otherwise)
    )
    return choice(tree.condition, then, otherwise)


def _guarded(value: Node, branch: Branch, side: Tree, kinds: Kinds, ran: frozenset[Node]) -> Node:
    """Return the value of one side of a branch, computed on constants where the other side is taken, if it may fail."""
    typing = Typing(kinds)
    if not any(typing.may_fail(node) for node in reached(_roots(side)) if node not in ran):
        return value
    guards = {}
    for parameter, constant in harmless(value, kinds).items():
        either = (parameter, constant) if side is branch.then else (constant, parameter)
        guards[parameter] = build("where", branch.condition, *either)
    return substituted(value, guards)


def harmless(value: Node, kinds: Kinds) -> dict[Node, Node]:
    """Return constants for the parameters, of these kinds, for which ``value`` does not fail.

    Raises:
        OpaqueError: if it fails on all samples.
    """
    rows = rows_of(list(kinds.values()), constants_in([value]))
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        for row, outcome in zip(some, outcomes(value, list(kinds), some), strict=True):
            if outcome is not FAILED and outcome is not TOO_LARGE:
                return dict(zip(kinds, (build("const", value=atom) for atom in row), strict=True))
    raise OpaqueError("it fails, or one of its branches does, on every sample")


def _roots(tree: Tree) -> Iterator[Node]:
    """Yield the conditions and results of a tree."""
    if isinstance(tree, Leaf):
        yield tree.result
    else:
        yield tree.condition
        yield from _roots(tree.then)
        yield from _roots(tree.otherwise)


def reached(roots: Iterable[Node]) -> dict[Node, None]:
    """Return ``roots`` and all that they are computed from."""
    seen: dict[Node, None] = {}
    for root in roots:
        for node in postorder(root, operands_of, seen):
            seen[node] = None
    return seen


def choice(condition: Node, a: Node, b: Node) -> Node:
    """Return ``a`` where the condition is true, else ``b``, as logic where all are booleans."""
    if a is b:
        return a
    if condition.type is BOOL and a.type is BOOL and b.type is BOOL:
        if isinstance(a, Const):
            joined = _negated(condition, not a.value), "or" if a.value else "and", b
        elif isinstance(b, Const):
            joined = _negated(condition, bool(b.value)), "or" if b.value else "and", a
        else:
            return build("where", condition, a, b)
        side, operation, other = joined
        if isinstance(other, Const):  # where(c, True, False), and the reverse
            return side
        return build(operation, side, other)
    return build("where", condition, a, b)


def _negated(condition: Node, negate: bool) -> Node:
    return build("not", condition) if negate else condition


def substituted(root: Node, replacements: Mapping[Node, Node], none: str | None = None) -> Node:
    """Return ``root`` with nodes replaced, and with another treatment of ``None`` in all operations, if given.

    Raises:
        GraphError: if an operation always fails.
    """
    new = dict(replacements)

    def rebuilt(node: Node) -> Node:
        attributes = node.named_attributes
        if none is not None and "none" in attributes:
            attributes["none"] = none
        return build(node.operation.name, *(new[operand] for operand in node.operands), **attributes)

    return computed(root, operands_of, rebuilt, new)
