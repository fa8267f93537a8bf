"""Reports: one page, in one file, with the layers of a program, as written and optimised, and their work on inputs."""

from __future__ import annotations

from raspir.viz.report.page import Report, page

__all__ = ["Report", "page"]
