"""Feature cases on the backend that ``--backend`` names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from raspir.testing.conformance.case import Case
from raspir.testing.conformance.features import cases


@pytest.mark.parametrize("case", cases(), ids=str)
def test_feature(case: Case, held_to: Callable[..., None]) -> None:
    """Check that the backend conforms to the language, or declares the feature unsupported."""
    held_to(case, lambda judge: judge.check(case))
