"""What a round of the search keeps of the round before."""

from rewriting import le

import raspir
from raspir import indices, key, query, tokens
from raspir.analysis import Analysis
from raspir.analysis.bool_int import bool_int_agnostic
from raspir.ir.views import Aggregate
from raspir.passes.depth.extraction import extracted
from raspir.passes.depth.rounds import carry_over
from raspir.passes.depth.search import Rule, Search, SearchLimits
from raspir.rewriting.algebra import Algebra

once = (key(tokens) == query(tokens)).value(1)
twice = (key(once) == query(once)).value(indices)
other = le.value(tokens)


def searched(program, earlier=None):
    """Return a search of ``program``, after another round if any, and the nodes for which it asked a rule."""
    asked = []

    def propose(search, aggregate):
        asked.append(aggregate)
        yield from ()

    graph = raspir.lower(program)
    rules = (Rule("nothing", "x = x", Aggregate, propose),)
    search = Search(Algebra(Analysis.of(graph), graph), rules, SearchLimits(), bool_int_agnostic(graph))
    if earlier is not None:
        carry_over(earlier, graph, search)
    assert extracted(graph, search)[0] == graph
    return search, set(asked)


def nodes(*programs):
    return {raspir.lower(program).outputs["out"] for program in programs}


def test_values_are_searched_once():
    search, asked = searched(twice)
    assert asked == nodes(once, twice)
    assert searched(twice, search)[1] == set()
    assert searched({"new": le.value(twice), "twice": twice}, search)[1] == nodes(le.value(twice))


def test_values_that_were_kept_are_searched_where_they_determine_the_layers():
    search, asked = searched({"twice": twice, "other": other})
    assert asked == nodes(once, twice)
    assert searched({"twice": twice, "last": le.value(other + twice)}, search)[1] == nodes(
        other, le.value(other + twice)
    )
    assert searched({"other": other}, search)[1] == nodes(other)


def test_values_that_may_now_be_integers_are_searched_again():
    marked = le.value(tokens == "a")
    search, asked = searched(marked.map(str))
    assert asked == nodes(marked)
    assert searched(marked + 0, search)[1] == nodes(marked)
