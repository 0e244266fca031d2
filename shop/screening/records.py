"""Who paid, who is blocked, and paid orders that wait for a person's decision."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.core.money import Money
from shop.ledger.receiving import Judgement, Verdict
from shop.screening.rules import BlockedBy, Check, Finding, Ruling


class ReviewState(StrEnum):
    """What became of money that was held."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    RETURNED = "returned"  # it went back while nobody had decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Money that is here while a person decides; `judgement` is what an approval brings about."""

    id: int
    receipt_id: int
    payment_id: int
    order_id: int
    customer_id: int
    reference: str
    provider: str
    money: Money
    state: ReviewState
    findings: tuple[Finding, ...]
    fingerprint: str
    judgement: Judgement
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One line of the blocklist."""

    id: int
    kind: BlockedBy
    value: str
    reason: str
    added_at: datetime


class Guards:
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

    def has_refused_money(self, customer_id: int) -> bool:
        """Whether money of his that staff refused is here still, and none was approved since."""
        return bool(self._sql.value("customer_refused_money", customer_id=customer_id))

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

    # --- money that waits for a person -----------------------------------------------------

    def hold(
        self,
        *,
        receipt: int,
        payment_id: int,
        order_id: int,
        customer_id: int,
        findings: Sequence[Finding],
        fingerprint: str,
        judgement: Judgement,
        now: datetime,
    ) -> int:
        """Note what an approval will bring about; the review's number."""
        return int(
            self._sql.value(
                "review_add",
                receipt_id=receipt,
                payment_id=payment_id,
                order_id=order_id,
                customer_id=customer_id,
                findings=json.dumps(findings_document(findings)),
                fingerprint=fingerprint,
                verdict=judgement.verdict,
                to_order=judgement.to_order.minor,
                to_wallet=judgement.to_wallet.minor,
                from_wallet=judgement.from_wallet.minor,
                currency=judgement.to_order.currency,
                now=seconds(now),
            )
        )

    def review(self, review_id: int) -> Review | None:
        """The review of this number."""
        row = self._sql.one("review_by_id", id=review_id)
        return None if row is None else _review(row)

    def review_of(self, receipt: int) -> Review | None:
        """The review of this receipt."""
        row = self._sql.one("review_of_receipt", receipt_id=receipt)
        return None if row is None else _review(row)

    def waiting(self, *, most: int) -> list[Review]:
        """What waits for a decision, the oldest first."""
        return [_review(row) for row in self._sql.all("reviews_open", most=most)]

    def count_waiting(self) -> int:
        """How much waits for a decision."""
        return int(self._sql.value("reviews_count"))

    def decide(
        self, review_id: int, state: ReviewState, *, staff_id: int | None, now: datetime
    ) -> bool:
        """Close a review; False when another was first."""
        changed = self._sql.count(
            "review_decide", id=review_id, state=state, staff_id=staff_id, now=seconds(now)
        )
        return changed == 1


def findings_document(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings as JSON, for the books and for notices."""
    return [
        {"check": one.check, "ruling": one.ruling, "facts": dict(one.facts)} for one in findings
    ]


def _block(row: Row) -> Block:
    return Block(
        id=row["id"],
        kind=BlockedBy(row["kind"]),
        value=row["value"],
        reason=row["reason"],
        added_at=moment(row["added_at"]),
    )


def _review(row: Row) -> Review:
    currency = row["currency"]
    return Review(
        id=row["id"],
        receipt_id=row["receipt_id"],
        payment_id=row["payment_id"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        reference=row["reference"],
        provider=row["provider"],
        money=Money(row["minor"], currency),
        state=ReviewState(row["state"]),
        findings=tuple(
            Finding(check=Check(one["check"]), ruling=Ruling(one["ruling"]), facts=one["facts"])
            for one in json.loads(row["findings"])
        ),
        fingerprint=row["fingerprint"],
        judgement=Judgement(
            verdict=Verdict(row["verdict"]),
            to_order=Money(row["to_order"], currency),
            to_wallet=Money(row["to_wallet"], currency),
            from_wallet=Money(row["from_wallet"], currency),
            fulfils=True,
        ),
        opened_at=moment(row["opened_at"]),
    )
