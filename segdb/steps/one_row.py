"""One row: whether each order is one row, so that rows may be counted for orders.

To count distinct orders costs about four times the rest of the GROUP BY. Where a large source has
one row an order, counting its rows gives the same; a sample of the orders, each with all of its
rows, tells so.
"""

from __future__ import annotations

from dataclasses import replace

from segdb.features.catalogue import REGISTRY, Catalogue
from segdb.reading import Reading
from segdb.stages import clean
from segdb.stages.chain import Recipe
from segdb.stages.features import rows_an_order
from segdb.stages.matrix import uniform
from segdb.stages.source import typed
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB
from segdb.store.readers import Raw

# Below, distinct orders are counted in a moment, and nothing has to be assumed.
LARGE = 2_000_000
_SHARE = 1 / 64
_SEED = 3


def one_row_each(
    store: DuckDB,
    recipe: Recipe,
    raw: Raw,
    reading: Reading,
    catalogue: Catalogue,
    progress: Progress,
) -> bool:
    """Judge by a sample whether each order is one row; False wherever it is not worth a look.

    Args:
        store: where the orders are.
        recipe: how they are cleaned.
        raw: the orders as they were read.
        reading: how their columns are read.
        catalogue: the features wanted of them.
        progress: hears that rows are counted for orders, and on what grounds.
    """
    counting = any("orders" in REGISTRY[e.name].aggregates for e in catalogue.of("orders"))
    if not counting or not raw.stored or "order_id" not in reading.roles:
        return False
    if store.rows(raw.table.agg(n=raw.table.count()))[0]["n"] < LARGE:
        return False
    # By the id alone: an order that is drawn is drawn with all of its rows, copies among them.
    key = raw.table[reading.roles["order_id"]]
    # Drawn first: the engine would otherwise judge every row before it draws.
    reading = reading if recipe.deduplicate else _judged_by(reading, recipe.rules["orders"])
    drawn = raw.table.filter(uniform(key, _SEED) < _SHARE)
    drawn = store.table("segdb_drawn", drawn.select(*(c.name for c in reading.columns)))
    drawn = clean.deduplicated(drawn) if recipe.deduplicate else drawn
    judged = clean.judged_orders(typed(drawn, reading), reading, recipe.rules["orders"])
    found = store.rows(rows_an_order(judged))[0]
    if found["most"] != 1:
        return False
    most = 3 / found["orders"]  # the rule of three, for 95 %
    progress.note(
        f"Each of {found['orders']:,} sampled orders is one row, so rows are counted for orders; "
        f"at most {most:.4%} of the orders can be of more (95 % sure)."
    )
    return True


def _judged_by(reading: Reading, rules: clean.Rules) -> Reading:
    """Return the reading with those columns alone that a row is judged by."""
    asked = {column.lower() for predicate in rules.predicates for column in predicate.columns}
    asked |= {column.lower() for column in reading.roles.values()}
    return replace(reading, columns=tuple(c for c in reading.columns if c.name.lower() in asked))
