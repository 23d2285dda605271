"""Frozen, validated settings: ``segdb.toml`` in, clear errors out.

Every key is optional but a source. The sections beside this module are the reference of the keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, field_validator

from segdb.config.engine_urls import EMBEDDED
from segdb.config.feature_sections import Features, Outliers, Rfm, Scale
from segdb.config.foresight_sections import Backtest, Value
from segdb.config.section import Section
from segdb.config.sections import (
    Checks,
    Clean,
    Cluster,
    Columns,
    Engine,
    Gates,
    Personas,
    Publish,
    Report,
)
from segdb.config.source_section import Source
from segdb.errors import SettingsError, command, nearest
from segdb.formats.secrets import without_passwords


class Settings(Section):
    """All settings of a run."""

    # Recency and tenure count back from here, and later orders are rejected as in the future.
    # Left out: the midnight after the last order; in the future is then what is more than 14 hours
    # ahead of UTC, which no clock on earth is.
    as_of: datetime | None = None
    source: Source = Source()
    columns: Columns = Columns()
    clean: Clean = Clean()
    features: Features = Features()
    outliers: Outliers = Outliers()
    scale: Scale = Scale()
    rfm: Rfm = Rfm()
    cluster: Cluster = Cluster()
    checks: Checks = Checks()
    value: Value = Value()
    backtest: Backtest = Backtest()
    gates: Gates = Gates()
    personas: Personas = Personas()
    publish: Publish = Publish()
    engine: Engine = Engine()
    report: Report = Report()

    @field_validator("as_of", mode="before")
    @classmethod
    def _moment(cls, value: Any) -> Any:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            raise ValueError("it is a local time without a zone")
        if isinstance(moment, int | float):  # which pydantic takes for seconds since 1970
            raise ValueError("it is a date or a time, such as 2011-12-10T00:00:00")  # noqa: TRY004
        return moment

    @property
    def place(self) -> str:
        """Where the tables go: the URL of an engine, or the DuckDB file."""
        url = self.engine.url
        return self.publish.database if url is None else url.removeprefix(EMBEDDED)

    def changed(self, changes: Mapping[str, Mapping[str, Any]]) -> Settings:
        """Return settings with the given ``{section: {key: value}}`` in the place of theirs."""
        merged = self.model_dump(by_alias=True, exclude_unset=True)
        for section, keys in changes.items():
            merged.setdefault(section, {}).update(keys)
        return parse(merged)


def load(path: Path) -> Settings:
    """Read a ``segdb.toml``.

    Raises:
        SettingsError: the file is missing, is no TOML, or a key or value is wrong.
    """
    try:
        return parse(tomllib.loads(path.read_text("utf-8-sig")), str(path))
    except FileNotFoundError:
        raise SettingsError(
            f"No settings file at {path}. {command('init', 'SOURCE')} writes one."
        ) from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from None
    except RecursionError:
        raise SettingsError(f"{path} is not TOML: its brackets are nested too deep.") from None


def parse(values: Mapping[str, Any], where: str = "the settings") -> Settings:
    """Validate settings given as nested mappings.

    Raises:
        SettingsError: every wrong key and value, in one message.
    """
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        messages = [_message(dict(problem)) for problem in error.errors()]
        raise SettingsError(f"In {where}: " + " ".join(messages)) from None


def _message(problem: Mapping[str, Any]) -> str:
    path = [str(part) for part in problem["loc"]]
    if problem["type"] == "extra_forbidden":
        known = _keys_at(path[:-1])
        section = f" in [{'.'.join(path[:-1])}]" if len(path) > 1 else ""
        homes = [f"[{name}]" for name in known if path[-1] in _keys_at([name])]
        if len(path) == 1 and homes:
            return f"there is no key '{path[-1]}' outside of a section; {' and '.join(homes)} has."
        return f"there is no key '{path[-1]}'{section}.{nearest(path[-1], known)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "model_type":
        message = "it is a section, with keys of its own"
    message = message.replace("a valid tuple", "a list")
    shown = "" if _keys_at(path) else f" (given: {_shown(problem['input'])!r})"
    return f"'{'.'.join(path) or 'settings'}': {message}{shown}."


def _shown(given: Any) -> Any:
    return without_passwords(given) if isinstance(given, str) else given


def _keys_at(path: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in path:
        field = model.model_fields.get(part)
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
