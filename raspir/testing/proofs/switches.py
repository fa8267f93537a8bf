"""Switching off checks in the code of rules, to show by what goes wrong then that each is needed."""

from __future__ import annotations

import inspect
import sys
import textwrap
from types import FunctionType

Patch = tuple[object, str, object]
"""What is switched off: an object, the name of its attribute, and what stands there instead."""


def without(owner: object, name: str, check: str, instead: str = "False") -> Patch:
    """Return the patch of a function by which ``instead`` stands in its code where there is ``check``.

    Args:
        owner: the module or the class that holds the function.
        name: the function's name there.
        check: a part of its source that is there once, in one line.
        instead: what stands there instead.

    Raises:
        LookupError: if the function's source holds no such part, or several.
    """
    function = inspect.getattr_static(owner, name)
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(check) != 1:
        raise LookupError(f"{name}: its source holds {check!r} {source.count(check)} times, not once")
    made: dict[str, FunctionType] = {}
    code = compile("from __future__ import annotations\n" + source.replace(check, instead), f"<{name}>", "exec")
    exec(code, sys.modules[function.__module__].__dict__, made)
    return owner, name, made[function.__name__]
