"""The proof cases of the optimizer's rules, one module per file of rules."""

from __future__ import annotations

from raspir.testing.proofs.cases import (
    best,
    classes,
    closed_forms,
    ends,
    exchange,
    fold_conversions,
    fold_missing,
    fold_numbers,
    fold_selectors,
    fold_truths,
    fuse,
    gathers,
    keys,
    members,
    merge,
    monotone,
    order_statistics,
    permutations,
    reorderings,
    residues,
    scores,
    shifts,
    split,
    uniform,
)
from raspir.testing.proofs.proving import Provable

RULES: tuple[Provable, ...] = (
    *fold_numbers.RULES,
    *fold_conversions.RULES,
    *fold_missing.RULES,
    *fold_truths.RULES,
    *fold_selectors.RULES,
    *merge.RULES,
    *gathers.RULES,
    *keys.RULES,
    *uniform.RULES,
    *permutations.RULES,
    *reorderings.RULES,
    *closed_forms.RULES,
    *residues.RULES,
    *exchange.RULES,
    *shifts.RULES,
    *best.RULES,
    *order_statistics.RULES,
    *scores.RULES,
    *ends.RULES,
    *members.RULES,
    *monotone.RULES,
    *split.RULES,
    *classes.RULES,
    *fuse.RULES,
)
"""All rules, grouped by pass."""
