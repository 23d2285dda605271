"""A list of files is one source, as a pattern of them is, and is read again by a refresh."""

from __future__ import annotations

from pathlib import Path

import pytest

import segdb
from segdb.config.settings import parse
from segdb.errors import SettingsError, SourceError

SETTINGS = {"cluster": {"k": 3, "n_init": 1}}


def month(
    folder: Path, number: int, header: str = "customer_id,order_date,order_id,amount"
) -> Path:
    path = folder / f"{number}.csv"
    lines = [
        f"c{i % 40},2024-{number:02}-{1 + i % 28:02},{1000 * number + i},{5 + i % 37}.5"
        for i in range(150)
    ]
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_list_of_files_is_read_together_and_again(folder: Path) -> None:
    january, february = month(folder, 1), month(folder, 2)
    with segdb.run(["1.csv", february], database="shop.duckdb", settings=SETTINGS) as result:
        assert result.facts["rows_kept"] == 300
        assert result.settings.source.orders == ("1.csv", str(february))
    with january.open("a", encoding="utf-8") as file:
        file.write("c1,2024-03-01,9999,7.5\n")
    with segdb.refresh(database="shop.duckdb") as result:
        assert (result.facts["learned_by"], result.facts["rows_kept"]) == (1, 301)
    with segdb.open("shop.duckdb") as result:
        assert result.query("FROM segments_live").num_rows == 40
    march = month(folder, 3)
    with segdb.refresh([january, february, march], database="shop.duckdb") as result:
        assert result.facts["rows_kept"] == 451
    with segdb.refresh(database="shop.duckdb") as result:
        assert result.facts["rows_kept"] == 451


def test_files_whose_columns_differ_are_read_by_name_where_the_settings_say_so(
    folder: Path,
) -> None:
    month(folder, 1)
    month(folder, 2, "customer_id,order_id_of_shop,order_date,amount")
    names = ["1.csv", "2.csv"]
    with pytest.raises(SourceError, match="union_by_name = true"):
        segdb.run(names, database="shop.duckdb", settings=SETTINGS)
    (folder / "2.csv").write_text(
        "amount,customer_id,order_date,order_id,shop\n5,c1,2024-02-02,1,north\n", "utf-8"
    )
    settings = {**SETTINGS, "source": {"union_by_name": True}}
    with segdb.run(names, database="shop.duckdb", settings=settings) as result:
        assert result.facts["rows_kept"] == 151


def test_a_list_in_the_settings_is_the_same() -> None:
    settings = parse({"source": {"orders": ["1.csv", "2.csv"], "customers": "c.csv"}})
    assert settings.source.orders == ("1.csv", "2.csv")
    assert parse(settings.model_dump(mode="json", by_alias=True)) == settings
    with pytest.raises(SettingsError, match="a file, a list of files, a table, or a SELECT"):
        parse({"source": {"orders": 5}})


def test_a_list_of_something_else_is_refused() -> None:
    with pytest.raises(SourceError, match=r"of the type list.*a list of paths"):
        segdb.run([1, 2], database="shop.duckdb", settings=SETTINGS)
