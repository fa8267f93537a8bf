"""The command-line interface, with one module per group of commands."""

from __future__ import annotations

from raspir.cli.app import app, main

__all__ = ["app", "main"]
