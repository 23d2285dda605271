"""dbt tests: those that a dbt package brings along."""

from __future__ import annotations

from typing import Any

from segdb import contract
from segdb.model import Model

_BETWEEN = """\
{% test segdb_between(model, column_name, least, most) %}
SELECT * FROM {{ model }} WHERE {{ column_name }} < {{ least }} OR {{ column_name }} > {{ most }}
{% endtest %}
"""
_ADDS_UP = """\
-- The sizes of the segments add up to the customers.
SELECT counted.customers
FROM (SELECT sum(customers) AS customers FROM {{ ref('segment_profiles') }}) AS counted
CROSS JOIN (SELECT count(*) AS customers FROM {{ ref('segments') }}) AS listed
WHERE counted.customers <> listed.customers
"""
_WIDE = """\
-- The wide table holds every customer once.
SELECT wide.customers
FROM (SELECT count(*) AS customers FROM {{ ref('customer_segments') }}) AS wide
CROSS JOIN (SELECT count(*) AS customers FROM {{ ref('segments') }}) AS listed
WHERE wide.customers <> listed.customers
"""


def files(heading: str) -> dict[str, str]:
    """Return the tests that are files, by path."""
    return {
        "tests/generic/segdb_between.sql": f"{{# {heading} #}}\n{_BETWEEN}",
        "tests/segdb_sizes_add_up.sql": f"-- {heading}\n{_ADDS_UP}",
        "tests/segdb_every_customer_once.sql": f"-- {heading}\n{_WIDE}",
    }


def column(table: contract.Table, name: str, model: Model) -> dict[str, Any]:
    """Return ``{"data_tests": …}`` of a column, or nothing."""
    dbt_checks: list[Any] = []
    if (name,) == table.key:
        dbt_checks += ["unique"]
    if name in {"customer_id", "segment_id", "segment", "distance", "customers"}:
        dbt_checks += ["not_null"]
    if name == "segment_id":
        dbt_checks += [_accepted([s.segment_id for s in model.segments], quote=False)]
        if table is not contract.SEGMENT_PROFILES:
            dbt_checks += [_refers("segment_profiles", "segment_id")]
    if name == "segment":
        dbt_checks += [_accepted([s.name for s in model.segments], quote=True)]
    if name in {"margin", "customer_share"}:
        dbt_checks += [{"segdb_between": {"arguments": {"least": 0, "most": 1}}}]
    return {"data_tests": dbt_checks} if dbt_checks else {}


def _accepted(values: list[Any], *, quote: bool) -> dict[str, Any]:
    return {"accepted_values": {"arguments": {"values": values, "quote": quote}}}


def _refers(table: str, field: str) -> dict[str, Any]:
    return {"relationships": {"arguments": {"to": f"ref('{table}')", "field": field}}}
