"""Runs the snippets of the pages as tests: what they print is compared with what the pages say.

Snippets are in Python, or in the paper's language (``tests/transcripts.py``). That module is imported by the first
snippet: pytest reads this file also where it does not find the modules of the tests, as in a run of the kit.
"""

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser


def _run_transcript(example):
    from transcripts import evaluate

    return evaluate(example)


def _close_transcripts(namespace):
    from transcripts import close

    close(namespace)


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=ELLIPSIS),
        CodeBlockParser(language="rasp", evaluator=_run_transcript),
    ],
    patterns=["README.md", "docs/*.md"],
    teardown=_close_transcripts,
).pytest()
