"""Errors of programs that have no exact transformer."""

from __future__ import annotations

from raspir.ir import BackendError


class TransformerError(BackendError):
    """A program, or one of its values, for which there are no exact weights under its assumptions."""
