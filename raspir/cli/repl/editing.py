"""What an editor of the language needs: the kinds of words, what may complete one, and whether a text is finished."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from raspir.cli.repl.session import HELP, VIEWS
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.lexis import KEYWORDS, pieces
from raspir.frontends.rasp.library import NAMES
from raspir.frontends.rasp.reader import Reader
from raspir.frontends.rasp.running import CONSOLE, SUFFIX
from raspir.frontends.rasp.scopes import RESERVED

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*\Z|\Z")
_COMMAND = re.compile(r"\s*(:\w*)\Z")
_FILE = re.compile(r'load\s*"([^"]*)\Z')
_STARTS_COMMAND = re.compile(r"\s*:")
_KEYWORDS = [word for word in KEYWORDS if not word.endswith("()")]


def styled(line: str) -> list[tuple[str, str]]:
    """Return the parts of a line with their kinds: those of the lexis, and ``library`` for names that it brings."""
    command = _COMMAND.match(line.partition(" ")[0])
    if command is not None:
        return [("keyword", line[: command.end()]), *styled(line[command.end() :])]
    own = NAMES | RESERVED
    return [("library" if kind == "name" and text in own else kind, text) for kind, text in pieces(line)]


def completions(line: str, names: Iterable[str], folder: Path) -> Iterator[tuple[str, int]]:
    """Yield what may complete the last word of a line, with the number of characters that it stands for.

    Args:
        line: the line up to the cursor.
        names: the names that have a value.
        folder: the working directory, for the names of files.
    """
    last = list(pieces(line))[-1:]
    if last and last[0][0] == "unclosed":
        file = _FILE.search(line)
        if file is not None:
            yield from _files(file[1], folder)
        return
    if last and last[0][0] in ("comment", "string", "number"):
        return
    command, word = _COMMAND.match(line), _WORD.search(line)
    assert word is not None
    start, known = (command[1], [HELP, *VIEWS]) if command else (word[0], sorted({*names, *_KEYWORDS}))
    for each in known:
        if each.startswith(start) and each != start:
            yield each, len(start)


def _files(start: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the files of the language, without their suffix, and the folders, whose names begin with ``start``."""
    before, slash, part = start.rpartition("/")
    try:
        found = sorted((folder / (before + slash)).iterdir())
    except (OSError, ValueError):
        return
    for path in found:
        name = f"{path.name}/" if path.is_dir() else path.stem
        if name.startswith(part) and not name.startswith(".") and (path.suffix == SUFFIX or path.is_dir()):
            yield name, len(part)


def is_finished(text: str, words: Collection[str] = ()) -> bool:
    """Return whether lines can be run, or are wrong, and thus need no further ones.

    Args:
        text: the lines.
        words: what is a line of its own without a semicolon, beside the commands.
    """
    if _STARTS_COMMAND.match(text) or text.strip() in words:
        return True
    reader = Reader(CONSOLE)
    try:
        for line in text.split("\n"):
            reader.feed(line)
    except RaspSyntaxError:
        return True
    return not reader.begun


@lru_cache(maxsize=128)  # an editor asks for each line that it shows, whenever one changes
def definitions(text: str) -> int:
    """Return how many words ``def`` are in the statement that the lines of ``text`` begin."""
    reader = Reader(CONSOLE)
    try:
        for line in text.split("\n"):
            reader.feed(line)
    except RaspSyntaxError:
        return 0
    return reader.definitions
