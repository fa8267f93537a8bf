"""Measured errors of all that transformers hold, against the bounds on them."""

import pytest
from daily import rest
from error_bounds import made, measured


@pytest.mark.parametrize("chunk", [0, 1, 2, 3, *map(rest, range(4, 20))])
def test_no_error_exceeds_its_bound(chunk):
    models = [model for seed in range(25 * chunk, 25 * chunk + 25) if (model := made(seed)) is not None]
    found = [measured(model, 60) for model in models]
    assert len(models) >= 15
    assert [each.exceeded for each in found if each.exceeded] == []
    assert sum(each.compared for each in found) > 1000
