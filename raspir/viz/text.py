"""Plain-text pictures for terminals: a selector as a matrix, and a program layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from raspir.ir import Atom, Node
from raspir.viz.heads import DrawnLayer, DrawnProgram
from raspir.viz.shown import MOST, Shown
from raspir.viz.trace import Trace
from raspir.viz.widths import WIDTH, atom_literal, columns, fitted, label

_NAME, _FORMULA = 24, 72


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
        marks = (_right("1" if selected else "·", width) for selected in row)
        lines.append(" ".join([_right(text, width), *marks]))
    if trace.n > MOST:
        lines.append(f"… and {trace.n - MOST} more rows and columns")
    return "\n".join(lines)


def program_text(trace: Trace) -> str:
    """Return a program on an input as text: each layer with its selectors and results, up to a failure."""
    return "\n".join(_program(DrawnProgram(trace.graph, trace)))


def _program(program: DrawnProgram) -> Iterator[str]:
    for name, atoms in program.traced.inputs.items():
        yield _line(name, atoms)
    for layer in program.reached:
        lines = [*_layer(layer)]
        if lines:
            yield from ["", layer.title, *lines]
    failure = program.traced.failure
    if failure is not None:
        yield from ["", f"fails in layer {failure.layer}: {label(failure.message, 400)}"]
        return
    yield ""
    for name, value in program.outputs.items():
        yield _line(name if len(program.outputs) > 1 else "result", value.known)


def _layer(layer: DrawnLayer) -> Iterator[str]:
    for head in layer.heads:
        if head.has_matrix:
            yield f"  {label(head.formula, _FORMULA)}"
            for value in head.known_results:
                yield f"    {_line(value.name, value.known)}"
    for value in layer.known_results:
        yield f"  {_line(value.name, value.known)}"


def _line(name: str, atoms: Sequence[Atom]) -> str:
    shown = Shown.of(len(atoms))
    gap = f"… {shown.hidden} more …"
    listed = ", ".join(gap if place is None else atom_literal(atoms[place], 24) for place in shown.places)
    return f"{label(name, _NAME)}: {listed}"


def _heading(atom: Atom) -> str:
    """Return an atom as a label of a row: unchanged if it is printable, else as a Python literal."""
    if isinstance(atom, str) and atom.isprintable() and len(atom) <= 10 * WIDTH:
        return label(atom, WIDTH)
    return fitted(atom_literal(atom), WIDTH)


def _right(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text
