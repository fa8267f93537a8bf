"""The building blocks of the programs of proof cases: symbolic leaves, and side conditions on them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import z3

from raspir.analysis import selectors
from raspir.analysis.domains import Domain
from raspir.ir import Atom, Node, build
from raspir.ir import make as unchecked
from raspir.ir.atoms import show
from raspir.ir.operations import OPERATIONS
from raspir.ir.types import INT, Type
from raspir.testing.proofs.proving import Condition
from raspir.validation import values
from raspir.validation.encoding import Encoding
from raspir.validation.values import conjunction, disjunction


def leaf(name: str, kinds: Type, vocab: tuple[Atom, ...] | None = None) -> Node:
    """Return a symbolic sequence of atoms of these kinds, or of those in ``vocab``."""
    return unchecked(OPERATIONS["input"], (), (name, vocab), kinds)


def const(value: Atom) -> Node:
    """Return a constant."""
    return build("const", value=value)


def make(name: str, /, *operands: Node | Atom, **attributes: Any) -> Node:
    """Return an operation on nodes and constants."""
    return build(name, *(each if isinstance(each, Node) else const(each) for each in operands), **attributes)


def select(comparison: str, key: Node | Atom, query: Node | Atom) -> Node:
    """Return ``key[j] comparison query[i]``."""
    return make(f"select.{comparison}", key, query)


def total(selector: Node, value: Node | Atom, default: Atom = 0) -> Node:
    """Return the sum of the selected values."""
    return make("sum", selector, value, default=default)


INDICES = build("indices")
EVERYTHING = select("eq", 1, 1)
LENGTH = total(EVERYTHING, 1)


def some_selector(name: str, key: Node, query: Node) -> Node:
    """Return an arbitrary selector, as an opaque predicate of two sequences that should be leaves."""
    return build("select.by", key, query, function=name)


def uniform(node: Node, name: str) -> Condition:
    """Assume that a sequence is uniform."""

    def formula(encoding: Encoding) -> values.Term:
        return conjunction(values.same(a, b) for a, b in pairwise(encoding.rows[node]))

    return Condition(f"{name} is the same everywhere", formula, {node: {"uniform": True, "position_computable": True}})


def of_kinds(node: Node, name: str, kinds: Type) -> Condition:
    """Assume that a sequence, whose type may allow more, holds atoms of these kinds only."""

    def formula(encoding: Encoding) -> values.Term:
        return conjunction(value.when(kinds) for value in encoding.rows[node])

    return Condition(f"{name} holds {kinds} alone", formula, {node: {"domain": Domain(kinds)}})


def among(node: Node, name: str, atoms: tuple[Atom, ...]) -> Condition:
    """Assume that a sequence, whose type may allow more, holds these atoms only."""

    def formula(encoding: Encoding) -> values.Term:
        held = [encoding.strings.const(atom) for atom in atoms]
        return conjunction(disjunction(values.same(value, atom) for atom in held) for value in encoding.rows[node])

    domain = Domain.of(atoms)
    texts = tuple(atom for atom in atoms if isinstance(atom, str))
    return Condition(f"{name} is {' or '.join(map(show, atoms))}", formula, {node: {"domain": domain}}, texts)


BELOW_THE_LIMIT = Condition("no integer is too large", lambda encoding: values.UNLIMITED)
"""No product or quotient exceeds the limit on integers, :data:`~raspir.ir.arithmetic.MOST_BITS`; no rule checks it."""


def selects(node: Node, name: str, everything: bool) -> Condition:
    """Assume that a selector selects everything, or that it selects nothing."""

    def formula(encoding: Encoding) -> values.Term:
        entries = [entry for row in encoding.matrices[node] for entry in row]
        return conjunction(entry if everything else z3.Not(entry) for entry in entries)

    known = selectors.EVERYTHING if everything else selectors.NOTHING
    return Condition(f"{name} selects {'everything' if everything else 'nothing'}", formula, {node: {"formula": known}})


def within(node: Node, name: str, low: int, high: int) -> Condition:
    """Assume that a sequence of integers lies between two inclusive bounds."""

    def formula(encoding: Encoding) -> values.Term:
        return conjunction(z3.And(value.number >= low, value.number <= high) for value in encoding.rows[node])

    facts = {node: {"domain": Domain.range(INT, low, high)}}
    return Condition(f"{low} <= {name} <= {high}", formula, facts)
