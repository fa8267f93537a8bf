"""The page of a report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from raspir._version import __version__
from raspir.ir import Graph, Location, print_graph
from raspir.passes.base import Remark
from raspir.viz.causality import sentences
from raspir.viz.heads import DrawnProgram
from raspir.viz.program import program_svg
from raspir.viz.report.markup import Markup, data, joined, tag
from raspir.viz.report.sources import Excerpt, excerpts
from raspir.viz.report.steps import Steps
from raspir.viz.shown import FIGURES
from raspir.viz.theme import DARK, LIGHT, Part, Shade
from raspir.viz.trace import Trace
from raspir.viz.widths import fitted

WIDTHS = {"wide": 960, "narrow": 300}
"""The width in pixels of diagrams, for wide and narrow pages; the style sheet shows one of them."""


@dataclass(frozen=True)
class Report:
    """The contents of a page.

    Attributes:
        title: the name of the program.
        written: the program as written.
        optimized: the optimized program; ``None`` if it is not wanted, or does not differ.
        remarks: the remarks of the optimizer.
        inputs: the label of each input, and the traces of the programs on it.
        diagrams: the diagrams of the programs, as SVG: each for pages of these :data:`WIDTHS`.
    """

    title: str
    written: Graph
    optimized: Graph | None
    remarks: Sequence[Remark]
    inputs: Sequence[tuple[str, Sequence[Trace]]]
    diagrams: Sequence[Sequence[str]]


_LABEL = 24  # columns of the label of an input on its tab


def page(report: Report) -> str:
    """Return the page, which loads no external resources."""
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
        tag("style", Markup(_colors() + _resource("page.css"))),
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
        tag(
            "header",
            tag("h1", report.title),
            _figures(report),
            *_causality(report),
            tag("nav", *links, aria_label="Sections"),
        ),
        tag("main", *bodies),
        tag("footer", f"Made by raspir {__version__}. This page is self-contained and loads no external resources."),
        tag("script", _data(report), type="application/json", id="data"),
        tag("script", Markup(script)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


Section = tuple[str, str, Markup]


def _resource(name: str) -> str:
    return files("raspir.viz.report").joinpath(name).read_text(encoding="utf-8")


def _colors() -> str:
    def variables(shades: Mapping[Part, Shade]) -> str:
        return "".join(
            f"--{part}-fill:{shade.fill};--{part}-line:{shade.line};--{part}-ink:{shade.ink};"
            for part, shade in shades.items()
        )

    return f":root{{{variables(LIGHT)}}}@media (prefers-color-scheme:dark){{:root{{{variables(DARK)}}}}}\n"


def _figures(report: Report) -> Markup:
    """Return the figures of the optimized program and, if they differ, of the program as written."""
    first, *_, last = [graph.stats() for graph in (report.written, *_versions(report).values())]
    made = []
    for noun, attribute in FIGURES.items():
        if noun != "value":
            old, new = (str(getattr(stats, attribute)) for stats in (first, last))
            before = [tag("span", old, class_="old"), " → "] if new != old else []
            made.append(tag("div", tag("dt", f"{noun}s"), tag("dd", *before, tag("strong", new))))
    return tag("dl", *made, class_="figures")


def _causality(report: Report) -> list[Markup]:
    """Return whether the program is causal, and which heads look ahead."""
    said = sentences(_versions(report)).items()
    return [tag("p", *([tag("strong", f"{name}: ")] if name else []), text, class_="note") for name, text in said]


def _versions(report: Report) -> dict[str, Graph]:
    """Return the program as written and, if it differs, optimized, by these names."""
    versions = {"as written": report.written, "optimized": report.optimized}
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
        "Enter or a click pins it; Escape releases it.",
        class_="hint",
    )
    still = tag("div", Markup(program_svg(report.inputs[0][1][-1])), class_="scroll")
    fallback = tag(
        "noscript", tag("p", "Without JavaScript, only the first input is shown, as a static picture."), still
    )
    view = tag("div", id="view", role="tabpanel", aria_labelledby="input-0")
    return "steps", "Step by step", joined(bar, _key(), hint, view, fallback)


def _key() -> Markup:
    """Return the legend of the colors."""
    parts = (
        (Part.QUERY, "query"), (Part.KEY, "key"), (Part.VALUE, "value"), (Part.RESULT, "result"),
        (Part.MLP, "feed-forward result"), (Part.SELECTED, "● attends"),
    )  # fmt: skip
    entries = [tag("li", meaning, class_=f"c-{part}") for part, meaning in parts]
    return tag("ul", *entries, class_="key", aria_label="Colors")


def _diagrams(report: Report) -> Section:
    made = [
        tag(
            "details",
            tag("summary", name),
            _sized(drawn),
            open=number == len(report.diagrams) - 1,
        )
        for number, (name, drawn) in enumerate(zip(_versions(report), report.diagrams, strict=True))
    ]
    return "diagram", "Diagram", joined(*made)


def _sized(drawn: Sequence[str]) -> Markup:
    """Return a diagram for pages of each width, or the only one if it fits all of them."""
    if len(set(drawn)) == 1:
        return tag("div", Markup(drawn[0]))
    return joined(*(tag("div", Markup(svg), class_=kind) for kind, svg in zip(WIDTHS, drawn, strict=True)))


def _layers(report: Report) -> Section:
    made = [_layer_table(name, graph) for name, graph in _versions(report).items()]
    return "layers", "Layers and heads", joined(*made)


def _layer_table(name: str, graph: Graph) -> Markup:
    rows = []
    for layer in DrawnProgram(graph).working:
        attends = [tag("div", tag("code", head.attends)) for head in layer.heads]
        reads = [tag("div", tag("code", line)) for head in layer.heads for line in head.reads]
        work = tag("code", layer.work) if layer.work else ""
        number = tag("th", str(layer.number), scope="row")
        rows.append(tag("tr", number, tag("td", *attends), tag("td", *reads), tag("td", work)))
    titles = ("layer", "attends to", "reads → result", "feed-forward work")
    return _table(titles, rows, f"Layers, {name}", name)


def _remarks(report: Report, sources: Sequence[Excerpt]) -> Section | None:
    if report.optimized is None:
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
        return "remarks", "What the optimizer did", tag("p", "It made no remarks.")
    return "remarks", "What the optimizer did", _table(("rule", "value", "gain", "line"), rows, "Remarks")


def _line(location: Location | None, anchors: Mapping[tuple[str, int], str]) -> str:
    """Return a source location, as a link if the page has the line."""
    if location is None:
        return ""
    anchor = anchors.get((location.file, location.line))
    return str(location) if anchor is None else tag("a", str(location), href=f"#{anchor}")


def _anchors(sources: Sequence[Excerpt]) -> dict[tuple[str, int], str]:
    """Return the anchor of each source line on the page, by file and number."""
    return {
        (excerpt.path, line): f"line-{number}-{line}"
        for number, excerpt in enumerate(sources)
        for part in excerpt.parts
        for line, _ in part
    }


def _table(titles: Sequence[str], rows: Sequence[Markup], label: str, caption: str | None = None) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)))
    heading = [] if caption is None else [tag("caption", caption)]
    return _scrolling(tag("table", *heading, head, tag("tbody", *rows), class_="list"), label)


def _scrolling(content: Markup, label: str) -> Markup:
    """Return content that scrolls separately on a narrow page."""
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
