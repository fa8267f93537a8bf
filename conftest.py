"""Runs the snippets of the pages as tests: what they print is compared with what the pages say.

Snippets are in Python, or in the paper's language (``tests/transcripts.py``).
"""

from doctest import ELLIPSIS

import transcripts
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=ELLIPSIS),
        CodeBlockParser(language="rasp", evaluator=transcripts.evaluate),
    ],
    patterns=["README.md", "docs/*.md"],
    teardown=transcripts.close,
).pytest()
