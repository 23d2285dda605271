"""The page that asks for the token, where there is one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from segdb.web.context import config
from segdb.web.security import matches

pages = Blueprint("session", __name__)


@pages.get("/login")
def login() -> str:
    """Ask for the token."""
    return render_template("login.html", wrong=False)


@pages.post("/login")
def enter() -> Response | tuple[str, int]:
    """Let in who knows the token."""
    token = config().token
    if token is not None and not matches(request.form.get("token", ""), token):
        return render_template("login.html", wrong=True), 401
    session["known"] = True
    return redirect(url_for("overview.overview"))
