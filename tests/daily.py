"""What the daily tests leave to ``pytest --evidence``: further cases of what one case shows, and further examples.

``make test`` runs the daily tests. They find every kind of fault; the evidence finds the rare instances of each.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings

LEAST = 20
"""The number of examples below which the daily run does not go."""


class Run:
    """The kind of the current run, which ``conftest.py`` sets before tests are imported."""

    evidence = False


def rest(*values: Any, **more: Any) -> Any:
    """Return a case for ``parametrize`` that is evidence and not daily."""
    return pytest.param(*values, marks=pytest.mark.evidence, **more)


def first(cases: Iterable[Any], kind: Callable[[Any], Any] = lambda case: None) -> list[Any]:
    """Return cases for ``parametrize``, of which only the first one of each kind is daily."""
    seen: set[Any] = set()
    return [rest(each) if kind(each) in seen else seen.add(kind(each)) or each for each in cases]


def chosen(cases: Iterable[Any], daily: Callable[[Any], bool]) -> list[Any]:
    """Return cases for ``parametrize``, of which only those that meet a condition are daily."""
    return [each if daily(each) else rest(each) for each in cases]


def examples(count: int, **options: Any) -> Callable[[Any], Any]:
    """Have hypothesis try ``count`` examples as evidence, and a quarter of them daily, without a deadline for each."""
    number = count if Run.evidence else min(count, max(count // 4, LEAST))

    def decorate(test: Any) -> Any:
        return pytest.mark.sampled(settings(max_examples=number, deadline=None, **options)(test))

    return decorate
