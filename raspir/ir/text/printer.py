"""Printer of textual IR; docs/ir.md has the grammar."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from raspir.ir.atoms import Atom, show_int
from raspir.ir.location import Location
from raspir.ir.node import Node
from raspir.ir.operations import AttributeKind
from raspir.ir.text.visible import CONTROLS
from raspir.ir.typing import Attribute
from raspir.ir.views import Const

HEADER = "raspir 1"
"""The first line of textual IR: the format and its version."""

WORD = re.compile(r"[^\W\d]\w*")
"""A name that needs no quotes."""


class Printable(Protocol):
    """The part of a graph that is printed. A protocol, since :mod:`raspir.ir.graph` imports the printer."""

    outputs: Mapping[str, Node]
    names: Mapping[Node, tuple[str, ...]]
    locations: Mapping[Node, Location]
    max_length: int | None
    schedule: Mapping[Node, int] | None
    causal: bool

    @property
    def nodes(self) -> Sequence[Node]:
        """All nodes in post-order."""

    def name_of(self, node: Node) -> str | None:
        """Return the displayed name of a node."""


def print_graph(graph: Printable, *, locations: bool = False) -> str:
    """Return ``graph`` as textual IR, which :func:`raspir.ir.text.parser.parse` reads back to an equal graph.

    Args:
        graph: the graph to print.
        locations: whether to append the source location of each node as a comment.
    """
    return "\n".join(_lines(graph, locations)) + "\n"


def _lines(graph: Printable, locations: bool) -> Iterator[str]:
    named = identifiers(graph)
    yield HEADER
    if graph.max_length is not None:
        yield f"max_length {show_int(graph.max_length)}"
    if graph.causal:
        yield "causal"
    for node, identifier in named.items():
        line = f"{identifier} = {_definition(node, named)}"
        if graph.schedule is not None and node in graph.schedule:
            line += f" in layer {show_int(graph.schedule[node])}"
        also = graph.names.get(node, ())[1:]
        if also:
            line += " also " + ", ".join(map(quote, also))
        if locations and node in graph.locations:
            line += f"  # {escape(str(graph.locations[node]))}"
        yield line
    for name, node in graph.outputs.items():
        yield f"output {_word(name)} = {_operand(node, named)}"


def _definition(node: Node, named: dict[Node, str]) -> str:
    parts = [node.operation.name]
    if node.operands:
        parts.append(", ".join(_operand(operand, named) for operand in node.operands))
    for (name, kind), value in zip(node.operation.attributes, node.attributes, strict=True):
        if not kind.optional or value != kind.default:
            parts.append(f"{name}={print_attribute(kind, value)}")
    return f"{' '.join(parts)} : {node.type}"


def _operand(node: Node, named: dict[Node, str]) -> str:
    if isinstance(node, Const) and node not in named:
        return print_atom(node.value)
    return named[node]


def identifiers(graph: Printable, *, every: bool = False) -> dict[Node, str]:
    """Return the SSA identifier of each node: ``%`` and its name, or a number if it has none.

    Unnamed constants are printed inline and have no identifier, unless ``every`` is set.
    """
    taken: Counter[str] = Counter()
    identifiers: dict[Node, str] = {}
    for node in graph.nodes:
        name = graph.name_of(node)
        if name is not None:
            identifiers[node] = f"%{_word(name)}" + (f".{taken[name]}" if taken[name] else "")
            taken[name] += 1
        elif every or not isinstance(node, Const):
            identifiers[node] = f"%{len(identifiers)}"
    return identifiers


def print_attribute(kind: AttributeKind, value: Attribute) -> str:
    """Return the text of an attribute value."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(print_atom, value)) + "]"
    if kind is AttributeKind.SYMBOL:
        return f"@{_word(str(value))}"
    return str(value) if kind.default is not None else print_atom(value)


def print_atom(atom: Atom) -> str:
    """Return the text of an atom: ``none``, ``true``, ``-12``, ``0.5``, ``-inf``, ``"a\\n"``."""
    if atom is None:
        return "none"
    if type(atom) is bool:
        return "true" if atom else "false"
    if type(atom) is int:
        return show_int(atom)
    return repr(atom) if type(atom) is float else quote(str(atom))


def quote(text: str) -> str:
    """Return ``text`` as a JSON string on one line, escaping only unsafe characters."""
    return escape(json.dumps(text, ensure_ascii=False))


def escape(text: str) -> str:
    """Return ``text`` with JSON escapes for line breaks, direction marks, controls and lone surrogates."""
    return CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _word(name: str) -> str:
    return name if WORD.fullmatch(name) else quote(name)
