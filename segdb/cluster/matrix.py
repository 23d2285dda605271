"""The compact matrix: the one small weighted table that crosses into NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segdb.errors import DataError

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Matrix:
    """Rows of customers, in the order of their ids.

    Attributes:
        ids: of each row, in the source's type; None where nobody asks.
        values: (n, d), scaled units, C-contiguous.
        weights: (n,), how many customers a row stands for.
        features: the d names.
    """

    ids: pa.Array | None
    values: Floats
    weights: Floats
    features: tuple[str, ...]

    @classmethod
    def from_arrow(cls, table: pa.Table, id_column: str, weight_column: str | None) -> Matrix:
        """Take a table of ids, weights and features; without a weight column each row weighs 1.

        Raises:
            DataError: a value is missing or not finite, or a weight is not above zero.
        """
        names = tuple(n for n in table.column_names if n not in (id_column, weight_column))
        ids = table.column(id_column).combine_chunks()
        values = np.empty((table.num_rows, len(names)))
        for place, name in enumerate(names):
            values[:, place] = _column(table, name, ids)
        weights = np.ones(table.num_rows)
        if weight_column is not None:
            weights = _column(table, weight_column, ids)
            if not (weights > 0).all():
                worst = int(np.argmin(weights))
                raise DataError(
                    f"The weight of customer {ids[worst]} is {weights[worst]:g}; weights count "
                    "customers, and are above zero."
                )
        return cls(ids, values, weights, names)

    @cached_property
    def distinct_rows(self) -> int:
        """How many rows differ in any feature."""
        return len(np.unique(self.values, axis=0))

    @cached_property
    def uniform(self) -> bool:
        """Whether all rows weigh the same."""
        return bool((self.weights == self.weights[:1]).all())

    def take(self, rows: Places) -> Matrix:
        """Return the matrix of these rows, in their order."""
        ids = None if self.ids is None else self.ids.take(pa.array(rows))
        return Matrix(ids, self.values[rows], self.weights[rows], self.features)

    def sample(self, rows: int, generator: np.random.Generator) -> Matrix:
        """Return about ``rows`` of the customers that the rows stand for, each weighing 1.

        A matrix that is no larger and not weighted is returned as it is. Of a weighted one, rows
        are drawn by their weights with replacement: of a coreset, that is a uniform sample of the
        customers.
        """
        count = len(self.values)
        if self.uniform and count <= rows:
            return self
        if self.uniform:
            drawn = generator.choice(count, rows, replace=False)
        else:
            shares = self.weights / self.weights.sum()
            drawn = generator.choice(count, min(rows, count), p=shares)
        values = self.values[np.sort(drawn)]
        return Matrix(None, values, np.ones(len(values)), self.features)


def _column(table: pa.Table, name: str, ids: pa.Array) -> Floats:
    column = table.column(name).combine_chunks().cast(pa.float64())
    values: Floats = column.to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        row = int(wrong[0])
        found = "missing" if column[row].as_py() is None else f"{values[row]:g}"
        raise DataError(
            f"'{name}' of customer {ids[row]} is {found} in the matrix, and distances need a "
            "number. Choose another [clean] missing or [outliers] method, or leave the feature out."
        )
    return values
