"""The contract: well-formed data, and at least what the design page promises."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pytest

from segdb import contract
from segdb.contract import ID, TABLES, Column, Table
from segdb.features.rfm import SCORES

PROMISED = {
    "segments": "customer_id segment_id segment distance margin run_id",
    "customer_features": "customer_id r_score f_score m_score rfm_segment",
    "segment_profiles": "segment_id segment tier customers customer_share revenue revenue_share "
    "summary action rule rule_precision rule_recall",
    "segment_features": "segment_id feature mean median p25 p75 z",
    "segment_centroids": "segment_id feature scaled natural",
    "feature_parameters": "feature position fill lower upper transform center spread",
    "k_selection": "k inertia silhouette simplified_silhouette davies_bouldin calinski_harabasz "
    "gap stability selected",
    "runs": "run_id started_at finished_at as_of rows_read rows_kept rows_rejected customers k "
    "inertia silhouette matrix_rows settings model versions",
    "rejected_rows": "run_id source reason row",
    "segment_history": "customer_id segment_id segment valid_from valid_to run_id",
    "segment_migrations": "run_id from_segment_id to_segment_id customers",
    "segments_live": "customer_id segment_id segment distance margin run_id",
    "customer_segments": "customer_id segment_id segment",
}
# The tables that every run publishes, what `segdb compare` adds, and the macro.
ALL = (*TABLES, contract.ALGORITHM_COMPARISON, contract.ALGORITHM_LABELS, contract.ASSIGN)
BY_NAME = {table.name: table for table in ALL}


def test_names_are_unique_and_every_table_is_listed() -> None:
    assert len(BY_NAME) == len(ALL)
    declared = [value for value in vars(contract).values() if isinstance(value, Table)]
    assert {table.name for table in declared} == set(BY_NAME)
    assert set(contract.__all__) == {
        *(table.name.upper() for table in ALL), "ID", "TABLES", "Column", "Table",
    }  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_is_there(name: str) -> None:
    columns = [column.name for column in BY_NAME[name].columns]
    assert set(PROMISED[name].split()) <= set(columns)


@pytest.mark.parametrize("table", ALL, ids=BY_NAME)
def test_every_table_is_told(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len({name.lower() for name in names}) == len(names)
    assert table.name == table.name.lower()
    assert table.sentence.endswith(".")
    assert table.row
    assert not table.row.endswith(".")
    assert not (table.grows and table.kind == "view")
    assert not table.features or names[0] == "customer_id"
    assert set(table.key) <= set(names)
    assert all(name in table.comment for name in table.key)
    for column in table.columns:
        assert column.sentence.endswith("."), column
        assert not column.unit.endswith("."), column


@pytest.mark.parametrize("table", ALL, ids=BY_NAME)
def test_types_are_the_engines(table: Table) -> None:
    with duckdb.connect() as connection:
        for column in table.columns:
            kind = column.type.replace(ID, "VARCHAR")
            assert str(connection.sql(f"SELECT NULL::{kind} AS a").types[0]) == kind


def test_a_name_means_the_same_type_everywhere() -> None:
    types: dict[str, set[str]] = defaultdict(set)
    for table in TABLES:
        for column in table.columns:
            types[column.name].add(column.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_scores_are_those_of_rfm() -> None:
    names = [column.name for column in contract.CUSTOMER_FEATURES.columns[1:]]
    assert names == [*(score for score, _, _ in SCORES), "rfm_segment"]


def test_live_segments_look_like_segments() -> None:
    assert contract.SEGMENTS_LIVE.columns == contract.SEGMENTS.columns


def test_the_contract_is_frozen() -> None:
    with pytest.raises(AttributeError):
        contract.SEGMENTS.columns[0].name = "id"  # type: ignore[misc]
    assert isinstance(hash(contract.SEGMENTS), int)
    assert isinstance(hash(Column("a", "DOUBLE", "A.")), int)
