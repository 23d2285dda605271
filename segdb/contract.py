"""The contract: every published table, its columns, types, units, and a sentence each.

Data, no logic. Comments in the database and the documentation of columns are rendered from it.
A type of ``ID`` is the type of the source's customer id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ID = "ID"


@dataclass(frozen=True)
class Column:
    """A published column: its name, SQL type, sentence and unit."""

    name: str
    type: str
    sentence: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A published table or view.

    Attributes:
        name: in the schema of the settings.
        row: what one row is.
        sentence: what it is for.
        columns: in order.
        grows: rows of earlier runs stay.
        kind: table or view.
        features: whether a column for each feature follows the first one.
    """

    name: str
    row: str
    sentence: str
    columns: tuple[Column, ...]
    grows: bool = False
    kind: Literal["table", "view"] = "table"
    features: bool = False


_CUSTOMER = Column("customer_id", ID, "The customer's id, as in the source.")
_SEGMENT_ID = Column(
    "segment_id", "INTEGER", "The segment's number; 1 is the most valuable of the first run."
)
_SEGMENT = Column("segment", "VARCHAR", "The segment's name, unique within a run.")
_FEATURE = Column("feature", "VARCHAR", "The feature's name, a column of customer_features.")
_RUN = Column("run_id", "BIGINT", "The run, as in runs.")
_DISTANCE = Column(
    "distance", "DOUBLE", "Euclidean distance to the segment's centroid.", "scaled units"
)
_MARGIN = Column(
    "margin",
    "DOUBLE",
    "How clearly the customer belongs here: (d2 - d1) / d2 by the two nearest centroids.",
    "0 on the border to 1",
)
_SCORES = (
    Column("r_score", "INTEGER", "Recency by fifths of the customers, 5 the most recent."),
    Column("f_score", "INTEGER", "Frequency by fifths of the customers, 5 the most frequent."),
    Column("m_score", "INTEGER", "Monetary by fifths of the customers, 5 the highest."),
    Column("rfm_segment", "VARCHAR", "The classic segment of the recency and frequency scores."),
)
_TIER = Column("tier", "VARCHAR", "premium, regular or low engagement.")

