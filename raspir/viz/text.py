"""Pictures of plain text, for terminals: a selector as a matrix, and a program layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from raspir.ir import Atom, Node
from raspir.ir.text.describe import Describer
from raspir.viz.cells import WIDTH
from raspir.viz.selectors import drawable
from raspir.viz.shown import MOST, Shown
from raspir.viz.trace import Trace
from raspir.viz.widths import atom_told, columns, fitted, label

_NAME, _FORMULA = 24, 72


def selector_text(trace: Trace, selector: Node) -> str:
    """Return the matrix of a selector: queries at the left, keys on top, a dot where a position is not attended to.

    Rows and columns are headed by the input. Of a long input the first positions are shown; the selector must be
    known in ``trace``.
    """
    tokens = next(iter(trace.inputs.values()))
    shown = range(min(trace.n, MOST))
    matrix = trace.matrix(selector, shown, shown)
    labels = [_heading(tokens[position]) for position in shown]
    width = max(map(columns, labels), default=1)
    lines = [" ".join([" " * width, *(_right(text, width) for text in labels)])]
    for text, row in zip(labels, matrix, strict=True):
        marks = (_right("1" if selected else "·", width) for selected in row)
        lines.append(" ".join([_right(text, width), *marks]))
    if trace.n > MOST:
        lines.append(f"… and {trace.n - MOST} more rows and columns")
    return "\n".join(lines)


def program_text(trace: Trace) -> str:
    """Return a program on an input as text: each layer with what its heads attend to and find, up to where it fails."""
    return "\n".join(_program(trace))


def _program(trace: Trace) -> Iterator[str]:
    graph, describe = trace.graph, Describer(trace.graph)
    for name, atoms in trace.inputs.items():
        yield _line(name, atoms)
    failure = trace.failure
    last = len(graph.layering.heads) if failure is None else failure.layer
    for number in range(last + 1):
        lines = [*_layer(trace, describe, number)]
        if lines:
            yield from ["", f"layer {number}" if number else "before attention", *lines]
    if failure is not None:
        yield from ["", f"fails in layer {failure.layer}: {label(failure.message, 400)}"]
        return
    yield ""
    for name, node in graph.outputs.items():
        yield _line(name if len(graph.outputs) > 1 else "result", trace.values[node])


def _layer(trace: Trace, describe: Describer, number: int) -> Iterator[str]:
    layering = trace.graph.layering
    for head in layering.heads[number - 1] if number else ():
        if drawable(trace, head.selector):
            yield f"  {label(describe(head.selector), _FORMULA)}"
            for node in filter(trace.known, head.aggregates):
                yield "    " + _line(describe.label(node), trace.values[node])
    for node in layering.mlp(number):
        if describe.name(node) and trace.known(node):
            yield "  " + _line(describe.label(node), trace.values[node])


def _line(name: str, atoms: Sequence[Atom]) -> str:
    shown = Shown.of(len(atoms))
    parts = [atom_told(atoms[position], 24) for position in shown.positions]
    if shown.hidden:
        parts.insert(shown.split, f"… {shown.hidden} more …")
    return f"{label(name, _NAME)}: {', '.join(parts)}"


def _heading(atom: Atom) -> str:
    """Return an atom as it heads a row: as it is where it can be printed, else as Python writes it."""
    if isinstance(atom, str) and atom.isprintable() and len(atom) <= 10 * WIDTH:
        return label(atom, WIDTH)
    return fitted(atom_told(atom), WIDTH)


def _right(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text
