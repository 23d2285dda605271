"""What reads what is published: open, query, report, diff and export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from segdb import named_queries
from segdb.api.arguments import checked
from segdb.api.database import (
    WAREHOUSE,
    DatabaseLike,
    opened,
    published_at,
    reading,
    shown_settings,
)
from segdb.engines.publishing.integrity import blaming_changes
from segdb.steps.progress import Notes, Progress

# A query waits for none of what the others need.
if TYPE_CHECKING:
    from segdb.api.result import Result
    from segdb.config.sections import Report
    from segdb.engines.protocol import Database
    from segdb.engines.reader import Reader
    from segdb.steps.lifecycle.diff_runs import Difference


@checked
def open(  # noqa: A001 - as in the standard library
    database: DatabaseLike = WAREHOUSE,
    *,
    schema: str = "segdb",
    sources: bool = False,
    wait: float = 0,
) -> Result:
    """Open what is published in a database file, for reading alone.

    Args:
        database: the DuckDB file, or the URL of a PostgreSQL server or Spark cluster.
        schema: where in it the segments are.
        sources: let ``segments_live`` read the files that the last run read, also where nothing
            proves that a run of this user read them.
        wait: seconds to go on trying while another process holds the file.

    Returns:
        The last published run. Close it, or use it in a ``with`` block.

    Raises:
        SegdbError: there is no such file, or no segments in it.
    """
    store = opened(database, wait=wait)
    try:
        return last_result(store, store.reader(schema, locked=True, sources=sources), schema)
    except BaseException:
        store.close()
        raise


def last_result(store: Database, reader: Reader, schema: str) -> Result:
    """Return the last run of an open database as a result, which closes the database.

    Args:
        store: opened for reading alone.
        reader: of its published tables.
        schema: where they are.
    """
    from segdb.api.result import Result
    from segdb.checks.warning import stored_warnings
    from segdb.steps.lifecycle.fitted_run import Outcome
    from segdb.steps.lifecycle.load_run import stored_run

    select = reader.select
    with store.refusals(), blaming_changes(store, schema):
        last = stored_run(store, schema)
        of_run = {"run": last.run_id}
        runs = select("SELECT * FROM runs WHERE run_id = $run", of_run).to_pylist()
        outcome = Outcome(
            run=runs[0],
            model=last.model,
            segments=select("SELECT * FROM segment_profiles ORDER BY segment_id").to_pylist(),
            reasons={},
            drift=select("SELECT * FROM run_drift WHERE run_id = $run", of_run).to_pylist(),
            warnings=stored_warnings(runs[0].get("warnings")),
        )
        return Result(store, shown_settings(store, schema), outcome, reader=reader)


@checked
def diff(
    before: int,
    after: int,
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    wait: float = 0,
) -> Difference:
    """Return what moved from one run to another: settings, segments, features, customers.

    Raises:
        SegdbError: there is no such run.
    """
    from segdb.steps.lifecycle.diff_runs import difference

    with published_at(database, schema, read_only=True, locked=True, wait=wait) as store:
        return difference(store, schema, before, after)


@checked
def export(
    folder: str | Path,
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    force: bool = False,
    wait: float = 0,
) -> tuple[Path, ...]:
    """Write the published tables to a folder as Parquet and CSV, with a README of their columns.

    Raises:
        SegdbError: nothing was published, or the folder holds files that segdb did not write.
    """
    from segdb.config.settings import Settings
    from segdb.report.export import export as export_tables

    settings = Settings().changed({"publish": {"schema": schema}})
    with reading(database, schema, wait) as reader:
        return export_tables(reader.own, settings, Path(folder), force=force)


@checked
def query(
    question: str,
    parameters: Mapping[str, str] = MappingProxyType({}),
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    sources: bool = False,
    progress: Progress | None = None,
    wait: float = 0,
) -> pa.Table:
    """Ask the published tables of a database file, and return the answer as Arrow.

    Args:
        question: a SELECT, or the name of a query that ``segdb query`` lists.
        parameters: of a named query, as texts.
        database: the DuckDB file, or the URL of a PostgreSQL server or Spark cluster.
        schema: where in it the segments are.
        sources: let ``segments_live`` read the files that the last run read, also where nothing
            proves that a run of this user read them.
        progress: hears of values that name nothing, where others do.
        wait: seconds to go on trying while another process holds the file.

    Raises:
        UserError: there is no such query, a parameter is not one, or the database refuses.
    """
    named = None if named_queries.is_sql(question) else named_queries.named(question)
    values = named.values(parameters) if named else {}
    with reading(database, schema, wait, sources=sources) as reader:
        if named is None:
            return reader.select(question)
        for words in named.check(values, reader.own):
            (progress or Notes()).note(words)
        return reader.own(named.on(schema), values)


@checked
def report(
    path: str | Path,
    *,
    form: Literal["html", "svg", "png"] = "html",
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    look: Report | None = None,
    force: bool = False,
    wait: float = 0,
) -> tuple[Path, ...]:
    """Write the report of what is published, or each of its charts as a picture.

    Args:
        path: the page, or the folder of the pictures.
        form: the page, or the kind of the pictures.
        database: the DuckDB file, or the URL of a PostgreSQL server or Spark cluster.
        schema: where in it the segments are.
        look: title, currency and examples; left out, as the last run was shown.
        force: write over files that segdb did not write.
        wait: seconds to go on trying while another process holds the file.

    Returns:
        The files.

    Raises:
        UserError: nothing was published, or a file cannot be written.
    """
    from segdb.config.sections import Report
    from segdb.config.settings import Settings
    from segdb.engines.output_files import refuse_foreign
    from segdb.report.page import render
    from segdb.report.pictures import write_pictures
    from segdb.report.write import write
    from segdb.steps.lifecycle.load_run import shown_as

    with reading(database, schema, wait) as reader:
        select = reader.own
        if look is None:
            last = select("SELECT settings FROM runs ORDER BY run_id DESC LIMIT 1").to_pylist()
            look = Report.model_validate(shown_as(last[0]["settings"]) if last else {})
        settings = Settings().changed({"publish": {"schema": schema}})
        settings = settings.model_copy(update={"report": look})
        if form != "html":
            return write_pictures(select, settings, Path(path), form, force=force)
        refuse_foreign([Path(path)], force=force)
        page = render(select, settings)
    return (write(Path(path), page),)
