"""A known list of orders, written into a file of a random form."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.cases.containers import TEXT, Container, write_file
from tests.cases.forms import DATES, NUMBERS

# Names of the customer, the order, the date and the amount.
HEADERS: tuple[tuple[str, str, str, str], ...] = (
    ("customer_id", "order_id", "order_date", "amount"),
    ("CustomerID", "InvoiceNo", "InvoiceDate", "Total"),
    ("Customer ID", "Order ID", "Order Date", "Sales"),
    ("Kundennummer", "Bestellnummer", "Bestelldatum", "Betrag"),
    ("Kunden-Nr", "Rechnungsnummer", "Rechnungsdatum", "Gesamtbetrag"),
    ("id_client", "numero_commande", "date_commande", "montant"),
    ("N° client", "N° commande", "Date de commande", "Montant TTC"),
    ("id_cliente", "numero_pedido", "fecha_pedido", "importe"),
    ("codice_cliente", "numero_ordine", "data_ordine", "importo"),
    ("klantnummer", "bestelnummer", "besteldatum", "bedrag"),
    ("user_id", "transaction_id", "timestamp", "revenue"),
    ("Email", "Order #", "Created at", "Total"),
)
CITIES = ("Köln", "Orléans", "Málaga", "Genève", "Århus", "Leeds", "São Paulo", "Zürich")
NOTES = ("", "gift", 'the "big" box', "left; right", "one, two", "a|b", "two\nlines", "tab\there")
MISSING = ("", "NA", "NULL", "-", "N/A")


PLAIN = Container()


@dataclass(frozen=True)
class Order:
    """One order."""

    customer: str
    number: str
    moment: datetime
    amount: Decimal
    city: str
    note: str


@dataclass(frozen=True)
class Form:
    """How a file of orders is written; what differs from the default is odd."""

    orders: int = 60
    dates: tuple[str, ...] = ("iso",)
    share: float = 0.0
    number: str = "plain"
    header: int = 0
    ids: str = "plain"
    file: Container = PLAIN
    footer: bool = False
    copies: float = 0.0
    returns: float = 0.0
    lacking: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    shuffled: bool = False
    lines: bool = False
    no_order_id: bool = False

    def odd(self) -> dict[str, object]:
        """Return what differs from a plain file."""
        plain = Form()
        return {k: v for k, v in vars(self).items() if v != getattr(plain, k)}


def drawn(draw: random.Random) -> Form:
    """Draw a form: a few things are odd, most are not."""

    def some(odds: float, choice: Sequence[Any], else_: Any) -> Any:
        return draw.choice(choice) if draw.random() < odds else else_

    dates: tuple[str, ...] = (draw.choice(list(DATES)),)
    if draw.random() < 0.15:
        dates = (*dates, draw.choice(list(DATES)))
    lacking = {name: draw.choice(MISSING) for name in "cnma" if draw.random() < 0.12}
    header = draw.randrange(len(HEADERS))
    ids = draw.choice(("plain", "plain", "code", "zeros", "mail", "uuid", "float"))
    file = _drawn_file(draw, some)
    return Form(
        orders=draw.randrange(30, 200),
        dates=dates,
        share=draw.choice((0.05, 0.3, 0.5)) if len(dates) > 1 else 0.0,
        number=draw.choice(list(NUMBERS)),
        header=header,
        ids="mail" if HEADERS[header][0] == "Email" else ids,
        file=file,
        footer=file.kind in TEXT and draw.random() < 0.08,
        copies=some(0.2, (0.02, 0.1), 0.0),
        returns=some(0.3, (0.05,), 0.0),
        lacking=lacking,
        extra=tuple(draw.sample(sorted(EXTRA), draw.choice((0, 0, 1, 2, 3)))),
        shuffled=draw.random() < 0.5,
        lines=draw.random() < 0.2,
        no_order_id=draw.random() < 0.1,
    )


def _drawn_file(draw: random.Random, some: Callable[[float, Sequence[Any], Any], Any]) -> Container:
    kind = some(0.3, ("parquet", "json", "ndjson", "xlsx", "tsv", "txt"), "csv")
    packed = some(0.2, ("gz", "zip", "bz2", "zst", "xz"), "")
    native = draw.random() < 0.5
    if kind not in TEXT:
        above = some(0.2, (1, 2, 3), 0) if kind == "xlsx" else 0
        packed = "" if kind in ("parquet", "xlsx") else packed
        return Container(kind, packed, above=above, native=native)
    return Container(
        kind,
        packed,
        encoding=some(0.4, ("utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-le"), "utf-8"),
        delimiter="\t" if kind == "tsv" else draw.choice(",,;\t|"),
        line_end=some(0.3, ("\r\n", "\r"), "\n"),
        quoting=some(0.3, (csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC), csv.QUOTE_MINIMAL),
        above=some(0.2, (1, 2, 3), 0),
        blank=some(0.2, ("after header", "within", "end", "before"), ""),
    )


def shop(form: Form, draw: random.Random) -> list[Order]:
    """Return orders of a shop: most customers come back, and amounts have cents."""
    first = datetime(draw.randrange(2018, 2025), draw.randrange(1, 13), draw.randrange(1, 29))
    seconds = draw.randrange(90, 400) * 86_400
    customers = [_id(form.ids, place, draw) for place in range(draw.randrange(8, 30))]
    orders: list[Order] = []
    moments = sorted(draw.randrange(seconds) for _ in range(form.orders))
    for place, moment in enumerate(moments):
        amount = Decimal(int(100 * min(draw.lognormvariate(4, 1.5), 9_000)) + 101) / 100
        order = Order(
            draw.choice(customers), str(70_001 + place), first + timedelta(seconds=moment),
            amount, draw.choice(CITIES), draw.choice(NOTES),
        )  # fmt: skip
        orders.append(order)
        if form.lines and draw.random() < 0.4:
            orders.append(replace(order, amount=amount + Decimal("3.07")))
        if draw.random() < form.returns:
            back = first + timedelta(seconds=moment + 3_600)
            number = str(90_001 + place)
            orders.append(replace(order, amount=-amount, number=number, moment=back))
    return orders


def _id(kind: str, place: int, draw: random.Random) -> str:
    if kind == "uuid":
        return f"{draw.getrandbits(128):032x}"
    forms = {
        "plain": f"{17_850 + place}", "code": f"K{place:03d}", "zeros": f"{place + 1:05d}",
        "mail": f"buyer{place}@example.com", "float": f"{17_850 + place}.0",
    }  # fmt: skip
    return forms[kind]


EXTRA: Mapping[str, Any] = {
    "City": lambda order, _: order.city,
    "note": lambda order, _: order.note,
    "Shipped Date": lambda order, _: (order.moment + timedelta(days=2)).strftime("%Y-%m-%d"),
    "Discount": lambda order, _: f"{order.amount / 10:.2f}",
    "phone": lambda order, _: "0170" + order.number,
    "country": lambda order, _: "DE" if len(order.city) % 2 else "FR",
    "empty": lambda *_: "",
    "rating": lambda order, _: str(len(order.city) % 5),
}


@dataclass(frozen=True)
class Truth:
    """What of a customer a file says: orders, revenue, first and last order."""

    orders: int
    revenue: Decimal
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Written:
    """A file, and what it says."""

    path: Path
    form: Form
    truth: Mapping[str, Truth]


def written(folder: Path, form: Form, draw: random.Random) -> Written:
    """Write a shop in a form."""
    names = HEADERS[form.header]
    rows: list[dict[str, str]] = []
    kept: list[tuple[Order, str]] = []
    for order in shop(form, draw):
        row, whole, number = _row(order, form, names, draw)
        rows += [row] * (2 if draw.random() < form.copies else 1)
        kept += [(whole, number)] if whole else []
    columns = list(rows[0])
    if form.shuffled:
        draw.shuffle(columns)
    table = [[row[name] for name in columns] for row in rows]
    if form.footer:
        total = NUMBERS[form.number](sum((order.amount for order, _ in kept), Decimal(0)))
        table.append(["Total", *("" for _ in columns[2:]), total])
    path = write_file(folder, form.file, columns, table)
    return Written(path, form, _truth(kept, form))


def _row(
    order: Order, form: Form, names: Sequence[str], draw: random.Random
) -> tuple[dict[str, str], Order | None, str]:
    """Return a row, and what of the order it tells: None where the row is to be rejected."""
    # One form for all lines of an order.
    other = random.Random(order.number).random() < form.share
    way = DATES[form.dates[other]]
    moment = way.left(order.moment)
    values = {
        "c": order.customer,
        "n": order.number,
        "m": way.write(order.moment),
        "a": NUMBERS[form.number](order.amount),
    }
    gone = {key for key in form.lacking if draw.random() < 0.04}
    values |= {key: form.lacking[key] for key in gone}
    number = order.number
    if form.no_order_id:
        del values["n"]
        number = moment.isoformat()
    elif "n" in gone:
        number = f"own {draw.random()}"
    by_key = dict(zip("cnma", names, strict=True))
    row = {by_key[key]: value for key, value in values.items()}
    row |= {name: EXTRA[name](order, draw) for name in form.extra}
    whole = None if gone & {"c", "m", "a"} else replace(order, moment=moment)
    return row, whole, number


def _truth(kept: Sequence[tuple[Order, str]], form: Form) -> dict[str, Truth]:
    by_customer: dict[str, list[tuple[Order, str]]] = {}
    for order, number in kept:
        by_customer.setdefault(_same(order.customer, form), []).append((order, number))
    truth = {}
    for customer, orders in by_customer.items():
        bought = [(order, number) for order, number in orders if order.amount > 0]
        if bought:
            moments = [order.moment for order, _ in bought]
            revenue = sum((order.amount for order, _ in orders), Decimal(0))
            count = len({number for _, number in bought})
            truth[customer] = Truth(count, revenue, min(moments), max(moments))
    return truth


def _same(customer: str, form: Form) -> str:
    return customer.removesuffix(".0") if form.ids == "float" else customer
