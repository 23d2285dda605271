"""The CDNOW sample as Fader, Hardie and Lee 2005 read it, in weeks or days of 1997."""

from __future__ import annotations

from pathlib import Path

import duckdb

# The calibration period ends here; orders of one day count once.
END = "1997-09-30"


def days_of(folder: Path, end: str = END) -> duckdb.DuckDBPyConnection:
    """Return a connection with ``days`` (id, day, paid) up to a day, and their ``histories``."""
    connection = duckdb.connect()
    path = folder / "CDNOW_sample.txt"
    connection.execute(
        "CREATE TABLE days AS "
        "WITH rows AS (SELECT regexp_split_to_array(trim(line), '\\s+') AS part "
        f"FROM read_csv('{path}', columns = {{'line': 'VARCHAR'}}, header = false, delim = '|')) "
        "SELECT part[2]::INTEGER AS id, strptime(part[3], '%Y%m%d')::DATE AS day, "
        "sum(part[5]::DOUBLE) AS paid FROM rows "
        f"WHERE strptime(part[3], '%Y%m%d') <= DATE '{end}' GROUP BY ALL"
    ).fetchall()
    connection.execute(
        "CREATE TABLE histories AS SELECT id, count(*) - 1 AS repeats, "
        f"max(day) - min(day) AS last, DATE '{end}' - min(day) AS observed, "
        "(sum(paid) - arg_min(paid, day)) / nullif(count(*) - 1, 0) AS amount "
        "FROM days GROUP BY id"
    ).fetchall()
    return connection
