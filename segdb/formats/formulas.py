"""Formulas: texts of a CSV that no spreadsheet runs as a formula.

The one place that makes them harmless, for ``export``, ``score --into`` and ``query --format csv``
(CWE-1236; OWASP, CSV injection).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from segdb.lazy import lazy

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:
    pc = lazy("pyarrow.compute")

# A cell that begins so is run as a formula by a spreadsheet; an apostrophe makes it text. What is
# a number, with its sign, stays what it is.
_FORMULA = r"^\s*[=+\-@\t\r＝＋－＠]"
_NUMBER = r"^[+-]?[0-9]*[.,]?[0-9]+([eE][+-]?[0-9]+)?$"


def harmless(rows: pa.Table) -> pa.Table:
    """Return a table whose texts and column names no spreadsheet runs as a formula."""
    names = pa.array(rows.column_names, pa.string())
    return pa.table([_column(column) for column in rows.columns], names=_text(names).to_pylist())


def _column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _column(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _text(column)
    if pa.types.is_string_view(kind):
        return _text(column.cast(pa.string()))
    return column


def _text(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    risky = pc.and_not(
        pc.match_substring_regex(column, _FORMULA), pc.match_substring_regex(column, _NUMBER)
    )
    marked = pc.binary_join_element_wise("'", column, "")
    return pc.if_else(pc.fill_null(risky, False), marked, column)
