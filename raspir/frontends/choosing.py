"""The errors of the choice of a program in a file, by its name or as the only one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from raspir.ir import LoadError


class SeveralProgramsError(LoadError):
    """A file with several programs, of which no name chooses one.

    Attributes:
        found: the programs and selectors of the file by name, in the order of their definition. In a Python file, some
            may be functions that return one.
    """

    def __init__(self, file: str, names: Iterable[str], found: Mapping[str, object]) -> None:
        names = list(names)
        chosen = f"{'-' if file == '<stdin>' else file}:{names[0]}"
        super().__init__(f"{file} has several programs ({', '.join(names)}): choose one, as in {chosen}")
        self.args = (file, names, found)
        self.found = found


def missing(file: str, name: str, names: Iterable[str]) -> LoadError:
    """Return the error that a file has no ``name``, with those of ``names`` that are near."""
    near = get_close_matches(name, names, n=3)
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    return LoadError(f"{file} has no {name}{hint}")
