"""Program construction: a pool of expressions, tagged with known properties of their values."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple, TypeVar

from raspir.frontends.python.embedded import Selector, SOp, indices, key, query, tokens, where
from raspir.frontends.python.expressions import expression
from raspir.ir import Atom

T = TypeVar("T")

WITHIN = {
    "bool": ("bool", "number", "any"),
    "number": ("number", "any"),
    "index": ("index", "number", "any"),
    "uniform": ("uniform", "index", "number", "any"),
    "text": ("text", "any"),
    "any": ("any",),
}
"""For each tag, the tags whose expressions can be used as it: ``index`` is for small integers, ``uniform`` for values
that are equal at all positions, ``text`` for strings alone."""

FLIPPED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
NUMBERS: tuple[Atom, ...] = (0.5, -1.5, 0.0, -0.0, math.inf, -math.inf, True, False, 2**70, 1e308)
OTHERS: tuple[Atom, ...] = (0.5, -1.5, 0.0, -0.0, 1.0, True, False, -1, 2**70, math.inf, "", "_", "a")
"""Defaults of all kinds."""


class Sizes(NamedTuple):
    """Size limits of repetitive idioms.

    Attributes:
        chain: the maximum length of a chain of choices.
        sharing: the maximum depth of doubly used values; the number of paths is two to this power.
    """

    chain: int
    sharing: int


MODERATE, LARGE = Sizes(40, 10), Sizes(400, 40)


def _kind(atom: Atom) -> str:
    return "text" if isinstance(atom, str) else "bool" if isinstance(atom, bool) else "number"


class Maker:
    """A generator of random expressions, which are pooled for reuse.

    Args:
        random: the source of randomness.
        vocab: the atoms that inputs will hold.
        odd: the probability of using something unusual in an idiom, such as strings ordered with numbers.
        allows: returns whether a sequence may be part of the program; ``None`` allows all. Disallowed sequences are not
            pooled, so nothing is built from them.
        sizes: the size limits of repetitive idioms.
    """

    def __init__(
        self,
        random: Random,
        vocab: tuple[Atom, ...],
        odd: float = 0.05,
        allows: Callable[[SOp], bool] | None = None,
        sizes: Sizes = MODERATE,
    ) -> None:
        self.random, self.vocab, self.odd, self.allows, self.sizes = random, vocab, odd, allows, sizes
        self.known: dict[str, list[SOp]] = {tag: [] for tag in WITHIN}
        self.selectors: list[Selector] = []
        self.wanted: list[SOp] = []
        """Expressions to output together."""
        kinds = {_kind(atom) for atom in vocab}
        self.tokens = "text" if kinds == {"text"} else "any" if "text" in kinds else kinds.pop()
        if kinds:
            self.tokens = "number" if self.tokens == "bool" else self.tokens
        self.keep(tokens, self.tokens)
        self.keep(indices, "index")

    # Choices

    def chance(self, probability: float) -> bool:
        """Return true with this probability, for high draws: shrinking lowers draws, and false is simpler."""
        return self.random.random() >= 1 - probability

    def choose(self, *options: Any) -> Any:
        """Return one of ``options``."""
        return self.random.choice(options)

    def one_of(self, *makers: Callable[[], T]) -> T:
        """Return the result of one of ``makers``."""
        return self.random.choice(makers)()

    def twist(self) -> bool:
        """Return whether to do something unusual now."""
        return self.chance(self.odd)

    def keep(self, made: SOp, tag: str, default: Atom | None = None) -> SOp:
        """Pool an expression, if it is allowed; a default that does not fit the tag makes it ``any``."""
        if default is not None and not fits(default, tag):
            tag = "any"
        if self.allows is not None and not self.allows(made):
            return made
        for known in WITHIN[tag]:
            self.known[known].append(made)
        return made

    def pick(self, tag: str) -> SOp:
        """Return a pooled expression tagged ``tag``, with a preference for recent ones."""
        known = self.known[tag]
        if not known or (tag == "bool" and self.chance(0.4)):
            return self.fresh(tag)
        return self.random.choice(known[-3:] if self.chance(0.7) else known[-60:] + known[:2])

    def fresh(self, tag: str) -> SOp:
        """Return a new simple expression tagged ``tag``."""
        if tag == "bool":
            return self.mask()
        if tag == "uniform":
            return self.keep(self.length(), "uniform")
        return tokens.map(as_text) if tag == "text" else indices

    def size(self, most: int) -> int:
        """Return a repetition count: small, or seldom up to ``most``."""
        limits = (4, 4, 15, most) if self.chance(0.3) else (4,)
        high = min(most, self.random.choice(limits))
        return self.random.randint(min(2, high) if high < most else most // 2, high)

    # Scalars

    def small(self) -> int:
        """Return a small integer, preferring zero and one."""
        return int(self.choose(0, 1, 1, 2, 3, -1, -2))

    def atom(self) -> Atom:
        """Return an atom: from the vocabulary, a number, or a string."""
        if self.chance(0.5):
            return self.random.choice(self.vocab)
        other: Atom = self.choose(self.small(), self.small(), self.random.choice(NUMBERS), "a", "_", "")
        return other

    def number(self) -> Atom:
        """Return a number, mostly a small integer."""
        return self.random.choice(NUMBERS) if self.twist() else self.small()

    def default(self, of: str) -> Atom:
        """Return a default for an aggregate of values tagged ``of``."""
        if self.chance(0.5):
            return 0
        if self.chance(0.2):
            return self.other()
        return self.choose("_", "0", self.random.choice(self.vocab)) if of in ("text", "any") else self.number()

    def other(self) -> Atom:
        """Return a default of any kind."""
        return self.random.choice(OTHERS)

    # Sequences for idioms

    def length(self) -> SOp:
        """Return the length of the input, in one of several equivalent forms."""
        ones: Any = self.choose(1, 1, 1, True, where(True, 1, 0), where(indices >= 0, 1, 0))
        return self.everywhere().value(ones)

    def everywhere(self) -> Selector:
        """Return the selector of all positions."""
        return self.one_of(
            lambda: key(1) == query(1),
            lambda: key(1) == query(1),
            lambda: key(indices) >= query(0),
            lambda: ~(key(indices) < query(0)),
            lambda: (key(indices) <= query(indices)) | (key(indices) > query(indices)),
        )

    def mask(self) -> SOp:
        """Return a condition on each position."""
        made = self.one_of(
            lambda: tokens == self.random.choice(self.vocab),
            lambda: tokens == self.random.choice(self.vocab),
            lambda: tokens != self.random.choice(self.vocab),
            lambda: tokens.has(self.random.sample(self.vocab, self.random.randint(0, len(self.vocab)))),
            lambda: self.compare(self.comparison(), self.pick("index"), self.small()),
            lambda: self.compare(self.comparison(), self.pick("number"), self.pick("number")),
            lambda: self.compare(
                self.comparison() if self.chance(0.3) else self.choose("eq", "ne"), self.pick("any"), self.pick("any")
            ),
        )
        return self.keep(made, "bool")

    def comparison(self) -> str:
        """Return the name of a comparison."""
        return self.random.choice(tuple(FLIPPED))

    def compare(self, comparison: str, a: SOp, b: Any) -> SOp:
        """Return the comparison of ``a`` with ``b``."""
        return expression(SOp, comparison, (a, b if isinstance(b, SOp) else constant(b)))

    def ordered(self) -> tuple[SOp, str]:
        """Return values of an ordered kind, and their tag."""
        if self.tokens == "text" and self.chance(0.5):
            return self.pick("text"), "text"
        tag = "any" if self.chance(0.2) else self.choose("number", "index", "index")
        return self.pick(tag), tag

    def values(self) -> tuple[SOp, str]:
        """Return values of any kind, and their tag."""
        tag = self.choose("number", "index", "any", "bool", *[self.tokens] * 2)
        return self.pick(tag), tag

    def numeric(self) -> SOp:
        """Return summable values."""
        return self.one_of(
            lambda: constant(1),
            lambda: self.pick("bool"),
            lambda: self.pick("bool"),
            lambda: where(self.pick("bool"), 1, 0),
            lambda: where(self.pick("bool"), self.pick("index"), self.small()),
            lambda: self.pick("index"),
            lambda: self.pick("number"),
        )

    # Selectors for idioms, each in one of several equivalent forms

    def select(self, comparison: str, keys: Any, queries: Any, ordered: bool = True) -> Selector:
        """Return the selector of a comparison, sometimes as a negation or a combination of two others."""
        if self.twist():
            comparison = self.comparison()
            ordered = True
        a = keys if isinstance(keys, SOp) else constant(keys)
        b = queries if isinstance(queries, SOp) else constant(queries)

        def plain(comparison: str) -> Selector:
            return expression(Selector, f"select.{comparison}", (a, b))

        style = 1 - self.random.random()  # low draws, which shrinking favors, give the plain form
        if style < 0.12:
            return ~plain(OPPOSITE[comparison])
        if style < 0.2 and ordered:
            if comparison in ("le", "ge"):
                return plain(comparison[0] + "t") | plain("eq")
            if comparison in ("lt", "gt"):
                return plain(comparison[0] + "e") & plain("ne")
            return plain("le") & plain("ge") if comparison == "eq" else plain("lt") | plain("gt")
        if style < 0.24:
            return plain(comparison) & self.everywhere()
        return self.kept(plain(comparison))

    def kept(self, selector: Selector) -> Selector:
        """Pool a selector, if its width is allowed."""
        if self.allows is not None and not self.allows(selector.value(1)):
            return selector
        self.selectors.append(selector)
        return selector

    def span(self) -> Selector:
        """Return a selector of the positions on one side, or in a window."""
        name = self.choose("lt", "le", "gt", "ge", "lt", "le")
        style = self.random.random()
        if style < 0.6:
            return self.select(name, indices, indices)
        if style < 0.75:  # off by one position, with the other comparison
            shifted = {"lt": ("le", -1), "le": ("lt", 1), "gt": ("ge", 1), "ge": ("gt", -1)}
            other, by = shifted[name]
            if self.chance(0.5):
                return self.select(other, indices, indices + by)
            return self.select(other, indices - by, indices)
        if style < 0.85:
            return self.select(name, indices, indices + self.small())
        window = self.select("ge", indices, indices - self.random.randint(0, 3))
        return window & self.select("le", indices, indices + self.random.randint(0, 2))

    def same(self, of: SOp) -> Selector:
        """Return the selector of the positions with an equal value."""
        return self.select("eq", of, of, ordered=False)

    def both(self, a: Selector, b: Selector) -> Selector:
        """Return the conjunction of two selectors, in one of several equivalent forms."""
        if self.twist():
            return self.kept(a | b)
        return self.one_of(lambda: a & b, lambda: a & b, lambda: b & a, lambda: ~(~a | ~b))

    def asked(self, mask: SOp) -> Selector:
        """Return the selector of all positions in the rows where ``mask`` holds."""
        return self.one_of(
            lambda: key(True) == query(mask),
            lambda: ~(key(False) == query(mask)),
            lambda: key(1) <= query(where(mask, 1, 0)),
        )

    def on(self, mask: SOp) -> Selector:
        """Return the selector of the positions where ``mask`` holds."""
        return self.one_of(
            lambda: key(mask) == query(True),
            lambda: key(mask) == query(True),
            lambda: key(mask) != query(False),
            lambda: key(where(mask, 1, 0)) == query(1),
            lambda: ~(key(mask) == query(False)),
        )


def fits(default: Atom, tag: str) -> bool:
    """Return whether values tagged ``tag`` keep the tag with ``default`` among them."""
    if tag == "text":
        return isinstance(default, str)
    if tag == "bool":
        return isinstance(default, bool)
    return tag == "any" or (not isinstance(default, str) and (tag != "index" or type(default) is int))


def constant(value: Atom) -> SOp:
    """Return a constant expression."""
    return expression(SOp, "const", attributes=(value,))


# Functions for map and select: pure, and importable by name so that they can be pickled


def as_text(atom: Atom) -> str:
    """Return the atom's ``str``."""
    return str(atom)


def code(atom: Atom) -> int:
    """Return a number for any atom."""
    return sum(map(ord, atom)) % 7 - 2 if isinstance(atom, str) else int(min(max(atom, -3), 4))


def is_odd(atom: Atom) -> bool:
    """Return whether the atom's number is odd."""
    return code(atom) % 2 == 1


def label(atom: Atom) -> str:
    """Return one of three letters."""
    return "ab_"[code(atom) % 3]


def halved(atom: Atom) -> float:
    """Return half the atom's number."""
    return code(atom) / 2


def near(a: Atom, b: Atom) -> bool:
    """Return whether the atoms' numbers are near each other."""
    return abs(code(a) - code(b)) < 2


def earlier(a: Atom, b: Atom) -> bool:
    """Return whether one atom's number is less than the other's."""
    return code(a) < code(b)


def always(a: Atom, b: Atom) -> bool:
    """Return true."""
    return True


def less(a: Atom, b: Atom) -> bool:
    """Return whether one atom is less than the other; fail on a number and a string."""
    return bool(operator.lt(a, b))


MAPS: dict[Callable[..., Any], str] = {
    as_text: "text", code: "index", is_odd: "bool", label: "text", halved: "number"
}  # fmt: skip
PREDICATES = (near, earlier, always, less)
