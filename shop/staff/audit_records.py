"""What staff did (append-only), and small notes the shop keeps for itself."""

import json
from collections.abc import Collection, Mapping
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


class StaffTables:
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

    def note(self, key: str) -> str | None:
        """A small note, such as how far the demo's clock was moved."""
        found: str | None = self._sql.value("note_get", key=key)
        return found

    def set_note(self, key: str, value: str) -> None:
        """Keep a small note."""
        self._sql.run("note_set", key=key, value=value)

    def new_customers(
        self, *, since: datetime, until: datetime, staff_ids: Collection[int]
    ) -> int:
        """How many people came for the first time, staff left out."""
        staff = f",{','.join(map(str, staff_ids))},"
        found = self._sql.value(
            "new_customers", since=seconds(since), until=seconds(until), staff=staff
        )
        return int(found)


def _act(row: Row) -> Act:
    return Act(
        staff_id=row["staff_id"],
        act=row["act"],
        customer_id=row["customer_id"],
        facts=json.loads(row["facts"]),
        acted_at=moment(row["acted_at"]),
    )
