"""Settings and their sections: what is accepted, and what is said of the rest."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from pydantic import BaseModel, ValidationError

from segdb.config.feature_sections import Outliers, Scale
from segdb.config.settings import Settings, load, parse
from segdb.errors import SettingsError
from segdb.expressions import scale
from segdb.expressions import winsorize as cap

# The example of the design page, with every key there is.
EXAMPLE = r"""
as_of = 2011-12-10T00:00:00

[source]
orders = "orders.parquet"
watermark = "ordered_at"
customers = "customers.csv"
delimiter = "\t"
encoding = "cp1252"
skip_rows = 2
header = false
names = ["customer", "date", "total"]
sheet = ["2025", "2026"]
union_by_name = true
max_unpacked = "1GB"
decimal = ","
date_format = "%d/%m/%Y %H:%M"
null_values = ["", "?"]
null_values_by_column = { age = ["118"] }
time_zone = "Europe/London"

[columns]
customer_id = "household_id"
order_id = "basket_id"
ordered_at = "transaction_timestamp"
amount = "sales_value"
quantity = "quantity"
unit_price = "price"
category = "department"

[clean]
amount_of = "order"
rows_are_orders = true
ids = "ignore_case"
duplicates = "reject"
returns = "net"
missing = "median"
[clean.reject]
"not a product" = "NOT regexp_matches(StockCode, '^\\d{5}')"

[features]
sampled_orders = false
use = ["recency_days", "frequency", "monetary"]
attributes = ["Income"]
categories = ["Education"]
describe = ["tenure_days"]
value = ["monetary"]
max_missing = 0.7
transform = { frequency = "log1p", monetary = "log1p" }
max_correlation = 0.98
components = 2
[features.sql]
variety_ratio = "count(DISTINCT StockCode) / count(DISTINCT InvoiceNo)"

[outliers]
method = "percentile"
lower = 0.01
upper = 0.99
strength = 1.5
action = "cap"
fill = "before"
[outliers.bounds]
monetary = [0, 10000]

[scale]
method = "standard"

[rfm]
bins = 5
ties = "alike"
other = "Other"
[rfm.edges]
recency_days = [30, 90, 180, 365]
[rfm.segments]
"Big and fresh" = "m_score >= 4 AND recency_days < 30"

[cluster]
k = "auto"
k_min = 2
k_max = 10
criterion = "elbow"
n_init = 10
seed = 42
matrix_rows = 20000
max_refine = 30
match_within = 0.5

[checks]
accept = ["equal_rows"]
max_rejected_share = 0.5

[value]
model = "bg/nbd"
sample = 50000

[backtest]
every_run = false
sample = 20000
cuts = [2011-06-01, 2011-09-01]
horizon = 90

[gates]
min_silhouette = 0.2
min_stability = 0.5
min_segment_share = 0.01
max_rejected_share = 0.3

[personas]
playbook = "playbook.toml"

[publish]
database = "warehouse/warehouse.duckdb"
schema = "segdb"
keep_runs = 3

[engine]
url = "duckdb:///shop.duckdb"
memory_limit = "2GB"
threads = 2
temp_directory = "spill"
matrix_memory = "1GB"

