"""Generated programs, as written and optimised, on the backend that ``--backend`` names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from raspir.testing.conformance.generated import VERSIONS, Patience, case_of, check
from raspir.testing.conformance.judge import Judge


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for as many programs as the options say."""
    config = metafunc.config
    metafunc.parametrize("version", VERSIONS)
    metafunc.parametrize("seed", [config.getoption("program_seed")], ids="seed {}".format)
    metafunc.parametrize("number", range(config.getoption("programs")), ids="number {}".format)


def test_program(
    number: int, seed: int, version: str, judge: Judge, held_to: Callable[..., None], patience: Patience
) -> None:
    """The backend yields and refuses what the reference does."""
    case = case_of(number, seed, version, judge)
    held_to(case, lambda judge: check(judge, number, seed, version, patience))
