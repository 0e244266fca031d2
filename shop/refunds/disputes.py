"""A bank takes money back, or warns that it may: hold access, move the money, tell staff."""

from dataclasses import replace
from datetime import UTC, datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import Entry, Journal
from shop.ledger.receipt_records import Receipts, unnamed
from shop.ledger.receiving import Verdict
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.payment_records import Affairs, Payments
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.ports import Happening, PaymentEvent
from shop.refunds.acts import Trust
from shop.refunds.bookings import DISPUTED, book_intent, follow
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.records import RefundRoute, Refunds
from shop.refunds.revocation import freeze_access, unfreeze_access
from shop.refunds.rules import RefundPolicy, left_outside
from shop.refunds.states import DisputeState, RefundState
from shop.staff.acts import ByStaff

_KINDS = {Happening.WARNED: DisputeKind.WARNING}
_CLOSED = {
    Happening.DISPUTE_WON: DisputeState.WON,
    Happening.DISPUTE_LOST: DisputeState.LOST,
}


def take_dispute(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    event: PaymentEvent,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Take news of a dispute or a warning, in whatever order it comes."""
    known = _known(books, affairs, event)
    closed = _CLOSED.get(event.happening)
    if known is None:
        known = _open(
            books, customer, affairs, event, policy=policy, is_told=closed is None, now=now
        )
    elif known.state is DisputeState.OPEN:
        known = _learn(books, known, event, now=now)
    if closed is not None and known.state is DisputeState.OPEN:
        _close(books, customer, affairs, known, closed, policy=policy, now=now)


def _receipt_id(books: Books, affairs: Affairs, event: PaymentEvent) -> tuple[str, int | None]:
    """The money it is about; where none is named, what came last for this payment."""
    if event.receipt_id:
        found = books[Receipts].receipt_named(affairs.provider, event.receipt_id)
        return event.receipt_id, _in_place(books, found)
    receipts = books[Receipts].receipts_of_payment(affairs.payment_id)
    if not receipts:
        return unnamed(affairs.reference), None
    return books[Refunds].case(receipts[0]).receipt_id, _in_place(books, receipts[0])


def _in_place(books: Books, receipt: int | None) -> int | None:
    """A receipt whose money has its place; what a person must decide about has none yet."""
    if receipt is None or books[Refunds].case(receipt).standing.verdict is Verdict.IN_REVIEW:
        return None
    return receipt


def _known(books: Books, affairs: Affairs, event: PaymentEvent) -> Dispute | None:
    """The case this is about; one without a name is the one that runs, or the last."""
    receipt_id, _receipt = _receipt_id(books, affairs, event)
    kind = _KINDS.get(event.happening, DisputeKind.DISPUTE)
    about = books[Disputes].about(affairs.provider, kind, receipt_id)
    name = event.facts.get("dispute", "")
    same = [one for one in about if not name or one.dispute_ref in {"", name}]
    return same[-1] if same else None


def _open(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    event: PaymentEvent,
    *,
    policy: Policy,
    is_told: bool,
    now: datetime,
) -> Dispute:
    receipt_id, receipt = _receipt_id(books, affairs, event)
    kind = _KINDS.get(event.happening, DisputeKind.DISPUTE)
    money = event.money or Money.zero(affairs.whole.currency)
    dispute_id = books[Disputes].add(
        provider=affairs.provider,
        kind=kind,
        dispute_ref=event.facts.get("dispute", ""),
        receipt_id=receipt_id,
        receipt=receipt,
        payment_id=affairs.payment_id,
        customer_id=customer.id,
        money=Money.zero(money.currency),
        state=DisputeState.OPEN,
        reason=event.facts.get("reason", ""),
        answer_by=_answer_by(event),
        now=now,
    )
    dispute = _learn(books, books[Disputes].get(dispute_id), event, now=now)
    if not is_told:
        return dispute  # decided before we heard of it: there is nothing to hold
    if kind is DisputeKind.DISPUTE and may_move(
        PAYMENT_MOVES, affairs.payment_state, PaymentState.DISPUTED
    ):
        books[Payments].move(
            affairs.payment_id, old=affairs.payment_state, new=PaymentState.DISPUTED, poll_at=None
        )
    is_frozen, effects = _hold(books, dispute, affairs, policy=policy)
    facts = _facts(customer, affairs, dispute, event) | {"is_frozen": is_frozen}
    if kind is DisputeKind.DISPUTE:
        notice = Notice.DISPUTE
        if is_frozen:
            effects.append(
                tell_customer(customer, Notice.DISPUTED, key=str(dispute_id), plan=facts["plan"])
            )
    else:
        notice = Notice.FRAUD_WARNING
    effects += tell_staff(policy, notice, key=str(dispute_id), **facts)
    books[Outbox].add(effects, now=now)
    return dispute


def _hold(
    books: Books, dispute: Dispute, affairs: Affairs, *, policy: Policy
) -> tuple[bool, list[Effect]]:
    """Stop the access this money bought, if the owner wants it so."""
    rules = policy[RefundPolicy]
    is_warning = dispute.kind is DisputeKind.WARNING
    if not (rules.hold_warnings if is_warning else rules.hold_disputes):
        return False, []
    subscription_id = affairs.subscription_id
    if dispute.receipt is not None:
        subscription_id = books[Refunds].case(dispute.receipt).subscription_id or subscription_id
    if subscription_id is None:
        return False, []
    effects = freeze_access(books, subscription_id, dispute_id=dispute.id)
    return bool(effects), effects


def _learn(books: Books, known: Dispute, event: PaymentEvent, *, now: datetime) -> Dispute:
    """Note its name, its deadline, and the money once that is said to be taken."""
    receipt = known.receipt
    if receipt is None:
        receipt = _in_place(books, books[Receipts].receipt_named(known.provider, known.receipt_id))
    taken = known.money
    if not taken and known.kind is DisputeKind.DISPUTE and event.money and receipt is not None:
        standing = books[Refunds].case(receipt).standing
        # A sum in another currency than came cannot be taken out of it: staff are told, no more.
        if event.money.currency == standing.money.currency:
            taken = min(event.money, left_outside(standing))
            _enter(books, known, taken, now=now)
    learnt = replace(
        known,
        dispute_ref=known.dispute_ref or event.facts.get("dispute", ""),
        reason=known.reason or event.facts.get("reason", ""),
        answer_by=_answer_by(event) or known.answer_by,
        receipt=receipt,
        money=taken,
    )
    if learnt != known:
        books[Disputes].name(learnt)
    return learnt


def _enter(
    books: Books, dispute: Dispute, money: Money, *, now: datetime, group: str = ""
) -> None:
    """The provider keeps this money until the bank has decided; negative money is given back."""
    entries = (
        Entry(account=f"provider:{dispute.provider}", money=-money),
        Entry(account=DISPUTED, money=money),
    )
    books[Journal].enter(f"dispute:{dispute.id}{group}", entries, now=now)


def catch_up_disputes(
    books: Books, affairs: Affairs, receipt: int, receipt_id: str, *, policy: Policy, now: datetime
) -> None:
    """Money arrived that was disputed before we heard of it: now there is money to move."""
    for key in (receipt_id, unnamed(affairs.reference)):
        for one in books[Disputes].about(affairs.provider, DisputeKind.DISPUTE, key):
            if one.receipt is not None or one.state is not DisputeState.OPEN:
                continue
            if _in_place(books, receipt) is None:
                continue
            standing = books[Refunds].case(receipt).standing
            if standing.money.currency != one.money.currency:
                continue  # it was about other money; staff were told of it
            money = left_outside(standing)
            _enter(books, one, money, now=now)
            late = replace(one, receipt=receipt, money=money)
            books[Disputes].name(late)
            books[Payments].move(
                affairs.payment_id,
                old=PaymentState.FINAL,
                new=PaymentState.DISPUTED,
                poll_at=None,
            )
            _is_held, effects = _hold(books, late, affairs, policy=policy)
            books[Outbox].add(effects, now=now)


def _close(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    dispute: Dispute,
    state: DisputeState,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    books[Disputes].close(dispute.id, state, now=now)
    effects: list[Effect] = []
    if state is DisputeState.WON:
        if dispute.money:
            _enter(books, dispute, -dispute.money, now=now, group=":won")
        books[Payments].move(
            affairs.payment_id, old=PaymentState.DISPUTED, new=PaymentState.FINAL, poll_at=None
        )
    elif dispute.money and dispute.receipt is not None:
        case = books[Refunds].case(dispute.receipt)
        refund = book_intent(
            books,
            case,
            dispute.money,
            route=RefundRoute.DISPUTE,
            state=RefundState.DONE,
            reference=f"rf_dispute_{dispute.id}",
            reason="dispute",
            staff_id=None,
            ask_at=None,
            now=now,
        )
        follow(books, refund, policy=policy, now=now)
    for one in (*_warnings_of(books, dispute, state, now=now), dispute):
        if one.frozen_id is not None:
            effects += unfreeze_access(books, customer, one.frozen_id, dispute_id=one.id)
    facts = _facts(customer, affairs, dispute, None) | {"how": state}
    effects.append(
        tell_customer(
            customer,
            Notice.DISPUTE_OVER,
            key=f"{dispute.id}:{state}",
            plan=facts["plan"],
            how=state,
        )
    )
    effects += tell_staff(policy, Notice.DISPUTE_CLOSED, key=f"{dispute.id}:{state}", **facts)
    books[Outbox].add(effects, now=now)


def _warnings_of(
    books: Books, dispute: Dispute, state: DisputeState, *, now: datetime
) -> list[Dispute]:
    """The warnings of the same money, closed with it: the bank has decided what they foretold."""
    if dispute.kind is DisputeKind.WARNING:
        return []
    about = books[Disputes].about(dispute.provider, DisputeKind.WARNING, dispute.receipt_id)
    return [one for one in about if books[Disputes].close(one.id, state, now=now)]


def dismiss_warning(books: Books, staff_id: int, *, dispute_id: int, now: datetime) -> bool:
    """Staff trust this customer: access comes back. False when that was decided already."""
    dispute = books[Disputes].get(dispute_id)
    customer = books[Customers].claim(dispute.customer_id)
    dispute = books[Disputes].get(dispute_id)
    is_warning = dispute.kind is DisputeKind.WARNING
    if not is_warning or not books[Disputes].close(dispute_id, DisputeState.WON, now=now):
        return False
    effects = []
    if dispute.frozen_id is not None:
        effects = unfreeze_access(books, customer, dispute.frozen_id, dispute_id=dispute_id)
    books[Outbox].add(effects, now=now)
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(Trust(warning=dispute_id), customer_id=customer.id)
    return True


def _facts(
    customer: Customer, affairs: Affairs, dispute: Dispute, event: PaymentEvent | None
) -> dict[str, object]:
    money = dispute.money or (event and event.money) or affairs.whole
    return {
        "dispute": dispute.id,
        "customer": customer.id,
        "name": customer.name,
        "provider": affairs.provider,
        "plan": affairs.product.slug,
        "reason": dispute.reason,
        "receipt": dispute.receipt,
        "minor": money.minor,
        "currency": money.currency,
        "answer_by": None if dispute.answer_by is None else int(dispute.answer_by.timestamp()),
    }


def _answer_by(event: PaymentEvent) -> datetime | None:
    text = event.facts.get("answer_by", "")
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() else None
