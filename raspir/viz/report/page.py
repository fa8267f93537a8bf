"""The page of a report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from raspir._version import __version__
from raspir.ir import Graph, Location, Stats, print_graph
from raspir.passes.base import Remark
from raspir.viz.heads import DrawnProgram
from raspir.viz.program import program_svg
from raspir.viz.report.markup import Markup, data, joined, tag
from raspir.viz.report.sources import Excerpt, excerpts
from raspir.viz.report.steps import Steps
from raspir.viz.theme import DARK, LIGHT, Part, Shade
from raspir.viz.trace import Trace
from raspir.viz.widths import fitted


@dataclass(frozen=True)
class Report:
    """The contents of a page.

    Attributes:
        title: the name of the program.
        written: the program as its author wrote it.
        optimised: the program optimised; ``None`` where nobody asked for that, or nothing was found to improve.
        remarks: the work of the optimiser.
        inputs: the name of each input, and the traces of the programs on it.
        diagrams: the diagrams of the programs, as SVG; none where they cannot be drawn.
        note: the reason if there are none.
    """

    title: str
    written: Graph
    optimised: Graph | None
    remarks: Sequence[Remark]
    inputs: Sequence[tuple[str, Sequence[Trace]]]
    diagrams: Sequence[str]
    note: str = ""


_LABEL = 24  # characters of an input that its tab shows


def page(report: Report) -> str:
    """Return the page, which fetches nothing."""
    script = _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content=f"raspir {__version__}"),
        tag("title", f"{report.title}, layer by layer"),
        tag("style", Markup(_colours() + _resource("page.css"))),
    )
    sources = excerpts(report.written)
    sections = _steps(report), _diagrams(report), _layers(report), _remarks(report, sources), _sources(report, sources)
    shown = [section for section in sections if section is not None]
    links = [tag("a", title, href=f"#{name}") for name, title, _ in shown]
    bodies = [
        tag("section", tag("h2", title, id=f"{name}-title"), content, id=name, aria_labelledby=f"{name}-title")
        for name, title, content in shown
    ]
    body = tag(
        "body",
        tag("header", tag("h1", report.title), _figures(report), tag("nav", *links, aria_label="Sections")),
        tag("main", *bodies),
        tag("footer", f"Made by raspir {__version__}. The page holds all that it shows, and fetches nothing."),
        tag("script", _data(report), type="application/json", id="data"),
        tag("script", Markup(script)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


Section = tuple[str, str, Markup]


def _resource(name: str) -> str:
    return files("raspir.viz.report").joinpath(name).read_text(encoding="utf-8")


def _colours() -> str:
    def told(shades: Iterable[tuple[Part, Shade]]) -> str:
        return "".join(
            f"--{part}-fill:{shade.fill};--{part}-line:{shade.line};--{part}-ink:{shade.ink};" for part, shade in shades
        )

    return f":root{{{told(LIGHT.items())}}}@media (prefers-color-scheme:dark){{:root{{{told(DARK.items())}}}}}\n"


_FIGURES: tuple[tuple[str, Callable[[Stats], int]], ...] = (
    ("layers", lambda stats: stats.layers),
    ("heads", lambda stats: stats.heads),
    ("feed-forward blocks", lambda stats: stats.mlps),
    ("transformer blocks", lambda stats: stats.blocks),
)


def _figures(report: Report) -> Markup:
    """Return the figures of the program as written and, where they differ, optimised."""
    first, *_, last = [graph.stats() for graph in (report.written, *_versions(report).values())]
    made = []
    for name, of in _FIGURES:
        old, new = str(of(first)), str(of(last))
        told = [tag("span", old, class_="old"), " → "] if new != old else []
        made.append(tag("div", tag("dt", name), tag("dd", *told, tag("strong", new))))
    return tag("dl", *made, class_="figures")


def _versions(report: Report) -> dict[str, Graph]:
    """Return the programs by name."""
    versions = {"as written": report.written, "optimised": report.optimised}
    return {name: graph for name, graph in versions.items() if graph is not None}


def _steps(report: Report) -> Section | None:
    if not report.inputs:
        return None
    tabs = [
        tag(
            "button",
            fitted(label, _LABEL) or "(empty)",
            type="button",
            role="tab",
            aria_selected="true" if number == 0 else "false",
            aria_controls="view",
            id=f"input-{number}",
            tabindex="0" if number == 0 else "-1",
            title=label,
        )
        for number, (label, _) in enumerate(report.inputs)
    ]
    versions = _versions(report)
    choice = [
        tag("button", name, type="button", aria_pressed="true" if number == len(versions) - 1 else "false")
        for number, name in enumerate(versions)
    ]
    bar = tag(
        "div",
        tag("div", *tabs, role="tablist", aria_label="Inputs", class_="tabs"),
        tag("div", *choice, role="group", aria_label="Which program", class_="versions", hidden=len(versions) < 2),
        class_="bar",
    )
    hint = tag(
        "p",
        "Point at a position, or move to it with Tab and the arrow keys, to see which ones it attends to and why. "
        "Enter or a click keeps it; Escape lets it go.",
        class_="hint",
    )
    still = tag("div", Markup(program_svg(report.inputs[0][1][-1])), class_="scroll")
    fallback = tag("noscript", tag("p", "Without its script the page shows the first input alone, at rest."), still)
    view = tag("div", id="view", role="tabpanel", aria_labelledby="input-0")
    return "steps", "Step by step", joined(bar, _key(), hint, view, fallback)


def _key() -> Markup:
    """Return the meaning of the colours."""
    parts = (
        (Part.QUERY, "query"), (Part.KEY, "key"), (Part.VALUE, "value"), (Part.RESULT, "result"),
        (Part.MLP, "feed-forward result"), (Part.SELECTED, "● attends"),
    )  # fmt: skip
    return tag("ul", *(tag("li", told, class_=f"c-{part}") for part, told in parts), class_="key", aria_label="Colours")


def _diagrams(report: Report) -> Section | None:
    if not report.diagrams:
        return ("diagram", "Diagram", tag("p", report.note)) if report.note else None
    made = [
        tag(
            "details",
            tag("summary", name),
            _scrolling(Markup(svg), f"Diagram, {name}"),
            open=number == len(report.diagrams) - 1,
        )
        for number, (name, svg) in enumerate(zip(_versions(report), report.diagrams, strict=False))
    ]
    return "diagram", "Diagram", joined(*made)


def _layers(report: Report) -> Section:
    made = [_layer_table(name, graph) for name, graph in _versions(report).items()]
    return "layers", "Layers and heads", joined(*made)


def _layer_table(name: str, graph: Graph) -> Markup:
    rows = []
    for layer in DrawnProgram(graph).words():
        attends = [tag("div", tag("code", head.attends)) for head in layer.heads]
        reads = [tag("div", tag("code", told)) for head in layer.heads for told in head.reads]
        work = tag("code", layer.work) if layer.work else ""
        number = tag("th", str(layer.number), scope="row")
        rows.append(tag("tr", number, tag("td", *attends), tag("td", *reads), tag("td", work)))
    titles = ("layer", "attends to", "reads → result", "feed-forward work")
    return _table(titles, rows, f"Layers, {name}", name)


def _remarks(report: Report, sources: Sequence[Excerpt]) -> Section | None:
    if report.optimised is None:
        return None
    anchors = _anchors(sources)
    rows = [
        tag(
            "tr",
            tag("td", remark.rule),
            tag("td", tag("code", remark.subject)),
            tag("td", remark.gain),
            tag("td", _line(remark.location, anchors)),
        )
        for remark in report.remarks
    ]
    if not rows:
        return "remarks", "What the optimiser did", tag("p", "It made no remarks.")
    return "remarks", "What the optimiser did", _table(("rule", "value", "gain", "line"), rows, "Remarks")


def _line(location: Location | None, anchors: Mapping[tuple[str, int], str]) -> str:
    """Return a line of the source, as a link if the page shows it."""
    if location is None:
        return ""
    anchor = anchors.get((location.file, location.line))
    return str(location) if anchor is None else tag("a", str(location), href=f"#{anchor}")


def _anchors(sources: Sequence[Excerpt]) -> dict[tuple[str, int], str]:
    """Return what each line of the source that the page shows is called in it, by file and number."""
    return {
        (excerpt.path, line): f"line-{number}-{line}"
        for number, excerpt in enumerate(sources)
        for part in excerpt.parts
        for line, _ in part
    }


def _table(titles: Sequence[str], rows: Sequence[Markup], label: str, caption: str | None = None) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))
    told = [] if caption is None else [tag("caption", caption)]
    table = tag("table", *told, head, tag("tbody", *rows), class_="list")
    return _scrolling(table, label)


def _scrolling(content: Markup, label: str) -> Markup:
    """Return content that scrolls by itself where the page is narrow."""
    return tag("div", content, class_="scroll", tabindex="0", role="region", aria_label=label)


def _sources(report: Report, sources: Sequence[Excerpt]) -> Section:
    made = [_excerpt(number, excerpt) for number, excerpt in enumerate(sources)]
    if made:
        return "source", "Source", joined(*made)
    text = tag("pre", print_graph(report.written), class_="code", tabindex="0")
    return "source", "Source", joined(tag("p", "The program as textual IR:"), text)


def _excerpt(number: int, excerpt: Excerpt) -> Markup:
    parts = []
    for part in excerpt.parts:
        lines = [
            tag(
                "span",
                tag("span", f"{line:>4}", class_="number", aria_hidden="true"),
                f"  {text}\n",
                class_="line marked" if line in excerpt.marked else "line",
                id=f"line-{number}-{line}",
            )
            for line, text in part
        ]
        parts.append(tag("code", *lines))
    return tag("figure", tag("figcaption", excerpt.file), tag("pre", *parts, class_="code", tabindex="0"))


def _data(report: Report) -> Markup:
    inputs = [
        {"label": label, "versions": [Steps(trace).data() for trace in traces]} for label, traces in report.inputs
    ]
    return data({"versions": list(_versions(report)), "inputs": inputs})
