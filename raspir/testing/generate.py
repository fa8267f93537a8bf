"""Seeded generation of programs and inputs, fast and reproducible.

About half of a program consists of free, well-typed operations, the other half of the idioms of :mod:`idioms`,
:mod:`extremes` and :mod:`deep`, in causal programs also of :mod:`causal`; some programs consist of one of them only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from raspir.backends.base import Capabilities
from raspir.frontends.expressions import expression
from raspir.frontends.lowering import lower
from raspir.frontends.python.embedded import Selector, SOp, indices, raw, tokens, where
from raspir.ir import Atom, Graph, ProgramError
from raspir.ir.types import type_of, union
from raspir.testing.causal import CAUSAL
from raspir.testing.deep import DEEP
from raspir.testing.extremes import EVERY
from raspir.testing.idioms import IDIOMS, Idiom, by_predicate, guarded, table, transform
from raspir.testing.literals import literal
from raspir.testing.maker import MODERATE, Maker, Sizes, constant
from raspir.testing.missing import MISSING
from raspir.testing.quiet import fitting, quiet

EVERYTHING = Capabilities()
VOCABULARIES: tuple[tuple[Atom, ...], ...] = (
    ("a", "b", "<"),
    ("a", "b", "c", "d"),
    ("0", "1", "9", "+"),
    ("(", ")", "{", "}"),
    (-2, -1, 0, 1, 2, 3),
    (0, 1),
    (5, 5.5, 2, 10),
    (0.1, 0.2, -0.7, 3),
    (True, False),
)
MIXED: tuple[tuple[Atom, ...], ...] = (
    (1, True, 0, False, 1.0),
    (0.0, -0.0, 0.1, 0.2, 1e16),
    (math.inf, -math.inf, 1, 2.5),
    ("a", 1, True, "1"),
    ("", "ab", "a", "é"),
    (2**70, -(2**70), 3, 0.5),
    (2**53, -(2**53) - 1, 2**62, 1),
)
"""Mixed vocabularies, which not every idiom supports."""


@dataclass(frozen=True)
class Generated:
    """A generated program.

    Attributes:
        graph: the program, without assumptions.
        vocab: the atoms of its inputs.
        longest: the maximum length of its inputs.
        causal: whether it is meant to run as a causal program.
    """

    graph: Graph
    vocab: tuple[Atom, ...]
    longest: int
    causal: bool = False

    @property
    def assumed(self) -> Graph:
        """The program under the assumptions that its inputs satisfy: their vocabulary and maximum length.

        If it is meant to be causal, it is.
        """
        with quiet():
            return self.graph.assume(self.vocab, self.longest, self.causal or None)

    promised = assumed  # former name

    @property
    def unmasked(self) -> Graph:
        """The program as :attr:`assumed`, but not causal."""
        return replace(self, causal=False).assumed

    def input(self, random: Random) -> list[Atom]:
        """Return a random input, mostly short and often repetitive."""
        n = min(self.longest, random.choice((0, 1, 2, 3, 4, 4, 5, 5, 6, 7, 8, 12)))
        few = random.sample(self.vocab, min(len(self.vocab), random.choice((1, 2, 2, 3, 6))))
        return random.choices(few, k=n)

    def __repr__(self) -> str:
        """Return Python that reconstructs the program from its text, so that a failing test shows it."""
        functions = f".bind({{{', '.join(f'{symbol!r}: …' for symbol in self.graph.symbols)}}})"
        bound = functions if self.graph.symbols else ""
        vocab = literal(self.vocab)
        causal = ", causal=True" if self.causal else ""
        return f'Generated(\nparse("""{self.graph}"""){bound}, vocab={vocab}, longest={self.longest}{causal})'


def in_any_form(random: Random, atoms: list[Atom]) -> Any:
    """Return an input as a list, a tuple, or where possible a str."""
    if all(isinstance(each, str) and len(each) == 1 for each in atoms) and random.random() < 0.5:
        return "".join(map(str, atoms))
    return tuple(atoms) if random.random() < 0.2 else atoms


WITH_NONE = 0.22
"""The share of programs whose values may be ``None``."""

WITH_DEEP = 0.35
"""The share of programs whose idioms are all deeper than they need be."""

ATTEMPTS = 100
"""The number of attempts to generate a program within a backend's capabilities before accepting any."""


