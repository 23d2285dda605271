"""Commands that share what was published: report and export."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from segdb.cli.guard import guarded
from segdb.cli.terminal import (
    CONFIG,
    NAME_ANOTHER,
    config_option,
    database_option,
    force_option,
    settings_of,
    wait_option,
)


@click.command()
@click.option("--output", type=click.Path(path_type=Path), help="Where to; left out: as set.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "svg", "png"]),
    default="html",
    show_default=True,
    help="The page, or each chart as a picture in a folder.",
)
@config_option
@database_option
@wait_option
@force_option
@guarded
def report(
    output: Path | None,
    form: Literal["html", "svg", "png"],
    config: Path | None,
    database: Path | None,
    wait: float,
    force: bool,
) -> None:
    """Write the report of what is published, without fitting anything."""
    from segdb.engines.duckdb.readonly_query import asking
    from segdb.engines.output_files import refuse_foreign
    from segdb.report.page import render
    from segdb.report.pictures import write_pictures
    from segdb.report.write import write
    from segdb.steps.lifecycle.load_run import shown_as

    settings = settings_of(config, database)
    with asking(Path(settings.publish.database), settings.publish.schema_, wait) as ask:
        if not config and not CONFIG.exists():
            # As the run was shown: its title and currency.
            last = ask("SELECT settings FROM runs ORDER BY run_id DESC LIMIT 1").to_pylist()
            if last:
                settings = settings.changed({"report": shown_as(last[0]["settings"])})
        if form != "html":
            folder = output or Path(settings.report.path).with_suffix("")
            files = write_pictures(ask, settings, folder, form, force=force)
            click.echo(f"Wrote {len(files)} pictures to {folder}.")
            return
        path = output or Path(settings.report.path)
        refuse_foreign([path], force=force, advice=NAME_ANOTHER)
        html = render(ask, settings)
    write(path, html)
    click.echo(f"Wrote {path} ({len(html.encode()) / 1e6:.2f} MB). It opens without a network.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@config_option
@database_option
@wait_option
@force_option
@guarded
def export(
    folder: Path, config: Path | None, database: Path | None, wait: float, force: bool
) -> None:
    """Write the published tables to FOLDER as Parquet and CSV, with a README of their columns."""
    from segdb.api import reading

    settings = settings_of(config, database)
    files = reading.export(
        folder,
        database=settings.publish.database,
        schema=settings.publish.schema_,
        force=force,
        wait=wait,
    )
    click.echo(f"Wrote {len(files)} files to {folder}.")
