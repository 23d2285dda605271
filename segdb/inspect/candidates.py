"""Candidates: what the first rows show of columns that could play the same role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.expressions.parse_text import stripped
from segdb.formats.toml import toml_value
from segdb.inspect.header_vocabulary import is_identifier
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Role

HEAD = 100_000
_HALF = 0.5
# Columns that are looked at for one that could be the customer.
_LOOKED_AT = 12
_NUMERIC: frozenset[Role] = frozenset({"amount", "quantity", "unit_price"})


@dataclass(frozen=True)
class Column:
    """What kinds of values a column has.

    ``able`` holds ``number``, ``moment`` and ``id``; ``text`` says that its values are text, so
    that it may be able to be none of them because its values are bad.
    """

    name: str
    able: frozenset[Literal["number", "moment", "id"]]
    text: bool

    def fits(self, role: Role) -> bool:
        """Whether the column's type can play the role."""
        if role in _NUMERIC:
            return "number" in self.able
        if role == "ordered_at":
            return "moment" in self.able
        return "id" in self.able if role != "category" else self.text or "id" in self.able


@dataclass(frozen=True)
class Fill:
    """How the values of a column are distributed over the first rows.

    Attributes:
        rows: rows that were looked at.
        present: of them, those with a value.
        distinct: different values.
        most: rows of the most frequent value.
    """

    rows: int
    present: int
    distinct: int
    most: int

    @property
    def identifies(self) -> bool:
        """Whether it can be an id: most rows have one, and no value has most of them."""
        return self.present > _HALF * self.rows and self.most <= _HALF * self.present


def fills(
    table: ir.Table, names: Sequence[str], null_values: Sequence[str], ask: Ask
) -> Mapping[str, Fill]:
    """Return how the values of columns are distributed over the first 100,000 rows.

    Args:
        table: raw rows.
        names: of the columns.
        null_values: tokens for "missing".
        ask: runs a small query.
    """
    head = table.limit(HEAD)
    result = {}
    for name in names:
        column = head[name]
        value = stripped(column, null_values) if column.type().is_string() else column
        counted = head.select(value=value).value_counts(name="n")
        present = counted["value"].notnull()
        row = ask(
            counted.agg(
                rows=counted.n.sum(),
                present=counted.n.sum(where=present),
                distinct=counted.count(where=present),
                most=counted.n.max(where=present),
            )
        ).to_pylist()[0]
        result[name] = Fill(
            *(int(row[key] or 0) for key in ("rows", "present", "distinct", "most"))
        )
    return result


def distinct(
    table: ir.Table, combinations: Mapping[str, Sequence[str]], ask: Ask
) -> dict[str, int]:
    """Return how many different combinations of columns the first 100,000 rows have.

    Args:
        table: raw rows.
        combinations: columns by a name of the combination; rows without the first are left out.
        ask: runs a small query.
    """
    head = table.limit(HEAD)
    counts = {}
    for place, names in enumerate(combinations.values()):
        present = head[names[0]].notnull()
        parts = {f"f{position}": head[name] for position, name in enumerate(names)}
        whole = head[names[0]] if len(names) == 1 else ibis.struct(parts)
        counts[f"n{place}"] = whole.nunique(where=present)
    row = ask(head.agg(**counts)).to_pylist()[0]
    return {key: int(row[f"n{place}"]) for place, key in enumerate(combinations)}


def likely_ids(
    table: ir.Table, ids: Sequence[str], null_values: Sequence[str], ask: Ask
) -> list[str]:
    """Return the columns that could be the customer by their values: ids that come back."""
    looked_at = list(ids)[:_LOOKED_AT]
    fill = fills(table, looked_at, null_values, ask)
    named = [name for name in looked_at if is_identifier(name)]
    back = [n for n in looked_at if fill[n].identifies and fill[n].distinct < fill[n].present]
    return [name for name in back if name in named] or back or named


def id_choice(chosen: str, other: str, fill: Mapping[str, Fill]) -> DataWarning:
    """Return the warning that another column could be the customer as well."""
    return DataWarning(
        "id_choice",
        f"The customer is taken from '{chosen}' ({fill[chosen].distinct:,} different in the first "
        f"{fill[chosen].rows:,} rows); '{other}' ({fill[other].distinct:,}) could be it as well.",
        f"[columns] customer_id = {toml_value(other)}",
        share=0.02,
    )
