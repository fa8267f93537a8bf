"""Descriptions of missing values and of functions of several sequences, in source notation."""

import pytest

import raspir
from raspir import Selector, SOp, indices, key, query, tokens, where
from raspir.frontends.expressions import expression
from raspir.ir.text.describe import Describer

BEFORE = key(indices) < query(indices)


def joined(*atoms):
    return " ".join(map(str, atoms))


def skipping(name, *operands):
    return expression(SOp, name, operands, ("skip",))


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (raspir.apply(joined, tokens, indices), "joined(tokens, indices)"),
        (raspir.apply(joined, tokens, indices, none="skip"), "joined?(tokens, indices)"),
        (tokens.map(joined, none="skip"), "joined?(tokens)"),
        (skipping("add", tokens, indices), "tokens +? indices"),
        (skipping("mul", skipping("add", tokens, indices), indices), "(tokens +? indices) *? indices"),
        (skipping("neg", tokens), "-?tokens"),
        (skipping("abs", tokens), "abs?(tokens)"),
        (expression(SOp, "has", (tokens,), ((1, 2), "skip")), "tokens.has?([1, 2])"),
        (skipping("eq", tokens, indices), "tokens ==? indices"),
        (expression(SOp, "eq", (tokens, indices), ("error",)), "tokens ==! indices"),
        (tokens.is_none(), "tokens.is_none()"),
        ((tokens + indices).is_none(), "(tokens + indices).is_none()"),
        (expression(SOp, "ne", (tokens, expression(SOp, "const", (), (None,)))), "~tokens.is_none()"),
        (where(tokens.is_none(), None, 1), "where(tokens.is_none(), None, 1)"),
        (BEFORE.value(tokens, None), "(key(indices) < query(indices)).value(tokens, default=None)"),
        (
            expression(SOp, "lookup", (tokens, indices), (None, ("a", 0, None, 1), (1, None))),
            "lookup(tokens, indices, {('a', 0): 1, (None, 1): None}, otherwise=None)",
        ),
        (
            expression(Selector, "select.ne", (tokens, indices), ("error",)).value(1),
            "(key(tokens) !=! query(indices)).value(1, default=0)",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_formulas(program, text):
    graph = raspir.lower(program)
    (node,) = graph.outputs.values()
    assert Describer(graph)(node) == text
