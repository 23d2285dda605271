"""Amounts of memory, as DuckDB reads them."""

from __future__ import annotations

import duckdb
import pytest

from segdb.formats.memory import bytes_of


@pytest.mark.parametrize("amount", ["256MB", "1.5GiB", "64 KiB", "2TB"])
def test_as_duckdb_reads_it(amount: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{amount}'").fetchall()
        shown = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
    # DuckDB shows one decimal of a binary unit.
    assert bytes_of(amount) == pytest.approx(bytes_of(shown.replace("bytes", "B")), rel=0.05)


def test_a_kilobyte_and_a_kibibyte() -> None:
    assert (bytes_of("1KB"), bytes_of("1KiB"), bytes_of("0.5 MB")) == (1_000, 1_024, 500_000)


def test_what_is_no_amount() -> None:
    with pytest.raises(ValueError, match="'much' is not an amount of memory"):
        bytes_of("much")
