"""Who was in which segment when, and who moved."""

from __future__ import annotations

from segdb.contract.table import CUSTOMER, RFM_SEGMENT, RUN, SEGMENT, SEGMENT_ID, Column, Table

SEGMENT_HISTORY = Table(
    "segment_history",
    "customer and stay in a segment",
    "Who was in which segment when; without gaps or overlaps for a customer.",
    (
        CUSTOMER,
        SEGMENT_ID,
        SEGMENT,
        Column("valid_from", "TIMESTAMP", "as_of of the run that found the customer there."),
        Column("valid_to", "TIMESTAMP", "as_of of the run that did not any more; NULL until then."),
        RUN,
    ),
    grows=True,
)
SEGMENT_MIGRATIONS = Table(
    "segment_migrations",
    "run and pair of segments",
    "How many customers moved from one segment to another, or stayed, since the run before.",
    (
        RUN,
        Column("as_of", "TIMESTAMP", "as_of of the run."),
        Column("from_segment_id", "INTEGER", "Where they were; NULL for new customers."),
        Column("to_segment_id", "INTEGER", "Where they are; NULL for those who are gone."),
        Column("customers", "BIGINT", "How many.", "customers"),
    ),
    grows=True,
)
RFM_SEGMENT_HISTORY = Table(
    "rfm_segment_history",
    "customer and stay in an RFM segment",
    "Who was in which RFM segment when; without gaps or overlaps for a customer.",
    (
        CUSTOMER,
        RFM_SEGMENT,
        Column("valid_from", "TIMESTAMP", "as_of of the run that found the customer there."),
        Column("valid_to", "TIMESTAMP", "as_of of the run that did not any more; NULL until then."),
        RUN,
    ),
    grows=True,
)
RFM_SEGMENT_MIGRATIONS = Table(
    "rfm_segment_migrations",
    "run and pair of RFM segments",
    "How many customers moved from one RFM segment to another, or stayed, since the run before.",
    (
        RUN,
        Column("as_of", "TIMESTAMP", "as_of of the run."),
        Column("from_rfm_segment", "VARCHAR", "Where they were; NULL for new customers."),
        Column("to_rfm_segment", "VARCHAR", "Where they are; NULL for those who are gone."),
        Column("customers", "BIGINT", "How many.", "customers"),
    ),
    grows=True,
)
ENTERED_SEGMENT = Table(
    "entered_segment",
    "customer and entry into a segment",
    "Who came into a segment, when, and from where: what an activation tool asks for.",
    (
        CUSTOMER,
        SEGMENT_ID,
        SEGMENT,
        Column("previous_segment", "VARCHAR", "Where they came from; NULL for new customers."),
        Column("entered_at", "TIMESTAMP", "as_of of the run."),
        RUN,
    ),
    kind="view",
)
LEFT_SEGMENT = Table(
    "left_segment",
    "customer and departure from a segment",
    "Who left a segment, when, and where to: what an activation tool asks for.",
    (
        CUSTOMER,
        SEGMENT_ID,
        SEGMENT,
        Column("next_segment", "VARCHAR", "Where they went; NULL for those who are gone."),
        Column("left_at", "TIMESTAMP", "as_of of the run."),
    ),
    kind="view",
)
