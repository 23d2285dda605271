"""Schema hints: what the settings say of a source's columns before anything is inferred."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from segdb.config.sections import Clean, Columns
from segdb.config.settings import Settings
from segdb.config.source_section import Source


@dataclass(frozen=True)
class SchemaHints:
    """What is known of the columns of a source.

    Attributes:
        source: how numbers, dates and missing values are written.
        columns: the columns of roles.
        clean: what an amount is of, which ids are one, and whether each row is an order.
        attributes: columns of the customers that are numbers.
        run_id: the run whose settings they are, so that nobody can change them; None for a new
            run.
        open_roles: roles that are left without a column.
    """

    source: Source = field(default_factory=Source)
    columns: Columns = field(default_factory=Columns)
    clean: Clean = field(default_factory=Clean)
    attributes: Collection[str] = ()
    run_id: int | None = None
    open_roles: Collection[str] = ()

    @classmethod
    def of(cls, settings: Settings) -> SchemaHints:
        """Return what the settings say."""
        attributes = settings.features.attributes or ()
        return cls(settings.source, settings.columns, settings.clean, attributes)
