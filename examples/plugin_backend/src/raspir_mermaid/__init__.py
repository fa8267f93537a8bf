"""A backend for raspir that writes a program as a Mermaid flowchart.

Mermaid is a textual diagram format that GitHub, GitLab, notebooks and many editors render.
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
    """A Mermaid backend: layers become subgraphs, heads and feed-forward blocks become nodes.

    Attributes:
        direction: the flow direction: top to bottom, bottom to top, left to right or right to left.
        shown: the most atoms shown per sequence, if there is an input.
    """

    name: ClassVar[str] = "mermaid"
    summary: ClassVar[str] = "writes the program as a Mermaid flowchart of its layers and heads"
    suffixes: ClassVar[tuple[str, ...]] = (".mmd", ".mermaid")
    level: ClassVar[Level] = "layered"
    supports: ClassVar[Capabilities] = Capabilities()  # everything, as a diagram computes nothing

    direction: Literal["TB", "BT", "LR", "RL"] = "TB"
    shown: int = 12

    def __post_init__(self) -> None:
        if self.shown < 1:
            raise ValueError(f"shown must be positive, not {self.shown}")

    def emit(self, program: LayeredProgram, /, *, input: object = None) -> str:
        """Return ``program`` as a flowchart, with its values on ``input`` if given.

        Raises:
            BackendError: if ``input`` is given and the program has unbound symbols.
        """
        trace = None if input is None else traced(program.graph, input)
        return Flowchart(program, trace, self.direction, self.shown).text()
