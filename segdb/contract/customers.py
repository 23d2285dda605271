"""What is known of each customer."""

from __future__ import annotations

from segdb.contract.table import (
    COORDINATES,
    CUSTOMER,
    DISTANCE,
    MARGIN,
    RUN,
    SCORES,
    SEGMENT,
    SEGMENT_ID,
    TIER,
    Column,
    Table,
)

CUSTOMER_FEATURES = Table(
    "customer_features",
    "customer",
    "Every feature of each customer in natural units, before filling and capping.",
    (CUSTOMER, *SCORES),
    features=True,
    key=("customer_id",),
)
CUSTOMER_MAP = Table(
    "customer_map",
    "customer",
    "Where each customer lies on the maps.",
    (CUSTOMER, SEGMENT_ID, *COORDINATES),
    key=("customer_id",),
)
CUSTOMER_SEGMENTS = Table(
    "customer_segments",
    "customer",
    "Segment, features and profile of each customer, of one run: the table for BI tools.",
    (
        CUSTOMER,
        SEGMENT_ID,
        SEGMENT,
        DISTANCE,
        MARGIN,
        TIER,
        *SCORES,
        Column("churn_risk", "VARCHAR", "Of the segment: low, medium or high."),
        Column("action", "VARCHAR", "What to do with the segment."),
        Column("segment_customers", "BIGINT", "Customers in the segment.", "customers"),
        Column("segment_revenue", "DOUBLE", "Revenue of the segment.", "currency"),
        RUN,
    ),
    kind="view",
    features=True,
    key=("customer_id",),
)
