"""Names: the words of shops."""

from __future__ import annotations

import pytest

from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import is_identifier, score, words
from segdb.source_schema import Role

NAMES: dict[Role, list[str]] = {
    "customer_id": [
        "customer_id", "CustomerID", "CUSTOMERID", "Customer No.", "household_id", "client",
        "Client Number", "user-id", "member_key", "customer_unique_id", "buyer", "ShopperId",
        "dim_customer_key", "cust_id",
    ],
    "order_id": [
        "order_id", "InvoiceNo", "Invoice", "basket_id", "transaction id", "OrderNumber",
        "receipt_no", "ORDERNO", "sales_order_id",
    ],
    "ordered_at": [
        "InvoiceDate", "order_date", "transaction_timestamp", "order_purchase_timestamp", "date",
        "ordered_at", "created_at", "Date of purchase", "purchase_date", "ORDERDATE", "Timestamp",
    ],
    "amount": [
        "amount", "sales_value", "total", "Total Amount", "revenue", "net_sales", "LineTotal",
        "line_total_eur", "payment_value", "order_total", "Total Price", "spend", "price",
        "grand total", "Sales",
    ],
    "quantity": ["Quantity", "qty", "units", "order_quantity", "items", "Units Sold"],
    "unit_price": ["UnitPrice", "unit_price", "Price each", "price per unit", "price", "UNITPRICE"],
    "category": ["category", "department", "Product Category", "product_category_name"],
}  # fmt: skip
NOT: dict[Role, list[str]] = {
    "customer_id": [
        "customer_city",
        "customer_zip_code",
        "product_id",
        "customer_type",
        "store_id",
    ],
    "order_id": ["order_line_id", "order_item_id", "product_id", "order_status", "line_number"],
    "ordered_at": ["ship_date", "delivery_date", "birth_date", "order_delivered_date", "due_date"],
    "amount": ["discount_amount", "tax_total", "unit_price", "sales_rep_id", "shipping_value"],
    "quantity": ["quantity_discount", "unit_price"],
    "unit_price": ["total_price", "priceless"],
    "category": ["category_id", "customer_category"],
}


@pytest.mark.parametrize(("role", "name"), [(r, n) for r, names in NAMES.items() for n in names])
def test_names_of_a_role(role: Role, name: str) -> None:
    assert score(role, name) >= 60


@pytest.mark.parametrize(("role", "name"), [(r, n) for r, names in NOT.items() for n in names])
def test_names_that_only_look_alike(role: Role, name: str) -> None:
    assert score(role, name) == 0


ELSEWHERE: dict[Role, list[str]] = {
    "customer_id": [
        "Kundennummer", "KundenNr", "kunden_id", "Kunde", "MitgliedsNr", "Numéro de client",
        "id_client", "code_client", "id_cliente", "Código cliente", "klantnummer", "kundnummer",
        "ID klienta",
    ],
    "order_id": [
        "Bestellnummer", "Auftragsnummer", "Rechnungs-Nr.", "Belegnummer", "Bon-Nr",
        "Numéro de commande", "num_facture", "id_pedido", "factura", "numero_ordine",
        "bestelnummer", "numer_zamówienia",
    ],
    "ordered_at": [
        "Bestelldatum", "Rechnungsdatum", "Datum", "Date de commande", "date_achat", "fecha",
        "Fecha de compra", "data_ordine", "data do pedido", "orderdatum", "data zamówienia",
    ],
    "amount": [
        "Betrag", "Rechnungsbetrag", "Umsatz (EUR)", "Gesamtpreis", "Warenwert", "Montant total",
        "montant_ttc", "total_commande", "importe", "valor_total", "Importo", "Bedrag", "Kwota",
    ],
    "quantity": ["Menge", "Stückzahl", "quantité", "cantidad", "quantidade", "aantal", "ilość"],
    "unit_price": ["Einzelpreis", "Preis pro Stück", "Prix unitaire", "precio_unitario", "cena"],
    "category": ["Kategorie", "Warengruppe", "Catégorie produit", "categoría", "Abteilung"],
}  # fmt: skip
NOT_ELSEWHERE: dict[Role, list[str]] = {
    "customer_id": ["Kundentyp", "PLZ", "Produktnummer", "tipo_cliente"],
    "ordered_at": ["Lieferdatum", "Geburtsdatum", "date_livraison", "fecha_nacimiento"],
    "amount": ["Rabattbetrag", "Steuerbetrag", "montant_tva", "importe_iva", "Einzelpreis"],
}


@pytest.mark.parametrize(
    ("role", "name"), [(r, n) for r, names in ELSEWHERE.items() for n in names]
)
def test_names_in_other_languages(role: Role, name: str) -> None:
    assert score(role, name) >= 60


@pytest.mark.parametrize(
    ("role", "name"), [(r, n) for r, names in NOT_ELSEWHERE.items() for n in names]
)
def test_names_in_other_languages_that_only_look_alike(role: Role, name: str) -> None:
    assert score(role, name) == 0


@pytest.mark.parametrize("name", [n for names in (*NAMES.values(), *NOT.values()) for n in names])
def test_english_names_stay_as_they_are(name: str) -> None:
    assert english(words(name)) == words(name)


def test_a_number_in_another_language_names_something() -> None:
    assert all(is_identifier(name) for name in ("Artikelnummer", "PLZ", "Telefon", "Produktcode"))
    assert not any(is_identifier(name) for name in ("Einkommen", "Umsatz", "Anzahl", "ingresos"))


def test_plain_names_go_before_loose_ones() -> None:
    assert score("customer_id", "customer_id") > score("customer_id", "customer")
    assert score("amount", "total_price") > score("amount", "price")
    assert score("ordered_at", "order_date") > score("ordered_at", "date")


def test_the_day_of_payment_is_the_order_where_there_is_no_other() -> None:
    assert 0 < score("ordered_at", "paid_at") < score("ordered_at", "created_at")
    assert score("ordered_at", "charged_on") == score("ordered_at", "PaymentDate") > 0
    assert score("ordered_at", "order_payment_date") == 0


def test_words() -> None:
    assert words("CustomerID") == words("customer-id") == words("Customer ID") == "customer id"
    assert words("HTTPStatus_2xx") == "http status 2xx"


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("customer_id", ("N° client", "n°client", "Nº cliente", "Client №", "N. cliente")),
        ("order_id", ("N° commande", "Order #", "Order#", "Commande n°", "# order", "N. ordine")),
    ],
)
def test_the_sign_of_a_number_is_its_word(role: Role, names: tuple[str, ...]) -> None:
    assert all(score(role, name) >= 90 for name in names), names
    assert words("Nov. sales") == "nov sales"


@pytest.mark.parametrize("name", ["ID", "StockCode", "zip code", "phone", "product_sku", "row"])
def test_identifiers(name: str) -> None:
    assert is_identifier(name)


@pytest.mark.parametrize("name", ["Income", "Age", "Kidhome", "paid", "NumDealsPurchases"])
def test_what_counts_something(name: str) -> None:
    assert not is_identifier(name)
