"""What a published table is, and the columns that several of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# The type of the source's customer id, known only in a run.
ID = "ID"
# The comment on each published table begins so: by it a table of segdb's is known again.
OPENING = "One row a "


@dataclass(frozen=True)
class Column:
    """A published column.

    Attributes:
        name: in its table.
        type: SQL type.
        sentence: what it says.
        unit: of its values.
        later: whether releases before the first with it published the table without it.
    """

    name: str
    type: str
    sentence: str
    unit: str = ""
    later: bool = False

    @property
    def comment(self) -> str:
        """What it says, with its unit."""
        return f"{self.sentence} Unit: {self.unit}." if self.unit else self.sentence


@dataclass(frozen=True)
class Table:
    """A published table or view.

    Attributes:
        name: in the schema of the settings.
        row: what one row is.
        sentence: what it is for.
        columns: in order.
        grows: rows of earlier runs stay.
        kind: table, view, or a table macro, which is asked like a table with arguments.
        features: whether a column for each feature follows the first one.
        key: the columns that tell its rows apart, where there are such. No index holds them: in
            DuckDB it would cost three times the writing, and a text's doubles the file.
        may_be_empty: whether it has no row where the source cannot tell.
    """

    name: str
    row: str
    sentence: str
    columns: tuple[Column, ...]
    grows: bool = False
    kind: Literal["table", "view", "macro"] = "table"
    features: bool = False
    key: tuple[str, ...] = ()
    may_be_empty: bool = False

    @property
    def comment(self) -> str:
        """What it is, in sentences."""
        key = f" Key: {', '.join(self.key)}." if self.key else ""
        return f"{OPENING}{self.row}. {self.sentence}{key}"


CUSTOMER = Column("customer_id", ID, "The customer's id, as in the source.")
SEGMENT_ID = Column(
    "segment_id",
    "INTEGER",
    "The segment's number; in the first run 1 is the most valuable, and the largest where nothing "
    "says what customers bring.",
)
SEGMENT = Column(
    "segment",
    "VARCHAR",
    "The segment's name, unique within a run. The names of rfm_segment are of other groups, also "
    "where they are alike.",
)
FEATURE = Column("feature", "VARCHAR", "The feature's name, a column of customer_features.")
RUN = Column("run_id", "BIGINT", "The run, as in runs.")
DISTANCE = Column(
    "distance", "DOUBLE", "Euclidean distance to the segment's centroid.", "scaled units"
)
MARGIN = Column(
    "margin",
    "DOUBLE",
    "How clearly the customer belongs here: (d2 - d1) / d2 by the two nearest centroids.",
    "0 on the border to 1",
)
RFM_SEGMENT = Column(
    "rfm_segment",
    "VARCHAR",
    "By the recency and frequency scores, in the classic grid; or by the rules of [rfm.segments]. "
    "Not the segment, also where the names are alike.",
)
SCORES = (
    Column("r_score", "INTEGER", "Recency by fifths of the customers, 5 the most recent."),
    Column("f_score", "INTEGER", "Frequency by fifths of the customers, 5 the most frequent."),
    Column("m_score", "INTEGER", "Monetary by fifths of the customers, 5 the highest."),
    RFM_SEGMENT,
)
TIER = Column(
    "tier",
    "VARCHAR",
    "premium, regular or low engagement, by what its customers bring on average (monetary, or "
    "[features] value): at least 1.5 times the mean of all, or less than a third of it and, with "
    "orders, fewer orders than the mean; NULL where nothing says what they bring.",
)
QUANTILES = (
    Column("p05", "DOUBLE", "5th percentile.", "the feature's"),
    Column("p25", "DOUBLE", "First quartile.", "the feature's"),
    Column("median", "DOUBLE", "Median of those who have it.", "the feature's"),
    Column("p75", "DOUBLE", "Third quartile.", "the feature's"),
    Column("p95", "DOUBLE", "95th percentile.", "the feature's"),
)
COORDINATES = tuple(
    Column(f"pc{i}", "DOUBLE", f"Coordinate on component {i}; 0 where there is none.")
    for i in (1, 2, 3)
)
