"""The selectors of Tracr's dialect.

As in Tracr, two selectors of the same keys and queries combine into one whose predicate evaluates the second predicate
only where the first one leaves the outcome open. This shows only where the second fails and the first does not. In all
other cases the combination is one of the IR, which the optimizer understands and in which both keep their names.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from raspir.frontends.expressions import Expression, RefusedOperations
from raspir.frontends.functions import check_arity, is_function
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.combinations import combined, steps_of
from raspir.frontends.tracr.expressions import OfTwo, RASPExpr, constant, made_of, program, treating_none
from raspir.frontends.tracr.predicates import (
    Comparison,
    Predicate,
    comparison_of,
    fails_only_with,
)
from raspir.frontends.tracr.sops import only
from raspir.frontends.tracr.sources import Full
from raspir.ir import Function
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public, public_methods

SelectorValue = list[list[bool]]
"""The entries of a selector: a row for each query, with an entry for each key."""


@public_methods
class Selector(RASPExpr, SelectorExpression):
    """A selector of Tracr's dialect: which keys each query selects."""

    __slots__ = ()

    _default_name = "selector"
    _advice = (
        "a selector has no values and no arithmetic: combine selectors with `&`, `|` and `~`, or aggregate with "
        "rasp.Aggregate(selector, program)"
    )
    _made_by = "rasp.Select(keys, queries, predicate) makes one"

    def __call__(self, *given: object, **named: object) -> SelectorValue:
        """Return the entries on an input: a list of rows (queries) of booleans (keys).

        Raises:
            InputError: if the input is not a sequence of values.
            EvaluationError: if an operation fails.
        """
        return list(self._run(only(self, given, named)))

    def __and__(self, other: object) -> Selector:
        return selector_and(self, other)

    def __rand__(self, other: object) -> Selector:
        return selector_and(other, self)

    def __or__(self, other: object) -> Selector:
        return selector_or(self, other)

    def __ror__(self, other: object) -> Selector:
        return selector_or(other, self)

    def __invert__(self) -> Selector:
        return selector_not(self)

    __hash__ = RefusedOperations.__hash__


@public_methods
class Select(Selector):
    """The selector of a comparison of each key with each query.

    Args:
        keys: the program that computes the keys.
        queries: the program that computes the queries.
        predicate: a member of :class:`Comparison`, of which ``TRUE`` and ``FALSE`` compute neither keys nor queries, or
            a function called as ``predicate(key, query)``, which may take ``None``.

    Raises:
        ProgramError: if an argument is unsuitable.
    """

    __slots__ = ("asked_first", "is_strict")
    _default_name = "select"
    _links = (*Selector._links, "asked_first")
    _stored = (*Selector._stored, "is_strict")

    asked_first: tuple[Select, ...]
    """Of a combination, the selector whose predicate it evaluates for all pairs of positions."""
    is_strict: bool
    """Whether it fails only on inputs on which the predicate that it evaluates first fails."""

    def __init__(self, keys: ProgramExpression, queries: ProgramExpression, predicate: Predicate) -> None:
        sides = program(keys, "rasp.Select"), program(queries, "rasp.Select")
        if not is_function(predicate):
            mistake(
                "rasp.Select takes a predicate of two values last, a key's and a query's, such as rasp.Comparison.EQ, "
                f"not {show(predicate)}"
            )
        self.asked_first, self.is_strict = (), True
        if predicate is Comparison.TRUE or predicate is Comparison.FALSE:
            compared = constant(1), constant(int(predicate is Comparison.TRUE))
            made_of(self, sides, (predicate,), "select.eq", compared)
            return
        name, none = comparison_of(predicate)
        if name is not None:
            attributes = treating_none(none, sides) if name in ("eq", "ne") else ()
            made_of(self, sides, (predicate,), f"select.{name}", sides, attributes)
            return
        check_arity(predicate, 2)
        made_of(self, sides, (predicate,), "select.by", sides, ("function",), predicate)

    @property
    def keys(self) -> Expression:
        """The program that computes the keys."""
        return self.parts[0]

    @property
    def queries(self) -> Expression:
        """The program that computes the queries."""
        return self.parts[1]

    @property
    def predicate(self) -> Function:
        """The predicate."""
        return self.given[0] if self.given else partial(combined, steps_of(self))


