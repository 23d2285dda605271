"""The commands that look back: runs, runs diff, rollback."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

import segdb
from segdb.cli import main
from tests.steps import shops


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two runs, of which the later one has other settings."""
    path = tmp_path_factory.mktemp("runs") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(shops.SHOP.format(rows=1600)).fetchall()
        for month, k in ((3, 3), (5, 4)):
            settings = shops.settings(
                "orders", as_of=datetime(2024, month, 1), cluster={"k": k, "n_init": 1}
            )
            segdb.run("shop", database=connection, settings=settings)
    return path


def segdb_on(path: Path, *words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [*words, "--database", str(path)])
    assert result.exit_code == code, result.output
    return result


def told(path: Path, *words: str) -> Any:
    return json.loads(segdb_on(path, *words, "--json").stdout)


def test_runs_are_listed_with_sizes_and_drift(made: Path) -> None:
    rows = told(made, "runs")
    assert [(row["run_id"], row["k"], row["kept"]) for row in rows] == [(1, 3, True), (2, 4, True)]
    for row in rows:
        sizes = [int(pair.split(": ")[1]) for pair in row["sizes"].split(", ")]
        assert sum(sizes) == row["customers"]
        assert len(sizes) == row["k"]
    assert rows[0]["drift_of_features"] is None
    assert rows[1]["drift_of_features"] > 0
    text = segdb_on(made, "runs").stdout
    assert rows[1]["sizes"] in text
    assert "(2 rows)" in text


def test_what_moved_between_two_runs(made: Path) -> None:
    found = told(made, "runs", "diff", "1", "2")
    assert {row["name"] for row in found["settings"]} == {"as_of", "cluster.k"}
    moved = sum(row["customers"] for row in found["customers"] if row["after"])
    assert moved == told(made, "runs")[1]["customers"]
    text = segdb_on(made, "runs", "diff", "1", "2").stdout
    for heading in ("Figures", "Settings", "Segments", "Centroids", "Drift", "Customers"):
        assert f"\n{heading}" in text
    assert "cluster.k" in text
    same = segdb_on(made, "runs", "diff", "2", "2").stdout
    assert same.count("The same.") == 2


def test_options_may_stand_before_diff(made: Path) -> None:
    words = ["runs", "--json", "--database", str(made), "diff", "1", "2"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    one, other = json.loads(result.stdout), told(made, "runs", "diff", "1", "2")
    # A sum of floats may differ in its last bits.
    drift, again = ({row["feature"]: row["psi"] for row in d.pop("drift")} for d in (one, other))
    assert one == other
    assert drift == pytest.approx(again, abs=1e-12)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("runs", "diff", "1", "7"), "There is no run 7. There is: 1, 2"),
        (("rollback", "7"), "There is no run 7"),
        (("rollback", "2"), "Run 2 is the one that is published."),
    ],
)
def test_a_run_that_will_not_do(made: Path, words: tuple[str, ...], message: str) -> None:
    result = segdb_on(made, *words, code=2)
    assert result.output.startswith("Error: ")
    assert message in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("words", [("runs",), ("runs", "diff", "1", "2"), ("rollback", "1")])
def test_a_database_without_segments(tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    assert "`segdb run` publishes them" in segdb_on(path, *words, code=2).output


def test_rolled_back_and_forth(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(made.read_bytes())
    found = told(path, "rollback", "1")
    assert (found["run_id"], found["republishes"], found["k"]) == (3, 1, 3)
    words = segdb_on(path, "rollback", "2").stdout
    assert words.startswith(f"Run 2 is published again in {path}, as run 4: 4 segments of ")
    rows = told(path, "runs")
    assert [row["republishes"] for row in rows] == [None, None, 1, 2]
    assert rows[3]["sizes"] == rows[1]["sizes"]
    no_moves = told(path, "runs", "diff", "2", "4")
    assert no_moves["settings"] == no_moves["figures"] == []
    assert all(row["before"] == row["after"] for row in no_moves["customers"])


def test_the_settings_say_how_many_are_kept(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(made.read_bytes())
    config = tmp_path / "segdb.toml"
    config.write_text("[publish]\nkeep_runs = 0\n", "utf-8")
    segdb_on(path, "rollback", "1", "--config", str(config))
    assert (
        "Run 2 is not kept any more. None is kept."
        in segdb_on(path, "rollback", "2", code=2).output
    )
