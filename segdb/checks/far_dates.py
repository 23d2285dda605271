"""Far dates: a few orders dated far from all others, which must not set ``as_of``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from segdb.checks.settings_lines import percent
from segdb.checks.warning import DataWarning

# Days that systems write where they know none.
SENTINELS = frozenset(
    {
        date(1000, 1, 1),
        date(1601, 1, 1),
        date(1753, 1, 1),
        date(1899, 12, 30),
        date(1899, 12, 31),
        date(1900, 1, 1),
        date(1970, 1, 1),
    }
)
# A gap is far where it is so many days, and so many times the widest gap among the others.
_DAYS, _TIMES = 60, 3
_SENTINEL_DAYS = 365
# Days before a run on which an order is new, and no mistake.
_RECENT = 3
# Of the customers: more than these are no mistakes.
_SHARE, _FEW = 0.005, 3
# Fewer days tell nothing of how orders usually lie.
_FEWEST = 10


@dataclass(frozen=True)
class FarDates:
    """Orders dated far from all others.

    Attributes:
        first: their first day.
        last: their last day.
        gap: days between them and the nearest other order.
        late: whether they lie behind all others, or else before them.
        rejected: whether they are left out: late ones, and days that stand for none.
    """

    first: date
    last: date
    gap: int
    late: bool
    rejected: bool


def far_dates(days: Sequence[tuple[date, int]], today: date) -> list[FarDates]:
    """Return the groups of days that lie far from all others.

    Args:
        days: each day on which a customer's first or last order is, and how many customers those
            are; ascending.
        today: the day of the run. A shop may well have sold again just now, so days up to a few
            before it are not far behind the others.
    """
    sentinels = [day for day, _ in days if day in SENTINELS]
    usual = [(day, number) for day, number in days if day not in SENTINELS]
    groups = []
    for day in sentinels:
        gap = min((abs((other - day).days) for other, _ in usual), default=0)
        if gap >= _SENTINEL_DAYS:
            groups.append(FarDates(day, day, gap, late=False, rejected=True))
    late = _tail([(-day.toordinal(), number) for day, number in reversed(usual)])
    if late is not None and (today - usual[-1][0]).days > _RECENT:
        number, gap = late
        group = usual[len(usual) - number :]
        groups.append(FarDates(group[0][0], group[-1][0], gap, late=True, rejected=True))
        usual = usual[: len(usual) - number]
    early = _tail([(day.toordinal(), number) for day, number in usual])
    if early is not None:
        number, gap = early
        group = usual[:number]
        groups.append(FarDates(group[0][0], group[-1][0], gap, late=False, rejected=False))
    return groups


def warning(far: FarDates, rows: int, share: float, origin: str) -> DataWarning:
    """Return what is said of a group.

    Args:
        far: the group.
        rows: of the orders, those in it.
        share: of all rows, those in it.
        origin: what to call the source.
    """
    period = f"{far.first}" if far.first == far.last else f"{far.first} to {far.last}"
    side = "after" if far.late else "before"
    outcome = (
        ("they are left out and do not set as_of" if far.late else "they are left out")
        if far.rejected
        else "they count"
    )
    setting = (
        '[checks] accept = ["far_dates"]'
        if far.rejected
        else ("[clean.reject] \"wrong date\" = '''…'''")
    )
    return DataWarning(
        "far_dates",
        f"{rows:,} rows of {origin} ({percent(share)}) are dated {period}, {far.gap:,} days {side} "
        f"all others: {outcome}.",
        setting,
        share=max(share, 0.02),
    )


def as_interval(far: FarDates) -> tuple[str, str]:
    """Return the days as ISO text: from the first, to before the day after the last."""
    return far.first.isoformat(), (far.last + timedelta(days=1)).isoformat()


def _tail(days: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return how many of the first days lie far from the others, and the gap between them.

    Args:
        days: ascending numbers of days, and how many customers each has.
    """
    if len(days) < _FEWEST:
        return None
    customers = sum(number for _, number in days)
    limit = max(_FEW, _SHARE * customers)
    gaps = [after[0] - before[0] for before, after in pairwise(days)]
    counted = 0
    for place, gap in enumerate(gaps[: len(gaps) // 2]):
        counted += days[place][1]
        if counted > limit:
            return None
        if gap >= _DAYS and gap >= _TIMES * max(gaps[place + 1 :]):
            return place + 1, gap
    return None
