"""Twin columns: two columns of one name, of which readers call the second ``amount_2``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.formats.toml import toml_value
from segdb.inspect.candidates import HEAD
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Role

_COPY = re.compile(r"[_:]\d+")


def twin_columns(
    table: ir.Table, roles: Mapping[Role, str], inferred: Sequence[Role], ask: Ask
) -> list[DataWarning]:
    """Return a warning for each inferred role whose column has a twin with other values.

    Args:
        table: raw rows.
        roles: the column of each role.
        inferred: the roles that the settings do not name.
        ask: runs a small query.
    """
    pairs = [
        (role, roles[role], name)
        for role in inferred
        if role in roles
        for name in table.columns
        if name.startswith(roles[role]) and _COPY.fullmatch(name.removeprefix(roles[role]))
    ]
    if not pairs:
        return []
    head = table.limit(HEAD)
    texts = [tuple(head[name].cast("string") for name in names) for _, *names in pairs]
    differ = {f"d{at}": (~a.identical_to(b)).sum() for at, (a, b) in enumerate(texts)}
    row = ask(head.agg(n=head.count(), **differ)).to_pylist()[0]
    return [
        DataWarning(
            "twin_columns",
            f"'{column}' is taken, and '{twin}', which looks like a second column of that name, "
            f"differs from it in {row[f'd{at}']:,} of the first {row['n']:,} rows.",
            f"[columns] {role} = {toml_value(twin)}",
            share=0.1,
        )
        for at, (role, column, twin) in enumerate(pairs)
        if row[f"d{at}"]
    ]
