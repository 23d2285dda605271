"""The API does in Python what the command line does, on one published database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import altair as alt
import pyarrow as pa
import pytest

import segdb
from segdb.errors import SettingsError, SourceError, UserError
from tests.steps import shops


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two runs, in a folder with its source."""
    folder = tmp_path_factory.mktemp("api")
    with shops.opened() as connection:
        connection.execute(f"COPY shop TO '{folder / 'shop.parquet'}'").fetchall()
    settings = {**shops.settings("orders"), "cluster": {"k": 3, "n_init": 1}}
    for k in (3, 4):
        settings["cluster"]["k"] = k
        database = folder / "shop.duckdb"
        segdb.run(folder / "shop.parquet", database=database, settings=settings).close()
    return folder


@pytest.fixture
def database(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(published / "shop.duckdb", tmp_path / "copy.duckdb"))


@pytest.fixture(scope="module")
def result(published: Path) -> Iterator[segdb.Result]:
    with segdb.open(published / "shop.duckdb") as opened:
        yield opened


def test_what_was_opened_is_the_last_run(result: segdb.Result) -> None:
    assert result.run_id == 2
    assert result.facts["k"] == 4
    assert [row["segment_id"] for row in result.segments] == sorted(
        row["segment_id"] for row in result.segments
    )
    assert len(result.model.segments) == 4
    assert result.runs().column("run_id").to_pylist() == [1, 2]


def test_the_schema_may_be_left_out(result: segdb.Result) -> None:
    counted = result.query("SELECT count(*) AS n FROM segments").to_pylist()
    named = result.query("WITH segments AS (SELECT 1 AS n) SELECT n FROM segments").to_pylist()
    assert counted == [{"n": result.facts["customers"]}]
    assert named == [{"n": 1}]


@pytest.mark.parametrize("sql", ["FROM\tsegments", "SELECT *\nFROM segments", "\nFROM\n segments"])
def test_a_select_may_stand_in_several_lines(result: segdb.Result, sql: str) -> None:
    assert result.query(sql).num_rows == result.facts["customers"]


def test_named_queries_take_parameters(result: segdb.Result) -> None:
    segment = result.segments[0]["segment"]
    rows = result.query("customers", segment=segment, limit=3)
    assert rows.num_rows == 3
    with pytest.raises(UserError, match="There is no segment 'Nobody'"):
        result.query("customers", segment="Nobody")
    with pytest.raises(UserError, match="There is no query 'custmers'"):
        result.query("custmers")
    with pytest.raises(UserError, match="limit takes a whole number"):
        result.query("customers", limit="x")
    assert result.query("customers", limit=None) == result.query("customers")


@pytest.mark.parametrize("several", [list, tuple, pa.array, pa.chunked_array])
def test_a_parameter_may_list_values(result: segdb.Result, several: Callable[..., object]) -> None:
    ids = result.query("customers", limit=3)["customer_id"].to_pylist()
    written = ids if several is not pa.chunked_array else [ids]
    by_list = result.query("look_alikes", ids=several(written))
    assert by_list == result.query("look_alikes", ids=",".join(map(str, ids)))
    with pytest.raises(UserError, match="ids holds no customer_id"):
        result.query("look_alikes", ids=[])


def test_a_database_that_is_open_for_reading_is_not_changed(result: segdb.Result) -> None:
    with pytest.raises(UserError, match="one SELECT"):
        result.query("DROP TABLE segdb.segments")
    with pytest.raises(UserError, match="no file"):
        result.query("SELECT * FROM read_text('/etc/hostname')")


@pytest.mark.parametrize("sql", ["SELECT nothing FROM segments", "SELEC 1"])
def test_what_the_database_refuses_is_an_error_of_segdb(sql: str) -> None:
    with shops.opened() as connection:
        settings = {**shops.settings("orders"), "cluster": {"k": 3, "n_init": 1}}
        with segdb.run("shop", database=connection, settings=settings) as published:
            with pytest.raises(UserError, match="refused a statement"):
                published.query(sql)
            connection.execute("DROP VIEW segdb.segments_live").fetchall()
            with pytest.raises(UserError, match="segments_live does not exist"):
                published.table("segments_live")


