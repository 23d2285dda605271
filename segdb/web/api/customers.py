"""GET customers/{id}."""

from __future__ import annotations

from flask import Blueprint, Response

from segdb.web.context import run
from segdb.web.customers import customer as customer_view
from segdb.web.json_answer import answer

api = Blueprint("api_customers", __name__)


@api.get("/customers/<path:customer_id>")
def customer(customer_id: str) -> Response:
    """Return a customer: segment, features, why, history and value."""
    view = run()
    found = customer_view(view, customer_id)
    features = {feature.name: found.row[feature.name] for feature in view.features}
    segments = view.model.segments
    return answer(
        {
            "run_id": view.run_id,
            "customer_id": found.row["customer_id"],
            **{name: found.row[name] for name in ("segment_id", "segment", "distance", "margin")},
            "features": features,
            "distances": found.distances,
            "decisions": [
                {"feature": one.feature, "speaks": one.speaks} for one in found.decisions
            ],
            "changes": [
                {
                    "feature": one.feature,
                    "value": one.value,
                    "segment_id": segments[one.place].segment_id,
                    "segment": segments[one.place].name,
                }
                for one in found.changes
            ],
            "history": found.stays,
            "value": found.value,
        }
    )
