"""Text pictures for terminals: a selector as a matrix, and a program layer by layer."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import pairwise

from raspir.ir import Atom, Node
from raspir.ir.operations import Role
from raspir.viz.grid import MARKS, Block, Grid, Line, Row, Span
from raspir.viz.heads import MOST_SIDES, DrawnHead, DrawnLayer, DrawnProgram, Value
from raspir.viz.shown import MOST, counted
from raspir.viz.theme import Part
from raspir.viz.trace import Trace
from raspir.viz.widths import WIDTH, atom_literal, columns, fitted, label, part_of_label

SCREEN = 80
"""The columns of a screen, by default."""

_NARROWEST = 40  # columns: pictures of narrower screens are as wide as this
_LINES, _MESSAGE = 6, 400  # the most lines of a formula, and columns of a message
_FORMS = {"key": "key {}", "query": "{}", "value": "value {}", "score": "score {}", "result": "→ {}"}


def selector_text(trace: Trace, selector: Node) -> str:
    """Return the matrix of a selector: queries on the left, keys on top, dots for positions that are not selected.

    The input labels rows and columns; only the first positions of a long one are shown. The selector must be known in
    ``trace``.
    """
    tokens = next(iter(trace.inputs.values()))
    shown = range(min(trace.n, MOST))
    matrix = trace.matrix(selector, shown, shown)
    labels = [_heading(tokens[position]) for position in shown]
    width = max(map(columns, labels), default=1)
    lines = [" ".join([" " * width, *(_right(text, width) for text in labels)])]
    for text, row in zip(labels, matrix, strict=True):
        lines.append(" ".join([_right(text, width), *(_right(MARKS[entry][0], width) for entry in row)]))
    if trace.n > MOST:
        lines.append(f"… and {trace.n - MOST} more rows and columns")
    return "\n".join(lines)


def _heading(atom: Atom) -> str:
    """Return an atom as a label of a row: unchanged if it is printable, else as a Python literal."""
    if isinstance(atom, str) and atom.isprintable() and len(atom) <= 10 * WIDTH:
        return label(atom, WIDTH)
    return fitted(atom_literal(atom), WIDTH)


def _right(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text


def plain(lines: Iterable[Line]) -> str:
    """Return lines without their colors."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def program_text(trace: Trace, width: int = SCREEN, selector: Node | None = None) -> str:
    """Return the lines of :func:`program_lines` as text, with the reason below them if the program fails."""
    reason = [] if trace.failure is None else [label(trace.failure.message, _MESSAGE)]
    return "\n".join([plain(program_lines(trace, width, selector)), *reason])


def program_lines(trace: Trace, width: int = SCREEN, selector: Node | None = None) -> Iterator[Line]:
    """Yield the lines of a program on an input: the input, each layer with its heads and values, and the result.

    A head shows its selector, the matrix with its keys on top and its queries on the left, and below it the values that
    it reads and its results. Positions that do not fit the screen are omitted, and a line says which. If the program
    fails, the lines end with the layer that does.

    Args:
        trace: the program and its values.
        width: the columns of the screen.
        selector: the selector to show instead of the result of the program, which is an aggregate of it.
    """
    width = max(width, _NARROWEST)
    program = DrawnProgram(trace.graph, trace)
    blocks = [*_blocks(program, selector)]
    grid = Grid(blocks, trace, width)
    starts = [number for number, block in enumerate(blocks) if block.title]
    for start, stop in pairwise([*starts, len(blocks)]):
        if start:
            yield []
        yield [(blocks[start].title, Part.BAND)]
        for block, rows in zip(blocks[start:stop], grid.lines(blocks[start:stop]), strict=True):
            yield from _wrapped(block.notes, width)
            yield from rows
    if grid.shown.hidden:
        yield []
        yield from _wrapped([(grid.shown.note("positions"), Part.DEFAULT)], width)


def _wrapped(notes: Iterable[Span], width: int) -> Iterator[Line]:
    for text, part in notes:
        shown = part_of_label(text, _LINES * (width - 6))
        lines = textwrap.wrap(shown, width, initial_indent="  ", subsequent_indent="    ")
        yield from ([(line, part)] for line in lines)


def _blocks(program: DrawnProgram, selector: Node | None) -> Iterator[Block]:
    inputs = [Row(name, atoms, Part.SOURCE) for name, atoms in program.traced.inputs.items()]
    yield Block("input", rows=inputs)
    for layer in program.reached:
        yield from _layer(layer, selector)
    failure = program.failure
    if failure is not None:
        name = f"{program.describe.label(failure.node)} " if failure.node else ""
        yield Block(f"✗ {name}fails in layer {failure.layer}")
    elif selector is None:
        outputs = program.outputs
        several = len(outputs) > 1
        rows = [Row(name if several else _named(each), each.known, Part.RESULT) for name, each in outputs.items()]
        yield Block("results" if several else "result", rows=rows)


def _named(result: Value) -> str:
    """Return the name of a result, which is that in its layer; feed-forward work has no other than its formula."""
    unnamed = not result.named and result.node.operation.role is Role.ELEMENTWISE
    return result.formula if unnamed else result.name


def _layer(layer: DrawnLayer, selector: Node | None) -> Iterator[Block]:
    """Yield a block for each head, then one with the feed-forward values."""
    title = layer.heading
    ready = [head for head in layer.heads if head.complete]
    for head in ready:
        drawn = DrawnHead(head.program, head.selector, ()) if head.selector is selector else head
        yield _head(drawn, title, f"head {head.number}: " if len(layer.heads) > 1 else "")
        title = ""
    if len(ready) < len(layer.heads):
        yield Block(title, [(f"{counted(len(layer.heads) - len(ready), 'head')} not reached", Part.DEFAULT)])
        title = ""
    values = layer.known_results
    if values:
        work: list[Span] = [("feed-forward", Part.PAGE)] if layer.heads else []
        yield Block(title, work, rows=[Row(each.name, each.known, each.part) for each in values])


def _head(head: DrawnHead, title: str, number: str) -> Block:
    ports = head.ports
    rows = {
        kind: [Row(_FORMS[kind].format(each.name), each.known, each.part) for each in values]
        for kind, values in (*ports.items(), ("result", head.known_results))
    }
    keys, queries = rows["key"][:MOST_SIDES], rows["query"][:MOST_SIDES]
    hidden = len(rows["key"]) + len(rows["query"]) - len(keys) - len(queries)
    notes: list[Span] = [(f"{number}{head.attends}{head.suffix}", Part.PAGE)]
    if hidden:
        notes.append((f"… and {hidden} more keys and queries", Part.DEFAULT))
    return Block(title, notes, keys, queries, head.selector, [*rows["value"], *rows["score"], *rows["result"]])
