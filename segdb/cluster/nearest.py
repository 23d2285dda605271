"""Nearest: squared distances of rows to centroids, a block of rows at a time.

One block of (k, b) distances is in memory, whatever the number of rows: 16,384 rows stay in a
processor's cache. Distances are sums of squared differences, as in SQL. Lloyd's steps take the
shorter |c|² - 2xc, which leaves out |x|²: it is half the work, and right only to the last digits
of |x|², so that the rows have to lie around zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from segdb.cluster.libraries import cdist
from segdb.cluster.matrix import Floats, Places

BLOCK = 16_384
S = TypeVar("S", bound=np.generic)


class Block(NamedTuple):
    """The distances of some rows; the arrays are used again for the next block.

    Attributes:
        rows: which rows.
        squares: (k, b), squared distances to each centroid.
        least: (b,), the least of them.
        nearest: (k, b), 1 where the centroid is the nearest of the row, of equals the first.
    """

    rows: slice
    squares: Floats
    least: Floats
    nearest: Floats


def blocks(values: Floats, centroids: Floats, *, less_own: bool = False) -> Iterator[Block]:
    """Yield the distances of (n, d) rows to (k, d) centroids, in blocks of equal size.

    Args:
        values: the rows.
        centroids: in the same units.
        less_own: the squared distances are less the row's own |x|², which is half the work.
    """
    rows, count = len(values), len(centroids)
    size = -(-rows // max(1, -(-rows // BLOCK)))
    squares, nearest = np.empty(count * size), np.empty(count * size)
    least, is_nearest = np.empty(size), np.empty(count * size, dtype=np.bool_)
    double, own = -2.0 * centroids, (centroids**2).sum(axis=1)[:, None]
    for begin in range(0, rows, size):
        part = slice(begin, min(begin + size, rows))
        length = part.stop - begin
        apart = _shaped(squares, count, length)
        if less_own:
            np.matmul(double, values[part].T, out=apart)
            apart += own
        else:
            cdist(centroids, values[part], "sqeuclidean", out=apart)
        marks = _shaped(is_nearest, count, length)
        yield _block(part, apart, least[:length], marks, _shaped(nearest, count, length))


def _shaped(flat: npt.NDArray[S], rows: int, columns: int) -> npt.NDArray[S]:
    return flat[: rows * columns].reshape(rows, columns)


def _block(
    part: slice,
    squares: Floats,
    least: Floats,
    is_nearest: npt.NDArray[np.bool_],
    nearest: Floats,
) -> Block:
    squares.min(axis=0, out=least)
    np.less_equal(squares, least, out=is_nearest)
    if np.count_nonzero(is_nearest) > len(least):
        is_nearest &= is_nearest.cumsum(axis=0) == 1
    np.copyto(nearest, is_nearest)
    return Block(part, squares, least, nearest)


def nearest(values: Floats, centroids: Floats) -> Places:
    """Return for each of the (n, d) rows the place of the nearest of the (k, d) centroids."""
    places = np.empty(len(values), dtype=np.intp)
    numbers = np.arange(len(centroids), dtype=np.float64)
    for block in blocks(values, centroids):
        places[block.rows] = numbers @ block.nearest
    return places


class TwoNearest(NamedTuple):
    """Of each row its two nearest centroids.

    Attributes:
        places: (n,), the nearest centroid, of equals the first.
        first: (n,), the squared distance to it.
        second: (n,), the squared distance to the next nearest; infinite for a single centroid.
    """

    places: Places
    first: Floats
    second: Floats


def two_nearest(values: Floats, centroids: Floats) -> TwoNearest:
    """Return the two nearest of (k, d) centroids of each of the (n, d) rows."""
    count = len(values)
    two = TwoNearest(np.empty(count, dtype=np.intp), np.empty(count), np.empty(count))
    numbers = np.arange(len(centroids), dtype=np.float64)
    for rows, squares, least, is_nearest in blocks(values, centroids):
        two.places[rows] = numbers @ is_nearest
        two.first[rows] = least
        np.copyto(squares, np.inf, where=is_nearest > 0.0)
        squares.min(axis=0, out=two.second[rows])
    return two
