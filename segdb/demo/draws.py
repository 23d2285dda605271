"""Random numbers in DuckDB's SQL that are the same on every run and any number of threads.

DuckDB's hash of several values combines them weakly: hash(x, 1) and hash(x, 2) differ by a
constant, and what is drawn from the one foretells the other. Its hash of one value mixes all
bits. So every number below is hash(key xor draw), with a key for each row.
"""

from __future__ import annotations

from collections.abc import Sequence


def bits(key: str, draw: int) -> str:
    """SQL of 64 random bits, UBIGINT: others for each ``draw``."""
    return f"hash(xor({key}, CAST({draw} AS UBIGINT)))"


def uniform(key: str, draw: int) -> str:
    """SQL of a number in [0, 1), DOUBLE: the upper 53 bits."""
    return f"(({bits(key, draw)} >> 11) * {2.0**-53:.17e})"


def normal(key: str, draw: int) -> str:
    """SQL of a standard normal number, DOUBLE (Box and Muller 1958), from the two halves."""
    drawn = bits(key, draw)
    radius = f"sqrt(-2 * ln((({drawn} >> 32) + 1) * {2.0**-32:.17e}))"
    return f"({radius} * cos(({drawn} & 4294967295) * {2.0**-31:.17e} * pi()))"


def below(limit: str, key: str, draw: int) -> str:
    """SQL of a whole number from 0 up to, and without, ``limit``, BIGINT."""
    return f"CAST({bits(key, draw)} % {limit} AS BIGINT)"


def one_of(values: Sequence[str], key: str, draw: int) -> str:
    """SQL of one of the texts, VARCHAR."""
    texts = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"([{texts}])[1 + {below(str(len(values)), key, draw)}]"
