"""Vocabulary: states, currencies and guests in the words of many languages."""

from __future__ import annotations

import pytest

from segdb.checks import vocabulary
from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import words
from tests.cases.test_money import STATES
from tests.cases.test_people_and_orders import GUESTS


@pytest.mark.parametrize(("name", "paid", "unpaid"), STATES)
def test_states_of_orders(name: str, paid: str, unpaid: str) -> None:
    column = english(words(name))
    if vocabulary.is_unpaid_flag(column):
        return
    assert vocabulary.is_state_column(column)
    assert vocabulary.is_unpaid(unpaid) or vocabulary.is_doubtful(unpaid)
    assert not vocabulary.is_unpaid(paid)
    assert not vocabulary.is_doubtful(paid)


def test_flags_of_orders() -> None:
    flags = {name for name, *_ in STATES if vocabulary.is_unpaid_flag(english(words(name)))}
    assert flags == {"cancelled_at", "is_test"}


@pytest.mark.parametrize("name", ["Currency", "waehrung", "order_currency", "devise", "Waluta"])
def test_currencies(name: str) -> None:
    assert vocabulary.is_currency(english(words(name)))


@pytest.mark.parametrize("name", ["currency_rate", "exchange rate currency", "country"])
def test_no_currencies(name: str) -> None:
    assert not vocabulary.is_currency(english(words(name)))


@pytest.mark.parametrize("guest", GUESTS)
def test_guests(guest: str) -> None:
    assert vocabulary.is_guest(guest)


@pytest.mark.parametrize("customer", ["1", "17850", "C0", "guest house", "cash register 3"])
def test_no_guests(customer: str) -> None:
    assert not vocabulary.is_guest(customer)
