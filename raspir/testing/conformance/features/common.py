"""Selectors that many cases use."""

from __future__ import annotations

from raspir.frontends.python.embedded import indices, key, query, tokens

EVERYTHING, NOTHING = key(1) == query(1), key(1) == query(2)
ITSELF, OTHERS = key(indices) == query(indices), key(indices) != query(indices)
BEFORE, SO_FAR, AFTER = key(indices) < query(indices), key(indices) <= query(indices), key(indices) > query(indices)
SAME = key(tokens) == query(tokens)
