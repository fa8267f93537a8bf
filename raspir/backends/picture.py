"""Pictures of the values of a program on an input; the code that draws is imported when it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from raspir.backends.tracing import shown, traced
from raspir.ir import Graph, Node
from raspir.ir.text.describe import Describer
from raspir.runtime.display import Displayed
from raspir.viz.trace import Failure, Trace

if TYPE_CHECKING:
    from raspir.viz.grid import Line

Kind = Literal["program", "selector", "key", "query"]
"""What a graph stands for: a program; or its output as a key or a query; or the selector of its output."""


class Picture(Displayed):
    """A program, selector, key or query on one input: text that notebooks display as a drawing.

    Args:
        kind: what is shown.
        graph: the program; for a selector, one whose single output is an aggregate of it.
        input: a ``str`` or another sequence of atoms; a mapping by name if the graph has several inputs.

    Attributes:
        kind: likewise.
        trace: the values of the program, up to its failure if it fails on the input.

    Raises:
        RaspirError: if the graph cannot be run, or the input is invalid.
    """

    kind: Kind
    trace: Trace

    def __init__(self, kind: Kind, graph: Graph, input: object) -> None:
        self.kind = kind
        self.trace = traced(shown(graph, [input]), input)

    @property
    def failure(self) -> Failure | None:
        """Where the program fails on the input; ``None`` if it does not."""
        return self.trace.failure

    @property
    def output(self) -> Node:
        """The single output."""
        (output,) = self.trace.graph.outputs.values()
        return output

    @property
    def selector(self) -> Node | None:
        """The selector that it shows; ``None`` if it shows something else."""
        return self.output.operands[0] if self.kind == "selector" else None

    @property
    def known(self) -> bool:
        """Whether what it shows is known: false if it is a selector, a key or a query that fails."""
        return self.kind != "program" and self.trace.known(self.selector or self.output)

    def require_known(self) -> None:
        """Raise the error of a selector, key or query that fails on the input."""
        if not self.known and self.failure is not None:
            raise self.failure.error

    def matrix(self) -> Iterator[list[bool]]:
        """Yield the rows (queries) of the matrix of a selector that is known."""
        assert self.selector is not None
        positions = range(self.trace.n)
        for at in positions:
            yield from self.trace.matrix(self.selector, [at], positions)

    def lines(self, width: int) -> Iterator[Line]:
        """Yield the text for a screen of this many columns, layer by layer, without the message of a failure."""
        from raspir.viz.text import program_lines

        return program_lines(self.trace, width, self.selector)

    def svg(self) -> str:
        """Return the drawing; if what is shown fails, that of the program up to the failure."""
        from raspir.viz import attention, program, sequences

        if not self.known:
            return program.program_svg(self.trace)
        if self.selector is not None:
            return attention.selector_svg(self.trace, self.selector)
        draw = sequences.key_svg if self.kind == "key" else sequences.query_svg
        return draw(self.trace.values[self.output], Describer(self.trace.graph).part(self.output))

    def _repr_svg_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        from raspir.viz.text import program_text

        return program_text(self.trace, selector=self.selector)

    def __repr__(self) -> str:
        return str(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file: as text if its suffix is ``.txt``, else as SVG.

        Raises:
            RaspirError: if the suffix is that of another format, or the file cannot be written.
        """
        from raspir.viz.drawings import format_of, save

        kind = "text" if format_of(path) == "text" else "svg"
        save((f"{self}\n" if kind == "text" else self.svg()).encode(), kind, path)
