"""The puzzles of "Thinking Like Transformers": their statements, and a checker of solutions."""

from __future__ import annotations
