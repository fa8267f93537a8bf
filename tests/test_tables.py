"""What ``raspir stats`` says of heads."""

import pytest
from rich.console import Console

import raspir
from raspir import indices, key, query, tokens
from raspir.ir.describe import Describer
from raspir.tables import layer_table

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
    ("program", "told"),
    [
        (equal.best(tokens, indices), "(key(tokens) == query(tokens)).best(tokens, indices, default=0)"),
        (
            equal.name("eq").best(tokens, -indices, "right", "_", "lowest"),
            "eq.best(tokens, -indices, ties='right', default='_', pick='lowest')",
        ),
        (equal.name("eq").value(tokens, default="_"), "eq.value(tokens, default='_')"),
    ],
)
def test_aggregates_are_described_as_they_are_written(program, told):
    graph = raspir.lower(program)
    assert Describer(graph)(graph.outputs["out"]) == told
