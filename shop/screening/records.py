"""Who paid, and who is blocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.screening.rules import BlockedBy, Finding

_FINDINGS = TypeAdapter(tuple[Finding, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One line of the blocklist."""

    id: int
    kind: BlockedBy
    value: str
    reason: str
    added_at: datetime


class ScreeningRecords:
    """The tables of payers, blocks and reviews."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    # --- who paid ---------------------------------------------------------------------------

    def see_payer(
        self, customer_id: int, fingerprint: str, *, country: str, now: datetime
    ) -> None:
        """Note that this customer paid with this card or wallet."""
        self._sql.run(
            "payer_see",
            customer_id=customer_id,
            fingerprint=fingerprint,
            country=country,
            now=seconds(now),
        )

    def other_payers(self, customer_id: int, fingerprint: str, *, since: datetime) -> int:
        """How many other cards this customer paid with since then."""
        return int(
            self._sql.value(
                "payers_of",
                customer_id=customer_id,
                fingerprint=fingerprint,
                since=seconds(since),
            )
        )

    def other_people(self, customer_id: int, fingerprint: str) -> int:
        """How many other customers paid with this card."""
        found = self._sql.value("payer_people", customer_id=customer_id, fingerprint=fingerprint)
        return int(found)

    def related_trials(self, customer_id: int) -> int:
        """How many trials other people took who share a card with this customer."""
        return int(self._sql.value("payer_trials", customer_id=customer_id))

    def tries(self, customer_id: int, *, since: datetime) -> int:
        """How many payments this customer began since then."""
        return int(
            self._sql.value("customer_tries", customer_id=customer_id, since=seconds(since))
        )

    def has_bought(self, customer_id: int) -> bool:
        """Whether this customer has bought before."""
        return bool(self._sql.value("customer_has_bought", customer_id=customer_id))

    # --- the blocklist ----------------------------------------------------------------------

    def block(
        self, kind: BlockedBy, value: str, *, reason: str, staff_id: int, now: datetime
    ) -> bool:
        """Put on the blocklist; False when it stood there already."""
        added = self._sql.count(
            "block_add",
            kind=kind,
            value=value,
            reason=reason,
            staff_id=staff_id,
            now=seconds(now),
        )
        return added == 1

    def unblock(self, block_id: int) -> tuple[BlockedBy, str] | None:
        """Take off the blocklist; what stood there, or None when nothing did."""
        row = self._sql.one("block_remove", id=block_id)
        return None if row is None else (BlockedBy(row["kind"]), row["value"])

    def blocks(self, *, most: int) -> list[Block]:
        """The latest entries."""
        return [_block(row) for row in self._sql.all("blocks", most=most)]

    def blocks_on(self, telegram_id: int, username: str, fingerprint: str) -> list[Block]:
        """The entries that mean this person."""
        rows = self._sql.all(
            "blocks_on",
            telegram=str(telegram_id),
            username=username.lower(),
            fingerprint=fingerprint,
        )
        return [_block(row) for row in rows]


def write_findings(findings: Sequence[Finding]) -> str:
    """Findings as JSON, for the books."""
    return _FINDINGS.dump_json(tuple(findings)).decode()


def read_findings(written: str) -> tuple[Finding, ...]:
    """What `write_findings` wrote."""
    return _FINDINGS.validate_json(written)


def _block(row: Row) -> Block:
    return Block(
        id=row["id"],
        kind=BlockedBy(row["kind"]),
        value=row["value"],
        reason=row["reason"],
        added_at=moment(row["added_at"]),
    )
