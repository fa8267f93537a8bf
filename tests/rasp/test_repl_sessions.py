"""The recorded sessions of the language's own console, through ``raspir repl`` as a command."""

import json
import re
from pathlib import Path

import pytest
from commands import raspir

from raspir.frontends.rasp.console import BANNER

SESSIONS = json.loads((Path(__file__).parent.parent / "data" / "rasp_sessions_dev.json").read_text(encoding="utf-8"))
HEADS = {
    "syntax-error": "\t!! antlr exception: ",
    "runtime-error": r"(something went wrong: |not implemented this command yet! ignoring\n)",
}


def is_matched(session):
    return session["compare"] != "quirk"


@pytest.mark.parametrize("session", [*filter(is_matched, SESSIONS)], ids=lambda s: s["name"])
def test_a_recorded_session(session, tmp_path):
    for name, text in session.get("files", {}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = raspir("repl", stdin="".join(f"{line}\n" for line in session["lines"]), cwd=tmp_path)
    assert done.returncode == 0
    assert re.fullmatch(expected(session), done.stdout), done.stdout


def expected(session):
    """Return the pattern of an output; of errors that may be worded otherwise, only the head counts."""
    if session["compare"] == "exact":
        return re.escape(session["output"])
    parts = [re.escape(BANNER)]
    for reply in session["replies"]:
        head = HEADS.get(reply["kind"])
        parts += [re.escape(reply["prompt"]), re.escape(reply["text"]) if head is None else f"{head}(?s:.*?)"]
    return "".join(parts)
