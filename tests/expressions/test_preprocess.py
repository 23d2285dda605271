"""Filling before and after capping, as NumPy does it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.distributions import capped_shares
from segdb.expressions.preprocess import filled_and_capped, preprocess, stages_of
from segdb.model import Parameters

Columns = Mapping[str, npt.NDArray[np.float64]]


@pytest.mark.parametrize("last", [False, True])
def test_the_order_of_filling_and_capping(
    features_with_holes: DuckDB, holes: Columns, *, last: bool
) -> None:
    store = features_with_holes
    learned = [
        Parameters(name, i, None, -5000.0, 1.0, 90.0, "yeo-johnson", 0.5, 2.0, 1.0, last)
        for i, name in enumerate(holes)
    ]
    table = store.unbound("features", "features")
    got = store.fetch(filled_and_capped(table, learned).order_by("customer_id"))
    done = store.fetch(preprocess(table, learned).order_by("customer_id"))
    shares = store.rows(capped_shares(table, learned))[0]
    for i, p in enumerate(learned):
        natural = holes[p.feature]
        missing = np.isnan(natural)
        # Before, the fill is capped as any value; after, it stays what it is.
        filled = np.where(missing, -5000.0, natural)
        wanted = np.where(missing & last, -5000.0, np.clip(filled, 1.0, 90.0))
        assert np.array_equal(got[p.column], wanted)
        assert np.allclose(done[p.column], (wanted - 0.5) / 2.0, rtol=1e-9)
        moved = (filled < 1.0) | (filled > 90.0)
        share = np.mean(moved & ~missing if last else moved)
        assert shares[f"capped_share_{i}"] == pytest.approx(share)
    first = ["capped", "filled"] if last else ["filled", "capped"]
    assert list(stages_of(learned)) == [*first, "transformed", "scaled"]
