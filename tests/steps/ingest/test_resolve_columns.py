"""Choose: how the features of categories are called from run to run."""

from __future__ import annotations

import segdb
from tests.steps import shops

PEOPLE = "SELECT * REPLACE ({} AS card) FROM people"
CARDS = "CASE card WHEN 'gold' THEN 'très cher' ELSE 'yes' END"
MORE = f"CASE WHEN age > 60 THEN 'Yes' ELSE {CARDS} END"


def test_a_category_keeps_its_name_where_a_value_comes_before_it() -> None:
    settings = shops.settings("customers")
    with shops.opened() as connection:
        names = []
        for cards in (CARDS, MORE):
            source = PEOPLE.format(cards)
            result = segdb.run(customers=source, database=connection, settings=settings)
            entries = result.model.catalogue.of("category")
            names.append({entry.value: entry.name for entry in entries})
        first, then = names
        assert first == {"très cher": "card_très_cher", "yes": "card_yes"}
        assert then == {**first, "Yes": "card_Yes_2"}
        told = connection.sql("SELECT card_très_cher, card_yes FROM segdb.customer_features")
        assert told.columns == ["card_très_cher", "card_yes"]
