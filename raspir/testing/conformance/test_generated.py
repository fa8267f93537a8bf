"""Generated programs, unoptimized and optimized, on the backend that ``--backend`` names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from raspir.testing.conformance.generated import VERSIONS, Patience, case_of, check
from raspir.testing.conformance.judge import Judge


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize the test with the programs that the options request."""
    config = metafunc.config
    metafunc.parametrize("version", VERSIONS)
    metafunc.parametrize("seed", [config.getoption("program_seed")], ids="seed {}".format)
    metafunc.parametrize("number", range(config.getoption("programs")), ids="number {}".format)


def test_program(
    number: int, seed: int, version: str, judge: Judge, recorded: Callable[..., None], patience: Patience
) -> None:
    """Check that the backend matches the reference in results and failures."""
    case = case_of(number, seed, version, judge)
    recorded(case, partial(check, judge, number, seed, version, patience))
