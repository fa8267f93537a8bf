"""What the documentation says that could become untrue: its tables are those of the code."""

from pathlib import Path

import depth
from programs import PROGRAMS

from raspir.passes.base import PASSES
from raspir.passes.depth import RULES
from raspir.passes.pipeline import DEFAULT

ROOT = Path(__file__).parent.parent


def test_the_readme_has_the_measured_depths():
    rows = [depth.measure(program, inputs=1, seed=0) for program in PROGRAMS]
    assert depth.markdown(rows) in (ROOT / "README.md").read_text()


def test_the_optimizer_page_has_all_rules_and_passes():
    page = (ROOT / "docs" / "optimizer.md").read_text()
    for rule in RULES:
        best = " (best)" if rule.attention == "best" else ""
        algebra = rule.algebra.replace("|", "\\|")
        assert f"| {rule.name}{best} | `{algebra}` |" in page
    for name in PASSES.names():
        assert f"| `{name}` |" in page
    assert f"`{','.join(DEFAULT)}`" in page
