"""Hypothesis strategies for programs and their inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from random import Random

from raspir._distribution import installing

try:
    from hypothesis import reject
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError(f"generated programs need the package hypothesis: {installing('testing')}") from error

from raspir.backends.base import FaultyBackendError, runner
from raspir.backends.capabilities import holds_none
from raspir.frontends.lowering import lower
from raspir.frontends.python.embedded import SOp
from raspir.ir import OPERATIONS, Atom, BackendError, Graph, GraphError, InputError, Node, ProgramError
from raspir.ir.atoms import distinct, show
from raspir.ir.types import ATOM, NONE, SELECTOR, Type, type_of, union
from raspir.passes.options import Attention, Target
from raspir.plugins.registry import advice
from raspir.testing.extremes import EVERY
from raspir.testing.generate import MIXED, VOCABULARIES, Generated, step
from raspir.testing.maker import Maker, Sizes
from raspir.testing.minimize import replaced, substitutes
from raspir.testing.missing import MISSING
from raspir.testing.quiet import fitting

_STEPS = 8
_KEEP = 126  # range of draws, most of which keep a value; from 128 on hypothesis favors low numbers
_MOST = 3  # maximum number of replacements to try for a value
FUNCTIONS = frozenset({"map", "select.by"})
"""The operations that call opaque Python functions."""


@dataclass(frozen=True)
class Allowed:
    """Constraints on generated programs.

    Attributes:
        vocab: the atoms of inputs.
        longest: the maximum input length.
        operations: the IR operations, by name.
        types: the kinds of atoms that values may hold on inputs that satisfy the assumptions.
        max_size: the maximum number of nodes.
        supported: a further predicate on a program under its assumptions.
    """

    vocab: tuple[Atom, ...]
    longest: int
    operations: frozenset[str]
    types: Type
    max_size: int
    supported: Callable[[Graph], bool] | None

    @property
    def restrict(self) -> bool:
        """Whether partial programs must be checked before they are extended."""
        return self.supported is not None or self.types is not ATOM or not self.operations.issuperset(OPERATIONS)

    @property
    def sizes(self) -> Sizes:
        """The size limits of repetitive idioms, whose iterations add a few nodes each."""
        return Sizes(chain=self.max_size // 3, sharing=self.max_size // 4)

    def __call__(self, program: SOp | Graph) -> bool:
        """Return whether a program satisfies the constraints."""
        graph = program if isinstance(program, Graph) else lower(program)
        try:
            assumed = fitting(graph, self.vocab, self.longest)
        except ProgramError:
            return False
        return (
            len(assumed) <= self.max_size
            and all(node.operation.name in self.operations for node in assumed)
            and all(self._admits(node) for node in assumed)
            and (self.supported is None or self.supported(assumed))
        )

    def _admits(self, node: Node) -> bool:
        """Return whether the types of a node are permitted; an input or a function that may be ``None`` need not be."""
        kinds = self.types | NONE if not holds_none(node) else self.types
        return node.type is SELECTOR or node.type in kinds


def programs(
    *,
    vocab: Iterable[Atom] | None = None,
    longest: int = 8,
    max_size: int = 24,
    operations: Iterable[str] | None = None,
    without: Iterable[str] = (),
    types: Iterable[str] = ("bool", "int", "float", "str", "none"),
    functions: bool = True,
    attention: Attention = "best",
    outputs: int = 3,
    backend: str | None = None,
    supported: Callable[[Graph], bool] | None = None,
) -> st.SearchStrategy[Generated]:
    """Return a strategy for programs, built from the same idioms and free operations that ``raspir fuzz`` uses.

    A program's types admit its vocabulary, but it may fail on some inputs. It shrinks to few nodes.

    Args:
        vocab: the atoms of inputs; ``None`` picks one of several vocabularies.
        longest: the maximum input length.
        max_size: the maximum number of nodes.
        operations: the permitted IR operations, by name, including aggregates; ``None`` for all.
        without: the excluded operations.
        types: the kinds of atoms that values may hold on inputs within the vocabulary, as far as types show.
        functions: whether opaque Python functions (``map``, ``select`` with a predicate) are permitted.
        attention: whether aggregates may fetch by best score (``"best"``) or not (``"select"``).
        outputs: the maximum number of outputs.
        backend: the name of a backend; restricts to programs that it compiles without a ``BackendError`` under the
            assumptions of their vocabulary and length.
        supported: a further predicate on the program's graph under these assumptions. It must be monotone, holding for
            each part of a program for which it holds, since programs are grown from supported parts.

    Raises:
        InputError: if the vocabulary is invalid, or no vocabulary has only atoms of these types.
        BackendError: if there is no such operation, type or backend.
    """
    allowed = _operations(operations, without, functions, Target(attention))
    union_of_types = _types(types)
    vocabularies = _vocabularies(vocab, union_of_types)
    if backend is not None:
        supported = _all(_compiles(backend), supported)
    for name, value, least in (("longest", longest, 0), ("max_size", max_size, 1), ("outputs", outputs, 1)):
        if type(value) is not int or value < least:
            raise InputError(f"{name} must be an integer of at least {least}, not {show(value)}")

    @st.composite
    def drawn(draw: st.DrawFn) -> Generated:
        held = draw(st.sampled_from(vocabularies))
        rules = Allowed(held, longest, allowed, union_of_types, max_size, supported)
        return draw(_program(rules, outputs))

    return drawn()


@st.composite
def _program(draw: st.DrawFn, rules: Allowed, most: int) -> Generated:
    """Draw a program: steps until a draw stops, then its outputs among all expressions."""
    missing = None in rules.vocab or (NONE in rules.types and draw(st.integers(0, 4)) == 4)
    maker = Maker(draw(_randoms()), rules.vocab, 0.03, rules if rules.restrict else None, rules.sizes, missing)
    known = maker.known["any"]
    if not known:
        raise InputError("no program is supported, not even one that returns its input")
    free = draw(st.sampled_from((1.0, 0.5, 0.0)))
    for number in range(_STEPS):
        if number and draw(st.integers(0, _STEPS)) == 0:
            break
        draw(_step(maker, free, rules.longest))
    known = known[2:] or [selector.value(1) for selector in maker.selectors[-1:]] or known[:1]
    named = {"out": draw(_one_of(known))}
    if most > 1 and maker.wanted and not rules.restrict and draw(st.integers(0, 3)):
        named |= {"out": maker.wanted[-2], "out_1": maker.wanted[-1]}
    for number in range(1, most):
        if draw(st.integers(0, 7)) < 6:
            break
        named[f"out_{number}"] = draw(_one_of(known))
    for names in (named, ["out"]):  # several outputs together may exceed the size of one alone
        graph = draw(_reduced(lower({name: named[name] for name in names}), rules))
        if rules(graph):
            return Generated(graph, rules.vocab, rules.longest)
    reject()


@st.composite
def _reduced(draw: st.DrawFn, graph: Graph, rules: Allowed) -> Graph:
    """Draw a program with some values replaced: rarely applied, but everywhere available to shrinking."""
    for node in reversed(graph.nodes):
        if node.operands and node in graph.nodes:
            options = list(islice(substitutes(graph, node), _MOST))
            at = draw(st.integers(0, _KEEP))
            if at < len(options):
                with suppress(GraphError):  # no types fit
                    smaller = replaced(graph, {node: options[at]})
                    graph = smaller if rules(smaller) else graph
    return graph


@st.composite
def _step(draw: st.DrawFn, maker: Maker, free: float, longest: int) -> None:
    """Add a step, or nothing if no types fit; shrinking can remove each step independently."""
    maker.random = draw(_randoms())
    with suppress(ProgramError):
        step(maker, free, (*EVERY, *MISSING, *MISSING) if maker.missing else EVERY, longest)


def _randoms() -> st.SearchStrategy[Random]:
    """Return a strategy for random sources driven by hypothesis, which lowers their draws when shrinking."""
    return st.randoms(use_true_random=False, note_method_calls=False)


@st.composite
def _one_of(draw: st.DrawFn, known: list[SOp]) -> SOp:
    """Draw an expression: mostly the last; shrinking leads to the first, which is the smallest."""
    if draw(st.integers(0, 7)):
        return known[-1]
    return known[draw(st.integers(0, len(known) - 1))]


def inputs_for(program: Generated) -> st.SearchStrategy[list[Atom]]:
    """Return a strategy for inputs that satisfy a program's assumptions: lists of zero or more atoms."""
    return st.lists(st.sampled_from(program.vocab), max_size=program.longest)


