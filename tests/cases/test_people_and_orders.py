"""Who is a customer, what is an order, and which dates can be: said, or right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from segdb.errors import DataError, SourceError
from tests.cases import shop
from tests.cases.ingest import Ingested, ingest
from tests.cases.test_money import PLAIN, plain, predicate, where, written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def is_right(ingested: Ingested) -> bool:
    counts = (ingested.customers, ingested.orders) == (shop.CUSTOMERS, shop.ORDERS)
    return counts and abs((ingested.revenue or 0) - float(shop.revenue())) < 1e-6


def mail(order: shop.Order, spelling: int) -> str:
    address = f"buyer{order.customer:02d}@example.com"
    return (address, address.upper(), f" {address.title()} ")[spelling % 3]


def test_e_mails_are_one_customer_however_they_are_written(file: Path) -> None:
    rows = [(mail(order, place), *plain(order)[1:]) for place, order in enumerate(shop.orders())]
    written(file, ("Email", *PLAIN[1:]), rows)
    ingested = ingest(file)
    assert is_right(ingested)
    assert '[clean] ids = "as_written"' in ingested.warning("id_spellings").setting
    assert ingest(file, clean={"ids": "as_written"}).customers > shop.CUSTOMERS


def test_other_ids_that_differ_in_case_are_said_and_can_be_one(file: Path) -> None:
    rows = [
        (
            shop.code(order.customer).lower() if place % 2 else shop.code(order.customer),
            *plain(order)[1:],
        )
        for place, order in enumerate(shop.orders())
    ]
    written(file, PLAIN, rows)
    assert "id_spellings" in ingest(file).codes
    assert is_right(ingest(file, clean={"ids": "ignore_case"}))


@pytest.mark.parametrize(
    "form", [" {}.0 ", *(pytest.param(f, marks=pytest.mark.slow) for f in ("{}.0", "{}.00"))]
)
def test_whole_numbers_with_a_point_are_one_customer(file: Path, form: str) -> None:
    rows = [
        (
            form.format(17850 + order.customer) if place % 2 else 17850 + order.customer,
            *plain(order)[1:],
        )
        for place, order in enumerate(shop.orders())
    ]
    written(file, PLAIN, rows)
    assert is_right(ingest(file))


@pytest.mark.parametrize(
    "forms", [("{}", "000{}"), ("C{}", "C{}\u200b"), ("\ufeffC{}", "C{}"), ("C{}", "C{}\u00a0x")]
)
def test_ids_that_were_written_otherwise_by_a_program_are_said(
    file: Path, forms: tuple[str, str]
) -> None:
    rows = [
        (forms[order.number % 2].format(100 + order.customer), *plain(order)[1:])
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    different = forms[1].endswith("x")
    ingested = ingest(file)
    assert ("id_spellings" in ingested.codes) != different
    if not different:
        both = len({row[0] for row in rows}) - shop.CUSTOMERS
        assert ingested.warning("id_spellings").message.startswith(f"{both} of ")


def test_ids_that_a_spreadsheet_rounded_are_said(file: Path) -> None:
    rows = [(f"{4e11 + order.customer:.5E}", *plain(order)[1:]) for order in shop.orders()]
    written(file, PLAIN, [(f"{order.customer}", *plain(order)[1:]) for order in shop.orders()[:20]])
    assert ingest(file).codes == []
    written(file, PLAIN, rows[:80] + [(f"9E+1{i}", *row[1:]) for i, row in enumerate(rows[80:90])])
    warning = ingest(file, checks={"accept": ["guests", "large_share"]}).warning("id_spellings")
    assert warning.message.startswith("90 of 90 values in 'customer_id' are written as 4.1E+11")


def test_they_are_the_same_in_both_sources(file: Path, tmp_path: Path) -> None:
    written(
        file, PLAIN, [(f"{order.customer + 1}.0", *plain(order)[1:]) for order in shop.orders()]
    )
    people = written(
        tmp_path / "people.csv", ("customer_id", "age"), [(c + 1, 20 + c) for c in range(36)]
    )
    ingested = ingest(file, people, features={"attributes": ["age"]})
    assert ingested.reasons == {}
    assert ingested.customers == shop.CUSTOMERS


def test_versions_and_amounts_are_no_whole_numbers(file: Path) -> None:
    rows = [(f"v{order.customer}.0", *plain(order)[1:]) for order in shop.orders()]
    written(file, PLAIN, rows)
    assert ingest(file).customers == shop.CUSTOMERS


@pytest.mark.parametrize(
    "other",
    [
        "account_id",
        "Email",
        *(pytest.param(o, marks=pytest.mark.slow) for o in ("user_id", "member no", "visitor id")),
    ],
)
def test_the_plainest_name_is_the_customer(file: Path, other: str) -> None:
    rows = [(order.number % 3, *plain(order)) for order in shop.orders()]
    written(file, (other, *PLAIN), rows)
    assert is_right(ingest(file))


def test_a_customer_column_that_says_guest_throughout_is_none(file: Path) -> None:
    rows = [("Guest", mail(order, 0), *plain(order)[1:]) for order in shop.orders()]
    written(file, ("Customer", "Email", *PLAIN[1:]), rows)
    assert is_right(ingest(file))


def test_a_choice_that_matters_is_said(file: Path) -> None:
    rows = [(order.number, *plain(order)) for order in shop.orders()]
    written(file, ("client_key", "customer_unique_id", *PLAIN[1:]), rows)
    ingested = ingest(file)
    assert ingested.customers == shop.CUSTOMERS
    assert 'customer_id = "client_key"' in ingested.warning("id_choice").setting


GUESTS = (
    "0", "guest", "Anonymous", "-1", "Gast", "walk-in", "unknown", "Laufkundschaft",
    "Client comptoir", "Consumidor final", "Público en general", "Cash Sale",
)  # fmt: skip


# The words of all of them are held by tests/checks/test_vocabulary.py, without reading a file.
@pytest.mark.parametrize(
    "guest", [*GUESTS[:2], *(pytest.param(guest, marks=pytest.mark.slow) for guest in GUESTS[2:])]
)
def test_guests_under_one_id_are_said(file: Path, guest: str) -> None:
    rows = [
        (guest if order.number % 3 == 0 else order.customer + 1, *plain(order)[1:])
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    warning = ingest(file).warning("guests")
    guests = sum(order.number % 3 == 0 for order in shop.orders())
    assert warning.share == pytest.approx(guests / shop.ORDERS)
    assert where(file, predicate(warning))[0] == guests


def test_guests_under_several_spellings_of_one_word_are_said(file: Path) -> None:
    """None of them has more rows than the largest customers."""
    words = ("guest", "Guest", "GUEST", "anonymous")
    rows = [
        (
            words[order.number % 4] if order.customer < 12 else shop.code(order.customer),
            *plain(order)[1:],
        )
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    ingested = ingest(file)
    warning = ingested.warning("guests")
    guests = sum(order.customer < 12 for order in shop.orders())
    assert warning.share == pytest.approx(guests / shop.ORDERS)
    assert where(file, predicate(warning))[0] == guests


@pytest.mark.parametrize(
    "guest", [GUESTS[1], *(pytest.param(g, marks=pytest.mark.slow) for g in GUESTS if g != "guest")]
)
def test_the_line_that_a_warning_of_guests_proposes_works(file: Path, guest: str) -> None:
    rows = [
        (guest if order.number % 3 == 0 else order.customer + 1, *plain(order)[1:])
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    guests = sum(order.number % 3 == 0 for order in shop.orders())
    proposed = predicate(ingest(file).warning("guests"))
    assert ingest(file, clean={"reject": {"guest": proposed}}).reasons == {"guest": guests}


def test_guests_with_an_e_mail_beside_them_are_told_by_it(file: Path) -> None:
    rows = [
        (0 if order.number % 3 == 0 else order.customer + 1, mail(order, 0), *plain(order)[1:])
        for order in shop.orders()
    ]
    written(file, ("customer_id", "billing_email", *PLAIN[1:]), rows)
    assert ingest(file).warning("guests").setting == '[columns] customer_id = "billing_email"'
    assert is_right(ingest(file, columns={"customer_id": "billing_email"}))


def test_a_customer_called_0_among_others_is_no_guest(file: Path) -> None:
    written(file, PLAIN, [(order.customer, *plain(order)[1:]) for order in shop.orders()])
    ingested = ingest(file)
    assert is_right(ingested)
    assert ingested.warnings == []


@pytest.mark.parametrize("share", [0, 3])
def test_an_order_id_that_is_mostly_empty_is_none(file: Path, share: int) -> None:
    rows = [
        (
            *plain(order)[:1],
            order.number if share and order.number % share == 0 else "",
            *plain(order)[2:],
        )
        for order in shop.orders()
    ]
    written(file, ("customer_id", "Invoice ID", *PLAIN[2:]), rows)
    assert is_right(ingest(file))


def test_a_row_without_an_order_id_is_an_order_of_its_own(file: Path) -> None:
    rows = [
        (*plain(order)[:1], "" if order.number % 4 == 0 else order.number, *plain(order)[2:])
        for order in shop.orders()
    ]
    written(file, PLAIN, rows)
    assert is_right(ingest(file))


def test_each_row_can_be_an_order(file: Path) -> None:
    rows = [
        (*plain(order)[:3], f"P{line.product}", line.total)
        for order in shop.orders()
        for line in order.lines
    ]
    written(file, (*PLAIN[:3], "sku", "amount"), rows)
    assert ingest(file).orders == shop.ORDERS
    assert ingest(file, clean={"rows_are_orders": True}).orders == len(rows)


def equal(share: int) -> list[tuple[object, ...]]:
    rows = [plain(order) for order in shop.orders()]
    return [row for row in rows for _ in range(2 if rows.index(row) % share == 0 else 1)]


def test_many_equal_rows_are_said_with_their_number(file: Path) -> None:
    written(file, PLAIN, equal(10))
    warning = ingest(file).warning("equal_rows")
    assert "16 rows" in warning.message
    assert warning.setting == '[clean] duplicates = "keep"'
    assert ingest(file, clean={"duplicates": "keep"}).kept == 176


def test_equal_rows_with_a_line_number_are_copies(file: Path) -> None:
    written(file, (*PLAIN, "line_number"), [(*row, 1) for row in equal(10)])
    ingested = ingest(file)
    assert is_right(ingested)
    assert ingested.warnings == []


def test_a_run_stops_where_most_rows_would_be_copies(file: Path) -> None:
    written(file, PLAIN, [plain(order) for order in shop.orders() for _ in range(3)])
    with pytest.raises(DataError, match=r'duplicates = "keep".*rejected_share'):
        ingest(file)


def half(change: Callable[[tuple[object, ...]], tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [change(plain(o)) if o.number % 2 else plain(o) for o in shop.orders()]


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        pytest.param(2, "long ago", "missing or unreadable date", marks=pytest.mark.slow),
        (3, "n.b.", "unreadable amount, such as 'n.b.'"),
    ],
)
def test_a_run_stops_where_much_is_rejected_for_one_reason(
    file: Path, place: int, value: str, words: str
) -> None:
    written(file, PLAIN, half(lambda row: (*row[:place], value, *row[place + 1 :])))
    with pytest.raises((DataError, SourceError), match=words):
        ingest(file)
    assert ingest(file, checks={"max_rejected_share": 0.6}).customers > 0


@pytest.mark.parametrize(
    "value", ["--5", "12 pcs", *(pytest.param(v, marks=pytest.mark.slow) for v in ("7%", "n.b."))]
)
def test_some_that_cannot_be_read_are_said_with_one_of_them(file: Path, value: str) -> None:
    rows = [(*plain(o)[:3], value) if o.number % 8 == 0 else plain(o) for o in shop.orders()]
    written(file, PLAIN, rows)
    warning = ingest(file).warning("rejected_share")
    assert "20 of 160 rows of orders.csv (12.5 %) are rejected" in warning.message
    assert repr(value) in warning.message


def test_a_reject_of_the_settings_stops_nothing(file: Path) -> None:
    written(file, PLAIN, map(plain, shop.orders()))
    ingested = ingest(file, clean={"reject": {"odd": "CAST(order_id AS INTEGER) % 2 = 1"}})
    assert ingested.kept == shop.ORDERS // 2
    assert "rejected_share" not in ingested.codes


def test_lines_that_continue_an_order_stop_nothing(file: Path) -> None:
    rows: list[tuple[object, ...]] = []
    for order in shop.orders():
        rows.append((*plain(order), f"P{order.lines[0].product}"))
        rows += [("", "", "", "", f"P{line.product}") for line in order.lines[1:]]
    written(file, (*PLAIN, "sku"), rows)
    ingested = ingest(file)
    assert is_right(ingested)
    assert "rejected_share" not in ingested.codes


def test_lines_that_lack_the_total_of_their_order_stop_nothing(file: Path) -> None:
    rows: list[tuple[object, ...]] = []
    for order in shop.orders():
        rows.append((*plain(order), f"P{order.lines[0].product}"))
        rows += [(*plain(order)[:3], "", f"P{line.product}") for line in order.lines[1:]]
    written(file, (*PLAIN, "sku"), rows)
    ingested = ingest(file)
    assert is_right(ingested)
    assert "rejected_share" not in ingested.codes


def dated(*places: tuple[int, datetime]) -> list[tuple[object, ...]]:
    rows = [plain(order) for order in shop.orders()]
    for place, moment in places:
        rows[place] = (*rows[place][:2], moment, rows[place][3])
    return rows


def test_a_few_dates_far_behind_all_others_do_not_set_as_of(file: Path) -> None:
    late = shop.as_of() + timedelta(days=250)
    written(file, PLAIN, dated((5, late), (40, late + timedelta(days=20))))
    ingested = ingest(file, as_of=None)
    assert ingested.as_of == shop.as_of()
    assert ingested.reasons == {"date far from all others": 2}
    assert "2 rows" in ingested.warning("far_dates").message
    moved = ingest(file, checks={"accept": ["far_dates"]})
    assert moved.as_of is not None
    assert moved.as_of > late
    assert moved.reasons == {}


@pytest.mark.parametrize("day", ["1970-01-01 00:00:00", "1900-01-01"])
def test_days_that_stand_for_none_are_left_out(file: Path, day: str) -> None:
    rows = [plain(order) for order in shop.orders()]
    rows[:12] = [(*row[:2], day, row[3]) for row in rows[:12]]
    written(file, PLAIN, rows)
    ingested = ingest(file)
    assert ingested.reasons == {"date far from all others": 12}
    assert "far_dates" in ingested.codes


def test_an_early_order_is_said_and_counts(file: Path) -> None:
    written(file, PLAIN, dated((3, datetime(2019, 5, 5))))
    ingested = ingest(file)
    assert ingested.kept == shop.ORDERS
    assert "they count" in ingested.warning("far_dates").message


def test_a_shop_that_sells_in_december_alone_has_no_far_dates(file: Path) -> None:
    rows = [
        (
            shop.code(i % 40),
            i,
            datetime(2019 + i // 60, 12, 1) + timedelta(hours=11 * (i % 60)),
            10 + i,
        )
        for i in range(362)
    ]
    written(file, PLAIN, rows)
    assert ingest(file).warnings == []


def test_a_date_column_of_any_name_is_taken_where_it_is_the_only_one(file: Path) -> None:
    written(file, ("customer_id", "order_id", "t_dat", "amount"), map(plain, shop.orders()))
    assert is_right(ingest(file))


def test_a_refusal_proposes_the_columns_that_it_could_be(file: Path) -> None:
    rows = [(order.customer, *plain(order)[1:]) for order in shop.orders()]
    written(file, ("id", *PLAIN[1:]), rows)
    with pytest.raises(SourceError, match=r'\[columns\] customer_id = "id"'):
        ingest(file)


def test_flags_of_customers_are_features(tmp_path: Path) -> None:
    rows = [(i, i % 2, (i // 2) % 2, (i // 4) % 2) for i in range(60)]
    people = written(tmp_path / "people.csv", ("Respondent ID", "a", "b", "c"), rows)
    assert ingest(None, people).customers == 60
