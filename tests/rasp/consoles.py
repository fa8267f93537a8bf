"""Runs ``raspir repl`` as a command: with text on standard input, or in a pseudo-terminal."""

import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
START = "from raspir.cli import main; main()"
COMMAND = [sys.executable, "-c", START, "repl"]
PATIENCE = 120
"""Seconds until a test gives up to wait for output."""

CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[=>78])")
"""What moves the cursor and sets colors."""


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


class Terminal:
    """A session in a pseudo-terminal, which it has as its controlling one, so that Ctrl-C reaches it."""

    def __init__(self, *options, cwd, **variables):
        import fcntl
        import pty
        import struct
        import termios

        self._own, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        code = f"import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); {START}"
        variables = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "XDG_STATE_HOME": str(cwd / "state")} | variables
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "repl", *options],
            stdin=other, stdout=other, stderr=other, cwd=cwd, env=environment(**variables), start_new_session=True,
        )  # fmt: skip
        os.close(other)
        self._unread = self.raw = ""

    def send(self, text):
        """Type a text."""
        os.write(self._own, text.encode())

    def expect(self, text):
        """Wait for a text in the output behind what was expected before, and return what stands between."""
        deadline = time.monotonic() + PATIENCE
        while text not in self._plain():
            assert self._read(deadline), f"waited for {text!r}, but saw {self._plain()!r}"
        before, _, rest = self._plain().partition(text)
        self._unread = rest
        return before

    def ask(self, text, answer):
        """Type a line, and wait for the answer and the next prompt; return what stands between."""
        self.send(f"{text}\r")
        self.expect(answer)
        return self.expect(">> ")

    def end(self, text="\x04"):
        """Type Ctrl-D or another text that ends the session, and return the exit code."""
        self.send(text)
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(PATIENCE)

    def close(self):
        """Give the pseudo-terminal back, and end what still runs in it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        os.close(self._own)

    def _plain(self):
        return CODES.sub("", self._unread).replace("\r", "")

    def _read(self, deadline):
        """Read more, and return whether there was any before the deadline and the end."""
        ready, _, _ = select.select([self._own], [], [], max(0, deadline - time.monotonic()))
        try:
            more = os.read(self._own, 1 << 16).decode(errors="replace") if ready else ""
        except OSError:  # the end, on Linux
            more = ""
        self._unread += more
        self.raw += more
        return more
