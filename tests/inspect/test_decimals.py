"""Decimals: amounts that are scaled are read as they stand, and sums of money stay exact."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from segdb.expressions.typed_source import typed
from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import FINE, USUAL, Reading
from tests.inspect.conftest import Tables

N = 200
SCALED = [f"0.0{283311 + 7 * n}" for n in range(N)]
MONEY = [f"{n}.{n % 100:02d}" for n in range(N)]


def revenue(table: Tables, ask: Ask, **columns: Sequence[Any]) -> tuple[int, Decimal]:
    """Return the decimals that amounts are read with, and their sum."""
    dates = [f"2024-01-{1 + n % 28:02d}" for n in range(N)]
    raw = table({"customer_id": [f"c{n % 9}" for n in range(N)], "date": dates, **columns})
    reading = infer_schema(raw, "o.csv", ask, "orders", SchemaHints()).reading
    assert Reading.from_dict(reading.to_dict()) == reading
    total = ask(typed(raw, reading).amount.sum().as_table()).to_pylist()[0]
    return reading.decimals, Decimal(next(iter(total.values())))


@pytest.mark.parametrize("native", [False, True])
def test_scaled_amounts_are_not_rounded(table: Tables, ask: Ask, native: bool) -> None:
    values = pa.array([float(text) for text in SCALED]) if native else SCALED
    decimals, total = revenue(table, ask, amount=values)
    assert (decimals, total) == (FINE, sum(map(Decimal, SCALED)))


def test_money_has_four_decimals(table: Tables, ask: Ask) -> None:
    assert revenue(table, ask, amount=MONEY) == (USUAL, sum(map(Decimal, MONEY)))


def test_what_a_double_leaves_of_money_is_no_decimal(table: Tables, ask: Ask) -> None:
    noisy = pa.array([0.1 * 3 * n + 1_000_000 * (n % 5) for n in range(N)])
    assert revenue(table, ask, amount=noisy)[0] == USUAL


def test_of_pieces_and_prices_the_product_counts(table: Tables, ask: Ask) -> None:
    pieces = pa.array([1 + n % 4 for n in range(N)])
    expected = sum(Decimal(text) * (1 + n % 4) for n, text in enumerate(SCALED))
    assert revenue(table, ask, quantity=pieces, unit_price=SCALED) == (FINE, expected)
    assert revenue(table, ask, quantity=pieces, unit_price=MONEY)[0] == USUAL


def test_what_is_beyond_all_money_is_none(table: Tables, ask: Ask) -> None:
    expected = sum(map(Decimal, MONEY[1:]))
    assert revenue(table, ask, amount=["1e300", *MONEY[1:]]) == (USUAL, expected)
    native = pa.array([1e300, *(float(text) for text in MONEY[1:])])
    assert revenue(table, ask, amount=native) == (USUAL, expected)


def test_of_pieces_and_prices_beyond_all_money(table: Tables, ask: Ask) -> None:
    pieces = pa.array([1e200, *[1.0] * (N - 1)])
    expected = sum(map(Decimal, MONEY[1:]))
    prices = ["1e200", *MONEY[1:]]
    assert revenue(table, ask, quantity=pieces, unit_price=prices) == (USUAL, expected)


def test_a_few_conversions_change_nothing(table: Tables, ask: Ask) -> None:
    assert revenue(table, ask, amount=["12.345678", *MONEY[1:]])[0] == USUAL
    assert revenue(table, ask, amount=pa.array(range(N)))[0] == USUAL


def test_a_reading_of_before_has_four() -> None:
    stored = Reading((), {}).to_dict()
    del stored["decimals"]
    assert Reading.from_dict(stored).decimals == USUAL
