"""The loop of the console on a terminal."""

from __future__ import annotations

from raspir.cli.repl.piped import run

__all__ = ["run"]
