"""The contract: every published table, its columns, types, units, and a sentence each.

Data, no logic. Comments in the database and the documentation of columns are rendered from it.
"""

from __future__ import annotations

from segdb.contract.comparison import ALGORITHM_COMPARISON
from segdb.contract.customers import CUSTOMER_FEATURES, CUSTOMER_MAP, CUSTOMER_SEGMENTS
from segdb.contract.features import (
    FEATURE_CORRELATIONS,
    FEATURE_HISTOGRAMS,
    FEATURE_PARAMETERS,
    FEATURE_STATISTICS,
    PRINCIPAL_COMPONENTS,
)
from segdb.contract.history import (
    ENTERED_SEGMENT,
    LEFT_SEGMENT,
    SEGMENT_HISTORY,
    SEGMENT_MIGRATIONS,
)
from segdb.contract.runs import (
    K_SELECTION,
    KEPT_RUNS,
    LEARNED_DISTRIBUTION,
    REJECTED_ROWS,
    RUN_DRIFT,
    RUN_SEGMENTS,
    RUNS,
)
from segdb.contract.segments import (
    ASSIGN,
    RFM_BY_SEGMENT,
    SEGMENT_CENTROIDS,
    SEGMENT_COMPONENTS,
    SEGMENT_FEATURES,
    SEGMENT_MAP,
    SEGMENT_PROFILES,
    SEGMENTS,
    SEGMENTS_LIVE,
    TYPICAL_CUSTOMERS,
)
from segdb.contract.table import ID, OPENING, Column, Table

TABLES: tuple[Table, ...] = (
    SEGMENTS,
    SEGMENTS_LIVE,
    CUSTOMER_FEATURES,
    SEGMENT_PROFILES,
    SEGMENT_FEATURES,
    SEGMENT_CENTROIDS,
    FEATURE_PARAMETERS,
    K_SELECTION,
    RUNS,
    RUN_SEGMENTS,
    RUN_DRIFT,
    LEARNED_DISTRIBUTION,
    KEPT_RUNS,
    REJECTED_ROWS,
    FEATURE_STATISTICS,
    FEATURE_HISTOGRAMS,
    FEATURE_CORRELATIONS,
    PRINCIPAL_COMPONENTS,
    SEGMENT_COMPONENTS,
    CUSTOMER_MAP,
    SEGMENT_MAP,
    TYPICAL_CUSTOMERS,
    RFM_BY_SEGMENT,
    CUSTOMER_SEGMENTS,
    SEGMENT_HISTORY,
    SEGMENT_MIGRATIONS,
    ENTERED_SEGMENT,
    LEFT_SEGMENT,
)

__all__ = [
    "ALGORITHM_COMPARISON",
    "ASSIGN",
    "CUSTOMER_FEATURES",
    "CUSTOMER_MAP",
    "CUSTOMER_SEGMENTS",
    "ENTERED_SEGMENT",
    "FEATURE_CORRELATIONS",
    "FEATURE_HISTOGRAMS",
    "FEATURE_PARAMETERS",
    "FEATURE_STATISTICS",
    "ID",
    "KEPT_RUNS",
    "K_SELECTION",
    "LEARNED_DISTRIBUTION",
    "LEFT_SEGMENT",
    "OPENING",
    "PRINCIPAL_COMPONENTS",
    "REJECTED_ROWS",
    "RFM_BY_SEGMENT",
    "RUNS",
    "RUN_DRIFT",
    "RUN_SEGMENTS",
    "SEGMENTS",
    "SEGMENTS_LIVE",
    "SEGMENT_CENTROIDS",
    "SEGMENT_COMPONENTS",
    "SEGMENT_FEATURES",
    "SEGMENT_HISTORY",
    "SEGMENT_MAP",
    "SEGMENT_MIGRATIONS",
    "SEGMENT_PROFILES",
    "TABLES",
    "TYPICAL_CUSTOMERS",
    "Column",
    "Table",
]
