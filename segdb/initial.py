"""Init: the first ``segdb.toml`` for a source, with what was inferred, commented."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segdb.errors import SettingsError
from segdb.inspect.questions import OPEN, OpenQuestionError
from segdb.reading import Reading
from segdb.report.write import write
from segdb.settings import Settings, Source, load
from segdb.steps.choose import Sources
from segdb.steps.questions import open_line, read_with_questions
from segdb.store.duckdb import DuckDB

# Of [source], what says how text is read.
# Sections in which a place may be open.
_OPEN = ("source", "columns")
_TEXT = {
    "delimiter", "encoding", "skip_rows", "header", "names", "sheet", "union_by_name",
    "max_unpacked", "decimal", "date_format", "time_zone",
    "null_values", "null_values_by_column",
}  # fmt: skip

_SNIFFED = (
    '# delimiter = ";"                # of text files; left out, as those below: sniffed',
    '# encoding = "auto"              # utf-8, or what the letters make likely; or "cp1252", …',
    "# skip_rows = 3                  # above the header; left out: found where it is plain",
    "# header = false                 # no line of names: with names",
    '# names = ["customer_id", "ordered_at", "amount"]    # of all columns, as they stand',
    '# sheet = "2026"                 # of a workbook, or several: ["2025", "2026"]',
    "# union_by_name = true           # files whose columns differ: NULL where one lacks a column",
    '# max_unpacked = "20GB"          # of zip files and their like',
    '# decimal = ","',
    '# time_zone = "Europe/London"    # of texts with an offset, instants; left out: as they stand',
    '# null_values = ["", "NA", "-"]  # what stands for a missing value',
    '# null_values_by_column = {age = ["118"]}   # in one column',
)

_REST = """
[clean]
# duplicates = "reject"          # reject | keep: rows equal in every column
# returns = "net"                # net: lower monetary, no order of their own | reject
# amount_of = "auto"             # row | order: an order's amount stands in each of its rows
# rows_are_orders = true         # each row is an order, whatever its id or moment
# ids = "auto"                   # as_written | ignore_case; auto: e-mail addresses ignore case
# missing = "median"             # of a feature: median | mean | zero | reject
# [clean.reject]                 # reason = SQL predicate over the source's columns
# "no charge" = "amount = 0"

[features]
# use = ["recency_days", "frequency", "monetary"]   # left out: the six that orders always have
# attributes = ["Income"]        # numeric columns of customers
# categories = ["Education"]     # columns of customers, one 0/1 feature a value
# describe = ["tenure_days"]     # published and profiled, and no part of what makes the segments
# transform = "auto"             # auto | none | log1p | log | sqrt | yeo-johnson; or by feature,
#                                  as { "*" = "auto", monetary = "yeo-johnson" }
# max_missing = 0.5              # above this share of the customers, it is excluded from clustering
# max_correlation = 0.98
# sampled_orders = true          # count rows for orders where a sample says that each is one row
# components = 3                 # cluster on so many principal components of the features
# [features.sql]                 # your own: name = SQL aggregate over a customer's kept orders
# largest_order = "max(amount)"

[outliers]
# method = "percentile"          # percentile | iqr | zscore | mad | none
# lower = 0.01
# upper = 0.99
# strength = 1.5                 # of the fences; left out: iqr 1.5, zscore 3, mad 3.5
# action = "cap"                 # cap: to the bound | reject: the customer is left out
# fill = "before"                # before | after: missing values are filled before or after that
# [outliers.bounds]              # your own, in the feature's units
# monetary = [0, 10000]

[scale]
# method = "standard"            # standard | robust | minmax | none

[rfm]                            # scores, and rfm_segment
# bins = 5                       # scores from 1 to it: 5 quintiles, 4 quartiles, 2 to 10
# ties = "alike"                 # alike | rank: groups of equal size, as NTILE makes them
# other = "Other"                # whom none of your own segments takes
# [rfm.edges]                    # your own: one fewer than bins
# recency_days = [30, 90, 180, 365]
# [rfm.segments]                 # name = SQL predicate over customer_features; the first counts
# "Big and fresh" = "m_score >= 4 AND recency_days < 30"

[cluster]
# k = "auto"                     # or a number
# k_min = 2
# k_max = 10
# criterion = "elbow"            # elbow | silhouette | davies_bouldin | calinski_harabasz | gap
# n_init = 10                    # starts of each fit
# seed = 42
# matrix_rows = 20000            # K-Means sees every customer up to here, and above a draw
# max_refine = 30                # most steps that refine the centroids over all customers
# match_within = 0.5             # of the last run's segments, in standard deviations a feature

[checks]                         # what a run says of the data under "Check these"
# accept = ["equal_rows"]        # what is right as it is: not said, and no reason to stop
# max_rejected_share = 0.34      # of a source, for one reason; above, the run stops

[gates]                          # what a run must reach to be published; left out: anything
# min_silhouette = 0.25
# min_stability = 0.8
# min_segment_share = 0.01
# max_rejected_share = 0.1

[personas]
# playbook = "playbook.toml"     # names and actions; left out: segdb/playbook.toml

