"""Other algorithms against the published segments."""

from __future__ import annotations

from segdb.contract.table import Column, Table

ALGORITHM_COMPARISON = Table(
    "algorithm_comparison",
    "algorithm",
    "What other algorithms make of the same customers; written by `segdb compare`.",
    (
        Column("algorithm", "VARCHAR", "Its name."),
        Column("settings", "VARCHAR", "With which it was run."),
        Column("clusters", "INTEGER", "How many it found."),
        Column("noise_share", "DOUBLE", "Customers in none of them.", "0 to 1"),
        Column("silhouette", "DOUBLE", "Mean silhouette, noise left out.", "-1 to 1"),
        Column("davies_bouldin", "DOUBLE", "Davies-Bouldin index; lower is better."),
        Column("calinski_harabasz", "DOUBLE", "Calinski-Harabasz index; higher is better."),
        Column(
            "adjusted_rand",
            "DOUBLE",
            "Agreement with the published segments (adjusted Rand index).",
            "-1 to 1",
        ),
        Column("bic", "DOUBLE", "Bayesian information criterion; of a mixture only."),
        Column("rows", "BIGINT", "Customers it was run on.", "customers"),
        Column("seconds", "DOUBLE", "Time it took.", "seconds"),
        Column("run_id", "BIGINT", "The run it was compared with."),
    ),
)
