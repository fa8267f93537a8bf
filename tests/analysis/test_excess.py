"""How far integer values may exceed the input length, and what follows for positions and orders."""

from math import inf

import pytest
from facts import Checked, unlimited

from raspir import indices, key, query, tokens, where
from raspir.api import to_graph

length = (key(1) == query(1)).value(1)
some = tokens == "a"
before, until = key(indices) < query(indices), key(indices) <= query(indices)
alike = key(tokens) == query(tokens)
rank = ((key(tokens) < query(tokens)) | (alike & before)).value(1)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (indices, -1),
        (length, 0),
        (length + 2, 2),
        (until.width(), 0),
        (before.width(), -1),
        (rank, -1),
        (rank + 1, 0),
        (alike.value(where(some, 3, 0)), inf),
        (alike.value(where(some, -1, 0)), -1),
        (before.value(1, default=3), 2),
        (where(some, rank, until.width()), 0),
        (where(rank < length - 2, rank, length - 2), -2),
        (until.best(rank, -indices), -1),
        (before.best(rank, indices, default=2), 1),
        (where(some, 5, 0), 4),
        (indices * 2, inf),
    ],
    ids=str,
)
def test_excess(program, expected):
    checked = Checked(to_graph(program))
    checked.check("21121")
    (node,) = checked.graph.outputs.values()
    assert unlimited(checked.facts.excess(node))[0] == expected


@pytest.mark.parametrize("comparison", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_ranks_compare_as_the_positions_in_their_order(comparison):
    operators = {"lt": "__lt__", "le": "__le__", "gt": "__gt__", "ge": "__ge__", "eq": "__eq__", "ne": "__ne__"}
    selector = getattr(key(rank), operators[comparison])(query(rank))
    checked = Checked(to_graph(selector.width()))
    checked.check("baabca")
    (head,) = checked.graph.outputs.values()
    formula = checked.facts[head.operands[0]].formula
    assert formula is not None
    assert all(pair.key != checked.facts.linear(node) for clause in formula for pair in clause.sets
               for node in checked.graph if node.operation.name == "sum")  # fmt: skip


def test_ranks_of_some_do_not():
    among = (key(some) == query(True)) & before
    count = among.width()
    checked = Checked(to_graph((key(count) < query(count)).width()))
    checked.check("baabca")
    (head,) = checked.graph.outputs.values()
    ((clause),) = checked.facts[head.operands[0]].formula
    assert [pair.is_index for pair in clause.sets] == [False]
