"""The published tables as Parquet and CSV, with a page that explains their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from segdb import contract
from segdb.compile import literal, quoted
from segdb.contract.table import ID, Table
from segdb.errors import UserError
from segdb.report.facts import last_run
from segdb.report.published import Ask, Published
from segdb.report.write import folder, write
from segdb.settings import Settings

# The sentences of the features, which the contract cannot know.
_COMMENTS = """
SELECT column_name, comment FROM duckdb_columns()
WHERE table_name = 'customer_features' AND schema_name = """
# A cell that begins so is run as a formula by a spreadsheet; an apostrophe makes it text. What is
# a number, with its sign, stays what it is.
_FORMULA = r"^\s*[=+\-@\t\r＝＋－＠]"
_NUMBER = r"^[+-]?[0-9]*[.,]?[0-9]+([eE][+-]?[0-9]+)?$"


def export(ask: Ask, settings: Settings, path: Path) -> tuple[Path, ...]:
    """Write every published table as Parquet and CSV, and a README, and return the files.

    Views are written as well: they are tables to whoever reads them.

    Args:
        ask: runs one SELECT on the database of the published tables.
        settings: for the schema.
        path: the folder.

    Raises:
        UserError: nothing was published, or a file cannot be written.
    """
    published = Published(ask, settings.publish.schema_)
    run = last_run(published)[0]
    folder(path)
    written: list[Path] = []
    there = [table for table in contract.TABLES if table.name in published.tables]
    columns: dict[str, pa.Schema] = {}
    for table in there:
        # The live view reads the source, which need not be there any more.
        if table.name == "segments_live":
            continue
        rows = published.arrow(f"SELECT * FROM segdb.{quoted(table.name)}")  # noqa: S608 - contract
        columns[table.name] = rows.schema
        written += _files(rows, path / table.name)
    comments = published.rows(_COMMENTS + literal(settings.publish.schema_))
    sentences = {row["column_name"]: row["comment"] for row in comments if row["comment"]}
    names = [table for table in there if table.name in columns]
    told = readme(names, columns, sentences, int(run["run_id"]))
    written.append(write(path / "README.md", told))
    return tuple(written)


def harmless(rows: pa.Table) -> pa.Table:
    """Return a table whose texts no spreadsheet runs as a formula."""
    columns = []
    for column in rows.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            risky = pc.and_not(
                pc.match_substring_regex(column, _FORMULA),
                pc.match_substring_regex(column, _NUMBER),
            )
            marked = pc.binary_join_element_wise("'", column, "")
            columns.append(pc.if_else(pc.fill_null(risky, False), marked, column))
        else:
            columns.append(column)
    names = [_harmless_name(name) for name in rows.column_names]
    return pa.table(columns, names=names)


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


def _files(rows: pa.Table, stem: Path) -> list[Path]:
    parquet, csv = stem.with_suffix(".parquet"), stem.with_suffix(".csv")
    for file, save in ((parquet, _save_parquet), (csv, _save_csv)):
        beside = file.with_name(f".{file.name}.part")
        try:
            save(rows, beside)
            beside.replace(file)
        except OSError as error:
            raise UserError(f"{file} cannot be written: {error.strerror or error}.") from None
        finally:
            beside.unlink(missing_ok=True)
    return [parquet, csv]


def _save_parquet(rows: pa.Table, path: Path) -> None:
    pyarrow.parquet.write_table(rows, path, compression="zstd")


def _save_csv(rows: pa.Table, path: Path) -> None:
    pyarrow.csv.write_csv(harmless(rows), path)


def _harmless_name(name: str) -> str:
    return f"'{name}" if name[:1] in set("=+-@\t\r") else name


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
