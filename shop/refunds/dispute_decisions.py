"""What a bank decided about money it was asked for, and what staff decide about its warnings."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import ClaimedPayment
from shop.orders.payment_records import Affairs
from shop.refunds.access_changes import AccessNow, changed_since, snapshot
from shop.refunds.acts import Trust
from shop.refunds.dispute_losses import book_loss, undo_losses
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.disputed_money import have_taken
from shop.refunds.line_records import RefundLines
from shop.refunds.notices import DisputeClosed, DisputeOver
from shop.refunds.owed_again import owed_again
from shop.refunds.payment_standing import note_standing
from shop.refunds.provider_refunds import GivenBack, book_provider_refund, tell_given_back
from shop.refunds.records import Refunds
from shop.refunds.revocation import unfreeze_access
from shop.refunds.rules import left_outside
from shop.refunds.states import DisputeState
from shop.refunds.warnings import close_warnings
from shop.staff.acts import ByStaff


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a bank's word did to the books.

    `moved` is what it took for good now, or gave back; `in_wallet` what of that the customer's
    wallet has again; `kept` what is here now of the money it is about; `owed` what of it is still
    to be paid back. `told` is what its provider had given back while the bank had it.
    """

    dispute: Dispute
    has_turned: bool
    moved: Money
    in_wallet: Money
    kept: Money
    owed: Money
    access: AccessNow
    told: GivenBack | None


def decide(claimed: ClaimedPayment[Affairs], dispute: Dispute, state: DisputeState) -> Decision:
    """Let the money, the access and the warnings of the same money follow from where they are."""
    books, customer, now = claimed.books, claimed.customer, claimed.now
    before, has_turned = snapshot(books, customer.id), dispute.state is not state
    told = None
    if has_turned:
        books[Disputes].move(dispute, state, now=now)
        dispute = books[Disputes].get(dispute.id)
    in_wallet, effects = Money.zero(dispute.asked.currency), list[Effect]()
    if state is DisputeState.LOST:
        moved = book_loss(books, dispute, policy=claimed.policy, now=now)
    else:
        in_wallet, effects = undo_losses(books, customer, dispute, now=now)
        moved = dispute.money
        have_taken(books, dispute, Money.zero(moved.currency), now=now)
        told = _book_told(claimed, dispute)
    effects += _release(claimed, dispute, state)
    books[Outbox].add(effects, now=now)
    note_standing(books, claimed.affairs.payment_id)
    dispute = books[Disputes].get(dispute.id)
    nothing = Money.zero(dispute.about.currency)
    kept = owed = nothing
    about = frozenset[int]()
    if dispute.receipt is not None:
        case = books[Refunds].case(dispute.receipt)
        kept = left_outside(case.standing)
        waiting = owed_again(books, case.receipt)
        owed = sum((one.money for one in waiting), case.standing.nothing)
        about = frozenset(books[RefundLines].subscriptions(case.order_id))
    return Decision(
        dispute=dispute,
        has_turned=has_turned,
        moved=moved,
        in_wallet=in_wallet,
        kept=kept,
        owed=owed,
        access=changed_since(before, snapshot(books, customer.id), about=about, now=now),
        told=told,
    )


def _book_told(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> GivenBack | None:
    """The money is here again: what its provider told to have given back meanwhile is gone."""
    if dispute.receipt is None:
        return None
    case = claimed.books[Refunds].case(dispute.receipt)
    back = book_provider_refund(
        claimed.books,
        case.provider,
        case.receipt_id,
        [case.receipt],
        currency=case.standing.money.currency,
        policy=claimed.policy,
        now=claimed.now,
    )
    return None if back.money.is_zero else back


def tell_decision(claimed: ClaimedPayment[Affairs], decision: Decision) -> None:
    """Both sides hear what it did; nothing where it did nothing."""
    dispute, customer = decision.dispute, claimed.customer
    if not decision.has_turned and decision.moved.is_zero:
        return
    key, plan = f"{dispute.id}:{dispute.turns}", claimed.affairs.product.slug
    over = DisputeOver(
        plan=plan,
        how=dispute.state,
        money=decision.moved,
        in_wallet=decision.in_wallet,
        access=decision.access.change,
        until=decision.access.until,
    )
    closed = DisputeClosed(
        dispute=dispute.id,
        customer=customer.id,
        name=customer.name,
        provider=dispute.provider,
        plan=plan,
        money=claimed.affairs.whole if dispute.about.is_zero else dispute.about,
        how=dispute.state,
        moved=decision.moved,
        in_wallet=decision.in_wallet,
        kept=decision.kept,
        owed=decision.owed,
        access=decision.access.change,
        until=decision.access.until,
    )
    effects = [
        tell_customer(customer, over, key=key),
        *tell_staff(claimed.policy, closed, key=key),
    ]
    if decision.told is not None:
        effects += tell_given_back(claimed, decision.told, key=f"dispute:{key}")
    claimed.books[Outbox].add(effects, now=claimed.now)


def _release(
    claimed: ClaimedPayment[Affairs], dispute: Dispute, state: DisputeState
) -> list[Effect]:
    """What this case held, and the warnings of the same money: they foretold what is decided."""
    books, customer, now = claimed.books, claimed.customer, claimed.now
    effects = list[Effect]()
    if dispute.kind is DisputeKind.DISPUTE:
        effects = close_warnings(
            books,
            customer,
            provider=dispute.provider,
            receipt_id=dispute.receipt_id,
            state=state,
            now=now,
        )
    if dispute.frozen_id is not None:
        effects += unfreeze_access(books, customer, dispute.frozen_id, dispute_id=dispute.id)
    return effects


def dismiss_warning(books: Books, staff_id: int, *, dispute_id: int, now: datetime) -> bool:
    """Staff trust this customer: access comes back. False when that was decided already."""
    customer = books[Customers].claim(books[Disputes].get(dispute_id).customer_id)
    warning = books[Disputes].get(dispute_id)
    if warning.kind is not DisputeKind.WARNING or warning.state is not DisputeState.OPEN:
        return False
    books[Disputes].move(warning, DisputeState.WON, now=now)
    effects = []
    if warning.frozen_id is not None:
        effects = unfreeze_access(books, customer, warning.frozen_id, dispute_id=dispute_id)
    books[Outbox].add(effects, now=now)
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(Trust(warning=dispute_id), customer_id=customer.id)
    return True
