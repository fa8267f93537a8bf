"""Runs the Python snippets of the pages as tests; what they print is compared with what the pages say."""

from doctest import ELLIPSIS

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS)],
    patterns=["README.md", "docs/*.md"],
).pytest()


def pytest_itemcollected(item):
    """Keep the snippets of one page in one process: each goes on where the one before it stopped."""
    if item.path.suffix == ".md":
        item.add_marker(pytest.mark.xdist_group(item.path.name))
