"""Commands that share what was published: report and export."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import guarded
from segdb.cli.terminal import (
    CONFIG,
    NAME_ANOTHER,
    config_option,
    database_option,
    force_option,
    json_option,
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
@json_option
@force_option
@guarded
def report(
    output: Path | None,
    form: Literal["html", "svg", "png"],
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
    force: bool,
) -> None:
    """Write the report of what is published, without fitting anything."""
    from segdb.api import reading
    from segdb.api.files import check_target

    settings = settings_of(config, database)
    path = output or Path(settings.report.path)
    if form == "html":
        check_target(path, force=force, advice=NAME_ANOTHER)
    elif output is None:
        path = path.with_suffix("")
    files = reading.report(
        path,
        form=form,
        database=settings.place,
        schema=settings.publish.schema_,
        # Without a file of settings as the run was shown: its title and currency.
        look=settings.report if config or CONFIG.exists() else None,
        force=force,
        wait=wait,
    )
    if as_json:
        print_json({"report": path, "files": [str(file) for file in files]})
        return
    if form != "html":
        click.echo(f"Wrote {len(files)} pictures to {path}.")
        return
    size = path.stat().st_size / 1e6
    click.echo(f"Wrote {path} ({size:.2f} MB). It opens without a network.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@config_option
@database_option
@wait_option
@json_option
@force_option
@guarded
def export(
    folder: Path,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
    force: bool,
) -> None:
    """Write the published tables to FOLDER as Parquet and CSV, with a README of their columns."""
    from segdb.api import reading

    settings = settings_of(config, database)
    files = reading.export(
        folder,
        database=settings.place,
        schema=settings.publish.schema_,
        force=force,
        wait=wait,
    )
    if as_json:
        print_json({"folder": folder, "files": [str(file) for file in files]})
        return
    click.echo(f"Wrote {len(files)} files to {folder}.")
