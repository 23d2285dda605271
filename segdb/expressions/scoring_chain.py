"""Scoring chain: every stage from a raw source to labelled customers, by the model alone.

It is what a live view runs, what is exported as SQL, and what the golden files show. Each stage
reads the one before by its name, so that the chain can become views, CTEs, or dbt models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import ibis
import ibis.expr.types as ir

from segdb.expressions import aggregate_orders as stage
from segdb.expressions import validate
from segdb.expressions.assign import assign, labelled
from segdb.expressions.customer_value import customer_value
from segdb.expressions.order_days import histories, last_day_before
from segdb.expressions.pca import project
from segdb.expressions.preprocess import stages_of
from segdb.expressions.typed_source import typed
from segdb.expressions.value_table import published
from segdb.features.feature import epoch
from segdb.model import Model
from segdb.source_schema import Reading


@dataclass(frozen=True)
class Recipe:
    """What the chain needs beside the raw sources and the model.

    Attributes:
        readings: how each source is read, by name (orders, customers).
        rules: what rejects a row, by name.
        deduplicate: whether rows equal in every column count once.
        complete: features without which a customer is left out.
        within: bounds by feature, beyond which a customer is left out.
        as_of: the moment days count back from; None for the midnight after the last order.
    """

    readings: Mapping[str, Reading]
    rules: Mapping[str, validate.Rules]
    deduplicate: bool
    complete: tuple[str, ...] = ()
    within: stage.Bounds = field(default_factory=dict)
    as_of: datetime | None = None


@dataclass
class Chain:
    """Stages in the order of the flow, by name."""

    stages: dict[str, ir.Table] = field(default_factory=dict)

    def add(self, name: str, expression: ir.Table) -> ir.Table:
        """Add a stage, and return it as the table that the next stage reads."""
        self.stages[name] = expression
        return self.read(name)

    def read(self, name: str) -> ir.Table:
        """Return a stage as the table that a later stage reads."""
        return ibis.table(self.stages[name].schema(), name=name)


def chain(raw: Mapping[str, ir.Table], recipe: Recipe, model: Model) -> dict[str, ir.Table]:
    """Return every stage from the raw tables to ``segments``, in order.

    Args:
        raw: the raw tables by name (orders, customers).
        recipe: how they are read and cleaned.
        model: what was learned.
    """
    made = Chain()
    applied(made, made.add("features", _features(made, raw, recipe, model)), model)
    return made.stages


def value_chain(
    raw: Mapping[str, ir.Table], recipe: Recipe, model: Model, nodes: ir.Table
) -> dict[str, ir.Table]:
    """Return every stage from the raw tables to ``customer_value``, in order.

    Args:
        raw: the raw tables by name, orders among them.
        recipe: how they are read and cleaned.
        model: what was learned, customer value with it.
        nodes: the rows of ``value_nodes``.
    """
    assert model.value is not None  # noqa: S101 - the caller asked first
    made = Chain()
    features = made.add("features", _features(made, raw, recipe, model, days=True))
    known = None if recipe.as_of is None else last_day_before(recipe.as_of)
    customers = made.add("histories", histories(made.read("orders_by_customer"), known))
    customers = customers.semi_join(features, "customer_id")
    made.add("customer_value", published(customer_value(customers, nodes, model.value)))
    return made.stages


def _features(
    made: Chain, raw: Mapping[str, ir.Table], recipe: Recipe, model: Model, *, days: bool = False
) -> ir.Table:
    """Add the stages from the raw tables to the features, and return these in natural units.

    Args:
        made: the stages so far.
        raw: the raw tables by name (orders, customers).
        recipe: how they are read and cleaned.
        model: what was learned.
        days: whether what customer value needs of the orders is aggregated as well.
    """
    features = buyers = None
    if "orders" in raw:
        reading = stage.narrowed(recipe.readings["orders"], model.catalogue)
        validated = _validated(made, raw, recipe, "orders", reading)
        grouped = stage.per_customer(validated, model.catalogue, reading)
        grouped = stage.with_spans(grouped, validated) if days else grouped
        customers = made.add("orders_by_customer", grouped)
        moment = None if recipe.as_of is None else epoch(recipe.as_of)
        features = stage.of_orders(customers, model.catalogue, moment)
        buyers = customers.filter(customers.last_order_at.notnull()).select("customer_id")
    if "customers" in raw:
        reading = recipe.readings["customers"]
        validated = _validated(made, raw, recipe, "customers", reading, buyers)
        own = stage.of_customers(validated, model.catalogue, reading)
        features = own if features is None else stage.joined(features, own)
    assert features is not None  # noqa: S101 - a recipe has one source at least
    if recipe.complete:
        features = stage.complete(features, recipe.complete)
    if recipe.within:
        features = stage.within(features, recipe.within)
    return features


def applied(made: Chain, features: ir.Table, model: Model) -> None:
    """Add the stages from the features in natural units to ``segments``.

    Args:
        made: the stages so far.
        features: ``customer_id`` and at least the features of the matrix.
        model: what was learned.
    """
    matrix, table = model.matrix, features
    for name, prepare in stages_of(matrix).items():
        table = made.add(name, prepare(table, matrix))
    if model.components is not None:
        columns = [p.column for p in matrix]
        table = made.add("components", project(table, columns, model.components))
    centroids = [segment.centroid for segment in model.segments]
    table = made.add("assigned", assign(table, model.columns, centroids))
    made.add("segments", labelled(table, model))


def _validated(
    made: Chain,
    raw: Mapping[str, ir.Table],
    recipe: Recipe,
    name: str,
    reading: Reading,
    buyers: ir.Table | None = None,
) -> ir.Table:
    rules = recipe.rules[name]
    table = validate.deduplicated(raw[name]) if recipe.deduplicate else raw[name]
    rows = made.add(f"{name}_typed", typed(table, reading))
    if name == "orders":
        return made.add("orders_clean", validate.validated_orders(rows, reading, rules))
    return made.add("customers_clean", validate.validated_customers(rows, reading, rules, buyers))
