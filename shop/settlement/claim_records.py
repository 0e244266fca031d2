"""What webhooks said of money before their provider was asked whether it is so."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.books.moments import maybe_moment, moment, seconds
from shop.books.queries import Row, Sql
from shop.core.money import Money


class ClaimState(StrEnum):
    """What came of it."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DENIED = "denied"  # the provider says something else
    BELIEVED = "believed"  # staff said so


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderClaim:
    """Money that a webhook told of; `told_at` is when staff heard that it is not confirmed."""

    inbox_event_id: int
    payment_id: int
    receipt_id: str
    provider_ref: str
    money: Money
    state: ClaimState
    made_at: datetime
    told_at: datetime | None


class ProviderClaims:
    """The table of claims."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(
        self,
        inbox_event_id: int,
        *,
        payment_id: int,
        receipt_id: str,
        provider_ref: str,
        money: Money,
        now: datetime,
    ) -> None:
        """Note what a webhook says."""
        self._sql.run(
            "claim_add",
            inbox_event_id=inbox_event_id,
            payment_id=payment_id,
            receipt_id=receipt_id,
            provider_ref=provider_ref,
            minor=money.minor,
            currency=money.currency,
            now=seconds(now),
        )

    def of(self, payment_id: int) -> list[ProviderClaim]:
        """What is said of this payment and not confirmed yet."""
        return [_claim(row) for row in self._sql.all("provider_claims_of", payment_id=payment_id)]

    def by_inbox_event(self, inbox_event_id: int) -> ProviderClaim | None:
        """What this inbox event said, if its provider is to be asked."""
        row = self._sql.one("claim_by_letter", inbox_event_id=inbox_event_id)
        return None if row is None else _claim(row)

    def end(self, inbox_event_id: int, state: ClaimState) -> bool:
        """Say what came of it; False when that was said already."""
        return self._sql.count("claim_end", inbox_event_id=inbox_event_id, state=state) == 1

    def note_told(self, inbox_event_id: int, *, now: datetime) -> bool:
        """Staff hear of it once; False when they have."""
        return self._sql.count("claim_tell", inbox_event_id=inbox_event_id, now=seconds(now)) == 1


def _claim(row: Row) -> ProviderClaim:
    return ProviderClaim(
        inbox_event_id=row["inbox_event_id"],
        payment_id=row["payment_id"],
        receipt_id=row["receipt_id"],
        provider_ref=row["provider_ref"],
        money=Money(row["minor"], row["currency"]),
        state=ClaimState(row["state"]),
        made_at=moment(row["made_at"]),
        told_at=maybe_moment(row["told_at"]),
    )
