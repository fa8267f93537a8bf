"""Program construction: a pool of expressions, tagged with known properties of their values."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple, TypeVar

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import (
    MissingMode,
    Selector,
    SOp,
    apply,
    indices,
    key,
    query,
    select,
    tokens,
    where,
)
from raspir.ir import Atom
from raspir.testing.functions import (
    ALONE,
    PREDICATES,
    TOGETHER,
    Known,
    as_text,
    code,
    coded,
    paired,
    ranked,
    same_number,
    same_second,
    second,
    second_up_to,
    swapped,
)

T = TypeVar("T")

WITHIN = {
    "bool": ("bool", "number", "any"),
    "number": ("number", "any"),
    "index": ("index", "number", "any"),
    "uniform": ("uniform", "index", "number", "any"),
    "text": ("text", "any"),
    "missing": ("missing", "any"),
    "any": ("any",),
}
"""For each tag, the tags whose expressions can be used as it: ``index`` is for small integers, ``uniform`` for values
that are equal at all positions, ``text`` for strings alone, ``missing`` for numbers and ``None``."""

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
    if atom is None:
        return "missing"
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
        missing: whether values may be ``None``.
    """

    def __init__(
        self,
        random: Random,
        vocab: tuple[Atom, ...],
        odd: float = 0.05,
        allows: Callable[[SOp], bool] | None = None,
        sizes: Sizes = MODERATE,
        missing: bool = False,
    ) -> None:
        self.random, self.vocab, self.odd, self.allows, self.sizes = random, vocab, odd, allows, sizes
        self.missing = missing
        self.known: dict[str, list[SOp]] = {tag: [] for tag in WITHIN}
        self.selectors: list[Selector] = []
        self.wanted: list[SOp] = []
        """Expressions to output together."""
        self.tokens = _common({_kind(atom) for atom in vocab})
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

    def keep(self, made: SOp, tag: str, *defaults: Atom) -> SOp:
        """Pool an expression, if it is allowed, under a tag that its defaults fit as well."""
        for default in defaults:
            tag = widened(tag, default)
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
        if tag == "missing":
            return self.keep(where(self.mask(), self.choose(indices, 1, None), self.choose(indices, None)), tag)
        return self.present().map(as_text) if tag == "text" else indices

    def present(self) -> SOp:
        """Return the tokens, with a number in place of missing ones."""
        return tokens.or_else(self.small()) if None in self.vocab else tokens

    def coded(self) -> SOp:
        """Return the tokens, or numbers in place of tokens that are not numbers."""
        return tokens if self.tokens == "number" else self.present().map(code)

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
        missing = (None,) if self.missing else ()
        other: Atom = self.choose(self.small(), self.small(), self.random.choice(NUMBERS), "a", "_", "", *missing)
        return other

    def number(self) -> Atom:
        """Return a number, mostly a small integer."""
        return self.random.choice(NUMBERS) if self.twist() else self.small()

    def default(self, of: str) -> Atom:
        """Return a default for an aggregate of values tagged ``of``."""
        if self.missing and self.chance(0.3):
            return None
        if self.chance(0.5):
            return 0
        if self.chance(0.2):
            return self.other()
        return self.choose("_", "0", self.random.choice(self.vocab)) if of in ("text", "any") else self.number()

    def other(self) -> Atom:
        """Return a default of any kind."""
        return self.random.choice((*OTHERS, None) if self.missing else OTHERS)

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
            lambda: self.compare("eq", tokens, self.random.choice(self.vocab)),
            lambda: self.compare("eq", tokens, self.random.choice(self.vocab)),
            lambda: self.compare("ne", tokens, self.random.choice(self.vocab)),
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
        tag = self.choose("number", "index", "any", "bool", *[self.tokens] * 2, *["missing"] * self.missing)
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

    # Functions

    def operand(self, tag: str) -> SOp:
        """Return an operand of a function that takes values tagged ``tag``; in some programs, it may be missing."""
        return self.pick("missing" if self.missing and tag in WITHIN["number"] and self.chance(0.4) else tag)

    def applied(self) -> SOp:
        """Pool a function of one or more sequences, or functions that pass on tuples."""
        if self.chance(0.12):
            return self._of_tuples()
        known: Known = self.random.choice(TOGETHER if self.chance(0.5) else ALONE)
        while known.gives == "missing" and not self.missing:
            known = self.random.choice(TOGETHER)
        none: MissingMode = "skip" if self.missing and self.chance(0.6) else "error"
        made = apply(known.function, *map(self.operand, known.takes), none=none)
        return self.keep(made, known.gives, *[None] * (none == "skip"))

    def _of_tuples(self) -> SOp:
        """Pool functions that take tuples apart, which other functions make."""
        if self.chance(0.5):
            return self._of_pairs()
        if not self.missing or self.chance(0.4):
            value, tag = self.values()
            pairs = apply(paired, self.pick("any"), value)
            if self.chance(0.5):
                return self.keep(apply(same_number, pairs, self.pick("any")), "bool")
            return self.keep(pairs.map(second), tag)
        made = self.pick("any").map(coded, none="skip")
        if self.chance(0.5):
            return self.keep(made.map(second, none="skip"), "missing")
        return self.keep(select(made, made, same_second).value(self.pick("index")), "number")

    def _of_pairs(self) -> SOp:
        """Pool what is made of pairs that are values: of two sequences, moved, compared, or results."""
        pairs = apply(paired, self.pick("any"), self.pick("index"))
        if self.chance(0.3):
            pairs = apply(paired, pairs, self.pick("any")) if self.chance(0.2) else pairs.map(swapped).map(swapped)
        others = apply(paired, self.pick("any"), self.pick("index")) if self.chance(0.5) else pairs
        moved = (key(indices) == query(self.pick("index"))).value(pairs, None)
        selector = self.one_of(
            lambda: select(pairs, others, same_second),
            lambda: select(pairs, others, ranked),
            lambda: select(pairs, indices, second_up_to),
            lambda: key(pairs) == query(others),
            lambda: key(moved) != query(others),
        )
        if self.chance(0.1):
            self.wanted.append(
                self.one_of(lambda: pairs, lambda: moved, lambda: where(self.pick("bool"), moved, indices))
            )
        return self.one_of(
            lambda: self.keep(moved.map(second, none="skip"), "any", None),
            lambda: self.keep(selector.value(1), "index"),
            lambda: self.keep(selector.value(self.pick("index")), "index"),
            lambda: self.keep(moved == others, "bool"),
            lambda: self.keep(apply(paired, indices, tokens) < apply(paired, self.pick("index"), tokens), "bool"),
        )

    def predicate(self) -> Selector:
        """Return a selector by an opaque predicate."""
        known: Known = self.random.choice(PREDICATES)
        keys, queries = map(self.operand, known.takes)
        if self.chance(0.2):
            queries = constant(self.atom() if known.takes[1] == "any" else self.number())
        keys, queries = (queries, keys) if self.chance(0.2) else (keys, queries)
        return select(keys, queries, known.function)

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


def _common(kinds: set[str]) -> str:
    """Return the tag of values of some of the kinds ``bool``, ``number``, ``text`` and ``missing``."""
    if "text" in kinds:
        return "text" if len(kinds) == 1 else "any"
    if "missing" in kinds:
        return "missing"
    return kinds.pop() if len(kinds) == 1 else "number"


def widened(tag: str, default: Atom) -> str:
    """Return the tag of values tagged ``tag`` with ``default`` among them."""
    if fits(default, tag):
        return tag
    return "missing" if default is None and "number" in WITHIN[tag] else "any"


def fits(default: Atom, tag: str) -> bool:
    """Return whether values tagged ``tag`` keep the tag with ``default`` among them."""
    if default is None:
        return tag in ("missing", "any")
    if tag == "text":
        return isinstance(default, str)
    if tag == "bool":
        return isinstance(default, bool)
    return tag == "any" or (not isinstance(default, str) and (tag != "index" or type(default) is int))


def constant(value: Atom) -> SOp:
    """Return a constant expression."""
    return expression(SOp, "const", attributes=(value,))
