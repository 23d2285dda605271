"""Other algorithms against the published segments."""

from __future__ import annotations

from segdb.contract.table import CUSTOMER, Column, Table

ALGORITHM_COMPARISON = Table(
    "algorithm_comparison",
    "algorithm",
    "What other algorithms make of the same customers; written by `segdb compare`.",
    (
        Column("algorithm", "VARCHAR", "Its name."),
        Column("settings", "VARCHAR", "With which it was run."),
        Column("clusters", "INTEGER", "How many it found."),
        Column(
            "sizes",
            "JSON",
            "Customers of each, the largest first: the numbers of algorithm_labels.",
            "customers",
        ),
        Column("noise", "BIGINT", "Customers in none of them.", "customers"),
        Column("noise_share", "DOUBLE", "Share of the customers in none of them.", "0 to 1"),
        Column("silhouette", "DOUBLE", "Mean silhouette, noise left out.", "-1 to 1"),
        Column("davies_bouldin", "DOUBLE", "Davies-Bouldin index; lower is better."),
        Column("calinski_harabasz", "DOUBLE", "Calinski-Harabasz index; higher is better."),
        Column(
            "inertia",
            "DOUBLE",
            "Sum of squared distances to the clusters' means, noise left out.",
            "scaled units²",
        ),
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
ALGORITHM_LABELS = Table(
    "algorithm_labels",
    "algorithm and customer who was compared",
    "The cluster that each algorithm of algorithm_comparison puts each customer into: of all "
    "customers, or of 4,000 drawn from them; written with it by `segdb compare`.",
    (
        Column("algorithm", "VARCHAR", "Its name, as in algorithm_comparison."),
        CUSTOMER,
        Column(
            "cluster",
            "INTEGER",
            "The number of the cluster, 1 the largest; NULL for noise, which is in none.",
        ),
        Column("run_id", "BIGINT", "The run it was compared with."),
    ),
    key=("algorithm", "customer_id"),
)
