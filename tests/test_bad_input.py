"""Bad input: exit code 2 (3 for the lock), one paragraph, the last run's tables as they were."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import segdb
from segdb.cli import main

GOOD = "customer_id,order_id,ordered_at,amount\n" + "".join(
    f"C{i % 40},O{i},2026-0{1 + i % 6}-1{i % 9},{10 + (i * 37) % 90}.50\n" for i in range(160)
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that one good run has published to."""
    folder = tmp_path_factory.mktemp("good")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("good.csv").write_text(GOOD, "utf-8")
        segdb.run("good.csv", database="shop.duckdb", settings={"cluster": {"k": 3}}).close()
    return folder


@pytest.fixture
def shop(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, which a test finds itself in."""
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    before = published(tmp_path)
    yield tmp_path
    assert published(tmp_path) == before, "a failed run changed what was published"


def published(folder: Path) -> list[dict[str, object]]:
    from tests.reading import ask

    sql = "SELECT run_id, customer_id, segment_id, distance FROM segments ORDER BY customer_id"
    rows: list[dict[str, object]] = ask(folder / "shop.duckdb", "segdb", sql).to_pylist()
    return rows


def failing(*arguments: str, code: int = 2) -> str:
    result: Result = CliRunner().invoke(main, [*arguments])
    message = result.stderr.strip().splitlines()[-1]
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert message.startswith("Error: ")
    assert not message.startswith("Error: a fault of segdb")
    return message


def run_on(text: str, *arguments: str, name: str = "orders.csv") -> str:
    Path(name).write_text(text, "utf-8")
    return failing("run", name, "--database", "shop.duckdb", *arguments)


@pytest.mark.usefixtures("shop")
class TestOrders:
    """Orders that cannot be segmented, on top of a good run."""

    def test_no_such_file(self) -> None:
        message = failing("run", "god.csv", "--database", "shop.duckdb")
        assert "god.csv" in message
        assert "good.csv" in message

    def test_empty_file(self) -> None:
        assert "empty" in run_on("")

    def test_header_only(self) -> None:
        assert "orders.csv" in run_on("customer_id,ordered_at,amount\n")

    def test_no_numeric_column(self) -> None:
        message = run_on("customer,day,note\na,2026-01-02,x\nb,2026-01-03,y\na,2026-01-04,z\n")
        assert "[columns]" in message

    def test_every_row_rejected(self) -> None:
        Path("segdb.toml").write_text('[clean.reject]\n"all of them" = "amount > 0"\n', "utf-8")
        assert "all of them" in run_on(GOOD)

    def test_nothing_but_returns(self) -> None:
        rows = "".join(f"C{i % 9},O{i},2026-01-0{1 + i % 9},-{i}.50\n" for i in range(60))
        message = run_on("customer_id,order_id,ordered_at,amount\n" + rows)
        assert "only returns: 60" in message

    def test_fewer_customers_than_k(self) -> None:
        message = run_on(GOOD, "--k", "50")
        assert "40 customers" in message
        assert "50" in message

    def test_all_customers_alike(self) -> None:
        rows = "".join(f"C{i},O{i},2026-01-02,5.00\n" for i in range(30))
        assert "alike" in run_on("customer_id,order_id,ordered_at,amount\n" + rows)

    def test_a_column_of_the_settings_that_is_not_there(self) -> None:
        Path("segdb.toml").write_text('[columns]\ncustomer_id = "customer_ib"\n', "utf-8")
        message = run_on(GOOD)
        assert "customer_ib" in message
        assert "customer_id" in message

    def test_a_key_of_the_settings_that_is_not_there(self) -> None:
        Path("segdb.toml").write_text("[cluster]\nkmax = 5\n", "utf-8")
        assert "k_max" in run_on(GOOD)

    def test_dates_that_fit_two_formats(self) -> None:
        rows = "".join(f"C{i % 9},O{i},0{1 + i % 9}/0{1 + i % 7}/2026,{i}.50\n" for i in range(60))
        message = run_on("customer_id,order_id,ordered_at,amount\n" + rows)
        assert "date_format" in message
        assert "%d/%m/%Y" in message
        assert "%m/%d/%Y" in message

    def test_an_amount_of_text(self) -> None:
        Path("segdb.toml").write_text('[columns]\namount = "word"\n', "utf-8")
        rows = "".join(f"C{i % 9},O{i},2026-01-0{1 + i % 9},much\n" for i in range(60))
        message = run_on("customer_id,order_id,ordered_at,word\n" + rows)
        assert "word" in message
        assert "much" in message

    def test_a_feature_that_does_not_exist(self) -> None:
        Path("segdb.toml").write_text('[features]\nuse = ["recency"]\n', "utf-8")
        assert "recency_days" in run_on(GOOD)

    def test_sql_that_is_more_than_an_expression(self) -> None:
        Path("segdb.toml").write_text(
            '[features.sql]\nx = "max(amount) FROM orders; DROP TABLE segdb.segments"\n', "utf-8"
        )
        assert "[features.sql] x" in run_on(GOOD)

    def test_sql_that_the_engine_refuses(self) -> None:
        Path("segdb.toml").write_text('[clean.reject]\nx = "no_such_function(amount)"\n', "utf-8")
        assert "no_such_function" in run_on(GOOD)


def test_a_locked_database(shop: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            (
                "import duckdb, sys; c = duckdb.connect(sys.argv[1]); "
                "print('open', flush=True); sys.stdin.read()"
            ),
            str(shop / "shop.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        message = failing("run", "good.csv", "--database", "shop.duckdb", code=3)
        assert str(holder.pid) in message
        assert "--wait" in message
    finally:
        holder.communicate(b"")


def test_a_file_that_is_no_database(shop: Path) -> None:
    (shop / "notes.duckdb").write_text("not a database\n" * 1000, "utf-8")
    assert "notes.duckdb" in failing("run", "good.csv", "--database", "notes.duckdb")
    assert (shop / "notes.duckdb").read_text("utf-8").startswith("not a database")


def test_a_folder_that_cannot_be_made(shop: Path) -> None:
    (shop / "file").write_text("", "utf-8")
    assert "file" in failing("run", "good.csv", "--database", str(Path("file", "x.duckdb")))


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_cannot_be_written(shop: Path) -> None:
    (shop / "locked").mkdir(mode=0o500)
    assert "locked" in failing("run", "good.csv", "--database", "locked/x.duckdb")


HOSTILE = (
    'quote"d',
    "x'; DROP TABLE segdb.segments; --",
    "ordered.at",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("two words", "select", "🛒")),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_want_to_be_something_else(tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    con_sql = (
        f"SELECT 'C' || (i % 40) AS {quoted}, i AS order_id, "
        "TIMESTAMP '2026-01-01' + to_days(CAST(i % 90 AS INTEGER)) AS ordered_at, "
        "10.0 + (i * 37) % 90 AS amount FROM range(200) AS r(i)"
    )
    with segdb.run(
        con_sql,
        database=tmp_path / "x.duckdb",
        settings={
            "columns": {"customer_id": name},
            "cluster": {"k": 3, "n_init": 1},
            "publish": {"schema": name},
        },
    ) as result:
        assert result.facts["customers"] == 40
        assert result.table("segments").num_rows == 40


def test_nan_infinity_and_1e400_are_missing(tmp_path: Path) -> None:
    rows = "".join(f"{i},{20 + i % 50},{(i * 7) % 11}\n" for i in range(100))
    bad = "100,1e400,3\n101,inf,4\n102,NaN,5\n103,-inf,5\n"
    path = tmp_path / "people.csv"
    path.write_text("id,age,visits\n" + rows + bad, "utf-8")
    with segdb.run(
        customers=path,
        database=tmp_path / "x.duckdb",
        settings={"cluster": {"k": 3}, "features": {"attributes": ["age", "visits"]}},
    ) as result:
        statistics = {row["feature"]: row for row in result.table("feature_statistics").to_pylist()}
        assert statistics["age"]["missing"] == 4
        assert statistics["age"]["maximum"] == 69
        assert result.facts["customers"] == 104
        assert result.query(
            "SELECT count(*) AS n FROM segdb.segments WHERE isnan(distance)"
        ).to_pylist() == [{"n": 0}]
