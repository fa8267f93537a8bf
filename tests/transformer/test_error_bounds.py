"""Measured errors of all that transformers hold, against the bounds on them."""

import pytest
from bounded import made, measured
from daily import rest


@pytest.mark.parametrize("chunk", [0, 1, *map(rest, range(2, 20))])
def test_no_error_exceeds_its_bound(chunk):
    models = [model for seed in range(16 * chunk, 16 * chunk + 16) if (model := made(seed)) is not None]
    found = [measured(model, 60) for model in models]
    assert len(models) >= 8
    assert [each.exceeded for each in found if each.exceeded] == []
    assert sum(each.compared for each in found) > 1000
