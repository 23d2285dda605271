"""Scaled customers: the relation that distances are taken over, and their segments."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.cluster.distance_stats import Centroids
from segdb.engines.protocol import Database
from segdb.expressions.assign import assign
from segdb.expressions.pca import in_matrix
from segdb.expressions.preprocess import preprocess
from segdb.model import Model
from segdb.steps.preprocess.pca import Pca


@dataclass(frozen=True)
class ScaledCustomers:
    """All customers in scaled units, where the database has them.

    Attributes:
        table: ``customer_id``, every feature, and the columns of the model's matrix.
        model: what was learned; its segments may still be to be found.
        pca: the principal components of the customers.
        number: how many customers there are.
    """

    table: ir.Table
    model: Model
    pca: Pca
    number: int

    @property
    def center(self) -> tuple[float, ...]:
        """The mean of each column of the matrix."""
        return self.pca.center(self.model)

    @property
    def squares(self) -> float:
        """The sum of the customers' squared distances from that mean."""
        return self.number * self.pca.variance(self.model)


def scale_customers(
    store: Database, features: ir.Table, model: Model, pca: Pca, number: int
) -> ScaledCustomers:
    """Fill, cap, transform and scale the customers by a model, and project them on its components.

    Args:
        store: where they are.
        features: one row a customer, natural units.
        model: what was learned.
        pca: the principal components of the customers.
        number: how many customers there are.
    """
    table = store.table("segdb_scaled", preprocess(features, model.matrix))
    if model.components is not None:
        table = store.view("segdb_components", in_matrix(table, model))
    return ScaledCustomers(table, model, pca, number)


def assign_segments(store: Database, scaled: ScaledCustomers, centroids: Centroids) -> ir.Table:
    """Return the relation ``segdb_assigned``: every customer with ``nearest`` and ``margin``.

    Args:
        store: where the customers are.
        scaled: the customers.
        centroids: (k, d), scaled units, in the order of ``nearest``.
    """
    return store.table("segdb_assigned", assign(scaled.table, scaled.model.columns, centroids))
