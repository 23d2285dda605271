"""The named queries on real data: every answer counted again in pandas and NumPy.

Two monthly runs of the Complete Journey households; the tables are those that the queries read,
the answers are made of them another way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import segdb
from segdb.demo import synthetic
from segdb.named_queries import all_queries, named
from tests.reading import asking

QUERIES = all_queries()
Frames = dict[str, pd.DataFrame]
Ask = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def database(complete_journey: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("asked") / "warehouse.duckdb"
    settings = {
        "columns": {
            "customer_id": "household_id",
            "order_id": "basket_id",
            "ordered_at": "transaction_timestamp",
            "amount": "sales_value",
        },
        "cluster": {"k": 5, "n_init": 2},
    }
    orders = complete_journey / "transactions.parquet"
    for moment in ("2017-11-01", "2017-12-01"):
        source = f"SELECT * FROM '{orders}' WHERE transaction_timestamp < '{moment}'"
        segdb.run(source, database=path, settings={**settings, "as_of": moment}).close()
    return path


@pytest.fixture(scope="module")
def tables(database: Path) -> Frames:
    return tables_of(database)


def tables_of(path: Path) -> Frames:
    names = (
        "segments customer_features segment_profiles segment_centroids feature_parameters "
        "segment_features k_selection rejected_rows rfm_by_segment typical_customers "
        "segment_history segment_migrations rfm_segment_history rfm_segment_migrations runs "
        "run_segments run_drift customer_value value_model segment_outcomes backtest_rankings"
    )
    with asking(path, "segdb") as select:
        return {name: select(f"FROM {name}").to_pandas() for name in names.split()}


@pytest.fixture(scope="module")
def ask(database: Path, tables: Frames) -> Iterator[Ask]:
    assert tables  # read before the database is locked to this connection
    with asking(database, "segdb") as select:

        def answer(name: str, **given: str) -> pd.DataFrame:
            query = named(name)
            frame: pd.DataFrame = select(query.on("segdb"), query.values(given)).to_pandas()
            return frame

        yield answer


def customers(tables: Frames) -> pd.DataFrame:
    profile = tables["segment_profiles"][["segment_id", "churn_risk", "action"]]
    return tables["segments"].merge(tables["customer_features"], on="customer_id").merge(profile)


def best(frame: pd.DataFrame, limit: int = 20, by: str = "monetary") -> list[Any]:
    ordered = frame.sort_values([by, "customer_id"], ascending=[False, True])
    return list(ordered.customer_id.head(limit))


def scaled(tables: Frames) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], list[Any]]:
    """The matrix and the centroids, by NumPy, and the customers of the rows."""
    parameters = tables["feature_parameters"].dropna(subset=["position"]).sort_values("position")
    features = tables["customer_features"].sort_values("customer_id")
    columns = []
    for p in parameters.itertuples():
        column = features[p.feature].fillna(p.fill).to_numpy(dtype=float)
        column = np.clip(column, p.lower, p.upper)
        column = np.log1p(column) if p.transform == "log1p" else column
        columns.append((column - p.center) / p.spread)
    wide = tables["segment_centroids"].pivot(index="segment_id", columns="feature", values="scaled")
    centroids = wide[parameters.feature.tolist()].to_numpy()
    return np.column_stack(columns), centroids, features.customer_id.tolist()


def test_next_best_segment(ask: Ask, tables: Frames) -> None:
    matrix, centroids, ids = scaled(tables)
    distances = np.linalg.norm(matrix[:, None] - centroids[None], axis=2)
    order = np.argsort(distances, axis=1, kind="stable")
    segment_ids = sorted(tables["segment_centroids"].segment_id.unique())
    names = tables["segment_profiles"].set_index("segment_id").segment
    found = ask("next_best_segment", limit="100000")
    assert len(found) == len(ids)
    assert found.margin.is_monotonic_increasing
    place = {customer: i for i, customer in enumerate(ids)}
    rows = [place[customer] for customer in found.customer_id]
    for column, rank in (("segment", 0), ("next_segment", 1)):
        expected = [names[segment_ids[order[row, rank]]] for row in rows]
        assert found[column].tolist() == expected
    for column, rank in (("distance", 0), ("next_distance", 1)):
        expected_distance = np.sort(distances, axis=1)[rows, rank]
        np.testing.assert_allclose(found[column], expected_distance, atol=5.1e-5)
    some = ask("next_best_segment", segment=names.iloc[0], limit="7")
    own = found[found.segment == names.iloc[0]].head(7)
    assert some.customer_id.tolist() == own.customer_id.tolist()


def test_look_alikes(ask: Ask, tables: Frames) -> None:
    matrix, _, ids = scaled(tables)
    listed = [ids[3], ids[700], ids[1500]]
    rows = [ids.index(customer) for customer in listed]
    apart = np.linalg.norm(matrix - matrix[rows].mean(axis=0), axis=1)
    found = ask("look_alikes", ids=" , ".join(map(str, listed)), limit="50")
    expected = sorted(
        (round(float(apart[i]), 4), customer)
        for i, customer in enumerate(ids)
        if customer not in listed
    )[:50]
    assert len(found) == 50
    np.testing.assert_allclose(found.apart, [one for one, _ in expected], atol=1.1e-4)
    assert len({*found.customer_id} & {customer for _, customer in expected}) >= 49
    names = tables["segments"].set_index("customer_id").segment
    assert found.segment.tolist() == names[found.customer_id].tolist()
    assert ask("look_alikes", ids="nobody").empty


def test_best_customers(ask: Ask, tables: Frames) -> None:
    profiles = tables["segment_profiles"]
    first = profiles.segment_id[(profiles.revenue / profiles.customers).idxmax()]
    distances = customers(tables)
    expected = best(distances[distances.segment_id == first])
    assert ask("best_customers").customer_id.tolist() == expected


def test_customers(ask: Ask, tables: Frames) -> None:
    distances = customers(tables)
    name = distances.segment.iloc[0]
    own = distances[distances.segment == name]
    found = ask("customers", segment=name.lower(), limit="100000")
    assert sorted(found.customer_id) == sorted(own.customer_id)
    assert found.distance.is_monotonic_increasing
    assert len(ask("customers")) == 50


def moved(tables: Frames) -> pd.DataFrame:
    """Those whose stay begins with the last run, with the segment that they come from."""
    history = tables["segment_history"]
    last = history.valid_from.max()
    now = history[history.valid_from == last]
    then = history[history.valid_to == last][["customer_id", "segment"]]
    return now.merge(then, on="customer_id", how="left", suffixes=("", "_before"))


def test_entered(ask: Ask, tables: Frames) -> None:
    found = ask("entered", limit="100000")
    expected = moved(tables)
    assert len(found) == len(expected) > 0
    keys = ["customer_id", "segment", "previous_segment"]
    then = expected.rename(columns={"segment_before": "previous_segment"})[keys]
    pd.testing.assert_frame_equal(
        found[keys].fillna("").sort_values(keys, ignore_index=True),
        then.fillna("").sort_values(keys, ignore_index=True),
    )


def moved_by_rfm(tables: Frames) -> set[tuple[int, str | None, str]]:
    """(customer, before, now) of all whose RFM segment is another than in the run before."""
    now = tables["customer_features"].set_index("customer_id")["rfm_segment"]
    history = tables["rfm_segment_history"]
    earlier = history[history["valid_from"] < history["valid_from"].max()]
    then = earlier.set_index("customer_id")["rfm_segment"]
    pairs = {(c, then.get(c), name) for c, name in now.items() if then.get(c) != name}
    assert 20 < len(pairs) < len(now)
    return pairs


def test_entered_rfm(ask: Ask, tables: Frames) -> None:
    found = ask("entered_rfm", limit="100000").fillna("")
    columns = ["customer_id", "previous_rfm_segment", "rfm_segment"]
    assert {(c, p or None, n) for c, p, n in found[columns].to_numpy()} == moved_by_rfm(tables)
    now = tables["customer_features"]["rfm_segment"].value_counts().to_dict()
    moves = tables["rfm_segment_migrations"]
    moves = moves[moves["as_of"] == moves["as_of"].max()]
    assert moves.groupby("to_rfm_segment")["customers"].sum().to_dict() == now


def test_left_rfm(ask: Ask, tables: Frames) -> None:
    found = ask("left_rfm", segment="champ%", limit="100000")
    gone = {(c, n) for c, p, n in moved_by_rfm(tables) if p == "Champion"}
    assert {tuple(row) for row in found[["customer_id", "next_rfm_segment"]].to_numpy()} == gone
    assert gone


def test_moved_down(ask: Ask, tables: Frames) -> None:
    profiles = tables["segment_profiles"].set_index("segment")
    worth = profiles.revenue / profiles.customers
    both = moved(tables).dropna(subset=["segment_before"])
    both = both[both.segment_before.isin(worth.index)]
    down = both[worth[both.segment].to_numpy() < worth[both.segment_before].to_numpy()]
    with_money = down.merge(tables["customer_features"], on="customer_id")
    assert len(with_money) > 0
    assert ask("moved_down", limit="100000").customer_id.tolist() == best(with_money, 100_000)


def test_new_customers(ask: Ask, tables: Frames) -> None:
    distances = customers(tables)
    assert ask("new_customers", days="90").customer_id.tolist() == best(
        distances[distances.tenure_days <= 90]
    )


def test_on_the_border(ask: Ask, tables: Frames) -> None:
    ordered = tables["segments"].sort_values(["margin", "customer_id"])
    assert ask("on_the_border").customer_id.tolist() == ordered.customer_id.head(20).tolist()


def test_slipping_away(ask: Ask, tables: Frames) -> None:
    distances = customers(tables)
    late = distances.recency_days > 3 * own_gap(distances).clip(lower=1)
    good = (distances.m_score >= 4) & (distances.frequency >= 3)
    found = ask("slipping_away", times="3")
    assert found.customer_id.tolist() == best(distances[good & late])
    assert len(found) > 0


def test_top_tenth(ask: Ask, tables: Frames) -> None:
    distances = customers(tables).sort_values("monetary", ascending=False)
    top = distances.head(int(np.ceil(0.1 * (len(distances) - 1))))
    found = ask("top_tenth").set_index("segment")
    assert found.customers.sum() == len(top)
    expected = top.groupby("segment").monetary.sum().sort_values(ascending=False)
    assert found.index.tolist() == expected.index.tolist()
    np.testing.assert_allclose(found.revenue, expected, atol=0.0051)
    share = 100 * expected / distances.monetary.sum()
    np.testing.assert_allclose(found.percent_of_all_revenue, share, atol=0.051)


def own_gap(distances: pd.DataFrame) -> pd.Series[float]:
    """Return everyone's mean gap; orders of less than a day between first and last have none."""
    gap = distances.days_between_orders
    return gap.where(gap * (distances.frequency - 1) >= 1)


