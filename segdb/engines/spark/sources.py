"""Sources: a table, a view, a SELECT or files of the cluster become a temporary view."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segdb.engines.raw_source import Raw
from segdb.engines.server_source import (
    incomparable_as_text,
    is_select,
    no_table,
    relation_of,
    source_text,
    uploaded_frame,
)
from segdb.engines.spark.connect import is_refusal, reason
from segdb.errors import SourceError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.spark.database import Spark

# What the executors can read, by its place: a storage's URL, or a folder that they share.
_PLACE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://?|/)")
_FORMATS = {".orc": "orc", ".json": "json", ".avro": "avro"}
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


def read(store: Spark, name: Literal["orders", "customers"], source: object) -> Raw:
    """Make a source a temporary view called ``segdb_<name>_raw``.

    Args:
        store: the cluster.
        name: which of a run's sources it is.
        source: a table or view (``schema.table``), a SELECT, the place of files that the executors
            read, or a frame, which is uploaded.

    Raises:
        SourceError: there is no such table, or the cluster cannot read it.
    """
    frame = uploaded_frame(store, name, source)
    if frame is not None:
        return frame
    kinds = "a table, a SELECT, the place of files that the cluster reads"
    named, relation = source_text(name, source, "Spark", kinds), relation_of(name)
    if is_select(named):
        select, origin = named.rstrip("; \n"), f"the SELECT of the {name}"
    elif _PLACE.match(named) and Path(named).suffix.lower() in _DELIMITERS:
        return _delimited(store, relation, named)
    elif _PLACE.match(named):
        select, origin = f"SELECT * FROM {_files(named)}", named  # noqa: S608
    else:
        place = ".".join(quoted(part) for part in named.split("."))
        select, origin = f"SELECT * FROM {place}", named  # noqa: S608
    try:
        select = incomparable_as_text(store, select, "STRING")
        return Raw(store.view(relation, select), origin, select, stored=False)
    except Exception as error:
        if not is_refusal(error):
            raise
        if "NOT_FOUND" in str(error) and origin == named and not _PLACE.match(named):
            raise _missing(store, named) from None
        raise SourceError(f"{origin} cannot be read: {reason(error)}.") from None


def _files(place: str) -> str:
    """Return files that say their columns' types as SQL of a FROM clause."""
    return f"{_FORMATS.get(Path(place).suffix.lower(), 'parquet')}.{quoted(place)}"


def _delimited(store: Spark, relation: str, place: str) -> Raw:
    """Read text files; their values stay as they are written, and are read as everywhere."""
    mark = _DELIMITERS[Path(place).suffix.lower()]
    try:
        frame = store.session.read.options(header=True, sep=mark, multiLine=True).csv(place)
        return Raw(store.frame_view(relation, frame), place, None, stored=False)
    except Exception as error:
        if not is_refusal(error):
            raise
        raise SourceError(f"{place} cannot be read: {reason(error)}.") from None


def _missing(store: Spark, named: str) -> SourceError:
    if Path(named).suffix and Path(named).exists():
        return SourceError(
            f"{named} is a file of this machine, which a cluster does not see. Load it into a "
            "table, or name a place that the executors read."
        )
    return no_table(store, named, "cluster")
