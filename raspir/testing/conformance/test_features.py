"""Feature cases on the backend that ``--backend`` names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from raspir.testing.conformance.case import Case
from raspir.testing.conformance.features import cases
from raspir.testing.conformance.judge import Judge


@pytest.mark.parametrize("case", cases(), ids=str)
def test_feature(case: Case, judge: Judge, recorded: Callable[..., None]) -> None:
    """Check that the backend conforms to the language, or declares the feature unsupported."""
    recorded(case, partial(judge.check, case))