def overdue(tables: Frames) -> pd.DataFrame:
    """Everyone, with whether they are silent for twice their rhythm."""
    distances = customers(tables)
    fill = tables["feature_parameters"].set_index("feature").fill["days_between_orders"]
    rhythm = own_gap(distances).fillna(fill).clip(lower=1)
    return distances.assign(overdue=distances.recency_days > 2 * rhythm)


def test_value_at_risk(ask: Ask, tables: Frames) -> None:
    found = ask("value_at_risk").set_index("segment_id").sort_index()
    values = tables["customer_value"].merge(tables["segments"], on="customer_id")
    by_segment = values.groupby("segment_id")
    np.testing.assert_allclose(found.expected_revenue, by_segment.expected_value.sum(), atol=0.0051)
    at_risk = by_segment.value_at_risk.sum(min_count=1)
    np.testing.assert_allclose(
        found.revenue_at_risk.astype(float), at_risk.astype(float), atol=0.0051
    )
    published = tables["segment_profiles"].set_index("segment_id").sort_index()
    np.testing.assert_allclose(found.past_revenue, published.revenue, atol=0.0051)
    np.testing.assert_allclose(found.overdue_percent, 100 * published.overdue, atol=0.051)


def valued(tables: Frames) -> pd.DataFrame:
    features = tables["customer_features"]
    return tables["customer_value"].merge(tables["segments"], on="customer_id").merge(features)


