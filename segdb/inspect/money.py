"""Money: which column is the amount, by its values where its name leaves it open.

A number of pieces is whole and small. The price of a piece does not grow with the number of
pieces of its line, and the total of a line does: the slope of log(price) on log(quantity), within
a product where there is a column of products, is 0 for the one and 1 for the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.expressions.typed_source import value
from segdb.formats.toml import toml_value
from segdb.inspect.candidates import HEAD
from segdb.inspect.header_vocabulary import is_plain_price, is_product, score, words
from segdb.inspect.type_inference import InferredType
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Role

# Names of amounts that may be amounts of anything.
_OF_ANYTHING = {"amount", "amt", "number", "count", "units", "value"}
_MOST_PIECES, _USUAL_PIECES = 1_000, 10
_FEWEST = 30
# Of the slope: below, the price is of one piece; above, of all pieces of the line.
_PIECE, _LINE = 0.4, 0.6
# The share of a column that must be numbers.
_ENOUGH = 0.5


def numbers_of(
    table: ir.Table, inferred_types: Mapping[str, InferredType], null_values: Sequence[str]
) -> Callable[[str], ir.FloatingValue | None]:
    """Return what gives the numbers of a column by its name; None where it holds none.

    Args:
        table: raw rows.
        inferred_types: what the text columns could be.
        null_values: tokens for "missing".
    """

    def number(name: str) -> ir.FloatingValue | None:
        kind = table[name].type()
        if kind.is_numeric() and not kind.is_boolean():
            return table[name].cast("float64")
        fit = inferred_types[name].number if name in inferred_types else None
        if fit is None or fit.share < _ENOUGH:
            return None
        return value(table, fit.reading, null_values)

    return number


@dataclass(frozen=True)
class Slope:
    """The slope of log(price) on log(quantity), with its standard error; None if too few rows."""

    value: float
    error: float

    @property
    def is_of_line(self) -> bool:
        """Whether the price is surely of all pieces of a line."""
        return self.value - 2 * self.error > _LINE

    @property
    def is_of_piece(self) -> bool:
        """Whether the price is surely of one piece."""
        return self.value + 2 * self.error < _PIECE


@dataclass
class Money:
    """Settles the roles of money: changes ``roles`` and ``inferred`` in place, keeps warnings.

    Attributes:
        table: raw rows.
        number: the typed value of a column by its name; None where it holds no numbers.
        roles: the column of each role.
        inferred: roles that nobody declared.
        ask: runs a small query.
        warnings: what may be wrong.
    """

    table: ir.Table
    number: Callable[[str], ir.FloatingValue | None]
    roles: dict[Role, str]
    inferred: list[Role]
    ask: Ask
    warnings: list[DataWarning]

    def settle(self) -> None:
        """Distinguish pieces from money, and prices of a piece from totals of a line."""
        self._pieces()
        if {"quantity", "unit_price"} <= self.roles.keys():
            self._price()
        elif {"quantity", "amount"} <= self.roles.keys() and "amount" in self.inferred:
            self._amount()

    def _pieces(self) -> None:
        amount = self.roles.get("amount")
        if amount is None or "amount" not in self.inferred or "quantity" in self.roles:
            return
        prices = self._prices()
        if words(amount) not in _OF_ANYTHING or not prices or not self._is_whole_and_small(amount):
            return
        del self.roles["amount"]
        self.inferred.remove("amount")
        self.roles |= {"quantity": amount, "unit_price": prices[0]}
        self.inferred += ["quantity", "unit_price"]
        self.warnings.append(
            DataWarning(
                "pieces_as_money",
                f"'{amount}' holds small whole numbers beside '{prices[0]}', so it is taken for "
                "the number of pieces and not for money.",
                f"[columns] amount = {toml_value(amount)}",
                share=0.05,
            )
        )

    def _prices(self) -> list[str]:
        used = set(self.roles.values())
        ranked = [(score("unit_price", name), name) for name in self.table.columns]
        fits = [
            (s, name)
            for s, name in ranked
            if s and name not in used and self.number(name) is not None
        ]
        return [name for _, name in sorted(fits, key=lambda entry: -entry[0])]

    def _is_whole_and_small(self, name: str) -> bool:
        head = self.table.limit(HEAD)
        number = self.number(name)
        assert number is not None  # noqa: S101 - it is the amount
        values = head.select(n=number)
        row = self.ask(
            values.agg(
                broken=(values.n % 1 != 0).sum(),
                most=values.n.abs().max(),
                usual=values.n.abs().median(),
            )
        ).to_pylist()[0]
        if row["most"] is None or row["broken"]:
            return False
        return bool(row["most"] <= _MOST_PIECES and row["usual"] <= _USUAL_PIECES)

    def _price(self) -> None:
        """Decide whether the unit price is of one piece, unless both columns are declared."""
        price, quantity = self.roles["unit_price"], self.roles["quantity"]
        if "unit_price" not in self.inferred:
            return
        slope = self._slope(price, quantity)
        as_total = f"[columns] amount = {toml_value(price)}"
        if slope is not None and slope.is_of_line and is_plain_price(price):
            del self.roles["unit_price"]
            self.inferred.remove("unit_price")
            self.roles["amount"] = price
            self.inferred.append("amount")
            self._warn(
                f"'{price}' grows with '{quantity}', so it is taken for the total of a line and "
                "not multiplied.",
                f"[columns] unit_price = {toml_value(price)}",
                0.05,
            )
        elif slope is not None and slope.is_of_line:
            self._warn(
                f"'{price}' is multiplied by '{quantity}', and grows with it as the total of a "
                "line does.",
                as_total,
                0.9,
            )
        elif is_plain_price(price) and not (slope and slope.is_of_piece):
            self._warn(
                f"'{price}' is taken for the price of one piece and multiplied by '{quantity}'; "
                "the values do not tell whether it is.",
                as_total,
                0.5,
            )

    def _amount(self) -> None:
        amount, quantity = self.roles["amount"], self.roles["quantity"]
        product = self._product()
        slope = self._slope(amount, quantity) if product else None
        if slope is not None and slope.is_of_piece:
            self._warn(
                f"'{amount}' of a product is the same however large '{quantity}' is, as the "
                "price of one piece; it is not multiplied.",
                f"[columns] unit_price = {toml_value(amount)}",
                0.5,
            )

    def _warn(self, message: str, setting: str, share: float) -> None:
        self.warnings.append(DataWarning("price_or_total", message, setting, share))

    def _product(self) -> str | None:
        used = set(self.roles.values())
        names = (n for n in self.table.columns if n not in used and is_product(n))
        return next(names, None)

    def _slope(self, price: str, quantity: str) -> Slope | None:
        head = self.table.limit(HEAD)
        size, pieces, product = self.number(price), self.number(quantity), self._product()
        if size is None or pieces is None:
            return None
        key = head[product].cast("string") if product else ibis.literal("")
        rows = head.select(p=size, q=pieces, key=key)
        rows = rows.filter((rows.p > 0) & (rows.q > 0))
        logs = rows.select(x=rows.q.ln(), y=rows.p.ln(), key=rows.key)
        of_product = ibis.window(group_by=logs.key)
        near = logs.select(
            dx=logs.x - logs.x.mean().over(of_product),
            dy=logs.y - logs.y.mean().over(of_product),
            key=logs.key,
        )
        row = self.ask(
            near.agg(
                n=near.count(),
                groups=near.key.nunique(),
                xx=(near.dx * near.dx).sum(),
                xy=(near.dx * near.dy).sum(),
                yy=(near.dy * near.dy).sum(),
            )
        ).to_pylist()[0]
        freedom = row["n"] - row["groups"] - 1
        if freedom < _FEWEST or not row["xx"] or row["xx"] < 1e-9 * row["n"]:
            return None
        slope = row["xy"] / row["xx"]
        rest = max(row["yy"] - slope * row["xy"], 0.0) / freedom
        return Slope(slope, math.sqrt(rest / row["xx"]))
