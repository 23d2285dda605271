"""Edges between scores as NumPy finds them, and the user's own rules, tried on the customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from segdb.config.feature_sections import Rfm
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError
from segdb.expressions.distributions import statistics
from segdb.features.rfm import RfmRules
from segdb.steps.preprocess.rfm_scores import rfm_rules, score_edges

NAMES = ("recency_days", "frequency", "monetary", "Age")
DRAW = np.random.default_rng(5)
COLUMNS = {name: DRAW.geometric(0.1, 207).astype(float) for name in NAMES}


@pytest.fixture
def store() -> Iterator[DuckDB]:
    with duckdb.connect() as connection:
        connection.register("people", pa.table({"customer_id": range(207), **COLUMNS}))
        yield DuckDB(connection)


def learned(store: DuckDB, **rfm: Any) -> tuple[dict[str, tuple[float, ...]], RfmRules]:
    wanted, table = Rfm.model_validate(rfm), store.unbound("people", "people")
    known = store.rows(statistics(table, NAMES))[0]
    edges = score_edges(store, wanted, table, NAMES, known)
    return edges, rfm_rules(store, wanted, table, NAMES, edges)


@pytest.mark.parametrize("bins", range(2, 11))
def test_quantiles(store: DuckDB, bins: int) -> None:
    edges, rules = learned(store, bins=bins)
    levels = np.arange(1, bins) / bins
    assert list(edges) == list(NAMES[:3])
    for name, found in edges.items():
        assert found == pytest.approx(np.quantile(COLUMNS[name], levels), rel=1e-9)
    assert rules == RfmRules()


@pytest.mark.parametrize("bins", [2, 4, 7])
def test_by_rank_they_are_where_the_groups_end(store: DuckDB, bins: int) -> None:
    edges, rules = learned(store, bins=bins, ties="rank")
    for name, found in edges.items():
        groups = np.array_split(np.sort(COLUMNS[name]), bins)
        assert list(found) == [group[-1] for group in groups[:-1]]
    assert rules.ranked == NAMES[:3]


def test_own_edges_come_before_ranks(store: DuckDB) -> None:
    edges, rules = learned(store, bins=3, ties="rank", edges={"monetary": [5, 9]})
    assert edges["monetary"] == (5.0, 9.0)
    assert (rules.ranked, rules.own) == (("recency_days", "frequency"), ("monetary",))


def test_more_groups_than_customers(store: DuckDB) -> None:
    table = store.unbound("people", "people").limit(3)
    wanted = Rfm.model_validate({"bins": 10, "ties": "rank"})
    known = store.rows(statistics(table, NAMES))[0]
    found = score_edges(store, wanted, table, NAMES, known)
    assert all(len(edges) == 9 for edges in found.values())


def test_edges_of_what_is_no_feature_are_refused(store: DuckDB) -> None:
    wanted = Rfm.model_validate({"edges": {"monetary": [1, 2, 3, 4]}})
    table, names = store.unbound("people", "people"), ("recency_days", "frequency")
    known = store.rows(statistics(table, names))[0]
    with pytest.raises(SettingsError, match=r"\[rfm.edges\] there is no feature 'monetary'"):
        score_edges(store, wanted, table, names, known)


def test_rules_read_features_scores_and_ids_in_any_case(store: DuckDB) -> None:
    sql = 'R_SCORE > 3 AND "age" > 5 AND Customer_ID <> 4'
    assert learned(store, segments={"A": sql}, other="B")[1] == RfmRules(
        segments=(("A", sql),), other="B"
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("monetery > 5", "no column 'monetery'. Did you mean 'monetary'?"),
        ("rfm_segment = 'Loyal'", "no column 'rfm_segment'"),
        ("segment_id = 1", "no column 'segment_id'"),
        ("avg(monetary) > 5", "one row, not at many"),
        ("random() > 0.5", "a random number is not allowed"),
        ("monetary > (SELECT 5)", "a subquery is not allowed"),
        ("row_number() OVER () > 5", "a window function is not allowed"),
        ("monetary > 5; DROP TABLE people", "one SQL expression"),
        ("monetary >", "is not SQL"),
        ("", "is empty"),
        ("monetary > 'many'", "The database refused a statement"),
        ("no_such_function(monetary)", "The database refused a statement"),
    ],
)
def test_a_rule_that_is_none_is_one_paragraph(store: DuckDB, sql: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        learned(store, segments={"Fine": "monetary > 1", "Odd": sql})
    message = str(caught.value)
    assert message.startswith("[rfm.segments] Odd")
    assert words in message
    assert "\n" not in message
    assert store.rows("SELECT count(*) AS n FROM people") == [{"n": 207}]
