"""Shared fixtures, import paths for the examples and benchmarks, and the choice between daily tests and evidence."""

import sys
from pathlib import Path

import pytest
from daily import Run

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "examples"))
sys.path.append(str(ROOT / "benchmarks"))


@pytest.fixture(autouse=True)
def _the_usual_length_of_integers():
    """Undo what the command line does to this process, where a test calls it in here: it reads longer integers."""
    before = sys.get_int_max_str_digits()
    yield
    sys.set_int_max_str_digits(before)


def pytest_addoption(parser):
    parser.addoption("--evidence", action="store_true", help="run what the daily tests leave out, instead of them")


def pytest_configure(config):
    Run.evidence = config.getoption("evidence")


def pytest_collection_modifyitems(config, items):
    """Deselect the evidence, or what is not evidence: tests that are daily and have no further examples."""

    def wanted(item):
        long = item.get_closest_marker("evidence") is not None
        return long or item.get_closest_marker("sampled") is not None if Run.evidence else not long

    config.hook.pytest_deselected(items=[item for item in items if not wanted(item)])
    items[:] = filter(wanted, items)
