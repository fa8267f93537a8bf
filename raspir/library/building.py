"""What the functions of the library share: the check of their arguments, and common selectors."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import ParamSpec, get_type_hints

from raspir.frontends.programs import ProgramExpression
from raspir.frontends.python.embedded import Selector, SOp, indices, key, query
from raspir.frontends.source import mistake
from raspir.ir import Atom
from raspir.ir.atoms import show
from raspir.ir.tracebacks import forwarding, public

Value = SOp | Atom
"""A program, or an atom that stands at every position."""

P = ParamSpec("P")


def library(function: Callable[P, SOp]) -> Callable[P, SOp]:
    """Return ``function`` with a check that the sequences given to it are programs, and its name on the result."""
    signature = inspect.signature(function)
    hints = get_type_hints(function)
    sequences = [name for name in signature.parameters if hints[name] in (SOp, SOp | None)]

    @public
    @forwarding
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> SOp:
        given = {**dict(zip(signature.parameters, args, strict=False)), **kwargs}
        for name in sequences:
            if given.get(name) is not None:
                _check(function.__name__, given[name])
        return function(*args, **kwargs).name(function.__name__)

    return call


def _check(function: str, given: object) -> None:
    if isinstance(given, SOp):
        return
    if isinstance(given, ProgramExpression):
        mistake(f"{function} takes programs of raspir's own language, not of another dialect")
    hint = ""
    if isinstance(given, Iterable) and not isinstance(given, Selector):
        hint = f"; apply it to an input as in {function}(tokens)({show(given)})"
    elif callable(given) and not isinstance(given, Selector):
        hint = "; call the function to get its program"
    what = "a selector" if isinstance(given, Selector) else show(given)
    mistake(f"{function} takes a program, such as tokens, not {what}{hint}")


def natural(function: str, name: str, value: object, least: int = 0) -> None:
    """Check that an argument is an integer of at least ``least``.

    Raises:
        ProgramError: if it is not.
    """
    if type(value) is not int or value < least:
        mistake(f"{function}: {name} must be an integer of at least {least}, not {show(value)}")


def everywhere() -> Selector:
    """Return the selector of all positions."""
    return key(1) == query(1)


def before() -> Selector:
    """Return the selector of all earlier positions."""
    return key(indices) < query(indices)


def up_to_here() -> Selector:
    """Return the selector of the position itself and all earlier ones."""
    return key(indices) <= query(indices)


def after() -> Selector:
    """Return the selector of all later positions."""
    return key(indices) > query(indices)


def equal(keys: Value, queries: Value) -> Selector:
    """Return the selector of the positions where ``keys`` has the value that ``queries`` has at the query's."""
    return key(keys) == query(queries)


def fetch(seq: Value, position: Value, default: Atom = 0) -> SOp:
    """Return the value of ``seq`` at ``position``, or ``default`` outside the input."""
    return equal(indices, position).value(seq, default)


def count_all() -> SOp:
    """Return the number of positions, with the source location of the caller."""
    return everywhere().width().name("length")
