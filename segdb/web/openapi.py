"""OpenAPI: the API as a document for programs, version 3.1."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

Schema = dict[str, Any]

_NUMBER: Schema = {"type": ["number", "null"]}
_TEXT: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer"}
_FEATURES: Schema = {
    "type": "object",
    "description": "Features of the model by name, natural units; what is left out is filled.",
    "additionalProperties": _NUMBER,
}
_ASSIGNED: Schema = {
    "segment_id": _COUNT,
    "segment": {"type": "string"},
    "distance": {"type": "number"},
    "margin": {"type": "number"},
}
_LIST_FILTER = (
    "segment (number or name, may be repeated), entered=yes (moved there with the last run), "
    "min.FEATURE and max.FEATURE, of a feature, of margin, and of expected_value, "
    "expected_orders, p_alive and value_at_risk"
)


def document() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "segdb",
            "version": version("segdb"),
            "description": "Customer segments of the last published run. Each answer is of one "
            "run, whose number it has. Errors are problem details (RFC 9457).",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{}, {"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
            "responses": {"Problem": _problem("What went wrong, and what to do.")},
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "/segments": {"get": _get("segments", "Every segment, in order of value.", "Segments")},
        "/segments/{segment_id}": {
            "get": _get("segment", "One segment with its features and outcomes.", "Segment")
            | {"parameters": [_path("segment_id", {"type": "integer", "minimum": 0})]}
        },
        "/customers/{customer_id}": {
            "get": _get("customer", "A customer, with why and history.", "Customer")
            | {"parameters": [_path("customer_id", {"type": "string", "minLength": 1})]}
        },
        "/assign": {"post": _post("assign", "The segment of each row.", "Rows", "Assigned")},
        "/lists/preview": {
            "post": _post("preview", "How many a filter finds, and a few.", "Filter", "Preview")
        },
        "/lists.csv": {
            "get": {
                "operationId": "list_csv",
                "summary": f"The customers that a filter finds, as CSV: {_LIST_FILTER}.",
                "parameters": [
                    {
                        "name": "filter",
                        "in": "query",
                        "style": "form",
                        "explode": True,
                        "schema": {"$ref": "#/components/schemas/Filter"},
                    }
                ],
                "responses": {
                    "200": {"description": "CSV.", "content": {"text/csv": {"schema": {}}}},
                    "default": {"$ref": "#/components/responses/Problem"},
                },
            }
        },
        "/runs": {"get": _get("runs", "The runs that were published.", "Runs")},
        "/healthz": {"get": _get("healthz", "Whether the server answers.", "Health")},
        "/openapi.json": {"get": _get("document", "This document.", "Any")},
    }


def _schemas() -> dict[str, Any]:
    rows = {"type": "array", "items": {"type": "object"}}
    segment = {"segment_id": _COUNT, "segment": {"type": "string"}, "customers": _COUNT}
    return {
        "Any": {"type": "object"},
        "Rows": {"oneOf": [_FEATURES, {"type": "array", "items": _FEATURES, "minItems": 1}]},
        "Assigned": {
            "oneOf": [
                _object({"run_id": _COUNT, **_ASSIGNED}),
                _object({"run_id": _COUNT, "rows": {"type": "array", "items": _object(_ASSIGNED)}}),
            ]
        },
        "Filter": {
            "type": "object",
            "description": _LIST_FILTER,
            "additionalProperties": {"type": ["number", "string", "boolean", "array", "null"]},
        },
        "Preview": _object(
            {
                "run_id": _COUNT,
                "customers": _COUNT,
                "revenue": _NUMBER,
                "expected": _NUMBER,
                "sample": rows,
                "sql": {"type": "string"},
            }
        ),
        "Segments": _object(
            {"run_id": _COUNT, "segments": {"type": "array", "items": _object(segment)}}
        ),
        "Segment": _object({"run_id": _COUNT, **segment, "features": rows}),
        "Customer": _object(
            {
                "run_id": _COUNT,
                "customer_id": {},
                **_ASSIGNED,
                "features": {"type": "object"},
                "distances": rows,
                "decisions": rows,
                "changes": rows,
                "history": rows,
                "value": {"type": ["object", "null"]},
            }
        ),
        "Runs": _object({"run_id": _COUNT, "runs": rows}),
        "Health": _object({"status": {"const": "ok"}, "run_id": {"type": ["integer", "null"]}}),
        "Problem": _object(
            {"type": {"type": "string"}, "title": _TEXT, "status": _COUNT, "detail": _TEXT}
        ),
    }


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _content(name: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _get(name: str, summary: str, schema: str) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": _content(schema)},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _post(name: str, summary: str, sent: str, schema: str) -> Schema:
    return {
        **_get(name, summary, schema),
        "requestBody": {"required": True, "content": _content(sent)},
    }


def _path(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _problem(words: str) -> Schema:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": reference}}}
