"""Runs ``raspir repl`` as a command, with text on standard input."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-c", "from raspir.cli import main; main()", "repl"]


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def piped(text, *options, cwd, **variables):
    """Run a session and return what it has printed, with its exit code; ``text`` may be bytes."""
    given = text if isinstance(text, bytes) else text.encode()
    done = subprocess.run(
        [*COMMAND, *options], input=given, cwd=cwd, capture_output=True, check=False, env=environment(**variables)
    )
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done