def test_expected_value(ask: Ask, tables: Frames) -> None:
    found = ask("expected_value", limit="30")
    assert found.customer_id.tolist() == best(valued(tables), 30, "expected_value")
    np.testing.assert_allclose(
        found.expected_value,
        np.sort(tables["customer_value"].expected_value)[::-1][:30],
        atol=0.0051,
    )


def test_next_orders(ask: Ask, tables: Frames) -> None:
    found = ask("next_orders", limit="100000")
    known = valued(tables).dropna(subset=["expected_next_order_at"])
    assert set(found.customer_id) == set(known.customer_id)
    assert pd.to_datetime(found.expected_next_order).is_monotonic_increasing
    first = known.expected_next_order_at.min().date()
    assert pd.Timestamp(found.expected_next_order[0]).date() == first


def test_overdue(ask: Ask, tables: Frames) -> None:
    found = ask("overdue", limit="100000")
    known = valued(tables)
    gap = known.days_between_orders
    late = known[(gap >= 1) & (known.recency_days > 2 * gap)]
    assert set(found.customer_id) == set(late.customer_id)
    assert found.expected_value.dropna().is_monotonic_decreasing


def test_what_happened_next(ask: Ask, tables: Frames) -> None:
    found, outcomes = ask("what_happened_next"), tables["segment_outcomes"]
    assert len(found) == len(outcomes) > 0
    ordered = outcomes.sort_values(["cut", "segment_id"])
    assert found.segment.tolist() == ordered.segment.tolist()
    share = 100 * ordered.returned / ordered.customers
    np.testing.assert_allclose(found.returned_percent, share, atol=0.051)


