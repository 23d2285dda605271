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

    @classmethod
    def of(cls, values: Floats, weights: Floats | None = None) -> Matrix:
        """Take (n, d) values without ids and names; without weights each row weighs 1."""
        names = tuple(f"column {place}" for place in range(1, values.shape[1] + 1))
        weights = np.ones(len(values)) if weights is None else weights
        return cls(None, np.ascontiguousarray(values, dtype=np.float64), weights, names)

    @property
    def distinct_rows(self) -> int:
        """How many rows differ in any feature."""
        return len(self.merged.values)

    @property
    def merged(self) -> Matrix:
        """The matrix with equal rows as one, which weighs as much as all of them."""
        return self._merged[0]

    @property
    def place_in_merged(self) -> Places:
        """(n,), of each row its place in ``merged``."""
        return self._merged[1]

    @cached_property
    def _merged(self) -> tuple[Matrix, Places]:
        values, places = np.unique(self.values, axis=0, return_inverse=True)
        places = places.reshape(-1)
        if len(values) == len(self.values):
            return self, np.arange(len(values))
        weights = np.bincount(places, self.weights).astype(np.float64)
        return Matrix.of(values, weights), places

    @cached_property
    def scatter(self) -> float:
        """Sum of squared distances from the mean, by weight: scaled units squared."""
        center = np.average(self.values, axis=0, weights=self.weights)
        return float(((self.values - center) ** 2).sum(axis=1) @ self.weights)

    @property
    def spread(self) -> float:
        """Root of the summed variances of the columns, by weight: scaled units."""
        return float(np.sqrt(self.scatter / self.weights.sum()))

    @cached_property
    def uniform(self) -> bool:
        """Whether all rows weigh the same."""
        return bool((self.weights == self.weights[:1]).all())

    def take(self, rows: Places) -> Matrix:
        """Return the matrix of these rows, in their order."""
        ids = None if self.ids is None else self.ids.take(pa.array(rows))
        return Matrix(ids, self.values[rows], self.weights[rows], self.features)

    def draw(self, rows: int, generator: np.random.Generator) -> Places:
        """Return the places of ``rows`` rows, or of as many as there are, ascending.

        Of a weighted matrix they are drawn by weight and with replacement, so that they stand for
        customers drawn uniformly.
        """
        count = len(self.values)
        if not self.uniform:
            shares = self.weights / self.weights.sum()
            return np.sort(generator.choice(count, min(rows, count), p=shares))
        if count <= rows:
            return np.arange(count)
        return np.sort(generator.choice(count, rows, replace=False))

    def sample(self, rows: int, generator: np.random.Generator) -> Matrix:
        """Return the rows that ``draw`` gives, each weighing 1."""
        return Matrix.of(self.values[self.draw(rows, generator)])


def _column(table: pa.Table, name: str, ids: pa.Array) -> Floats:
    column = table.column(name).combine_chunks().cast(pa.float64())
    values: Floats
    if column.null_count:
        values = column.to_numpy(zero_copy_only=False)
    else:
        # As to_numpy gives them, which loads pandas where it is installed.
        values = np.frombuffer(column.buffers()[1], np.float64, len(column), column.offset * 8)
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        row = int(wrong[0])
        shown = "missing" if column[row].as_py() is None else f"{values[row]:g}"
        raise DataError(
            f"'{name}' of customer {ids[row]} is {shown} in the matrix, and distances need a "
            "number. Choose another [clean] missing or [outliers] method, or leave the feature out."
        )
    return values
