"""What was learned and what can be explored of each feature."""

from __future__ import annotations

from segdb.contract.table import (
    FEATURE,
    QUANTILES,
    Column,
    Table,
)

FEATURE_PARAMETERS = Table(
    "feature_parameters",
    "feature",
    "What was learned of each feature, applied in the order of the columns, but the fill where "
    "filled says otherwise.",
    (
        FEATURE,
        Column("position", "INTEGER", "Place in the matrix from 0; NULL where it stays out."),
        Column("left_out", "VARCHAR", "Why it is excluded from clustering; NULL where it is not."),
        Column("fill", "DOUBLE", "Put where the feature is missing.", "the feature's"),
        Column("filled", "VARCHAR", "before capping, or after capping."),
        Column("lower", "DOUBLE", "Values below are moved up to it.", "the feature's"),
        Column("upper", "DOUBLE", "Values above are moved down to it.", "the feature's"),
        Column(
            "transform",
            "VARCHAR",
            "none; log1p: ln(1 + value); log: ln(value); sqrt; or yeo-johnson (Yeo and Johnson "
            "2000).",
        ),
        Column("power", "DOUBLE", "The lambda of yeo-johnson; NULL of the others."),
        Column("center", "DOUBLE", "Subtracted after the transform.", "transformed units"),
        Column("spread", "DOUBLE", "Divided by after that.", "transformed units"),
    ),
    key=("feature",),
)
FEATURE_STATISTICS = Table(
    "feature_statistics",
    "feature",
    "Exploration: each feature over all customers, before filling and capping.",
    (
        FEATURE,
        Column("unit", "VARCHAR", "The feature's unit, empty where only its maker knows."),
        Column("customers", "BIGINT", "Customers who have it.", "customers"),
        Column("missing", "BIGINT", "Customers who lack it.", "customers"),
        Column("mean", "DOUBLE", "Mean.", "the feature's"),
        Column("sd", "DOUBLE", "Population standard deviation.", "the feature's"),
        Column("minimum", "DOUBLE", "Least.", "the feature's"),
        *QUANTILES,
        Column("maximum", "DOUBLE", "Most.", "the feature's"),
        Column("skewness", "DOUBLE", "Population skewness, m3 / m2^1.5."),
        Column("capped_share", "DOUBLE", "Customers who were moved to a bound.", "0 to 1"),
        Column(
            "importance",
            "DOUBLE",
            "Share of its variance in the matrix that lies between segments (eta squared).",
            "0 to 1",
        ),
    ),
)
FEATURE_HISTOGRAMS = Table(
    "feature_histograms",
    "feature, stage and bin",
    "Exploration: how each feature is distributed before and after capping.",
    (
        FEATURE,
        Column("stage", "VARCHAR", "before or after capping."),
        Column("bin", "INTEGER", "Place from 0."),
        Column("lower", "DOUBLE", "Lower edge.", "the feature's"),
        Column("upper", "DOUBLE", "Upper edge.", "the feature's"),
        Column("customers", "BIGINT", "Customers in it.", "customers"),
    ),
)
FEATURE_CORRELATIONS = Table(
    "feature_correlations",
    "pair of features",
    "Exploration: Pearson's correlation after capping and transforming; both orders of a pair.",
    (
        Column("feature", "VARCHAR", "One feature."),
        Column("other", "VARCHAR", "The other feature."),
        Column("r", "DOUBLE", "NULL where one of them is constant.", "-1 to 1"),
    ),
)
PRINCIPAL_COMPONENTS = Table(
    "principal_components",
    "component and feature",
    "The axes of the maps: principal components of the scaled features. A coordinate is the sum "
    "over the features of (scaled value - mean) * loading.",
    (
        Column("component", "INTEGER", "From 1, the widest first."),
        Column("explained_variance", "DOUBLE", "Variance along it.", "scaled units²"),
        Column("explained_share", "DOUBLE", "Of the variance of the features.", "0 to 1"),
        Column("used", "BOOLEAN", "Whether the segments were found on it: [features] components."),
        FEATURE,
        Column("mean", "DOUBLE", "The feature's mean over all customers.", "scaled units"),
        Column("loading", "DOUBLE", "The feature's weight in the component.", "-1 to 1"),
    ),
)
