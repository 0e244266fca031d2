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
class MoneyClaim:
    """Money that a webhook told of; `told_at` is when staff heard that it is not confirmed."""

    letter_id: int
    payment_id: int
    receipt_id: str
    provider_ref: str
    money: Money
    state: ClaimState
    made_at: datetime
    told_at: datetime | None


class Claims:
    """The table of claims."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(
        self,
        letter_id: int,
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
            letter_id=letter_id,
            payment_id=payment_id,
            receipt_id=receipt_id,
            provider_ref=provider_ref,
            minor=money.minor,
            currency=money.currency,
            now=seconds(now),
        )

    def of(self, payment_id: int) -> list[MoneyClaim]:
        """What is said of this payment and not confirmed yet."""
        return [_claim(row) for row in self._sql.all("claims_of", payment_id=payment_id)]

    def by_letter(self, letter_id: int) -> MoneyClaim | None:
        """What this letter said, if its provider is to be asked."""
        row = self._sql.one("claim_by_letter", letter_id=letter_id)
        return None if row is None else _claim(row)

    def waiting_letter(self, provider: str, event_id: str) -> int | None:
        """The letter of this event, if what it said is not confirmed."""
        found: int | None = self._sql.value("claim_waiting", provider=provider, event_id=event_id)
        return found

    def end(self, letter_id: int, state: ClaimState) -> bool:
        """Say what came of it; False when that was said already."""
        return self._sql.count("claim_end", letter_id=letter_id, state=state) == 1

    def note_told(self, letter_id: int, *, now: datetime) -> bool:
        """Staff hear of it once; False when they have."""
        return self._sql.count("claim_tell", letter_id=letter_id, now=seconds(now)) == 1


def _claim(row: Row) -> MoneyClaim:
    return MoneyClaim(
        letter_id=row["letter_id"],
        payment_id=row["payment_id"],
        receipt_id=row["receipt_id"],
        provider_ref=row["provider_ref"],
        money=Money(row["minor"], row["currency"]),
        state=ClaimState(row["state"]),
        made_at=moment(row["made_at"]),
        told_at=maybe_moment(row["told_at"]),
    )
