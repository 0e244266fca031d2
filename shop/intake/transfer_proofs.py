"""Bank transfers: the customer sends a proof, staff decide on it, `settle` does the rest."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shop.books.books import Books
from shop.core.errors import BadInputError, DoneAlreadyError, NotFoundError
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.intake.acts import ApproveTransfer, RefuseTransfer
from shop.intake.notices import ProofRefused, ProofSent
from shop.intake.proof_records import File, Proof, Proofs
from shop.intake.transfers import MOST_WAITING, ProofState
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.payment_records import Affairs, Payment, Payments
from shop.orders.states import PaymentState
from shop.ports import Happening, PaymentEvent
from shop.ports.transfers import TRANSFER, code_of
from shop.settlement.settle import Outcome, Source, settle
from shop.staff.acts import ByStaff

_LONGEST_WORDS = 300
_MOST_ALIKE = 3
_LOOKED_AT_WITHIN = timedelta(days=30)
_BEGUN_WITHIN = timedelta(days=60)  # a bank may take its time, and people even more


class Taken(StrEnum):
    """What became of a file that a customer sent."""

    NOTED = "noted"
    AGAIN = "again"  # the very same file waits already
    REFUSED_BEFORE = "refused_before"
    MANY = "many"  # enough wait; a person looks at those first
    PAID = "paid"
    NO_ORDER = "no_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A proof with all that staff decide by; `alike` came with the same file for others.

    `by` names who decided: as the chat knows them, else by number; empty while it waits.
    """

    proof: Proof
    payment: Payment
    affairs: Affairs
    customer: Customer
    code: str
    by: str
    arrived: Money | None
    alike: tuple[tuple[Proof, Customer], ...]


def awaited(books: Books, customer_id: int, *, now: datetime) -> Affairs | None:
    """The transfer that a picture of this customer would be for."""
    payment = books[Proofs].payment_for(customer_id, since=now - _BEGUN_WITHIN)
    return None if payment is None else books[Payments].affairs(payment.reference)


def take_proof(
    books: Books, customer_id: int, file: File, *, policy: Policy, now: datetime
) -> Taken:
    """Keep a proof and have staff look at it; the same file for the same payment counts once."""
    customer = books[Customers].claim(customer_id)
    payment = books[Proofs].payment_for(customer.id, since=now - _BEGUN_WITHIN)
    if payment is None:
        return Taken.NO_ORDER
    if (known := books[Proofs].by_file(payment.id, file.unique_id)) is not None:
        return _seen_before(known)
    if payment.state is PaymentState.FINAL:
        return Taken.PAID
    if books[Proofs].count_waiting(payment.id) >= MOST_WAITING:
        return Taken.MANY
    proof = books[Proofs].add(payment, file, now=now)
    assert proof is not None  # noqa: S101 - looked up under the claim
    # It was paid in time, however long a person takes to look.
    books[Payments].keep_until(payment.id, now + _LOOKED_AT_WITHIN, now=now)
    told = tell_staff(policy, ProofSent(proof=proof.id), key=str(proof.id))
    books[Outbox].add(told, now=now)
    return Taken.NOTED


def _seen_before(proof: Proof) -> Taken:
    return {
        ProofState.WAITING: Taken.AGAIN,
        ProofState.REFUSED: Taken.REFUSED_BEFORE,
        ProofState.APPROVED: Taken.PAID,
        ProofState.SETTLED: Taken.PAID,
    }[proof.state]


def case_of(books: Books, proof_id: int) -> Case:
    """One proof, for staff."""
    proof = books[Proofs].get(proof_id)
    if proof is None:
        raise NotFoundError(what="proof", name=proof_id)
    payment = books[Proofs].payment(proof_id)
    alike = books[Proofs].alike(payment.id, proof.file, most=_MOST_ALIKE)
    return Case(
        proof=proof,
        payment=payment,
        affairs=books[Payments].affairs(payment.reference),
        customer=books[Customers].get(proof.customer_id),
        code=code_of(payment.reference),
        arrived=None if proof.minor is None else Money(proof.minor, payment.due.currency),
        by="" if proof.staff_id is None else books[Customers].name_of(proof.staff_id),
        alike=tuple((one, books[Customers].get(one.customer_id)) for one in alike),
    )


