"""Roles: which column is the customer, the order, the moment and the money.

Names come first, types must fit, and statistics over the head of the table decide between names
that fit alike: an order has one customer and one moment, and a customer comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import ibis
import ibis.expr.types as ir

from segdb.errors import SourceError, nearest
from segdb.inspect.names import score
from segdb.inspect.shapes import Ask
from segdb.reading import Role
from segdb.settings import Columns

_HEAD = 100_000
_NUMERIC: frozenset[Role] = frozenset({"amount", "quantity", "unit_price"})
_WORDS: Mapping[Role, str] = {
    "customer_id": "the customer's id",
    "ordered_at": "the moment of the order",
    "amount": "the amount",
}


@dataclass(frozen=True)
class Column:
    """What a column can be.

    ``able`` holds ``number``, ``moment`` and ``id``; ``text`` says that its values are text, so
    that it may be able to be none of them because its values are bad.
    """

    name: str
    able: frozenset[Literal["number", "moment", "id"]]
    text: bool

    def fits(self, role: Role) -> bool:
        """Whether the column's type can play the role."""
        if role in _NUMERIC:
            return "number" in self.able
        if role == "ordered_at":
            return "moment" in self.able
        return "id" in self.able if role != "category" else self.text or "id" in self.able


class Chooser:
    """Finds the column of each role, one after another; no column plays two.

    With ``run_id`` the declared columns are those of a run, whose settings cannot be changed.
    """

    def __init__(
        self,
        table: ir.Table,
        origin: str,
        columns: Sequence[Column],
        ask: Ask,
        run_id: int | None = None,
    ) -> None:
        self.run_id = run_id
        self.table = table
        self.origin = origin
        self.columns = columns
        self.ask = ask
        self.roles: dict[Role, str] = {}
        self.inferred: list[Role] = []

    def orders(self, declared: Columns) -> None:
        """Find the roles of a table of orders."""
        self._declare(declared, get_args(Role))
        self._infer("customer_id", required=True)
        self._infer("ordered_at", required=True)
        self._infer_order()
        self._infer("quantity")
        if "amount" not in self.roles:
            self._infer_amount()
        self._infer("category")

    def customers(self, declared: Columns) -> None:
        """Find the id of a table of customers; the orders may call it otherwise."""
        names = {column.name.lower() for column in self.columns}
        if (declared.customer_id or "").lower() in names:
            self._declare(declared, ["customer_id"])
            return
        ranked = self._ranked("customer_id")
        plain = [c.name for c in self.columns if c.name.lower() in ("id", "key", "index")]
        candidates = [name for points, name in ranked if points == ranked[0][0]] or plain[:1]
        if len(candidates) > 1:
            distinct = self._distinct({name: [name] for name in candidates})
            most = max(distinct.values())
            candidates = [name for name in candidates if distinct[name] == most]
        if not candidates:
            raise self._unknown("customer_id", declared.customer_id)
        self._take("customer_id", candidates)

    def _declare(self, declared: Columns, roles: Collection[Role]) -> None:
        known = {column.name.lower(): column.name for column in self.columns}
        exact = {column.name: column.name for column in self.columns}
        for role in roles:
            wanted = getattr(declared, role)
            if wanted is None:
                continue
            name = (
                exact.get(wanted) or known.get(wanted.lower()) or known.get(wanted.strip().lower())
            )
            if name is None:
                whose = f"[columns] {role} names"
                advice = nearest(wanted, exact)
                if self.run_id is not None:
                    whose = f"run {self.run_id} read as {_WORDS.get(role, f'the {role}')}"
                    advice += " Where a column has it under another name, rename it in a SELECT."
                raise SourceError(f"{self.origin} has no column '{wanted}', which {whose}.{advice}")
            self.roles[role] = name

    def _infer(self, role: Role, *, required: bool = False) -> None:
        if role in self.roles:
            return
        ranked = self._ranked(role, unfit=required)
        candidates = [name for points, name in ranked if points == ranked[0][0]]
        if role == "ordered_at" and not candidates:
            candidates = [c.name for c in self.columns if "moment" in c.able and not c.text]
        if role == "customer_id" and len(candidates) > 1:
            candidates = self._returning(candidates)
        if candidates and (required or len(candidates) == 1):
            self._take(role, candidates)
        elif required:
            raise self._unknown(role)

    def _infer_order(self) -> None:
        """Take the id with one customer and nearly one moment; of several the coarsest."""
        if "order_id" in self.roles:
            return
        names = [name for _, name in self._ranked("order_id")][:4]
        if not names:
            return
        customer, moment = self.roles["customer_id"], self.roles["ordered_at"]
        asked = {f"{name} ": [name] for name in names}
        asked |= {f"{name} customer": [name, customer] for name in names}
        asked |= {f"{name} moment": [name, moment] for name in names}
        distinct = self._distinct(asked)
        good = [
            name
            for name in names
            if distinct[f"{name} customer"] <= 1.01 * distinct[f"{name} "]
            and distinct[f"{name} moment"] <= 1.1 * distinct[f"{name} "]
        ]
        if good:
            self._take("order_id", [min(good, key=lambda name: distinct[f"{name} "])])

    def _infer_amount(self) -> None:
        amounts = self._ranked("amount", unfit=True)
        prices = [] if "unit_price" in self.roles else self._ranked("unit_price")
        # A bare price is a line's total only where no quantity stands beside it.
        clear = [entry for entry in amounts if entry[0] > 70]
        if "unit_price" in self.roles or (prices and not clear and "quantity" in self.roles):
            self._pair([name for points, name in prices if points == prices[0][0]])
            return
        best = clear or amounts
        if best:
            self._take("amount", [name for points, name in best if points == best[0][0]])
        elif prices:
            raise SourceError(
                f"{self.origin} has a unit price, '{prices[0][1]}', and no quantity to go with it. "
                f'Add to the settings: [columns] quantity = "…", or amount = "{prices[0][1]}".'
            )
        else:
            raise self._unknown("amount")

    def _pair(self, prices: list[str]) -> None:
        if "unit_price" not in self.roles:
            self._take("unit_price", prices)
        if "quantity" not in self.roles:
            raise SourceError(
                f"The unit price of {self.origin} is '{self.roles['unit_price']}', and no column "
                'looks like the quantity. Add to the settings: [columns] quantity = "…".'
            )

    def _ranked(self, role: Role, *, unfit: bool = False) -> list[tuple[int, str]]:
        """Return (score, name) of the columns that could play the role, the best first.

        With ``unfit``, well-named columns of text whose values do not fit come last: an error
        that shows a bad value helps more than one that knows of no column.
        """
        found = []
        for column in self.columns:
            points = score(role, column.name) if column.name not in self.roles.values() else 0
            if points and not column.fits(role):
                points = points - 65 if unfit and column.text else 0
            if points > 0:
                found.append((points, column.name))
        return sorted(found, key=lambda entry: -entry[0])

    def _returning(self, candidates: list[str]) -> list[str]:
        """Of ids that are named alike, keep those that come back most."""
        distinct = self._distinct({name: [name] for name in candidates})
        fewest = min(distinct.values())
        return [name for name in candidates if distinct[name] == fewest]

    def _distinct(self, asked: Mapping[str, Sequence[str]]) -> dict[str, int]:
        head = self.table.limit(_HEAD)
        counts = {}
        for place, names in enumerate(asked.values()):
            present = head[names[0]].notnull()
            parts = {f"f{position}": head[name] for position, name in enumerate(names)}
            whole = head[names[0]] if len(names) == 1 else ibis.struct(parts)
            counts[f"n{place}"] = whole.nunique(where=present)
        row = self.ask(head.agg(**counts)).to_pylist()[0]
        return {key: int(row[f"n{place}"]) for place, key in enumerate(asked)}

    def _take(self, role: Role, candidates: Sequence[str]) -> None:
        if len(candidates) > 1:
            lines = " or ".join(f'{role} = "{name}"' for name in candidates)
            raise SourceError(
                f"{self.origin} has {len(candidates)} columns that could be "
                f"{_WORDS.get(role, role)} ({', '.join(candidates)}). Choose one in the "
                f"settings: [columns] {lines}."
            )
        self.roles[role] = candidates[0]
        self.inferred.append(role)

    def _unknown(self, role: Role, declared: str | None = None) -> SourceError:
        able = [column.name for column in self.columns if column.fits(role)]
        kind = {"amount": "numeric ", "ordered_at": "date "}.get(role, "") if able else ""
        shown = able or [column.name for column in self.columns]
        there = f" Its {kind}columns are: {', '.join(shown[:20])}{', …' if shown[20:] else ''}."
        asked = f" and none is called '{declared}'" if declared else ""
        alone = (
            " If it has one row a customer, and no orders: segdb run --customers FILE."
            if role == "ordered_at" and declared is None
            else ""
        )
        advice = f'Name it in the settings: [columns] {role} = "…".'
        if self.run_id is not None:
            advice = f"Name it so in a SELECT: … AS {declared or role}."
        return SourceError(
            f"No column of {self.origin} looks like {_WORDS[role]}{asked}. {advice}{there}{alone}"
        )
