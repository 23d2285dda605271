"""Init: the first ``segdb.toml`` for a source, with what was inferred, commented."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segdb.errors import SettingsError
from segdb.reading import Reading
from segdb.report.write import write
from segdb.settings import Settings, Source, load
from segdb.steps.progress import Notes
from segdb.steps.read import read_sources
from segdb.store.duckdb import DuckDB

# Of [source], what says how text is read.
_TEXT = {"delimiter", "encoding", "decimal", "date_format", "null_values"}

_SNIFFED = (
    '# delimiter = ";"                # of text files; left out, as those below: sniffed',
    '# encoding = "utf-8"',
    '# decimal = ","',
    '# null_values = ["", "NA", "-"]  # what stands for a missing value',
)

_REST = """
[clean]
# duplicates = "reject"          # reject | keep: rows equal in every column
# returns = "net"                # net: lower monetary, no order of their own | reject
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

    A file that is written over says how the sources' text is read, and so does the new one.

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
    listener = Notes()
    try:
        found = read_sources(store, settings, orders, customers, listener)
    finally:
        store.close()
    readings = [source[1] for source in (found.customers, found.orders) if source]
    sources = {"orders": orders, "customers": customers}
    write(output, render(sources, readings, database, reading))
    return tuple(listener.notes)


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
) -> str:
    """Return the text of the settings file; of two readings with a role the later one counts.

    Args:
        sources: what was read, by its key.
        readings: what was inferred.
        database: the file of the segments; None for the default.
        options: keys of ``[source]`` by which the text was read.
    """
    lines = ["# The settings of segdb. Every line that begins with # shows a default.", ""]
    lines += ["# as_of = 2026-01-01T00:00:00     # left out: the midnight after the last order", ""]
    lines.append("[source]")
    lines += [f"{name} = {_toml(source)}" for name, source in sources.items() if source]
    formats = {f for r in readings for c in r.columns for f in c.formats}
    lines += [f"{name} = {_toml(value)}" for name, value in options.items()]
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
    text = "\n".join(lines) + "\n" + _REST
    if database:
        text = text.replace(
            '# database = "warehouse/warehouse.duckdb"', f"database = {_toml(str(database))}"
        )
    return text


def _toml(value: str | Sequence[str]) -> str:
    """Return a TOML basic string, or an array of them; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
