"""The map in three dimensions, to be turned by two sliders."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import altair as alt

from segdb.charts.cells import choice
from segdb.charts.chart import Chart, Drawn, Field, Query, Rows, data, of_chosen
from segdb.charts.look import Look
from segdb.charts.theme import LINE, SOFT, SURFACE

CELLS = Query(
    "cells",
    """
WITH points AS (
    SELECT 'Components' AS map, segment_id, pc1 AS x, pc2 AS y, pc3 AS z FROM segdb.customer_map
),
box AS (
    SELECT
        map,
        min(x) AS left_x, max(x) - min(x) AS width,
        min(y) AS low_y, max(y) - min(y) AS height,
        min(z) AS near_z, max(z) - min(z) AS depth
    FROM points
    GROUP BY map
    HAVING max(x) > min(x) AND max(y) > min(y) AND max(z) > min(z)
),
placed AS (  -- every axis from -1 to 1
    SELECT
        map,
        segment_id,
        2 * (x - left_x) / width - 1 AS x,
        2 * (y - low_y) / height - 1 AS y,
        2 * (z - near_z) / depth - 1 AS z
    FROM points
    JOIN box USING (map)
),
fine AS (  -- 12 by 12 by 12 cells of each segment
    SELECT
        map,
        segment_id,
        floor(5.99 * (x + 1)) AS i,
        floor(5.99 * (y + 1)) AS j,
        floor(5.99 * (z + 1)) AS k,
        count(*) AS customers,
        sum(x) AS sum_x,
        sum(y) AS sum_y,
        sum(z) AS sum_z
    FROM placed
    GROUP BY ALL
),
coarse AS (  -- cells of fewer than 5 customers, pooled into 4 by 4 by 4
    SELECT
        map,
        segment_id,
        if(customers >= 5, i, -1 - i // 3) AS i,
        if(customers >= 5, j, -1 - j // 3) AS j,
        if(customers >= 5, k, -1 - k // 3) AS k,
        sum(customers) AS customers,
        sum(sum_x) AS sum_x,
        sum(sum_y) AS sum_y,
        sum(sum_z) AS sum_z
    FROM fine
    GROUP BY ALL
)
SELECT
    map,
    segment_id,
    segment,
    sum_x / coarse.customers AS x,
    sum_y / coarse.customers AS y,
    sum_z / coarse.customers AS z,
    coarse.customers::BIGINT AS customers
FROM coarse
JOIN segdb.segment_profiles USING (segment_id)
WHERE coarse.customers >= 5
QUALIFY row_number() OVER (PARTITION BY map ORDER BY coarse.customers DESC, x, y, z) <= 700
ORDER BY map, coarse.customers DESC, segment_id, x, y, z
""",
    (
        Field("map", "Axes"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("x", "Axis 1", "decimal"),
        Field("y", "Axis 2", "decimal"),
        Field("z", "Axis 3", "decimal"),
        Field("customers", "Customers", "customers"),
    ),
    shown=40,
)
