"""Marts: the profiles of the segments and the wide table, which a dbt package holds as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis.backends.sql import datatypes
from sqlglot import exp

from segdb import contract
from segdb.exports.dialects import Dialect
from segdb.features.rfm import scored
from segdb.model import Model

DOUBLE = dt.float64
WORDS = "segment_words"
_TYPES: Mapping[str, dt.DataType] = {
    "INTEGER": dt.int32,
    "BIGINT": dt.int64,
    "DOUBLE": dt.float64,
    "VARCHAR": dt.string,
    "BOOLEAN": dt.boolean,
    "TIMESTAMP": dt.Timestamp(scale=6),
}
_MAPPERS = {
    "duckdb": datatypes.DuckDBType,
    "postgres": datatypes.PostgresType,
    "sqlite": datatypes.SQLiteType,
    "databricks": datatypes.DatabricksType,
    "bigquery": datatypes.BigQueryType,
    "snowflake": datatypes.SnowflakeType,
    "trino": datatypes.TrinoType,
    "clickhouse": datatypes.ClickHouseType,
    "mssql": datatypes.MSSQLType,
}
# Counted anew by the package; the rest of a profile is as the run found it.
LIVE = ("customers", "customer_share", "revenue", "revenue_share", "cohesion", "margin")


def column_type(column: contract.Column, key: dt.DataType) -> dt.DataType:
    """Return the type of a column of the contract, whose id is of type ``key``."""
    return key if column.type == contract.ID else _TYPES[column.type]


def type_name(kind: dt.DataType, into: Dialect) -> str:
    """Return what a dialect calls a type."""
    return str(_MAPPERS[into.compiler].to_string(kind))


def words(profiles: Sequence[Mapping[str, Any]], into: Dialect) -> str:
    """Return a SELECT of what the run found of each segment, as constants.

    Args:
        profiles: rows of ``segment_profiles``.
        into: the dialect.
    """
    columns = [c for c in contract.SEGMENT_PROFILES.columns if c.name not in LIVE]
    rows: list[exp.Query] = [
        exp.select(
            *(
                exp.alias_(
                    exp.cast(
                        exp.convert(row[c.name]),
                        type_name(_TYPES[c.type], into),
                        dialect=into.compiler,
                    ),
                    c.name,
                    quoted=True,
                )
                for c in columns
            )
        )
        for row in profiles
    ]
    together = rows[0]
    for row in rows[1:]:
        together = exp.union(together, row, distinct=False)
    return together.sql(dialect=into.compiler, pretty=True)


def segment_profiles(features: ibis.Schema, segments: ibis.Schema) -> ir.Table:
    """Return one row a segment: counted over the customers, with the words of the run."""
    members, own = ibis.table(segments, name="segments"), ibis.table(features, name="features")
    monetary = "monetary" in features
    known = members.join(own, members.customer_id == own.customer_id).select(
        segment_id=members.segment_id,
        distance=members.distance,
        margin=members.margin,
        revenue=own.monetary if monetary else ibis.null("float64"),
    )
    counted = known.group_by("segment_id").agg(
        customers=known.count(),
        revenue=known.revenue.sum(),
        cohesion=known.distance.mean(),
        margin=known.margin.mean(),
    )
    whole = known.agg(all_customers=known.count(), all_revenue=known.revenue.sum())
    said = ibis.table(
        {c.name: _TYPES[c.type] for c in contract.SEGMENT_PROFILES.columns if c.name not in LIVE},
        name=WORDS,
    )
    table = said.left_join(counted, said.segment_id == counted.segment_id).cross_join(whole)
    customers = table.customers.fill_null(0)
    none = 0.0 if monetary else ibis.null("float64")
    revenue = table.revenue.fill_null(none) if monetary else table.revenue
    places: dict[str, ir.Value] = {
        "customers": customers.cast("int64"),
        "customer_share": customers.cast("float64") / table.all_customers.nullif(0),
        "revenue": revenue,
        "revenue_share": revenue / table.all_revenue.nullif(0),
        "cohesion": table.cohesion,
        "margin": table.margin,
    }
    names = [column.name for column in contract.SEGMENT_PROFILES.columns]
    return table.select(**{name: places[name] if name in places else table[name] for name in names})


def customer_segments(features: ibis.Schema, segments: ibis.Schema, model: Model) -> ir.Table:
    """Return one row a customer: segment, features, scores and profile."""
    members = ibis.table(segments, name="segments")
    own = scored(ibis.table(features, name="features"), model.score_edges, model.rfm)
    profiles = ibis.table(
        {c.name: _TYPES[c.type] for c in contract.SEGMENT_PROFILES.columns},
        name="segment_profiles",
    )
    table = members.join(own, members.customer_id == own.customer_id).join(
        profiles, members.segment_id == profiles.segment_id
    )
    renamed = {"segment_customers": "customers", "segment_revenue": "revenue"}
    columns = [column.name for column in contract.CUSTOMER_SEGMENTS.columns]
    places: dict[str, ir.Value] = {name: profiles[name] for name in profiles.columns}
    places |= {new: profiles[old] for new, old in renamed.items()}
    places |= {name: own[name] for name in own.columns}
    places |= {name: members[name] for name in members.columns}
    shown = (*columns[:5], *model.catalogue.names, *columns[5:])
    return table.select(**{name: places[name] for name in shown})
