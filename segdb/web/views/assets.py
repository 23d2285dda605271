"""Style and scripts: the report's and the page's own, all from this package."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

from segdb.report.bundle import bundle
from segdb.report.page import style, text

pages = Blueprint("assets", __name__)
_STATIC = Path(__file__).parent.parent / "static"
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def _content(name: str) -> str | None:
    match name:
        case "style.css":
            return f"{style()}\n{(_STATIC / 'page.css').read_text('utf-8')}"
        case "charts.js":
            return text("report.js")
        case "vega.js":
            return bundle()
        case "page.js" | "icon.svg":
            return (_STATIC / name).read_text("utf-8")
        case _:
            return None


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_content(name) or "").encode()).hexdigest()[:12]


@pages.app_template_global()
def asset_url(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    return url_for("assets.asset", name=name, v=_version(name))


@pages.get("/assets/<name>")
def asset(name: str) -> Response:
    """Return a style or a script."""
    content = _content(name)
    if content is None:
        abort(404)
    response = Response(content, mimetype=_KINDS[name.rpartition(".")[2]])
    response.set_etag(_version(name))
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.make_conditional(request)
    return response