[publish]
# database = "warehouse/warehouse.duckdb"
# schema = "segdb"
# keep_runs = 3                  # earlier runs that `segdb rollback` can publish again

[engine]
# memory_limit = "2GB"           # what does not fit goes to disk
# threads = 2
# temp_directory = "spill"

[report]
# path = "reports/segments.html"
# title = "Customer segments"
# currency = "£"                # after the amount: "{} kr"
# examples = true                # show the ids of typical customers
"""


def write_settings(
    orders: str | None,
    customers: str | None,
    output: Path,
    database: Path | None,
    *,
    force: bool,
    wait: float = 0,
) -> tuple[str, ...]:
    """Write the settings for the sources, and return what was inferred in words.

    A file that is written over says how the sources' text is read, and so does the new one. What
    only the owner of the data can tell is written as "?", with the choices, and is among the notes.

    Raises:
        SettingsError: there is no source, or the file is there and ``force`` is not given.
        SegdbError: whatever reading the sources has to say.
    """
    if orders is None and customers is None:
        raise SettingsError("Name a source: segdb init orders.csv")
    if output.exists() and not force:
        raise SettingsError(f"{output} is there already. Give --force to write over it.")
    reading = _text_options(output)
    settings = Settings(source=Source.model_validate(reading))
    store = DuckDB.open(database, wait=wait) if database else DuckDB.memory()
    try:
        sources_read, questions, notes = read_with_questions(store, settings, orders, customers)
    finally:
        store.close()
    reading = _found_out(sources_read) | reading
    readings = [source[1] for source in (sources_read.customers, sources_read.orders) if source]
    sources = {"orders": orders, "customers": customers}
    write(output, render(sources, readings, database, reading, questions))
    places = [f"[{one.section}] {one.key}" for one in questions]
    still = (f'Still open, written as "{OPEN}": {", ".join(places)}.',) if places else ()
    return (*notes, *still)


def _found_out(sources: Sources) -> dict[str, Any]:
    """Return what was found out about the files, as keys of ``[source]``."""
    raws = {"orders": sources.orders, "customers": sources.customers}
    options = {name: source[0].options for name, source in raws.items() if source}
    keys = dict.fromkeys(key for own in options.values() for key in own)
    if len(options) == 1:
        return dict(next(iter(options.values())))
    return {key: {name: own[key] for name, own in options.items() if key in own} for key in keys}


def _text_options(path: Path) -> dict[str, Any]:
    """Return how a settings file wants text read; nothing without one that can be understood."""
    try:
        source = load(path).source
    except SettingsError:
        return {}
    return source.model_dump(mode="json", include=_TEXT & source.model_fields_set)


def render(
    sources: Mapping[str, str | None],
    readings: Sequence[Reading],
    database: Path | None,
    options: Mapping[str, Any],
    questions: Sequence[OpenQuestionError] = (),
) -> str:
    """Return the text of the settings file; of two readings with a role the later one counts.

    Args:
        sources: what was read, by its key.
        readings: what was inferred.
        database: the file of the segments; None for the default.
        options: keys of ``[source]`` by which the text was read.
        questions: what only the owner of the data can tell.
    """
    asked = {section: [one for one in questions if one.section == section] for section in _OPEN}
    lines = [
        "# The settings of segdb. A line that begins with # shows a key and what it takes.",
        "",
    ]
    lines += ["# as_of = 2026-01-01T00:00:00     # left out: the midnight after the last order", ""]
    lines.append("[source]")
    lines += [f"{name} = {_toml(source)}" for name, source in sources.items() if source]
    formats = {f for r in readings for c in r.columns for f in c.formats}
    lines += [open_line(one) for one in asked["source"]]
    lines += [line for name, value in options.items() for line in _lines(name, value)]
    options = {**options, **{one.key: OPEN for one in asked["source"]}}
    if "date_format" not in options:
        form, why = (formats.pop(), "as it was read") if len(formats) == 1 else ("%d/%m/%Y", "")
        lines.append(
            f"# date_format = {_toml(form)}   # {why or 'of text files, as strptime has it'}"
        )
    if sources["orders"]:
        lines.append('# watermark = "ordered_at"       # the orders only grow: for `segdb refresh`')
    lines += [line for line in _SNIFFED if line.split()[1] not in options]
    lines += ["", "[columns]                        # as they were inferred"]
    roles = {role: column for r in readings for role, column in r.roles.items()}
    lines += [f"{role} = {_toml(column)}" for role, column in roles.items()]
    lines += [open_line(one) for one in asked["columns"]]
    text = "\n".join(lines) + "\n" + _REST
    if database:
        text = text.replace(
            '# database = "warehouse/warehouse.duckdb"', f"database = {_toml(str(database))}"
        )
    return text


def _lines(name: str, value: Any) -> list[str]:
    """Return the lines of a key, one by source where it has a value for each."""
    if isinstance(value, Mapping):
        return [f"{name}.{source} = {_toml(each)}" for source, each in value.items()]
    return [f"{name} = {_toml(value)}"]


def _toml(value: Any) -> str:
    """Return a value as TOML; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
