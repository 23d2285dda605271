"""Rollback: an earlier run rebuilt from what was kept of it, to be published as a new one."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Any

from segdb import contract
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import require
from segdb.engines.publishing.run_archive import (
    Kept,
    equal_runs,
    is_valid_query,
    kept_run,
    published_run,
)
from segdb.errors import UserError
from segdb.expressions.preprocess import transformed
from segdb.steps.describe.profiles import Rows
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.ingest.reconcile_rows import Accounts
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.lifecycle.load_run import StoredRun, check_features
from segdb.steps.preprocess.covariance import measured
from segdb.steps.preprocess.pca import Pca, pca_of
from segdb.steps.publish.tables import Queries


def kept_as_it_was(store: Database, schema: str, run: StoredRun) -> Kept:
    """Return what was kept of an earlier run.

    Raises:
        UserError: it is the one that is published, or it is not kept.
    """
    require(store, schema, contract.RUNS, "republishes", "as_of", "customers")
    published = published_run(store, schema)
    if published in equal_runs(store, schema, run.run_id):
        number = "" if published == run.run_id else f", as run {published}"
        raise UserError(f"Run {run.run_id} is the one that is published{number}.")
    kept = kept_run(store, schema, run.run_id)
    check_features(kept.features, run.model)
    return kept


def rebuilt_features(run: StoredRun, kept: Kept) -> BuiltFeatures:
    """Return what came of the sources of a run, as it was kept."""
    pairs = {name: (raw, run.recipe.readings[name]) for name, raw in run.sources.items()}
    row = kept.run
    return BuiltFeatures(
        features=kept.features.select("customer_id", *run.model.catalogue.names),
        catalogue=run.model.catalogue,
        recipe=run.recipe,
        as_of=row["as_of"],
        accounts=Accounts(row["rows_read"], row["rows_kept"], row["rows_rejected"], {}),
        rejected=kept.rejected,
        customers=row["customers"],
        sources=Sources(pairs.get("orders"), pairs.get("customers")),
    )


def pca_by_model(store: Database, run: StoredRun, built: BuiltFeatures) -> Pca:
    """Return the principal components of the customers, by the parameters of a stored model."""
    matrix = run.model.matrix
    few = built.customers <= run.settings.cluster.matrix_rows
    logged = transformed(built.features, matrix)
    return pca_of(measured(store, logged, [p.column for p in matrix], "none", few=few), matrix)


def republished_row(kept: Kept, run_id: int) -> dict[str, Any]:
    """Return the row of ``runs`` of the run that publishes a kept one again."""
    return {
        **kept.run,
        "run_id": run_id,
        "republishes": kept.run["run_id"],
        "finished_at": datetime.now(UTC).replace(tzinfo=None),
        "signature": None,
    }


def without_unproven_view(store: Database, run: StoredRun, large: Queries) -> Queries:
    """Return the queries without the live view, where it is not to be trusted or cannot be made."""
    # To bind it is to look into the files that it names.
    live = large[contract.SEGMENTS_LIVE]
    if isinstance(live, str) and not (run.proven and is_valid_query(store, live)):
        return {**large, contract.SEGMENTS_LIVE: None, contract.CUSTOMER_VALUE_LIVE: None}
    return large


def kept_rows(
    tables: Mapping[str, Rows], large: Container[contract.Table]
) -> dict[contract.Table, Rows]:
    """Return the rows of the small tables as they were kept."""
    return {
        table: [_with_moments(row, table) for row in tables.get(table.name, [])]
        for table in contract.TABLES
        if table.kind == "table" and not table.grows and table not in large
    }


def _with_moments(row: Mapping[str, Any], table: contract.Table) -> dict[str, Any]:
    """Return a row with its moments as such: in the archive they are text."""
    moments = [c.name for c in table.columns if c.type == "TIMESTAMP" and row.get(c.name)]
    return {**row, **{name: datetime.fromisoformat(str(row[name])) for name in moments}}
