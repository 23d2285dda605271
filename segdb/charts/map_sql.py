"""SQL of the maps: customers pooled into cells of their segment, of five at least.

Parts of queries, to be put together: what is behind ``points`` and ``placed`` is the same for
every choice of axes.
"""

from __future__ import annotations

# The upper bounds of capping: r, f and m.
BOUNDS = """
WITH bounds AS (
    SELECT
        any_value("upper") FILTER (feature = 'recency_days') AS r,
        any_value("upper") FILTER (feature = 'frequency') AS f,
        any_value("upper") FILTER (feature = 'monetary') AS m
    FROM segdb.feature_parameters
),
"""
_FLAT = """
box AS (  -- as many cells across as the customers can fill, from 5 to 28
    SELECT
        axes,
        min(u) AS left_x,
        max(u) - min(u) AS width,
        min(v) AS low_y,
        max(v) - min(v) AS height,
        least(28, greatest(5, sqrt(count(*) / 8)))::INTEGER - 0.001 AS cells,
        greatest(5, count(*) / 800) AS fewest
    FROM placed
    GROUP BY axes
    HAVING max(x) > min(x) AND max(y) > min(y)
),
fine AS (
    SELECT
        axes,
        segment_id,
        floor(cells * (u - left_x) / width) AS i,
        floor(cells * (v - low_y) / height) AS j,
        any_value(fewest) AS fewest,
        count(*) AS customers,
        sum(x) AS sum_x,
        sum(y) AS sum_y
    FROM placed
    JOIN box USING (axes)
    GROUP BY axes, segment_id, i, j
),
pooled AS (  -- cells of fewer than 5, or one in 800, become parts of cells four times as wide
    SELECT
        axes,
        segment_id,
        if(customers >= fewest, i, -1 - floor(i / 4)) AS i,
        if(customers >= fewest, j, -1 - floor(j / 4)) AS j,
        sum(customers)::BIGINT AS customers,
        sum(sum_x) / sum(customers) AS x,
        sum(sum_y) / sum(customers) AS y
    FROM fine
    GROUP BY ALL
)
SELECT axes, segment_id, segment, x, y, pooled.customers
FROM pooled
JOIN segdb.segment_profiles USING (segment_id)
WHERE pooled.customers >= 5
"""
_SPACE = """
box AS (  -- as many cells across as the customers can fill, from 4 to 12
    SELECT
        quantile_cont(x, 0.01) AS left_x, quantile_cont(x, 0.99) - left_x AS width,
        quantile_cont(y, 0.01) AS low_y, quantile_cont(y, 0.99) - low_y AS height,
        quantile_cont(z, 0.01) AS near_z, quantile_cont(z, 0.99) - near_z AS depth,
        least(12, greatest(4, cbrt(count(*) / 4)))::INTEGER - 0.001 AS cells,
        greatest(5, count(*) / 600) AS fewest
    FROM points
    HAVING width > 0 AND height > 0 AND depth > 0
),
placed AS (  -- every axis from 0 to 1; the outermost hundredths are drawn on the sides
    SELECT
        segment_id,
        cells,
        fewest,
        greatest(0, least(1, (x - left_x) / width)) AS x,
        greatest(0, least(1, (y - low_y) / height)) AS y,
        greatest(0, least(1, (z - near_z) / depth)) AS z
    FROM points, box
),
fine AS (
    SELECT
        segment_id,
        floor(cells * x) AS i,
        floor(cells * y) AS j,
        floor(cells * z) AS k,
        any_value(fewest) AS fewest,
        count(*) AS customers,
        sum(x) AS sum_x,
        sum(y) AS sum_y,
        sum(z) AS sum_z
    FROM placed
    GROUP BY segment_id, i, j, k
),
pooled AS (  -- cells of fewer than 5, or one in 600, become parts of cells three times as wide
    SELECT
        segment_id,
        if(customers >= fewest, i, -1 - floor(i / 3)) AS i,
        if(customers >= fewest, j, -1 - floor(j / 3)) AS j,
        if(customers >= fewest, k, -1 - floor(k / 3)) AS k,
        sum(customers)::BIGINT AS customers,
        2 * sum(sum_x) / sum(customers) - 1 AS x,
        2 * sum(sum_y) / sum(customers) - 1 AS y,
        2 * sum(sum_z) / sum(customers) - 1 AS z
    FROM fine
    GROUP BY ALL
)
SELECT segment_id, segment, x, y, z, pooled.customers
FROM pooled
JOIN segdb.segment_profiles USING (segment_id)
WHERE pooled.customers >= 5
ORDER BY pooled.customers DESC, segment_id, x, y, z
LIMIT 700
"""


def flat(placed: str, order: str, before: str = "") -> str:
    """Return the SELECT of (axes, segment_id, segment, x, y, customers), a row a cell.

    Args:
        placed: CTEs, the last of them ``placed``: (axes, segment_id), (x, y) as they are drawn,
            and (u, v), by which they are cut into cells.
        order: of the axes.
        before: CTEs that it reads.
    """
    return (
        f"{before}{placed.strip()},{_FLAT}ORDER BY {order}, pooled.customers DESC, segment_id, x, y"
    )


def space(points: str, before: str = "") -> str:
    """Return the SELECT of (segment_id, segment, x, y, z, customers), at most 700 cells.

    Args:
        points: CTEs, the last of them ``points``: (segment_id, x, y, z).
        before: CTEs that it reads.
    """
    return f"{before}{points.strip()},{_SPACE}"