def test_does_it_work(ask: Ask, tables: Frames) -> None:
    found, rankings = ask("does_it_work"), tables["backtest_rankings"]
    assert set(found.ranking) == set(rankings.ranking)
    assert {"segments", "past_spend", "frequency", "recency"} <= set(found.ranking)
    assert found.gini.is_monotonic_decreasing


def of_late_segments(distances: pd.DataFrame, tables: Frames) -> pd.Series[bool]:
    """Return who is in a segment of which three fifths are overdue."""
    profiles = tables["segment_profiles"]
    return distances.segment_id.isin(profiles[profiles.overdue >= 0.6].segment_id)


def test_win_back(ask: Ask, tables: Frames) -> None:
    distances = overdue(tables)
    wanted = distances[of_late_segments(distances, tables) & distances.overdue]
    assert ask("win_back").customer_id.tolist() == best(wanted)


def test_win_back_where_some_are_lost(tmp_path: Path) -> None:
    # Most of no segment of the households are overdue; of the generated shop two are.
    path = tmp_path / "shop.duckdb"
    segdb.run(database=path, settings=synthetic.settings(400, 42)).close()
    tables = tables_of(path)
    distances = overdue(tables)
    wanted = distances[of_late_segments(distances, tables) & distances.overdue]
    query = named("win_back")
    with asking(path, "segdb") as select:
        found = select(query.sql, query.values({})).to_pandas()
    assert found.customer_id.tolist() == best(wanted)
    assert len(found) == 20


