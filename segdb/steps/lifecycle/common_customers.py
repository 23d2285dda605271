"""Common customers: whether a run has any of those of the run before it."""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.engines.protocol import Database
from segdb.engines.publishing.run_archive import kept_features, published_run
from segdb.steps.progress import Progress

# Of the run before, so many are looked up; of fewer than the least, nothing is said.
_LOOKED_UP, _LEAST = 1_000, 30


def warn_without_common_customers(
    store: Database, schema: str, assigned: ir.Table, progress: Progress
) -> None:
    """Warn where no customer of the published run is in the new one.

    Another shop's data, or ids that are written in another way, would otherwise go on with the
    history and the segments of the first.

    Args:
        store: the database, with the run before still published.
        schema: where its tables are.
        assigned: the customers of the new run.
        progress: receives the warning.
    """
    before = published_run(store, schema)
    then = None if before is None else kept_features(store, schema, before)
    # Something else may have changed the table.
    if then is None or "customer_id" not in then.columns:
        return
    ids, now = then.limit(_LOOKED_UP).select("customer_id"), assigned.customer_id
    if ids.customer_id.type() != now.type():
        ids, now = ids.select(customer_id=ids.customer_id.cast("string")), now.cast("string")
    number = int(store.rows(ids.agg(n=ids.count()))[0]["n"])
    common = ids.semi_join(assigned.select(customer_id=now), "customer_id")
    if number < _LEAST or store.rows(common.limit(1)):
        return
    example, other = (
        store.rows(table.select("customer_id").limit(1))[0]["customer_id"]
        for table in (ids, assigned)
    )
    progress.warn(
        DataWarning(
            "no_common_customers",
            f"No customer of run {before} (such as {str(example)!r}) is in this one (such as "
            f"{str(other)!r}), which goes on with its history and segments. Where it is another "
            "shop, give it a database or a schema of its own.",
            '[publish] schema = "another"',
            share=0.5,
        )
    )
