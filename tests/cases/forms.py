"""How people write dates and amounts: each form with what is left of the value in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_GERMAN = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_FRENCH = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_SPANISH = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_1900 = datetime(1899, 12, 30)
_1970 = datetime(1970, 1, 1)


@dataclass(frozen=True)
class DateForm:
    """A way to write a moment.

    Attributes:
        write: the moment as text.
        unit: what is left of it: "day", "minute" or "second".
        native: whether the text is a number that a workbook or a typed file would hold as one.
    """

    write: Callable[[datetime], str]
    unit: str = "day"
    native: bool = False

    def left(self, moment: datetime) -> datetime:
        """Return the moment as far as the text has it."""
        midnight = moment.replace(hour=0, minute=0, second=0)
        return {"day": midnight, "minute": moment.replace(second=0), "second": moment}[self.unit]


def _strftime(form: str, unit: str = "day") -> DateForm:
    return DateForm(lambda moment: moment.strftime(form), unit)


def _named(template: str, months: tuple[str, ...]) -> Callable[[datetime], str]:
    return lambda m: template.format(
        d=m.day, m=months[m.month - 1], y=m.year, w=_DAYS[m.weekday()], t=m.strftime("%H:%M:%S")
    )


def _twelve(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    return f"{hour}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


DATES: Mapping[str, DateForm] = {
    "iso day": _strftime("%Y-%m-%d"),
    "iso": _strftime("%Y-%m-%d %H:%M:%S", "second"),
    "iso minute": _strftime("%Y-%m-%d %H:%M", "minute"),
    "iso T": _strftime("%Y-%m-%dT%H:%M:%S", "second"),
    "iso Z": _strftime("%Y-%m-%dT%H:%M:%SZ", "second"),
    "iso fraction Z": _strftime("%Y-%m-%dT%H:%M:%S.000Z", "second"),
    "iso offset": _strftime("%Y-%m-%dT%H:%M:%S+02:00", "second"),
    "iso offset blank": _strftime("%Y-%m-%d %H:%M:%S -0500", "second"),
    "iso UTC": _strftime("%Y-%m-%d %H:%M:%S UTC", "second"),
    "y/m/d": _strftime("%Y/%m/%d"),
    "y.m.d": _strftime("%Y.%m.%d"),
    "y/m/d time": _strftime("%Y/%m/%d %H:%M:%S", "second"),
    "compact": _strftime("%Y%m%d"),
    "compact time": _strftime("%Y%m%dT%H%M%S", "second"),
    "d/m/y": _strftime("%d/%m/%Y"),
    "d/m/y time": _strftime("%d/%m/%Y %H:%M", "minute"),
    "d/m/y 12 h": DateForm(lambda m: f"{m:%d/%m/%Y} {_twelve(m)}", "minute"),
    "d/m/yy": _strftime("%d/%m/%y"),
    "d-m-y": _strftime("%d-%m-%Y"),
    "d.m.y": _strftime("%d.%m.%Y"),
    "d.m.y unpadded": DateForm(lambda m: f"{m.day}.{m.month}.{m.year}"),
    "d.m.y time": _strftime("%d.%m.%Y %H:%M:%S", "second"),
    "d.m.y, time": _strftime("%d.%m.%Y, %H:%M", "minute"),
    "m/d/y": _strftime("%m/%d/%Y"),
    "m/d/y unpadded": DateForm(lambda m: f"{m.month}/{m.day}/{m.year}"),
    "m/d/y 12 h": DateForm(lambda m: f"{m.month}/{m.day}/{m.year} {_twelve(m)}", "minute"),
    "m/d/yy time": DateForm(lambda m: f"{m.month}/{m.day}/{m:%y %H:%M}", "minute"),
    "5 Jan 2024": DateForm(_named("{d} {m} {y}", _ENGLISH)),
    "05-Jan-24": DateForm(lambda m: f"{m.day:02d}-{_ENGLISH[m.month - 1]}-{m:%y}"),
    "Jan 5, 2024": DateForm(_named("{m} {d}, {y}", _ENGLISH)),
    "January 5, 2024 at": DateForm(
        lambda m: f"{_FULL[m.month - 1]} {m.day}, {m.year} at {_twelve(m)}", "minute"
    ),
    "5. Januar 2024": DateForm(_named("{d}. {m} {y}", _GERMAN)),
    "5 janvier 2024": DateForm(_named("{d} {m} {y}", _FRENCH)),
    "5 de enero de 2024": DateForm(_named("{d} de {m} de {y}", _SPANISH)),
    "rfc 2822": DateForm(_named("{w}, {d:02d} {m} {y} {t} +0000", _ENGLISH), "second"),
    "rfc 2822 GMT": DateForm(_named("{w}, {d:02d} {m} {y} {t} GMT", _ENGLISH), "second"),
    "ctime": DateForm(_named("{w} {m} {d:2d} {t} {y}", _ENGLISH), "second"),
    "javascript": DateForm(_named("{w} {m} {d:02d} {y} {t} GMT+0100 (CET)", _ENGLISH), "second"),
    "epoch s": DateForm(lambda m: str(int((m - _1970).total_seconds())), "second", native=True),
    "epoch ms": DateForm(
        lambda m: str(int((m - _1970).total_seconds()) * 1000), "second", native=True
    ),
    "excel day": DateForm(lambda m: str((m - _1900).days), native=True),
    "excel": DateForm(
        lambda m: f"{(m - _1900) / timedelta(days=1):.8f}", "second", native=True
    ),
}  # fmt: skip


def _grouped(amount: Decimal, group: str, mark: str) -> str:
    return f"{abs(amount):,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)


def _signed(group: str, mark: str, template: str = "{sign}{digits}") -> Callable[[Decimal], str]:
    return lambda amount: template.format(
        sign="-" if amount < 0 else "", digits=_grouped(amount, group, mark)
    )


def _trailing(amount: Decimal) -> str:
    return f"{abs(amount):.2f}{'-' if amount < 0 else ''}"


def _parentheses(digits: Callable[[Decimal], str]) -> Callable[[Decimal], str]:
    return lambda amount: f"({digits(-amount)})" if amount < 0 else digits(amount)


NUMBERS: Mapping[str, Callable[[Decimal], str]] = {
    "plain": str,
    "no zeros": lambda amount: f"{amount.normalize():f}",
    "comma": _signed("", ","),
    "1,234.56": _signed(",", "."),
    "1.234,56": _signed(".", ","),
    "1 234,56": _signed(" ", ","),
    "1 234,56 unbroken": _signed("\u00a0", ","),
    "1'234.56": _signed("'", "."),
    "$": _signed(",", ".", "{sign}${digits}"),
    "$-": _signed(",", ".", "${sign}{digits}"),
    "€ before": _signed(".", ",", "€ {sign}{digits}"),
    "€ after": _signed(".", ",", "{sign}{digits} €"),
    "€ after, unbroken": _signed("\u00a0", ",", "{sign}{digits}\u00a0€"),
    "USD after": _signed(",", ".", "{sign}{digits} USD"),
    "EUR before": _signed("", ".", "EUR {sign}{digits}"),
    "£": _signed(",", ".", "{sign}£{digits}"),
    "kr": _signed(" ", ",", "{sign}{digits} kr"),
    "(1.50)": _parentheses(_signed("", ".")),
    "($1,234.50)": _parentheses(_signed(",", ".", "{sign}${digits}")),
    "(1.234,50)": _parentheses(_signed(".", ",")),
    "5.00-": _trailing,
    "5,00-": lambda amount: _trailing(amount).replace(".", ","),
    "minus": lambda amount: str(amount).replace("-", "\u2212"),
    "+": lambda amount: f"{amount:+.2f}",
    "exponent": lambda amount: f"{amount:.7E}",
    "padded": lambda amount: f" {amount} ",
}  # fmt: skip
