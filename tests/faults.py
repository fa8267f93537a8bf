"""Faulty passes for tests to detect."""

from dataclasses import dataclass

from raspir.ir import build
from raspir.testing.minimize import replaced


@dataclass(frozen=True)
class Swap:
    """A pass that exchanges one operation for another."""

    old: str
    new: str
    name: str = "swap"
    summary: str = "is wrong"

    def run(self, graph, context):
        for node in graph.nodes:
            if node.operation.name == self.old:
                attributes = {name: node[name] for name, _ in node.operation.attributes}
                return replaced(graph, {node: build(self.new, *node.operands, **attributes)})
        return graph


@dataclass(frozen=True)
class Deepen:
    """A pass that keeps what a program means and adds a layer."""

    name: str = "deepen"
    summary: str = "is no good"

    def run(self, graph, context):
        at = build("indices")
        outputs = {
            name: build("sum", build("select.eq", at, at), node, default=0) for name, node in graph.outputs.items()
        }
        return graph.derived(outputs=outputs)


@dataclass(frozen=True)
class Crash:
    """A pass that fails."""

    name: str = "crash"
    summary: str = "fails"

    def run(self, graph, context):
        raise ZeroDivisionError("not today")
