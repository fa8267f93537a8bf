"""The command line: a module for each group of commands."""

from __future__ import annotations

from raspir.cli.app import app, main

__all__ = ["app", "main"]
