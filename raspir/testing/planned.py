"""Coverage of backend strategies, for backends that expose a plan."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any


def planned(run: object) -> Iterator[str]:
    """Yield the strategies in an executable's plan, and the selections under best-score fetches."""
    plan = getattr(run, "plan", None)
    module = sys.modules.get("raspir.backends.numpy.plan")  # plans exist only if the module has been imported
    if module is not None and isinstance(plan, module.Plan):
        for strategy in plan.strategies:
            yield from (f"strategy {name}" for name in re.split(r" [+-] (?:- )?|^- ", strategy.name) if name)
        yield from (f"best of {name}" for name in _best(plan))


def _best(plan: Any) -> Iterator[str]:
    from raspir.backends.numpy.kernels import aggregates, selections
    from raspir.backends.numpy.plan import Ref

    made = {step.result.name: step for step in plan}
    for step in plan:
        if step.call is aggregates.best:
            whole = made[step.arguments[0].name]
            refs = [whole.result]
            if whole.call in (selections.Union, selections.Signed):
                refs = [each for each in whole.arguments[0] if isinstance(each, Ref)]
            yield from (made[ref.name].call.__name__ for ref in refs)
