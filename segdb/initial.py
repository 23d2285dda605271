"""Init: the first ``segdb.toml`` for a source, with what was inferred, commented."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from segdb.errors import SettingsError
from segdb.reading import Reading
from segdb.report.write import write
from segdb.settings import Settings
from segdb.steps.progress import Notes
from segdb.steps.read import read_sources
from segdb.store.duckdb import DuckDB

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
# transform = "auto"             # log1p where |skew| > 1; or "none", or a table by feature
# max_correlation = 0.98
# sampled_orders = true          # count rows for orders where a sample says that each is one row
# components = 3                 # cluster on so many principal components of the features
# [features.sql]                 # your own: name = SQL aggregate over a customer's kept orders
# largest_order = "max(amount)"

[outliers]
# method = "percentile"          # percentile | iqr | zscore | mad | none
# lower = 0.01
# upper = 0.99

[scale]
# method = "standard"            # standard | robust | minmax | none

[cluster]
# k = "auto"                     # or a number
# k_min = 2
# k_max = 10
# criterion = "elbow"            # elbow | silhouette | davies_bouldin | calinski_harabasz | gap
# seed = 42
# matrix_rows = 20000            # K-Means sees every customer up to here, and above a draw
# max_refine = 30                # most steps that refine the centroids over all customers
# match_within = 0.5             # of the last run's segments, in standard deviations a feature

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
"""


def write_settings(
    orders: str | None, customers: str | None, output: Path, database: Path | None, *, force: bool
) -> tuple[str, ...]:
    """Write the settings for the sources, and return what was inferred in words.

    Raises:
        SettingsError: there is no source, or the file is there and ``force`` is not given.
        SegdbError: whatever reading the sources has to say.
    """
    if orders is None and customers is None:
        raise SettingsError("Name a source: segdb init orders.csv")
    if output.exists() and not force:
        raise SettingsError(f"{output} is there already. Give --force to write over it.")
    settings = Settings()
    store = DuckDB.open(database) if database else DuckDB.memory()
    listener = Notes()
    try:
        found = read_sources(store, settings, orders, customers, listener)
    finally:
        store.close()
    readings = [source[1] for source in (found.customers, found.orders) if source]
    sources = {"orders": orders, "customers": customers}
    write(output, render(sources, readings, database))
    return tuple(listener.notes)


def render(
    sources: Mapping[str, str | None], readings: Sequence[Reading], database: Path | None
) -> str:
    """Return the text of the settings file; of two readings with a role the later one counts."""
    lines = ["# The settings of segdb. Every line that begins with # shows a default.", ""]
    lines += ["# as_of = 2026-01-01T00:00:00     # left out: the midnight after the last order", ""]
    lines.append("[source]")
    lines += [f"{name} = {_toml(source)}" for name, source in sources.items() if source]
    formats = {f for r in readings for c in r.columns for f in c.formats}
    if len(formats) == 1:
        lines.append(f"# date_format = {_toml(formats.pop())}   # as it was read")
    if sources["orders"]:
        lines.append('# watermark = "ordered_at"       # the orders only grow: for `segdb refresh`')
    lines += ["", "[columns]                        # as they were inferred"]
    roles = {role: column for r in readings for role, column in r.roles.items()}
    lines += [f"{role} = {_toml(column)}" for role, column in roles.items()]
    text = "\n".join(lines) + "\n" + _REST
    if database:
        text = text.replace(
            '# database = "warehouse/warehouse.duckdb"', f"database = {_toml(str(database))}"
        )
    return text


def _toml(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
