"""Linear forms: integer combinations of values, the normal form in which sums and differences cancel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd

from raspir.ir import Node
from raspir.ir.lazy import cached_property


class Linear:
    """``constant + Σ coefficient · term``, where terms are integer-valued nodes at the same position.

    Attributes:
        terms: the nonzero coefficient of each term, in order of first occurrence.
        constant: the constant term.
    """

    __slots__ = ("__dict__", "constant", "terms")

    def __init__(self, terms: Mapping[Node, int], constant: int = 0) -> None:
        self.terms = {term: coefficient for term, coefficient in terms.items() if coefficient}
        self.constant = constant

    @cached_property
    def key(self) -> tuple[frozenset[tuple[Node, int]], int]:
        """The identity of the form, independent of the order of its terms."""
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
        """Return ``self / by``, for a ``by`` that divides all coefficients and the constant."""
        return Linear({term: c // by for term, c in self.terms.items()}, self.constant // by)

    @property
    def factor(self) -> int:
        """The greatest common divisor of the coefficients; 0 without terms."""
        return gcd(*self.terms.values())

    @property
    def bits(self) -> int:
        """The largest bit length among the coefficients and the constant."""
        return max(self.constant.bit_length(), *(c.bit_length() for c in self.terms.values()), 0)

    def only(self, kept: Iterable[Node]) -> Linear:
        """Return the form restricted to the terms in ``kept``, without the constant."""
        held = set(kept)
        return Linear({term: c for term, c in self.terms.items() if term in held})

    def without_constant(self) -> Linear:
        """Return the form without its constant."""
        return Linear(self.terms)

    @property
    def term(self) -> Node | None:
        """The term of a form ``term + constant``; ``None`` for any other form."""
        return next(iter(self.terms)) if tuple(self.terms.values()) == (1,) else None

    def is_term(self, node: Node) -> bool:
        """Return whether the form is ``node`` itself."""
        return self.constant == 0 and self.terms == {node: 1}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linear) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return " + ".join([*(f"{c}·{term!r}" for term, c in self.terms.items()), str(self.constant)])
