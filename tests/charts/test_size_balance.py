"""Sizes: equal is equal among all segments, also among those too small to be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.charts.size_balance import SEGMENTS
from tests.report.shop import Shop, make


def test_equal_counts_the_segments_that_are_not_drawn(tmp_path: Path) -> None:
    store = make(tmp_path / "few.duckdb", Shop(customers=300))
    store.execute("UPDATE segdb.segment_profiles SET customers = 3 WHERE segment_id = 2")
    rows = store.rows(SEGMENTS.sql)
    assert [row["segment_id"] for row in rows if row["segment_id"] == 2] == []
    assert len(rows) == 4
    assert [row["equal_share"] for row in rows] == pytest.approx([1 / 5] * 4)
    store.close()
