"""What a declared feature is."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest

from segdb.features.catalogue import REGISTRY
from segdb.features.feature import Feature, epoch
from segdb.source_schema import Role

UNITS = {"days", "orders", "currency", "items", "share", "months", "categories"}


def test_epoch_reads_a_local_time_as_it_is() -> None:
    assert epoch(datetime(1970, 1, 2)) == 86_400
    assert epoch(datetime(2011, 12, 10)) == 1_323_475_200


@pytest.mark.parametrize("feature", REGISTRY.values(), ids=REGISTRY)
def test_a_feature_says_what_it_is(feature: Feature) -> None:
    assert feature.unit in UNITS
    assert feature.sentence.endswith(".")
    assert feature.sentence[0].isupper()
    assert feature.aggregates
    assert feature.roles <= set(get_args(Role))


def test_the_same_aggregate_has_the_same_name_and_no_other() -> None:
    by_name: dict[str, set[object]] = {}
    for feature in REGISTRY.values():
        for name, aggregate in feature.aggregates.items():
            by_name.setdefault(name, set()).add(aggregate)
    assert {name for name, found in by_name.items() if len(found) > 1} == set()