def program(
    random: Random,
    small: bool = False,
    support: Capabilities = EVERYTHING,
    sizes: Sizes = MODERATE,
    causal: bool = False,
) -> Generated:
    """Return a random program that lowers, and whose types admit its vocabulary.

    Args:
        random: the source of randomness.
        small: whether to limit it to 1–3 steps instead of up to 14.
        support: a backend's capabilities, which the program under its assumptions stays within, where one is found.
        sizes: the size limits of repetitive idioms.
        causal: whether it is meant to run as a causal program, so that idioms of such programs are common.
    """
    attempts = 0 if support == EVERYTHING else ATTEMPTS
    for _ in range(attempts):
        found = _attempt(random, small, support, sizes, causal)
        if found is not None and support.takes(found.assumed):
            return found
    while (found := _attempt(random, small, EVERYTHING, sizes, causal)) is None:
        pass
    return found


def _attempt(random: Random, small: bool, support: Capabilities, sizes: Sizes, causal: bool) -> Generated | None:
    """Return a random program within the capabilities; ``None`` if no combination of types fits."""
    free = random.choice((0.0, 0.0, 0.3, 0.6, 1.0))
    vocab = random.choice(_vocabularies(support, VOCABULARIES + MIXED if random.random() < free / 2 else VOCABULARIES))
    missing = "none" in support.types and random.random() < WITH_NONE
    if missing and (support.mixed or vocab == (None,)) and random.random() < 0.5:
        vocab = (*vocab, None)
    odd, longest = random.choice((0.0, 0.03, 0.1)), random.choice((3, 6, 8, 12))
    allows = None if support == EVERYTHING else _allowing(support.takes, vocab, longest)
    maker = Maker(random, vocab, odd, allows, sizes, missing)
    # A small subset of idioms makes interactions between them more likely.
    known, free = (DEEP, min(free, 0.3)) if random.random() < WITH_DEEP else (EVERY, free)
    idioms = random.sample(known, min(len(known), random.choice((2, 3, 5, 8, len(EVERY)))))
    idioms += random.choices(MISSING, k=2 * len(idioms)) if missing else []
    idioms += random.choices(CAUSAL, k=2 * len(idioms)) if causal else []
    try:
        for _ in range(random.choice(_steps(free, small)) + missing):  # one that makes None, and one that takes it
            step(maker, free, idioms, longest)
        graph = lower(outputs(maker))
        fitting(graph, vocab)
    except ProgramError:  # no combination of types fits
        return None
    return Generated(graph, vocab, longest, causal)


def _vocabularies(support: Capabilities, known: tuple[tuple[Atom, ...], ...]) -> tuple[tuple[Atom, ...], ...]:
    """Return the supported vocabularies, or all if none is supported."""

    def fits(vocab: tuple[Atom, ...]) -> bool:
        kinds = set(map(str, union(map(type_of, vocab)).kinds))
        return kinds <= set(support.types) and (support.mixed or len(kinds) == 1)

    return tuple(each for each in known if fits(each)) or known


def _allowing(supported: Callable[[Graph], bool], vocab: tuple[Atom, ...], longest: int) -> Callable[[SOp], bool]:
    """Return a predicate for whether a sequence, under assumptions, is supported."""

    def allows(made: SOp) -> bool:
        try:
            return supported(fitting(lower(made), vocab, longest))
        except ProgramError:
            return False

    return allows


def program_within(random: Random, supported: Callable[[Graph], bool]) -> Generated | None:
    """Return a random program of a few steps that satisfies a predicate; ``None`` if none is found soon.

    Args:
        random: the source of randomness.
        supported: the predicate on a program under its assumptions. It should be monotone, holding for each part of a
            program for which it holds, since programs are grown from supported parts.
    """
    known = [vocab for vocab in VOCABULARIES + MIXED if supported(lower(tokens).assume(vocab, 1))]
    for _ in range(10 if known else 0):
        vocab, longest, free = random.choice(known), random.choice((3, 6, 8, 12)), random.choice((0.3, 0.6, 1.0))
        maker = Maker(random, vocab, random.choice((0.0, 0.03, 0.1)), _allowing(supported, vocab, longest))
        for _ in range(random.choice((1, 2, 3, 4))):
            with suppress(ProgramError):  # no types fit
                step(maker, free, EVERY, longest)
        made = [each for each in maker.known["any"] if len(lower(each)) > 1]
        if made:
            return Generated(lower(made[-1]), vocab, longest)
    return None


def _steps(free: float, small: bool) -> tuple[int, ...]:
    """Return the candidate numbers of steps: idioms are larger than free operations."""
    if small:
        return (1, 2, 3) if free == 1.0 else (1, 1, 1, 2)
    return (2, 4, 6, 9, 14) if free == 1.0 else (1, 2, 3, 4, 5, 7, 10)


