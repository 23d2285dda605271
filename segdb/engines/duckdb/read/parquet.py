"""Parquet: files as a view, their columns by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read.files import Files
from segdb.engines.duckdb.read.nested import flattened
from segdb.engines.duckdb.read.union import common_names, differences
from segdb.engines.raw_source import Raw

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB


def read_parquet(store: DuckDB, relation: str, source_files: Files, options: FileOptions) -> Raw:
    """Make Parquet files a view; a table where they are temporary copies.

    Raises:
        SourceError: their columns differ, and the settings do not say that they may.
    """
    union, differ = "", ""
    if len(source_files.paths) > 1:
        layouts = store.connection.execute(
            "SELECT file_name, list(name ORDER BY name), list(type ORDER BY name) "  # noqa: S608
            f"FROM parquet_schema({source_files.sql}) WHERE num_children IS NULL "
            "GROUP BY file_name ORDER BY file_name"
        ).fetchall()
        by_file = [(file, columns) for file, columns, _ in layouts]
        common_names(by_file, source_files.origin, options)
        differ = differences(by_file)
        if any(layout[1:] != layouts[0][1:] for layout in layouts[1:]):
            union = ", union_by_name = true"
    files = f"read_parquet({source_files.sql}{union})"
    scan = f"read_parquet({source_files.live}{union})"
    view = store.view(relation, f"SELECT * FROM {files}")  # noqa: S608
    live = f"SELECT * FROM {scan}"  # noqa: S608
    select = flattened(store, relation, view.schema(), "@source")
    if select:
        live = select.replace("@source", scan)
        view = store.view(relation, select.replace("@source", files))
    notes = (f"{source_files.origin}: read by name, {differ}",) if differ else ()
    return Raw(view, source_files.origin, None if source_files.unpacked else live, notes=notes)
