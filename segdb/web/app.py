"""App: the page and its API as a WSGI application, all of it from one config."""

from __future__ import annotations

import atexit
import logging
import time
from pathlib import Path

from flask import Flask, Response, g, request, url_for
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from segdb.api.snapshots import Snapshots
from segdb.report.formatting import Forms
from segdb.report.page import TEMPLATES, filters
from segdb.web import context, problems, security
from segdb.web.api import assign, customers, document, health, lists, runs, segments
from segdb.web.config import WebConfig
from segdb.web.views import ask, assets, customer, list_builder, overview, session, what_if
from segdb.web.views import runs as runs_page
from segdb.web.views import segments as segments_page

_HERE = Path(__file__).parent
_log = logging.getLogger("segdb.web.access")
PAGES = (
    overview.pages,
    segments_page.pages,
    customer.pages,
    list_builder.pages,
    what_if.pages,
    ask.pages,
    runs_page.pages,
    session.pages,
    assets.pages,
)
API = (segments.api, customers.api, assign.api, lists.api, runs.api, health.api, document.api)


def create_app(config: WebConfig) -> Flask:
    """Return the page and its API.

    Args:
        config: what is shown, who may see it, and how much it may cost.
    """
    app = Flask("segdb.web", static_folder=None, template_folder=str(_HERE / "templates"))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    snapshots = Snapshots(
        config.database,
        schema=config.schema,
        engine=config.engine,
        readers=config.readers,
        seconds=config.seconds,
        wait=config.wait,
    )
    atexit.register(snapshots.close)
    _access_log(app)
    security.register(app, config)
    context.register(app, config, snapshots)
    problems.register(app)
    _templates(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    for blueprint in API:
        app.register_blueprint(blueprint, url_prefix="/api/v1")
    return app


def _templates(app: Flask) -> None:
    """Let the pages write values, and show sections, as the report does."""
    environment = app.jinja_env
    environment.autoescape = True
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.loader = ChoiceLoader(
        [FileSystemLoader(_HERE / "templates"), FileSystemLoader(TEMPLATES)]
    )

    def forms() -> Forms:
        return context.run().forms

    environment.globals["segment_url"] = _segment_url

    # Of the run that the request reads: its currency, and the moment it counts back from.
    environment.filters |= {
        **filters(Forms()),
        "money": lambda value: forms().money(value),
        "short": lambda value: forms().short(value),
        "measure": lambda value, unit: forms().measure(value, unit),
    }


def _segment_url(segment_id: int) -> str:
    return url_for("segments.segment", segment_id=segment_id)


def _access_log(app: Flask) -> None:
    """Log each request by its route: an address may hold the id of a customer."""

    @app.before_request
    def _begin() -> None:
        g.segdb_began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "(no page)"
        took = 1000 * (time.perf_counter() - g.get("segdb_began", time.perf_counter()))
        _log.info("%s %s %d %.0f ms", request.method, rule, response.status_code, took)
        return response
