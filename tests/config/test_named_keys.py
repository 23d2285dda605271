"""Every section and key that a message names, such as ``[clean] returns``, is in the settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from segdb.config.settings import Settings

PACKAGE = Path(__file__).resolve().parents[2] / "segdb"
# "[clean] returns", "[features.sql]": a section in brackets, and a key behind it.
_NAMED = re.compile(r"\[([a-z_]{3,})(?:\.([a-z_]+))?\](?: ([a-z_]+)(?= =|:))?")
# Of the playbook, of pip's extras, and of types and patterns.
_OTHERS = {"words", "traits", "demo", "excel", "bytes", "postgres", "spark", "web"}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the package that is no docstring, with its module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and node not in docstrings:
                yield path.relative_to(PACKAGE).as_posix(), ast.literal_eval(node)


def section(name: str) -> type[BaseModel] | None:
    field = Settings.model_fields.get(name)
    kind = field.annotation if field else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def keys(kind: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in kind.model_fields.items()}


def test_messages_name_keys_that_exist() -> None:
    wrong, right = [], 0
    for module, text in texts():
        for match in _NAMED.finditer(text):
            name, below, key = match.groups()
            kind = section(name)
            if name in _OTHERS:
                continue
            named = {part for part in (below, key) if part}
            if kind is None or not named <= keys(kind):
                wrong.append(f"{module}: {match[0]}")
            right += 1
    assert not wrong, "\n".join(wrong)
    assert right > 40
