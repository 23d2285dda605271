"""The runs, their evidence, and the rows they rejected."""

from __future__ import annotations

from segdb.contract.table import (
    FEATURE,
    RUN,
    SEGMENT,
    SEGMENT_ID,
    Column,
    Table,
)

K_SELECTION = Table(
    "k_selection",
    "number of segments tried",
    "The evidence for the number of segments.",
    (
        Column("k", "INTEGER", "Number of segments."),
        Column("inertia", "DOUBLE", "Sum of squared distances to the centroids.", "scaled units²"),
        Column(
            "silhouette",
            "DOUBLE",
            "Mean silhouette; above 10,000 customers, of a sample of that size.",
            "-1 to 1",
        ),
        Column(
            "simplified_silhouette",
            "DOUBLE",
            "Mean (b - a) / max(a, b) by distances to the centroids; of more than 100,000 "
            "customers, or a million values, of a sample of 10,000.",
            "-1 to 1",
        ),
        Column("davies_bouldin", "DOUBLE", "Davies-Bouldin index, over all; lower is better."),
        Column("calinski_harabasz", "DOUBLE", "Calinski-Harabasz index, over all."),
        Column(
            "gap",
            "DOUBLE",
            "Gap statistic (Tibshirani, Walther and Hastie 2001): mean over 10 draws of 2,000 "
            "customers at most, each beside references of its own.",
        ),
        Column("gap_error", "DOUBLE", "Its standard error over the draws and the references."),
        Column(
            "gap_step_error",
            "DOUBLE",
            "Standard error of the difference to the gap of the k before, on the same draws; of "
            "the first k, to that of one segment. The gap prefers the first k, of those above one "
            "segment, whose gap is no less than the next one's less this error of the next.",
            later=True,
        ),
        Column(
            "stability",
            "DOUBLE",
            "Mean adjusted Rand index over 10 bootstrap resamples, of 5,000 customers at most.",
            "-1 to 1",
        ),
        Column(
            "stability_error",
            "DOUBLE",
            "Its standard error, over the resamples; NULL for fewer than two.",
            later=True,
        ),
        Column(
            "evidence",
            "VARCHAR",
            "What speaks for it: the criteria that prefer it, with their figures beside those of "
            "the k taken, and its stability.",
            later=True,
        ),
        Column("selected", "BOOLEAN", "Whether this k was taken."),
    ),
    key=("k",),
)
RUNS = Table(
    "runs",
    "run",
    "Every run that was published; never overwritten.",
    (
        RUN,
        Column(
            "started_at",
            "TIMESTAMP",
            "When it began; of a rollback, when the run that it republishes began.",
            "UTC",
        ),
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
        Column("matrix_inertia", "DOUBLE", "Of K-Means on those rows, by weight.", "scaled units²"),
        Column(
            "unrefined_inertia",
            "DOUBLE",
            "Over all customers, before the centroids were refined over them.",
            "scaled units²",
        ),
        Column("refine_steps", "INTEGER", "Steps of the refinement; 0 without one.", "steps"),
        Column(
            "verdict",
            "VARCHAR",
            "How good a choice this number of segments is, in a sentence; k_selection has the "
            "evidence.",
        ),
        Column("clear", "BOOLEAN", "Whether one number of segments is clearly better."),
        Column(
            "warnings",
            "JSON",
            "What of the data may make the result wrong: code, message, setting and share of each.",
        ),
        Column(
            "republishes",
            "BIGINT",
            "The earlier run that `segdb rollback` published again as this one; else NULL.",
        ),
        Column(
            "learned_by",
            "BIGINT",
            "The run that learned the model: this one, or of a refresh an earlier one.",
        ),
        Column("settings", "JSON", "The settings, with what was inferred."),
        Column("model", "JSON", "The model."),
        Column("versions", "JSON", "Of segdb and what it ran on."),
        Column(
            "signature",
            "VARCHAR",
            "By which segdb knows again that the same user's segdb wrote how the sources are read.",
        ),
    ),
    grows=True,
    key=("run_id",),
)
RUN_SEGMENTS = Table(
    "run_segments",
    "run and segment",
    "The sizes of every run's segments.",
    (
        RUN,
        SEGMENT_ID,
        SEGMENT,
        Column("customers", "BIGINT", "Customers in the segment.", "customers"),
        Column("customer_share", "DOUBLE", "Of all customers.", "0 to 1"),
    ),
    grows=True,
)
# Above, a population stability index says that much has moved (Siddiqi 2006).
MUCH_DRIFT = 0.25
RUN_DRIFT = Table(
    "run_drift",
    "run and feature",
    "How far the customers moved since an earlier run: the population stability index.",
    (
        RUN,
        Column(
            "previous_run_id",
            "BIGINT",
            "The run it is compared with: the one before, or of a refresh the one that learned the "
            "model.",
        ),
        Column(
            "feature",
            "VARCHAR",
            "A column of customer_features, by the deciles of that run; or segment_id, for the "
            "sizes of the segments.",
        ),
        Column("psi", "DOUBLE", "Population stability index; below 0.1 little, above 0.25 much."),
    ),
    grows=True,
)
LEARNED_DISTRIBUTION = Table(
    "learned_distribution",
    "feature and bin",
    "How the customers lay when the model was learned: what the drift of a refresh is against.",
    (
        FEATURE,
        Column(
            "bin",
            "INTEGER",
            "From 0, by the deciles that differ; -1 for those who lack the feature.",
        ),
        Column("upper", "DOUBLE", "Its upper end; NULL for the last.", "the feature's"),
        Column("customers", "BIGINT", "How many were in it.", "customers"),
    ),
)
KEPT_RUNS = Table(
    "kept_runs",
    "earlier run that is kept",
    "The earlier runs that `segdb rollback` can publish again: the last [publish] keep_runs.",
    (
        RUN,
        Column(
            "tables",
            "JSON",
            "The rows of its small tables, by name; its features and rejected rows are tables of "
            "the schema that ends in _kept, customer_features_RUN and rejected_rows_RUN.",
        ),
    ),
    grows=True,
)
REJECTED_ROWS = Table(
    "rejected_rows",
    "row rejected by the last run",
    "Every row that was read and not used, with its reason.",
    (
        RUN,
        Column("source", "VARCHAR", "orders or customers."),
        Column("reason", "VARCHAR", "The first reason that applied."),
        Column("row", "JSON", "The row's values, as they were read."),
    ),
)
