"""Tables for terminal output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from raspir.analysis.critical_path import critical_path
from raspir.backends.protocols import Backend, Strategy, level_of, makes, support_of
from raspir.ir import Graph, Location, Stats
from raspir.ir.text.describe import Describer
from raspir.ir.text.visible import visible
from raspir.passes.base import Pass, Remark
from raspir.plugins.options import options_listed
from raspir.plugins.registry import Member, Registry
from raspir.viz.heads import DrawnProgram
from raspir.viz.shown import FIGURES, counted

if TYPE_CHECKING:
    from raspir.frontends.rasp.counting import Count
    from raspir.testing.proofs.findings import Finding, Need

M = TypeVar("M", bound=Member)


def layer_table(graph: Graph, title: str) -> Table:
    """Return a table of the layers of ``graph``: the selector and reads of each head, and the feed-forward work."""
    columns = Column("layer", justify="right"), "attends to", "reads → result", "feed-forward work"
    table = _titled(title, *columns, show_lines=True)
    for layer in DrawnProgram(graph).working:
        attends = "\n".join(head.attends + "\n" * (len(head.reads) - 1) for head in layer.heads)
        reads = "\n".join(text for head in layer.heads for text in head.reads)
        table.add_row(str(layer.number), _text(attends), _text(reads), _text(layer.work))
    return table


def critical_table(graph: Graph) -> Table:
    """Return a table of the critical path: one value per layer, and the dependency on the next."""
    describer = Describer(graph)
    steps = critical_path(graph)
    title = f"why {counted(len(steps), 'layer')}: each value waits for the one below it"
    table = _titled(title, Column("layer", justify="right"), "value", "waits for", "line")
    for step in steps:
        label = describer.label(step.aggregate)
        value = label if describer.name(step.aggregate) else f"{label} = {describer(step.aggregate)}"
        through = "" if step.operand is None else f"{step.through}: {describer.part(step.operand)}"
        table.add_row(str(step.layer), _text(value), _text(through), _line(graph.locations.get(step.aggregate)))
    return table


def comparison_table(written: Stats, optimized: Stats) -> Table:
    """Return a table comparing the written and optimized program."""
    columns = "figure", Column("as written", justify="right"), Column("optimized", justify="right")
    table = _titled("as written and optimized", *columns)
    for noun, attribute in FIGURES.items():
        table.add_row(f"{noun}s", *(str(getattr(stats, attribute)) for stats in (written, optimized)))
        if noun == "head":
            table.add_row(
                "heads per layer", *(" ".join(map(str, each.heads_per_layer)) for each in (written, optimized))
            )
    return table


def counted_table(counted: Count, ours: Mapping[str, Stats], title: str) -> Table:
    """Return a table of layers and heads as RASP counts them, and as raspir does under each of the names ``ours``."""
    columns = [Column(name, justify="right") for name in ("as RASP counts", *ours)]
    table = _titled(title, "figure", *columns)
    for figure, attribute in (("layers", "layers"), ("heads", "heads"), ("heads per layer", "heads_per_layer")):
        values = [getattr(each, attribute) for each in (counted, *ours.values())]
        table.add_row(figure, *(str(each) if isinstance(each, int) else " ".join(map(str, each)) for each in values))
    return table


def remark_table(remarks: Iterable[Remark]) -> Table:
    """Return a table of the remarks on saved layers, or of all remarks if none concerns layers."""
    remarks = list(remarks)
    table = _titled("where each layer went", "rule", "value", "gain", "line")
    for remark in [each for each in remarks if each.gain.startswith("layer")] or remarks:
        table.add_row(_text(remark.rule), _text(remark.subject), _text(remark.gain), _line(remark.location))
    return table


def strategy_table(strategies: Iterable[Strategy], title: str) -> Table:
    """Return a table of evaluation strategies, with those of last resort highlighted."""
    value, selector = "value", "selector, line"
    table = _titled(title, value, "strategy: reason", "cost", selector, show_lines=True)
    for each in strategies:
        name = f"{each.name} (falls back)" if each.falls_back else each.name
        cells = each.value, f"{name}: {each.why}", each.cost, f"{each.selector}\n{each.location}".rstrip()
        table.add_row(*map(_text, cells), style="bold yellow" if each.falls_back else "")
    return table


def finding_table(found: Iterable[Finding]) -> Table:
    """Return a table of the rewrite rules: the lengths at which each is proved, or how else it was checked."""
    columns = "pass", "rule: algebra", "proved", "conditions", Column("seconds", justify="right")
    table = _table(*columns, show_lines=True)
    for each in found:
        needs = f"{sum(need.counterexample is not None for need in each.needs)} of {len(each.needs)} needed"
        name = Text.assemble((each.rule, "bold"), f": {each.algebra}")
        style = "" if each.holds else "bold red"
        row = name, Text(_proved(each)), Text(needs if each.needs else ""), Text(f"{each.seconds:.1f}")
        table.add_row(Text(each.pass_), *row, style=style)
    return table


def _proved(found: Finding) -> str:
    if found.unencoded:
        return f"not encoded ({found.unencoded}); {_checked(found)}"
    programs = "1 program" if found.cases == 1 else f"{found.cases} programs"
    lengths = f"lengths {min(found.lengths)} to {max(found.lengths)}, {programs}" if found.lengths else "not proved"
    return f"{lengths}; {_checked(found)}" if found.checks is not None else lengths


def _checked(found: Finding) -> str:
    differs = found.checks is not None and found.checks.difference is not None
    return "wrong on a generated program" if differs else f"equal in {found.checks}"


def need_table(found: Iterable[Finding], most: int | None = None) -> Table:
    """Return a table of the side conditions of rules, with a counterexample to the rule without each.

    Args:
        found: the findings.
        most: the most conditions shown per rule, all for ``None``; those without a counterexample are always shown.
    """
    outcomes = Column("program; inputs, and the results without the condition", ratio=1)
    table = _titled("Without a condition", "rule", "without", outcomes, show_lines=True)
    for each in found:
        odd = [need for need in each.needs if need.counterexample is None]
        shown = each.needs if most is None else (*odd, *_various(each.needs, most))
        for need in shown:
            outcome = need.counterexample or "no counterexample was found"
            style = "" if need.counterexample else "bold red"
            table.add_row(Text(each.rule), Text(need.text), Text(f"{need.case}\n{outcome}"), style=style)
        left = len(each.needs) - len(shown)
        if left:
            table.add_row(Text(each.rule), Text(f"{left} more"), Text(""), style="dim")
    return table


def _various(needs: Iterable[Need], most: int) -> list[Need]:
    """Return at most ``most`` conditions with a counterexample, preferring distinct programs."""
    kept = [need for need in needs if need.counterexample is not None]
    first = list({need.case: need for need in reversed(kept)}.values())[::-1]
    return [*first, *(need for need in kept if need not in first)][:most]


def _titled(title: str, *columns: Column | str, show_lines: bool = False) -> Table:
    table = _table(*columns, show_lines=show_lines)
    table.title, table.title_justify = _text(title), "left"
    return table


def _table(*columns: Column | str, show_lines: bool = False) -> Table:
    """Return a table that folds what is too wide for a column, as rich cuts it off by default."""
    table = Table(*columns, show_lines=show_lines)
    for each in table.columns:
        each.overflow = "fold"
    return table


def _names(header: str, names: Iterable[str], style: str = "") -> Column:
    """Return a column of names, which are not wrapped unless they are very long."""
    longest = max(map(len, names), default=0)
    return Column(header, style=style, min_width=min(longest, _LONG))


_LONG = 24  # the length of a name from which it may be wrapped


def _line(location: Location | None) -> Text:
    return _text("" if location is None else str(location))


def _text(content: str) -> Text:
    """Return the text of a cell with control characters made visible, as names may contain them."""
    return Text("\n".join(map(visible, content.split("\n"))))


def puzzle_table(rows: Iterable[tuple[str, str, str]]) -> Table:
    """Return a table of puzzles: the name, the task with an example, and the fewest layers known."""
    rows = list(rows)
    table = _table(_names("puzzle", [name for name, _, _ in rows], "bold"), "task", "layers")
    for row in rows:
        table.add_row(*map(_text, row))
    return table


def backend_table(registry: Registry[Backend]) -> Table:
    """Return a table of the backends in ``registry``: their summaries, levels, capabilities, outputs and options."""
    return _member_table(registry, ("takes", "makes"), _taken_and_made)


def pass_table(registry: Registry[Pass]) -> Table:
    """Return a table of the passes in ``registry``: their summaries, and options with types and defaults."""
    return _member_table(registry, (), lambda member: ())


def _taken_and_made(backend: Backend) -> tuple[str, str]:
    return "\n".join((level_of(backend), *support_of(backend).less())), "\n".join(makes(backend))


def _member_table(registry: Registry[M], more: tuple[str, ...], cells: Callable[[M], tuple[str, ...]]) -> Table:
    """Return a table of members, unusable ones included, with the additional columns ``more``.

    The package of a member follows its summary.
    """
    listings = registry.listings()
    names = _names(registry.what, [each.name for each in listings])
    table = _table(names, "what it does", *more, "options", show_lines=True)
    for each in listings:
        values = cells(each.member) if each.member is not None else ("",) * len(more)
        options = "\n".join(map(str, options_listed(each, registry.what)))
        does = f"{each.summary} ({each.origin})" if each.origin else each.summary
        table.add_row(*map(_text, (each.name, does, *values, options)))
    return table


def console() -> Console:
    """Return a console on stdout, with a fixed width if it is not a terminal."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=120)
