"""A database that came from someone else: what it names is not read."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

import segdb
from segdb.cli import main
from tests.steps import shops

PRIVATE = "secret words of this user"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two runs that another user has published."""
    folder = tmp_path_factory.mktemp("sender")
    path = folder / "theirs.duckdb"
    with pytest.MonkeyPatch.context() as patch, duckdb.connect(str(path)) as connection:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        connection.execute(shops.SHOP.format(rows=900)).fetchall()
        for k in (3, 4):
            chosen = shops.settings("orders", cluster={"k": k, "n_init": 1})
            segdb.run("shop", database=connection, settings=chosen)
    return path


@pytest.fixture
def folder(sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a secret file, and a published database that its sender may change."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text(f"customer_id,word\nc1,{PRIVATE}\n", "utf-8")
    shutil.copy(sent, tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "mine"))
    return tmp_path


def changed(sql: str) -> None:
    with duckdb.connect("theirs.duckdb") as connection:
        connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    "command",
    [
        ("query", "FROM segments_live"),
        ("query", "SELECT * FROM customer_features LIMIT 1"),
        ("report", "--output", "out.html"),
        ("export", "out"),
        ("compare",),
        ("rollback", "1"),
        ("runs", "diff", "1", "2"),
        ("compile",),
    ],
    ids=" ".join,
)
def test_views_that_read_files_read_none(folder: Path, command: tuple[str, ...]) -> None:
    path = folder / "secret.csv"
    for name in ("customer_features", "segments", "segment_profiles"):
        changed(f"DROP TABLE segdb.{name}")
        changed(f"CREATE VIEW segdb.{name} AS FROM read_csv('{path}')")
    changed(f"CREATE OR REPLACE VIEW segdb.segments_live AS FROM read_csv('{path}')")
    result = CliRunner().invoke(main, [*command, "--database", "theirs.duckdb"])
    assert result.exit_code in (0, 2), result.output
    assert PRIVATE not in result.output
    for file in folder.rglob("out*"):
        if file.is_file():
            assert PRIVATE not in file.read_text("utf-8", errors="replace")


@pytest.mark.usefixtures("folder")
def test_a_refresh_asks_for_the_sources_of_a_database_that_nobody_signed() -> None:
    result = CliRunner().invoke(main, ["refresh", "--database", "theirs.duckdb", "--no-report"])
    assert result.exit_code == 2, result.output
    assert "--sources" in result.output
    trusted = ["refresh", "--sources", "--database", "theirs.duckdb", "--no-report"]
    assert CliRunner().invoke(main, trusted).exit_code == 0


def test_the_report_goes_where_this_user_says(folder: Path) -> None:
    target = folder / "profile"
    target.write_text("mine", "utf-8")
    changed(
        "UPDATE segdb.runs SET settings = json_merge_patch(settings, "
        f'\'{{"report": {{"path": "{target}"}}}}\')'
    )
    CliRunner().invoke(main, ["refresh", "--sources", "--database", "theirs.duckdb"])
    assert target.read_text("utf-8") == "mine"


@pytest.mark.usefixtures("folder")
def test_a_score_does_not_write_over_its_source() -> None:
    changed("COPY shop TO 'new.csv'")
    before = Path("new.csv").read_bytes()
    scored = ["score", "new.csv", "--into", "new.csv", "--database", "theirs.duckdb"]
    result = CliRunner().invoke(main, scored)
    assert result.exit_code == 2, result.output
    assert "--force" in result.output
    assert Path("new.csv").read_bytes() == before
    other = [*scored[:3], "other.csv", *scored[4:]]
    assert CliRunner().invoke(main, other).exit_code == 0


@pytest.mark.usefixtures("folder")
def test_a_second_export_writes_over_the_first() -> None:
    export = ["export", "out", "--database", "theirs.duckdb"]
    assert CliRunner().invoke(main, export).exit_code == 0
    assert CliRunner().invoke(main, export).exit_code == 0
    Path("out/segments.csv").write_text("mine", "utf-8")
    Path("out/segments.parquet").unlink()
    result = CliRunner().invoke(main, export)
    assert result.exit_code == 2, result.output
    assert Path("out/segments.csv").read_text("utf-8") == "mine"