def pile(books: Books, *, most: int = 10) -> tuple[int, list[Case]]:
    """How many proofs wait, and the oldest of them."""
    waiting = books[Proofs].waiting(most=most)
    return books[Proofs].count_waiting(), [case_of(books, proof.id) for proof in waiting]


def approve(
    books: Books,
    staff_id: int,
    *,
    proof_id: int,
    money: Money | None,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """The money is on the account: settle it, once, whoever taps how often.

    `money` is what arrived, None when it is just what was asked. It counts from when the customer
    sent the proof, so that nobody pays for the hours until a person looked.
    """
    proof, payment = _claim(books, proof_id)
    money = payment.due if money is None else money
    if money.minor <= 0:
        raise BadInputError(reason="Write how much arrived, such as 7.99.")
    _decide(books, proof, ProofState.APPROVED, staff_id=staff_id, arrived=money, now=now)
    books[Proofs].close_others(payment.id, staff_id=staff_id, now=now)
    facts = {"proof": proof.id, "staff": staff_id, "minor": money.minor, "money": money.currency}
    event = PaymentEvent(
        event_id=f"{_receipt_id(payment, proof)}.approved",
        kind="transfer.approved",
        happening=Happening.RECEIVED,
        reference=payment.reference,
        provider_ref=payment.provider_ref,
        receipt_id=_receipt_id(payment, proof),
        money=money,
        occurred_at=proof.sent_at,
    )
    source = Source(provider=TRANSFER, body=json.dumps(facts).encode(), is_looked_at=True)
    outcome = settle(books, event, source, policy=policy, now=now)
    act = ApproveTransfer(proof=proof.id, money=money, outcome=outcome)
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=proof.customer_id)
    return outcome


def refuse(books: Books, staff_id: int, *, proof_id: int, reason: str, now: datetime) -> None:
    """Tell the customer why this proof does not do; another may follow."""
    words = " ".join(reason.split())[:_LONGEST_WORDS]
    if not words:
        raise BadInputError(reason="Write the reason, the customer reads it.")
    proof, payment = _claim(books, proof_id)
    _decide(books, proof, ProofState.REFUSED, staff_id=staff_id, reason=words, now=now)
    books[Payments].keep_until(payment.id, max(payment.expires_at, now), now=now)
    affairs = books[Payments].affairs(payment.reference)
    refused = ProofRefused(
        plan=affairs.product.slug,
        term=affairs.interval,
        reason=words,
        money=payment.due,
    )
    customer = books[Customers].get(proof.customer_id)
    books[Outbox].add([tell_customer(customer, refused, key=str(proof.id))], now=now)
    act = RefuseTransfer(proof=proof.id, reason=words)
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=proof.customer_id)


def _claim(books: Books, proof_id: int) -> tuple[Proof, Payment]:
    """Law 6: the customer first; what is read after that holds until the commit."""
    proof = books[Proofs].get(proof_id)
    if proof is None:
        raise NotFoundError(what="proof", name=proof_id)
    books[Customers].claim(proof.customer_id)
    return proof, books[Proofs].payment(proof_id)


def _decide(
    books: Books,
    proof: Proof,
    state: ProofState,
    *,
    staff_id: int,
    reason: str = "",
    arrived: Money | None = None,
    now: datetime,
) -> None:
    if not books[Proofs].decide(
        proof.id, state, staff_id=staff_id, reason=reason, arrived=arrived, now=now
    ):
        raise DoneAlreadyError


def _receipt_id(payment: Payment, proof: Proof) -> str:
    """What identifies this money: a proof is approved once."""
    return f"{payment.reference}.{proof.id}"
