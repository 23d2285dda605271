"""Customer segments: the wide table, one row a customer with segment, features and profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from segdb import contract

# Columns of a profile that would be taken for the customer's own.
_RENAMED: Mapping[str, str] = {"segment_customers": "customers", "segment_revenue": "revenue"}


def customer_segments(
    segments: ir.Table, features: ir.Table, profiles: ir.Table, names: Sequence[str]
) -> ir.Table:
    """Return ``customer_segments``.

    Args:
        segments: as published.
        features: ``customer_features``, with the scores.
        profiles: ``segment_profiles``.
        names: the features, which follow the margin.
    """
    table = segments.join(features, segments.customer_id == features.customer_id).join(
        profiles, segments.segment_id == profiles.segment_id
    )

    def value(name: str) -> ir.Value:
        if name in segments.columns:
            return segments[name]
        return features[name] if name in features.columns else profiles[_RENAMED.get(name, name)]

    columns = [column.name for column in contract.CUSTOMER_SEGMENTS.columns]
    place = columns.index("margin") + 1
    shown = (*columns[:place], *names, *columns[place:])
    return table.select(**{name: value(name) for name in shown})
