"""Well-known RASP programs, with results from an independent implementation of the language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

from raspir.ir import parse
from raspir.testing.conformance.case import Case, Trial

GROUP = "challenges"
DATA = "challenges.json"


def cases() -> Iterator[Case]:
    """Yield the cases: each a program in textual IR, its layers, and inputs with expected results."""
    held = json.loads(files("raspir.testing.conformance").joinpath(DATA).read_text(encoding="utf-8"))
    for name, challenge in held.items():
        graph = parse(challenge["program"])
        if graph.unbound:
            graph = graph.bind(dict.fromkeys(graph.unbound, digit))
        given = tuple(case["input"] for case in challenge["cases"])
        wanted = tuple(case["output"] for case in challenge["cases"])
        yield Case(GROUP, f"{name}: {challenge['what']}", (Trial(graph, given, wanted, challenge["layers"]),))


def digit(character: str) -> int:
    """Return the value of a digit character: the only function that these programs call."""
    return ord(character) - ord("0")
