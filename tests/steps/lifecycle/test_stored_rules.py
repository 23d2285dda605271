"""Stored rules: a refresh keeps what finds each segment, and counts it on today's customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.stored_rules import stored_rules
from tests.steps import shops

RULES = "SELECT rule FROM segdb.segment_profiles ORDER BY segment_id"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(shops.SHOP.format(rows=1200)).fetchall()
        segdb.run("shop", database=connection, settings=shops.settings("orders"))
        yield connection


def test_rules_stay_and_their_figures_are_of_today(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rules = connection.execute(RULES).fetchall()
    assert any(rule for (rule,) in rules)
    connection.execute("UPDATE shop SET total = total * 3 WHERE client < 'c5'").fetchall()
    segdb.refresh(database=connection)
    assert connection.execute(RULES).fetchall() == rules
    published = connection.execute(
        "SELECT segment_id, rule, rule_precision, rule_recall FROM segdb.segment_profiles"
    ).fetchall()
    for segment_id, rule, precision, recall in published:
        if rule is None:
            continue
        both, chosen, own = connection.execute(
            f"SELECT count(*) FILTER (WHERE ({rule}) AND segment_id = {segment_id}), "
            f"count(*) FILTER (WHERE {rule}), count(*) FILTER (WHERE segment_id = {segment_id}) "
            "FROM segdb.customer_segments"
        ).fetchall()[0]
        assert precision == (pytest.approx(both / chosen) if chosen else None)
        assert recall == pytest.approx(both / own)


@pytest.mark.parametrize(
    "text",
    ["monetary > 1 OR (SELECT true)", "read_text('/etc/passwd') IS NULL", "height > 3", ""],
)
def test_what_is_no_rule_of_the_model_is_not_run(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    rules = connection.execute(RULES).fetchall()
    connection.execute("UPDATE segdb.segment_profiles SET rule = ?", [text]).fetchall()
    store = DuckDB(connection)
    assert stored_rules(store, "segdb", stored_run(store, "segdb").model) is None
    segdb.refresh(database=connection)
    assert connection.execute(RULES).fetchall() == rules


def test_rules_that_are_gone_are_found_anew(connection: duckdb.DuckDBPyConnection) -> None:
    store = DuckDB(connection)
    model = stored_run(store, "segdb").model
    connection.execute("ALTER TABLE segdb.segment_profiles DROP COLUMN rule").fetchall()
    assert stored_rules(store, "segdb", model) is None
