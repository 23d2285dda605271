"""The published tables as Parquet and CSV, with a page that explains their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from segdb import contract
from segdb.config.settings import Settings
from segdb.contract.table import ID, Table
from segdb.engines.output_files import MARK, PARQUET_KEY, is_ours, refuse_foreign, replacing
from segdb.errors import UserError
from segdb.formats.formulas import harmless
from segdb.report.facts import last_run
from segdb.report.published import Ask, Published
from segdb.report.write import folder, write
from segdb.sql_text import literal, quoted

README = "README.md"

# The sentences of the features, which the contract cannot know.
_COMMENTS = """
SELECT column_name, comment FROM duckdb_columns()
WHERE table_name = 'customer_features' AND schema_name = """


def export(ask: Ask, settings: Settings, path: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write every published table as Parquet and CSV, and a README, and return the files.

    Views are written as well: they are tables to whoever reads them.

    Args:
        ask: runs one SELECT on the database of the published tables.
        settings: for the schema.
        path: the folder.
        force: write over files that are not of an export, too.

    Raises:
        UserError: nothing was published, or a file cannot be written.
    """
    published = Published(ask, settings.publish.schema_)
    run = last_run(published)[0]
    _check(path, force=force)
    folder(path)
    written: list[Path] = []
    tables = [table for table in contract.TABLES if table.name in published.tables]
    columns: dict[str, pa.Schema] = {}
    for table in tables:
        # The live view reads the source, which need not be there any more.
        if table.name == "segments_live":
            continue
        rows = published.arrow(f"SELECT * FROM segdb.{quoted(table.name)}")  # noqa: S608 - contract
        columns[table.name] = rows.schema
        written += _files(rows, path, table.name)
    comments = published.rows(_COMMENTS + literal(settings.publish.schema_))
    sentences = {row["column_name"]: row["comment"] for row in comments if row["comment"]}
    names = [table for table in tables if table.name in columns]
    page = readme(names, columns, sentences, int(run["run_id"]))
    written.append(write(path / README, page))
    return tuple(written)


def readme(
    tables: Sequence[Table],
    columns: Mapping[str, pa.Schema],
    sentences: Mapping[str, str],
    run_id: int,
) -> str:
    """Return a page in Markdown with every table and column, from the contract.

    Args:
        tables: those that were written.
        columns: of each table, what it has in this database.
        sentences: of each feature, what it is.
        run_id: the run they are of.
    """
    lines = [
        f"<!-- {MARK}: `segdb export` writes over it. -->",
        "# Customer segments",
        "",
        (
            f"The published tables of run {run_id}, each as Parquet and as CSV. In the CSV a text "
            "that a spreadsheet would run as a formula begins with an apostrophe."
        ),
    ]
    for table in tables:
        lines += ["", f"## {table.name}", "", f"One row a {table.row}. {table.sentence}", ""]
        lines += ["| column | type | unit | what it is |", "|---|---|---|---|"]
        known = {column.name: column for column in table.columns}
        for field in columns[table.name]:
            column = known.get(field.name)
            if column is None:
                cells = (f"`{field.name}`", str(field.type), "", sentences.get(field.name, ""))
            else:
                kind = str(field.type) if column.type == ID else column.type.lower()
                cells = (f"`{field.name}`", kind, column.unit, column.sentence)
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _check(path: Path, *, force: bool) -> None:
    """Refuse a folder in which the export would write over files that are not of an export.

    A CSV has no room for a mark: it is ours where the Parquet file of the same table is.
    """
    names = [table.name for table in contract.TABLES]
    foreign = [path / f"{name}.parquet" for name in names] + [path / README]
    foreign += [
        path / f"{name}.csv"
        for name in names
        if not (path / f"{name}.parquet").is_file() or not is_ours(path / f"{name}.parquet")
    ]
    refuse_foreign(foreign, force=force, advice="Name an empty folder.")


def _files(rows: pa.Table, path: Path, name: str) -> list[Path]:
    files = [path / f"{name}.parquet", path / f"{name}.csv"]
    for file, save in zip(files, (_save_parquet, _save_csv), strict=True):
        try:
            with replacing(file) as temporary:
                save(rows, temporary)
        except OSError as error:
            raise UserError(f"{file} cannot be written: {error.strerror or error}.") from None
    return files


def _save_parquet(rows: pa.Table, path: Path) -> None:
    marked = rows.replace_schema_metadata({**(rows.schema.metadata or {}), PARQUET_KEY: MARK})
    pyarrow.parquet.write_table(marked, path, compression="zstd")


def _save_csv(rows: pa.Table, path: Path) -> None:
    pyarrow.csv.write_csv(harmless(rows), path)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
