"""The sections of ``segdb.toml``, and the reference of its keys.

One class a section of the file, one field a key: its default, and in the line above it what it
costs or changes.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from segdb.checks.roles import two_roles
from segdb.checks.warning import unknown_code
from segdb.config.engine_urls import EMBEDDED, POSTGRES, SPARK, is_server
from segdb.config.section import Section, or_else
from segdb.formats.currency import PLACE
from segdb.formats.memory import MATRIX_MEMORY, PATTERN, WORDS, bytes_of
from segdb.formats.secrets import has_password


class Columns(Section):
    """The source column of each role; what is left out is inferred."""

    customer_id: str | None = None
    order_id: str | None = None
    ordered_at: str | None = None
    amount: str | None = None
    quantity: str | None = None
    unit_price: str | None = None
    category: str | None = None

    @model_validator(mode="after")
    def _one_role_each(self) -> Columns:
        if problem := two_roles(self.model_dump(exclude_none=True)):
            raise ValueError(problem)
        return self


class Clean(Section):
    """Which rows are rejected, and why."""

    # Rows equal in every column; "reject" costs one more GROUP BY over all columns.
    duplicates: Literal["reject", "keep"] = "reject"
    # "net": a return lowers monetary and is no order of its own.
    returns: Literal["net", "reject"] = "net"
    # What an amount is of. "order": it stands in each row of its order and counts once; "auto"
    # takes it so where it never differs within an order whose products do.
    amount_of: Literal["auto", "row", "order"] = "auto"
    # Each row is an order, whatever its id or moment. Else an order is an order id, or where there
    # is no such column a moment of a customer; a row that lacks the id is an order of its own.
    rows_are_orders: bool = False
    # Which customer ids are one. "auto": e-mail addresses that differ in case; whole numbers
    # written as 17850.0 always are 17850.
    ids: Literal["auto", "as_written", "ignore_case"] = "auto"
    # What a customer's missing feature becomes.
    missing: Literal["median", "mean", "zero", "reject"] = "median"
    # Reason = SQL predicate over the source's columns.
    reject: dict[str, str] = Field(default_factory=dict)


class Cluster(Section):
    """How many segments, and how they are found."""

    k: Literal["auto"] | Annotated[int, Field(ge=2, le=100)] = "auto"
    k_min: Annotated[int, Field(ge=2)] = 2
    k_max: Annotated[int, Field(ge=2, le=100)] = 10
    criterion: Literal["elbow", "silhouette", "davies_bouldin", "calinski_harabasz", "gap"] = (
        "elbow"
    )
    # Starts of each fit; the time grows with it.
    n_init: Annotated[int, Field(ge=1)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 42
    # K-Means sees every customer up to here, and above a weighted draw of this size, whose
    # centroids are then refined over all customers.
    matrix_rows: Annotated[int, Field(ge=100)] = 20_000
    # The most steps of that refinement, each one pass over the customers; 0 leaves it out. Up to
    # 100,000 customers are moved one by one as well, until nothing is gained.
    max_refine: Annotated[int, Field(ge=0)] = 30
    # A segment is the last run's if its centroid moved by less than this, in standard deviations a
    # feature (root mean square); it keeps its id and name.
    match_within: Annotated[float, Field(ge=0)] = 0.5

    @field_validator("k", mode="wrap")
    @classmethod
    def _one_message(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return or_else(value, handler, '"auto", or a whole number from 2 to 100')

    @model_validator(mode="after")
    def _range(self) -> Cluster:
        if self.k_min > self.k_max:
            raise ValueError(f"k_min = {self.k_min} is above k_max = {self.k_max}")
        return self


class Checks(Section):
    """What a run says of the data under *Check these*."""

    # Codes of warnings that are right as they are: they are not shown, and stop no run.
    accept: tuple[str, ...] = ()
    # A source of which a larger share is rejected for one reason stops the run.
    max_rejected_share: Annotated[float, Field(gt=0, le=1)] = 1 / 3

    @field_validator("accept")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [problem for problem in map(unknown_code, value) if problem]
        if wrong:
            raise ValueError(wrong[0])
        return value


class Gates(Section):
    """What a run must reach to be published; a gate that is left out is open."""

    # Mean silhouette of the chosen k, -1 to 1.
    min_silhouette: Annotated[float, Field(ge=-1, le=1)] | None = None
    # Mean adjusted Rand index of the chosen k over resamples, -1 to 1.
    min_stability: Annotated[float, Field(ge=-1, le=1)] | None = None
    # Share of the customers in the smallest segment.
    min_segment_share: Annotated[float, Field(ge=0, le=1)] | None = None
    # Share of the rows that are rejected.
    max_rejected_share: Annotated[float, Field(ge=0, le=1)] | None = None


class Personas(Section):
    """How segments are named."""

    # A file like segdb/playbook.toml; left out: that one.
    playbook: str | None = None


class Publish(Section):
    """Where the tables go."""

    database: str = "warehouse/warehouse.duckdb"
    schema_: Annotated[str, Field(alias="schema", min_length=1)] = "segdb"
    # Earlier runs that `segdb rollback` can publish again. Each takes the room of its
    # customer_features and rejected_rows in the database, and a copy of them at the next run.
    keep_runs: Annotated[int, Field(ge=0)] = 3


class Engine(Section):
    """The database engine, and what it may use where segdb opens the database itself."""

    # "postgresql://user@host/name", "sc://host:15002" or "spark://host:7077" of a Spark cluster,
    # "duckdb:///path/file.duckdb"; left out: [publish] database, of the embedded DuckDB. Without a
    # password: PGPASSWORD or ~/.pgpass have it. The keys below are DuckDB's; a server has its own.
    url: str | None = None

    # Such as "2GB": what does not fit goes to disk. Left out: 80 % of the machine's memory.
    memory_limit: Annotated[str, Field(pattern=PATTERN)] | None = None
    # Left out: one a processor.
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    # The folder for what does not fit; left out: beside the database file.
    temp_directory: Annotated[str, Field(min_length=1)] | None = None
    # Customers × clustering columns × 8 bytes, up to which the matrix is fetched into Python: each
    # k is judged and the chosen one refined there, in milliseconds a step instead of a scan. While
    # it is fetched it is there twice. Above, those steps are SQL; labels always are. On PostgreSQL
    # too; on Spark 8 MB at most.
    matrix_memory: Annotated[str, Field(pattern=PATTERN)] = MATRIX_MEMORY

    @property
    def matrix_bytes(self) -> int:
        """``matrix_memory`` in bytes."""
        return bytes_of(self.matrix_memory)

    @field_validator("url")
    @classmethod
    def _engine(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith(EMBEDDED) or is_server(value)):
            schemes = ", ".join((EMBEDDED, POSTGRES[0], *SPARK))
            raise ValueError(f"an engine's URL begins with one of {schemes}")
        if value is not None and has_password(value):
            raise ValueError("a password has no place here: PGPASSWORD or ~/.pgpass have it")
        return value

    @field_validator("memory_limit", "matrix_memory", mode="wrap")
    @classmethod
    def _one_message(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return or_else(value, handler, WORDS)


class Report(Section):
    """The HTML report."""

    path: str = "reports/segments.html"
    title: str = "Customer segments"
    # Put before amounts; after them as "{} kr", where {} is the amount.
    currency: str = ""
    # Show the ids of typical customers: the report may then not be passed on freely.
    examples: bool = False

    @field_validator("currency")
    @classmethod
    def _one_place(cls, value: str) -> str:
        if re.search(r"[{}]", value.replace(PLACE, "", 1)):
            raise ValueError('{} stands for the amount, once: "£" before it, "{} kr" after it')
        return value
