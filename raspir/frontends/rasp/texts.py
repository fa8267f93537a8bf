"""The texts of files that programs load: reading them, and their statements."""

from __future__ import annotations

from pathlib import Path

from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.frontends.rasp.faults import RefusedError
from raspir.frontends.rasp.reader import Reader


def parsed(text: str, file: str) -> tuple[list[syntax.Statement], list[RaspSyntaxError]]:
    """Return the statements of a text, and the syntax errors of the lines that are none."""
    reader = Reader(file, comments_anywhere=False)
    statements: list[syntax.Statement] = []
    errors: list[RaspSyntaxError] = []
    for line in text.split("\n"):
        try:
            statements += reader.feed(line) or ()
        except RaspSyntaxError as error:
            errors.append(error)
    unfinished = reader.unfinished_error()
    return statements, errors if unfinished is None else [*errors, unfinished]


def read(path: Path, most: int) -> str:
    """Return the text of a file of at most ``most`` bytes.

    Raises:
        RefusedError: if it cannot be read, is larger, or is not UTF-8 text.
    """
    try:
        if path.stat().st_size > most:
            raise RefusedError(f"could not read file: {path}: it has more than {most} bytes, which is the limit")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RefusedError(f"could not read file: {path}: {error.strerror or 'it cannot be opened'}") from None
    except UnicodeDecodeError:
        raise RefusedError(f"could not read file: {path}: it is not UTF-8 text") from None


def is_same_file(a: Path, b: Path) -> bool:
    """Return whether two paths lead to one file that exists."""
    try:
        return a.samefile(b)
    except OSError:
        return False
