"""segdb: customer segmentation that lives in the database."""

from typing import TYPE_CHECKING, Any

from segdb.errors import (
    DataError,
    GateError,
    LockedError,
    PublishError,
    SegdbError,
    SettingsError,
    SourceError,
    UserError,
)

if TYPE_CHECKING:
    from segdb.api import Result, refresh, run

__all__ = [
    "DataError",
    "GateError",
    "LockedError",
    "PublishError",
    "Result",
    "SegdbError",
    "SettingsError",
    "SourceError",
    "UserError",
    "refresh",
    "run",
]


def __getattr__(name: str) -> Any:
    # Late, so that `segdb --help` does not wait for scikit-learn.
    if name in {"Result", "refresh", "run"}:
        from segdb import api

        return getattr(api, name)
    raise AttributeError(f"module 'segdb' has no attribute {name!r}")
