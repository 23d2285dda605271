"""Initial lines: what a settings file says of keys that are left out, as comments. Data."""

from __future__ import annotations

import re

SNIFFED = (
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

AS_OF = "# as_of = 2026-01-01T00:00:00     # left out: the midnight after the last order"
# Lines of the rest that are of orders alone.
_OF_ORDERS = re.compile(
    r"# (returns|amount_of|rows_are_orders|use|sampled_orders|describe|largest_order|monetary) ="
    r"|# \[features\.sql\]|# \[outliers\.bounds\]|# \[clean\.reject\]|# \"no charge\""
)

_SECTIONS_OF_ORDERS = ("[rfm]", "[value]", "[backtest]")

REST = """
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
# value = ["MntWines"]           # features whose sum is what a customer brings; left out: monetary
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

[value]
# model = "mbg/nbd"              # mbg/nbd | bg/nbd | none: what customers are expected to order
# sample = 100000                # customers that it is learned of

[backtest]
# every_run = true               # hold the segments of an earlier day against what came next
# sample = 50000                 # customers that are tested
# cuts = [2026-01-01]            # left out: the horizon before the last order
# horizon = 90                   # days; left out: by the gaps between orders

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
# url = "postgresql://user@host/name"   # or "sc://host:15002"; left out: the embedded DuckDB
# memory_limit = "2GB"           # what does not fit goes to disk
# threads = 2
# temp_directory = "spill"
# matrix_memory = "256MB"        # customers × columns × 8 bytes that Python may hold

[report]
# path = "reports/segments.html"
# title = "Customer segments"
# currency = "£"                # after the amount: "{} kr"
# examples = true                # show the ids of typical customers
"""


def without_orders(text: str) -> str:
    """Return the lines that a table of customers alone can use."""
    sections = text.split("\n\n")
    kept = [section for section in sections if not section.startswith(_SECTIONS_OF_ORDERS)]
    lines = "\n\n".join(kept).splitlines(keepends=True)
    own = "".join(line for line in lines if not _OF_ORDERS.match(line))
    return own.replace('"ordered_at", "amount"', '"age", "city"')
