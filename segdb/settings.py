"""Frozen, validated settings: ``segdb.toml`` in, clear errors out.

Every key is optional but a source. The classes below are the reference: one class a section of
the file, one field a key, its default, and what it costs or changes in the line above it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from segdb.errors import SettingsError, nearest


class Section(BaseModel):
    """A section of the settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(Section):
    """Where the data is: a file or glob, a table of the database, or a SELECT."""

    orders: str | None = None
    customers: str | None = None
    # For text files; what is left out is sniffed, and the run says what it took.
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: str = "utf-8"
    decimal: Literal[".", ","] | None = None
    # A strptime format, such as "%d/%m/%Y %H:%M".
    date_format: str | None = None
    null_values: tuple[str, ...] = ("", "NA", "N/A", "NULL", "null", "NaN", "nan", "None", "-")


class Columns(Section):
    """The source column of each role; what is left out is inferred."""

    customer_id: str | None = None
    order_id: str | None = None
    ordered_at: str | None = None
    amount: str | None = None
    quantity: str | None = None
    unit_price: str | None = None
    category: str | None = None


class Clean(Section):
    """Which rows are rejected, and why."""

    # Rows equal in every column; "reject" costs one more GROUP BY over all columns.
    duplicates: Literal["reject", "keep"] = "reject"
    # "net": a return lowers monetary and is no order of its own.
    returns: Literal["net", "reject"] = "net"
    # What a customer's missing feature becomes.
    missing: Literal["median", "mean", "zero", "reject"] = "median"
    # Reason = SQL predicate over the source's columns.
    reject: dict[str, str] = Field(default_factory=dict)


class Features(Section):
    """What describes a customer, and how it enters the matrix."""

    # Features of the orders by name; left out: the six that need no more than the four roles.
    use: tuple[str, ...] | None = None
    # Numeric columns of the customers; left out: all of them when there are no orders.
    attributes: tuple[str, ...] | None = None
    # Columns of the customers that become one 0/1 feature a value.
    categories: tuple[str, ...] = ()
    # Features that are published and profiled, and stay out of the matrix.
    describe: tuple[str, ...] = ()
    # "auto" takes log1p where |skewness| > 1 and no value is negative.
    transform: Literal["auto", "none"] | dict[str, Literal["log1p", "none"]] = "auto"
    # Of two features with a larger |r|, the later one stays out of the matrix.
    max_correlation: Annotated[float, Field(gt=0, le=1)] = 0.98
    # Name = SQL aggregate over a customer's kept orders.
    sql: dict[str, str] = Field(default_factory=dict)


class Outliers(Section):
    """How far out a value may lie before it is capped (winsorized)."""

    method: Literal["percentile", "iqr", "zscore", "mad", "none"] = "percentile"
    lower: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    upper: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    # Width of the fences; left out: iqr 1.5, zscore 3, mad 3.5.
    strength: Annotated[float, Field(gt=0)] | None = None


class Scale(Section):
    """How features are made comparable."""

    method: Literal["standard", "robust", "minmax", "none"] = "standard"


class Cluster(Section):
    """How many segments, and how they are found."""

    k: Literal["auto"] | Annotated[int, Field(ge=2, le=100)] = "auto"
    k_min: Annotated[int, Field(ge=2)] = 2
    k_max: Annotated[int, Field(ge=2, le=100)] = 10
    criterion: Literal[
        "elbow", "silhouette", "davies_bouldin", "calinski_harabasz", "gap"
    ] = "elbow"
    # Starts of each fit; the time grows with it.
    n_init: Annotated[int, Field(ge=1)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 42
    matrix_rows: Annotated[int, Field(ge=100)] = 20_000

    @model_validator(mode="after")
    def _range(self) -> Cluster:
        if self.k_min > self.k_max:
            raise ValueError(f"k_min = {self.k_min} is above k_max = {self.k_max}")
        return self


class Publish(Section):
    """Where the tables go."""

    database: str = "warehouse/warehouse.duckdb"
    schema_: Annotated[str, Field(alias="schema", min_length=1)] = "segdb"

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True
    )


class Report(Section):
    """The HTML report."""

    path: str = "reports/segments.html"
    title: str = "Customer segments"
    currency: str = ""


class Settings(Section):
    """All settings of a run."""

    # Recency and tenure count back from here; left out: the midnight after the last order.
    as_of: datetime | None = None
    source: Source = Source()
    columns: Columns = Columns()
    clean: Clean = Clean()
    features: Features = Features()
    outliers: Outliers = Outliers()
    scale: Scale = Scale()
    cluster: Cluster = Cluster()
    publish: Publish = Publish()
    report: Report = Report()

    @field_validator("as_of", mode="before")
    @classmethod
    def _date_is_midnight(cls, value: Any) -> Any:
        moment = value
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            raise ValueError("as_of is a local time without a zone")
        return moment

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
        return parse(tomllib.loads(path.read_text("utf-8")), str(path))
    except FileNotFoundError:
        raise SettingsError(
            f"No settings file at {path}. `segdb init SOURCE` writes one."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from None


def parse(values: Mapping[str, Any], where: str = "the settings") -> Settings:
    """Validate settings given as nested mappings.

    Raises:
        SettingsError: every wrong key and value, in one message.
    """
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        told = [_told(dict(problem)) for problem in error.errors()]
        raise SettingsError(f"In {where}: " + " ".join(told)) from None


def _told(problem: Mapping[str, Any]) -> str:
    path = [str(part) for part in problem["loc"]]
    if problem["type"] == "extra_forbidden":
        known = _keys_at(path[:-1])
        section = f" in [{'.'.join(path[:-1])}]" if len(path) > 1 else ""
        return f"there is no key '{path[-1]}'{section}.{nearest(path[-1], known)}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    given = problem["input"]
    shown = "" if isinstance(given, Mapping | BaseModel) else f" (given: {given!r})"
    return f"'{'.'.join(path) or 'settings'}': {message}{shown}."


def _keys_at(path: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in path:
        annotation = model.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return [field.alias or name for name, field in model.model_fields.items()]
