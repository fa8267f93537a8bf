"""Shared fixtures and import paths for the examples and benchmarks."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "examples"))
sys.path.append(str(ROOT / "benchmarks"))


@pytest.fixture(autouse=True)
def _the_usual_length_of_integers():
    """Undo what the command line does to this process, where a test calls it in here: it reads longer integers."""
    before = sys.get_int_max_str_digits()
    yield
    sys.set_int_max_str_digits(before)
