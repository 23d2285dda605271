"""The made-up shop: the same on every run, messy, and its segments can be found again."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from segdb.config.settings import parse
from segdb.demo import synthetic
from segdb.errors import SettingsError

CUSTOMERS = 3_000


@pytest.fixture(scope="module")
def shop() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"CREATE TABLE orders AS {synthetic.orders(CUSTOMERS)}")
    con.execute(f"CREATE TABLE truth AS {synthetic.truth(CUSTOMERS)}")
    con.execute(f"CREATE TABLE customers AS {synthetic.customers(CUSTOMERS)}")
    return con


def count(con: duckdb.DuckDBPyConnection, what: str, table: str = "orders") -> float:
    return float(con.execute(f"SELECT {what} FROM {table}").fetchall()[0][0])


def fingerprint(sql: str, threads: int) -> list[tuple[int, int]]:
    con = duckdb.connect(config={"threads": threads})
    rows = con.execute(f"SELECT count(*), sum(hash(rows)) FROM ({sql}) AS rows").fetchall()
    return [(int(n), int(total)) for n, total in rows]


@pytest.mark.parametrize(
    "sql",
    [
        synthetic.orders(8_000, multi_line_share=0.3),
        synthetic.customers(8_000),
        synthetic.truth(8_000),
    ],
    ids=["orders", "customers", "truth"],
)
def test_rows_are_the_same_with_one_thread_and_with_two(sql: str) -> None:
    assert fingerprint(sql, 1) == fingerprint(sql, 2)


def test_another_seed_is_another_shop() -> None:
    assert fingerprint(synthetic.orders(500, 1), 1) != fingerprint(synthetic.orders(500, 2), 1)


def test_rows_are_the_same_on_every_release_of_duckdb() -> None:
    # A release with another hash would make another shop; 1.5.0 and 2.0.0 make this one.
    sql = f"SELECT count(*), sum(customer_id) FROM ({synthetic.truth(9_000)})"
    rows = duckdb.connect().execute(f"{sql} WHERE planted_segment = 'loyal'").fetchall()
    assert rows == [(2_244, 10_117_890)]


def test_orders_have_the_documented_columns(shop: duckdb.DuckDBPyConnection) -> None:
    columns = shop.execute("SELECT column_name, column_type FROM (DESCRIBE orders)").fetchall()
    assert columns == [
        ("order_id", "BIGINT"),
        ("customer_id", "BIGINT"),
        ("ordered_at", "TIMESTAMP"),
        ("amount", "DECIMAL(18,2)"),
        ("quantity", "INTEGER"),
        ("category", "VARCHAR"),
    ]


@pytest.mark.parametrize("mean", [5.0, 20.0, 60.0])
def test_mean_orders_are_those_asked_for(mean: float) -> None:
    orders = synthetic.orders(CUSTOMERS, orders_per_customer=mean)
    distinct = count(duckdb.connect(), "count(DISTINCT order_id)", f"({orders})")
    assert distinct / CUSTOMERS == pytest.approx(mean, rel=0.05)


@pytest.mark.parametrize(
    ("mess", "share"),
    [
        ("customer_id IS NULL", 0.01),
        ("amount IS NULL", 0.002),
        ("amount = 0", 0.003),
        ("amount < 0 AND quantity > 0", 0.001),
        ("quantity < 0", 0.01),
        (f"ordered_at > '{synthetic.AS_OF}'", 0.0005),
        ("amount > 2000", 0.0002),
    ],
)
def test_the_mess_is_there(shop: duckdb.DuckDBPyConnection, mess: str, share: float) -> None:
    found = count(shop, f"count(*) FILTER ({mess})")
    assert share / 4 < found / count(shop, "count(*)") < share * 3


def test_some_rows_are_there_twice(shop: duckdb.DuckDBPyConnection) -> None:
    twice = count(shop, "count(*)") - count(shop, "count(*)", "(SELECT DISTINCT * FROM orders)")
    assert 0.001 < twice / count(shop, "count(*)") < 0.01


def test_dates_end_with_the_last_day(shop: duckdb.DuckDBPyConnection) -> None:
    (last,) = shop.execute(
        f"SELECT max(ordered_at) FROM orders WHERE ordered_at < '{synthetic.AS_OF}'"
    ).fetchall()[0]
    assert f"{last:%Y-%m-%d}" == "2026-06-30"


def test_orders_can_have_several_lines() -> None:
    orders = synthetic.orders(500, multi_line_share=0.4)
    lines = f"(SELECT count(*) AS n FROM ({orders}) WHERE quantity > 0 GROUP BY order_id)"
    assert count(duckdb.connect(), "avg((n > 1)::INTEGER)", lines) == pytest.approx(0.4, abs=0.03)
    assert count(duckdb.connect(), "count(DISTINCT n)", lines) >= 4


def test_register_has_its_mess(shop: duckdb.DuckDBPyConnection) -> None:
    assert count(shop, "count(*) - count(customer_id)", "customers") > 0
    assert count(shop, "count(customer_id) - count(DISTINCT customer_id)", "customers") > 0
    assert count(shop, "count(*) FILTER (age = 126)", "customers") > 0
    assert count(shop, "count(*) - count(income)", "customers") > CUSTOMERS / 20
    assert count(shop, f"count(*) FILTER (customer_id > {CUSTOMERS})", "customers") > 0


def test_every_customer_has_one_planted_segment(shop: duckdb.DuckDBPyConnection) -> None:
    rows = shop.execute("SELECT planted_segment, count(*) FROM truth GROUP BY ALL").fetchall()
    shares = {name: n / CUSTOMERS for name, n in rows}
    planted = {segment.name: segment.share for segment in synthetic.SEGMENTS}
    assert shares == pytest.approx(planted, abs=0.03)
    assert count(shop, "count(DISTINCT customer_id)", "truth") == CUSTOMERS


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: synthetic.orders(0),
        lambda: synthetic.orders(10, orders_per_customer=1),
        lambda: synthetic.orders(10, multi_line_share=2),
    ],
)
def test_a_shop_that_cannot_be_is_refused(wrong: Callable[[], str]) -> None:
    with pytest.raises(SettingsError):
        wrong()


def test_settings_are_settings() -> None:
    settings = parse(synthetic.settings(100))
    assert settings.as_of is not None
    assert settings.source.orders == synthetic.orders(100)
