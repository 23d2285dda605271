"""Money that must not be added, was not paid, or is counted twice: said, or right."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pytest

from segdb.checks.warning import DataWarning
from segdb.errors import DataError
from tests.cases import shop
from tests.cases.ingest import ingest


def written(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def predicate(warning: DataWarning) -> str:
    """Return the SQL in the line that a warning proposes."""
    return warning.setting.split("'''")[1]


def where(file: Path, sql: str) -> tuple[int, float]:
    """Return how many rows of a file a predicate is true of, and the sum of their amounts."""
    with duckdb.connect() as connection:
        rows = connection.read_csv(str(file), header=True, all_varchar=True).filter(sql)
        return rows.aggregate("count(*), sum(amount::DOUBLE)").fetchall()[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


PLAIN = ("customer_id", "order_id", "order_date", "amount")


def plain(order: shop.Order) -> tuple[object, ...]:
    return (shop.code(order.customer), order.number, order.moment, order.total)


def test_a_plain_file_is_right_and_nothing_is_said(file: Path) -> None:
    written(file, PLAIN, map(plain, shop.orders()))
    ingested = ingest(file)
    assert (ingested.customers, ingested.orders) == (shop.CUSTOMERS, shop.ORDERS)
    assert ingested.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)
    assert ingested.as_of == shop.as_of()
    assert ingested.warnings == []


def test_of_a_total_and_its_parts_the_total_is_the_amount(file: Path) -> None:
    rows = [(*plain(order)[:3], float(order.total) / 1.2, order.total) for order in shop.orders()]
    written(file, (*PLAIN[:3], "Subtotal", "Total"), rows)
    assert ingest(file).revenue == pytest.approx(float(shop.revenue()), abs=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "Currency",
        *(
            pytest.param(n, marks=pytest.mark.slow)
            for n in ("waehrung", "order_currency", "devise")
        ),
    ],
)
def test_several_currencies_stop_the_run(file: Path, name: str) -> None:
    rows = [(*plain(order), ("EUR", "JPY", "USD")[order.number % 3]) for order in shop.orders()]
    written(file, (*PLAIN, name), rows)
    with pytest.raises(DataError, match=r"EUR .*\[clean.reject\].*several_currencies"):
        ingest(file)


@pytest.mark.parametrize(
    ("name", "currencies"),
    [
        pytest.param("currency", ("US Dollar", "Euro"), marks=pytest.mark.slow),
        pytest.param("Waluta", ("złoty", "korona", "euro"), marks=pytest.mark.slow),
        ("currency_id", (1, 2)),
        ("ccy", (" EUR", "O'D")),
    ],
)
def test_the_line_proposed_keeps_one_currency_however_it_is_written(
    file: Path, name: str, currencies: Sequence[object]
) -> None:
    n = len(currencies)
    rows = [(*plain(order), currencies[order.number % n]) for order in shop.orders()]
    written(file, (*PLAIN, name), rows)
    with pytest.raises(DataError, match="several_currencies") as caught:
        ingest(file)
    proposed = str(caught.value).split("'''")[1]
    cleaned = ingest(file, clean={"reject": {"another currency": proposed}})
    sizes = [sum(order.number % n == i for order in shop.orders()) for i in range(n)]
    assert cleaned.orders == max(sizes)


@pytest.mark.parametrize(
    "name", ["currency_rate", pytest.param("exchange rate currency", marks=pytest.mark.slow)]
)
def test_rates_of_currencies_are_no_currencies(file: Path, name: str) -> None:
    rows = [(*plain(order), (1, 0.9)[order.number % 2]) for order in shop.orders()]
    written(file, (*PLAIN, name), rows)
    assert ingest(file).warnings == []


def test_one_currency_is_no_trouble(file: Path) -> None:
    written(file, (*PLAIN, "currency"), [(*plain(order), "EUR") for order in shop.orders()])
    assert ingest(file).warnings == []


def test_the_line_that_a_warning_of_currencies_proposes_works(file: Path) -> None:
    rows = [(*plain(order), ("EUR", "eur", "JPY")[order.number % 3]) for order in shop.orders()]
    written(file, (*PLAIN, "currency"), rows)
    ingested = ingest(file, clean={"reject": {"another currency": "upper(currency) <> 'EUR'"}})
    kept = [order for order in shop.orders() if order.number % 3 < 2]
    assert ingested.revenue == pytest.approx(float(shop.revenue(kept)), abs=1e-6)
    assert ingested.warnings == []


def test_currencies_within_the_amounts_stop_the_run(file: Path) -> None:
    signs = ("$", "€")
    rows = [
        (*plain(order)[:3], f"{signs[order.number % 2]}{order.total}") for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    with pytest.raises(DataError, match="several_currencies"):
        ingest(file)


STATES = (
    ("Financial Status", "paid", "refunded"),
    ("cancelled_at", "", "2025-05-05"),
    ("order_status", "Completed", "Cancelled by customer"),
    ("Bestellstatus", "bezahlt", "Storniert"),
    ("statut", "payée", "remboursée"),
    ("Estado", "pagado", "cancelado"),
    ("payment_state", "ok", "wc-failed"),
    ("transaction type", "sale", "chargeback"),
    ("is_test", "false", "true"),
    ("status", "done", "closed"),
    ("Zahlungsstatus", "bezahlt", "Rückerstattung"),
    ("stan", "zrealizowane", "zwrot"),
    ("Situação", "pago", "estornado"),
    ("type", "sale", "return"),
)


# The words of all of them are held by tests/checks/test_vocabulary.py, without reading a file.
@pytest.mark.parametrize(
    ("name", "paid", "unpaid"),
    [*STATES[:3], *(pytest.param(*state, marks=pytest.mark.slow) for state in STATES[3:])],
)
def test_orders_that_were_not_paid_are_said(file: Path, name: str, paid: str, unpaid: str) -> None:
    rows = [(*plain(order), unpaid if order.number % 5 == 0 else paid) for order in shop.orders()]
    written(file, (*PLAIN, name), rows)
    ingested = ingest(file)
    gone = [order for order in shop.orders() if order.number % 5 == 0]
    warning = ingested.warning("unpaid_orders")
    assert warning.share == pytest.approx(float(shop.revenue(gone) / shop.revenue()), abs=1e-6)
    assert f"{len(gone)} rows" in warning.message
    count, money = where(file, predicate(warning))
    assert count == len(gone)
    assert money == pytest.approx(float(shop.revenue(gone)), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "paid", "unpaid"),
    [STATES[1], *(pytest.param(*s, marks=pytest.mark.slow) for s in STATES if s != STATES[1])],
)
def test_the_line_that_a_warning_of_unpaid_orders_proposes_works(
    file: Path, name: str, paid: str, unpaid: str
) -> None:
    rows = [(*plain(order), unpaid if order.number % 5 == 0 else paid) for order in shop.orders()]
    written(file, (*PLAIN, name), rows)
    gone = [order for order in shop.orders() if order.number % 5 == 0]
    proposed = predicate(ingest(file).warning("unpaid_orders"))
    cleaned = ingest(file, clean={"reject": {"not paid": proposed}})
    assert cleaned.revenue == pytest.approx(float(shop.revenue() - shop.revenue(gone)), abs=1e-6)
    assert "unpaid_orders" not in cleaned.codes


def test_returns_below_zero_are_not_said_again(file: Path) -> None:
    rows = [
        (*plain(order)[:3], *((-order.total, "return") if back else (order.total, "sale")))
        for order in shop.orders()
        for back in (order.number % 5 == 0,)
    ]
    written(file, (*PLAIN, "type"), rows)
    assert "unpaid_orders" not in ingest(file).codes


def test_states_of_something_else_are_not_said(file: Path) -> None:
    rows = [(*plain(order), ("CA", "NY")[order.number % 2], "paid") for order in shop.orders()]
    written(file, (*PLAIN, "state", "status"), rows)
    assert ingest(file).warnings == []


def test_a_run_stops_where_most_of_the_money_was_not_paid(file: Path) -> None:
    rows = [(*plain(order), "paid" if order.number % 5 == 0 else "void") for order in shop.orders()]
    written(file, (*PLAIN, "status"), rows)
    with pytest.raises(DataError, match="unpaid_orders"):
        ingest(file)


@pytest.mark.parametrize(
    ("sentinel", "returns"),
    [
        ("-999", True),
        ("99999", False),
        pytest.param("-999", False, marks=pytest.mark.slow),
        pytest.param("99999.00", True, marks=pytest.mark.slow),
    ],
)
def test_an_amount_that_stands_for_a_missing_one_is_said(
    file: Path, sentinel: str, returns: bool
) -> None:
    def amount(order: shop.Order) -> object:
        if order.number % 20 == 0:
            return sentinel
        return -order.total if returns and order.number % 9 == 1 else order.total

    written(file, PLAIN, [(*plain(order)[:3], amount(order)) for order in shop.orders()])
    warning = ingest(file).warning("sentinels")
    lacking = sum(order.number % 20 == 0 for order in shop.orders())
    assert f"{lacking} of {shop.ORDERS} rows" in warning.message
    line = warning.setting.split("null_values_by_column = ")[1].split(" if ")[0]
    assert line == f'{{amount = ["{float(sentinel):.0f}"]}}'
    token = f"{float(sentinel):.0f}"
    cleaned = ingest(file, source={"null_values_by_column": {"amount": [token]}})
    assert "sentinels" not in cleaned.codes
    assert cleaned.reasons["missing or unreadable amount"] == lacking


@pytest.mark.parametrize(
    ("name", "discount", "net"),
    [
        ("discount", 0.1, '"unit_price" * (1 - "discount")'),
        pytest.param("Rabatt", "0,2", '"unit_price" * (1 - "Rabatt")', marks=pytest.mark.slow),
        ("line_discount_amount", 5, '"unit_price" - "line_discount_amount"'),
    ],
)
def test_a_discount_that_is_not_taken_off_is_said(
    file: Path, name: str, discount: object, net: str
) -> None:
    rows = [
        (*plain(order)[:3], 2, order.total, discount if order.number % 2 else 0)
        for order in shop.orders()
    ]
    header = (*PLAIN[:3], "quantity", "unit_price", name)
    written(file, header, rows)
    warning = ingest(file).warning("ignored_discount")
    assert f"'{name}' is set in {shop.ORDERS // 2} rows (50 %)" in warning.message
    assert net in warning.message


@pytest.mark.parametrize(("name", "discount"), [("discount", 0), ("discount code", "SUMMER")])
def test_no_discount_is_none(file: Path, name: str, discount: object) -> None:
    rows = [(*plain(order)[:3], 2, order.total, discount) for order in shop.orders()]
    written(file, (*PLAIN[:3], "quantity", "unit_price", name), rows)
    assert "ignored_discount" not in ingest(file).codes


def test_usual_returns_are_no_sentinels(file: Path) -> None:
    rows = [
        (*plain(order)[:3], -1 if order.number % 9 == 1 else 1, order.total)
        for order in shop.orders()
    ]
    written(file, (*PLAIN[:3], "quantity", "unit_price"), rows)
    assert ingest(file).warnings == []


def test_more_returns_than_sales_stop_the_run(file: Path) -> None:
    rows = [
        (*plain(order)[:3], order.total if order.number % 5 == 0 else -order.total)
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    with pytest.raises(DataError, match=r'\[clean\] returns = "reject".*no_revenue'):
        ingest(file)


def test_amounts_of_nothing_are_said(file: Path) -> None:
    written(file, PLAIN, [(*plain(order)[:3], 0) for order in shop.orders()])
    assert ingest(file).codes == ["no_revenue"]


LINES = ("customer_id", "order_id", "order_date", "sku")


def lines(*columns: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for order in shop.orders():
        for line in order.lines:
            values: dict[str, object] = {
                "total": order.total,
                "line": line.total,
                "pieces": line.pieces,
                "price": line.price,
            }
            own = (shop.code(order.customer), order.number, order.moment, f"P{line.product}")
            rows.append((*own, *(values[column] for column in columns)))
    return rows


@pytest.mark.parametrize(
    "name",
    [
        "order_total",
        "amount",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("payment_value", "total")),
    ],
)
def test_an_orders_total_in_each_of_its_lines_counts_once(file: Path, name: str) -> None:
    written(file, (*LINES, name), lines("total"))
    ingested = ingest(file)
    assert ingested.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)
    assert ingested.orders == shop.ORDERS
    assert "counts once" in ingested.warning("repeated_total").message
    added = ingest(file, clean={"amount_of": "row"})
    assert (added.revenue or 0) > 1.5 * float(shop.revenue())


def test_a_total_without_a_column_of_products_is_asked_about(file: Path) -> None:
    header = ("customer_id", "order_id", "order_date", "line_no", "amount")
    rows = [(*row[:3], place, row[4]) for place, row in enumerate(lines("total"))]
    written(file, header, rows)
    assert "is it the total" in ingest(file).warning("repeated_total").message
    once = ingest(file, clean={"amount_of": "order"})
    assert once.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)


def test_a_total_that_is_rejected_in_one_line_counts_in_another(file: Path) -> None:
    written(file, (*LINES, "order_total"), lines("total"))
    ingested = ingest(file, clean={"reject": {"no such product": "sku = 'P3'"}})
    alone = [o for o in shop.orders() if {line.product for line in o.lines} == {3}]
    expected = shop.revenue() - shop.revenue(alone) if alone else shop.revenue()
    assert ingested.revenue == pytest.approx(float(expected), abs=1e-6)


def test_amounts_of_lines_are_added(file: Path) -> None:
    written(file, (*LINES, "amount"), lines("line"))
    ingested = ingest(file)
    assert ingested.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)
    assert "repeated_total" not in ingested.codes


# Names of prices are held by tests/inspect/test_header_vocabulary.py.
@pytest.mark.parametrize(
    "name",
    ["item-price", *(pytest.param(n, marks=pytest.mark.slow) for n in ("price", "sales price"))],
)
def test_a_lines_total_is_not_multiplied_by_its_quantity(file: Path, name: str) -> None:
    written(file, (*LINES, "quantity", name), lines("pieces", "line"))
    ingested = ingest(file)
    assert ingested.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)
    assert "not multiplied" in ingested.warning("price_or_total").message


@pytest.mark.parametrize(
    "name",
    ["price", *(pytest.param(n, marks=pytest.mark.slow) for n in ("item-price", "unit price"))],
)
def test_a_price_of_one_piece_is_multiplied(file: Path, name: str) -> None:
    written(file, (*LINES, "quantity", name), lines("pieces", "price"))
    ingested = ingest(file)
    assert ingested.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)
    assert "price_or_total" not in ingested.codes


def test_a_unit_price_that_grows_with_the_quantity_is_said(file: Path) -> None:
    written(file, (*LINES, "quantity", "unit_price"), lines("pieces", "line"))
    assert "grows with it" in ingest(file).warning("price_or_total").message


def test_an_amount_that_is_a_price_of_one_piece_is_said(file: Path) -> None:
    written(file, (*LINES, "quantity", "amount"), lines("pieces", "price"))
    assert "not multiplied" in ingest(file).warning("price_or_total").message


def test_pieces_are_not_taken_for_money(file: Path) -> None:
    written(file, (*LINES, "AMOUNT", "SALES_PRICE"), lines("pieces", "line"))
    ingested = ingest(file)
    assert ingested.revenue == pytest.approx(float(shop.revenue()), abs=1e-6)
    assert "pieces_as_money" in ingested.codes


def test_one_row_with_much_of_the_revenue_is_said(file: Path) -> None:
    rows = [plain(order) for order in shop.orders()]
    rows[17] = (*rows[17][:3], float(shop.revenue()))
    written(file, PLAIN, rows)
    warning = ingest(file).warning("large_share")
    assert "in one row" in warning.message
    assert warning.share > 0.4


def test_revenue_without_a_customer_is_said_with_its_share(file: Path) -> None:
    gone = [order for order in shop.orders() if order.number % 6 == 0]
    rows = [("", *plain(order)[1:]) if order in gone else plain(order) for order in shop.orders()]
    written(file, PLAIN, rows)
    warning = ingest(file).warning("revenue_without_customer")
    assert warning.share == pytest.approx(float(shop.revenue(gone) / shop.revenue()), abs=1e-6)


CODES = (
    ("status", ("P", "R", "C")),
    ("Status", ("1", "2", "3")),
    ("order_status", ("CMPL", "RFND", "CNCL")),
    ("payment status", ("PD", "RF", "PD")),
    ("Bestellstatus", ("10", "20", "90")),
    ("estado", ("1", "2", "1")),
    ("statut de la commande", ("LIV", "ANN", "LIV")),
    ("state", ("A", "X", "A")),
    ("status", ("выполнен", "отменён", "выполнен")),
    ("status", ("paid", "R", "paid")),
)


def coded(file: Path, name: str, codes: Sequence[str]) -> dict[str, list[shop.Order]]:
    """Write a shop, of which a tenth each has the second and the third of three codes."""
    rows, orders = [], dict[str, list[shop.Order]]()
    for order in shop.orders():
        code = codes[{3: 1, 7: 2}.get(order.number % 10, 0)]
        rows.append((*plain(order), code))
        orders.setdefault(code, []).append(order)
    written(file, (*PLAIN, name), rows)
    return orders


@pytest.mark.parametrize(("name", "codes"), CODES)
def test_states_that_are_codes_are_said(file: Path, name: str, codes: Sequence[str]) -> None:
    orders = coded(file, name, codes)
    warning = ingest(file).warning("unknown_states")
    others = [order for code, made in orders.items() if code != codes[0] for order in made]
    assert warning.share == pytest.approx(float(shop.revenue(others) / shop.revenue()), abs=1e-6)
    for code, made in orders.items():
        shown = f"{code} {len(made)} rows" in warning.message
        assert shown is (code != "paid")
    assert where(file, predicate(warning))[0] == len(others)


@pytest.mark.parametrize(("paid", "unpaid"), [("paid ", " refunded "), ("P ", " R")])
def test_the_line_of_states_finds_them_whatever_blanks_they_have(
    file: Path, paid: str, unpaid: str
) -> None:
    orders = coded(file, "status", (paid, unpaid, paid))
    [warning] = ingest(file).warnings
    cleaned = ingest(file, clean={"reject": {"not paid": predicate(warning)}})
    assert cleaned.orders == len(orders[paid])


def test_the_line_of_codes_works_and_settles_it(file: Path) -> None:
    orders = coded(file, "status", ("P", "R", "C"))
    cleaned = ingest(file, clean={"reject": {"not paid": "\"status\" IN ('R')"}})
    left = shop.revenue() - shop.revenue(orders["R"])
    assert cleaned.revenue == pytest.approx(float(left), abs=1e-6)
    assert cleaned.warnings == []
    accepted = ingest(file, checks={"accept": ["unknown_states"]})
    assert accepted.warnings == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("marital_status", ("M", "S", "D")),
        ("customer status", ("A", "B", "C")),
        ("shipping_state", ("CA", "NY", "TX")),
        ("estado", ("SP", "RJ", "MG")),
        ("status", ("OK", "new", "shipped")),
        ("status", ("1", "1", "1")),
        ("type", ("A", "B", "C")),
    ],
)
def test_codes_of_something_else_are_not_said(file: Path, name: str, codes: Sequence[str]) -> None:
    coded(file, name, codes)
    assert ingest(file).warnings == []


def test_states_that_are_numbers_of_a_parquet_file_are_said(tmp_path: Path, file: Path) -> None:
    coded(file, "status", ("1", "2", "3"))
    parquet = tmp_path / "orders.parquet"
    with duckdb.connect() as connection:
        connection.read_csv(str(file)).write_parquet(str(parquet))
        warning = ingest(parquet).warning("unknown_states")
        rows = connection.read_parquet(str(parquet)).filter(predicate(warning))
        assert sorted(rows.aggregate("status").fetchall()) == [(2,), (3,)]


def test_amounts_without_a_currency_are_said(file: Path) -> None:
    rows = [(*plain(order), "" if order.number % 8 == 0 else "eur") for order in shop.orders()]
    written(file, (*PLAIN, "Currency"), rows)
    ingested = ingest(file)
    empty = [order for order in shop.orders() if order.number % 8 == 0]
    warning = ingested.warning("blank_currency")
    assert ingested.codes == ["blank_currency"]
    assert f"{len(empty)} rows (12.5 %)" in warning.message
    assert warning.share == pytest.approx(len(empty) / shop.ORDERS)
    assert where(file, predicate(warning))[0] == len(empty)
    cleaned = ingest(file, clean={"reject": {"no currency": predicate(warning)}})
    assert cleaned.orders == shop.ORDERS - len(empty)
    assert cleaned.warnings == []


def test_a_currency_in_the_first_line_of_an_order_is_that_of_all(file: Path) -> None:
    rows = [
        (*plain(order)[:3], line.total, "" if place else "EUR")
        for order in shop.orders()
        for place, line in enumerate(order.lines)
    ]
    written(file, (*PLAIN, "currency"), rows)
    assert "blank_currency" not in ingest(file).codes


@pytest.mark.parametrize("zero", ["0", "0.00", "€ 0,00", "-0.0"])
def test_many_orders_of_nothing_are_said(file: Path, zero: str) -> None:
    rows = [
        (*plain(order)[:3], zero if order.number % 4 == 0 else f"€ {order.total}".replace(".", ","))
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    warning = ingest(file).warning("free_orders")
    free = sum(order.number % 4 == 0 for order in shop.orders())
    assert f"{free} of {shop.ORDERS} rows (25 %)" in warning.message
    cleaned = ingest(file, clean={"reject": {"no amount": predicate(warning)}})
    assert cleaned.reasons == {"no amount": free}
    assert "free_orders" not in cleaned.codes


def test_many_pieces_at_no_price_are_said(file: Path) -> None:
    rows = [
        (*plain(order)[:3], 0 if line.product % 3 == 0 else line.price, line.pieces, line.product)
        for order in shop.orders()
        for line in order.lines
    ]
    written(file, (*PLAIN[:3], "unit_price", "quantity", "product"), rows)
    warning = ingest(file).warning("free_orders")
    free = sum(row[3] == 0 for row in rows)
    cleaned = ingest(file, clean={"reject": {"no amount": predicate(warning)}})
    assert cleaned.reasons["no amount"] == free


def test_some_gifts_are_no_trouble(file: Path) -> None:
    rows = [
        (*plain(order)[:3], 0 if order.number % 12 == 0 else order.total) for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    assert ingest(file).warnings == []
