"""Published figures of real data, to the digits that were printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import segdb
from segdb.config.playbook import load
from tests.cases.ingest import Features, features_of

RETAIL_COLUMNS = {
    "customer_id": "CustomerID",
    "order_id": "InvoiceNo",
    "ordered_at": "InvoiceDate",
    "quantity": "Quantity",
    "unit_price": "UnitPrice",
}
# Quantity > 0 and UnitPrice > 0, as the published figures were made.
RETAIL_CLEAN: dict[str, Any] = {
    "duplicates": "keep",
    "returns": "reject",
    "reject": {"free": "UnitPrice <= 0"},
}


def retail_settings(clean: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    return {
        "as_of": as_of,
        "columns": RETAIL_COLUMNS,
        "clean": clean,
        "features": {"use": ["recency_days", "frequency", "monetary"]},
        "cluster": {"k": 3, "n_init": 1},
    }


@contextmanager
def retail_features(
    data: Path, clean: Mapping[str, Any], as_of: str = "2011-12-10T00:00:00"
) -> Iterator[Features]:
    """Build the features of Online Retail, where no segments are asked for."""
    with features_of(data / "online_retail.parquet", **retail_settings(clean, as_of)) as features:
        features.store.view("customer_features", features.built.features)
        yield features


FIGURES = """
SELECT count(*) AS customers, sum(frequency) AS orders, sum(monetary) AS revenue,
       avg(recency_days) AS recency, avg(frequency) AS frequency,
       avg(monetary) AS monetary, stddev_samp(monetary) AS sd,
       quantile_cont(monetary, 0.25) AS q1, median(monetary) AS q2,
       quantile_cont(monetary, 0.75) AS q3, max(monetary) AS most
