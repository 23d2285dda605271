"""The Complete Journey as a source: its published counts, and numbers for answers."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import duckdb
import pytest

from segdb.config.settings import parse
from segdb.demo import complete_journey as journey
from segdb.errors import SourceError


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_settings_are_settings() -> None:
    settings = parse(journey.settings(Path("data")))
    assert settings.columns.customer_id == "household_id"
    assert settings.features.describe == settings.features.attributes


def test_orders_have_the_published_counts(
    complete_journey: Path, con: duckdb.DuckDBPyConnection
) -> None:
    orders = journey.settings(complete_journey)["source"]["orders"]
    counts = con.execute(
        "SELECT count(*), count(DISTINCT household_id), count(DISTINCT basket_id), "
        f"round(sum(sales_value), 2), count(*) FILTER (quantity = 0) FROM ({orders})"
    ).fetchall()
    assert counts == [(1_469_307, 2_469, 155_848, 4_596_039.58, 8_869)]


def test_gasoline_is_one_item_a_fill(
    complete_journey: Path, con: duckdb.DuckDBPyConnection
) -> None:
    orders = journey.settings(complete_journey)["source"]["orders"]
    most = con.execute(f"SELECT max(quantity) FROM ({orders})").fetchall()
    assert most[0][0] < 1000


def test_every_answer_becomes_a_number(
    complete_journey: Path, con: duckdb.DuckDBPyConnection
) -> None:
    customers = journey.settings(complete_journey)["source"]["customers"]
    names = [name for name, _ in journey.ANSWERS.values()]
    counts = con.execute(
        f"SELECT count(*), {', '.join(f'count({name})' for name in names)} FROM ({customers})"
    ).fetchall()
    assert counts == [(801,) * 5]
    # 61 under 15K × 10 + 74 × 20 + 77 × 30 + … of the 801 brackets, by hand.
    means = con.execute(
        f"SELECT avg(income_thousand_dollars), avg(kids) FROM ({customers})"
    ).fetchall()
    income = 61 * 10 + 74 * 20 + 77 * 30 + 172 * 42.5 + 192 * 62.5 + 96 * 87.5 + 34 * 112.5
    income += 38 * 137.5 + 30 * 162.5 + 11 * 187.5 + 5 * 225 + 11 * 275
    assert means[0] == pytest.approx((income / 801, (159 + 2 * 60 + 3 * 69) / 801))


def test_a_folder_with_a_quote_is_read(
    complete_journey: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "it's; DROP TABLE data"
    folder.mkdir()
    shutil.copy(complete_journey / "demographics.parquet", folder)
    customers = journey.settings(folder)["source"]["customers"]
    assert con.execute(f"SELECT count(*) FROM ({customers})").fetchall() == [(801,)]


def test_it_is_found_where_it_is_installed(complete_journey: Path) -> None:
    assert journey.locate() == complete_journey


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SourceError, match=r"pip install 'segdb\[demo\]'"):
        journey.locate()


def test_a_package_without_its_files_says_which(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / journey.PACKAGE
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SourceError, match=r"has no transactions\.parquet"):
        journey.locate()
