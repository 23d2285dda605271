"""The sections of ``segdb.toml`` that say what describes a customer."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator, model_validator

from segdb.config.section import Section, or_else
from segdb.errors import nearest

Transformed = Literal["auto", "none", "log1p", "log", "sqrt", "yeo-johnson"]
# The features that have a score.
SCORED = ("recency_days", "frequency", "monetary")
# Characters of a segment's name.
LONGEST = 100


class Features(Section):
    """What describes a customer, and how it enters the matrix."""

    # Features of the orders by name; left out: the six that need no more than the four roles.
    use: tuple[str, ...] | None = None
    # Numeric columns of the customers; left out: all of them when there are no orders.
    attributes: tuple[str, ...] | None = None
    # Columns of the customers that become one 0/1 feature a value.
    categories: tuple[str, ...] = ()
    # Features that are published and profiled, and excluded from clustering.
    describe: tuple[str, ...] = ()
    # Features whose sum is what a customer brings, by which segments have their tier and order.
    # Left out: monetary; without orders nothing says it, and the segments are ordered by size.
    value: tuple[str, ...] = ()
    # One for all features, or by feature, with "*" for the others (without it "none").
    # "auto": log1p where |skewness| > 1 and no value is negative. log needs values above 0, sqrt
    # from 0 on, log1p above -1; yeo-johnson takes any, and costs a fit of its lambda.
    transform: Transformed | dict[str, Transformed] = "auto"
    # Of filled features, those that a larger share of the customers lacks are excluded from
    # clustering.
    max_missing: Annotated[float, Field(gt=0, le=1)] = 0.5
    # Of two features with a larger |r|, the later one is excluded from clustering.
    max_correlation: Annotated[float, Field(gt=0, le=1)] = 0.98
    # So many principal components of the scaled features stand in the matrix for them; left out:
    # the features themselves. All of them give the segments that the features give, fewer leave
    # out what the narrowest hold. Not whitened, as in scikit-learn's PCA.
    components: Annotated[int, Field(ge=1)] | None = None
    # Of 2 million rows and more, with duplicates = "keep": count rows for orders where those of one
    # customer in 64 are of one row each. Half the time, and exact only as far as the sample sees.
    sampled_orders: bool = False
    # Name = SQL aggregate over a customer's kept orders.
    sql: dict[str, str] = Field(default_factory=dict)

    @field_validator("transform", mode="wrap")
    @classmethod
    def _one_message(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        names = ", ".join(f'"{name}"' for name in get_args(Transformed))
        return or_else(value, handler, f"one of {names}, or one of them by feature")


class Outliers(Section):
    """How far out a value may lie, and what becomes of it beyond."""

    method: Literal["percentile", "iqr", "zscore", "mad", "none"] = "percentile"
    lower: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    upper: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    # Width of the fences; left out: iqr 1.5, zscore 3, mad 3.5.
    strength: Annotated[float, Field(gt=0)] | None = None
    # "cap" moves a value to the bound (winsorized). "reject" leaves the customer out, with all
    # rows, and learns everything but the bounds from the others: up to 2 % for each feature by
    # the percentiles. What only describes, and a missing value, reject nobody.
    action: Literal["cap", "reject"] = "cap"
    # "before": missing values are filled first, and count where bounds are learned. "after":
    # bounds are of the values that are there, and the fill is of the capped ones.
    fill: Literal["before", "after"] = "before"
    # Bounds by feature, in its own units, in the place of those that the method learns.
    bounds: dict[str, tuple[float, float]] = Field(default_factory=dict)

    @field_validator("bounds")
    @classmethod
    def _rising(cls, value: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        for name, (lower, upper) in value.items():
            if lower >= upper:
                raise ValueError(f"{name}: the lower bound {lower:g} is not below {upper:g}")
        return value


class Scale(Section):
    """How features are made comparable."""

    method: Literal["standard", "robust", "minmax", "none"] = "standard"


class Rfm(Section):
    """How customers are scored by recency, frequency and monetary, and named by the scores."""

    # How many groups of customers: scores go from 1 to it. 5 are quintiles, 4 quartiles.
    bins: Annotated[int, Field(ge=2, le=10)] = 5
    # "alike": equal values get equal scores, by quantiles, so that groups may differ in size.
    # "rank": groups of equal size, as NTILE(bins) OVER (ORDER BY the feature, customer_id) gives
    # them; costs a sort of all customers for each score.
    ties: Literal["alike", "rank"] = "alike"
    # Edges of your own by feature: bins - 1 rising numbers. A value on an edge is not above it.
    edges: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    # Name = SQL predicate over the columns of customer_features; the first that holds names the
    # customer, in the place of the classic grid.
    segments: dict[str, str] = Field(default_factory=dict)
    # The name of those for whom none of them holds.
    other: str = "Other"

    @field_validator("segments")
    @classmethod
    def _names(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            _check_name(name)
        return value

    @field_validator("other")
    @classmethod
    def _name(cls, value: str) -> str:
        return _check_name(value)

    @model_validator(mode="after")
    def _as_many_edges(self) -> Rfm:
        for name, edges in self.edges.items():
            if name not in SCORED:
                raise ValueError(
                    f"edges: '{name}' has no score; {', '.join(SCORED)} have."
                    + nearest(name, SCORED)
                )
            if any(low >= high for low, high in pairwise(edges)):
                raise ValueError(f"edges: those of {name} do not rise: {list(edges)}")
            if len(edges) != self.bins - 1:
                fits = len(edges) + 1
                hint = f"; they are right for bins = {fits}" if 2 <= fits <= 10 else ""
                raise ValueError(
                    f"edges: {name} has {len(edges)}, and bins = {self.bins} takes "
                    f"{self.bins - 1}{hint}"
                )
        return self


def _check_name(name: str) -> str:
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise ValueError(
            f"a segment is called by 1 to {LONGEST} printable characters, and not {name[:60]!r}"
        )
    return name