def step(maker: Maker, free: float, idioms: Sequence[Idiom], longest: int) -> None:
    """Add up to three free operations with probability ``free``, else one of ``idioms``."""
    if maker.chance(free):
        for _ in range(maker.random.randint(1, 3)):
            operation(maker, longest)
    else:
        maker.random.choice(idioms)(maker)


def outputs(maker: Maker) -> dict[str, SOp]:
    """Return the program's outputs: mostly the last expression, sometimes also its likely operands."""
    known = maker.known["any"]
    made = known[2:] or [m.value(1) for m in maker.selectors[-1:]] or known
    if not made:
        raise ProgramError("no expression was generated")
    if maker.wanted and maker.allows is None and maker.chance(0.8):
        return {f"out_{i}": each for i, each in enumerate(maker.wanted[-3:])}
    if maker.chance(0.75):
        return {"out": made[-1]}
    others = [maker.random.choice(made[-6:]) for _ in range(maker.random.randint(1, 2))]
    return {f"out_{i}": each for i, each in enumerate([made[-1], *others])}


def operation(m: Maker, longest: int) -> None:
    """Add one free operation that its operands' types permit."""
    if m.missing and m.chance(0.4):
        m.random.choice(MISSING)(m)
        return
    kind = m.choose(
        "arithmetic", "compare", "logic", "where", "has", "other", "convert", *["select"] * 3, *["aggregate"] * 5
    )
    if kind == "arithmetic":
        name = m.choose("add", "sub", "mul", "floordiv", "truediv", "mod", "add", "sub")
        a, b = m.pick("number"), m.pick("number") if m.chance(0.6) else constant(m.number())
        if name in ("floordiv", "truediv", "mod") and m.chance(0.8):
            b = constant(m.choose(2, 3, -2, 0.5))
        a, b = (b, a) if m.chance(0.2) else (a, b)
        m.keep(m.pick("index") ** m.choose(0, 1, 2, -1) if m.chance(0.1) else expression(SOp, name, (a, b)), "number")
    elif kind == "compare":
        if m.chance(0.6):
            m.keep(m.compare(m.comparison(), m.pick("number"), m.choose(m.pick("number"), m.number())), "bool")
        else:
            m.keep(m.compare(m.choose("eq", "ne"), m.pick("any"), m.choose(m.pick("any"), m.atom())), "bool")
    elif kind == "logic":
        a, b = m.pick("bool"), m.pick("bool")
        m.keep(m.one_of(lambda: a & b, lambda: a | b, lambda: ~a), "bool")
    elif kind == "where":
        tag = m.choose("number", "any", "bool", "index")
        a, b = m.pick(tag), m.pick(tag)
        if m.chance(0.3) and tag != "bool":
            b, tag = constant(m.atom() if tag == "any" else m.number()), "any" if tag == "any" else "number"
        m.keep(where(m.pick("bool") if m.chance(0.7) else m.pick("any"), a, b), tag)
    elif kind == "has":
        m.keep(m.pick("any").has([m.atom() for _ in range(m.random.randint(0, 3))]), "bool")
    elif kind == "other":
        _other(m, longest)
    elif kind == "convert":
        _converted(m)
    elif kind == "select":
        m.kept(_selector(m))
    else:
        _aggregate(m)


def _other(m: Maker, longest: int) -> None:
    """Add one of the less common operations."""
    kind = m.random.randrange(9)
    if kind == 0:
        m.keep(-m.pick("number"), "number")
    elif kind == 1:
        m.keep(abs(m.pick("number")), "number")
    elif kind == 2:
        m.keep(m.pick("number").round(), "number")
    elif kind in (3, 4, 5):
        m.applied()
    elif kind == 6:
        table(m)
    elif kind == 7 and m.chance(0.6):
        m.keep(raw(m.random.choices(m.vocab, k=m.random.randint(1, min(4, longest)))), m.tokens)
    else:
        m.keep(m.one_of(lambda: m.pick("bool") & m.pick("index"), lambda: ~m.pick("index")), "index")


