"""The rules of the optimiser on programs whose inputs are symbols, a module for each file of rules."""

from __future__ import annotations

from raspir.verification.proving import Provable

CATALOGUE: tuple[Provable, ...] = ()
"""All rules, pass by pass."""