def test_segment_value(ask: Ask, tables: Frames) -> None:
    distances = customers(tables)
    groups = distances.groupby("segment_id").monetary
    found = ask("segment_value").set_index("segment_id")
    assert found.customers.tolist() == groups.size().tolist()
    np.testing.assert_allclose(found.revenue, groups.sum(), atol=0.0051)
    np.testing.assert_allclose(found.revenue_per_customer, groups.mean(), atol=0.0051)
    np.testing.assert_allclose(
        found.customers_percent, 100 * groups.size() / len(distances), atol=0.051
    )
    np.testing.assert_allclose(
        found.revenue_percent, 100 * groups.sum() / distances.monetary.sum(), atol=0.051
    )


def test_what_to_do(ask: Ask, tables: Frames) -> None:
    found = ask("what_to_do")
    expected = tables["segment_profiles"].sort_values("segment_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, expected[found.columns.tolist()])


def test_what_differs(ask: Ask, tables: Frames) -> None:
    features = tables["customer_features"]
    names = tables["segments"].set_index("customer_id")
    found = ask("what_differs")
    for segment_id, rows in found.groupby("segment_id"):
        own = features[features.customer_id.map(names.segment_id) == segment_id]
        z = {
            p: (own[p].mean() - features[p].mean()) / features[p].std(ddof=0)
            for p in tables["feature_parameters"].feature
        }
        first = sorted(z, key=lambda name: -abs(z[name]))[:3]
        assert rows.feature.tolist() == first
        np.testing.assert_allclose(rows.z, [z[name] for name in first], atol=0.0051)


def test_typical_customers(ask: Ask, tables: Frames) -> None:
    found = ask("typical_customers", each="2")
    for segment_id, own in tables["segments"].groupby("segment_id"):
        nearest = own.sort_values(["distance", "customer_id"]).customer_id.head(2)
        assert found[found.segment_id == segment_id].customer_id.tolist() == nearest.tolist()


def test_rfm_by_segment(ask: Ask, tables: Frames) -> None:
    expected = customers(tables).groupby(["segment_id", "rfm_segment"]).size()
    found = ask("rfm_by_segment").set_index(["segment_id", "rfm_segment"]).customers
    assert found.to_dict() == expected.to_dict()


def test_rejected(ask: Ask, tables: Frames) -> None:
    found = ask("rejected")
    counted = tables["rejected_rows"].groupby(["source", "reason"]).size()
    assert found.set_index(["source", "reason"]).rows.to_dict() == counted.to_dict()
    assert found.rows.sum() == tables["runs"].rows_rejected.iloc[-1]


def test_why_this_many(ask: Ask, tables: Frames) -> None:
    found = ask("why_this_many")
    assert found.k.tolist() == tables["k_selection"].k.tolist()
    assert found.k[found.selected].tolist() == [5]
    assert found.inertia.iloc[0] == pytest.approx(tables["runs"].inertia.iloc[-1], abs=0.051)


def test_runs(ask: Ask, tables: Frames) -> None:
    found = ask("runs").set_index("run_id")
    for run_id, model in zip(tables["runs"].run_id, tables["runs"].model, strict=True):
        sizes = tables["run_segments"][tables["run_segments"].run_id == run_id]
        told = dict(pair.split(": ") for pair in found.sizes[run_id].split(", "))
        assert {int(i): int(n) for i, n in told.items()} == dict(
            zip(sizes.segment_id, sizes.customers, strict=True)
        )
        assert [s["segment_id"] for s in json.loads(model)["segments"]] == [int(i) for i in told]
    drift = tables["run_drift"].set_index("feature").psi
    assert found.drift_of_segments[2] == pytest.approx(drift["segment_id"], abs=5.1e-4)
    features = drift.drop("segment_id")
    assert found.most_moved[2] == features.idxmax()
    assert found.drift_of_features[2] == pytest.approx(features.max(), abs=5.1e-4)
    assert found.kept.tolist() == [True, True]


def test_every_query_is_counted_again() -> None:
    assert {f"test_{name}" for name in QUERIES} <= set(globals())
