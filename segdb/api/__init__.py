"""The Python door: all that the command line can do."""

from segdb.api.model import compare, compile, compile_dbt, score  # noqa: A004 - as the command
from segdb.api.publishing import refresh, rollback, run
from segdb.api.reading import diff, export, open  # noqa: A004 - as in the standard library
from segdb.api.result import Result

__all__ = [
    "Result",
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
