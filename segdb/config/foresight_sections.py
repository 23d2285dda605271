"""The sections of ``segdb.toml`` that look ahead: customer value, and the test of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, ValidatorFunctionWrapHandler, field_validator

from segdb.config.section import Section, or_else


class Value(Section):
    """What customers are expected to order and to pay."""

    # Of the orders. "mbg/nbd": customers may stop after the first order already; "bg/nbd": only
    # after a second one, so that who ordered once always counts as active; "none": no customer
    # value. It costs one more GROUP BY over the orders, by customer and day.
    model: Literal["mbg/nbd", "bg/nbd", "none"] = "mbg/nbd"
    # Customers it is learned of, drawn above; 0.5 % is the error of a parameter at 100,000.
    sample: Annotated[int, Field(ge=1000)] = 100_000


class Backtest(Section):
    """The segments of an earlier day, against what customers did next."""

    # With every run whose history is long enough: a second run, on the orders before the cut.
    every_run: bool = True
    # Customers that are tested, drawn above: of 50,000 a share of a half is known to 0.5 %.
    sample: Annotated[int, Field(ge=1000)] = 50_000
    # The days whose segments are tested, at their midnight; left out: as long before the last order
    # as the horizon is.
    cuts: tuple[date, ...] = ()
    # How many days are looked ahead, also by customer value. "auto": the larger of 90 and twice the
    # median gap between orders, at most a third of the history.
    horizon: Literal["auto"] | Annotated[int, Field(ge=1, le=3650)] = "auto"

    @field_validator("horizon", mode="wrap")
    @classmethod
    def _one_message(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return or_else(value, handler, '"auto", or a number of days from 1 to 3650')
