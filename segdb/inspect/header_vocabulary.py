"""Header vocabulary: words by which a column's name tells its role. Data, no statistics."""

from __future__ import annotations

import re
from collections.abc import Mapping

from segdb.inspect.header_translations import english
from segdb.source_schema import Role

# Who buys, and who may also be a clerk, a visitor of a page, or a ledger.
_BUYER = (
    "customer|client|household|shopper|buyer|member|cust|consumer|patron|cardholder|subscriber|"
    "donor|payer"
)
_PERSON = (
    "respondent|participant|panelist|patient|student|contact|lead|passenger|rider|player|borrower|"
    "policyholder|insured|applicant|tenant|resident|employee"
)
_WHO = f"{_BUYER}|user|account|guest|visitor"
_KEY = "id|ids|key|no|nr|num|number|code|ref|reference|uid|guid|uuid|identifier|hash"
_DEAL = (
    "order|invoice|basket|transaction|receipt|ticket|bill|purchase|trans|txn|trx|sale|sales|check|"
    "cart|visit|booking|document|doc|voucher|trip"
)
_WHEN = "date|datetime|timestamp|time|at|on|dt|ts|day|date time|time stamp|placed at|created at"
_PAID = "paid|payment|billed|billing|charged|charge"
_MONEY = "amount|amt|value|revenue|turnover|spend|spent|total|sales|subtotal"
_WHAT = "sales|sale|order|line|item|transaction|purchase|invoice|basket|net|gross|total|payment|receipt|txn|extended|sub|grand|paid|product"  # noqa: E501

# Score and pattern over the lower-case words of a name; a blank may be left out.
_PATTERNS: Mapping[Role, tuple[tuple[int, str], ...]] = {
    "customer_id": (
        (100, rf"(customer|client|cust)s? (unique )?({_KEY})"),
        (98, rf"({_BUYER})s? (unique )?({_KEY})"),
        (96, rf"({_WHO})s? (unique |pseudo )?({_KEY})"),
        (95, rf"({_KEY}) ({_WHO})s?"),
        (92, rf"({_PERSON}) ({_KEY})"),
        (90, rf"(\w+ ){{1,2}}({_WHO}) ({_KEY})|({_BUYER}) ({_WHO})( ({_KEY}))?"),
        (80, rf"({_BUYER})s?"),
        (75, rf"({_WHO})s?"),
        (70, rf"(loyalty )?card ({_KEY})|loyalty ({_KEY})|person ({_KEY})|cid|uid"),
        (60, rf"(({_WHO}|billing|contact|order) )?e ?mail( address)?"),
        (50, rf"({_WHO}|billing|{_PERSON}) (full )?name|(full|company) name|company|{_PERSON}"),
        (40, r"(bill|billed|sold) to"),
    ),
    "order_id": (
        (100, rf"({_DEAL}) ({_KEY})"),
        (95, rf"({_KEY}) ({_DEAL})"),
        (90, rf"(\w+ )?({_DEAL}) ({_DEAL})? ?({_KEY})"),
        (80, rf"({_DEAL})"),
    ),
    "ordered_at": (
        (
            100,
            rf"({_DEAL}) ({_WHEN})|ordered (at|on)|purchased (at|on)|(date|day|time) of ({_DEAL})",
        ),
        (90, rf"({_DEAL}) (?!{_PAID})(\w+ )?({_WHEN})"),
        (90, rf"(\w+ )?({_DEAL}) ({_WHEN})|(date|time) ({_DEAL})"),
        (70, r"date|datetime|timestamp|time stamp|date time|day|time|when|dt|ts"),
        (60, r"(created|placed|sold|bought|event|booked|posting) (at|on|date|time|timestamp|dt)"),
        # Where it is all there is, as with subscriptions.
        (50, rf"({_PAID}) ({_WHEN})"),
    ),
    "amount": (
        (100, rf"(({_WHAT}) ){{0,2}}({_MONEY})|(total|net|gross|extended|line|order) price"),
        (
            90,
            rf"({_MONEY}) (paid|spent|net|gross|total)|(money|dollars?) spent|monetary|dollars|sum",
        ),
        (80, r"(amount|value|total) (order|invoice|receipt|purchase|sale|basket)"),
        (70, r"price|paid|payment"),
        (60, r"charge|fare|cost"),
    ),
    "quantity": (
        (100, r"((order|sales|item|line|product|invoice) )?(quantity|qty|pieces|pcs)"),
        (90, r"(quantity|qty|units|items) (sold|ordered|purchased|bought)|units"),
        (80, r"items|(num|number of|no of|nb) items|item count"),
    ),
    "unit_price": (
        (
            100,
            r"(unit|item|piece) (sales )?price|price (each|unit|per (unit|item|pieces?))|each",
        ),
        (90, r"(sales?|selling|sell|product|net|gross|avg|average) price|price (net|gross)"),
        (80, r"price"),
        (60, r"(list|retail) price"),
    ),
    "category": (
        (100, r"((product|article|item|main) )?(category|department|dept)( (name|description))?"),
        (90, r"category (product|article)"),
    ),
}
_COMPILED: Mapping[Role, tuple[tuple[int, re.Pattern[str]], ...]] = {
    role: tuple((score, re.compile(pattern.replace(" ", " ?"))) for score, pattern in patterns)
    for role, patterns in _PATTERNS.items()
}
# What a name with one of these words is not, however well the rest fits.
_NEVER: Mapping[Role, str] = {
    "customer_id": "zip|city|state|postcode|type|segment|age",
    "order_id": "line|item|product|row|detail|sku|stock|status|type|count|value",
    "ordered_at": (
        "ship|shipped|shipping|shipment|deliver|delivered|delivery|due|approved|estimated|birth|"
        "born|dob|updated|modified|cancelled|returned|return|refund|review|expiry|end|limit|"
        "carrier|load|etl|required|signup|joined|registered"
    ),
    "amount": (
        "discount|disc|tax|vat|freight|shipping|coupon|rate|unit|margin|profit|refund|per|tip|"
        "count|points|id|date"
    ),
}
_PART_OF_TOTAL = frozenset({"subtotal", "sub"})
_CURRENCIES = frozenset({"eur", "usd", "gbp", "chf", "cad", "aud", "inr", "jpy", "sek", "nok"})
_ROLE_OF_MONEY = frozenset({"amount", "unit_price"})
_IDENTIFIER = re.compile(
    rf"(.* )?({_KEY}|sku|ean|upc|isbn|zip|zip ?code|post ?code|postal ?code|phone|mobile|fax|"
    rf"barcode|plu|index|rownum|row)|({_WHO}|{_DEAL}|product|item|store|article|stock) ?({_KEY})"
)