SEGMENTS = Table(
    "segments",
    "customer",
    "Which segment each customer is in.",
    (_CUSTOMER, _SEGMENT_ID, _SEGMENT, _DISTANCE, _MARGIN, _RUN),
)
CUSTOMER_FEATURES = Table(
    "customer_features",
    "customer",
    "Every feature of each customer in natural units, before filling and capping.",
    (_CUSTOMER, *_SCORES),
    features=True,
)
SEGMENT_PROFILES = Table(
    "segment_profiles",
    "segment",
    "What each segment is and brings.",
    (
        _SEGMENT_ID,
        _SEGMENT,
        Column("customers", "BIGINT", "Customers in the segment.", "customers"),
        Column("customer_share", "DOUBLE", "Of all customers.", "0 to 1"),
        Column("revenue", "DOUBLE", "Sum of monetary; NULL without orders.", "currency"),
        Column("revenue_share", "DOUBLE", "Of all revenue; NULL without orders.", "0 to 1"),
    ),
)
SEGMENT_FEATURES = Table(
    "segment_features",
    "segment and feature",
    "How each feature is distributed in each segment, before filling and capping.",
    (
        _SEGMENT_ID,
        _FEATURE,
        Column("mean", "DOUBLE", "Mean of those who have it.", "the feature's"),
        Column("median", "DOUBLE", "Median of those who have it.", "the feature's"),
        Column("p25", "DOUBLE", "First quartile.", "the feature's"),
        Column("p75", "DOUBLE", "Third quartile.", "the feature's"),
        Column(
            "z",
            "DOUBLE",
            "How far the mean lies from all customers' mean, in their standard deviations.",
            "standard deviations",
        ),
    ),
)
SEGMENT_CENTROIDS = Table(
    "segment_centroids",
    "segment and feature of the matrix",
    "The centroids: with feature_parameters, the whole model.",
    (
        _SEGMENT_ID,
        _FEATURE,
        Column("scaled", "DOUBLE", "The centroid's coordinate.", "scaled units"),
        Column("natural", "DOUBLE", "The same, taken back to natural units.", "the feature's"),
    ),
)
FEATURE_PARAMETERS = Table(
    "feature_parameters",
    "feature",
    "What was learned of each feature, applied in the order of the columns.",
    (
        _FEATURE,
        Column("position", "INTEGER", "Place in the matrix from 0; NULL where it stays out."),
        Column("left_out", "VARCHAR", "Why it stays out of the matrix; NULL where it does not."),
        Column("fill", "DOUBLE", "Put where the feature is missing.", "the feature's"),
        Column("lower", "DOUBLE", "Values below are moved up to it.", "the feature's"),
        Column("upper", "DOUBLE", "Values above are moved down to it.", "the feature's"),
        Column("transform", "VARCHAR", "none, or log1p: ln(1 + value)."),
        Column("center", "DOUBLE", "Subtracted after the transform.", "transformed units"),
        Column("spread", "DOUBLE", "Divided by after that.", "transformed units"),
    ),
)
K_SELECTION = Table(
    "k_selection",
    "number of segments tried",
    "The evidence for the number of segments.",
    (
        Column("k", "INTEGER", "Number of segments."),
        Column("inertia", "DOUBLE", "Sum of squared distances to the centroids.", "scaled units²"),
        Column("silhouette", "DOUBLE", "Mean silhouette.", "-1 to 1"),
        Column("selected", "BOOLEAN", "Whether this k was taken."),
    ),
)
RUNS = Table(
    "runs",
    "run",
    "Every run that was published; never overwritten.",
    (
        _RUN,
        Column("started_at", "TIMESTAMP", "When it began.", "UTC"),
        Column("finished_at", "TIMESTAMP", "When it published.", "UTC"),
        Column("as_of", "TIMESTAMP", "Recency and tenure count back from here."),
        Column("rows_read", "BIGINT", "Rows of all sources.", "rows"),
        Column("rows_kept", "BIGINT", "Rows that the segments rest on.", "rows"),
        Column("rows_rejected", "BIGINT", "Rows in rejected_rows.", "rows"),
        Column("customers", "BIGINT", "Customers with a segment.", "customers"),
        Column("k", "INTEGER", "Number of segments."),
        Column("inertia", "DOUBLE", "Over all customers.", "scaled units²"),
        Column("silhouette", "DOUBLE", "Of the k taken.", "-1 to 1"),
        Column("matrix_rows", "BIGINT", "Rows that K-Means saw.", "rows"),
        Column("verdict", "VARCHAR", "Why this number of segments, in a sentence."),
        Column("settings", "JSON", "The settings, with what was inferred."),
        Column("model", "JSON", "The model."),
        Column("versions", "JSON", "Of segdb and what it ran on."),
    ),
    grows=True,
)
REJECTED_ROWS = Table(
    "rejected_rows",
    "row rejected by the last run",
    "Every row that was read and not used, with its reason.",
    (
        _RUN,
        Column("source", "VARCHAR", "orders or customers."),
        Column("reason", "VARCHAR", "The first reason that applied."),
        Column("row", "JSON", "The row's values, as they were read."),
    ),
)
CUSTOMER_SEGMENTS = Table(
    "customer_segments",
    "customer",
    "Segment, features and profile of each customer, of one run: the table for BI tools.",
    (
        _CUSTOMER,
        _SEGMENT_ID,
        _SEGMENT,
        _DISTANCE,
        _MARGIN,
        *_SCORES,
        Column("segment_customers", "BIGINT", "Customers in the segment.", "customers"),
        Column("segment_revenue", "DOUBLE", "Revenue of the segment.", "currency"),
        _RUN,
    ),
    kind="view",
    features=True,
)

TABLES: tuple[Table, ...] = (
    SEGMENTS,
    CUSTOMER_FEATURES,
    SEGMENT_PROFILES,
    SEGMENT_FEATURES,
    SEGMENT_CENTROIDS,
    FEATURE_PARAMETERS,
    K_SELECTION,
    RUNS,
    REJECTED_ROWS,
    CUSTOMER_SEGMENTS,
)