def _operations(given: Iterable[str] | None, without: Iterable[str], functions: bool, target: Target) -> frozenset[str]:
    """Return the names of the permitted operations; inputs are always permitted."""
    chosen = _known("operation", OPERATIONS if given is None else given, OPERATIONS)
    left_out = _known("operation", without, OPERATIONS)
    left_out |= FUNCTIONS if not functions else frozenset()
    left_out |= {"best"} if target.attention == "select" else frozenset()
    return (chosen - left_out) | {"input"}


def _types(names: Iterable[str]) -> Type:
    kinds = {str(kind): kind for kind in ATOM.kinds}
    return union(kinds[name] for name in _known("type", names, kinds))


def _known(what: str, names: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return a set of names, each of which must be known."""
    if isinstance(names, str):
        raise BackendError(f"{what}s must be a set of names, not {show(names)}")
    chosen = frozenset(names)
    for name in sorted(chosen - frozenset(known), key=str):
        raise BackendError(f"there is no {what} {show(name)} ({advice(name, known)})")
    return chosen


def _vocabularies(vocab: Iterable[Atom] | None, types: Type) -> list[tuple[Atom, ...]]:
    """Return the candidate vocabularies."""
    missing = ((*each, None) for each in VOCABULARIES[::3])
    known = [*VOCABULARIES, *MIXED, *missing] if vocab is None else [distinct(vocab)]
    fitting = [each for each in known if each and union(map(type_of, each)) in types]
    if not fitting:
        subject = "no vocabulary has" if vocab is None else f"the vocabulary {show(known[0])} must have"
        raise InputError(f"{subject} one or more atoms, all of type {types}")
    return fitting


def _compiles(backend: str) -> Callable[[Graph], bool]:
    """Return a predicate for whether a backend compiles a graph."""
    chosen = runner(backend)

    def compiles(graph: Graph) -> bool:
        try:
            chosen.compile(graph)
        except FaultyBackendError:  # left to the test to find
            return True
        except BackendError:
            return False
        return True

    return compiles


def _all(first: Callable[[Graph], bool], second: Callable[[Graph], bool] | None) -> Callable[[Graph], bool]:
    return first if second is None else lambda graph: first(graph) and second(graph)
