"""Runs the blocks of pages that are in the paper's language: sessions at its console, and files that they load.

A block that begins with a prompt is a session: each line that the page shows after a prompt is read by the console, and
the prompts and what it writes are compared with the page, as a terminal shows them. All sessions of a page are one. A
block that begins with ``%%rasp`` is a cell of a notebook, which shares names with the Python of the page. Any other
block is a file: its first line is a comment that opens with the file's name. Cells and files must run without an error.
"""

import re
from contextlib import chdir
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from tempfile import TemporaryDirectory

from raspir.cli.repl.files import write_drawing
from raspir.cli.repl.session import Session
from raspir.frontends.rasp.console import Console

ROOT = Path(__file__).parent.parent
_KEY = "the session of this page"
_PROMPT = re.compile(r"^(?:>> |\.\. (?:  )*)", re.MULTILINE)
_NAME = re.compile(r"# (\w+\.rasp)\b")


class Transcript:
    """A session in a folder of its own, in which the examples are found, too."""

    def __init__(self):
        self._folder = TemporaryDirectory()
        self.path = Path(self._folder.name)
        (self.path / "examples").symlink_to(ROOT / "examples")
        self.text = ""
        self.session = Session(Console(self), self)

    def write(self, text):
        self.text += text

    def note(self, text):
        self.text += f"raspir: {text}\n"

    def draw(self, sequence, given):
        write_drawing(sequence, given, self.note)

    def run(self, shown):
        """Read the lines that a page shows after prompts, and return what a terminal shows for them."""
        self.text = ""
        with chdir(self.path):
            for line in shown.splitlines():
                if _PROMPT.match(line):
                    prompt = self.session.console.prompt
                    self.text += f"{line}\n" if line.startswith(prompt) else f"{prompt}\n"
                    self.session.feed(line.removeprefix(prompt))
        return "\n".join(each.expandtabs().rstrip() for each in self.text.splitlines())

    def load(self, name, text):
        """Write a file, and return what loading it shows."""
        (self.path / name).write_text(text, encoding="utf-8")
        return self.run(f'>> load "{name.removesuffix(".rasp")}";')

    def close(self):
        self._folder.cleanup()


def run_cell(text, namespace):
    """Run a cell of a notebook whose variables are ``namespace``, and return its error, if there is one."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell = InteractiveShell(user_ns=namespace, config=Config(HistoryManager={"enabled": False}))
    shell.run_line_magic("load_ext", "raspir")
    error = shell.run_cell(text).error_in_exec
    return None if error is None else str(error)


def evaluate(example):
    """Return what is wrong with a block, if anything is."""
    if example.parsed.startswith("%%rasp"):
        return run_cell(str(example.parsed), example.namespace)
    if _KEY not in example.namespace:
        example.namespace[_KEY] = Transcript()
    session = example.namespace[_KEY]
    if not _PROMPT.match(example.parsed):
        name = _NAME.match(example.parsed)
        if name is None:
            return "the first line of a file is a comment that opens with its name"
        got = session.load(name[1], str(example.parsed))
        return got if "!!" in got or "went wrong" in got else None
    expected = example.parsed.rstrip().replace("…", "...")
    got = session.run(example.parsed)
    return None if OutputChecker().check_output(expected + "\n", got + "\n", ELLIPSIS) else got


def close(namespace):
    """End the session of a page."""
    if _KEY in namespace:
        namespace[_KEY].close()
