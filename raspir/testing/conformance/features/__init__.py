"""Conformance cases on single features, in the order of the language reference."""

from __future__ import annotations

from functools import cache

from raspir.testing.conformance.case import Case
from raspir.testing.conformance.features import (
    aggregates,
    assumptions,
    best,
    causal,
    challenges,
    conversions,
    elementwise,
    functions,
    missing,
    mistakes,
    moving,
    numbers,
    programs,
    selectors,
    sources,
    together,
    tuples,
)


@cache
def cases() -> tuple[Case, ...]:
    """Return the feature cases, each about something that a backend can get wrong independently."""
    modules = (
        sources, elementwise, conversions, functions, together, tuples, selectors, aggregates, best, missing, moving,
        numbers, programs, causal, assumptions, mistakes, challenges,
    )  # fmt: skip
    return tuple(case for module in modules for case in module.cases())
