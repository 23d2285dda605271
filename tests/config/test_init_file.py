"""Init: the first settings file says what was inferred, and names every setting."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from segdb.api.settings_file import init
from segdb.cli import main
from segdb.config.section import Section
from segdb.config.settings import Settings, load, parse

ORDERS = "customer;order;date;total;street\r\n" + "".join(
    f"{1 + i % 40:05d};{i};{1 + i % 28:02d}.0{1 + i % 6}.2026;{10 + i * 37 % 90},50;Straße\r\n"
    for i in range(200)
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders as Excel writes them in Germany."""
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text(ORDERS, "cp1252", newline="")
    Path("utf8.csv").write_text(ORDERS, "utf-8", newline="")
    return tmp_path


def segdb(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == code, result.output
    return result


def keys(model: type[Section], path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for name, field in model.model_fields.items():
        own, kind = (*path, field.alias or name), field.annotation
        section = isinstance(kind, type) and issubclass(kind, Section)
        found |= keys(kind, own) if section else {own}  # type: ignore[arg-type]
    return found


def uncommented(text: str) -> dict[str, Any]:
    """Return what the file would say with every example of its own in force."""
    return tomllib.loads(re.sub(r"^# (?=\S+ = |\[)", "", text, flags=re.MULTILINE))


def test_a_run_goes_by_it(folder: Path) -> None:
    told = segdb("init", "utf8.csv")
    assert "ordered_at = date" in told.stderr
    settings = load(folder / "segdb.toml")
    assert settings.source.orders == "utf8.csv"
    assert (settings.columns.customer_id, settings.columns.amount) == ("customer", "total")
    assert "40 customers" in segdb("run", "--no-report", "--k", "3").output


def test_it_names_every_setting(folder: Path) -> None:
    init("utf8.csv", None, folder / "segdb.toml", None, force=False)
    said = uncommented((folder / "segdb.toml").read_text("utf-8"))
    given = {(name, key) for name, of in said.items() if isinstance(of, dict) for key in of}
    lacking = keys(Settings) - given - {(name,) for name in said}
    # Roles are those that were found; and the orders have no customers beside them.
    assert {key for key in lacking if key[0] != "columns"} == {("source", "customers")}
    parse(said)


def test_what_it_says_is_left_out_is_the_default(folder: Path) -> None:
    init("utf8.csv", None, folder / "segdb.toml", None, force=False)
    said, default = uncommented((folder / "segdb.toml").read_text("utf-8")), Settings()
    for section, names in {
        "clean": ("duplicates", "returns", "missing"),
        "features": ("transform", "max_correlation"),
        "outliers": ("method", "lower", "upper"),
        "scale": ("method",),
        "cluster": tuple(said["cluster"]),
        "publish": tuple(said["publish"]),
        "report": ("path", "title"),
    }.items():
        known = getattr(default, section).model_dump(by_alias=True)
        assert {name: said[section][name] for name in names} == {n: known[n] for n in names}


def test_a_file_that_is_there_stays(folder: Path) -> None:
    (folder / "segdb.toml").write_text("# mine\n", "utf-8")
    assert "--force" in segdb("init", "utf8.csv", code=2).output
    assert (folder / "segdb.toml").read_text("utf-8") == "# mine\n"


@pytest.mark.parametrize("content", ["[cluster]\nk = 1\n", "no toml", "# nothing\n"])
def test_force_writes_over_whatever_is_there(folder: Path, content: str) -> None:
    (folder / "segdb.toml").write_text(content, "utf-8")
    segdb("init", "utf8.csv", "--force")
    assert load(folder / "segdb.toml").columns.customer_id == "customer"


def test_what_was_found_out_of_files_is_written(folder: Path) -> None:
    content = "Sales 2026\r\n\r\n" + ORDERS
    (folder / "orders.csv").write_text(content, "cp1252", newline="")
    segdb("init", "orders.csv")
    source = load(folder / "segdb.toml").source
    assert (source.encoding, source.skip_rows) == ("cp1252", 2)
    assert "40 customers" in segdb("run", "--no-report", "--k", "3").output


def test_of_two_sources_each_is_said(folder: Path) -> None:
    people = "customer;city\n" + "".join(f"{1 + i:05d};Rome\n" for i in range(40))
    (folder / "people.csv").write_text(people, "utf-8")
    init("orders.csv", "people.csv", folder / "segdb.toml", None, force=False)
    assert load(folder / "segdb.toml").source.encoding == {"orders": "cp1252"}


def test_how_text_is_read_stays(folder: Path) -> None:
    (folder / "segdb.toml").write_text(
        '[source]\norders = "old.csv"\nencoding = "cp1252"\nnull_values = ["?"]\n'
        'date_format = "%d.%m.%Y"\n',
        "utf-8",
    )
    segdb("init", "orders.csv", "--force")
    source = load(folder / "segdb.toml").source
    assert (source.orders, source.encoding, source.null_values) == ("orders.csv", "cp1252", ("?",))
    assert source.date_format == "%d.%m.%Y"
    segdb("run", "--no-report", "--k", "3")


def test_without_a_source_there_is_nothing_to_look_at(folder: Path) -> None:
    assert "segdb init orders.csv" in segdb("init", code=2).output
    assert not (folder / "segdb.toml").exists()


def test_of_customers_alone_nothing_is_asked_of_orders(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("customer_id,age\n" + "".join(f"c{n},{20 + n}\n" for n in range(30)), "utf-8")
    target = tmp_path / "segdb.toml"
    init(None, str(people), target, None, force=False)
    text = target.read_text("utf-8")
    for words in ("order", "as_of", "returns", "recency", "frequency", "[rfm", "watermark"):
        assert words not in text, words
    assert 'customer_id = "customer_id"' in text
    for section in ("clean", "features", "outliers", "cluster", "checks", "report"):
        assert f"[{section}]" in text
