"""The command line: arguments in, words out. The only package that prints.

Imports of the rest of segdb are late, so that ``segdb --help`` does not wait for it.
"""

from __future__ import annotations

import click

from segdb.cli import ask, backtest, model, run, runs, share, web
from segdb.cli.as_json import JsonGroup


@click.group(cls=JsonGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="segdb")
def main() -> None:
    """Customer segments that live in the database.

    segdb turns a table of orders, a table of customers, or both, into segments: ordinary tables
    in DuckDB.

    With --json a command prints JSON on stdout and nothing else there. Of one that fails it is
    {"error": {"kind", "message", "exit_code"}, "warnings"}; the words go to stderr as always.
    """


for command in (
    run.run,
    run.refresh,
    run.init,
    run.demo,
    ask.query,
    runs.runs,
    runs.rollback,
    share.report,
    share.export,
    model.compile_sql,
    model.score,
    model.compare,
    backtest.backtest,
    web.serve,
):
    main.add_command(command)