[report]
examples = false
path = "reports/segments.html"
title = "Customer segments"
currency = "£"
"""


def _sections() -> dict[str, type[BaseModel]]:
    fields = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {
        name: kind
        for name, kind in fields.items()
        if isinstance(kind, type) and issubclass(kind, BaseModel)
    }


def _keys() -> list[tuple[str, str]]:
    return [
        (section, field.alias or name)
        for section, kind in _sections().items()
        for name, field in kind.model_fields.items()
    ]


def refusal(values: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        parse(values)
    message = str(caught.value)
    assert "\n" not in message
    assert "pydantic" not in message
    return message


def test_the_example_of_the_design_loads_whole(tmp_path: Path) -> None:
    path = tmp_path / "segdb.toml"
    path.write_text(EXAMPLE, "utf-8")
    settings = load(path)
    written = tomllib.loads(EXAMPLE)
    told = settings.model_dump(mode="python", by_alias=True, exclude_unset=True)
    told["source"]["null_values"] = list(told["source"]["null_values"])
    for key in ("names", "sheet"):
        told["source"][key] = list(told["source"][key])
    for key in ("use", "attributes", "categories", "describe", "value"):
        told["features"][key] = list(told["features"][key])
    told["checks"]["accept"] = list(told["checks"]["accept"])
    told["backtest"]["cuts"] = list(told["backtest"]["cuts"])
    by_column = told["source"]["null_values_by_column"]
    told["source"]["null_values_by_column"] = {name: list(own) for name, own in by_column.items()}
    for section, key in (("outliers", "bounds"), ("rfm", "edges")):
        told[section][key] = {name: list(values) for name, values in told[section][key].items()}
    assert told == written


@pytest.mark.parametrize(("section", "key"), _keys())
def test_every_key_is_in_the_example(section: str, key: str) -> None:
    assert key in tomllib.loads(EXAMPLE)[section]


def test_nothing_is_needed() -> None:
    settings = parse({})
    assert settings == Settings()
    assert (settings.cluster.k, settings.cluster.k_min, settings.cluster.k_max) == ("auto", 2, 10)
    assert settings.publish.schema_ == "segdb"
    assert settings.as_of is None


def test_an_example_in_the_docs_changes_nothing_by_its_defaults() -> None:
    written = tomllib.loads(EXAMPLE)
    example = parse({name: written[name] for name in ("cluster", "publish", "scale")})
    assert example.cluster == Settings().cluster
    assert example.publish == Settings().publish
    assert example.scale == Settings().scale


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().cluster.seed = 1


@pytest.mark.parametrize("section", [*_sections(), ""])
def test_an_unknown_key_names_the_nearest(section: str) -> None:
    known = [key for owner, key in _keys() if owner == section] or list(Settings.model_fields)
    for key in known:
        wrong = f"{key}x"
        message = refusal({section: {wrong: 1}} if section else {wrong: 1})
        assert f"there is no key '{wrong}'" in message
        assert f"Did you mean '{key}'?" in message
        assert not section or f"[{section}]" in message


def test_a_key_outside_of_its_section_says_the_section() -> None:
    assert "'k' outside of a section; [cluster] has." in refusal({"k": 3})
    said = refusal({"method": "quantile"})
    assert "[outliers] and [scale] has." in said


@pytest.mark.parametrize(
    ("form", "fits"),
    [
        ("%d/%m/%Y", True),
        ("%-d.%-m.%y %H:%M:%S.%f", True),
        ("%Y%m%d%%", True),
        ("%Q", False),
        ("%d/%e/%Y", False),
        ("%d %", False),
        ("%-Y", False),
        ("dd/mm/yyyy", False),
    ],
)
def test_a_date_format_is_one_that_the_database_knows(form: str, *, fits: bool) -> None:
    with duckdb.connect() as connection, suppress(duckdb.Error):
        connection.execute("SELECT try_strptime('x', ?)", [form]).fetchall()
        assert fits or "%" not in form  # it raises on a directive that it does not know
    if fits:
        assert parse({"source": {"date_format": form}}).source.date_format == form
    else:
        assert "is no strptime format" in refusal({"source": {"date_format": form}})


def test_a_key_like_none_lists_all() -> None:
    message = refusal({"scale": {"zzz": 1}})
    assert message.endswith("There is: method.")


@pytest.mark.parametrize(
    ("values", "where", "words"),
    [
        ({"as_of": 20111210}, "'as_of'", "a date or a time"),
        ({"as_of": "next week"}, "'as_of'", "next week"),
        ({"as_of": "2011-12-10T00:00:00Z"}, "'as_of'", "without a zone"),
        ({"source": {"delimiter": ";;"}}, "'source.delimiter'", "at most 1 character"),
        ({"source": {"decimal": ";"}}, "'source.decimal'", "'.' or ','"),
        ({"clean": {"returns": "drop"}}, "'clean.returns'", "'net' or 'reject'"),
        ({"clean": {"reject": {"odd": 1}}}, "'clean.reject.odd'", "valid string"),
        ({"features": {"use": "frequency"}}, "'features.use'", "a list"),
        ({"features": {"transform": "log2"}}, "'features.transform'", "given: 'log2'"),
        ({"features": {"transform": {"a": "root"}}}, "'features.transform'", "'root'"),
        ({"features": {"max_correlation": float("nan")}}, "max_correlation", "finite"),
        ({"features": {"max_correlation": 0}}, "max_correlation", "greater than 0"),
        ({"outliers": {"lower": 0.6}}, "'outliers.lower'", "less than 0.5"),
        ({"outliers": {"upper": 0.5}}, "'outliers.upper'", "greater than 0.5"),
        ({"outliers": {"strength": float("inf")}}, "'outliers.strength'", "finite"),
        ({"outliers": {"strength": -1}}, "'outliers.strength'", "greater than 0"),
        ({"outliers": {"bounds": {"a": [5, 5]}}}, "'outliers.bounds'", "a: the lower bound 5"),
        ({"rfm": {"bins": 1}}, "'rfm.bins'", "greater than or equal to 2"),
        ({"rfm": {"bins": 11}}, "'rfm.bins'", "less than or equal to 10"),
        ({"rfm": {"edges": {"recency": [1, 2, 3, 4]}}}, "'rfm'", "Did you mean 'recency_days'?"),
        ({"rfm": {"edges": {"monetary": [1, 3, 3, 4]}}}, "'rfm'", "monetary do not rise"),
        ({"rfm": {"edges": {"monetary": [1, 2, 3]}}}, "'rfm'", "right for bins = 4"),
        ({"rfm": {"segments": {" ": "true"}}}, "'rfm.segments'", "1 to 100 printable"),
        ({"rfm": {"segments": {"a\x00b": "true"}}}, "'rfm.segments'", "printable"),
        ({"rfm": {"other": ""}}, "'rfm.other'", "1 to 100 printable"),
        ({"cluster": {"k": 1}}, "'cluster.k'", 'it is "auto", or a whole number from 2'),
        ({"cluster": {"k": "five"}}, "'cluster.k'", "given: 'five'"),
        ({"cluster": {"k": True}}, "'cluster.k'", "given: True"),
        ({"cluster": {"k": 2.5}}, "'cluster.k'", "given: 2.5"),
        ({"cluster": {"k_min": 8, "k_max": 4}}, "'cluster'", "k_min = 8 is above k_max = 4"),
        ({"cluster": {"n_init": 0}}, "'cluster.n_init'", "greater than or equal to 1"),
        ({"report": {"currency": "{kr}"}}, "'report.currency'", "{} stands for the amount, once"),
        ({"report": {"currency": "{} kr {}"}}, "'report.currency'", '"£" before it, "{} kr" after'),
        ({"cluster": {"seed": -1}}, "'cluster.seed'", "greater than or equal to 0"),
        ({"cluster": 5}, "'cluster'", "it is a section"),
        ({"gates": {"min_silhouette": 2}}, "'gates.min_silhouette'", "less than or equal to 1"),
        ({"engine": {"memory_limit": "much"}}, "'engine.memory_limit'", "given: 'much'"),
        ({"engine": {"threads": 0}}, "'engine.threads'", "greater than or equal to 1"),
        ({"publish": {"schema": ""}}, "'publish.schema'", "at least 1 character"),
    ],
)
def test_a_wrong_value_is_one_paragraph(values: dict[str, Any], where: str, words: str) -> None:
    message = refusal(values)
    assert where in message
    assert words in message


def test_all_that_is_wrong_is_said_at_once() -> None:
    message = refusal({"cluster": {"k": 1, "sed": 2}, "clutser": {}})
    for words in ("'cluster.k'", "'sed' in [cluster]", "'clutser'"):
        assert words in message


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2011-12-10", datetime(2011, 12, 10)),
        ("2011-12-10 13:30:00", datetime(2011, 12, 10, 13, 30)),
        (tomllib.loads("d = 2011-12-10")["d"], datetime(2011, 12, 10)),
        (tomllib.loads("d = 2011-12-10T07:00:00")["d"], datetime(2011, 12, 10, 7)),
        (None, None),
    ],
)
def test_as_of(given: object, meant: datetime | None) -> None:
    assert parse({"as_of": given}).as_of == meant


def test_blanks_are_kept() -> None:
    settings = parse({"source": {"delimiter": "\t"}, "columns": {"amount": " total "}})
    assert (settings.source.delimiter, settings.columns.amount) == ("\t", " total ")


def test_changed_replaces_keys_and_keeps_the_rest() -> None:
    settings = parse({"cluster": {"k": 4, "seed": 7}, "publish": {"schema": "shop"}})
    changed = settings.changed({"cluster": {"k": 5}, "outliers": {"method": "iqr"}})
    assert (changed.cluster.k, changed.cluster.seed) == (5, 7)
    assert (changed.publish.schema_, changed.outliers.method) == ("shop", "iqr")
    assert settings.cluster.k == 4
    with pytest.raises(SettingsError, match="no key 'kk'"):
        settings.changed({"cluster": {"kk": 5}})


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "segdb.toml"
    path.write_bytes(b"\xef\xbb\xbf[cluster]\r\nk = 3\r\n")
    assert load(path).cluster.k == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "segdb.init(SOURCE)"),
        (b"[cluster\nk = 3", "is not TOML"),
        (b"title = '\xff'", "is not TOML"),
        (b"[cluster]\nk = 1", "'cluster.k'"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "segdb.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"segdb\.toml") as caught:
        load(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


def test_methods_of_the_settings_are_those_of_the_stages() -> None:
    capping = get_args(Outliers.model_fields["method"].annotation)
    scaling = get_args(Scale.model_fields["method"].annotation)
    assert set(capping) == {*cap.METHODS, "none"}
    assert set(scaling) == set(scale.METHODS)


@pytest.mark.parametrize(("one", "other"), [("order_id", "x"), ("amount", "X")])
def test_a_column_has_one_role(one: str, other: str) -> None:
    with pytest.raises(SettingsError, match=f"customer_id and {one} both name the column"):
        parse({"columns": {"customer_id": "x", one: other}})
