"""Stored rules: what finds each segment, as the run that learned the model published it."""

from __future__ import annotations

from segdb.contract import SEGMENT_PROFILES
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import has
from segdb.model import Model
from segdb.segment_rule import from_sql, to_sql


def stored_rules(store: Database, schema: str, model: Model) -> tuple[str | None, ...] | None:
    """Return the published rule of each segment, in the order of the model.

    The text is not run as it stands, since anyone may have written it: it is read, and written
    again.

    Args:
        store: the database, with a run of the model published.
        schema: where its tables are.
        model: the model.

    Returns:
        None where they are not there, or are not of segdb's form or of the model's features.
    """
    if not has(store, schema, SEGMENT_PROFILES, "segment_id", "rule"):
        return None
    table = store.stored(schema, SEGMENT_PROFILES.name)
    texts = {
        row["segment_id"]: row["rule"] for row in store.rows(table.select("segment_id", "rule"))
    }
    rules: list[str | None] = []
    for segment in model.segments:
        text = texts.get(segment.segment_id, "")
        rule = None if text is None else from_sql(text)
        names = {bounds.feature for part in rule or () for bounds in part}
        if rule == () or not names <= set(model.catalogue.names):
            return None
        rules.append(None if rule is None else to_sql(rule))
    return tuple(rules)
