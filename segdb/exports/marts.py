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
from segdb.contract.types import ibis_type
from segdb.exports.dialects import Dialect
from segdb.expressions.customer_segments import customer_segments as wide_table
from segdb.features.rfm import scored
from segdb.model import Model

WORDS = "segment_words"
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
                        type_name(ibis_type(c), into),
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
        {c.name: ibis_type(c) for c in contract.SEGMENT_PROFILES.columns if c.name not in LIVE},
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
    profiles = {column.name: ibis_type(column) for column in contract.SEGMENT_PROFILES.columns}
    return wide_table(
        ibis.table(segments, name="segments"),
        scored(ibis.table(features, name="features"), model.score_edges, model.rfm),
        ibis.table(profiles, name="segment_profiles"),
        model.catalogue.names,
    )
