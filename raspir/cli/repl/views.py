"""raspir's view of an s-op or selector of a session: its layers, the optimized program, a plan, a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from raspir import api
from raspir.backends.base import explainer
from raspir.cli.repl.files import file_name, write_file
from raspir.cli.repl.screen import Screen
from raspir.cli.shared import after_passes
from raspir.frontends.lowering import lower
from raspir.frontends.programs import pictured
from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.showing import given
from raspir.frontends.rasp.values import Operand
from raspir.ir import Graph, print_graph
from raspir.passes.options import Options
from raspir.passes.report import Report
from raspir.viz.shown import counted


@dataclass(frozen=True)
class _View:
    """An s-op or selector, as written and optimized; a selector as the s-op of its widths."""

    operand: Operand
    written: Graph
    optimized: Graph
    report: Report
    example: Evaluation
    screen: Screen

    def layers(self) -> None:
        for title, graph in (("as written", self.written), ("optimized", self.optimized)):
            stats = graph.stats()
            heads = " ".join(map(str, stats.heads_per_layer))
            per_layer = f", heads per layer: {heads}" if heads else ""
            self.screen.write(f"    {title + ':':12}{counted(stats.layers, 'layer')}{per_layer}\n")

    def opt(self) -> None:
        lines = [*self.report.comments(), print_graph(self.optimized, locations=True).rstrip("\n")]
        self.screen.write("".join(f"{line.rstrip()}\n" for line in lines))

    def plan(self) -> None:
        strategies = tuple(explainer("numpy").explain(self.optimized))
        for each in strategies:
            self.screen.write(f"    {each.value}: {each.name}, {each.cost}: {each.why}\n")
        if not strategies:
            self.screen.write("    there is no attention\n")

    def page(self) -> None:
        inputs = {given(self.example.given): self.example.items}
        page = api.report_on(self.written, self.optimized, self.report.remarks, inputs, self.operand.label)
        write_file(f"{file_name(self.operand.label)}.html", page, self.screen.note)


_SHOWN: dict[str, Callable[[_View], None]] = {
    ":layers": _View.layers,
    ":opt": _View.opt,
    ":plan": _View.plan,
    ":report": _View.page,
}


def show(name: str, operand: Operand, example: Evaluation, screen: Screen) -> None:
    """Show a view, by the name of its command.

    Raises:
        RaspirError: if the operand cannot be lowered, or the file of a page cannot be written.
    """
    written = lower(pictured(operand.expression)[1])
    report = Report()
    optimized = after_passes(written, Options(), None, report)
    _SHOWN[name](_View(operand, written, optimized, report, example, screen))
