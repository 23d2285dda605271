"""Commands that look back on runs: runs, runs diff, and rollback."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import done, guarded
from segdb.cli.terminal import (
    config_option,
    database_option,
    json_option,
    settings_of,
    wait_option,
    width,
)


@click.group(invoke_without_command=True)
@config_option
@database_option
@wait_option
@json_option
@click.pass_context
@guarded
def runs(
    context: click.Context, config: Path | None, database: str | None, wait: float, as_json: bool
) -> None:
    """List the runs that were published, with sizes and drift; `runs diff` compares two."""
    from segdb.api import reading
    from segdb.cli.table import grid

    if context.invoked_subcommand is not None:
        # Options may stand before the subcommand as well as behind it.
        given = {"config": config, "database": database, "wait": wait, "as_json": as_json}
        context.default_map = {context.invoked_subcommand: given}
        return
    settings = settings_of(config, database)
    database, schema = settings.place, settings.publish.schema_
    table = reading.query("runs", database=database, schema=schema, wait=wait)
    if as_json:
        print_json(table.to_pylist())
    else:
        click.echo(grid(table, width()), nl=False)


@runs.command()
@click.argument("before", type=int)
@click.argument("after", type=int)
@config_option
@database_option
@wait_option
@json_option
@guarded
def diff(
    before: int,
    after: int,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Show what moved from run BEFORE to run AFTER: settings, segments, features, customers."""
    from segdb.api import reading
    from segdb.cli import output

    settings = settings_of(config, database)
    differences = reading.diff(
        before,
        after,
        database=settings.place,
        schema=settings.publish.schema_,
        wait=wait,
    )
    if as_json:
        print_json({"before": before, "after": after, **asdict(differences)})
    else:
        click.echo(output.difference_text(differences, before, after, width()), nl=False)


@click.command()
@click.argument("run_id", metavar="RUN", type=int)
@config_option
@database_option
@wait_option
@json_option
@guarded
def rollback(
    run_id: int, config: Path | None, database: str | None, wait: float, as_json: bool
) -> None:
    """Publish the tables of an earlier RUN again, as a run of its own."""
    from segdb.api import publishing

    settings = settings_of(config, database)
    path, publish = settings.place, settings.publish
    row = publishing.rollback(
        run_id,
        database=path,
        schema=publish.schema_,
        keep_runs=publish.keep_runs,
        wait=wait,
        engine=settings.engine,
    )
    done(f"Run {row['run_id']} is published in {path}")
    if as_json:
        summary = {name: row[name] for name in ("run_id", "republishes", "as_of", "customers", "k")}
        print_json(summary)
        return
    click.echo(
        f"Run {run_id} is published again in {path}, as run {row['run_id']}: {row['k']} segments "
        f"of {row['customers']:,} customers. `segdb report` writes its report."
    )