def words(name: str) -> str:
    """Return the lower-case words of a column's name: ``CustomerID`` and ``customer-id`` alike."""
    name = re.sub(r"(?<![^\W_])n(?:[°º]|\.(?=\s?\w))|№|#", " number ", name, flags=re.IGNORECASE)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", spaced)).lower()


def never(role: Role, name: str) -> bool:
    """Whether a word of the name says that it is not of that role."""
    parts = english(words(name)).split()
    return any(re.fullmatch(_NEVER.get(role, ""), part) for part in parts)


def score(role: Role, name: str) -> int:
    """Return how well a name fits a role: 0 for not at all, 100 for its plain name.

    Of a path such as ``ecommerce.purchase_revenue`` the last part counts, a little less.
    """
    _, point, leaf = name.rpartition(".")
    if point and leaf.strip():
        return max(_score(role, name), _score(role, leaf) - 1, 0)
    return _score(role, name)


def _score(role: Role, name: str) -> int:
    translated = english(words(name))
    parts = translated.split()
    if never(role, name):
        return 0
    if role in _ROLE_OF_MONEY:
        translated = " ".join(part for part in parts if part not in _CURRENCIES)
    points = next((s for s, pattern in _COMPILED[role] if pattern.fullmatch(translated)), 0)
    # What was paid is the total.
    return points - bool(points and role == "amount" and _PART_OF_TOTAL & set(parts))


# A product, as far as its name shows.
_PRODUCT = re.compile(
    rf"(product|item|article|stock|sku|asin|ean|upc|plu|isbn|goods|material|variant|line ?item)s?"
    rf"( ?({_KEY}|sku|name|title|description|desc))?|sku|description"
)
# Prices of which the name does not say whether they are of a piece or of all pieces of a line.
_PLAIN_PRICE = re.compile(r"(item |line ?item |product |sales? |selling |sell |article )?price")
# Amounts of which the name says that they are of a whole order.
_OF_ORDER = re.compile(
    r"((order|invoice|basket|transaction|receipt|payment|grand|cart|ticket|bill|checkout) ?)"
    r"(total|value|amount|sum|price|revenue)( (paid|gross|net))?"
    r"|(total|amount) (paid|order|invoice)"
    r"|payment|total|total (price|amount|paid)"
)


def is_day(name: str) -> bool:
    """Whether a name ends in date or day, so that another may tell the moment more finely."""
    return english(words(name)).split()[-1:] in (["date"], ["day"])


def is_product(name: str) -> bool:
    """Whether a name says that the column tells products apart."""
    return _PRODUCT.fullmatch(english(words(name))) is not None


def is_plain_price(name: str) -> bool:
    """Whether a price may as well be of one piece as of all pieces of a line."""
    return _PLAIN_PRICE.fullmatch(english(words(name))) is not None


def is_of_order(name: str) -> bool:
    """Whether a name says that an amount is of a whole order."""
    return _OF_ORDER.fullmatch(english(words(name))) is not None


def is_identifier(name: str) -> bool:
    """Whether a name says that the column's digits name something and count nothing."""
    return _IDENTIFIER.fullmatch(english(words(name))) is not None


def is_mail(name: str) -> bool:
    """Whether a name says that the column holds e-mail addresses."""
    return re.search(r"\be ?mail\b", english(words(name))) is not None
