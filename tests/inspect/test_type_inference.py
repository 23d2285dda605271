"""Judge: how a column of text is read, over all of its values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdb.config.source_section import Source
from segdb.inspect.measure_readings import failing
from segdb.inspect.type_inference import InferredType, infer_types
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading
from tests.depth import examples
from tests.inspect.conftest import Tables


def validated(table: Tables, ask: Ask, *values: str | None, **keys: Any) -> InferredType:
    return infer_types(table({"v": values}), ["v"], Source(**keys), ask)["v"]


class TestNumbers:
    """The decimal mark."""

    @pytest.mark.parametrize(
        ("values", "mark"),
        [
            (["1", "2", "-3"], "."),
            (["1.5", "2"], "."),
            (["1,5", "2"], ","),
            (["1.234,5", "2"], ","),
            (["1,234", "999"], "."),
            (["1,234", "99999"], ","),
            (["1.234", "0.345"], "."),
            (["0,125", "1,234"], ","),
        ],
    )
    def test_it_is_judged_over_the_column(
        self, table: Tables, ask: Ask, values: list[str], mark: str
    ) -> None:
        fit = validated(table, ask, *values, None, "NA").number
        assert fit is not None
        assert (fit.reading.decimal, fit.share, fit.rival) == (mark, 1, None)

    def test_what_could_be_both_has_a_rival(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "1,234", "5,678").number
        assert fit is not None
        assert fit.rival is not None
        assert {fit.reading.decimal, fit.rival.decimal} == {".", ","}
        assert fit.example == "1,234"

    def test_the_example_is_without_the_blanks_around_it(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "5,678", "\t1,234 ").number
        assert fit is not None
        assert fit.example == "1,234"

    def test_the_setting_wins(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "1,234", "5,678", decimal=",").number
        assert fit is not None
        assert (fit.reading.decimal, fit.rival) == (",", None)

    def test_other_columns_tell(self, table: Tables, ask: Ask) -> None:
        raw = table({"v": ["1.234", "5.678"], "tax": ["0,5", "1,25"]})
        fit = infer_types(raw, ["v", "tax"], Source(), ask)["v"].number
        assert fit is not None
        assert (fit.reading.decimal, fit.rival) == (",", None)

    def test_infinite_values_do_not_count(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "1", "2", "3", "1e400").number
        assert fit is not None
        assert fit.share == 0.75

    def test_a_late_value_counts(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, *["1"] * 120_000, *["£1"] * 40_000, *["x"] * 40_000).number
        assert fit is not None
        assert fit.share == 0.8


class TestMoments:
    """The order of day, month and year."""

    @pytest.mark.parametrize(
        ("values", "first"),
        [
            (["03/04/2026", "13/04/2026"], "%d/%m/%Y"),
            (["03/04/2026", "04/13/2026"], "%m/%d/%Y"),
            (["1.2.26", "28.2.26"], "%d.%m.%y"),
            (["2/28/26 1:05 PM", "3/1/26 11:00 AM"], "%m/%d/%y %I:%M %p"),
            (["20260131", "20260201"], "%Y%m%d"),
            (["Jan 5, 2026", "February 6, 2026"], "%b %d, %Y"),
            (["26/31/01", "26/30/12"], None),
            (["26/01/31", "25/12/30"], "%d/%m/%y"),
        ],
    )
    def test_it_is_judged_over_the_column(
        self, table: Tables, ask: Ask, values: list[str], first: str | None
    ) -> None:
        fit = validated(table, ask, *values).moment
        if first is None:
            assert fit is None or fit.share < 1
            return
        assert fit is not None
        assert (fit.reading.formats[0], fit.share, fit.rival) == (first, 1, None)

    def test_one_late_value_decides(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, *["03/04/2026"] * 150_000, "04/13/2026").moment
        assert fit is not None
        assert fit.reading.formats[0] == "%m/%d/%Y"

    def test_two_that_fit_every_value(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "03/04/2026", "05/06/2026").moment
        assert fit is not None
        assert fit.rival is not None
        assert {fit.reading.formats[0], fit.rival.formats[0]} == {"%d/%m/%Y", "%m/%d/%Y"}

    def test_where_both_read_the_same_there_is_no_doubt(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "01/01/2026", "02/02/2026").moment
        assert fit is not None
        assert fit.rival is None

    def test_two_orders_in_one_column(self, table: Tables, ask: Ask) -> None:
        fit = validated(table, ask, "13/02/2026", "14/02/2026", "02/13/2026", "02/14/2026").moment
        assert fit is not None
        assert fit.rival is not None

    def test_the_setting_wins(self, table: Tables, ask: Ask) -> None:
        values = ("03/04/2026", "05/06/2026 10:00")
        fit = validated(table, ask, *values, date_format="%m/%d/%Y").moment
        assert fit is not None
        assert (fit.reading.formats[0], fit.share, fit.rival) == ("%m/%d/%Y", 1, None)

    def test_text_is_neither(self, table: Tables, ask: Ask) -> None:
        assert validated(table, ask, "red", "blue 7", "85123A") == InferredType()
        assert validated(table, ask, None, "", "NA") == InferredType()


def test_a_value_that_is_not_read(table: Tables, ask: Ask) -> None:
    raw = table({"v": ["1", "x", "NA", None]})
    assert failing(raw, ColumnReading("v", "number"), ("NA",), ask) == "x"
    assert failing(raw, ColumnReading("v", "text"), ("NA",), ask) is None


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2060, 12, 31)),
    st.sampled_from(
        ["%d/%m/%Y", "%m/%d/%y", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%m-%d-%Y %I:%M %p", "%d %b %Y"]
    ),
)
def test_forty_days_in_a_row_leave_no_doubt(
    table: Tables, ask: Ask, start: datetime, form: str
) -> None:
    moments = [start + timedelta(days=day) for day in range(40)]
    fit = validated(table, ask, *(moment.strftime(form) for moment in moments)).moment
    assert fit is not None
    assert (fit.share, fit.rival) == (1, None)
    assert form in (fit.reading.formats or ("%Y-%m-%d",))
