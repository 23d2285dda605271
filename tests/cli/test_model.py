"""The commands that use the model, as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlglot
from click.testing import CliRunner

import segdb
from segdb.cli import main
from tests.steps import shops

DATABASE = "shop.duckdb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that two runs have published to, of 3 and of 4 segments."""
    made = tmp_path_factory.mktemp("shop")
    with duckdb.connect(str(made / DATABASE)) as connection:
        connection.execute(shops.SHOP.format(rows=1200)).fetchall()
        for k in (3, 4):
            chosen = shops.settings("orders", cluster={"k": k, "n_init": 1})
            segdb.run("shop", database=connection, settings=chosen)
    return made


@pytest.fixture(autouse=True)
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--database", DATABASE])
    assert result.exit_code == 0, result.output
    return result.stdout


def asked(sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(DATABASE, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_compile_prints_one_statement_that_runs() -> None:
    sql = said("compile")
    assert asked(f"SELECT count(*) FROM ({sql})") == asked("SELECT count(*) FROM segdb.segments")
    stage = said("compile", "--stage", "scaled", "--dialect", "trino")
    assert isinstance(sqlglot.parse_one(stage, read="trino"), sqlglot.exp.Select)


def test_compile_writes_a_file_and_a_package() -> None:
    assert said("compile", "--dialect", "postgres", "--output", "out/live.sql")
    written = Path("out/live.sql").read_text("utf-8")
    assert "in the SQL of postgres" in written
    assert isinstance(sqlglot.parse_one(written, read="postgres"), sqlglot.exp.Select)
    assert "DOUBLE PRECISION" in written
    assert "dbt package" in said("compile", "--dbt", "package", "--orders", "shop")
    assert Path("package/dbt_project.yml").exists()


def test_score_says_how_far_they_are() -> None:
    told = said("score", "shop", "--run", "1").splitlines()
    assert len(told) == 4
    assert "180 customers scored by run 1 into scored_customers" in told[-1]
    assert "beyond what the model learned, most in " in told[-1]
    values = json.loads(said("score", "shop", "--into", "all.parquet", "--json"))
    assert values["customers"] == sum(values["segments"].values()) == 180
    assert len(values["segments"]) == 4
    assert max(values["beyond_by_feature"].values()) <= values["beyond_caps"] < 1
    assert asked("SELECT avg(margin) FROM 'all.parquet'")[0][0] == values["mean_margin"]


def test_score_with_a_model_that_has_no_bounds() -> None:
    with duckdb.connect("plain.duckdb") as connection:
        connection.execute(shops.SHOP.format(rows=1200)).fetchall()
        chosen = shops.settings("orders", outliers={"method": "none"})
        segdb.run("shop", database=connection, settings=chosen)
    result = CliRunner().invoke(main, ["score", "shop", "--database", "plain.duckdb"])
    assert "into scored_customers; mean margin" in result.stdout


def test_scores_go_into_a_file_while_others_read_the_database() -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', "
    code += "flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, DATABASE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        try:
            assert reader.stdout is not None
            assert reader.stdout.readline() == b"open\n"
            assert "180 customers" in said("score", "shop", "--into", "while.csv").splitlines()[-1]
            refused = CliRunner().invoke(main, ["score", "shop", "--database", DATABASE])
            assert refused.exit_code == 3
        finally:
            reader.communicate(b"")
    assert len(Path("while.csv").read_text("utf-8").splitlines()) == 181


def test_compare_says_the_sizes_and_how_many_were_compared() -> None:
    rows = json.loads(said("compare", "--json"))
    labels = "SELECT count(*) FROM segdb.algorithm_labels WHERE algorithm = 'K-Means'"
    assert asked(labels) == [(180,)]
    kmeans = next(row for row in rows if row["algorithm"] == "K-Means")
    assert sum(kmeans["sizes"]) == 180
    words = said("compare")
    assert ", ".join(str(size) for size in kmeans["sizes"]) in words
    noisy = next(row for row in rows if row["noise"])
    assert f"(+{noisy['noise']} noise)" in words
    assert words.endswith(
        "180 customers were compared; the cluster of each is in segdb.algorithm_labels.\n"
    )
