"""YAML as dbt reads it: mappings, lists and scalars, every text in double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_OPENS = re.compile(r"\{(?=[{%#])")


def to_yaml(value: Mapping[str, Any], heading: str = "") -> str:
    """Return a mapping as YAML, with a comment above."""
    comment = "".join(f"# {line}\n" for line in heading.splitlines())
    return comment + "\n".join(_lines(value)) + "\n"


def plain(text: str) -> str:
    """Return a text that dbt's Jinja gives back as it was."""
    return _OPENS.sub("{{ '{' }}", text)


def _lines(value: Any) -> list[str]:
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_nested(inner):
                lines += [f"{key}:", *(f"  {line}" for line in _lines(inner))]
            else:
                lines.append(f"{key}: {_scalar(inner)}")
        return lines
    for inner in value:
        first, *rest = _lines(inner) if _is_nested(inner) else [_scalar(inner)]
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return lines


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str) and bool(value)


def _scalar(value: Any) -> str:
    # JSON is YAML.
    return json.dumps(value, ensure_ascii=False)
