"""What each sentence of the playbook says of a customer, in pandas and not by its traits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

# Of the members, and of what is usual in the shop, who the sentence is true of.
Claim = Callable[[pd.DataFrame, "Shop"], "pd.Series[bool]"]
MOST = 2 / 3 - 1e-9


class Shop:
    """All customers of a run, with each one's own mean gap between orders of different days."""

    def __init__(self, customers: pd.DataFrame) -> None:
        """Take a frame of ``customer_segments``."""
        self.all = customers.copy()
        days = self.all.tenure_days - self.all.recency_days
        span = self.all.days_between_orders * (self.all.frequency - 1)
        self.all["gap"] = self.all.days_between_orders.where(span >= 1)
        assert ((span.fillna(0) - days).abs() <= 1.0).all()
        self.gap = self.all.gap.median() if self.all.gap.count() >= 5 else 60.0

    def __getattr__(self, feature: str) -> float:
        return float(self.all[feature].median())


def _within(m: pd.DataFrame, shop: Shop, days: float, gaps: float) -> pd.Series[bool]:
    return m.recency_days <= max(days, gaps * shop.gap)


def _often(m: pd.DataFrame, shop: Shop) -> pd.Series[bool]:
    return (m.frequency >= 4) & (m.frequency >= shop.frequency)


def _few(m: pd.DataFrame, shop: Shop) -> pd.Series[bool]:
    return m.frequency <= max(2, shop.frequency / 2)


def _silent_twice(m: pd.DataFrame) -> pd.Series[bool]:
    return m.recency_days > 2 * m.gap.clip(lower=1)


CLAIMS: Mapping[str, Claim] = {
    "They bought lately and often, and spent more than most.": lambda m, s: (
        _within(m, s, 30, 1.5) & _often(m, s) & (m.monetary > s.monetary)
    ),
    "They keep coming back: three orders or more, and the next one is not late.": lambda m, s: (
        _within(m, s, 60, 1.5) & (m.recency_days < 550) & (m.frequency >= 3) & ~_silent_twice(m)
    ),
    "They bought lately and more than once: the next orders decide whether they stay.": (
        lambda m, s: _within(m, s, 30, 1.5) & (m.frequency > 1)
    ),
    "They joined later than most customers: the next orders decide whether they stay.": (
        lambda m, s: (m.tenure_days < s.tenure_days) & _within(m, s, 60, 2)
    ),
    "The first order was a short while ago; the second is the hardest to get.": lambda m, s: (
        (m.frequency == 1) & _within(m, s, 30, 1.5)
    ),
    "They bought not long ago, but rarely and for less than most.": lambda m, s: (
        _within(m, s, 60, 2) & _few(m, s) & (m.monetary < s.monetary)
    ),
    "Their orders are larger than those of most customers.": lambda m, s: (
        m.average_order_value > s.average_order_value
    ),
    "They order rarely, and their next order is not overdue.": lambda m, s: (
        _few(m, s) & m.gap.notna() & ~_silent_twice(m)
    ),
    "They bought more than once, and their usual time to the next order has passed.": (
        lambda m, _: (m.frequency > 1) & (m.recency_days > m.gap)
    ),
    "They bought more than once, and have been silent for over twice their usual time.": (
        lambda m, _: (m.frequency > 1) & _silent_twice(m)
    ),
    "The last order is getting old, and there were few before it.": lambda m, s: (
        (m.recency_days > 30) & ~_within(m, s, 0, 1) & _few(m, s)
    ),
    "They used to buy often, and have been silent for over twice their usual time.": (
        lambda m, s: _often(m, s) & _silent_twice(m) & (m.recency_days > 14)
    ),
    "They bought often and for more than most, and have been silent for over twice their usual "
    "time.": lambda m, s: (
        _often(m, s) & (m.monetary > s.monetary) & _silent_twice(m) & (m.recency_days > 14)
    ),
    "The last order was long ago, and there were few.": lambda m, s: (
        (m.recency_days > 60) & ~_within(m, s, 0, 2) & _few(m, s)
    ),
    "The last order was more than a year ago, more than four times the usual gap, and there were "
    "few.": lambda m, s: (m.recency_days > 365) & ~_within(m, s, 0, 4) & _few(m, s),
    "None of the usual descriptions is true of two thirds of them.": lambda m, _: m.frequency >= 1,
}
# Words of names that compare with all customers: the feature, and whether more of it.
TENDENCIES: Mapping[str, tuple[str, bool]] = {
    "Ordered later": ("recency_days", False),
    "Ordered earlier": ("recency_days", True),
    "Fewer orders": ("frequency", False),
    "More orders": ("frequency", True),
    "Lower spending": ("monetary", False),
    "Higher spending": ("monetary", True),
    "Smaller orders": ("average_order_value", False),
    "Larger orders": ("average_order_value", True),
    "Joined later": ("tenure_days", False),
    "Joined earlier": ("tenure_days", True),
    "Closer orders": ("days_between_orders", False),
    "Orders farther apart": ("days_between_orders", True),
}
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def untrue(customers: pd.DataFrame, profiles: pd.DataFrame) -> list[str]:
    """Return what is said of a segment of orders and is not true of two thirds of its members.

    Args:
        customers: ``customer_segments``.
        profiles: ``segment_profiles``.
    """
    shop = Shop(customers)
    wrong = []
    for row in profiles.itertuples():
        members = shop.all[shop.all.segment_id == row.segment_id]
        share = CLAIMS[row.action_reason](members, shop).mean()
        if share < MOST:
            wrong.append(f"{row.segment}: {row.action_reason} {share:.2f}")
        for words in (words.strip() for words in row.segment.split(",")):
            if words in TENDENCIES and row.segment.startswith(words):
                feature, more = TENDENCIES[words]
                usual = getattr(shop, feature)
                own = members[feature]
                share = ((own > usual) if more else (own < usual)).mean()
                if share < MOST:
                    wrong.append(f"{row.segment}: {words} {share:.2f}")
        wrong += _wrong_medians(row.segment, row.summary, members, shop)
    return wrong


_SAID = {
    "last order": "recency_days",
    "first order": "tenure_days",
    "spends": "monetary",
    "orders every": "gap",
}


def _wrong_medians(name: str, summary: str, members: pd.DataFrame, shop: Shop) -> list[str]:
    """Return the numbers of a summary that are not the medians that they are said to be."""
    wrong = []
    text = summary.partition(". Weak:")[0].removeprefix("Median values: ").rstrip(".")
    for part in text.split("; ") if summary.startswith("Median values: ") else ():
        feature = next((f for words, f in _SAID.items() if part.startswith(words)), None)
        if part.endswith("orders)") and part[0].isdigit():
            feature = "frequency"
        if feature is None:
            continue
        own, usual = part.split(" (all customers: ")
        for said, frame in ((own, members), (usual, shop.all)):
            if feature == "gap" and frame is members and frame.gap.notna().mean() < MOST:
                wrong.append(f"{name}: {part}: a third have no rhythm")
            numbers = [float(n.replace(",", "")) for n in _NUMBER.findall(said)] or [1.0]
            if abs(numbers[0] - frame[feature].median()) > max(0.51, 0.01 * abs(numbers[0])):
                wrong.append(f"{name}: {part}: the median is {frame[feature].median():.2f}")
    return wrong
