"""Shell completion: the words that a shell passes, and the completions that it takes.

Bash breaks words at colons and equals signs, as in ``FILE:NAME`` and ``--option=value``: it passes the parts as words,
and replaces the last part alone by a completion.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Callable

INSTRUCTION = "_RASPIR_COMPLETE"
"""The environment variable by which a shell asks for completions, as in ``complete_bash``."""


def complete(run: Callable[[], None]) -> None:
    """Print the completions that ``run``, the command line, offers; nothing if it fails, and nothing else ever."""
    shell = os.environ[INSTRUCTION].removeprefix("complete_")
    before, escape = _rejoin() if shell == "bash" else ("", str)
    out, code = io.StringIO(), 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # of a plugin, or Ctrl-C: a traceback would end up on the command line
        sys.exit(1)
    text = out.getvalue()
    if shell == "bash":
        text = "".join(f"{escape(line.removeprefix(before))}\n" for line in text.splitlines() if line)
    elif shell == "zsh":
        head, start, items = text.partition("((")
        text = f"{head}{start}{_COLON.sub(_ESCAPED, items)}"
    sys.stdout.write(text)
    sys.exit(code)


_COLON = re.compile(r'(?<![\\":]):(?=[^"])')
"""A colon within an item, which separates it from its description in zsh; some versions of typer leave it."""
_ESCAPED = r"\\\\:"


def _escaped(text: str) -> str:
    """Return a completion for bash, which inserts it unchanged."""
    return re.sub(r"([^\w@%+=:,./{}-])", r"\\\1", text)


def _rejoin() -> tuple[str, Callable[[str], str]]:
    """Join the words that bash has split.

    Returns the part of the current word that a completion does not replace, and how to write a completion: without
    escapes within quotes.
    """
    words = os.environ.get("COMP_WORDS", "").split("\n")
    index = os.environ.get("COMP_CWORD", "")
    if not index.isdecimal() or int(index) >= len(words):  # of another script than typer's
        return "", str
    current = int(index)
    joined: list[str] = []
    at = 0
    for number, word in enumerate(words):
        is_break = bool(word) and not word.strip(":=")
        follows = number > 0 and bool(words[number - 1]) and not words[number - 1].strip(":=")
        if joined and number > 1 and (is_break or follows):
            joined[-1] += word
        else:
            joined.append(word)
        if number == current:
            at = len(joined) - 1
            del words[current + 1 :]  # what follows the cursor
            break
    os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "\n".join(joined), str(at)
    word = joined[at] if at < len(joined) else ""
    was_split = current < len(words) and word != words[current]
    before = word[: max(word.rfind(":"), word.rfind("=")) + 1] if was_split else ""
    return before, str if word[:1] in ("'", '"') else _escaped
