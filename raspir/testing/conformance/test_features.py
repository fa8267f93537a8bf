"""Each feature of the language on the backend that ``--backend`` names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from raspir.testing.conformance.case import Case
from raspir.testing.conformance.features import cases


@pytest.mark.parametrize("case", cases(), ids=str)
def test_feature(case: Case, held_to: Callable[..., None]) -> None:
    """The backend does what the language says, or says beforehand that it does not support it."""
    held_to(case, lambda judge: judge.check(case))
