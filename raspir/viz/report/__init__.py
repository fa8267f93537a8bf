"""Reports: self-contained HTML pages on a program as written and optimized, and its values on inputs."""

from __future__ import annotations

from raspir.viz.report.page import WIDTHS, Report, page

__all__ = ["WIDTHS", "Report", "page"]
