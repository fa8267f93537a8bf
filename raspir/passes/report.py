"""What passes did: their figures before and after, and their remarks, as lines that textual IR can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from raspir.ir import Graph, Stats
from raspir.ir.text.printer import escape
from raspir.passes.base import Pass, Remark


@dataclass(frozen=True)
class PassStats:
    """What one pass did.

    Attributes:
        name: the pass.
        changed: whether the graph after it is another than before.
        before: the figures of the graph before it.
        after: the figures of the graph after it.
        remarks: what it recorded, in order.
    """

    name: str
    changed: bool
    before: Stats
    after: Stats
    remarks: tuple[Remark, ...]

    def __str__(self) -> str:
        """Say which figures changed, as in ``pass depth: layers 6 → 4, heads 6 → 9``."""
        pairs = [(name, getattr(self.before, name), getattr(self.after, name)) for name in _FIGURES]
        told = [f"{_FIGURES[name]} {old} → {new}" for name, old, new in pairs if old != new]
        same = "other nodes, the same figures" if self.changed else "no change"
        return f"pass {self.name}: {', '.join(told) or same}"


_FIGURES = {
    "layers": "layers", "heads": "heads", "values": "values", "mlps": "feed-forward blocks", "nodes": "nodes",
}  # fmt: skip


@dataclass
class Report:
    """Collects what passes do: give :func:`raspir.passes.pipeline.run_passes` its ``remarks`` and its ``on_pass``.

    Attributes:
        remarks: what all passes recorded, in order.
        passes: what each pass did, in order.
    """

    remarks: list[Remark] = field(default_factory=list)
    passes: list[PassStats] = field(default_factory=list)

    def on_pass(self, each: Pass, before: Graph, after: Graph) -> None:
        """Take note of a pass that ran."""
        told = sum(len(ran.remarks) for ran in self.passes)
        self.passes.append(
            PassStats(each.name, before != after, before.stats(), after.stats(), tuple(self.remarks[told:])),
        )

    def comments(self) -> list[str]:
        """Return lines for the top of a textual IR: each pass that did something, and its remarks in columns."""
        widths = _widths(map(_cells, self.remarks))
        lines = []
        for ran in self.passes:
            if ran.changed or ran.remarks:
                lines += [escape(str(ran)), *(f"  {line}" for line in _aligned(map(_cells, ran.remarks), widths))]
        return [f"# {line}" for line in lines or ["no pass changed anything"]]


def _cells(remark: Remark) -> tuple[str, ...]:
    line = "" if remark.location is None else str(remark.location)
    return tuple(map(escape, (remark.rule, remark.gain, line, remark.subject)))


def _widths(rows: Iterable[tuple[str, ...]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _aligned(rows: Iterable[tuple[str, ...]], widths: list[int]) -> Iterator[str]:
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
