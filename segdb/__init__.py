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
    from segdb.api import (
        compare,
        compile,  # noqa: A004 - asked for as segdb.compile
        compile_dbt,
        diff,
        export,
        open,  # noqa: A004 - asked for as segdb.open
        refresh,
        rollback,
        run,
        score,
    )
    from segdb.api.result import Result

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
    "compare",
    "compile",
    "compile_dbt",
    "diff",
    "export",
    "open",
    "refresh",
    "rollback",
    "run",
    "score",
]


def __getattr__(name: str) -> Any:
    # Late, so that `segdb --help` does not wait for scikit-learn.
    if name in __all__:
        from segdb import api

        return getattr(api, name)
    raise AttributeError(f"module 'segdb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
