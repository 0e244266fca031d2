"""A bank takes money back, or warns that it may: hold access, move the money, tell staff."""

from dataclasses import replace
from datetime import datetime

from shop.core.money import Money
from shop.ledger.receipt_records import Receipts, unnamed
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import ClaimedPayment, PaymentUpdate
from shop.orders.payment_records import Affairs
from shop.ports import DisputeFacts, Happening
from shop.refunds.dispute_decisions import decide, tell_decision
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.dispute_rules import Word, is_stale, state_told, turns
from shop.refunds.disputed_money import hold_disputed, in_place, money_asked_about
from shop.refunds.line_records import RefundLines
from shop.refunds.notices import Disputed, DisputeOpened, DisputeReopened, FraudWarning
from shop.refunds.payment_standing import note_standing
from shop.refunds.records import Refunds
from shop.refunds.revocation import freeze_access
from shop.refunds.rules import RefundPolicy, order_part
from shop.refunds.states import DisputeState
from shop.refunds.warnings import decided_before

_KINDS = {Happening.WARNED: DisputeKind.WARNING}


def take_dispute(update: PaymentUpdate[Affairs]) -> None:
    """Take news of a dispute or a warning, in whatever order it comes, however often it turns."""
    books, known = update.books, _known(update)
    is_new = known is None
    if known is None:
        known = _note(update)
    word = Word(
        state=state_told(update.event.happening),
        said_at=update.said_at,
        takes_first=known.asked.is_zero and _has_money(update),
    )
    was, heard_at = known.state, known.heard_at
    if not is_new and is_stale(word, heard_at=heard_at):
        books[Disputes].name(_named(update, known))
        return
    does_turn = turns(word, known=was, heard_at=heard_at)
    known = _learn(update, known)
    if word.state is DisputeState.OPEN and was is DisputeState.OPEN:
        known = hold_disputed(books, known, now=update.now)
        over = decided_before(books, known) if known.kind is DisputeKind.WARNING else None
        if over is not None:  # it comes after what it warns of
            books[Disputes].move(known, over, now=update.now)
        elif is_new:
            _act(update, known)
        _stand(update)
    elif word.state is DisputeState.OPEN and does_turn:
        _begin_anew(update, known)
    elif word.state is DisputeState.OPEN:
        _look_again(update, known, word, heard_at=heard_at)
    elif does_turn or word.state is DisputeState.LOST is was:
        tell_decision(update, decide(update, known, word.state))


def _facts(update: PaymentUpdate[Affairs]) -> DisputeFacts:
    found = update.event.detail
    return found if isinstance(found, DisputeFacts) else DisputeFacts()


def _has_money(update: PaymentUpdate[Affairs]) -> bool:
    money = update.event.money
    return money is not None and not money.is_zero


def _known(update: PaymentUpdate[Affairs]) -> Dispute | None:
    """The case this is about; one without a name is the one that runs, or the last."""
    receipt_id, _receipt = money_asked_about(update)
    kind = _KINDS.get(update.event.happening, DisputeKind.DISPUTE)
    about = update.books[Disputes].about(update.affairs.provider, kind, receipt_id)
    name = _facts(update).dispute_ref
    same = [one for one in about if not name or one.dispute_ref in {"", name}]
    running = [one for one in same if one.state is DisputeState.OPEN]
    found = running or same
    return found[-1] if found else None


def _note(update: PaymentUpdate[Affairs]) -> Dispute:
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
        currency=money.currency,
        reason=facts.reason,
        answer_by=facts.answer_by,
        heard_at=update.said_at,
        now=update.now,
    )
    return books[Disputes].get(dispute_id)


def _named(update: PaymentUpdate[Affairs], known: Dispute) -> Dispute:
    """The same with what of its name, reason and deadline was not known."""
    facts = _facts(update)
    return replace(
        known,
        dispute_ref=known.dispute_ref or facts.dispute_ref,
        reason=known.reason or facts.reason,
        answer_by=known.answer_by or facts.answer_by,
    )


def _learn(update: PaymentUpdate[Affairs], known: Dispute) -> Dispute:
    """Note what is said of it now: its name, its deadline, what it asks for, and when."""
    books, facts, told = update.books, _facts(update), update.event.money
    receipt = known.receipt
    if receipt is None:
        receipt = in_place(books, books[Receipts].receipt_named(known.provider, known.receipt_id))
    learnt = replace(
        _named(update, known),
        answer_by=facts.answer_by or known.answer_by,
        receipt=receipt,
        heard_at=update.said_at or known.heard_at,
    )
    if known.kind is DisputeKind.DISPUTE and told is not None and not told.is_zero:
        if known.money.is_zero:
            learnt = replace(learnt, asked=told, money=Money.zero(told.currency))
        elif told.currency == known.money.currency:
            learnt = replace(learnt, asked=told)
    if learnt != known:
        books[Disputes].name(learnt)
    return learnt


