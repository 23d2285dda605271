"""Validate orders: how rows of the orders are validated, and aggregated by customer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.engines.raw_source import Raw
from segdb.expressions import validate
from segdb.expressions.aggregate_orders import per_customer, with_spans
from segdb.expressions.count_strategy import EXACT, CountStrategy
from segdb.expressions.typed_source import customer_of, typed
from segdb.features.catalogue import Catalogue
from segdb.source_schema import Reading


@dataclass(frozen=True)
class Aggregation:
    """What is done with the rows of the orders.

    Attributes:
        store: where the orders are.
        raw: the orders as they were read.
        reading: how their columns are read.
        rules: what rejects a row.
        catalogue: the features wanted of them.
        watermark: the column that never falls as the orders grow; None if the settings name none.
        deduplicate: whether rows that are equal in every column count once.
        days: whether the days of their orders are aggregated as well, for customer value.
    """

    store: Database
    raw: Raw
    reading: Reading
    rules: validate.Rules
    catalogue: Catalogue
    watermark: str | None
    deduplicate: bool
    days: bool = False

    def validated(self, name: str) -> ir.Table:
        """Return every row of the orders with its reason, as a view of that name."""
        return self._validated(name, self.raw.table)

    def rows_of(self, name: str, ids: ir.Table) -> ir.Table:
        """Return the rows of some customers, by ``customer_id``, with their reasons, as a view.

        They are filtered before they are validated: validating text costs more than the filter.
        """
        return self._validated(name, self._raw_of(ids))

    def narrowed_to(self, name: str, ids: ir.Table) -> Aggregation:
        """Return the same of the rows of some customers alone, which are read once, to a table."""
        table = self.store.table(name, self._raw_of(ids))
        return replace(self, raw=replace(self.raw, table=table))

    def _raw_of(self, ids: ir.Table) -> ir.Table:
        table = self.raw.table
        return validate.rows_of(table, customer_of(table, self.reading), ids)

    def once(self, name: str, rows: ir.Table) -> ir.Table:
        """Return validated rows, those that count once folded into one, as a view of that name."""
        if not self.deduplicate:
            return rows
        return self._validated(
            name, validate.deduplicated(validate.as_read(rows, self.raw.table.columns))
        )

    def all_once(self, name: str) -> ir.Table:
        """Return all rows of the orders likewise, folded before they are validated."""
        table = self.raw.table
        return self._validated(name, validate.deduplicated(table) if self.deduplicate else table)

    def per_customer(self, rows: ir.Table, strategy: CountStrategy = EXACT) -> ir.Table:
        """Return the aggregates of validated rows, one row a customer."""
        grouped = per_customer(
            rows,
            self.catalogue,
            self.reading,
            strategy=strategy,
            watermark=self.watermark,
            unassigned=True,
        )
        return with_spans(grouped, rows) if self.days else grouped

    def _validated(self, name: str, table: ir.Table) -> ir.Table:
        rows = self.store.view(f"{name}_typed", typed(table, self.reading))
        return self.store.view(name, validate.validated_orders(rows, self.reading, self.rules))
