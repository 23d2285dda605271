"""Whole runs: recomputed independently, repeated, failed half way, on every kind of source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

import segdb
from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing import publish as publishing
from segdb.model import Model
from segdb.pipeline import publishing as pipeline
from tests.cases.ingest import ingest
from tests.steps import shops

SHOP: dict[str, Any] = {
    "cluster": {"k": 4, "n_init": 2},
    # Numbers at random are no numbers of orders: inference would rightly leave them.
    "columns": {"order_id": "order_id"},
}


def shop_frame(customers: int = 120, rows: int = 2_000) -> pd.DataFrame:
    """Order lines of a shop with returns, duplicates and missing values."""
    draw = np.random.default_rng(7)
    customer = draw.zipf(1.4, rows) % customers
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{i:03d}" for i in customer],
            "order_id": draw.integers(0, rows // 2, rows),
            "ordered_at": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(draw.integers(0, 180 * 86_400, rows), unit="s"),
            "amount": np.round(draw.lognormal(3, 1, rows), 2),
        }
    )
    frame.loc[draw.integers(0, rows, 40), "amount"] *= -1
    frame.loc[draw.integers(0, rows, 30), "customer_id"] = None
    return pd.concat([frame, frame.iloc[:25]], ignore_index=True)


def test_customers_whom_no_order_knows_are_told_of(tmp_path: Path) -> None:
    people = pd.DataFrame({"id": range(120), "age": np.arange(120) % 50 + 18})
    orders, customers = tmp_path / "orders.parquet", tmp_path / "customers.parquet"
    shop_frame().to_parquet(orders)
    for known in (False, True):
        ids = people.id.map("C{:03d}".format) if known else people.id
        people.assign(id=ids).to_parquet(customers)
        made = ingest(orders, customers, columns=SHOP["columns"], features={"attributes": ["age"]})
        told = [note for note in made.notes if "are they written alike" in note]
        assert len(told) == (not known)
        assert all("here, 'C" in note for note in told)


def test_customers_that_add_nothing_are_told_of(tmp_path: Path) -> None:
    people = pd.DataFrame({"id": [f"C{i:03d}" for i in range(120)], "age": range(120)})
    orders, customers = tmp_path / "orders.parquet", tmp_path / "customers.parquet"
    shop_frame().to_parquet(orders)
    people.to_parquet(customers)
    for asked in ([], ["age"]):
        features = {"attributes": asked} if asked else {}
        made = ingest(orders, customers, columns=SHOP["columns"], features=features)
        told = [note for note in made.notes if "is a feature" in note]
        assert len(told) == (not asked)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[segdb.Result]:
    path = tmp_path_factory.mktemp("run") / "shop.duckdb"
    with segdb.run(shop_frame(), database=path, settings=SHOP) as made:
        yield made


def test_every_table_of_the_contract_is_published(result: segdb.Result) -> None:
    of_frames = {table.name for table in contract.TABLES if table not in _LIVE}
    names = result.query(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'segdb'"
    ).to_pylist()
    assert {row["name"] for row in names} == of_frames


@pytest.mark.parametrize("table", contract.TABLES, ids=lambda table: table.name)
def test_columns_are_those_of_the_contract(result: segdb.Result, table: contract.Table) -> None:
    if table in (contract.SEGMENTS_LIVE, contract.CUSTOMER_VALUE_LIVE):
        pytest.skip("a frame has no live view; tests/steps/publish/test_live_view.py holds it")
    published = result.table(table.name).column_names
    extra = set(result.model.catalogue.names) if table.features else set()
    assert set(published) == {column.name for column in table.columns} | extra
    types = {
        row["column_name"]: row["data_type"]
        for row in result.query(
            "SELECT column_name, data_type FROM duckdb_columns() "
            f"WHERE schema_name = 'segdb' AND table_name = '{table.name}'"
        ).to_pylist()
    }
    for column in table.columns:
        expected = "VARCHAR" if column.type == contract.ID else column.type
        assert types[column.name] == expected, column.name


@pytest.mark.parametrize(
    "table", [table for table in contract.TABLES if table.key], ids=lambda table: table.name
)
def test_a_key_tells_the_rows_apart(result: segdb.Result, table: contract.Table) -> None:
    if table in (contract.SEGMENTS_LIVE, contract.CUSTOMER_VALUE_LIVE):
        pytest.skip("a frame has no live view; tests/steps/publish/test_live_view.py holds it")
    key = ", ".join(table.key)
    counted = result.query(
        f"SELECT count(*) AS n, count(DISTINCT ({key})) AS different, "
        f"count(*) FILTER (concat_ws(' ', {key}) = '') AS lacking FROM segdb.{table.name}"
    ).to_pylist()[0]
    assert counted["n"] == counted["different"]
    assert counted["n"] > 0 or table.may_be_empty
    assert counted["lacking"] == 0
    comment = result.query(
        "SELECT comment FROM duckdb_tables() UNION ALL SELECT comment FROM duckdb_views()"
    )["comment"].to_pylist()
    assert table.comment in comment


def test_rows_add_up(result: segdb.Result) -> None:
    facts = result.facts
    assert facts["rows_read"] == 2_025
    assert facts["rows_read"] == facts["rows_kept"] + facts["rows_rejected"]
    assert result.table("rejected_rows").num_rows == facts["rows_rejected"]
    assert sum(result.reasons.values()) == facts["rows_rejected"]


def test_features_recomputed_in_pandas(result: segdb.Result) -> None:
    frame = shop_frame().drop_duplicates()
    frame = frame[frame.customer_id.notna()]
    bought = frame[frame.amount >= 0]
    as_of = bought.ordered_at.max().normalize() + pd.Timedelta(days=1)
    group = bought.groupby("customer_id")
    first, last, orders = group.ordered_at.min(), group.ordered_at.max(), group.order_id.nunique()
    monetary = frame.groupby("customer_id").amount.sum()
    expected = pd.DataFrame(
        {
            "recency_days": (as_of - last).dt.days,
            "frequency": orders,
            "monetary": monetary[orders.index],
            "tenure_days": (as_of - first).dt.days,
            "average_order_value": monetary[orders.index] / orders,
            "days_between_orders": (last - first).dt.total_seconds() / 86_400 / (orders - 1),
        }
    )
    expected = expected.replace([np.inf], np.nan)
    expected.loc[orders == 1, "days_between_orders"] = np.nan
    found = result.table("customer_features").to_pandas().set_index("customer_id").sort_index()
    for name in expected.columns:
        np.testing.assert_allclose(
            found[name], expected[name].sort_index().astype(float), rtol=1e-9, err_msg=name
        )


def matrix_of(result: segdb.Result) -> tuple[np.ndarray[Any, Any], pd.DataFrame]:
    """Fill, cap, transform and scale the published features in NumPy and scikit-learn."""
    found = result.table("customer_features").to_pandas().sort_values("customer_id")
    columns = []
    for p in result.model.matrix:
        column = found[p.feature].to_numpy(dtype=float)
        filled = np.where(np.isnan(column), np.nanmedian(column), column)
        capped = np.clip(filled, np.percentile(filled, 1), np.percentile(filled, 99))
        columns.append(np.log1p(capped) if p.transform == "log1p" else capped)
    return StandardScaler().fit_transform(np.column_stack(columns)), found


def test_labels_and_distances_are_scikit_learns(result: segdb.Result) -> None:
    matrix, found = matrix_of(result)
    centroids = np.array([segment.centroid for segment in result.model.segments])
    distances = np.linalg.norm(matrix[:, None] - centroids[None], axis=2)
    kmeans = KMeans(len(centroids), init=centroids, n_init=1, max_iter=1).fit(matrix)
    kmeans.cluster_centers_ = centroids
    published = result.table("segments").to_pandas().sort_values("customer_id")
    assert list(published.customer_id) == list(found.customer_id)
    np.testing.assert_array_equal(published.segment_id - 1, kmeans.predict(matrix))
    np.testing.assert_allclose(published.distance, distances.min(axis=1), rtol=1e-9, atol=1e-9)
    two = np.sort(distances, axis=1)[:, :2]
    np.testing.assert_allclose(published.margin, 1 - two[:, 0] / two[:, 1], atol=1e-9)
    assert result.facts["inertia"] == pytest.approx((distances.min(axis=1) ** 2).sum(), rel=1e-9)


def test_learned_values_are_numpys(result: segdb.Result) -> None:
    _, found = matrix_of(result)
    for p in result.model.matrix:
        column = found[p.feature].to_numpy(dtype=float)
        filled = np.where(np.isnan(column), np.nanmedian(column), column)
        assert p.fill == pytest.approx(np.nanmedian(column), rel=1e-9)
        assert p.lower == pytest.approx(np.percentile(filled, 1), rel=1e-9)
        assert p.upper == pytest.approx(np.percentile(filled, 99), rel=1e-9)
        capped = np.clip(filled, np.percentile(filled, 1), np.percentile(filled, 99))
        moved = np.log1p(capped) if p.transform == "log1p" else capped
        assert p.center == pytest.approx(moved.mean(), rel=1e-9)
        assert p.spread == pytest.approx(moved.std(), rel=1e-9)


def test_segments_go_from_the_most_valuable_down(result: segdb.Result) -> None:
    rows = result.table("segment_profiles").to_pylist()
    worth = [row["revenue"] / row["customers"] for row in rows]
    assert worth == sorted(worth, reverse=True)
    assert [row["segment_id"] for row in rows] == [1, 2, 3, 4]
    assert len({row["segment"] for row in rows}) == 4
    assert sum(row["customer_share"] for row in rows) == pytest.approx(1)


def test_the_model_goes_through_json(result: segdb.Result) -> None:
    assert Model.from_json(result.model.to_json()) == result.model


_LIVE = {contract.SEGMENTS_LIVE, contract.CUSTOMER_VALUE_LIVE}
STABLE = [t.name for t in contract.TABLES if t is not contract.RUNS and t not in _LIVE]


@pytest.mark.parametrize("threads", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_run_twice_gives_the_same_tables(
    result: segdb.Result, tmp_path: Path, threads: int
) -> None:
    con = duckdb.connect(str(tmp_path / "again.duckdb"))
    con.execute(f"SET threads = {threads}").fetchall()
    again = segdb.run(shop_frame(), database=con, settings=SHOP)
    for name in STABLE:
        one, other = (r.table(name).to_pandas() for r in (result, again))
        keys = [c for c in one.columns if one[c].dtype.kind != "f"]
        pd.testing.assert_frame_equal(
            one.sort_values(keys, ignore_index=True),
            other.sort_values(keys, ignore_index=True),
            rtol=1e-9,
            atol=1e-9,
            obj=name,
        )
    con.close()


SMALL: dict[str, Any] = {**SHOP, "features": shops.FEW_FEATURES}


def test_runs_are_appended_though_views_stand_in_the_place_of_tables(tmp_path: Path) -> None:
    path, names = tmp_path / "x.duckdb", ("segments", "segment_profiles", "k_selection")
    for expected in (1, 2):
        with segdb.run(shop_frame(60, 900), database=path, settings=SMALL) as made:
            assert made.run_id == expected
            assert made.table("runs").num_rows == expected
            for name in names:
                assert "one" not in made.table(name).column_names
        replace_by_views(path, names)


def replace_by_views(path: Path, names: tuple[str, ...]) -> None:
    with duckdb.connect(str(path)) as con:
        for name in names:
            con.execute(f"DROP TABLE segdb.{name}").fetchall()
            con.execute(f"CREATE VIEW segdb.{name} AS SELECT 1 AS one").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("table", ["segments", "segment_profiles", "k_selection"])
def test_a_view_in_the_place_of_a_table_stops_no_publish(tmp_path: Path, table: str) -> None:
    path = tmp_path / "x.duckdb"
    segdb.run(shop_frame(), database=path, settings=SHOP).close()
    replace_by_views(path, (table,))
    with segdb.run(shop_frame(60, 900), database=path, settings=SHOP) as again:
        assert again.run_id == 2
        assert "one" not in again.table(table).column_names


def written_tables() -> list[str]:
    """Return what a run of a frame writes, which has no live view.

    The histories are written with the tables that they follow.
    """
    unwritten = {*_LIVE, contract.KEPT_RUNS}
    return [
        table.name
        for table in (*contract.TABLES, contract.ASSIGN)
        if table not in unwritten and not table.name.endswith(("_history", "_migrations"))
    ]


def rows_of_all(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int | None]]:
    """Return of each table how many rows it has, and a sum of their hashes."""
    parts = (
        f"SELECT '{name}' AS name, count(*) AS rows, sum(hash(t)) AS digest FROM segdb.{name} AS t"
        for name in STABLE
    )
    rows = con.execute(" UNION ALL ".join(parts)).fetchall()
    return {name: (count, digest) for name, count, digest in rows}


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_a_failure_while_publishing_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """One run publishes again and again, each time with the failure after another table."""
    failing_ones = written_tables()[::-step]
    con = duckdb.connect(str(tmp_path / "x.duckdb"))
    first = segdb.run(shop_frame(), database=con, settings=SHOP)
    before, digests = first.table("segments"), rows_of_all(con)
    publish, write = publishing.publish, publishing._write
    failed: list[str] = []

    def fail_after_each(store: DuckDB, schema: str, publication: publishing.Publication) -> None:
        written = [c.table for c in publication.contents if c.rows is not None]
        assert {table.name for table in written} == set(written_tables())
        for failing in [table for table in written if table.name in failing_ones]:

            def write_and_fail(
                store: DuckDB,
                schema: str,
                content: publishing.Content,
                there: Mapping[str, str],
                failing: contract.Table = failing,
            ) -> None:
                write(store, schema, content, there)
                if content.table is failing:
                    # The engine itself refuses a statement in the middle of the transaction.
                    store.execute("SELECT error('the disk is full')")

            monkeypatch.setattr(publishing, "_write", write_and_fail)
            with pytest.raises(segdb.PublishError, match="rolled back"):
                publish(store, schema, publication)
            assert rows_of_all(con) == digests, failing.name
            assert first.table("runs").num_rows == 1
            failed.append(failing.name)
        monkeypatch.setattr(publishing, "_write", write)
        publish(store, schema, publication)

    monkeypatch.setattr(pipeline, "publish", fail_after_each)
    again = segdb.run(shop_frame(60, 900), database=con, settings=SHOP)
    assert sorted(failed) == sorted(failing_ones)
    # Without a failure the same contents are published after all.
    assert again.run_id == 2
    assert not again.table("segments").equals(before)
    assert rows_of_all(con) != digests
    con.close()


QUICK = ("pandas", "csv", "select")


@pytest.mark.parametrize(
    "kinds",
    [QUICK, pytest.param(None, marks=pytest.mark.slow)],
    ids=["quick", "all"],
)
def test_frames_files_and_tables_give_the_same_segments(
    tmp_path: Path, kinds: tuple[str, ...] | None
) -> None:
    frame = shop_frame()
    frame.to_parquet(tmp_path / "orders.parquet")
    frame.to_csv(tmp_path / "orders.csv", index=False)
    frame.to_json(tmp_path / "orders.jsonl", orient="records", lines=True, date_format="iso")
    con = duckdb.connect()
    con.register("shop", frame)
    con.execute("CREATE TABLE orders AS FROM shop").fetchall()
    sources: dict[str, object] = {
        "pandas": frame,
        "polars": pl.from_pandas(frame),
        "parquet": str(tmp_path / "orders.parquet"),
        "csv": str(tmp_path / "orders.csv"),
        "json": str(tmp_path / "*.jsonl"),
        "table": "orders",
        "select": "SELECT * FROM orders",
    }
    found = []
    for kind in kinds or sources:
        made = segdb.run(sources[kind], database=con, settings=SMALL)
        rows = made.query("SELECT customer_id, segment_id FROM segdb.segments ORDER BY ALL")
        found.append(rows.to_pylist())
    assert all(rows == found[0] for rows in found)
    con.close()
