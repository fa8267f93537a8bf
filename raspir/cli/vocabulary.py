"""Vocabularies on the command line: characters, a JSON list, or a range of integers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from raspir.cli.batch import read_json
from raspir.ir import Atom, InputError

_MOST = 100_000
"""The largest range; a vocabulary lists its atoms."""

OPTIONS: dict[str, Any] = {
    "vocab_json": Annotated[
        str | None,
        typer.Option(metavar="JSON", help="Assume that inputs hold only the atoms of a JSON list: '[1, 2, -5]'."),
    ],
    "vocab_range": Annotated[
        str | None,
        typer.Option(metavar="LOW:HIGH", help="Assume that inputs hold only integers from LOW to HIGH, both included."),
    ],
}
"""The options for vocabularies other than characters, by parameter."""


def vocabulary(characters: str | None, as_json: str | None, as_range: str | None) -> Iterable[Atom] | None:
    """Return the vocabulary that one of the options gives; ``None`` without any.

    Raises:
        InputError: if several are given, or one is malformed.
    """
    if sum(given is not None for given in (characters, as_json, as_range)) > 1:
        raise InputError("give one of --vocab, --vocab-json and --vocab-range")
    if as_json is not None:
        return _from_json(as_json)
    return characters if as_range is None else _from_range(as_range)


def _from_json(text: str) -> list[Atom]:
    try:
        atoms = read_json(text)
    except InputError as error:
        raise InputError(f"--vocab-json: {error.message}") from None
    if not isinstance(atoms, list):
        raise InputError(f"--vocab-json: a vocabulary is a list of atoms such as [1, 2, -5], not {text[:40]}")
    return atoms


def _from_range(text: str) -> range:
    ends = re.fullmatch(r"([-+]?[0-9]{1,18}):([-+]?[0-9]{1,18})", text)
    atoms = range(int(ends[1]), int(ends[2]) + 1) if ends else range(0)
    if not atoms:
        raise InputError(f"--vocab-range: a range is LOW:HIGH, such as 0:9, not {text[:40]}")
    if len(atoms) > _MOST:
        raise InputError(f"--vocab-range: a vocabulary has at most {_MOST:,} integers, not {len(atoms):,}")
    return atoms
