"""Syntax trees of the paper's language: what they are apart from places, and generated ones."""

from dataclasses import fields
from itertools import pairwise

from hypothesis import strategies as st

from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.lexis import KEYWORDS
from raspir.ir.location import Location

PLACE = Location("generated", 1, 1)


def shape(tree):
    """Return a tree as nested tuples, without places, in which 1 and 1.0 differ."""
    if isinstance(tree, syntax.Syntax):
        return type(tree).__name__, *(shape(getattr(tree, field.name)) for field in fields(tree)[1:])
    if isinstance(tree, tuple):
        return tuple(map(shape, tree))
    return (type(tree).__name__, repr(tree))


def node(kind, *parts):
    return st.builds(kind, st.just(PLACE), *parts)


def some(items, least=1):
    return st.lists(items, min_size=least, max_size=3).map(tuple)


identifiers = st.one_of(
    st.sampled_from("a b tokens full_s x1 _ aggregate select range zip len True out e5 Set".split()),
    st.from_regex(r"\A[a-zA-Z_][a-zA-Z_0-9]{0,3}\Z").filter(lambda name: name not in KEYWORDS),
)
strings = st.text(st.characters(exclude_characters='"\r\n'), max_size=4)
floats = st.floats(min_value=0, allow_nan=False).map(abs)
literals = node(syntax.Literal, st.one_of(st.integers(min_value=0), floats, strings))


def _larger(of):
    unary, binary = st.sampled_from(syntax.UNARY), st.sampled_from(syntax.BINARY)
    return st.one_of(
        node(syntax.Binary, binary, of, of),
        node(syntax.Unary, unary, of),
        node(syntax.Ternary, of, of, of),
        node(syntax.Index, of, of),
        node(syntax.Call, of, some(of, least=0)),
        node(syntax.ListOf, some(of, least=0)),
        node(syntax.DictOf, some(st.tuples(of, of), least=0)),
        node(syntax.ListComprehension, of, some(identifiers), of),
        node(syntax.DictComprehension, of, of, some(identifiers), of),
        node(syntax.Range, some(of)),
        node(syntax.Zip, some(of)),
        node(syntax.Len, of),
        node(syntax.Aggregate, of, of, st.none() | of),
        node(syntax.Select, of, of, st.sampled_from(syntax.COMPARISONS)),
    )


expressions = st.recursive(literals | node(syntax.Name, identifiers), _larger, max_leaves=12)

_which = st.sampled_from([None, "s-op", "selector"])
commands = st.one_of(
    node(syntax.SetExample, _which, expressions),
    node(syntax.ShowExample, _which),
    node(syntax.Examples, _which, st.booleans()),
    node(syntax.FullDisplay, st.booleans()),
    node(syntax.Exit),
)
statements = st.recursive(
    st.one_of(
        node(syntax.Expression, expressions),
        node(syntax.Assignment, some(identifiers), some(expressions)),
        node(syntax.Draw, expressions, st.none() | expressions),
        node(syntax.Load, strings),
    ),
    lambda of: st.one_of(
        node(syntax.Definition, identifiers, some(identifiers, least=0), some(of, least=0), some(expressions)),
        node(syntax.For, some(identifiers), expressions, some(of, least=0)),
    ),
    max_leaves=4,
)


def without_one_pair(text):
    """Yield the texts that lack one pair of matching parentheses; those of calls count, too."""
    opened, pairs = [], []
    for index, each in enumerate(text):
        if each == "(":
            opened.append(index)
        elif each == ")":
            pairs.append((opened.pop(), index))
    for start, end in pairs:
        kept = (text[before + 1 : after] for before, after in pairwise((-1, start, end, len(text))))
        yield " ".join(kept)
