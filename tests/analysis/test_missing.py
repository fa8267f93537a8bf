"""Facts about values that may be missing."""

from random import Random

import pytest
import with_none
from facts import Checked
from test_facts import _hold

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis, Domain
from raspir.ir import build, parse
from raspir.ir.types import BOOL, INT, NONE, NUMBER, STR

PERHAPS = Domain(INT | NONE, 0, 9)


def facts_of(text: str):
    """Return the facts about the output of a program in textual IR, whose first line is left out."""
    graph = parse("raspir 1\n" + text)
    return Analysis.of(graph)[graph.outputs["out"]]


def of_program(program, vocab=None):
    graph = raspir.lower(program, vocab)
    return Analysis.of(graph)[graph.outputs["out"]]


@pytest.mark.parametrize(
    ("one", "other", "kinds", "low", "high", "atoms"),
    [
        (Domain.of([None]), Domain.of([1]), INT | NONE, 1, 1, (None, 1)),
        (Domain.of([None]), Domain.range(INT, 0, 9), INT | NONE, 0, 9, None),
        (PERHAPS, Domain.range(INT, 5, 20), INT | NONE, 0, 20, None),
        (PERHAPS, Domain(BOOL, 0, 1, (False, True)), BOOL | INT | NONE, 0, 9, None),
        (Domain.of([None]), Domain(STR), STR | NONE, -float("inf"), float("inf"), None),
        (Domain.of([None]), Domain.of([None]), NONE, -float("inf"), float("inf"), (None,)),
    ],
)
def test_joins_keep_the_bounds_of_the_integers(one, other, kinds, low, high, atoms):
    for joined in (one.join(other), other.join(one)):
        assert joined.kinds is kinds
        assert (joined.low, joined.high) == (low, high)
        assert set(joined.atoms or ()) == set(atoms or ())
        assert joined.may_be_none


@pytest.mark.parametrize(
    ("domain", "atom", "left"),
    [
        (PERHAPS, None, Domain(INT, 0, 9)),
        (Domain.of([None, 1, True, 2]), 1, Domain.of([None, 2])),
        (Domain.of([None, 1]), None, Domain.of([1])),
        (Domain.of([None]), None, Domain.of([None])),  # then it is never asked
        (Domain(NONE), None, Domain(NONE)),
        (PERHAPS, 3, PERHAPS),
    ],
)
def test_an_atom_can_be_excluded(domain, atom, left):
    assert domain.without(atom) == left


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [(NONE, NUMBER | STR, True), (NUMBER, STR, True), (NUMBER | NONE, STR, True), (NUMBER | NONE, STR | NONE, False),
     (BOOL, INT, False)],
)  # fmt: skip
def test_numbers_strings_and_none_are_apart(one, other, apart):
    assert Domain(one).is_apart_from(Domain(other)) is apart
    assert Domain(other).is_apart_from(Domain(one)) is apart


FOUND = (key(tokens) == query("a")).best(indices, indices, default=None)


@pytest.mark.parametrize(
    ("program", "domain"),
    [
        (FOUND.or_else(-1), (-1, None)),
        (where(FOUND.is_none(), 3, FOUND), (0, None)),
        (where(~FOUND.is_none(), FOUND, 3), (0, None)),
        (where(~~FOUND.is_none(), 3, FOUND), (0, None)),
    ],
)
def test_a_replaced_none_is_gone(program, domain):
    found = of_program(program).domain
    assert found.kinds is INT
    assert found.low == domain[0]


@pytest.mark.parametrize("program", [where(FOUND.is_none(), FOUND, 3), where(tokens.is_none(), 3, FOUND), FOUND])
def test_a_none_that_is_not_replaced_stays(program):
    assert of_program(program).domain.may_be_none


SOURCES = '%x = input name="x" vocab=[none, 1, 2] : int|none\n%y = input name="y" : atom\n%z = input name="z" : atom\n'


@pytest.mark.parametrize(
    ("operation", "total", "atoms"),
    [
        ("add %x, 1 : int", False, (2, 3)),
        ("add %x, 1 none=skip : int|none", True, (None, 2, 3)),
        ("add %y, 1 none=skip : int|float|none", False, None),
        ("add %y, none none=skip : none", True, (None,)),
        ("lt %x, 2 none=skip : bool|none", True, (None, True, False)),
        ("eq %x, 1 : bool", True, (False, True)),
        ("eq %x, 1 none=skip : bool|none", True, (None, True, False)),
        ("eq %x, 1 none=error : bool", False, (True, False)),
        ('ne %x, "a" : bool', True, (True,)),
        ("has %x values=[none, 1] : bool", True, (True, False)),
        ("has %x values=[none, 1] none=skip : bool|none", True, (None, True, False)),
        ("floordiv 4, %x none=skip : int|none", True, (None, 4, 2)),
        ("where %x, 1, none : int|none", True, (None, 1)),
        ("lookup %x, %x otherwise=none keys=[1, 1, none, none] values=[5, 6] : int|none", True, (6, 5, None)),
        ('lookup %y, %z otherwise="c" keys=[1, none] values=["d"] : str', True, ("c", "d")),
    ],
)
def test_what_skips_none_is_total_if_it_is_on_the_rest(operation, total, atoms):
    found = facts_of(f"{SOURCES}%out = {operation}\noutput out = %out\n")
    assert found.total is total
    assert found.domain.atoms is None if atoms is None else set(map(repr, found.domain.atoms)) == set(map(repr, atoms))


@pytest.mark.parametrize(
    ("selector", "total"),
    [("select.eq %x, %y", True), ("select.eq %x, %y none=error", False), ("select.lt %x, 1", False)],
)
def test_comparisons_of_keys_with_none(selector, total):
    graph = parse(f"raspir 1\n{SOURCES}%s = {selector} : selector\n%w = sum %s, 1 default=0 : int\noutput out = %w\n")
    assert Analysis.of(graph)[graph.outputs["out"].operands[0]].total is total


def test_a_bound_holds_beside_none():
    total = build("add", build("where", build("input", name="tokens"), build("indices"), build("const", value=None)),
                  build("const", value=1), none="skip")  # fmt: skip
    domain = Analysis()[total].domain
    assert (domain.kinds, domain.low) == (INT | NONE, 1)


@pytest.mark.parametrize("seed", range(6))
def test_every_fact_holds_in_random_programs(seed):
    random = Random(f"missing {seed}")
    held = 0
    for _ in range(40):
        graph, atoms = with_none.program(random)
        checked = Checked(graph, None, None)
        n = random.randint(0, 4)
        given = [random.choices(atoms, k=n) for _ in range(4)]
        held += _hold(checked, given)
    assert held > 40