@public_methods
class _Combination(OfTwo, Selector):
    """Base class of the combinations of two selectors."""

    __slots__ = ()
    _operator: ClassVar[tuple[str, str]]
    """The operator in messages, and the operation."""

    def __init__(self, fst: SelectorExpression, snd: SelectorExpression) -> None:
        symbol, operation = self._operator
        parts = _selector(fst, symbol), _selector(snd, symbol)
        made_of(self, parts, (), operation, parts)


class SelectorAnd(_Combination):
    """What both of two selectors select.

    Raises:
        ProgramError: if one of them is no selector.
    """

    __slots__ = ()
    _default_name = "selector_and"
    _operator = ("&", "selector.and")


class SelectorOr(_Combination):
    """What either of two selectors selects.

    Raises:
        ProgramError: if one of them is no selector.
    """

    __slots__ = ()
    _default_name = "selector_or"
    _operator = ("|", "selector.or")


@public_methods
class SelectorNot(Selector):
    """What a selector does not select.

    Raises:
        ProgramError: if it is no selector.
    """

    __slots__ = ()
    _default_name = "selector_not"

    def __init__(self, inner: SelectorExpression) -> None:
        parts = (_selector(inner, "~"),)
        made_of(self, parts, (), "selector.not", parts)

    @property
    def inner(self) -> Expression:
        """The selector."""
        return self.parts[0]


def _selector(value: object, symbol: str) -> SelectorExpression:
    if not isinstance(value, SelectorExpression):
        mistake(f"`{symbol}`: a selector can only be combined with a selector, not with {show(value)}")
    return value


@public
def selector_and(fst: Any, snd: Any, simplify: bool = True) -> Selector:
    """Return what both of two selectors select: one ``Select`` if they have the same keys and queries.

    Raises:
        ProgramError: if one of them is no selector.
    """
    simple = _simplified("and", fst, snd) if simplify else None
    return SelectorAnd(fst, snd) if simple is None else simple


@public
def selector_or(fst: Any, snd: Any, simplify: bool = True) -> Selector:
    """Return what either of two selectors selects: one ``Select`` if they have the same keys and queries.

    Raises:
        ProgramError: if one of them is no selector.
    """
    simple = _simplified("or", fst, snd) if simplify else None
    return SelectorOr(fst, snd) if simple is None else simple


@public
def selector_not(inner: Any, simplify: bool = True) -> Selector:
    """Return what a selector does not select: a ``Select`` if it is one.

    Raises:
        ProgramError: if it is no selector.
    """
    inner = _selector(inner, "~")
    if not (simplify and isinstance(inner, Select)):
        return SelectorNot(inner)
    return made_of(_after(inner, inner.is_strict), inner.parts, (), "selector.not", (inner,))


def _simplified(name: str, fst: object, snd: object) -> Select | None:
    """Return two selectors as one, if their keys and their queries are the same or, on one side, fixed."""
    if not (isinstance(fst, Select) and isinstance(snd, Select)):
        return None
    keys, queries = _common(fst.keys, snd.keys), _common(fst.queries, snd.queries)
    if keys is None or queries is None:
        return None
    sides = keys, queries
    first, second = _first(fst), _first(snd)
    if snd.is_strict and fails_only_with(second.predicate, second.parts, first.predicate, first.parts):
        return made_of(_after(fst, fst.is_strict), sides, (), f"selector.{name}", (fst, snd))
    later = steps_of(snd, sides)
    predicate = partial(combined, (*steps_of(fst, sides), (name, len(later)), *later))
    return made_of(_after(fst, False), sides, (predicate,), "select.by", sides, ("function",), predicate)


def _common(a: Expression, b: Expression) -> Expression | None:
    """Return the program that two selectors have on one side; one with a fixed value takes the other's."""
    if a is b or isinstance(b, Full):
        return a
    return b if isinstance(a, Full) else None


def _first(select: Select) -> Select:
    """Return the selector whose predicate ``select`` evaluates for all pairs of positions."""
    return select.asked_first[0] if select.asked_first else select


def _after(select: Select, is_strict: bool) -> Select:
    """Return a new combination, still to be filled in, that begins with the predicate of ``select``."""
    made = Select.__new__(Select)
    made.asked_first, made.is_strict = (_first(select),), is_strict
    return made
