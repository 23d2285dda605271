"""Rollback: an earlier run, published again as a new one."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Any

import ibis.expr.types as ir

from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.integrity import require
from segdb.engines.duckdb.publish import next_run, publish
from segdb.engines.duckdb.run_archive import (
    Kept,
    equal_runs,
    is_valid_query,
    kept_run,
    published_run,
)
from segdb.errors import UserError
from segdb.expressions.assign import assign
from segdb.expressions.pca import in_matrix
from segdb.expressions.preprocess import preprocess, transformed
from segdb.model import Model
from segdb.steps.describe.map_points import map_rows
from segdb.steps.describe.profiles import Rows
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.ingest.reconcile_rows import Accounts
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.lifecycle.drift import drift_tables
from segdb.steps.lifecycle.load_run import StoredRun, check_features, stored_run
from segdb.steps.preprocess.covariance import measured
from segdb.steps.preprocess.pca import Pca, pca_of
from segdb.steps.publish.tables import contents, queries


def rollback(store: DuckDB, schema: str, run_id: int, keep_runs: int) -> dict[str, Any]:
    """Publish the tables of an earlier run again, as a run of its own.

    The features and the small tables are as they were kept, and the model of the run makes the
    segments of them again. ``runs`` gets a row more, none is changed; the history is what it was
    when the earlier run was published.

    Args:
        store: the database.
        schema: where the tables are.
        run_id: the earlier run.
        keep_runs: how many earlier runs stay, to be published again.

    Returns:
        The new row of ``runs``.

    Raises:
        UserError: there is no such run, it is the one that is published, or it is not kept.
        PublishError: the database refused; what was published is as it was.
    """
    run = stored_run(store, schema, run_id)
    require(store, schema, contract.RUNS, "republishes", "as_of", "customers")
    published = published_run(store, schema)
    if published in equal_runs(store, schema, run_id):
        number = "" if published == run_id else f", as run {published}"
        raise UserError(f"Run {run_id} is the one that is published{number}.")
    kept = kept_run(store, schema, run_id)
    model = run.model
    check_features(kept.features, model)
    features = kept.features.select("customer_id", *model.catalogue.names)
    pca, assigned = _assigned(store, run, features, kept.run["customers"])
    row = _row(kept, next_run(store, schema))
    built = _built(run, row, features, kept.rejected)
    large = queries(built.sources, built, model, assigned, pca, row["run_id"])
    live = large[contract.SEGMENTS_LIVE]
    # To bind it is to look into the files that it names.
    if isinstance(live, str) and not (run.proven and is_valid_query(store, live)):
        large = {**large, contract.SEGMENTS_LIVE: None}
    small = _small(kept, large) | map_rows(model, pca)
    small |= drift_tables(
        store, schema, row["run_id"], assigned, model, small[contract.SEGMENT_PROFILES]
    )
    written = contents(schema, model, large, small, row)
    moment = row["as_of"] or row["started_at"]
    publish(
        store,
        schema,
        written,
        row["run_id"],
        moment,
        keep_runs=keep_runs,
        rewind=True,
        signed=run.proven,
    )
    return row


def _row(kept: Kept, run_id: int) -> dict[str, Any]:
    """Return the row of the run that publishes a kept one again."""
    return {
        **kept.run,
        "run_id": run_id,
        "republishes": kept.run["run_id"],
        "finished_at": datetime.now(UTC).replace(tzinfo=None),
        "signature": None,
    }


def _assigned(
    store: DuckDB, run: StoredRun, features: ir.Table, customers: int
) -> tuple[Pca, ir.Table]:
    """Put the kept customers into the segments of their model again."""
    model = run.model
    scaled = store.table("segdb_scaled", preprocess(features, model.matrix))
    pca = _axes(store, features, model, few=customers <= run.settings.cluster.matrix_rows)
    centroids = [segment.centroid for segment in model.segments]
    placed = assign(in_matrix(scaled, model), model.columns, centroids)
    return pca, store.table("segdb_assigned", placed)


def _small(kept: Kept, large: Container[contract.Table]) -> dict[contract.Table, Rows]:
    """Return the small tables as they were kept."""
    return {
        table: kept.tables.get(table.name, [])
        for table in contract.TABLES
        if table.kind == "table" and not table.grows and table not in large
    }


def _axes(store: DuckDB, features: ir.Table, model: Model, *, few: bool) -> Pca:
    columns = [p.column for p in model.matrix]
    logged = transformed(features, model.matrix)
    return pca_of(measured(store, logged, columns, "none", few=few), model.matrix)


def _sources(run: StoredRun) -> Sources:
    pairs = {name: (raw, run.recipe.readings[name]) for name, raw in run.sources.items()}
    return Sources(pairs.get("orders"), pairs.get("customers"))


def _built(
    run: StoredRun, row: Mapping[str, Any], features: ir.Table, rejected: ir.Table
) -> BuiltFeatures:
    """Return what came of the sources of a run, as it was kept."""
    return BuiltFeatures(
        features=features,
        catalogue=run.model.catalogue,
        recipe=run.recipe,
        as_of=row["as_of"],
        accounts=Accounts(row["rows_read"], row["rows_kept"], row["rows_rejected"], {}),
        rejected=rejected,
        customers=row["customers"],
        sources=_sources(run),
    )
