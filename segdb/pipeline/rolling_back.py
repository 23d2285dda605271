"""Rollback: the tables of an earlier run, published again."""

from __future__ import annotations

from typing import Any

from segdb import contract
from segdb.engines.protocol import Database
from segdb.engines.publishing.publish import Publication, next_run, publish
from segdb.engines.publishing.run_archive import published_run
from segdb.expressions.value_table import no_values
from segdb.steps.describe.map_points import map_rows
from segdb.steps.lifecycle.drift import drift_from_previous, run_sizes
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.lifecycle.rollback import (
    kept_as_it_was,
    kept_rows,
    pca_by_model,
    rebuilt_features,
    republished_row,
    without_unproven_view,
)
from segdb.steps.publish.tables import contents, queries, value_queries
from segdb.steps.segment.scaled_customers import assign_segments, scale_customers


def rollback(store: Database, schema: str, run_id: int, keep_runs: int) -> dict[str, Any]:
    """Publish the tables of an earlier run again, as a run of its own.

    The features and the small tables are as they were kept, and the model of the run makes the
    segments of them again. ``runs`` gets a row more, none is changed; the history is what it was
    when the earlier run was published.

    Returns:
        The new row of ``runs``.

    Raises:
        UserError: there is no such run, it is the one that is published, or it is not kept.
        PublishError: the database refused; what was published is as it was.
    """
    with store.attached():
        follows = published_run(store, schema)
        run = stored_run(store, schema, run_id)
        kept, model = kept_as_it_was(store, schema, run), run.model
        built = rebuilt_features(run, kept)
        pca = pca_by_model(store, run, built)
        scaled = scale_customers(store, built.features, model, pca, built.customers)
        assigned = assign_segments(store, scaled, [segment.centroid for segment in model.segments])
        row = republished_row(kept, next_run(store, schema))
        value = kept.value if kept.value is not None else no_values(assigned)
        large = {
            **queries(store, built, model, assigned, pca, row["run_id"]),
            **value_queries(store, schema, built, model, value, row["run_id"]),
        }
        large = dict(without_unproven_view(store, run, large))
        small = kept_rows(kept.tables, large) | map_rows(model, pca)
        profiles = small[contract.SEGMENT_PROFILES]
        small[contract.RUN_SEGMENTS] = run_sizes(row["run_id"], profiles)
        drift = drift_from_previous(store, schema, row["run_id"], assigned, model)
        small[contract.RUN_DRIFT] = drift
    number, moment = row["run_id"], row["as_of"] or row["started_at"]
    tables = contents(store, schema, model, large, small, row)
    again = Publication(
        number, moment, tables, keep_runs, rewind=True, signed=run.proven, follows=follows
    )
    publish(store, schema, again)
    return row
