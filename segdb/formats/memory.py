"""Memory: amounts such as "256MB", written as DuckDB writes them."""

from __future__ import annotations

import re

# Pydantic's pattern of a setting, and how the setting says what it wants.
PATTERN = r"^\d+(\.\d+)? ?[KMGT]i?B$"
WORDS = 'an amount of memory, such as "2GB" or "500MB"'

# Of the compact matrix that Python may hold, where the settings say nothing.
MATRIX_MEMORY = "256MB"

_POWERS = {unit: power for power, unit in enumerate("KMGT", start=1)}


def bytes_of(amount: str) -> int:
    """Return the bytes of an amount: "1KB" is 1000, and "1KiB" is 1024.

    Raises:
        ValueError: it is no such amount.
    """
    parts = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT])(i?)B", amount)
    if parts is None:
        raise ValueError(f"{amount!r} is not {WORDS}")
    return int(float(parts[1]) * (1024 if parts[3] else 1000) ** _POWERS[parts[2]])
