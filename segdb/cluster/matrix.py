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
class Centered:
    """Rows around zero.

    Attributes:
        offset: (d,), what was taken off each row.
        values: (n, d).
        weights: (n,).
        weighted: (n, d), the values times the weights.
    """

    offset: Floats
    values: Floats
    weights: Floats
    weighted: Floats

    @cached_property
    def squares(self) -> float:
        """Sum of the squared distances from zero, by weight."""
        return float(np.einsum("ij,ij->", self.values, self.weighted))


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
        ids = table.column(id_column)
        values, weights = np.empty((table.num_rows, len(names))), np.ones(table.num_rows)
        begin = 0
        for batch in table.to_batches():
            end = begin + batch.num_rows
            for place, name in enumerate(names):
                values[begin:end, place] = _column(batch, name)
            if weight_column is not None:
                weights[begin:end] = _column(batch, weight_column)
            begin = end
        for place, name in enumerate(names):
            _refuse_missing(table, name, values[:, place], ids)
        if weight_column is not None:
            _refuse_missing(table, weight_column, weights, ids)
            if not (weights > 0).all():
                worst = int(np.argmin(weights))
                raise DataError(
                    f"The weight of customer {ids[worst]} is {weights[worst]:g}; weights count "
                    "customers, and are above zero."
                )
        return cls(ids.combine_chunks(), values, weights, names)

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
        return float(((self.values - self.center) ** 2).sum(axis=1) @ self.weights)

    @cached_property
    def centered(self) -> Centered:
        """The rows around zero."""
        # Rows whose mean is about zero, as scaled customers are, are not copied.
        near = np.abs(self.center).max() <= self.spread
        offset = np.zeros_like(self.center) if near else self.center
        values = self.values if near else self.values - offset
        equal_weights = bool((self.weights == 1.0).all())
        weighted = values if equal_weights else values * self.weights[:, None]
        return Centered(offset, values, self.weights, weighted)

    @cached_property
    def center(self) -> Floats:
        """(d,), the mean of each column by weight: scaled units."""
        mean: Floats = np.average(self.values, axis=0, weights=self.weights)
        return mean

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


def _column(batch: pa.RecordBatch, name: str) -> Floats:
    column = batch.column(name).cast(pa.float64())
    values: Floats
    if column.null_count:
        values = column.to_numpy(zero_copy_only=False)
    else:
        # As to_numpy gives them, which loads pandas where it is installed.
        values = np.frombuffer(column.buffers()[1], np.float64, len(column), column.offset * 8)
    return values


def _refuse_missing(table: pa.Table, name: str, values: Floats, ids: pa.ChunkedArray) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        row = int(finite.argmin())
        missing = table.column(name)[row].as_py() is None
        shown = "missing" if missing else f"{values[row]:g}"
        raise DataError(
            f"'{name}' of customer {ids[row]} is {shown} in the matrix, and distances need a "
            "number. Choose another [clean] missing or [outliers] method, or leave the feature out."
        )
