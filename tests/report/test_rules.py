"""Rules in words: what segdb writes, and nothing that it does not."""

from __future__ import annotations

import pytest

from segdb.charts.labels import Look
from segdb.report.formatting import Forms
from segdb.report.rules import in_words
from segdb.segment_rule import from_sql

LOOK = Look(
    (1,), {"monetary": "currency", "recency_days": "days", "frequency": "orders", "Home": "share"}
)
FORMS = Forms("£")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("monetary > 1100", (("Monetary over £1,100",),)),
        (
            "recency_days > 8 AND recency_days <= 20 AND frequency <= 1",
            (("Recency over 8 days, at most 20 days", "Frequency at most 1 order"),),
        ),
        (
            "(frequency > 6 AND monetary > 1000) OR (frequency <= 4.5)",
            (
                ("Frequency over 6 orders", "Monetary over £1,000"),
                ("Frequency at most 4.5 orders",),
            ),
        ),
        ('"Home" = 1 AND monetary <= -3', (("Home: yes", "Monetary at most -£3.00"),)),
        ('"Home" = 0', (("Home: no",),)),
        ("(frequency IS NULL OR frequency > 2)", (("Frequency over 2 orders or not known",),)),
        (
            "monetary > 9 AND (frequency IS NULL OR frequency > 2 AND frequency <= 4)",
            (
                (
                    "Monetary over £9.00",
                    "Frequency over 2 orders, at most 4 orders or not known",
                ),
            ),
        ),
        (
            "((frequency IS NULL OR frequency > 2)) OR (monetary > 9)",
            (("Frequency over 2 orders or not known",), ("Monetary over £9.00",)),
        ),
        ("frequency IS NULL OR monetary > 9", ()),
        ('"a "" OR b" > 1.0', (('A " OR b over 1',),)),
        ('"a" IN (1, 2)', ()),
        ('"a" > "b"', ()),
        ("(frequency IS NULL OR monetary > 9)", ()),
        ("not SQL (", ()),
    ],
)
def test_words(rule: str, words: tuple[tuple[str, ...], ...]) -> None:
    assert in_words(from_sql(rule), LOOK, FORMS, {"Home"}) == words
