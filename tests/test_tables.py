"""The output of ``raspir stats`` on heads."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar, Literal

import pytest
from rich.console import Console

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.base import BACKENDS, Capabilities
from raspir.backends.capabilities import ALL_OPERATIONS
from raspir.cli.tables import (
    backend_table,
    critical_table,
    layer_table,
    pass_table,
    puzzle_table,
    remark_table,
    strategy_table,
)
from raspir.ir.text.describe import Describer
from raspir.passes.base import Pass, Remark
from raspir.plugins.registry import Listing, Registry

equal = key(tokens) == query(tokens)

HEADS = {
    "nearest": (equal.best(tokens, indices), "highest indices: tokens → "),
    "farthest": (equal.best(tokens, indices, "right", pick="lowest"), "lowest indices: tokens → "),
    "right": (equal.best(indices, tokens, "right"), "rightmost highest tokens: indices → "),
    "computed": (equal.best(indices, tokens % 2, pick="lowest"), "lowest tokens % 2: indices → "),
    "named": (equal.best(indices, (tokens % 2).name("odd")), "highest odd: indices → "),
    "first": (equal.best(tokens, 0), "leftmost: tokens → "),
    "last": (equal.best(tokens, 0, "right"), "rightmost: tokens → "),
    "sum": (equal.value(indices), " indices → "),
    "mean": (equal.mean(indices), " mean of indices → "),
}


@pytest.mark.parametrize("case", HEADS)
def test_the_table_says_what_a_head_fetches(case):
    program, words = HEADS[case]
    console = Console(width=150)
    with console.capture() as captured:
        console.print(layer_table(raspir.lower(program.name("x")), "title"))
    assert words + "x " in captured.get()


def test_each_best_head_has_a_line_of_its_own():
    graph = raspir.lower({"a": equal.best(tokens, indices).name("a"), "b": equal.best(tokens, 0).name("b")})
    console = Console(width=150)
    with console.capture() as captured:
        console.print(layer_table(graph, "title"))
    lines = [line for line in captured.get().splitlines() if "key(tokens) == query(tokens)" in line]
    assert len(lines) == 2
    assert "highest indices: tokens → a" in lines[0]
    assert "leftmost: tokens → b" in lines[1]


@pytest.mark.parametrize(
    ("program", "description"),
    [
        (equal.best(tokens, indices), "(key(tokens) == query(tokens)).best(tokens, indices, default=0)"),
        (
            equal.name("eq").best(tokens, -indices, "right", "_", "lowest"),
            "eq.best(tokens, -indices, ties='right', default='_', pick='lowest')",
        ),
        (equal.name("eq").value(tokens, default="_"), "eq.value(tokens, default='_')"),
    ],
)
def test_aggregates_are_described_as_they_are_written(program, description):
    graph = raspir.lower(program)
    assert Describer(graph)(graph.outputs["out"]) == description


@dataclass(frozen=True)
class Diagram:
    name: ClassVar[str] = "diagrams"
    summary: ClassVar[str] = "writes the program as a flowchart of its layers and heads"
    suffixes: ClassVar[tuple[str, ...]] = (".mmd", ".mermaid")
    supports: ClassVar[Capabilities] = Capabilities.without("best", "str", vocabulary=False)
    direction: Literal["top", "left"] = "top"
    time_budget: float | None = None

    def emit(self, graph, /, *, input=None):
        return ""


def test_the_backends_fit_a_terminal_of_80_columns(monkeypatch):
    monkeypatch.setattr(Registry, "listings", lambda self: (Listing("diagrams", "some-diagrams 1.0", Diagram(), ""),))
    console = Console(width=80)
    with console.capture() as captured:
        console.print(backend_table(BACKENDS))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) < 14
    rows = [line[2:-2].split(" │ ") for line in lines[3:-1]]
    cells = [" ".join(" ".join(column).split()) for column in zip(*rows, strict=True)]
    assert cells == [
        "diagrams",
        "writes the program as a flowchart of its layers and heads (some-diagrams 1.0)",
        "graph no best no str needs vocab",
        "writes .mmd .mermaid",
        "direction: top or left = top time_budget: float or none = none",
    ]


def test_what_a_backend_does_not_support_is_listed_briefly():
    assert Capabilities().less() == ()
    assert Capabilities(operations=["input", "add"], mixed=False, inputs=False, outputs=False, length=False).less() == (
        f"2 of {len(ALL_OPERATIONS)} operations",
        "no mixed values",
        "one input",
        "one output",
        "needs max_length",
    )


@pytest.mark.parametrize("width", [80, 60, 40])
def test_tables_lose_no_text_of_long_names(width):
    name = "a_name_without_spaces_" * 5
    value = equal.value(tokens).name(name)
    graph = raspir.lower((key(value) < query(value)).value(indices) + 12345678901234567890)
    strategies = [
        SimpleNamespace(name=name, why=name, cost=name, value=name, selector=name, location=name, falls_back=True)
    ]
    remarks = [Remark(name, name, name)]
    listed = Registry("pass", "none", {}, Pass, lambda member: None)
    for table in (
        layer_table(graph, name), critical_table(graph), strategy_table(strategies, name), remark_table(remarks),
        puzzle_table([(name, name, name)]), pass_table(listed),
    ):  # fmt: skip
        console = Console(width=width)
        with console.capture() as captured:
            console.print(table)
        shown = captured.get()
        assert "…" not in shown
        assert max(map(len, shown.splitlines())) <= width
        assert sum(map(shown.count, "aeiou")) >= sum(map(name.count, "aeiou")) * bool(table.row_count)
