"""Reports of passes: statistics before and after, and remarks, as comment lines for textual IR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from raspir.ir import Graph, Stats
from raspir.ir.text.printer import escape
from raspir.passes.base import Pass, Remark


@dataclass(frozen=True)
class PassStats:
    """The statistics of one pass.

    Attributes:
        name: the pass.
        changed: whether the graph changed.
        before: the figures of the graph before it.
        after: the figures of the graph after it.
        remarks: its remarks, in order.
    """

    name: str
    changed: bool
    before: Stats
    after: Stats
    remarks: tuple[Remark, ...]

    def __str__(self) -> str:
        """Return the changed figures, as in ``pass depth: layers 6 → 4, heads 6 → 9``."""
        pairs = [(name, getattr(self.before, name), getattr(self.after, name)) for name in _FIGURES]
        changes = [f"{_FIGURES[name]} {old} → {new}" for name, old, new in pairs if old != new]
        same = "other nodes, the same figures" if self.changed else "no change"
        return f"pass {self.name}: {', '.join(changes) or same}"


_FIGURES = {
    "layers": "layers", "heads": "heads", "values": "values", "mlps": "feed-forward blocks", "nodes": "nodes",
}  # fmt: skip


@dataclass
class Report:
    """A collector for :func:`raspir.passes.pipeline.run_passes`: pass it the ``remarks`` and the ``on_pass`` of this.

    Attributes:
        remarks: the remarks of all passes, in order.
        passes: the statistics of each pass, in order.
    """

    remarks: list[Remark] = field(default_factory=list)
    passes: list[PassStats] = field(default_factory=list)

    def on_pass(self, each: Pass, before: Graph, after: Graph) -> None:
        """Record a pass that ran."""
        recorded = sum(len(ran.remarks) for ran in self.passes)
        self.passes.append(
            PassStats(each.name, before != after, before.stats(), after.stats(), tuple(self.remarks[recorded:])),
        )

    def comments(self) -> list[str]:
        """Return comment lines for textual IR: each pass with an effect, and its remarks in columns."""
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
