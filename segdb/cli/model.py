"""Commands that use or question the model: compile, score and compare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import done, guarded
from segdb.cli.terminal import (
    Terminal,
    config_option,
    database_option,
    force_option,
    json_option,
    settings_of,
    wait_option,
    width,
)
from segdb.exports.dialects import DIALECTS

if TYPE_CHECKING:
    from segdb.steps.use.score import Scored

run_option = click.option("--run", "run_id", type=int, help="Whose model; left out: the last.")


@click.command("compile")
@click.option("--dialect", default="duckdb", show_default=True, help=f"{', '.join(DIALECTS)}.")
@click.option("--stage", help="This stage alone; customer_value: customer value in its place.")
@click.option("--orders", help="The table to read orders from.")
@click.option("--customers", help="The table to read customers from.")
@click.option("--dbt", "folder", type=click.Path(path_type=Path), help="Write a dbt package here.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the SQL to this file.")
@run_option
@config_option
@database_option
@wait_option
@json_option
@force_option
@guarded
def compile_sql(
    dialect: str,
    stage: str | None,
    orders: str | None,
    customers: str | None,
    folder: Path | None,
    output: Path | None,
    run_id: int | None,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
    force: bool,
) -> None:
    """Print a run as one SELECT, with all that was learned in it, for any engine."""
    from segdb.api import model
    from segdb.api.files import check_target, save

    settings = settings_of(config, database)
    if output is not None:
        check_target(output, force=force, advice="Name another file with --output.")
    where: dict[str, Any] = {
        "database": settings.place,
        "schema": settings.publish.schema_,
        "dialect": dialect,
        "orders": orders,
        "customers": customers,
        "run_id": run_id,
        "wait": wait,
    }
    if folder is not None:
        paths = model.compile_dbt(folder, force=force, **where)
        if as_json:
            print_json({"folder": folder, "files": [str(path) for path in paths]})
            return
        click.echo(f"Wrote {len(paths)} files of a dbt package to {folder}.")
        return
    sql = model.compile(stage=stage, **where)
    written = None if output is None else save(output, sql)
    if as_json:
        print_json({"sql": sql, "output": written})
    else:
        click.echo(sql if written is None else f"Wrote {written}.")


@click.command()
@click.argument("source", required=False)
@click.option("--customers", help="Table of customers, where the run had one.")
@click.option("--as-of", type=click.DateTime(), help="Count days back from this moment.")
@click.option(
    "--into",
    default="scored_customers",
    show_default=True,
    help="A table of the schema, or a .csv, .tsv or .parquet file.",
)
@run_option
@config_option
@database_option
@wait_option
@json_option
@force_option
@guarded
def score(
    source: str | None,
    customers: str | None,
    as_of: Any,
    into: str,
    run_id: int | None,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
    force: bool,
) -> None:
    """Assign the customers of SOURCE by the stored model; the published tables stay."""
    from segdb.api import model

    settings = settings_of(config, database)
    listener = Terminal()
    try:
        scored = model.score(
            source,
            customers,
            database=settings.place,
            schema=settings.publish.schema_,
            into=into,
            run_id=run_id,
            as_of=as_of,
            progress=listener,
            force=force,
            wait=wait,
            engine=settings.engine,
        )
        done(f"The scores are written into {into}")
    finally:
        listener.done()
    _show(scored, into, as_json=as_json)


def _show(scored: Scored, place: str, *, as_json: bool) -> None:
    """Say what scoring did."""
    if as_json:
        summary = {
            "run_id": scored.run_id,
            "customers": scored.customers,
            "segments": scored.segments,
            "beyond_caps": scored.beyond_caps,
            "beyond_by_feature": scored.beyond_by_feature,
            "mean_margin": scored.mean_margin,
            "rejected": sum(scored.rejected.values()),
            "into": place,
        }
        print_json(summary)
        return
    width = max(len(segment) for segment in scored.segments)
    for segment, count in scored.segments.items():
        click.echo(f"{segment:<{width}} {count:>12,}")
    click.echo(
        f"{scored.customers:,} customers scored by run {scored.run_id} into {place}; "
        f"{_beyond(scored)}"
        f"mean margin {scored.mean_margin:.2f}."
    )


def _beyond(scored: Scored) -> str:
    """Say how many customers lie outside of what the model learned; empty without bounds."""
    if scored.beyond_caps is None:
        return ""
    if not scored.beyond_caps:
        return "none of them beyond what the model learned; "
    most = max(scored.beyond_by_feature, key=lambda name: scored.beyond_by_feature[name])
    return (
        f"{scored.beyond_caps:.1%} of them beyond what the model learned, most in {most} "
        f"({scored.beyond_by_feature[most]:.1%}); "
    )


@click.command()
@config_option
@database_option
@wait_option
@json_option
@guarded
def compare(config: Path | None, database: str | None, wait: float, as_json: bool) -> None:
    """Compare K-Means with Ward, DBSCAN, HDBSCAN and a Gaussian mixture on the same customers."""
    import pyarrow as pa

    from segdb.api import model
    from segdb.cli.table import grid

    settings = settings_of(config, database)
    schema = settings.publish.schema_
    compared = model.compare(
        database=settings.place, schema=schema, wait=wait, engine=settings.engine
    )
    done(f"The comparison is written into {settings.place}")
    if as_json:
        print_json(compared.rows)
        return
    rows = [{**row, "sizes": _sizes(row)} for row in compared.rows]
    shown = pa.Table.from_pylist(rows).drop_columns(["noise", "run_id"])
    click.echo(grid(shown, width()), nl=False)
    few = compared.compared < compared.customers
    click.echo(
        f"{compared.compared:,} {f'of {compared.customers:,} ' if few else ''}customers were "
        f"compared; the cluster of each is in {schema}.algorithm_labels."
    )


def _sizes(row: Mapping[str, Any]) -> str:
    """Write the sizes of an algorithm's clusters: "412, 280, 12 (+31 noise)"."""
    noise = f"+{row['noise']:,} noise"
    sizes = ", ".join(f"{size:,}" for size in row["sizes"])
    if not row["noise"]:
        return sizes
    return f"{sizes} ({noise})" if sizes else noise
