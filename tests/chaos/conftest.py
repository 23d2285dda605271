"""The kills run when they are asked for by name (``make chaos``), and not with every test."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = any("chaos" in str(argument) for argument in config.args)
    inside = HERE in collection_path.parents
    return True if inside and not asked else None
