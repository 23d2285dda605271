"""Problems: what went wrong, as problem details (RFC 9457) to programs and as a page to people."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from segdb.errors import LockedError, NotPublishedError, SegdbError, UserError

_log = logging.getLogger("segdb.web")
_AGAIN = {"Retry-After": "2"}
API = "/api/"


class NotFoundError(UserError):
    """There is no such thing: a customer, a segment."""


class ProblemError(UserError):
    """A request that cannot be answered as it is.

    Attributes:
        status: of HTTP.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


_TITLES: Mapping[int, str] = {
    400: "This cannot be asked so",
    401: "A token is needed",
    403: "Not allowed",
    404: "There is no such thing",
    405: "Not in this way",
    409: "No run is published yet",
    413: "Too long",
    415: "JSON is needed",
    421: "Another host",
    500: "A fault of segdb",
    503: "Ask again in a moment",
}


def register(app: Flask) -> None:
    """Answer every error in words, and none with a trace of the program."""
    app.register_error_handler(SegdbError, _of_segdb)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return what went wrong: to a program as problem details, to a person as a page."""
    title = _TITLES.get(status, "This cannot be answered")
    if request.path.startswith(API):
        body = {"type": "about:blank", "title": title, "status": status, "detail": words}
        response = Response(json.dumps(body), status, mimetype="application/problem+json")
    else:
        page = "empty.html" if status == 409 else "problem.html"
        response = Response(render_template(page, title=title, words=words), status)
    response.headers.update(headers or {})
    return response


def _of_segdb(error: SegdbError) -> Response:
    if isinstance(error, ProblemError):
        return problem(error.status, str(error))
    if isinstance(error, NotFoundError):
        return problem(404, str(error))
    if isinstance(error, NotPublishedError):
        return problem(409, str(error))
    if isinstance(error, LockedError):
        words = "The segments are just being published, or many ask at once. Ask again in a moment."
        return problem(503, words, _AGAIN)
    if isinstance(error, UserError):
        return problem(400, str(error))
    _log.error("%s: %s", type(error).__name__, error)
    return problem(500, str(error))


def _of_http(error: HTTPException) -> Response:
    words = {
        404: "There is no page at this address.",
        405: f"This address takes no {request.method}.",
        413: "The request is longer than is taken. Send fewer rows at a time.",
        415: "Send JSON, with the header Content-Type: application/json.",
    }
    status = error.code or 500
    response = error.get_response()
    names = ("Allow", "Location")
    kept = {name: value for name, value in response.headers.items() if name in names}
    if status in (301, 302, 303, 307, 308):
        return Response("", status, headers=kept)
    return problem(status, words.get(status, "The request cannot be read."), kept)


def _unforeseen(error: Exception) -> Response:
    # The whole is for who runs the server, and says nothing of it to who asks.
    _log.error("A fault of segdb", exc_info=error)
    return problem(500, "Something went wrong in segdb, and the server's log says what.")