FROM {}
"""


def figures(result: segdb.Result) -> dict[str, Any]:
    row: dict[str, Any] = result.query(FIGURES.format("segdb.customer_features")).to_pylist()[0]
    return row


OF_16446 = "SELECT monetary FROM {}customer_features WHERE customer_id = 16446"
# What a marketer means by a name: bounds of mean scores, 1 to 5, and of the share overdue.
MEANT: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "Champions": {"r": (4, 5), "f": (4, 5), "m": (4, 5), "overdue": (0, 0.5)},
    "Loyal": {"r": (3, 5), "f": (3.5, 5), "m": (3, 5), "overdue": (0, 0.5)},
    "Potential Loyalists": {"r": (3, 5), "f": (2, 4), "overdue": (0, 0.5)},
    "New": {"f": (1, 2.5), "overdue": (0, 0.5)},
    "Promising": {"r": (3, 5), "f": (1, 2.5), "overdue": (0, 0.5)},
    "Large Orders": {"f": (1, 3.5), "m": (2.5, 5)},
    "Occasional": {"f": (1, 2.5), "overdue": (0, 0.5)},
    "Slipping Away": {"r": (1, 3.5), "f": (1.5, 4), "overdue": (0.6, 1)},
    "Need Attention": {"r": (2, 4), "f": (2, 4), "overdue": (0, 0.6)},
    "About to Sleep": {"r": (1.5, 3.5), "f": (1, 2.5)},
    "At Risk": {"r": (1, 3), "f": (2.3, 4.5), "overdue": (0.5, 1)},
    "Can't Lose": {"r": (1, 2.5), "f": (3.8, 5), "overdue": (0.5, 1)},
    "Hibernating": {"r": (1, 3), "f": (1, 2.5), "overdue": (0.3, 1)},
    "Lost": {"r": (1, 3), "f": (1, 2), "m": (1, 2.5), "overdue": (0.6, 1)},
}


def check_names(result: segdb.Result) -> None:
    """Every name is meant as the field means it, and none is there twice."""
    rows = result.query(
        """SELECT any_value(s.segment) AS name, avg(r_score) AS r, avg(f_score) AS f,
                  avg(m_score) AS m, any_value(p.overdue) AS overdue,
                  any_value(p.action_reason) AS reason
           FROM segdb.segments AS s
           JOIN segdb.customer_features USING (customer_id)
           JOIN segdb.segment_profiles AS p USING (segment_id)
           GROUP BY segment_id ORDER BY segment_id"""
    ).to_pylist()
    assert len({row["name"] for row in rows}) == len(rows)
    for row in rows:
        # Where no persona's claims are true the name says what sets the segment apart.
        meant = MEANT.get(row["name"].split(",")[0])
        assert (meant is None) == (row["reason"] == load().otherwise.reason), row
        for axis, (low, high) in (meant or {}).items():
            assert row[axis] is None or low <= row[axis] <= high, (row, axis)
    best = max(result.segments, key=lambda row: row["revenue"] / row["customers"])
    assert best["tier"] == "premium"


def test_online_retail_moments(shared_data: Path, tmp_path: Path) -> None:
    settings = retail_settings(RETAIL_CLEAN, "2011-12-10T00:00:00")
    orders, path = shared_data / "online_retail.parquet", tmp_path / "shop.duckdb"
    with segdb.run(orders, database=path, settings=settings) as result:
        found = figures(result)
        assert result.facts["rows_read"] == 541_909
        assert result.facts["rows_kept"] == 397_884
        assert found["customers"] == 4_338
        assert found["orders"] == 18_532
        assert round(found["revenue"], 3) == 8_911_407.904
        assert round(found["recency"], 4) == 92.0595
        assert round(found["frequency"], 6) == 4.272015
        assert round(found["monetary"], 6) == 2_054.266460
        assert round(found["sd"], 6) == 8_989.230441
        assert found["q1"] == pytest.approx(307.415, abs=1e-9)
        assert found["q2"] == pytest.approx(674.485, abs=1e-9)
        assert found["q3"] == pytest.approx(1_661.74, abs=1e-9)
        assert found["most"] == pytest.approx(280_206.02, abs=1e-9)
        # Where returns are rejected, the order that was cancelled counts.
        row = result.query(OF_16446.format("segdb.")).to_pylist()[0]
        assert row["monetary"] == pytest.approx(168_472.5)
        assert result.reasons["orders", "missing id"] == 135_080
        check_names(result)


@pytest.mark.parametrize(
    ("as_of", "recency"),
    [
        ("2011-12-10T12:50:00", 92.5364),
        ("2011-12-11T00:00:00", 93.0595),
    ],
)
def test_online_retail_recency_counts_elapsed_days(
    shared_data: Path, as_of: str, recency: float
) -> None:
    with retail_features(shared_data, RETAIL_CLEAN, as_of) as features:
        row = features.store.rows(FIGURES.format("customer_features"))[0]
        assert round(row["recency"], 4) == recency


def test_online_retail_without_duplicates(shared_data: Path) -> None:
    clean = {**RETAIL_CLEAN, "duplicates": "reject"}
    with retail_features(shared_data, clean) as features:
        assert features.built.accounts.rows_kept == 392_692
        row = features.store.rows(FIGURES.format("customer_features"))[0]
        assert round(row["revenue"], 3) == 8_887_208.894


def test_a_cancelled_order_makes_no_top_customer(shared_data: Path) -> None:
    with retail_features(shared_data, {**RETAIL_CLEAN, "returns": "net"}) as features:
        row = features.store.rows(OF_16446.format(""))[0]
        assert row["monetary"] == pytest.approx(2.9)


@pytest.mark.parametrize(
    ("method", "inertia", "silhouette"),
    [("none", 44_448.45544793, 0.553931997445), ("standard", 65.5684081557, 0.5546571631)],
)
def test_mall_segments(
    shared_data: Path, tmp_path: Path, method: str, inertia: float, silhouette: float
) -> None:
    with mall(shared_data, tmp_path, {"scale": {"method": method}, "cluster": {"k": 5}}) as result:
        assert result.facts["inertia"] == pytest.approx(inertia, rel=1e-9)
        assert result.facts["silhouette"] == pytest.approx(silhouette, rel=1e-9)
        if method == "none":
            sizes = sorted((row["customers"] for row in result.segments), reverse=True)
            assert sizes == [81, 39, 35, 23, 22]


def test_mall_inertia_of_each_k(shared_data: Path, tmp_path: Path) -> None:
    settings = {"scale": {"method": "none"}, "cluster": {"k_max": 6}}
    published = {2: 181_363.5960, 3: 106_348.3731, 4: 73_679.7890, 5: 44_448.45544793}
    with mall(shared_data, tmp_path, {**settings}) as result:
        found = {row["k"]: row["inertia"] for row in result.table("k_selection").to_pylist()}
        for k, inertia in published.items():
            assert found[k] == pytest.approx(inertia, rel=1e-9), k


def test_mall_finds_five(shared_data: Path, tmp_path: Path) -> None:
    with mall(shared_data, tmp_path, {}) as result:
        assert result.facts["k"] == 5


def mall(data: Path, tmp_path: Path, settings: dict[str, Any]) -> segdb.Result:
    features = {
        "attributes": ["Annual Income (k$)", "Spending Score (1-100)"],
        "transform": "none",
    }
    return segdb.run(
        customers=data / "mall_customers.csv",
        database=tmp_path / "mall.duckdb",
        settings={"features": features, "outliers": {"method": "none"}, **settings},
    )


CDNOW = r"""
SELECT parts[1] AS customer, strptime(parts[-3], '%Y%m%d') AS day,
       CAST(parts[-2] AS INTEGER) AS cds, CAST(parts[-1] AS DECIMAL(12, 2)) AS dollars
