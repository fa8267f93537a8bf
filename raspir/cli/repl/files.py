"""The files that a session writes: pictures and pages, in a folder of the working directory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from raspir.cli.batch import cause
from raspir.frontends.lowering import lower
from raspir.frontends.rasp.values import Sequence, Value, items_of, plainly
from raspir.ir import RaspirError

if TYPE_CHECKING:
    from raspir.backends.picture import Picture

FOLDER = "comp_flows"
"""The folder, which has its name from the language's own interpreter."""

_LONGEST = 60


def file_name(*parts: str) -> str:
    """Return a short name for a file from names and inputs: ASCII letters and digits, and signs no shell interprets."""
    name = "-".join(filter(None, (re.sub(r"[^A-Za-z0-9_.+=]+", "_", part).strip("_.") for part in parts)))
    return name[:_LONGEST].rstrip("-_.") or "out"


def write_file(name: str, content: str, note: Callable[[str], None]) -> None:
    """Write a file to the folder, or to a temporary one where that cannot be written, and say where it is."""
    path = Path(FOLDER) / name
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        note(f"cannot write {path}: {cause(error)}")
        path = Path(tempfile.mkdtemp(prefix="raspir-")) / name
        path.write_text(content, encoding="utf-8")
    note(f"wrote {path}")


def write_drawing(sequence: Sequence, given: Value, note: Callable[[str], None]) -> Picture | None:
    """Write the picture of the layers of an s-op on an input: the attention of each head, and its values.

    Returns:
        the picture, or ``None`` if there is none, which a note explains.
    """
    from raspir.backends.picture import Picture  # which imports what draws

    try:
        picture = Picture("program", lower(sequence.expression), items_of(given))
        write_file(f"{file_name(sequence.label, plainly(given))}.svg", picture.svg(), note)
    except (RaspirError, OSError) as error:
        note(f"cannot draw {sequence.label}: {error}")
        return None
    return picture
