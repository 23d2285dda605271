"""A known list of orders in random forms: read right, refused, or what is off is said.

`SEGDB_EXAMPLES=2000` tries so many; `make test-slow` and `make test-all` do.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest

from segdb.errors import UserError
from tests.cases.ingest import Ingested, ingest_orders
from tests.cases.orders_file import Written, drawn, written

EXAMPLES = int(os.environ.get("SEGDB_EXAMPLES", "10"))
# So many of them at least are read right: what people have is not refused.
_RIGHT = 0.9
# What a warning of these may say is off: all else of the warnings says nothing of a wrong number.
_SAID = {
    "dates": {"mixed_dates", "old_dates", "far_dates", "rejected_share", "files"},
    "money": {"mixed_numbers", "rejected_share", "files", "repeated_total", "pieces_as_money"},
    "rows": {
        "id_spellings", "id_choice", "guests", "order_id_missing", "equal_rows", "rejected_share",
        "far_dates", "files",
    },
}  # fmt: skip
Verdict = Literal["right", "refused", "said"]


def differences(ingested: Ingested, file: Written) -> set[str]:
    """Return what differs from the truth: "rows", "money" or "dates"."""
    truth, read = file.truth, ingested.by_customer
    if set(truth) != set(read):
        return {"rows"}
    off = set()
    for customer, true in truth.items():
        orders, revenue, first, last = read[customer]
        off |= {"rows"} if orders != true.orders else set()
        off |= {"money"} if revenue != true.revenue else set()
        off |= {"dates"} if (first, last) != (true.first, true.last) else set()
    return off


def tried(folder: Path, seed: int) -> tuple[Verdict, str]:
    """Read the file of a seed: what came of it, and why it was refused or what was said."""
    draw = random.Random(seed)
    form = drawn(draw)
    file = written(folder, form, draw)
    try:
        ingested = ingest_orders(file.path)
    except UserError as error:
        return "refused", str(error)
    except Exception as error:
        error.add_note(f"seed {seed}: {form.odd()}")
        raise
    off = differences(ingested, file)
    unsaid = {what for what in off if not _SAID[what] & set(ingested.codes)}
    assert not unsaid, f"seed {seed}: {unsaid} wrong in silence, {form.odd()}, {ingested}"
    return ("said", ", ".join(ingested.codes)) if off else ("right", "")


@pytest.mark.examples
def test_a_known_list_of_orders_is_never_wrong_in_silence(tmp_path: Path) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(EXAMPLES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        verdicts[tried(folder, seed)[0]] += 1
    assert verdicts["right"] >= _RIGHT * EXAMPLES, verdicts
