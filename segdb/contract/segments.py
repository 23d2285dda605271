"""The segments: who is in which, what they are, and the classic RFM grid beside them."""

from __future__ import annotations

from segdb.contract.table import (
    COORDINATES,
    CUSTOMER,
    DISTANCE,
    FEATURE,
    MARGIN,
    QUANTILES,
    RFM_SEGMENT,
    RUN,
    SEGMENT,
    SEGMENT_ID,
    TIER,
    Column,
    Table,
)

SEGMENTS = Table(
    "segments",
    "customer",
    "Which segment each customer is in.",
    (CUSTOMER, SEGMENT_ID, SEGMENT, DISTANCE, MARGIN, RUN),
    key=("customer_id",),
)
SEGMENTS_LIVE = Table(
    "segments_live",
    "customer",
    "As segments, computed from the source when it is asked, by the model alone.",
    (CUSTOMER, SEGMENT_ID, SEGMENT, DISTANCE, MARGIN, RUN),
    kind="view",
    key=("customer_id",),
)
CUSTOMER_COORDINATES = Table(
    "customer_coordinates",
    "customer and column of the matrix",
    "Where each customer lies for the model: filled, capped, transformed and scaled; on principal "
    "components where the settings ask for them.",
    (
        CUSTOMER,
        Column("dimension", "VARCHAR", "x_ and the feature, or component_n."),
        Column("value", "DOUBLE", "Where on it.", "scaled units"),
    ),
    kind="view",
    key=("customer_id", "dimension"),
)
SEGMENT_DISTANCES = Table(
    "segment_distances",
    "customer and segment",
    "How far each customer is from each segment, by the model alone.",
    (CUSTOMER, SEGMENT_ID, DISTANCE),
    kind="view",
    key=("customer_id", "segment_id"),
)
# Not among TABLES: it has no rows of its own.
ASSIGN = Table(
    "assign",
    "call",
    "The segment of one row of features, by the model alone: each feature of the matrix is an "
    "argument by name, such as assign(frequency := 5); what is left out is filled.",
    (SEGMENT_ID, SEGMENT, DISTANCE, MARGIN),
    kind="macro",
)
SEGMENT_PROFILES = Table(
    "segment_profiles",
    "segment",
    "What each segment is, what it brings, how good it is, and what to do with it.",
    (
        SEGMENT_ID,
        SEGMENT,
        TIER,
        Column("customers", "BIGINT", "Customers in the segment.", "customers"),
        Column("customer_share", "DOUBLE", "Of all customers.", "0 to 1"),
        Column("revenue", "DOUBLE", "Sum of monetary; NULL without orders.", "currency"),
        Column("revenue_share", "DOUBLE", "Of all revenue; NULL without orders.", "0 to 1"),
        Column(
            "value_per_customer",
            "DOUBLE",
            "Mean of what its customers bring: monetary, or the sum of [features] value; NULL "
            "where nothing says it.",
            later=True,
        ),
        Column("summary", "VARCHAR", "What sets it apart: medians and shares, in words."),
        Column(
            "churn_risk",
            "VARCHAR",
            "low, medium (from 0.3) or high (from 0.6), by churn_rate; NULL without it, or where "
            "its interval reaches from low to high.",
        ),
        Column(
            "churn_rate",
            "DOUBLE",
            "Share that did not come back in the backtest, or else 1 less the mean P(alive); NULL "
            "where there is neither.",
            "0 to 1",
            later=True,
        ),
        Column(
            "churn_rate_lower",
            "DOUBLE",
            "Lower end of its 95 % interval (Wilson 1927); NULL where it was not measured.",
            "0 to 1",
            later=True,
        ),
        Column(
            "churn_rate_upper",
            "DOUBLE",
            "Upper end of that interval; NULL likewise.",
            "0 to 1",
            later=True,
        ),
        Column(
            "churn_basis",
            "VARCHAR",
            "Where churn_rate is from: backtest or p_alive; NULL where there is neither.",
            later=True,
        ),
        Column(
            "overdue",
            "DOUBLE",
            "Share of customers whose last order is more than twice their own mean gap ago (who "
            "has none, or orders of one day only, for more than twice its fill); NULL where there "
            "is neither.",
            "0 to 1",
        ),
        Column("action", "VARCHAR", "What to do; of a weak segment (stability < 0.6) as a trial."),
        Column("action_reason", "VARCHAR", "Why; true of at least two thirds of its customers."),
        Column("rule", "VARCHAR", "A predicate over customer_features that finds it."),
        Column("rule_precision", "DOUBLE", "Of those the rule finds, the segment's.", "0 to 1"),
        Column("rule_recall", "DOUBLE", "Of the segment's, those the rule finds.", "0 to 1"),
        Column("cohesion", "DOUBLE", "Mean distance to the own centroid.", "scaled units"),
        Column("separation", "DOUBLE", "Distance to the nearest other centroid.", "scaled units"),
        Column("margin", "DOUBLE", "Mean margin of its customers.", "0 to 1"),
        Column("silhouette", "DOUBLE", "Mean silhouette of its customers.", "-1 to 1"),
        Column("stability", "DOUBLE", "Mean Jaccard similarity over resamples.", "0 to 1"),
        Column(
            "stability_error",
            "DOUBLE",
            "Its standard error, over the resamples with a customer of the segment; NULL for fewer "
            "than two.",
            later=True,
        ),
        Column(
            "expected_revenue",
            "DOUBLE",
            "Sum of expected_value of customer_value: within its horizon; NULL without.",
            "currency",
            later=True,
        ),
        Column(
            "revenue_at_risk",
            "DOUBLE",
            "Sum of value_at_risk of customer_value: what it would be more, were all its customers "
            "certainly active; NULL without.",
            "currency",
            later=True,
        ),
    ),
    key=("segment_id",),
)
SEGMENT_FEATURES = Table(
    "segment_features",
    "segment and feature",
    "How each feature is distributed in each segment, before filling and capping.",
    (
        SEGMENT_ID,
        FEATURE,
        Column("customers", "BIGINT", "Customers of the segment who have it.", "customers"),
        Column("mean", "DOUBLE", "Mean of those who have it.", "the feature's"),
        *QUANTILES,
        Column(
            "z",
            "DOUBLE",
            "How far the mean lies from all customers' mean, in their standard deviations.",
            "standard deviations",
        ),
    ),
    key=("segment_id", "feature"),
)
SEGMENT_CENTROIDS = Table(
    "segment_centroids",
    "segment and feature of the matrix",
    "The centroids: with feature_parameters, all that finds the nearest one.",
    (
        SEGMENT_ID,
        FEATURE,
        Column(
            "scaled",
            "DOUBLE",
            "The centroid's value; of segments found on components, taken back from them.",
            "scaled units",
        ),
        Column("natural", "DOUBLE", "The same, taken back to natural units.", "the feature's"),
    ),
    key=("segment_id", "feature"),
)
SEGMENT_COMPONENTS = Table(
    "segment_components",
    "segment and component",
    "Where each centroid lies on each of the principal components.",
    (
        SEGMENT_ID,
        Column("component", "INTEGER", "As in principal_components."),
        Column("coordinate", "DOUBLE", "The centroid's coordinate.", "scaled units"),
    ),
)
SEGMENT_MAP = Table(
    "segment_map",
    "segment",
    "Where each centroid lies on the maps.",
    (SEGMENT_ID, SEGMENT, *COORDINATES),
)
TYPICAL_CUSTOMERS = Table(
    "typical_customers",
    "segment and place",
    "The customers nearest to each centroid.",
    (
        SEGMENT_ID,
        Column("place", "INTEGER", "1 is the nearest."),
        CUSTOMER,
        DISTANCE,
    ),
)
RFM_BY_SEGMENT = Table(
    "rfm_by_segment",
    "RFM segment and segment",
    "The RFM segments, of the classic grid or of the user's own rules, against the segments.",
    (
        RFM_SEGMENT,
        SEGMENT_ID,
        SEGMENT,
        Column("customers", "BIGINT", "Customers in both.", "customers"),
    ),
)
