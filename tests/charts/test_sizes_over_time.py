"""Names beside the lines: one a segment, none on another."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segdb.charts.sizes_over_time import _APART, _HEIGHT, _ends


@given(st.lists(st.integers(5, 5_000), min_size=1, max_size=10))
def test_no_name_stands_on_another(sizes: list[int]) -> None:
    rows = [
        {"as_of": "2024-01-01", "segment_id": i, "segment": f"S{i}", "customers": customers}
        for i, customers in enumerate(sizes, start=1)
    ]
    ended, names = _ends(rows)
    assert not ended
    places = [row["place"] for row in names]
    apart = _APART * max(sizes) / _HEIGHT
    assert all(above - below >= 0.95 * apart for below, above in pairwise(places))
    assert min(places) >= 0
    order = sorted(rows, key=lambda row: (row["customers"], row["segment_id"]))
    assert [row["segment_id"] for row in names] == [row["segment_id"] for row in order]


def test_a_segment_that_is_no_more_ends_where_it_was_last() -> None:
    rows = [
        {"as_of": day, "segment_id": i, "segment": f"S{i}", "customers": 100 * i}
        for day, ids in (("2024-01-01", (1, 2, 3)), ("2024-02-01", (1, 3)))
        for i in ids
    ]
    ended, names = _ends(rows)
    assert [(row["segment_id"], row["as_of"]) for row in ended] == [(2, "2024-01-01")]
    assert [row["segment"] for row in names] == ["S1", "S3"]
