"""Coreset: the small weighted table that crosses into NumPy.

Up to ``matrix_rows`` customers it is all of them. Above, it is a lightweight coreset (Bachem,
Lucic and Krause, KDD 2018): customer x with probability proportional to
1/2 · 1/n + 1/2 · d²(x, mean) / Σd², drawn by a hash of the id, so that equal data and seed give
equal draws. Each customer is drawn at most once (Poisson sampling), with the weight 1 / p(x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segdb.expressions.engine_functions import uniform_of_text
from segdb.expressions.shallow_sums import added

# Of a literal 1.0 DuckDB makes a DECIMAL.
_ONE = ibis.literal(1, "int64").cast("float64")


@dataclass(frozen=True)
class Spread:
    """Where all customers lie.

    Attributes:
        customers: how many there are.
        means: of each column, scaled units.
        squares: the sum of the customers' squared distances from the means.
    """

    customers: int
    means: Sequence[float]
    squares: float


def all_customers(scaled: ir.Table, matrix: Sequence[str]) -> ir.Table:
    """Return (customer_id, matrix columns, weight 1), by id."""
    table = scaled.select("customer_id", *matrix, weight=_ONE)
    return table.order_by("customer_id")


def coreset(
    scaled: ir.Table, matrix: Sequence[str], spread: Spread, rows: int, seed: int
) -> ir.Table:
    """Return (customer_id, matrix columns, weight) of about ``rows`` drawn customers, by id.

    Args:
        scaled: all customers, scaled units.
        matrix: the columns of the matrix.
        spread: where all customers lie in these columns.
        rows: the expected size of the draw.
        seed: another seed draws others.
    """
    pairs = zip(matrix, spread.means, strict=True)
    distance = added([(scaled[name] - mean) * (scaled[name] - mean) for name, mean in pairs])
    by_distance = distance * (0.5 / spread.squares)
    chance = ibis.least(1.0, rows * (0.5 / spread.customers + by_distance))
    drawn = scaled.select("customer_id", *matrix, chance=chance)
    drawn = drawn.filter(uniform(drawn.customer_id, seed) < drawn.chance)
    weighted = drawn.select("customer_id", *matrix, weight=1.0 / drawn.chance)
    return weighted.order_by("customer_id")


def sample(
    scaled: ir.Table, matrix: Sequence[str], rows: int, customers: int, seed: int
) -> ir.Table:
    """Return a uniform sample of about ``rows`` customers, each of the same weight, by id."""
    chosen = scaled.filter(uniform(scaled.customer_id, seed) < rows / customers)
    return chosen.select("customer_id", *matrix, weight=_ONE).order_by("customer_id")


def uniform(customer_id: ir.Value, seed: int) -> ir.FloatingValue:
    """Return a number in [0, 1) that depends on the id and the seed alone, on every engine.

    The seed goes into the hashed text: so the draws with two seeds are independent.
    """
    return uniform_of_text(customer_id.cast("string").concat(f":{seed}"))
