"""Linear forms: integer combinations of values, the lattice in which sums and differences cancel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd

from raspir.ir import Node
from raspir.ir.lazy import cached_property


class Linear:
    """``constant + Σ coefficient · term``, where terms are integer-valued nodes at one and the same position.

    Attributes:
        terms: the coefficient of each term, none of them zero, in the order in which they were met.
        constant: an integer.
    """

    __slots__ = ("__dict__", "constant", "terms")

    def __init__(self, terms: Mapping[Node, int], constant: int = 0) -> None:
        self.terms = {term: coefficient for term, coefficient in terms.items() if coefficient}
        self.constant = constant

    @cached_property
    def key(self) -> tuple[frozenset[tuple[Node, int]], int]:
        """What two equal forms share, whatever the order of their terms."""
        return frozenset(self.terms.items()), self.constant

    def plus(self, other: Linear, times: int = 1) -> Linear:
        """Return ``self + times · other``."""
        terms = dict(self.terms)
        for term, coefficient in other.terms.items():
            terms[term] = terms.get(term, 0) + times * coefficient
        return Linear(terms, self.constant + times * other.constant)

    def scaled(self, times: int) -> Linear:
        """Return ``times · self``."""
        return Linear({term: times * c for term, c in self.terms.items()}, times * self.constant)

    def divided(self, by: int) -> Linear:
        """Return the form that is ``self`` when multiplied by ``by``, which divides all of it."""
        return Linear({term: c // by for term, c in self.terms.items()}, self.constant // by)

    @property
    def factor(self) -> int:
        """The greatest integer that divides the coefficients of all terms; 0 where there are no terms."""
        return gcd(*self.terms.values())

    @property
    def bits(self) -> int:
        """How many bits the longest of its integers has."""
        return max(self.constant.bit_length(), *(c.bit_length() for c in self.terms.values()), 0)

    def only(self, kept: Iterable[Node]) -> Linear:
        """Return the terms among ``kept``, without the constant."""
        held = set(kept)
        return Linear({term: c for term, c in self.terms.items() if term in held})

    def without_constant(self) -> Linear:
        """Return the terms alone."""
        return Linear(self.terms)

    def is_term(self, node: Node) -> bool:
        """Return whether the form is ``node`` itself."""
        return self.constant == 0 and self.terms == {node: 1}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linear) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return " + ".join([*(f"{c}·{term!r}" for term, c in self.terms.items()), str(self.constant)])
