"""Far dates: which days lie far from all others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from segdb.checks.far_dates import FarDates, as_interval, far_dates

TODAY = date(2026, 6, 1)
START = date(2024, 1, 1)


def daily(number: int = 200, step: int = 1) -> list[tuple[date, int]]:
    return [(START + timedelta(days=step * i), 3) for i in range(number)]


def test_days_without_a_wide_gap_are_not_far() -> None:
    assert far_dates(daily(), TODAY) == []
    assert far_dates(daily(step=40), TODAY) == []


def test_a_few_late_days_are_far_and_rejected() -> None:
    last = START + timedelta(days=199)
    late = [(last + timedelta(days=300), 1), (last + timedelta(days=320), 1)]
    assert far_dates(daily() + late, TODAY) == [
        FarDates(late[0][0], late[1][0], 300, late=True, rejected=True)
    ]


def test_many_late_customers_are_no_mistake() -> None:
    late = [(START + timedelta(days=600), 30)]
    assert far_dates(daily() + late, TODAY) == []


@pytest.mark.parametrize(("days_ago", "far"), [(1, False), (40, True)])
def test_an_order_of_now_is_not_far(days_ago: int, far: bool) -> None:
    days = [*daily(), (TODAY - timedelta(days=days_ago), 1)]
    assert bool(far_dates(days, TODAY)) is far


def test_early_days_are_said_and_kept() -> None:
    early = [(date(2011, 5, 5), 1)]
    (group,) = far_dates(early + daily(), TODAY)
    assert (group.late, group.rejected) == (False, False)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(1970, 1, 1)])
def test_days_that_stand_for_none_are_rejected_however_many(day: date) -> None:
    (group,) = far_dates([(day, 90), *daily()], TODAY)
    assert group.rejected
    assert as_interval(group) == (day.isoformat(), (day + timedelta(days=1)).isoformat())


def test_a_gap_that_others_have_too_is_not_far() -> None:
    seasons = [
        (date(year, 12, 1) + timedelta(days=i), 5) for year in range(2019, 2025) for i in range(24)
    ]
    begun = [*seasons, (date(2025, 12, 1), 2)]
    assert far_dates(begun, TODAY) == []
