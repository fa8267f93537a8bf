"""Recorded sessions of the language's own interpreter: every reply, as strictly as each session asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.values import Sequence, Value

SESSIONS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "rasp_sessions_dev.json").read_text(encoding="utf-8")
)
_COMPARED = [session for session in SESSIONS if session["compare"] != "quirk"]
_FREELY_WORDED = {"syntax-error": ("\t!! antlr exception: ",), "runtime-error": ("something went wrong: ", "not impl")}
"""How replies begin that may be worded otherwise where a session is compared by its messages."""


class Written:
    """An output that keeps what is written to it."""

    def __init__(self) -> None:
        self.text = ""
        self.notes: list[str] = []

    def write(self, text: str) -> None:
        self.text += text

    def note(self, text: str) -> None:
        self.notes.append(text)

    def draw(self, sequence: Sequence, given: Value) -> None:
        """Draw nothing."""

    def taken(self) -> str:
        """Return what was written since the last call."""
        text, self.text = self.text, ""
        return text


def _prepare(session: dict[str, Any], folder: Path) -> None:
    for name, text in session.get("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("session", _COMPARED, ids=lambda session: session["name"])
def test_session(session: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _prepare(session, tmp_path)
    monkeypatch.chdir(tmp_path)
    output = Written()
    console = Console(output)
    for line, reply in zip(session["lines"], session["replies"], strict=False):  # the last reply is to the end
        assert console.prompt == reply["prompt"]
        console.feed(line)
        text = output.taken()
        begins = _FREELY_WORDED.get(reply["kind"]) if session["compare"] == "messages" else None
        if begins is None:
            assert text == reply["text"], line
        else:
            assert text.startswith(begins), line


def test_enough_sessions_are_compared() -> None:
    assert len(_COMPARED) == 302
