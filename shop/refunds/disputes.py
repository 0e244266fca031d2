"""A bank takes money back, or warns that it may: hold access, move the money, tell staff."""

from dataclasses import replace

from shop.core.money import Money
from shop.core.moves import may_move
from shop.ledger.receipt_records import Receipts, unnamed
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import ClaimedPayment, PaymentUpdate
from shop.orders.payment_records import Affairs, Payments
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.ports import DisputeFacts, Happening
from shop.refunds.dispute_decisions import close_dispute
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.disputed_money import enter_disputed, in_place, money_asked_about
from shop.refunds.notices import Disputed, DisputeOpened, FraudWarning
from shop.refunds.records import Refunds
from shop.refunds.revocation import freeze_access
from shop.refunds.rules import RefundPolicy, left_outside
from shop.refunds.states import DISPUTE_MOVES, DisputeState

_KINDS = {Happening.WARNED: DisputeKind.WARNING}
_DECIDED = {
    Happening.DISPUTE_WON: DisputeState.WON,
    Happening.DISPUTE_LOST: DisputeState.LOST,
}


def take_dispute(update: PaymentUpdate[Affairs]) -> None:
    """Take news of a dispute or a warning, in whatever order it comes."""
    known = _known(update)
    decided = _DECIDED.get(update.event.happening)
    if known is None:
        known = _open(update, is_told=decided is None)
    elif known.state is DisputeState.OPEN:
        known = _learn(update, known)
    if decided is not None and may_move(DISPUTE_MOVES, known.state, decided):
        close_dispute(update, known, decided)


def _facts(update: PaymentUpdate[Affairs]) -> DisputeFacts:
    found = update.event.detail
    return found if isinstance(found, DisputeFacts) else DisputeFacts()


def _known(update: PaymentUpdate[Affairs]) -> Dispute | None:
    """The case this is about; one without a name is the one that runs, or the last."""
    receipt_id, _receipt = money_asked_about(update)
    kind = _KINDS.get(update.event.happening, DisputeKind.DISPUTE)
    about = update.books[Disputes].about(update.affairs.provider, kind, receipt_id)
    name = _facts(update).dispute_ref
    same = [one for one in about if not name or one.dispute_ref in {"", name}]
    return same[-1] if same else None


def _open(update: PaymentUpdate[Affairs], *, is_told: bool) -> Dispute:
    books, affairs, facts = update.books, update.affairs, _facts(update)
    receipt_id, receipt = money_asked_about(update)
    money = update.event.money or Money.zero(affairs.whole.currency)
    dispute_id = books[Disputes].add(
        provider=affairs.provider,
        kind=_KINDS.get(update.event.happening, DisputeKind.DISPUTE),
        dispute_ref=facts.dispute_ref,
        receipt_id=receipt_id,
        receipt=receipt,
        payment_id=affairs.payment_id,
        customer_id=update.customer.id,
        money=Money.zero(money.currency),
        state=DisputeState.OPEN,
        reason=facts.reason,
        answer_by=facts.answer_by,
        now=update.now,
    )
    dispute = _learn(update, books[Disputes].get(dispute_id))
    # What was decided before we heard of it has nothing to hold any more.
    return _act(update, dispute) if is_told else dispute


def _act(update: PaymentUpdate[Affairs], dispute: Dispute) -> Dispute:
    """Hold what can be held, and tell whom it concerns."""
    books, affairs, customer = update.books, update.affairs, update.customer
    is_dispute = dispute.kind is DisputeKind.DISPUTE
    if is_dispute and may_move(PAYMENT_MOVES, affairs.payment_state, PaymentState.DISPUTED):
        books[Payments].move(
            affairs.payment_id, old=affairs.payment_state, new=PaymentState.DISPUTED, poll_at=None
        )
    is_frozen, effects = _hold(update, dispute)
    key, plan = str(dispute.id), affairs.product.slug
    if is_dispute and is_frozen:
        effects.append(tell_customer(customer, Disputed(plan=plan), key=key))
    notice = (DisputeOpened if is_dispute else FraudWarning)(
        dispute=dispute.id,
        name=customer.name,
        plan=plan,
        money=_disputed(dispute, update.event.money, affairs.whole),
        is_frozen=is_frozen,
    )
    effects += tell_staff(update.policy, notice, key=key)
    books[Outbox].add(effects, now=update.now)
    return dispute


def _disputed(dispute: Dispute, told: Money | None, price: Money) -> Money:
    """The money it is about: what was taken, else what was told, else the price."""
    if not dispute.money.is_zero:
        return dispute.money
    return price if told is None or told.is_zero else told


def _hold(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> tuple[bool, list[Effect]]:
    """Stop the access this money bought, if the owner wants it so."""
    books, rules = claimed.books, claimed.policy[RefundPolicy]
    is_warning = dispute.kind is DisputeKind.WARNING
    if not (rules.hold_warnings if is_warning else rules.hold_disputes):
        return False, []
    subscription_id = claimed.affairs.subscription_id
    if dispute.receipt is not None:
        subscription_id = books[Refunds].case(dispute.receipt).subscription_id or subscription_id
    if subscription_id is None:
        return False, []
    effects = freeze_access(books, subscription_id, dispute_id=dispute.id)
    return bool(effects), effects


def _learn(update: PaymentUpdate[Affairs], known: Dispute) -> Dispute:
    """Note its name, its deadline, and the money once that is said to be taken."""
    books, told, facts = update.books, update.event.money, _facts(update)
    receipt = known.receipt
    if receipt is None:
        receipt = in_place(books, books[Receipts].receipt_named(known.provider, known.receipt_id))
    taken = known.money
    is_dispute = known.kind is DisputeKind.DISPUTE
    if taken.is_zero and is_dispute and told is not None and receipt is not None:
        standing = books[Refunds].case(receipt).standing
        # A sum in another currency than came cannot be taken out of it: staff are told, no more.
        if told.currency == standing.money.currency:
            taken = min(told, left_outside(standing))
            enter_disputed(books, known, taken, now=update.now)
    learnt = replace(
        known,
        dispute_ref=known.dispute_ref or facts.dispute_ref,
        reason=known.reason or facts.reason,
        answer_by=facts.answer_by or known.answer_by,
        receipt=receipt,
        money=taken,
    )
    if learnt != known:
        books[Disputes].name(learnt)
    return learnt


def catch_up_disputes(claimed: ClaimedPayment[Affairs], receipt: int, receipt_id: str) -> None:
    """Money arrived that was disputed before we heard of it: now there is money to move."""
    books, affairs = claimed.books, claimed.affairs
    if in_place(books, receipt) is None:
        return
    for key in (receipt_id, unnamed(affairs.reference)):
        for one in books[Disputes].about(affairs.provider, DisputeKind.DISPUTE, key):
            standing = books[Refunds].case(receipt).standing
            is_new = one.receipt is None and one.state is DisputeState.OPEN
            if not is_new or standing.money.currency != one.money.currency:
                continue  # of other money staff were told
            money = left_outside(standing)
            enter_disputed(books, one, money, now=claimed.now)
            late = replace(one, receipt=receipt, money=money)
            books[Disputes].name(late)
            books[Payments].move(
                affairs.payment_id,
                old=PaymentState.FINAL,
                new=PaymentState.DISPUTED,
                poll_at=None,
            )
            _is_held, effects = _hold(claimed, late)
            books[Outbox].add(effects, now=claimed.now)
