"""Roles: which column is the customer, the order, the moment and the money.

Names come first, types must fit, and statistics over the head of the table decide between names
that fit alike: an order has one customer and one moment, and a customer comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

import ibis.expr.types as ir

from segdb.checks.warning import DataWarning
from segdb.config.sections import Columns
from segdb.errors import SourceError, nearest
from segdb.expressions.typed_source import value
from segdb.inspect.candidates import Column, distinct, fills, id_choice, likely_ids
from segdb.inspect.header_vocabulary import is_day, never, score
from segdb.inspect.order_id import order_id
from segdb.inspect.questions import OPEN, ROLES, OpenQuestionError, RoleCandidates, several, unknown
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading, Role


class Chooser:
    """Finds the column of each role, one after another; no column plays two.

    ``hints`` has the columns that the settings name, ``moments`` how columns of text are read as
    moments.

    Attributes:
        roles: the column of each role.
        inferred: the roles that nobody declared.
        warnings: which choices another column could change.
    """

    def __init__(
        self,
        table: ir.Table,
        origin: str,
        columns: Sequence[Column],
        ask: Ask,
        hints: SchemaHints,
        moments: Mapping[str, ColumnReading],
    ) -> None:
        self.hints = hints
        self.null_values = hints.source.null_values
        self.moments = moments
        self.table = table
        self.origin = origin
        self.columns = columns
        self.ask = ask
        self.roles: dict[Role, str] = {}
        self.inferred: list[Role] = []
        self.warnings: list[DataWarning] = []

    def orders(self) -> None:
        """Find the roles of a table of orders."""
        self._declare(self.hints.columns, get_args(Role))
        self._infer_customer()
        self._infer("ordered_at", required=True)
        self._infer_order()
        self._infer("quantity")
        if "amount" not in self.roles and "amount" not in self.hints.open_roles:
            self._infer_amount()
        self._infer("category")

    def customers(self) -> None:
        """Find the id of a table of customers; the orders may call it otherwise."""
        declared = self.hints.columns
        names = {column.name.lower() for column in self.columns}
        if (declared.customer_id or "").lower() in names:
            self._declare(declared, ["customer_id"])
            return
        if "customer_id" in self.hints.open_roles:
            return
        ranked = self._ranked("customer_id")
        plain = [c.name for c in self.columns if c.name.lower() in ("id", "key", "index")]
        candidates = [name for points, name in ranked if points == ranked[0][0]] or plain[:1]
        if len(candidates) > 1:
            different = self._distinct({name: [name] for name in candidates})
            most = max(different.values())
            candidates = [name for name in candidates if different[name] == most]
        if not candidates:
            raise self._unknown("customer_id", declared.customer_id)
        self._take("customer_id", candidates)

    def _declare(self, declared: Columns, roles: Collection[Role]) -> None:
        known = {column.name.lower(): column.name for column in self.columns}
        exact = {column.name: column.name for column in self.columns}
        for role in roles:
            wanted = getattr(declared, role)
            if wanted is None or role in self.hints.open_roles:
                continue
            if wanted == OPEN:
                raise self._unknown(role)
            name = (
                exact.get(wanted) or known.get(wanted.lower()) or known.get(wanted.strip().lower())
            )
            if name is None:
                whose = f"[columns] {role} names"
                advice = nearest(wanted, exact)
                if self.hints.run_id is not None:
                    whose = f"run {self.hints.run_id} read as {ROLES.get(role, f'the {role}')}"
                    advice += " Where a column has it under another name, rename it in a SELECT."
                raise SourceError(f"{self.origin} has no column '{wanted}', which {whose}.{advice}")
            self.roles[role] = name

    def _infer(self, role: Role, *, required: bool = False) -> None:
        if role in self.roles or role in self.hints.open_roles:
            return
        ranked = self._ranked(role, unfit=required)
        candidates = [name for points, name in ranked if points == ranked[0][0]]
        if role == "ordered_at" and not candidates:
            moments = [c for c in self.columns if "moment" in c.able and not never(role, c.name)]
            typed = [c.name for c in moments if not c.text]
            candidates = typed or [c.name for c in moments if len(moments) == 1]
        if role == "ordered_at" and len(candidates) > 1:
            # Of a column of dates and one of moments, the moments.
            candidates = [name for name in candidates if not is_day(name)] or candidates
        if candidates and (required or len(candidates) == 1):
            self._take(role, candidates)
        elif required:
            raise self._unknown(role)

    def _infer_customer(self) -> None:
        """Take the plainest name among those whose values can tell customers apart."""
        if "customer_id" in self.roles or "customer_id" in self.hints.open_roles:
            return
        ranked = self._ranked("customer_id", unfit=True)
        if not ranked:
            raise self._unknown("customer_id")
        fill = fills(self.table, [name for _, name in ranked], self.null_values, self.ask)
        able = [entry for entry in ranked if fill[entry[1]].identifies] or ranked
        best = [name for points, name in able if points == able[0][0]]
        # Of ids that are named alike, those that come back most are the customers'.
        fewest = min(fill[name].distinct for name in best)
        self._take("customer_id", [name for name in best if fill[name].distinct == fewest])
        chosen = self.roles["customer_id"]
        others = [name for _, name in able if fill[name].distinct != fill[chosen].distinct]
        if others:
            self.warnings.append(id_choice(chosen, others[0], fill))

    def _infer_order(self) -> None:
        """Take the id with one customer and nearly one moment; of several the coarsest."""
        ranked = self._ranked("order_id")
        if "order_id" in self.roles or not {"customer_id", "ordered_at"} <= self.roles.keys():
            return
        customer, moment = self.roles["customer_id"], self.roles["ordered_at"]
        name, warning = order_id(
            self.table,
            ranked,
            customer,
            self.moment(moment),
            self.null_values,
            self.ask,
        )
        self.warnings += [warning] if warning else []
        if name is not None:
            self._take("order_id", [name])

    def moment(self, name: str) -> ir.Value:
        """Return the moments of a column, as its best reading has them."""
        reading = self.moments.get(name)
        column = self.table[name]
        return column if reading is None else value(self.table, reading, self.null_values)

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
        fitting_columns = []
        for column in self.columns:
            points = score(role, column.name) if column.name not in self.roles.values() else 0
            if points and not column.fits(role):
                points = points - 65 if unfit and column.text else 0
            if points > 0:
                fitting_columns.append((points, column.name))
        return sorted(fitting_columns, key=lambda entry: -entry[0])

    def _distinct(self, combinations: Mapping[str, Sequence[str]]) -> dict[str, int]:
        return distinct(self.table, combinations, self.ask)

    def _take(self, role: Role, candidates: Sequence[str]) -> None:
        if len(candidates) > 1:
            raise several(self.origin, role, candidates)
        self.roles[role] = candidates[0]
        self.inferred.append(role)

    def _unknown(self, role: Role, declared: str | None = None) -> OpenQuestionError:
        candidates = RoleCandidates(
            columns=[column.name for column in self.columns],
            able=[column.name for column in self.columns if column.fits(role)],
            likely=self._likely(role),
        )
        run_id = self.hints.run_id
        return unknown(self.origin, role, candidates, declared=declared, run_id=run_id)

    def _likely(self, role: Role) -> list[str]:
        """Return the columns that could be the customer by their values: ids that come back."""
        free = [c.name for c in self.columns if c.name not in self.roles.values()]
        if role != "customer_id":
            return [c.name for c in self.columns if c.fits(role) and c.name in free]
        ids = [c.name for c in self.columns if c.fits(role) and c.name in free]
        return likely_ids(self.table, ids, self.null_values, self.ask)
