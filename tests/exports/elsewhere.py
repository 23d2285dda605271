"""Run one SELECT on ClickHouse or Spark, in the Python of `make engines`, without segdb.

    python elsewhere.py clickhouse|spark FOLDER

The folder holds a Parquet file a table and ``query.sql``; ``rows.json`` is written beside them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def clickhouse(sql: str, tables: dict[str, Path]) -> list[Any]:
    from chdb import session  # type: ignore[import-not-found,unused-ignore]

    server = session.Session()
    for name, path in tables.items():
        made = f"CREATE TABLE {name} ENGINE = Memory AS SELECT * FROM file('{path}', Parquet)"
        server.query(made)
    lines = server.query(sql, "JSONCompactEachRow").bytes().decode().splitlines()
    server.close()
    return [json.loads(line) for line in lines]


def spark(sql: str, tables: dict[str, Path]) -> list[Any]:
    from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]

    settings = {
        "spark.master": "local[1]",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    server = SparkSession.builder.config(map=settings).getOrCreate()
    for name, path in tables.items():
        server.read.parquet(str(path)).createOrReplaceTempView(name)
    rows = [list(row) for row in server.sql(sql).collect()]
    server.stop()
    return rows


def main() -> None:
    folder = Path(sys.argv[2])
    tables = {path.stem: path for path in folder.glob("*.parquet")}
    run = {"clickhouse": clickhouse, "spark": spark}[sys.argv[1]]
    rows = run((folder / "query.sql").read_text("utf-8"), tables)
    (folder / "rows.json").write_text(json.dumps(rows, default=str), "utf-8")


if __name__ == "__main__":
    main()
