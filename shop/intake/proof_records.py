"""Proofs of bank transfers: which file came for which payment, and what staff made of it."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import maybe_moment, moment, seconds
from shop.books.queries import Row, Sql
from shop.core.money import Money
from shop.intake.transfers import FileKind, ProofState
from shop.orders.payment_records import Payment, payment_of
from shop.ports.transfers import TRANSFER


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as Telegram names it; `digest` is the SHA-256 of its bytes, "" when not read."""

    kind: FileKind
    file_id: str
    unique_id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof; `reason` is one of `Reason` or staff's own words.

    `minor` is what staff saw arrive, in the currency of its payment.
    """

    id: int
    payment_id: int
    customer_id: int
    file: File
    state: ProofState
    reason: str
    minor: int | None
    staff_id: int | None
    sent_at: datetime
    decided_at: datetime | None


class Proofs:
    """The table of proofs."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(self, payment: Payment, file: File, *, now: datetime) -> Proof | None:
        """Note a proof; None when this file came for this payment before."""
        row = self._sql.one(
            "proof_add",
            payment_id=payment.id,
            customer_id=payment.customer_id,
            kind=file.kind,
            file_id=file.file_id,
            unique_id=file.unique_id,
            digest=file.digest,
            now=seconds(now),
        )
        return None if row is None else _proof(row)

    def get(self, proof_id: int) -> Proof | None:
        """The proof of this number."""
        row = self._sql.one("proof_by_id", id=proof_id)
        return None if row is None else _proof(row)

    def payment(self, proof_id: int) -> Payment:
        """The payment that a proof came for."""
        row = self._sql.one("payment_of_proof", id=proof_id)
        assert row is not None  # noqa: S101 - a foreign key says so
        return payment_of(row)

    def by_file(self, payment_id: int, unique_id: str) -> Proof | None:
        """The proof that came for this payment in this file."""
        row = self._sql.one("proof_by_file", payment_id=payment_id, unique_id=unique_id)
        return None if row is None else _proof(row)

    def decide(
        self,
        proof_id: int,
        state: ProofState,
        *,
        staff_id: int,
        reason: str = "",
        arrived: Money | None = None,
        now: datetime,
    ) -> bool:
        """Note what staff made of it; False when another was first."""
        changed = self._sql.count(
            "proof_decide",
            id=proof_id,
            state=state,
            staff_id=staff_id,
            reason=reason,
            minor=None if arrived is None else arrived.minor,
            now=seconds(now),
        )
        return changed == 1

    def close_others(self, payment_id: int, *, staff_id: int, now: datetime) -> None:
        """Take the payment's other proofs off the pile."""
        self._sql.run("proofs_close", payment_id=payment_id, staff_id=staff_id, now=seconds(now))

    def waiting(self, *, most: int) -> list[Proof]:
        """What a person still has to look at, the oldest first."""
        return [_proof(row) for row in self._sql.all("proofs_waiting", most=most)]

    def count_waiting(self, payment_id: int | None = None) -> int:
        """How many wait, of one payment or of all."""
        if payment_id is None:
            return int(self._sql.value("proofs_count_waiting"))
        return int(self._sql.value("proofs_count_of", payment_id=payment_id))

    def alike(self, payment_id: int, file: File, *, most: int) -> list[Proof]:
        """Proofs of other payments with the very same file or bytes."""
        rows = self._sql.all(
            "proofs_alike",
            payment_id=payment_id,
            unique_id=file.unique_id,
            digest=file.digest,
            most=most,
        )
        return [_proof(row) for row in rows]

    def payment_for(self, customer_id: int, *, since: datetime) -> Payment | None:
        """The transfer that a customer's picture is for, if one was begun since then."""
        row = self._sql.one(
            "payment_to_prove", customer_id=customer_id, provider=TRANSFER, since=seconds(since)
        )
        return None if row is None else payment_of(row)


def _proof(row: Row) -> Proof:
    return Proof(
        id=row["id"],
        payment_id=row["payment_id"],
        customer_id=row["customer_id"],
        file=File(
            kind=FileKind(row["kind"]),
            file_id=row["file_id"],
            unique_id=row["unique_id"],
            digest=row["digest"],
        ),
        state=ProofState(row["state"]),
        reason=row["reason"],
        minor=row["minor"],
        staff_id=row["staff_id"],
        sent_at=moment(row["sent_at"]),
        decided_at=maybe_moment(row["decided_at"]),
    )
