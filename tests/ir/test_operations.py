"""Operations: everything that is known about one is on its row, and each has the class of nodes that rules take."""

import inspect
import typing

import pytest

from raspir.ir import OPERATIONS, Role, build, views
from raspir.ir.evaluation import EVALUATORS
from raspir.ir.operations import COMPARISONS
from raspir.ir.views import class_of
from raspir.passes import depth
from raspir.rewriting import algebra

SCALARS = {name for name, operation in OPERATIONS.items() if operation.role is Role.ELEMENTWISE}


def test_every_scalar_operation_without_attributes_of_its_own_has_an_evaluator():
    assert set(EVALUATORS) == {n for n in SCALARS if all(name == "none" for name, _ in OPERATIONS[n].attributes)}


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_selecting_evaluates_as_comparing(comparison):
    select, compare = OPERATIONS[f"select.{comparison}"], OPERATIONS[comparison]
    assert select.evaluate is compare.evaluate
    assert select.total is compare.total


def test_nodes_have_the_class_of_their_operation():
    x, i = build("input", name="tokens"), build("indices")
    before = build("select.lt", i, i)
    total = build("sum", before, x, default=7)
    assert views.Sum.of(total) is total
    assert views.Best.of(total) is None
    assert (total.selector, total.value, total.default) == (before, x, 7)
    assert (before.key, before.query, before.comparison) == (i, i, "lt")
    best = build("best", before, x, i, pick="highest", ties="left", default=0)
    assert (best.score, best.pick, best.ties) == (i, "highest", "left")
    assert isinstance(build("eq", x, i), views.Compare)
    assert isinstance(build("add", i, i), views.Binary)
    assert isinstance(build("neg", i), views.Unary)


@pytest.mark.parametrize("name", OPERATIONS)
def test_named_operands_are_those_of_the_operation(name):
    operation = OPERATIONS[name]
    view = class_of(operation)
    parts = [(each, part) for base in view.__mro__ for each, part in vars(base).items()]
    for each, part in parts:
        if isinstance(part, views.Operand):
            assert operation.operands[part.index] == each or each == "operand"
    attributes = {part.name for _, part in parts if isinstance(part, views.Named)}
    assert attributes == {attribute for attribute, _ in operation.attributes if attribute != "none"}


@pytest.mark.parametrize("name", algebra.RULES)
def test_rules_of_the_algebra_take_the_nodes_of_their_operation(name):
    for rule in algebra.RULES[name]:
        assert issubclass(class_of(OPERATIONS[name]), _taken(rule)), rule


def test_rules_of_the_search_take_the_nodes_that_they_are_declared_for():
    for rule in depth.RULES:
        assert _taken(rule.propose) is rule.view, rule.name


def _taken(rule):
    """Return the class of the second parameter of a rule."""
    (_, node) = inspect.signature(rule).parameters
    return typing.get_type_hints(rule)[node]
