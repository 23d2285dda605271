"""A made-up shop: plausible content for every published table, without a run.

Deterministic SQL, any number of segments and features, and names as hostile as they come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.publish import Content, Publication, publish
from segdb.sql_text import literal, quoted

HOSTILE = (
    "</script><img src=x onerror=\"document.title='hacked'\">",
    "<!--<script>alert(1)",
    "line\u2028separator\u2029paragraph",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "\"quotes\" and 'apostrophes' and `ticks`",
    "\u202eشرائح العملاء\u202c",
    "long " * 60,
    "datum.x || (document.title='hacked')",
    "a&b; <b>bold</b> &lt;i&gt;",
    "=cmd|' /C calc'!A0",
)
NAMES = (
    "Champions", "Loyal", "Potential Loyalists", "New", "Promising", "Need Attention",
    "About to Sleep", "At Risk", "Hibernating", "Lost",
)  # fmt: skip
ORDERS = (
    ("recency_days", "days"), ("frequency", "orders"), ("monetary", "currency"),
    ("tenure_days", "days"), ("average_order_value", "currency"), ("days_between_orders", "days"),
    ("items_per_order", "items"), ("categories", "categories"), ("return_rate", "share"),
    ("active_months", "months"), ("Income", ""), ("Age", ""), ("Visits", ""), ("Distance km", ""),
    ("Newsletter", "share"),
)  # fmt: skip
TIERS = ("premium", "premium", "regular", "low engagement")


@dataclass(frozen=True)
class Shop:
    """What the shop is like."""

    segments: int = 5
    features: int = 6
    customers: int = 1_500
    revenue: bool = True
    hostile: bool = False
    runs: int = 1
    schema: str = "segdb"
    # Columns and tables that are filled by later steps are left empty.
    bare: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (HOSTILE if self.hostile else NAMES)[: self.segments]

    @property
    def units(self) -> dict[str, str]:
        start = 0 if self.revenue else 10
        found = [*ORDERS[start:], *((f"attribute_{i}", "") for i in range(12))][: self.features]
        if self.hostile:
            found[3:] = [(name, "") for name in HOSTILE[: max(0, self.features - 3)]]
            found += [(f"attribute_{i}", "") for i in range(self.features - len(found))]
        return dict(found)


def make(path: Path, shop: Shop | None = None) -> DuckDB:
    """Publish the shop in a new database and return the open store."""
    shop = shop or Shop()
    store = DuckDB.open(path)
    _customers(store, shop)
    for run_id in range(1, shop.runs + 1):
        store.execute(f"CREATE OR REPLACE TEMP MACRO this_run() AS {run_id}")
        store.execute(f"CREATE OR REPLACE TEMP MACRO last_run() AS {shop.runs}")
        made: dict[str, Any] = {**_QUERIES, **_rows(shop, store, run_id)}
        if shop.bare:
            made |= {name: [] for name in LATER}
        contents = tuple(Content(t, made[t.name], {}) for t in contract.TABLES if t.name in made)
        moment = made["runs"][0]["as_of"]
        placed = _placed(contents, shop)
        publish(store, shop.schema, Publication(run_id, moment, placed, keep_runs=0))
    return store


def _placed(contents: tuple[Content, ...], shop: Shop) -> tuple[Content, ...]:
    return tuple(
        Content(c.table, c.rows.replace("segdb.", f"{quoted(shop.schema)}."), {})
        if isinstance(c.rows, str)
        else c
        for c in contents
    )


def _customers(store: DuckDB, shop: Shop) -> None:
    units = shop.units
    features = pa.table(
        {"place": list(range(len(units))), "feature": list(units), "unit": list(units.values())}
    )
    segments = pa.table(
        {
            "segment_id": list(range(1, shop.segments + 1)),
            "segment": list(shop.names),
            "tier": [TIERS[i * 4 // shop.segments] for i in range(shop.segments)],
        }
    )
    for name, table in (("made_feature_names", features), ("made_segment_names", segments)):
        store.connection.register("arriving", table)
        store.execute(f"CREATE TEMP TABLE {name} AS FROM arriving")
        store.connection.unregister("arriving")
    store.execute(f"CREATE TEMP MACRO k() AS {shop.segments}")
    store.execute(f"CREATE TEMP MACRO people() AS {shop.customers}")
    store.execute(f"CREATE TEMP MACRO with_orders() AS {shop.revenue}")
    for statement in (Path(__file__).parent / "shop.sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            store.execute(statement)
    if shop.hostile:
        _spoil(store)


def _spoil(store: DuckDB) -> None:
    """Put what a settings file and a playbook may hold at their worst in every text of theirs."""
    for place, words in enumerate(HOSTILE):
        told, row = literal(words), 1 + place
        store.execute(f"INSERT INTO made_reasons VALUES ({told}, {told}, {20 * (11 - place)})")
        store.execute(
            f"UPDATE made_segment_profiles SET tier = {told}, summary = {told}, action = {told}, "
            f"action_reason = {told}, churn_risk = {told}, "
            f"rule = {literal(f'{quoted(words)} > 1.0')} WHERE segment_id = {row}"
        )


LATER = (
    "feature_statistics", "feature_histograms", "feature_correlations", "principal_components",
    "segment_map", "rfm_by_segment",
)  # fmt: skip
_QUERIES: Mapping[str, str] = {
    "segments": """
        WITH placed AS (  -- before the last run, some were elsewhere
            SELECT * REPLACE (
                if(moved AND this_run() < last_run(), 1 + segment_id % k(), segment_id)::INTEGER
                    AS segment_id
            )
            FROM made_customers
        )
        SELECT customer_id, segment_id, segment, distance, margin, this_run()::BIGINT AS run_id
        FROM placed JOIN made_segment_names USING (segment_id)""",
    "customer_features": "FROM made_wide",
    "customer_map": "SELECT customer_id, segment_id, pc1, pc2, pc3 FROM made_customers",
    "rejected_rows": """
        SELECT this_run()::BIGINT AS run_id, source, reason, '{}'::JSON AS row
        FROM made_reasons, range(rows)""",
    "typical_customers": """
        SELECT segment_id, row_number() OVER nearest AS place, customer_id, distance
        FROM made_customers
        WINDOW nearest AS (PARTITION BY segment_id ORDER BY distance)
        QUALIFY place <= 3""",
    "customer_segments": """
        SELECT
            s.customer_id, s.segment_id, s.segment, s.distance, s.margin, p.tier,
            f.* EXCLUDE (customer_id), p.churn_risk, p.action,
            p.customers AS segment_customers, p.revenue AS segment_revenue, s.run_id
        FROM segdb.segments AS s
        JOIN segdb.customer_features AS f USING (customer_id)
        JOIN segdb.segment_profiles AS p USING (segment_id)""",
}


def _rows(shop: Shop, store: DuckDB, run_id: int) -> dict[str, list[dict[str, Any]]]:
    made = {
        name: [
            {key: float(v) if isinstance(v, Decimal) else v for key, v in row.items()}
            for row in store.rows(f"FROM made_{name}")
        ]
        for name in _SMALL
    }
    if shop.bare:
        keep = {"segment_id", "segment", "customers", "customer_share", "revenue", "revenue_share"}
        made["segment_profiles"] = [
            {name: value for name, value in row.items() if name in keep}
            for row in made["segment_profiles"]
        ]
    as_of = datetime(2024, 3, 1) + timedelta(days=30 * run_id)
    if not shop.bare:
        made |= _foresight(made["segment_profiles"], as_of - timedelta(days=90))
    rejected = sum(row["rows"] for row in made.pop("reasons"))
    made["runs"] = [
        {
            "run_id": run_id,
            "started_at": as_of,
            "finished_at": as_of + timedelta(seconds=4),
            "as_of": as_of,
            "rows_read": shop.customers * 9 + rejected,
            "rows_kept": shop.customers * 9,
            "rows_rejected": rejected,
            "learned_by": run_id,
            "customers": shop.customers - 10 * (shop.runs - run_id),
            "k": shop.segments,
            "inertia": 2_345.678,
            "silhouette": None if shop.bare else 0.41,
            "matrix_rows": shop.customers,
            "verdict": None if shop.bare else f"Elbow at {shop.segments}; silhouette prefers 3.",
            "clear": None if shop.bare else True,
            "settings": json.dumps(
                {"source": {"orders": (HOSTILE[0] if shop.hostile else "orders") + ".csv"}}
            ),
            "model": "{}",
            "versions": json.dumps({"segdb": "0.1.0", "duckdb": "1.5.0"}),
        }
    ]
    return made


def _foresight(profiles: list[dict[str, Any]], cut: datetime) -> dict[str, list[dict[str, Any]]]:
    """Outcomes, rankings and calibration of a cut, and what the profiles expect."""
    both = {"cut": cut, "horizon_days": 90}
    outcomes = []
    for place, row in enumerate(profiles):
        row |= {"expected_revenue": 900.0 * (place + 1), "revenue_at_risk": 90.0 * (place + 1)}
        rate = (place + 1) / (len(profiles) + 1)
        n = row["customers"]
        returned = round(n * rate)
        outcomes.append(
            {
                **both,
                "segment_id": row["segment_id"],
                "segment": row["segment"],
                "customers": n,
                "returned": returned,
                "return_rate": returned / n,
                "return_rate_low": max(0.0, returned / n - 0.1),
                "return_rate_high": min(1.0, returned / n + 0.1),
                "revenue_per_customer": 100.0 * rate,
                "expected_return_rate": rate * 0.9,
            }
        )
    tenths = [
        {**both, "measure": "probability_of_order", "tenth": tenth, "customers": 40,
         "expected": tenth / 10 - 0.05, "actual": tenth / 11}
        for tenth in range(1, 11)
    ]  # fmt: skip
    rankings = [
        {**both, "ranking": name, "customers": 400, "gini": gini, "top_10_share": 0.4,
         "top_20_share": 0.6, "auc": 0.7}
        for name, gini in (("past_spend", 0.7), ("segments", 0.6), ("expected_value", 0.65))
    ]  # fmt: skip
    return {
        "segment_outcomes": outcomes,
        "backtest_calibration": tenths,
        "backtest_rankings": rankings,
    }


_SMALL = (
    "segment_profiles", "segment_features", "segment_centroids", "feature_parameters",
    "k_selection", "feature_statistics", "feature_histograms", "feature_correlations",
    "principal_components", "segment_map", "rfm_by_segment", "reasons",
)  # fmt: skip
