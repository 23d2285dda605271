"""JSON and policies that hold against whatever a name may be."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segdb.report.embed import packed, policy, safe_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
@example("</script><!-- & \u2028 \u2029")
@example({"<\u2028": ["&\u2029>"]})
def test_json_is_the_same_and_holds_nothing_that_ends_a_script(value: Any) -> None:
    text = safe_json(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
        safe_json({"x": float("nan")})


def test_the_policy_names_the_hash_of_each_script_and_style() -> None:
    found = policy(["let a = 'é'"], ["b {}"])
    for kind, text in (("script-src", "let a = 'é'"), ("style-src", "b {}")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in found
    assert "default-src 'none'" in found
    assert "unsafe" not in found


CELLS = st.fixed_dictionaries(
    {"name": st.text(max_size=5) | st.none(), "x": st.integers() | st.none()}
)


@given(st.lists(CELLS, max_size=8))
def test_packed_rows_can_be_unpacked_as_the_page_does(rows: list[dict[str, Any]]) -> None:
    found = json.loads(safe_json(packed({"datasets": {"rows": rows}})))["datasets"]["rows"]
    read = [
        column if isinstance(column, list) else [column["words"][at] for at in column["at"]]
        for column in found["columns"]
    ]
    unpacked = [
        dict(zip(found["names"], (column[i] for column in read), strict=True))
        for i in range(found["length"])
    ]
    assert unpacked == rows