FROM (
    SELECT regexp_split_to_array(regexp_replace(line, '^\s+|\s+$', '', 'g'), '\s+') AS parts
    FROM (SELECT unnest(string_split(content, chr(10))) AS line FROM read_text('PATH'))
    WHERE regexp_matches(line, '^ *\d')
)
"""


def cdnow_run(path: Path, tmp_path: Path) -> segdb.Result:
    return segdb.run(
        CDNOW.replace("PATH", str(path).replace("'", "''")),
        database=tmp_path / "cdnow.duckdb",
        settings={
            "columns": {
                "customer_id": "customer",
                "ordered_at": "day",
                "amount": "dollars",
                "quantity": "cds",
            },
            "clean": {"duplicates": "keep"},
            # All six features: half of the customers have no days between orders.
            "features": {"max_missing": 1.0},
            "cluster": {"k": 6, "n_init": 1},
        },
    )


def test_cdnow_sample(shared_data: Path, tmp_path: Path) -> None:
    # Its first column is the id of the master file.
    with cdnow_run(shared_data / "cdnow_sample.txt", tmp_path) as result:
        found = figures(result)
        assert (result.facts["rows_read"], found["customers"]) == (6_919, 2_357)
        assert round(found["revenue"], 2) == 244_091.94
        assert found["orders"] == 6_696


# Of the sample, which is a tenth of it, the figures are in make test.
@pytest.mark.slow
def test_cdnow_master(cdnow: Path, tmp_path: Path) -> None:
    with cdnow_run(cdnow / "CDNOW_master.txt", tmp_path) as result:
        found = figures(result)
        assert (result.facts["rows_read"], found["customers"]) == (69_659, 23_570)
        assert round(found["revenue"], 2) == 2_500_315.63
        check_names(result)


def test_complete_journey(complete_journey: Path, tmp_path: Path) -> None:
    with segdb.run(
        complete_journey / "transactions.parquet",
        database=tmp_path / "journey.duckdb",
        settings={"cluster": {"k": 5, "n_init": 1}, "clean": {"duplicates": "keep"}},
    ) as result:
        found = figures(result)
        assert (result.facts["rows_read"], found["customers"]) == (1_469_307, 2_469)
        assert found["orders"] == 155_848
        assert round(found["revenue"], 2) == 4_596_039.58
        check_names(result)
