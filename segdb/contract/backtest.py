"""What the segments of an earlier day were worth: held against what came next."""

from __future__ import annotations

from segdb.contract.table import SEGMENT, SEGMENT_ID, Column, Table

_CUT = Column("cut", "TIMESTAMP", "What came before is known to the segments, what followed not.")
_HORIZON = Column("horizon_days", "INTEGER", "How long was looked at what came next.", "days")

SEGMENT_OUTCOMES = Table(
    "segment_outcomes",
    "cut and segment",
    "What the customers of each segment, made as it would have been at the cut, did in the horizon "
    "after it; of more customers than [backtest] sample, those of a draw of so many. Segments have "
    "the number and name of those of this run that they match. Empty where the history is too "
    "short.",
    (
        _CUT,
        _HORIZON,
        SEGMENT_ID,
        SEGMENT,
        Column("customers", "BIGINT", "Customers in it at the cut.", "customers"),
        Column("returned", "BIGINT", "Of these, who ordered within the horizon.", "customers"),
        Column("return_rate", "DOUBLE", "Their share.", "0 to 1"),
        Column("return_rate_low", "DOUBLE", "Lower end of its 95 % interval (Wilson).", "0 to 1"),
        Column("return_rate_high", "DOUBLE", "Upper end.", "0 to 1"),
        Column("orders", "BIGINT", "Orders within the horizon.", "orders"),
        Column("orders_per_customer", "DOUBLE", "Mean over its customers.", "orders"),
        Column("orders_low", "DOUBLE", "Lower end of its 95 % interval.", "orders"),
        Column("orders_high", "DOUBLE", "Upper end.", "orders"),
        Column("revenue", "DOUBLE", "Less returns; NULL without amounts.", "currency"),
        Column("revenue_per_customer", "DOUBLE", "Mean over its customers.", "currency"),
        Column("revenue_low", "DOUBLE", "Lower end of its 95 % interval.", "currency"),
        Column("revenue_high", "DOUBLE", "Upper end.", "currency"),
        Column("revenue_share", "DOUBLE", "Of all that these customers brought.", "0 to 1"),
        Column("lift", "DOUBLE", "Return rate over that of all customers."),
        Column(
            "expected_return_rate",
            "DOUBLE",
            "Mean probability_of_order by the value model of the cut; NULL without one.",
            "0 to 1",
        ),
        Column("expected_orders", "DOUBLE", "Sum by that model, order days.", "orders"),
        Column("expected_revenue", "DOUBLE", "Sum by that model.", "currency"),
    ),
    key=("cut", "segment_id"),
    may_be_empty=True,
)
BACKTEST_RANKINGS = Table(
    "backtest_rankings",
    "cut and ranking",
    "How well each ranking of the customers, made at the cut, foresaw the horizon: the segments, "
    "the RFM cells, plain rules, and expected value. Equal customers share their ranks.",
    (
        _CUT,
        _HORIZON,
        Column(
            "ranking",
            "VARCHAR",
            "segments (best first), rfm_cells (recency, then frequency, then monetary scores), "
            "past_spend, frequency, recency, last_order (its amount), expected_value or "
            "probability_of_order.",
        ),
        Column("customers", "BIGINT", "Customers ranked.", "customers"),
        Column(
            "gini",
            "DOUBLE",
            "Normalised Gini coefficient of future revenue: 1 as good as knowing it, 0 chance.",
            "-1 to 1",
        ),
        Column("top_10_share", "DOUBLE", "Of future revenue, by the first 10 %.", "share"),
        Column("top_20_share", "DOUBLE", "Of future revenue, by the first 20 %.", "share"),
        Column(
            "auc",
            "DOUBLE",
            "Probability that who returned is ranked before who did not; 0.5 is chance.",
            "0 to 1",
        ),
    ),
    key=("cut", "ranking"),
    may_be_empty=True,
)
BACKTEST_CALIBRATION = Table(
    "backtest_calibration",
    "cut, measure and tenth",
    "What the value model of the cut expected, beside what came, by tenths of the customers in the "
    "order of what was expected.",
    (
        _CUT,
        _HORIZON,
        Column("measure", "VARCHAR", "probability_of_order, expected_orders or expected_value."),
        Column("tenth", "INTEGER", "1 the lowest to 10 the highest."),
        Column("customers", "BIGINT", "Customers in it.", "customers"),
        Column("expected", "DOUBLE", "Mean of what was expected.", "the measure's"),
        Column("actual", "DOUBLE", "Mean of what came.", "the measure's"),
    ),
    key=("cut", "measure", "tenth"),
    may_be_empty=True,
)
