"""The command that asks: named queries and SELECTs, in three formats, and what is no question."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import struct
import subprocess
import sys
import termios
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

import segdb
from segdb.cli import main
from segdb.named_queries import all_queries
from tests.steps import shops


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("asked") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(shops.SHOP.format(rows=1600)).fetchall()
        settings = shops.settings("orders", features=shops.ALL_FEATURES)
        segdb.run("shop", database=connection, settings=settings)
        connection.execute(shops.PEOPLE).fetchall()
        people = shops.settings("customers", publish={"schema": "people"})
        segdb.run(customers="people", database=connection, settings=people)
    return path


def query(path: Path, *words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["query", *words, "--database", str(path)])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize("name", sorted(all_queries()))
def test_every_named_query_answers(made: Path, name: str) -> None:
    ids = ["--ids", "c1,c2"] if name == "look_alikes" else []
    answer = json.loads(query(made, name, *ids, "--format", "json").stdout)
    assert isinstance(answer, list)
    assert answer or name in {
        "entered",
        "left_rfm",
        "moved_down",
        "new_customers",
        "win_back",
        "slipping_away",
        # The shop has too little history for them.
        "expected_value",
        "next_orders",
    }


def test_three_formats_say_the_same(made: Path) -> None:
    words = ("customers", "--limit=3")
    rows = json.loads(query(made, *words, "--format", "json").stdout)
    read = list(csv.DictReader(io.StringIO(query(made, *words, "--format", "csv").stdout)))
    assert [row["customer_id"] for row in rows] == [row["customer_id"] for row in read]
    assert float(read[0]["monetary"]) == rows[0]["monetary"]
    table = query(made, *words).stdout
    assert table.splitlines()[-1] == "(3 rows)"
    assert all(row["customer_id"] in table for row in rows)


def test_the_questions_are_listed() -> None:
    listed = CliRunner().invoke(main, ["query"]).stdout
    for one in all_queries().values():
        assert f"{one.name:<20} {one.question}" in listed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("win_bak",),
            "There is no query 'win_bak', and it is no SELECT. Did you mean 'win_back'?",
        ),
        (("customers", "--segmnt", "x"), "has no --segmnt. Did you mean '--segment'?"),
        (("customers", "--limit", "-3"), "--limit takes a whole number of 1 or more, not '-3'."),
        (("slipping_away", "--times", "x"), "--times takes a number of 0 or more, not 'x'."),
        (("look_alikes", "--ids", "x1, 7"), "There is no customer_id 7, x1; one that exists: c0."),
        (("look_alikes", "--ids", " , "), "--ids holds no customer_id; one that exists: c0."),
        (("look_alikes",), "The query look_alikes needs --ids."),
        (("segment_value", "--limit", "3"), "It has no parameters."),
        (("SELECT monetery FROM customer_features",), "Did you mean 'monetary'?"),
        (("SELECT * FROM segmnts",), "segments"),
        (("DROP TABLE segments",), "A query is one SELECT; it cannot change the database."),
    ],
)
def test_what_is_no_question(made: Path, words: tuple[str, ...], message: str) -> None:
    result = query(made, *words, code=2)
    assert result.output.startswith("Error: ")
    assert message in result.output


@pytest.mark.parametrize("name", ["customers", "entered", "next_best_segment"])
def test_a_segment_that_is_none_names_the_nearest(made: Path, name: str) -> None:
    sql = "SELECT segment FROM segment_profiles ORDER BY segment"
    names = [row["segment"] for row in json.loads(query(made, sql, "--format", "json").stdout)]
    said = query(made, name, "--segment", f"{names[0]}x", code=2).output
    assert said == f"Error: There is no segment '{names[0]}x'. Did you mean '{names[0]}'?\n"
    said = query(made, name, "--segment", "??", code=2).output
    assert all(one in said for one in names)
    query(made, name, "--segment", names[0].upper())
    query(made, name, "--segment", f"%{names[0][1:]}")


def test_ids_that_nobody_has_are_named_and_left_out(made: Path) -> None:
    known = query(made, "look_alikes", "--ids", "c1,c2", "--format", "json")
    some = query(made, "look_alikes", "--ids", "c1, c2,, y,x,x", "--format", "json")
    assert some.stdout == known.stdout
    assert known.stderr == ""
    assert some.stderr == "There is no customer_id x, y; left out of --ids.\n"
    many = ",".join(f"x{i}" for i in range(9))
    assert "x0, x1, x2, x3, x4 and 4 more;" in query(made, "look_alikes", f"--ids=c1,{many}").stderr


@pytest.mark.parametrize("words", [("SELECT 1", "--limit", "3"), ("customers", "limit")])
def test_parameters_in_the_wrong_place(made: Path, words: tuple[str, ...]) -> None:
    assert "Error: " in query(made, *words, code=2).output


def test_a_query_of_features_that_a_run_did_not_have(made: Path, tmp_path: Path) -> None:
    config = tmp_path / "segdb.toml"
    config.write_text('[publish]\nschema = "people"\n', "utf-8")
    assert query(made, "segment_value", "--config", str(config)).stdout
    assert query(made, "next_best_segment", "--config", str(config)).stdout
    assert query(made, "look_alikes", "--ids", "c1", "--config", str(config)).stdout
    words = query(made, "win_back", "--config", str(config), code=2).output
    assert "there is no column 'recency_days'" in words
    assert "It is of orders: the last run had none, or left it out" in words


def test_on_a_terminal_a_table_is_as_wide_as_that(made: Path) -> None:
    outside, inside = os.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
    program = [sys.executable, "-c", "from segdb.cli import main; main()"]
    subprocess.run(
        [*program, "query", "customers", "--limit", "2", "--database", str(made)],
        stdout=inside,
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
        check=True,
    )
    lines = os.read(outside, 9999).decode().splitlines()
    os.close(inside)
    os.close(outside)
    assert 60 < max(map(len, lines)) <= 70
    assert "columns fit. Not shown: " in " ".join(lines)
    whole = query(made, "customers", "--limit", "2").stdout.splitlines()
    assert len(whole) == 4
    assert whole[0].startswith(lines[0])
