"""The wide table: every column of the contract, from the table that it belongs to."""

from __future__ import annotations

import duckdb
import ibis

from segdb import contract
from segdb.contract.types import ibis_type
from segdb.expressions.customer_segments import customer_segments
from segdb.sql import to_sql

FEATURES = ("recency_days", "tier_of_plan")


def test_columns_come_from_their_own_tables() -> None:
    tables = {
        table: ibis.table(
            {
                **{c.name: ibis_type(c, ibis.dtype("string")) for c in table.columns},
                **(dict.fromkeys(FEATURES, "float64") if table.features else {}),
            },
            name=table.name,
        )
        for table in (contract.SEGMENTS, contract.CUSTOMER_FEATURES, contract.SEGMENT_PROFILES)
    }
    segments, features, profiles = tables.values()
    wide = customer_segments(segments, features, profiles, FEATURES)
    names = [column.name for column in contract.CUSTOMER_SEGMENTS.columns]
    assert wide.columns == (*names[:5], *FEATURES, *names[5:])
    with duckdb.connect() as connection:
        for table, relation in tables.items():
            # Each value says the table that it comes from, in a number or a text.
            place = list(tables).index(table) + 1
            values = ", ".join(
                f"CAST({'7' if name in ('customer_id', 'segment_id') else place} AS "
                f'{"VARCHAR" if kind.is_string() else "DOUBLE"}) AS "{name}"'
                for name, kind in relation.schema().items()
                if not kind.is_timestamp()
            )
            connection.execute(f"CREATE TABLE {table.name} AS SELECT {values}").fetchall()
        row = connection.execute(to_sql(wide)).fetchall()[0]
    found = {name: int(value) for name, value in zip(wide.columns, row, strict=True)}
    assert found["margin"] == 1
    assert found["recency_days"] == found["r_score"] == 2
    assert found["segment_customers"] == found["segment_revenue"] == found["action"] == 3
