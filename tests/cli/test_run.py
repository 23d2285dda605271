"""Refresh as a user gives it: what it says, what it writes, and how it fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from segdb.cli import main
from tests.steps import shops

SETTINGS = f"""
[source]
orders = "orders.parquet"
watermark = "bought_at"
{shops.TOML}
[publish]
database = "shop.duckdb"
[report]
path = "report.html"
title = "Our shop"
"""


def segdb(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings, a run of the earlier orders, and the later ones in the source."""
    folder = tmp_path_factory.mktemp("earlier")
    orders = folder / "orders.parquet"
    (folder / "segdb.toml").write_text(SETTINGS, "utf-8")
    with shops.opened() as connection, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        copy = f"COPY (FROM shop ORDER BY bought_at LIMIT {{}}) TO '{orders}'"
        connection.execute(copy.format(1080)).fetchall()
        segdb("run", "--no-report")
        connection.execute(copy.format(1200)).fetchall()
    return folder


@pytest.fixture
def folder(earlier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the commands are given."""
    shutil.copytree(earlier, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_tells_the_drift_and_writes_the_report(folder: Path) -> None:
    text = segdb("refresh").output
    assert "1,200 rows read" in text
    assert "By the model of run 1. Drift since (population stability index): " in text
    assert "`segdb run` learns anew" in text or "The model still fits" in text
    assert "Our shop" in (folder / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("folder")
def test_no_line_is_empty_where_nothing_stands_before_it_and_a_run_has_no_drift() -> None:
    refreshed = segdb("refresh", "--no-report")
    assert refreshed.stderr == ""
    assert refreshed.output.startswith("segment ")
    ran = segdb("run", "--no-report")
    assert ran.stdout.startswith("segment ")
    assert "Drift since" in refreshed.output
    assert "Drift since" not in ran.output
    assert ran.stderr.endswith(".\n\n")


def test_as_json(folder: Path) -> None:
    told = json.loads(segdb("refresh", "--no-report", "--json").stdout)
    assert (told["run_id"], told["learned_by"], told["rows_read"]) == (2, 1, 1200)
    with duckdb.connect(str(folder / "shop.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT feature, psi FROM segdb.run_drift WHERE run_id = 2")
        assert dict(rows.fetchall()) == told["drift"]


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.duckdb"
    for command in (["refresh"], ["compare"], ["score", "orders.csv"], ["rollback", "1"]):
        result = segdb(*command, "--database", str(missing), code=2)
        assert "There is no database at" in result.output
    assert not missing.exists()


def test_a_report_that_cannot_be_written_takes_nothing_back(folder: Path) -> None:
    (folder / "report.html").mkdir()
    output = segdb("run", code=2).output
    assert "Run 2 is published in shop.duckdb; its report alone is not written" in output
    assert "is a folder" in output
