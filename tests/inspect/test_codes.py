"""Codes: which names say that numbers only name something."""

from __future__ import annotations

import pytest

from segdb.inspect.codes import is_code


@pytest.mark.parametrize(
    "name",
    [
        "Region", "REGION", "home_region", "StoreType", "channel", "Gender", "marital status",
        "MaritalStatus", "Familienstand", "Geschlecht", "Sexe", "género", "Kanal", "region_code",
        "Payment Method",
    ],
)  # fmt: skip
def test_a_name_of_a_code(name: str) -> None:
    assert is_code(name)


@pytest.mark.parametrize(
    "name",
    [
        "Age", "Income", "Kidhome", "Teenhome", "NumStorePurchases", "num_regions", "age group",
        "income group", "Response", "rating", "class", "household size", "Regional sales",
        "months in city", "",
    ],
)  # fmt: skip
def test_a_name_of_a_number(name: str) -> None:
    assert not is_code(name)
