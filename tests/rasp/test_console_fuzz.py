"""The console under random lines, valid and damaged: no exception leaves it, and it goes on as before."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from compare import Output
from daily import Run
from meaningful import Programs

from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.limits import Limits
from raspir.frontends.rasp.printing import unparse

SESSIONS = json.loads((Path(__file__).parents[1] / "data" / "rasp_sessions_dev.json").read_text(encoding="utf-8"))
LINES = [line for session in SESSIONS for line in session["lines"] if "draw" not in line and len(line) < 300]
SIGNS = [
    *"()[]{},;:=+-*/%^<>\"#'!.\t\0\x1b",
    "==",
    "!=",
    " in ",
    " if ",
    " else ",
    " for ",
    "def ",
    "aggregate(",
    "é",
    "\ud800",
]
COUNT = 10_000 if Run.evidence else 1_000


class Quiet(Output):
    """An output that keeps nothing of drawings and notes."""

    def note(self, text):
        self.write(text)

    def draw(self, sequence, given):
        self.write("drawn")


def damaged(line, random):
    """Return a line without a part, with one part twice, with another sign, or cut off."""
    if not line:
        return random.choice(SIGNS)
    start = random.randrange(len(line))
    end = min(len(line), start + random.choice((1, 1, 2, 5)))
    way = random.randrange(5)
    if way == 0:
        return line[:start] + line[end:]
    if way == 1:
        return line[:start] + random.choice(SIGNS) + line[start:]
    if way == 2:
        return line[:end] + line[start:]
    if way == 3:
        return line[:start]
    other = random.choice(LINES)
    return line[:start] + other[random.randrange(len(other) + 1) :]


def lines(random):
    """Return some lines: of a recorded session, or of a random program."""
    if random.random() < 0.7:
        return [random.choice(LINES)]
    return unparse(Programs(random, wrong=0.2).statement()).split("\n")


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(4))
def test_random_lines(seed, tmp_path, monkeypatch):
    """Whatever is typed, the console replies, and a new statement works afterwards."""
    monkeypatch.chdir(tmp_path)
    random = Random(seed)
    (tmp_path / "lib1.rasp").write_text("a = indices; b = tokens +\n")
    output = Quiet()
    console = Console(output, Limits(items=2000, calls=20))
    for _ in range(COUNT):
        for line in lines(random):
            console.feed(damaged(line, random) if random.random() < 0.5 else line)
        if random.random() < 0.1:
            works(console, output)


def works(console, output):
    console.drop()
    output.text = ""
    console.feed("1+1;")
    assert output.text == "    value: out =  2\n"
    assert console.prompt == ">> "
