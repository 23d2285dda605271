"""segdb: customer segmentation that lives in the database."""

from importlib import import_module
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
    from segdb.api.model import (
        backtest,
        compare,
        compile,  # noqa: A004 - asked for as segdb.compile
        compile_dbt,
        score,
    )
    from segdb.api.publishing import refresh, rollback, run
    from segdb.api.reading import diff, export, open  # noqa: A004 - asked for as segdb.open
    from segdb.api.result import Result
    from segdb.api.settings_file import init
    from segdb.api.web import serve

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
    "backtest",
    "compare",
    "compile",
    "compile_dbt",
    "diff",
    "export",
    "init",
    "open",
    "refresh",
    "rollback",
    "run",
    "score",
    "serve",
]


# Late and apart, so that `import segdb` waits for no library, and a query not for scikit-learn.
_MODULES = {
    "model": ("backtest", "compare", "compile", "compile_dbt", "score"),
    "publishing": ("refresh", "rollback", "run"),
    "reading": ("diff", "export", "open"),
    "result": ("Result",),
    "settings_file": ("init",),
    "web": ("serve",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"segdb.api.{module}"), name)
    raise AttributeError(f"module 'segdb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
