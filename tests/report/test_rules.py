"""Rules in words: what segdb writes, and nothing that it does not."""

from __future__ import annotations

import pytest

from segdb.charts.look import Look
from segdb.report.forms import Forms
from segdb.report.rules import in_words

LOOK = Look(
    (1,), {"monetary": "currency", "recency_days": "days", "frequency": "orders", "Home": "share"}
)
FORMS = Forms("£")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('"monetary" > 1100.0', (("Monetary over £1,100",),)),
        (
            '"recency_days" > 8.0 AND "recency_days" <= 20.0 AND "frequency" <= 1.0',
            (("Recency over 8 days, at most 20 days", "Frequency at most 1 order"),),
        ),
        (
            '("frequency" > 6.0 AND "monetary" > 1000.0) OR ("frequency" <= 4.5)',
            (
                ("Frequency over 6 orders", "Monetary over £1,000"),
                ("Frequency at most 4.5 orders",),
            ),
        ),
        ('"Home" > 0.5 AND "monetary" <= -3.0', (("Home: yes", "Monetary at most -£3.00"),)),
        ('"Home" <= 0.5', (("Home: no",),)),
        ('coalesce("frequency", 3.0) > 2.0', (("Frequency over 2 orders or not known",),)),
        ('coalesce("frequency", 3.0) > 4.0', (("Frequency over 4 orders",),)),
        ('"a "" OR b" > 1.0', (('A " OR b over 1',),)),
        ('"a" IN (1, 2)', ()),
        ('"a" > "b"', ()),
        ("not SQL (", ()),
    ],
)
def test_words(rule: str, words: tuple[tuple[str, ...], ...]) -> None:
    assert in_words(rule, LOOK, FORMS, {"Home"}) == words
