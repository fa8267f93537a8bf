"""Descriptions of nodes in source notation, on one short line."""

from __future__ import annotations

from collections import Counter

from raspir.ir.atoms import show
from raspir.ir.causal import is_mask, unmasked
from raspir.ir.graph import Graph
from raspir.ir.lazy import cached_property
from raspir.ir.node import Node
from raspir.ir.operations import Role
from raspir.ir.text.printer import identifiers
from raspir.ir.types import SELECTOR
from raspir.ir.typing import rows as key_rows
from raspir.ir.views import (
    Aggregate,
    Best,
    Const,
    Elementwise,
    Has,
    Indices,
    Input,
    Item,
    Lookup,
    Map,
    Raw,
    Select,
    SelectBy,
)

_TABLE, _TABLE_WIDTH = 4, 50  # longest table in a description, in keys and in characters
_DEPTH = 4  # nesting depth beyond which a node is abbreviated to its identifier


class Describer:
    """Renderer of the nodes of one graph in source notation: by name if there is one, else by operators.

    An operation with the result ``None`` where an operand is has a question mark, such as ``a +? b`` or ``f?(a)``, and
    a comparison that fails there an exclamation mark.

    Unnamed aggregates and nodes that are nested too deeply are abbreviated to their identifier, such as ``%7``.

    The selectors of a causal graph are described without the mask, which all of them share.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def _identifiers(self) -> dict[Node, str]:
        return identifiers(self._graph)

    @cached_property
    def _names(self) -> dict[Node, str]:
        """The names of all named nodes, made distinct as in the textual IR: ``x``, ``x.1``, …"""
        taken = Counter[str]()
        names: dict[Node, str] = {}
        for node in self._graph:
            name = self._graph.name_of(node)
            if name is not None:
                names[node] = f"{name}.{taken[name]}" if taken[name] else name
                taken[name] += 1
        return names

    def __call__(self, node: Node) -> str:
        """Return the expression that ``node`` computes, even if it has a name."""
        return self._write(unmasked(node) if self._has_mask(node) else node, _DEPTH)

    def _has_mask(self, node: Node) -> bool:
        return self._graph.causal and node.type is SELECTOR

    def _shown(self, node: Node) -> Node:
        """Return ``node``; if it is a selector of a causal graph, the part of it with a name, else all but the mask."""
        if not self._has_mask(node):
            return node
        part = node
        while part not in self._names and part.operation.name == "selector.and":
            rest = [operand for operand in part.operands if not is_mask(operand)]
            if len(rest) != 1:
                break
            (part,) = rest
        return part if part in self._names else unmasked(node)

    def name(self, node: Node) -> str | None:
        """Return the source name of ``node``, numbered if others before it have the same, or ``None``.

        The mask of a causal graph leaves a selector its name.
        """
        return self._names.get(self._shown(node))

    def label(self, node: Node) -> str:
        """Return the name of ``node``, or its identifier if it has none."""
        return self.name(node) or self._identifiers.get(node) or self(node)

    def subject(self, node: Node) -> str:
        """Return the name of ``node``, or its expression if it has none."""
        return self.name(node) or self(node)

    def choice(self, best: Best) -> str:
        """Return the criterion by which a ``best`` aggregate picks a position, such as ``highest indices``."""
        side, pick = f"{best.ties}most", f"{best.pick} {self.part(best.score)}"
        if isinstance(best.score, Const):
            return side
        return f"{side} {pick}" if best.ties == "right" and not isinstance(best.score, Indices) else pick

    def part(self, node: Node) -> str:
        """Return ``node`` as an operand: its name if it has one, else its expression."""
        return self._part(self._shown(node), _DEPTH)

    def _part(self, node: Node, depth: int) -> str:
        name = self._names.get(node)
        if name is not None:
            return name
        is_deep = depth <= 0 and node.operands and (node in self._identifiers or node.type is SELECTOR)
        if isinstance(node, Aggregate) or is_deep:
            return self._identifiers.get(node, "…")  # a selector without the mask may not be in the graph
        return self._write(node, depth)

    def _write(self, node: Node, depth: int) -> str:
        operation = node.operation
        if operation.role is Role.SOURCE:
            return self._source(node)
        operands = [self._shown(o) for o in node.operands] if isinstance(node, Aggregate) else node.operands
        parts = [self._part(operand, depth - 1) for operand in operands]
        if isinstance(node, SelectBy):
            return f"select({parts[0]}, {parts[1]}, {node.function})"
        symbol = operation.symbol + _mark(node)
        if isinstance(node, Select):
            return f"key({parts[0]}) {symbol} query({parts[1]})"
        if isinstance(node, Map):
            return f"{node.function}{_mark(node)}({', '.join(parts)})"
        if isinstance(node, Lookup | Item):
            return f"{symbol}({', '.join(parts)}{_table(node)})"
        if operation.symbol.isidentifier() and isinstance(node, Elementwise) and not isinstance(node, Has):
            return f"{symbol}({', '.join(parts)})"
        bracketed = [f"({part})" if _is_infix(o, part) else part for o, part in zip(operands, parts, strict=True)]
        if _compares_with_none(node):
            return f"{'~' if operation.name == 'ne' else ''}{bracketed[0]}.is_none()"
        if isinstance(node, Aggregate):
            return f"{bracketed[0]}.{operation.symbol}({', '.join([*parts[1:], *_options(node)])})"
        if isinstance(node, Has):
            return f"{bracketed[0]}.{symbol}({show(list(node.values))})"
        return f" {symbol} ".join(bracketed) if len(parts) == 2 else symbol + bracketed[0]

    def _source(self, node: Node) -> str:
        if isinstance(node, Const):
            return show(node.value)
        if isinstance(node, Raw):
            return f"raw({show(list(node.values))})"
        return node.name if isinstance(node, Input) else node.operation.name


def _mark(node: Node) -> str:
    """Return the mark of an unusual treatment of ``None``: ``?`` if it is skipped, ``!`` if it is an error."""
    usual = node.operation.attributes[-1][1].default if node.none is not None else None
    return "" if node.none == usual else {"skip": "?", "error": "!"}[str(node.none)]


def _compares_with_none(node: Node) -> bool:
    """Return whether ``node`` is ``is_none()`` or its negation."""
    if node.operation.name not in ("eq", "ne") or _mark(node):
        return False
    other = node.operands[1]
    return isinstance(other, Const) and other.value is None


def _options(aggregate: Aggregate) -> list[str]:
    """Return the keyword arguments of an aggregate, without those of ``best`` that have their default value."""
    usual = (("ties", "left"), ("pick", "highest"))
    held = aggregate.named_attributes
    shown = [name for name in ("ties", "default", "pick") if name in held and (name, held[name]) not in usual]
    return [f"{name}={show(held[name])}" for name in shown]


def _table(lookup: Lookup | Item) -> str:
    """Return the table of a ``lookup`` or an ``item`` as arguments, or nothing if it is too long for one line."""
    if len(lookup.values) > _TABLE:
        return ""
    rows = [", ".join(map(show, row)) for row in key_rows(lookup.keys, len(lookup.operands))]
    keys = rows if len(lookup.operands) == 1 else [f"({row})" for row in rows]
    entries = ", ".join(f"{key}: {show(value)}" for key, value in zip(keys, lookup.values, strict=True))
    otherwise = f", otherwise={show(lookup.otherwise)}" if isinstance(lookup, Lookup) else ""
    text = f", {{{entries}}}{otherwise}"
    return text if len(text) <= _TABLE_WIDTH else ""


def _is_infix(operand: Node, text: str) -> bool:
    """Return whether ``text``, the description of ``operand``, needs parentheses as an operand."""
    if isinstance(operand, Const):
        return text.startswith("-")
    return len(operand.operands) == 2 and f" {operand.operation.symbol}{_mark(operand)} " in text
