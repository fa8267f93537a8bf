"""A backend for raspir that writes a program as a Mermaid flowchart.

Mermaid is a text from which GitHub, GitLab, notebooks and many editors draw a diagram.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from raspir.backends.base import Capabilities, Level
from raspir.backends.tracing import traced
from raspir.ir import LayeredProgram
from raspir_mermaid.flowchart import Flowchart


@dataclass(frozen=True)
class Mermaid:
    """Writes the layers of a program as subgraphs, with its heads and feed-forward blocks as nodes.

    Attributes:
        direction: which way it flows: from top to bottom, bottom to top, left to right or right to left.
        shown: how many atoms of a sequence stand in the diagram, if there is an input.
    """

    name: ClassVar[str] = "mermaid"
    summary: ClassVar[str] = "writes the program as a Mermaid flowchart of its layers and heads"
    suffixes: ClassVar[tuple[str, ...]] = (".mmd", ".mermaid")
    level: ClassVar[Level] = "layered"
    supports: ClassVar[Capabilities] = Capabilities()  # all there is: a diagram computes nothing

    direction: Literal["TB", "BT", "LR", "RL"] = "TB"
    shown: int = 12

    def __post_init__(self) -> None:
        if self.shown < 1:
            raise ValueError(f"shown must be positive, not {self.shown}")

    def emit(self, program: LayeredProgram, /, *, input: object = None) -> str:
        """Return ``program`` as a flowchart, with the values that it has on ``input`` if there is one.

        Raises:
            BackendError: if it has symbols without Python functions, and there is an input to run it on.
        """
        trace = None if input is None else traced(program.graph, input)
        return Flowchart(program, trace, self.direction, self.shown).text()