def _begin_anew(update: PaymentUpdate[Affairs], known: Dispute) -> None:
    """What was closed is asked for again."""
    books = update.books
    books[Disputes].move(known, DisputeState.OPEN, now=update.now)
    _act(update, hold_disputed(books, books[Disputes].get(known.id), now=update.now))
    _stand(update)


def _look_again(
    update: PaymentUpdate[Affairs], known: Dispute, word: Word, *, heard_at: datetime | None
) -> None:
    """A bank looks once more at what it has taken: nothing moves until it decides; staff know."""
    if known.state is not DisputeState.LOST or word.said_at in {None, heard_at}:
        return  # the news of its beginning, late or doubled
    again = DisputeReopened(
        dispute=known.id,
        name=update.customer.name,
        plan=update.affairs.product.slug,
        money=known.about,
    )
    key = f"{known.id}:{known.turns}"
    update.books[Outbox].add(tell_staff(update.policy, again, key=key), now=update.now)


def _stand(update: PaymentUpdate[Affairs]) -> None:
    note_standing(update.books, update.affairs.payment_id)


def _act(update: PaymentUpdate[Affairs], dispute: Dispute) -> None:
    """Hold what can be held, and tell whom it concerns."""
    affairs, customer = update.affairs, update.customer
    is_dispute = dispute.kind is DisputeKind.DISPUTE
    is_frozen, effects = _hold(update, dispute)
    key, plan = f"{dispute.id}:{dispute.turns}", affairs.product.slug
    if is_dispute and is_frozen:
        effects.append(tell_customer(customer, Disputed(plan=plan), key=key))
    notice = (DisputeOpened if is_dispute else FraudWarning)(
        dispute=dispute.id,
        name=customer.name,
        plan=plan,
        money=affairs.whole if dispute.about.is_zero else dispute.about,
        is_frozen=is_frozen,
    )
    effects += tell_staff(update.policy, notice, key=key)
    update.books[Outbox].add(effects, now=update.now)


def _hold(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> tuple[bool, list[Effect]]:
    """Stop the access this money bought, if the owner wants it so."""
    books, rules = claimed.books, claimed.policy[RefundPolicy]
    is_warning = dispute.kind is DisputeKind.WARNING
    if not (rules.hold_warnings if is_warning else rules.hold_disputes):
        return False, []
    subscription_id = _paid_for(claimed, dispute)
    if subscription_id is None:
        return False, []
    effects = freeze_access(books, subscription_id, dispute_id=dispute.id)
    return bool(effects), effects


def _paid_for(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> int | None:
    """What this money still pays for: not what it came for once too often, nor what is used up."""
    if dispute.receipt is None:
        return None
    case = claimed.books[Refunds].case(dispute.receipt)
    if case.order_id is None or order_part(case.standing).is_zero:
        return None
    until = claimed.books[RefundLines].paid_until(case.order_id)
    return case.subscription_id if until is not None and claimed.now < until else None


def catch_up_disputes(claimed: ClaimedPayment[Affairs], receipt: int, receipt_id: str) -> None:
    """Money arrived that was disputed before we heard of it: now there is money to move."""
    books, affairs = claimed.books, claimed.affairs
    if in_place(books, receipt) is None:
        return
    for key in (receipt_id, unnamed(affairs.reference)):
        for one in books[Disputes].about(affairs.provider, DisputeKind.DISPUTE, key):
            if one.receipt is None:
                _catch_up(claimed, replace(one, receipt=receipt))


def _catch_up(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> None:
    """The case has its money now; what it is about was told to staff before."""
    books = claimed.books
    books[Disputes].name(dispute)
    if dispute.state is DisputeState.OPEN:
        hold_disputed(books, dispute, now=claimed.now)
        _is_held, effects = _hold(claimed, dispute)
        books[Outbox].add(effects, now=claimed.now)
        note_standing(books, claimed.affairs.payment_id)
    elif dispute.state is DisputeState.LOST:
        tell_decision(claimed, decide(claimed, dispute, DisputeState.LOST))
