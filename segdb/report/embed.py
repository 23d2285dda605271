"""What goes into the page as it is: scripts, styles and JSON, and the policy that names them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# In a script element these could end it, or break a line of it.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def safe_json(value: Any) -> str:
    """Return JSON that no browser can mistake for markup inside of a script element.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def packed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec whose datasets are by column, each text once: half as long.

    ``report.js`` has the other half of this: it makes rows of them again.
    """
    return {
        **spec,
        "datasets": {name: _by_column(rows) for name, rows in spec["datasets"].items()},
    }


def _by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = list(rows[0]) if rows else []
    columns = [_column([row[name] for row in rows]) for name in names]
    return {"names": names, "columns": columns, "length": len(rows)}


def _column(values: list[Any]) -> Any:
    if not any(isinstance(value, str) for value in values):
        return values
    words = list(dict.fromkeys(values))
    places = {word: place for place, word in enumerate(words)}
    return {"words": words, "at": [places[value] for value in values]}


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return a content security policy under which these texts run, and nothing else.

    No request can leave the page, no form can be sent, and no other script or style counts.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(_hash(text) for text in scripts)}",
            f"style-src {' '.join(_hash(text) for text in styles)}",
            "img-src data:",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
