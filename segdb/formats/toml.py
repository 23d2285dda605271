"""TOML: values and keys as a line of the settings has them."""

from __future__ import annotations

import json
import re


def toml_value(value: object) -> str:
    """Return a text, number, truth value or list as TOML; JSON's escapes are TOML's."""
    listed = list(value) if isinstance(value, tuple) else value
    return json.dumps(listed, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(name: str) -> str:
    """Return a name as a key, in quotes where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_value(name)