def _converted(m: Maker) -> None:
    """Add a conversion, a lookup by equality, or a check of a whole sequence."""
    tag = m.choose("number", "text", "any") if m.twist() else m.choose("number", "index", "bool")
    kind = m.random.randrange(6)
    if kind == 0:
        m.keep(expression(SOp, "to_int", (m.pick(tag),), (_none(m),)), "index" if tag == "bool" else "number")
    elif kind == 1:
        m.keep(expression(SOp, "to_float", (m.pick(tag),), (_none(m),)), "number")
    elif kind == 2:
        m.keep(expression(SOp, "to_str", (m.pick("any" if m.chance(0.3) else tag),), (_none(m),)), "text")
    elif kind == 3:
        m.keep(expression(SOp, "to_bool", (m.pick("any"),), (_none(m),)), "bool")
    elif kind == 4:
        _items(m)
    else:
        checked = m.choose("number", "text", "any") if m.twist() else m.choose("number", "number", "text")
        m.keep(expression(SOp, "one_type", (m.pick(checked),)), checked)


def _none(m: Maker) -> str:
    """Return how a conversion treats ``None``."""
    return str(m.choose("error", "skip")) if m.missing else "error"


def _items(m: Maker) -> None:
    """Add a lookup by equality: mostly of all tokens or booleans, so that it seldom fails."""
    operand, keys = m.choose((tokens, m.vocab), (m.pick("bool"), (0, 1.0)), (m.pick("any"), (*m.vocab, 0, 1)))
    held = tuple(dict.fromkeys(keys))  # no two of them equal
    numbers = [m.number() for _ in held]
    m.keep(expression(SOp, "item", (operand,), (held, tuple(numbers))), "number", *numbers)


def _selector(m: Maker) -> Selector:
    """Return a selector of any kind."""
    if m.selectors and m.chance(0.4):
        a, b = m.random.choice(m.selectors[-6:]), m.random.choice(m.selectors)
        return m.one_of(lambda: a & b, lambda: a | b, lambda: ~a)
    if m.chance(0.08):
        return m.predicate()
    if m.chance(0.3):
        return m.select(m.choose("eq", "ne"), m.pick("any"), m.choose(m.pick("any"), m.atom()), ordered=False)
    tag = "text" if m.tokens == "text" and m.chance(0.2) else "number"
    x, y = m.pick(tag), m.pick(tag)
    if m.chance(0.3) and tag == "number":
        y = constant(m.number())
    x, y = (y, x) if m.chance(0.15) else (x, y)
    return m.select(m.comparison(), x, y)


def _aggregate(m: Maker) -> None:
    """Add an aggregate of any kind."""
    selector = m.random.choice(m.selectors[-6:]) if m.selectors and m.chance(0.7) else _selector(m)
    kind = m.choose("sum", "sum", "sum", "mean", "best", "move")
    if kind == "best":
        score, _ = m.ordered()
        value, tag = m.values()
        m.keep(
            selector.best(value, score, m.choose("left", "right"), m.default(tag), m.choose("highest", "lowest")), "any"
        )
    elif kind == "move":  # strings cannot be summed: select at most one
        value, tag = m.values()
        m.keep((selector & (m.select("eq", indices, m.pick("index")))).value(value, m.default(tag)), "any")
    else:
        value = m.pick("number") if m.chance(0.6) else m.numeric()
        default = m.default("number")
        if kind == "mean" and m.chance(0.3):
            made = expression(SOp, "average", (selector, value), (default,))
        else:
            made = (selector.value if kind == "sum" else selector.mean)(value, default)
        m.keep(made, "number", default)


def program_of_size(size: int, seed: int, vocab: tuple[Atom, ...] = ("a", "b", "c", "d")) -> Graph:
    """Return realistic programs of about ``size`` nodes in total: idioms composed of idioms.

    Expressions left unused are outputs: combined into one result, much of it could be folded away.
    """
    maker = Maker(Random(f"{size} {seed}"), vocab, odd=0.0)
    safe = [
        idiom for idiom in IDIOMS if idiom not in (guarded, by_predicate, transform)
    ]  # these may fail, and with them all else
    nodes, idioms, count = 0, 0, max(1, size // 20)
    while nodes < size:
        for _ in range(count):
            maker.random.choice(safe)(maker)
        graph = lower({f"out_{i}": sequence for i, sequence in enumerate(maker.known["any"])}, vocab)
        nodes, idioms = len(graph), idioms + count
        count = max(1, int(0.95 * (size - nodes) * idioms / nodes))
    used = {operand for node in graph.nodes for operand in node.operands}
    results = dict.fromkeys(node for node in graph.outputs.values() if node not in used)
    outputs = {f"out_{i}": node for i, node in enumerate(results)}
    return Graph(outputs, graph.inputs.values(), graph.functions, graph.names, graph.locations)
