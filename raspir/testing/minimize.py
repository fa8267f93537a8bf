"""Minimization of failing programs and inputs: drops outputs, nodes and tokens while the failure persists."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from raspir.ir import Graph, GraphError, Node, build
from raspir.ir.types import SELECTOR
from raspir.ir.views import Const

Fails = Callable[[Graph, list[Any]], bool]
"""Returns whether a program without assumptions still fails on an input, or on a list of inputs."""


_LARGE = 40
"""The program size in nodes above which nodes are removed in batches before they are tried individually."""


def minimized(
    graph: Graph, given: list[Any], fails: Fails, attempts: int = 4000, seconds: float = math.inf
) -> tuple[Graph, list[Any]]:
    """Shrink a failing program and its input, or inputs.

    Args:
        graph: a failing program.
        given: the input or inputs on which it fails.
        fails: returns whether a candidate still fails.
        attempts: the maximum number of candidates; one of a large program counts as several.
        seconds: the time limit.
    """
    search = _Search(graph, given, fails, attempts, time.monotonic() + seconds)
    with suppress(_EnoughError):
        search.run()
    return search.graph, search.given


minimised = minimized  # former name


class _EnoughError(Exception):
    """The budget of attempts or time is exhausted."""


class _Search:
    """The smallest failing program and input found so far."""

    def __init__(self, graph: Graph, given: list[Any], fails: Fails, attempts: int, deadline: float) -> None:
        self.graph, self.given = graph, given
        self._fails, self._left, self._deadline = fails, attempts, deadline

    def run(self) -> None:
        """Shrink to a fixed point."""
        before = None
        while before != (self.graph, self.given):
            before = (self.graph, self.given)
            if self.given:  # empty if the program alone is at fault
                self._try(self.graph, [])
            while any(self._try(self.graph, smaller) for smaller in smaller_inputs(self.given)):
                pass
            self._outputs()
            self._inner()
            if len(self.graph) > _LARGE:
                self._many()
            self._each()

    def _try(self, graph: Graph, given: list[Any]) -> bool:
        """Keep a candidate if it still fails; return whether it does."""
        self._left -= 1 + len(graph) // _LARGE
        if self._left < 0 or time.monotonic() > self._deadline:
            raise _EnoughError
        if not self._fails(graph, given):
            return False
        self.graph, self.given = graph, given
        return True

    def _any(self, candidates: Iterable[Graph]) -> bool:
        return any(self._try(candidate, self.given) for candidate in candidates)

    def _outputs(self) -> None:
        """Drop outputs."""
        while len(outputs := self.graph.outputs) > 1:
            fewer = [{name: node} for name, node in outputs.items()]
            fewer += [{name: node for name, node in outputs.items() if name != left} for left in outputs]
            if not self._any([with_outputs(self.graph, each) for each in fewer]):
                break

    def _inner(self) -> None:
        """Make an inner value the output; among many, bisect as if failing were monotone in their order."""
        graph = self.graph
        inner = [node for node in graph if node.type is not SELECTOR and node not in graph.outputs.values()]
        low, high = 0, len(inner)
        while high - low > _LARGE:
            middle = (low + high) // 2
            if self._any([with_outputs(graph, {"out": inner[middle]})]):
                high = middle
            else:
                low = middle + 1
        self._any(with_outputs(graph, {"out": node}) for node in inner[low:high])

    def _many(self) -> None:
        """Remove half of the nodes at a time, then a quarter, and so on."""
        size = len(self.graph) // 2
        while size > max(1, len(self.graph) // 64):
            end = len(self.graph)
            while end > 0:
                if self._any(_shortened(self.graph, self.graph.nodes[max(0, end - size) : end])):
                    end = min(end, len(self.graph))
                else:
                    end -= size
            size //= 2

    def _each(self) -> None:
        """Replace each node with something smaller or simpler."""
        at = len(self.graph) - 1
        while at >= 0:
            if self._any(_simpler(self.graph, self.graph.nodes[at])):
                at = min(at, len(self.graph) - 1)
            else:
                at -= 1


def _shortened(graph: Graph, nodes: Sequence[Node]) -> Iterator[Graph]:
    """Yield the program with each of ``nodes`` replaced with an operand of the same kind, where it has one."""
    for last in (False, True):
        instead: dict[Node, Node] = {}
        for node in nodes:
            fitting = [other for other in node.operands if (other.type is SELECTOR) == (node.type is SELECTOR)]
            if fitting:
                instead[node] = fitting[-1 if last else 0]
        with suppress(GraphError):  # no types fit
            candidate = replaced(graph, instead)
            if len(candidate) < len(graph):
                yield candidate


def _simpler(graph: Graph, node: Node) -> Iterator[Graph]:
    """Yield smaller or simpler programs in which ``node`` is replaced."""
    plainness = _plainness(graph)
    for instead in substitutes(graph, node):
        with suppress(GraphError):  # no types fit
            candidate = replaced(graph, {node: instead})
            if _plainness(candidate) < plainness:
                yield candidate


def _plainness(graph: Graph) -> int:
    """Return the number of non-simple atoms in the program; less is simpler."""
    held = (
        value
        for node in graph
        for (_, kind), value in zip(node.operation.attributes, node.attributes, strict=True)
        if kind.default is None or value != kind.default
    )
    atoms = (atom for value in held for atom in (value if isinstance(value, tuple) else (value,)))
    return len(graph) * 1000 + sum(not _is_plain(atom) for atom in atoms)


def _is_plain(atom: object) -> bool:
    return atom in ("a", "b") or (type(atom) is int and atom in (0, 1))


def smaller_inputs(given: list[Any]) -> Iterator[list[Any]]:
    """Yield reductions of ``given``.

    For an input, drop each atom, or replace a non-simple one with a simple one; for several inputs, drop each of them,
    or reduce it.
    """
    for i in range(len(given)):
        yield given[:i] + given[i + 1 :]
    for i, each in enumerate(given):
        if isinstance(each, str) and len(each) > 1:
            texts = (each[:at] + each[at + 1 :] for at in range(len(each)))
            yield from ([*given[:i], text, *given[i + 1 :]] for text in texts)
        elif isinstance(each, list | tuple):
            yield from ([*given[:i], smaller, *given[i + 1 :]] for smaller in smaller_inputs(list(each)))
        elif not _is_plain(each):
            plain: tuple[object, ...] = ("a", "b", 0, 1) if isinstance(each, str) else (0, 1)
            yield from ([*given[:i], atom, *given[i + 1 :]] for atom in plain)


def with_outputs(graph: Graph, outputs: dict[str, Node]) -> Graph:
    """Return ``graph`` with other outputs."""
    return Graph(outputs, graph.inputs.values(), graph.functions, causal=graph.causal)


def substitutes(graph: Graph, node: Node) -> Iterator[Node]:
    """Yield candidate replacements for ``node``: its operands, their operands, and simple values."""
    if not node.operands:
        plain = _is_plain(node.value) if isinstance(node, Const) else True
        yield from () if plain else (build("const", value=value) for value in (0, 1))
        return
    yield from _usual(node)
    near = dict.fromkeys((*node.operands, *(inner for operand in node.operands for inner in operand.operands)))
    yield from (other for other in near if (other.type is SELECTOR) == (node.type is SELECTOR))
    if node.type is SELECTOR:
        indices = build("indices")
        one = build("const", value=1)
        yield from (build("select.eq", one, one), build("select.eq", indices, indices))
        if node.operands != (indices, indices):
            yield from (build("select.lt", indices, indices), build("select.le", indices, indices))
    else:
        yield from (build("const", value=value) for value in (0, 1, True, False))


def _usual(node: Node) -> Iterator[Node]:
    """Yield ``node`` with the default treatment of ``None``, if that differs and types fit."""
    if node.none is not None:
        others = {name: value for name, value in node.named_attributes.items() if name != "none"}
        with suppress(GraphError):
            usual = build(node.operation.name, *node.operands, **others)
            if usual is not node:
                yield usual


def replaced(graph: Graph, instead: Mapping[Node, Node]) -> Graph:
    """Return ``graph`` with some nodes replaced, and types inferred anew.

    Raises:
        GraphError: if no types fit.
    """
    new: dict[Node, Node] = {}
    for old in graph.nodes:
        if old in instead:
            new[old] = new.get(instead[old], instead[old])
        else:
            attributes = {name: old[name] for name, _ in old.operation.attributes}
            new[old] = build(old.operation.name, *(new[operand] for operand in old.operands), **attributes)
    return with_outputs(graph, {name: new[output] for name, output in graph.outputs.items()})