def test_every_chart_is_an_altair_chart_that_draws(result: segdb.Result) -> None:
    assert len(result.charts) > 10
    # That each chart is a valid one is held by tests/charts/test_charts.py.
    for name in result.charts[::4]:
        chart = result.chart(name)
        assert isinstance(chart, alt.TopLevelMixin)
        assert chart.to_dict()["title"]
    with pytest.raises(SettingsError, match=r"no chart 'margin'\. Did you mean"):
        result.chart("margin")


def test_a_notebook_shows_the_segments(result: segdb.Result) -> None:
    html = result._repr_html_()
    for row in result.segments:
        assert f"<td>{row['customers']:,}</td>" in html
    assert "<script" not in html


def test_the_report_as_text_and_as_a_file(result: segdb.Result, tmp_path: Path) -> None:
    text = result.report()
    assert isinstance(text, str)
    assert text.startswith("<!doctype html>")
    assert result.report(tmp_path / "page.html") == tmp_path / "page.html"
    assert (tmp_path / "page.html").stat().st_size > 500_000
    result.report(tmp_path / "page.html")


def test_a_report_goes_over_no_file_of_someone_else(result: segdb.Result, tmp_path: Path) -> None:
    page = tmp_path / "mine.html"
    page.write_text("mine", "utf-8")
    with pytest.raises(UserError, match="force"):
        result.report(page)
    assert page.read_text("utf-8") == "mine"
    result.report(page, force=True)
    assert page.stat().st_size > 500_000


def test_tables(result: segdb.Result) -> None:
    for name in ("segments", "runs", "segment_distances"):
        assert isinstance(result.table(name), pa.Table)
    with pytest.raises(SettingsError, match="There is no table 'segment'"):
        result.table("segment")


def test_score_rollback_compare_diff_compile_and_export(
    database: Path, published: Path, tmp_path: Path
) -> None:
    scored = segdb.score(
        published / "shop.parquet", database=database, into=tmp_path / "scored.csv"
    )
    assert scored.run_id == 2
    assert (tmp_path / "scored.csv").is_file()
    assert segdb.diff(1, 2, database=database).segments
    assert segdb.compile(database=database, dialect="postgres", orders="shop").startswith("-- ")
    assert segdb.compile_dbt(tmp_path / "package", database=database, orders="shop")
    assert segdb.rollback(1, database=database)["republishes"] == 1
    compared = segdb.compare(database=database)
    assert {row["algorithm"] for row in compared.rows} >= {"K-Means", "Ward"}
    files = segdb.export(tmp_path / "tables", database=database)
    assert tmp_path / "tables" / "segments.parquet" in files
    with segdb.open(database) as opened:
        assert opened.run_id == 3


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no database at"):
        segdb.open(tmp_path / "nothing.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_the_lines_of_the_readme_run_as_a_notebook_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    code = page.split("```python\n", 1)[1].split("```", 1)[0]
    monkeypatch.chdir(tmp_path)
    with shops.opened() as connection:
        connection.execute(
            "COPY (SELECT client AS customer_id, basket AS order_id, bought_at AS ordered_at, "
            "total AS amount FROM shop) TO 'orders.parquet'"
        ).fetchall()
    cells = [line for line in code.splitlines() if line.startswith("result.")]
    before = code.split(cells[0], 1)[0]
    names: dict[str, object] = {}
    exec(before, names)  # noqa: S102 - the README's own lines
    result = names["result"]
    assert isinstance(result, segdb.Result)
    try:
        for line in cells:
            known = line.replace('"Loyal"', repr(result.segments[0]["segment"]))
            assert eval(known, names) is not None  # noqa: S307 - likewise
    finally:
        result.close()
    assert (tmp_path / "segments.html").is_file()
