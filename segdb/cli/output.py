"""Output: what a run and a query look like on a terminal, as text."""

from __future__ import annotations

import csv
import io
import shlex
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.table import Table
from rich.text import Text

from segdb.cli.table import cell, drawn, grid, rows_of
from segdb.contract.runs import MUCH_DRIFT
from segdb.formats.currency import money
from segdb.formats.formulas import harmless

if TYPE_CHECKING:
    from segdb.api.result import Result
    from segdb.config.settings import Settings
    from segdb.steps.lifecycle.diff_runs import Difference


def csv_text(table: pa.Table) -> str:
    """Return an Arrow table as CSV text that no spreadsheet runs."""
    shown = harmless(table)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(shown.column_names)
    writer.writerows(rows_of(shown))
    return text.getvalue()


def run_text(result: Result, path: str, report: Path | None, settings: Settings) -> str:
    """Return what a run ends with: its segments, its rows, where they are, what to ask next."""
    currency = settings.report.currency
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for name, justify in (("segment", "left"), ("customers", "right"), ("of all", "right")):
        shown.add_column(name, justify=justify)  # type: ignore[arg-type]
    sells = any(row["revenue"] is not None for row in result.segments)
    if sells:
        shown.add_column("revenue", justify="right")
        shown.add_column("of revenue", justify="right")
    for row in result.segments:
        cells = [row["segment"], f"{row['customers']:,}", f"{row['customer_share']:.1%}"]
        if sells:
            revenue = row["revenue"] or 0
            amount = money(f"{abs(revenue):,.0f}", currency, negative=revenue < 0)
            cells += [amount, _share(row["revenue_share"])]
        shown.add_row(*(Text(cell) for cell in cells))
    facts = result.facts
    schema = settings.publish.schema_
    usual = str(path) == "warehouse/warehouse.duckdb"
    option = "" if usual else f" --database {shlex.quote(str(path))}"
    return (
        f"{drawn(shown)}\n"
        f"{facts['rows_read']:,} rows read, {facts['rows_kept']:,} kept, "
        f"{facts['rows_rejected']:,} rejected; {facts['customers']:,} customers.\n"
        f"Run {result.run_id} is published in {path}, schema {schema}.\n"
        f"{_drift(result)}"
        f"{f'Report: {report}' + chr(10) if report else ''}"
        f"Next: segdb query {'segment_value' if sells else 'what_differs'}{option}\n"
        f"{_warnings(result)}"
    )


def _warnings(result: Result) -> str:
    """Return what of the data to check, each with the line of the settings that changes it."""
    if not result.warnings:
        return ""
    lines = ["", "Check these:"]
    for number, warning in enumerate(result.warnings, start=1):
        lines.append(f"  {number}. {warning.message}")
        if warning.setting:
            lines.append(f"     {warning.advice}")
    return "\n".join(lines) + "\n"


def _drift(result: Result) -> str:
    """Return what a refresh says of the time since the model was learned; empty of a run."""
    by = result.facts["learned_by"]
    if by == result.run_id:
        return ""
    moved = sorted(result.drift, key=lambda row: -row["psi"])
    names = {"segment_id": "sizes of the segments"}
    moved_most = ", ".join(
        f"{names.get(row['feature'], row['feature'])} {row['psi']:.2f}" for row in moved[:3]
    )
    much = [row for row in moved if row["psi"] > MUCH_DRIFT]
    verdict = (
        f"Much has moved (above {MUCH_DRIFT}): `segdb run` learns anew."
        if much
        else f"The model still fits: none is above {MUCH_DRIFT}."
    )
    return (
        f"By the model of run {by}. Drift since (population stability index): "
        f"{moved_most or 'not known'}. {verdict if moved else ''}".rstrip()
        + "\n"
    )


def run_json(result: Result, path: str, report: Path | None) -> dict[str, Any]:
    """Return what a run ends with, as JSON-ready values."""
    wanted = (
        "run_id",
        "learned_by",
        "as_of",
        "rows_read",
        "rows_kept",
        "rows_rejected",
        "customers",
        "k",
        "inertia",
        "silhouette",
        "verdict",
    )
    return {
        **{name: result.facts[name] for name in wanted},
        "drift": {row["feature"]: row["psi"] for row in result.drift},
        "segments": result.segments,
        "rejected": [
            {"source": source, "reason": reason, "rows": rows}
            for (source, reason), rows in result.reasons.items()
        ],
        "warnings": [asdict(warning) for warning in result.warnings],
        "notes": result.notes,
        "database": str(path),
        "report": None if report is None else str(report),
        "tables": list(result.tables),
    }


def difference_text(delta: Difference, before: int, after: int, width: int | None = None) -> str:
    """Return what moved between two runs: a heading and a table for each kind of thing."""
    parts = (
        ("Figures", delta.figures, "The same."),
        ("Settings", delta.settings, "The same."),
        ("Segments", delta.segments, ""),
        ("Centroids, in the features' own units", delta.centroids, "No segment is in both."),
        ("Drift (population stability index: below 0.1 little, above 0.25 much)", delta.drift, ""),
        (
            "Customers, from segment to segment",
            delta.customers,
            "Not known any more: a run of the two is neither kept nor in segment_history.",
        ),
    )
    lines_shown = [f"From run {before} to run {after}\n"]
    for heading, rows, none in parts:
        shown = grid(pa.Table.from_pylist(_as_text(rows)), width) if rows else f"{none}\n"
        lines_shown.append(f"\n{heading}\n{shown}")
    return "".join(lines_shown)


def _as_text(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A setting may be of any type and length, and a column of a table is of one."""
    if "name" not in rows[0]:
        return rows
    return [
        {name: textwrap.shorten(cell(value), 60, placeholder=" …") for name, value in row.items()}
        for row in rows
    ]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
