"""Symbols for opaque Python functions."""

from __future__ import annotations

from collections import defaultdict

from raspir.ir.functions import Function, identity


class Symbols:
    """The symbols of the opaque functions of one graph: their names, made unique."""

    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}
        self._of: dict[tuple[object, ...], str] = {}
        self._numbers: dict[str, int] = defaultdict(lambda: 1)

    def symbol(self, operation: str, function: Function) -> str:
        """Return the symbol of ``function`` in ``operation``, the same for identical functions."""
        key = (operation, *identity(function))
        if key not in self._of:
            base = symbol = _name(function)
            while symbol in self.functions:
                self._numbers[base] += 1
                symbol = f"{base}_{self._numbers[base]}"
            self._of[key] = symbol
            self.functions[symbol] = function
        return self._of[key]


def _name(function: Function) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    return "lambda" if name == "<lambda>" else str(name)
