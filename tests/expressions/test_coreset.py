"""The matrix: everyone, or a coreset whose weights and draws are what the paper says."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import stats

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.coreset import Spread, all_customers, coreset, sample, uniform

NAMES = ("x_a", "x_b", "x_c")
CUSTOMERS, ROWS = 20_000, 2_000
SEEDS = range(12)
Values = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def values() -> Values:
    """A dense middle and a few customers far out, whom a uniform sample would miss."""
    draw = np.random.default_rng(3)
    middle = draw.normal(size=(CUSTOMERS - 40, len(NAMES)))
    far = draw.normal(12.0, 1.0, size=(40, len(NAMES)))
    return draw.permutation(np.concatenate([middle, far]))


@pytest.fixture(scope="module")
def scaled(values: Values) -> Iterator[DuckDB]:
    with duckdb.connect() as connection:
        columns = {name: values[:, i] for i, name in enumerate(NAMES)}
        # Beside the matrix there is more, which stays outside.
        more = {f"feature_{i}": np.zeros(CUSTOMERS) for i in range(12)}
        ids = np.arange(CUSTOMERS)
        connection.register("arrow", pa.table({"customer_id": ids, **columns, **more}))
        connection.execute("CREATE TABLE scaled AS FROM arrow").fetchall()
        connection.unregister("arrow")
        yield DuckDB(connection)


def drawn(store: DuckDB, values: Values, seed: int, relation: str = "scaled") -> pa.Table:
    means = values.mean(axis=0)
    squares = float(((values - means) ** 2).sum())
    table = store.unbound(relation, relation)
    return store.fetch(
        coreset(table, NAMES, Spread(CUSTOMERS, means.tolist(), squares), ROWS, seed)
    )


def chances(values: Values) -> Values:
    """q(x) of Bachem, Lucic and Krause (2018), times the expected rows, 1 at most."""
    squares = ((values - values.mean(axis=0)) ** 2).sum(axis=1)
    wanted: Values = np.minimum(1.0, ROWS * (0.5 / len(values) + 0.5 * squares / squares.sum()))
    return wanted


def test_everyone(scaled: DuckDB, values: Values) -> None:
    got = scaled.fetch(all_customers(scaled.unbound("scaled", "scaled"), NAMES))
    assert got.column_names == ["customer_id", *NAMES, "weight"]
    assert np.array_equal(got["customer_id"], np.arange(CUSTOMERS))
    assert np.array_equal(np.column_stack([got[name] for name in NAMES]), values)
    assert set(got["weight"].to_pylist()) == {1.0}
    assert got.schema.field("weight").type == pa.float64()


def test_weights_are_one_over_the_chance(scaled: DuckDB, values: Values) -> None:
    got = drawn(scaled, values, 1)
    assert got.column_names == ["customer_id", *NAMES, "weight"]
    ids = np.asarray(got["customer_id"])
    assert (np.diff(ids) > 0).all()
    assert np.array_equal(np.column_stack([got[name] for name in NAMES]), values[ids])
    assert np.allclose(got["weight"], 1.0 / chances(values)[ids], rtol=1e-9)


def test_means_over_seeds_are_unbiased(scaled: DuckDB, values: Values) -> None:
    draws = [drawn(scaled, values, seed) for seed in SEEDS]
    expected_rows = chances(values).sum()
    assert np.mean([len(draw) for draw in draws]) == pytest.approx(expected_rows, rel=0.02)
    totals = [np.asarray(draw["weight"]).sum() for draw in draws]
    assert np.mean(totals) == pytest.approx(CUSTOMERS, rel=0.02)
    for i, name in enumerate(NAMES):
        sums = [np.dot(np.asarray(draw["weight"]), np.asarray(draw[name])) for draw in draws]
        error = np.std(sums, ddof=1) / len(sums) ** 0.5
        assert abs(np.mean(sums) - values[:, i].sum()) < 4 * error
    far = (values.min(axis=1) > 6).nonzero()[0]
    assert all(set(far) <= set(draw["customer_id"].to_pylist()) for draw in draws)


def test_a_draw_depends_on_ids_and_seed_alone(scaled: DuckDB, values: Values) -> None:
    scaled.execute("CREATE OR REPLACE TABLE shuffled AS FROM scaled ORDER BY hash(customer_id, 9)")
    first = drawn(scaled, values, 1)
    assert drawn(scaled, values, 1).equals(first)
    assert drawn(scaled, values, 1, "shuffled").equals(first)
    own = set(first["customer_id"].to_pylist())
    for seed in SEEDS[2:5]:
        other = set(drawn(scaled, values, seed)["customer_id"].to_pylist())
        # About a tenth of either is in both; the far ones are in all.
        assert len(own & other) < 0.3 * len(own)


def test_all_are_drawn_where_rows_suffice(scaled: DuckDB, values: Values) -> None:
    table = scaled.unbound("scaled", "scaled")
    squares = float(((values - values.mean(axis=0)) ** 2).sum())
    means = values.mean(axis=0).tolist()
    got = scaled.fetch(coreset(table, NAMES, Spread(CUSTOMERS, means, squares), 2 * CUSTOMERS, 1))
    assert len(got) == CUSTOMERS
    assert np.allclose(got["weight"], 1.0)


def test_a_sample_is_uniform(scaled: DuckDB, values: Values) -> None:
    table = scaled.unbound("scaled", "scaled")
    draws = [scaled.fetch(sample(table, NAMES, ROWS, CUSTOMERS, seed)) for seed in SEEDS]
    assert np.mean([len(draw) for draw in draws]) == pytest.approx(ROWS, rel=0.03)
    for draw in draws:
        ids = np.asarray(draw["customer_id"])
        assert draw.column_names == ["customer_id", *NAMES, "weight"]
        assert (np.diff(ids) > 0).all()
        assert set(draw["weight"].to_pylist()) == {1.0}
        assert np.array_equal(draw["x_b"], values[ids, 1])


@pytest.mark.parametrize("kind", ["BIGINT", "VARCHAR", "UUID", "DATE"])
def test_draws_are_uniform_numbers(store: DuckDB, kind: str) -> None:
    made = {
        "BIGINT": "i",
        "VARCHAR": "'C-' || i",
        "UUID": "md5(i::VARCHAR)::UUID",
        "DATE": "DATE '1800-01-01' + i::INTEGER",
    }[kind]
    store.execute(f"CREATE TABLE ids AS SELECT {made} AS customer_id FROM range(20000) AS r(i)")
    ids = store.unbound("ids", "ids")
    for seed in (0, 42, 2**32 - 1):
        got = np.asarray(store.fetch(ids.select(u=uniform(ids.customer_id, seed)))["u"])
        assert got.min() >= 0
        assert got.max() < 1
        assert stats.kstest(got, "uniform").pvalue > 1e-4
