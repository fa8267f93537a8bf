"""Shared fixtures: the examples can be imported, as one example imports another, and so can the benchmarks."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "examples"))
sys.path.append(str(ROOT / "benchmarks"))
