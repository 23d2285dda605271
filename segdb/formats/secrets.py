"""Secrets: passwords in the URL of a database, kept out of what is shown or stored."""

from __future__ import annotations

import re

# Behind the user in the URL, or among its parameters.
_PASSWORD = re.compile(r"(?<=\w://)([^:/@\s]*):[^/\s]*@|(password=)[^&\s\"']*", re.IGNORECASE)


def has_password(text: str) -> bool:
    """Whether a text holds a URL with a password."""
    return _PASSWORD.search(text) is not None


def without_passwords(text: str) -> str:
    """Return a text with "…" in the place of the passwords of URLs in it."""

    def hidden(match: re.Match[str]) -> str:
        return f"{match[1]}:…@" if match[2] is None else f"{match[2]}…"

    return _PASSWORD.sub(hidden, text)
