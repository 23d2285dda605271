"""Random numbers in SQL: their distributions, and that none foretells another."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from segdb.demo import draws

ROWS = 20_000


def drawn(*expressions: str) -> list[NDArray[np.float64]]:
    named = ", ".join(f"CAST({sql} AS DOUBLE) AS c{i}" for i, sql in enumerate(expressions))
    sql = f"SELECT {named} FROM (SELECT hash(id, 42) AS key FROM range({ROWS}) AS t(id))"
    rows = duckdb.connect().execute(sql).fetchnumpy()
    return [np.asarray(rows[f"c{i}"]) for i in range(len(expressions))]


def test_uniform_is_uniform() -> None:
    (values,) = drawn(draws.uniform("key", 1))
    observed = np.histogram(values, bins=20, range=(0, 1))[0]
    # The 99.9th percentile of chi-squared with 19 degrees of freedom is 43.8.
    assert ((observed - ROWS / 20) ** 2 / (ROWS / 20)).sum() < 43.8


def test_normal_is_normal() -> None:
    (values,) = drawn(draws.normal("key", 1))
    assert values.mean() == pytest.approx(0, abs=0.03)
    assert values.std() == pytest.approx(1, abs=0.02)
    assert (np.abs(values) < 1.959964).mean() == pytest.approx(0.95, abs=0.006)
    assert np.median(np.abs(values)) == pytest.approx(0.674490, abs=0.02)


def test_below_takes_every_number_alike() -> None:
    (values,) = drawn(draws.below("7", "key", 1))
    assert np.bincount(values.astype(int), minlength=7) / ROWS == pytest.approx(1 / 7, abs=0.01)


def test_draws_do_not_foretell_each_other() -> None:
    # Of DuckDB's hash(id, 1) and hash(id, 2) each bit of the one gives that of the other.
    uniforms = drawn(*(draws.uniform("key", draw) for draw in range(6)))
    parity = [(values * 2**20).astype(np.int64) % 2 for values in uniforms]
    for numbers in (uniforms, parity):
        r = np.corrcoef(numbers)
        assert np.abs(r - np.eye(6)).max() < 0.035


def test_one_of_quotes_its_texts() -> None:
    text = draws.one_of(["it's", "b"], "hash(id)", 1)
    rows = duckdb.connect().execute(f"SELECT DISTINCT {text} FROM range(99) AS t(id)").fetchall()
    assert set(rows) == {("it's",), ("b",)}
