"""Who of the staff did what, and when."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a member of staff; `facts` never hold secrets."""

    staff_id: int
    act: str
    customer_id: int | None
    facts: Mapping[str, Any]
    acted_at: datetime


class AuditLog:
    """The audit, and notes by key."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def audit(
        self,
        staff_id: int,
        act: str,
        *,
        customer_id: int | None,
        facts: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Record an act in the transaction that does it."""
        self._sql.run(
            "audit_add",
            staff_id=staff_id,
            act=act,
            customer_id=customer_id,
            facts=json.dumps(dict(facts), ensure_ascii=False),
            now=seconds(now),
        )

    def acts_on(self, customer_id: int, *, most: int) -> list[Act]:
        """The latest acts on one customer."""
        return [_act(row) for row in self._sql.all("audit_of", customer_id=customer_id, most=most)]

    def latest_acts(self, *, most: int) -> list[Act]:
        """The latest acts of all."""
        return [_act(row) for row in self._sql.all("audit_latest", most=most)]


def _act(row: Row) -> Act:
    return Act(
        staff_id=row["staff_id"],
        act=row["act"],
        customer_id=row["customer_id"],
        facts=json.loads(row["facts"]),
        acted_at=moment(row["acted_at"]),
    )
