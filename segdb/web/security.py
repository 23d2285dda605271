"""Security: which requests are answered at all, and what a browser may do with the answers."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from segdb.web.config import WebConfig
from segdb.web.problems import API, ProblemError

CSRF = "csrf"
_OPEN = {"session.login", "session.enter", "assets.asset", "health.healthz"}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask, config: WebConfig) -> None:
    """Check each request before it is answered, and mark each answer."""
    app.secret_key = secrets.token_bytes(32)
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_NAME=f"segdb_{config.port}",
        MAX_CONTENT_LENGTH=config.body_bytes,
        MAX_FORM_MEMORY_SIZE=config.body_bytes,
        MAX_FORM_PARTS=200,
    )

    @app.before_request
    def _check() -> Answer | None:
        _check_host(config)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _check_origin()
        if config.token is not None and request.endpoint not in _OPEN and not _known(config.token):
            if request.path.startswith(API):
                raise ProblemError(401, "Send the header Authorization: Bearer TOKEN.")
            return redirect(url_for("session.login"))
        if request.method == "POST" and not request.path.startswith(API):
            _check_form()
        return None

    @app.after_request
    def _mark(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.jinja_env.globals["csrf"] = form_token


def matches(given: str, token: str) -> bool:
    """Whether a token is the right one, in a time that says nothing of it."""
    return hmac.compare_digest(given.encode(), token.encode())


def form_token() -> str:
    """Return the token that each form of this session sends along."""
    if CSRF not in session:
        session[CSRF] = secrets.token_urlsafe(24)
    return str(session[CSRF])


def _check_host(config: WebConfig) -> None:
    """Refuse a name that someone else's name server made out to be this machine."""
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        host = ""
    if host.lower() not in config.allowed_hosts:
        raise ProblemError(
            421,
            "The page is not asked for by this name, which is not among the hosts that it allows.",
        )


def _check_origin() -> None:
    """Refuse what a page of another site sends."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("Host")
    if foreign or site not in ("none", "same-origin"):
        raise ProblemError(403, "The request came from another site.")


def _check_form() -> None:
    given = request.form.get(CSRF, "")
    if CSRF not in session or not matches(given, str(session[CSRF])):
        raise ProblemError(403, "The form is out of date. Go back, load the page anew and send it.")


def _known(token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return matches(given.strip(), token)
    # The key of sessions is new at each start, so that no older one counts.
    return bool(session.get("known")) and current_app.secret_key is not None
