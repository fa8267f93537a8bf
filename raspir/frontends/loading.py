"""``raspir.load``: the programs of a file, for Python."""

from __future__ import annotations

import os
from typing import Any

from raspir.frontends.calls import split
from raspir.frontends.choosing import SeveralProgramsError
from raspir.frontends.files import is_text, load_named, output_of, programs_among
from raspir.ir import Graph
from raspir.ir.tracebacks import public


@public
def load(target: str | os.PathLike[str], name: str | None = None) -> Any:
    """Return the program or selector of a file, or several by name.

    Args:
        target: a Python file (``.py``), a file of the paper's language (``.rasp``), a dotted module, or any other file,
            which is textual IR; also ``FILE:NAME``.
        name: which program: a name, or a call of a function of the file, such as ``"shift(2)"``. By default the only
            one; if the file has several, all of them: a dict of the programs and selectors that it binds to public
            names, by name in the order of their definition. Functions are not in it, except those of a Python file that
            return a program without arguments, which are called.

    Returns:
        A program or a selector as if Python had built it, a graph from textual IR, or a dict of these.

    Raises:
        LoadError: if there is no such file, module, name or program, or Python code of the file raises.
        TextError: if textual IR is malformed.
        RaspirError: if a ``.rasp`` file has an error: the first, at its place.
    """
    file, chosen = (os.fspath(target), name) if name is not None else split(os.fspath(target))
    try:
        found = load_named(file, chosen)
    except SeveralProgramsError as several:
        return programs_among(several.found)
    if chosen is None and isinstance(found, Graph) and is_text(file) and len(found.outputs) > 1:
        return {each: output_of(found, each) for each in found.outputs}
    return found
