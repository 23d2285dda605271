"""``make bench``: time and memory of segdb beside others, as ratios within one run.

Wall time is what a user waits; processor time is what to compare on a machine that others use too.

Nothing here asserts a time; what is asserted is that everyone did the same job.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segdb.demo import synthetic
from tests.benchmarks import contenders

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results"
MILLION = 1_000_000
# Beyond this many orders a notebook does not fit into an ordinary machine, nor text onto its disk.
NOTEBOOK_ORDERS = 10
# Of seconds against the bare GROUP BY, up to 10 million orders and above.
TARGET_FLOORS, TARGET_FLOORS_LARGE = 4.5, 4.0
UP_TO_THEN = ("pandas", "polars", "spark", "segdb from csv")


@pytest.fixture
def orders(tmp_path: Path, millions: float) -> Path:
    """Orders of a made-up shop, no row twice: only segdb would look for such."""
    path = tmp_path / "orders.parquet"
    shop = synthetic.orders(max(50, int(millions * MILLION / synthetic.ORDERS_PER_CUSTOMER)))
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = '{tmp_path / 'spill'}'")
        query = f"COPY (SELECT DISTINCT * FROM ({shop})) TO '{path}' (FORMAT parquet)"
        connection.execute(query).fetchall()
        if millions <= NOTEBOOK_ORDERS:
            text = f"COPY (FROM '{path}') TO '{path.with_suffix('.csv')}' (FORMAT csv)"
            connection.execute(text).fetchall()
    return path


def timed(command: list[str], environment: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Run a command of this Python in a process of its own: wall seconds, and its output."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    return seconds, done.stdout


def show(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def save(name: str, values: Any) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(values, indent=2) + "\n", "utf-8")


def compete(orders: Path, millions: float, only: list[str]) -> Iterator[dict[str, Any]]:
    unknown = sorted(set(only) - set(contenders.CONTENDERS))
    assert not unknown, f"--only: no contender {unknown}; there are {list(contenders.CONTENDERS)}"
    for name in only or contenders.CONTENDERS:
        why = contenders.lacking(name)
        if why is None and name in UP_TO_THEN and millions > NOTEBOOK_ORDERS:
            why = f"it is run up to {NOTEBOOK_ORDERS} million orders"
        if why is not None:
            show(f"{name}: left out, since {why}")
            continue
        labels = orders.with_suffix(".labels")
        seconds, output = timed(
            ["-m", "tests.benchmarks.contenders", name, str(orders), str(labels)]
        )
        yield {"name": name, "seconds": seconds, **json.loads(output.splitlines()[-1])}


def test_same_job(orders: Path, millions: float, pytestconfig: pytest.Config) -> None:
    only = [name for name in pytestconfig.getoption("--only").split(",") if name]
    rows = list(compete(orders, millions, only))
    for row in rows:
        row["inertia"] = {int(k): value for k, value in row.get("inertia", {}).items()}
        row["worse"] = _worse(row, rows)
    by_name = {row["name"]: row for row in rows}
    floor = by_name.get("floor", rows[0])
    show(f"\n{millions:g} million orders, {rows[0]['customers']:,} customers")
    heads = f"{'seconds':>9}{'× floor':>9}{'cpu s':>9}{'× floor':>9}{'peak MB':>9}{'k':>4}"
    show(f"{'':28}{heads}  inertia / best, mean over k")
    for row in rows:
        row |= {f"floors_{name}": row[name] / floor[name] for name in ("seconds", "cpu_seconds")}
        worse = "" if row["worse"] is None else f"{row['worse']:.5f}"
        show(
            f"{row['name']:28}{row['seconds']:9.1f}{row['floors_seconds']:9.2f}"
            f"{row['cpu_seconds']:9.1f}{row['floors_cpu_seconds']:9.2f}{row['peak_mb']:9.0f}"
            f"{row.get('k', ''):>4}  {worse}"
        )
    show_phases(by_name)
    ratios = ratios_of(by_name, millions)
    for words, (value, target) in ratios.items():
        show(f"{words:40}{value:7.2f}   (target {target})")
    save(f"orders_{millions:g}m", {"runs": rows, "ratios": ratios})
    # Everyone found the same customers, and no fit is far from the best one.
    kept = {row["customers"] for name, row in by_name.items() if "rejecting" not in name}
    assert len(kept) == 1
    assert all(row["worse"] is None or row["worse"] < 1.05 for row in rows)


def show_phases(by_name: Mapping[str, dict[str, Any]]) -> None:
    """Print what each phase of a run of segdb took."""
    phases = by_name.get("segdb", {}).get("phases", {})
    for name, took in phases.items():
        show(f"  {name:40}{took['seconds']:9.2f} s{took['cpu_seconds']:9.2f} cpu s")


def ratios_of(
    by_name: Mapping[str, dict[str, Any]], millions: float
) -> dict[str, tuple[float, float]]:
    """Return what is held of segdb against the others in this run, with the target of each."""
    floors = TARGET_FLOORS_LARGE if millions > NOTEBOOK_ORDERS else TARGET_FLOORS
    held = [
        ("seconds / pandas + scikit-learn", "seconds", "pandas", 0.20),
        ("seconds / polars + scikit-learn", "seconds", "polars", 0.28),
        ("seconds / bare GROUP BY", "seconds", "floor", floors),
        ("processor seconds / bare GROUP BY", "cpu_seconds", "floor", floors),
        ("peak memory / pandas", "peak_mb", "pandas", 0.33),
    ]
    own = by_name.get("segdb")
    ratios = {
        words: (own[measure] / by_name[other][measure], target)
        for words, measure, other, target in held
        if own and other in by_name
    }
    if own and own.get("worse") is not None:
        ratios["inertia / best of all, mean over k"] = (own["worse"], 1.001)
    return ratios


def _worse(row: dict[str, Any], rows: list[dict[str, Any]]) -> float | None:
    """Mean over k of the inertia relative to the best of all."""
    best = {
        k: min(int_by_k[k] for other in rows if k in (int_by_k := _by_int(other)))
        for k in row["inertia"]
    }
    return statistics.mean(row["inertia"][k] / best[k] for k in best) if best else None


def _by_int(row: dict[str, Any]) -> dict[int, float]:
    return {int(k): value for k, value in row.get("inertia", {}).items()}


def best_of(runs: int, job: Callable[[], float]) -> float:
    return min(job() for _ in range(runs))


def test_help_starts_quickly() -> None:
    seconds = best_of(5, lambda: timed(["-c", "from segdb.cli import main; main()", "--help"])[0])
    show(f"\nsegdb --help: {seconds:.2f} s (target 0.4)")
    save("help", {"seconds": seconds, "target": 0.4})


def test_online_retail(shared_data: Path, tmp_path: Path) -> None:
    code = (
        "import sys, segdb\n"
        "with segdb.run(sys.argv[1], database=sys.argv[2]) as run: print(run.facts['customers'])"
    )
    source = str(shared_data / "online_retail.parquet")
    seconds, output = timed(["-c", code, source, str(tmp_path / "retail.duckdb")])
    assert int(output) > 4_000
    show(f"\nOnline Retail: {seconds:.1f} s (target 6)")
    save("online_retail", {"seconds": seconds, "target": 6})
