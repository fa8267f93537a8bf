"""Reports: one page, in one file, on what a program is, how shallow it becomes, and what each layer does on inputs."""

from __future__ import annotations

from raspir.viz.report.page import Report, page

__all__ = ["Report", "page"]
