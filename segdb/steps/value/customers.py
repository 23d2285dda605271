"""Customers: what each is expected to do, and the sums by segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from segdb.contract import VALUE_NODES
from segdb.contract.types import arrow_schema
from segdb.engines.protocol import Database
from segdb.expressions.customer_value import customer_value
from segdb.expressions.value_table import by_segment, no_values, published
from segdb.model import Model
from segdb.steps.value.learn_value import LearnedValue
from segdb.value.nodes import nodes
from segdb.value_model import ValueModel

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class ValuedCustomers:
    """What customers are expected to do.

    Attributes:
        table: the columns of ``customer_value`` but for the run; no row without a model.
        by_segment: by place of the segment, what ``by_segment`` gives; empty without a model.
        nodes: the rows of ``value_nodes``.
    """

    table: ir.Table
    by_segment: Mapping[int, Mapping[str, Any]]
    nodes: Rows

    def alive(self, model: Model) -> list[float | None]:
        """Return the mean probability of being active of each segment, in the model's order."""
        places = range(len(model.segments))
        return [self.by_segment.get(place, {}).get("p_alive") for place in places]


def value_customers(store: Database, value: LearnedValue, assigned: ir.Table) -> ValuedCustomers:
    """Return what customers are expected to do, as the relation ``segdb_customer_value``.

    Args:
        store: where they are.
        value: the model, and their histories.
        assigned: every customer with ``nearest``.
    """
    if value.model is None or value.histories is None:
        return ValuedCustomers(no_values(assigned), {}, [])
    rule = nodes(value.model)
    expected = published(_valued(store, value.histories, value.model, rule))
    table = store.table("segdb_customer_value", expected)
    sums = store.rows(by_segment(table, assigned))
    return ValuedCustomers(table, {row["nearest"]: row for row in sums}, rule)


def expected_of(store: Database, value: LearnedValue) -> ir.Table | None:
    """Return what ``customer_value`` gives of each customer; None without a value model."""
    if value.model is None or value.histories is None:
        return None
    return _valued(store, value.histories, value.model, nodes(value.model))


def _valued(store: Database, histories: ir.Table, model: ValueModel, rule: Rows) -> ir.Table:
    schema = arrow_schema(VALUE_NODES)
    rows = store.rows_table("segdb_value_nodes", pa.Table.from_pylist(rule, schema))
    return customer_value(histories, rows, model)
