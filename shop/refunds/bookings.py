"""What money that goes back does to the books: journal, order, payment, access, who is told."""

from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import REFUNDING, SALES, TAX, UNASSIGNED, WALLET, Entry, Journal
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.refunds.cases import Case
from shop.refunds.line_records import RefundLines
from shop.refunds.notices import OrderLostMoney, Reclaimed, Refunded, RefundLink, RefundMade
from shop.refunds.payment_standing import note_standing
from shop.refunds.records import RECLAIMED, NewRefund, Refund, RefundRoute, Refunds
from shop.refunds.revocation import revoke_time
from shop.refunds.rules import (
    AccessAfterRefund,
    RefundPolicy,
    left_outside,
    most_outside,
    most_to_wallet,
    portions,
    shares_of_lines,
    tax_part,
)
from shop.refunds.states import DisputeState, RefundState
from shop.refunds.warnings import close_warnings
from shop.renewals.given_back import MoneyBack, stop_renewing_of

DISPUTED = "disputed"


def most_back(case: Case, route: RefundRoute) -> Money:
    """The most that may go back this way now."""
    if case.customer_id is None:
        # Money of nobody we know has no wallet, and lies in no order.
        return (
            case.standing.nothing if route is RefundRoute.WALLET else left_outside(case.standing)
        )
    return (
        most_to_wallet(case.standing)
        if route is RefundRoute.WALLET
        else most_outside(case.standing)
    )


def book_intent(
    books: Books,
    case: Case,
    money: Money,
    *,
    route: RefundRoute,
    state: RefundState,
    reference: str,
    reason: str,
    staff_id: int | None,
    ask_at: datetime | None,
    now: datetime,
) -> Refund:
    """Note a refund and set its money aside; the caller has claimed the customer."""
    nothing = Money.zero(money.currency)
    pocket = portions(case.standing, money)
    if route is RefundRoute.WALLET:
        pocket = replace(pocket, from_wallet=nothing, from_order=money, loss=nothing)
    refund_id = books[Refunds].add(
        NewRefund(
            reference=reference,
            receipt=case.receipt,
            customer_id=case.customer_id,
            route=route,
            state=state,
            money=money,
            from_wallet=pocket.from_wallet,
            from_order=pocket.from_order,
            tax=tax_part(case.standing, pocket.from_order),
            reason=reason,
            staff_id=staff_id,
            ask_at=ask_at,
            done_at=now if state is RefundState.DONE else None,
        ),
        now=now,
    )
    refund = books[Refunds].get(refund_id)
    _share_among_lines(books, refund, case)
    books[Journal].enter(f"refund:{refund_id}", reserving_entries(refund), now=now)
    return refund


def _share_among_lines(books: Books, refund: Refund, case: Case) -> None:
    """Say what each line of the order gives of it, by what is left of each."""
    if refund.from_order.is_zero or case.order_id is None:
        return
    left = books[RefundLines].left(case.order_id, refund.money.currency)
    shares = shares_of_lines(left, back=refund.from_order, tax=refund.tax)
    books[RefundLines].add(refund.id, shares)


def reserving_entries(refund: Refund) -> tuple[Entry, ...]:
    """Where the money of a refund comes from, and that it waits."""
    earned = refund.money - refund.from_wallet - refund.tax
    to = REFUNDING if refund.route is not RefundRoute.WALLET else WALLET
    owner = refund.customer_id if to == WALLET else None
    return (
        Entry(account=WALLET, money=refund.from_wallet, customer_id=refund.customer_id),
        Entry(account=SALES if refund.customer_id else UNASSIGNED, money=earned),
        Entry(account=TAX, money=refund.tax),
        Entry(account=to, money=-refund.money, customer_id=owner),
    )


def follow(
    books: Books, refund: Refund, *, policy: Policy, now: datetime, is_known: bool = False
) -> None:
    """The money went back (or is the customer's to claim): order, payment and access follow.

    `is_known` when all this followed already, from the link that is claimed now.
    """
    case = books[Refunds].case(refund.receipt)
    if refund.state is RefundState.DONE and refund.route is not RefundRoute.WALLET:
        _enter_paid(books, refund, case, now=now)
        if case.payment_id is not None:
            note_standing(books, case.payment_id)
    if refund.state is RefundState.DONE and refund.returned_at is not None:
        # The second time: what follows from money that goes back followed when it first went.
        books[Outbox].add(tell_gone(books, refund, policy=policy), now=now)
        return
    if is_known or refund.state not in {RefundState.DONE, RefundState.LINK}:
        return
    access, effects = _close_order(books, refund, case, policy=policy, now=now)
    effects += _end_warnings(books, case, now=now)
    effects += _tell(books, refund, case, access=access, policy=policy)
    books[Outbox].add(effects, now=now)
    if case.order_id is not None:
        is_time_gone = access is not AccessAfterRefund.KEEP
        back = MoneyBack(
            order_id=case.order_id, money=refund.from_order, is_time_gone=is_time_gone
        )
        stop_renewing_of(books, back, policy=policy, now=now)


def _end_warnings(books: Books, case: Case, *, now: datetime) -> list[Effect]:
    """Of money that is gone a bank need not warn any more."""
    if case.customer_id is None or not left_outside(case.standing).is_zero:
        return []
    return close_warnings(
        books,
        books[Customers].get(case.customer_id),
        provider=case.provider,
        receipt_id=case.receipt_id,
        state=DisputeState.LOST,
        now=now,
    )


def _enter_paid(books: Books, refund: Refund, case: Case, *, now: datetime) -> None:
    account = DISPUTED if refund.route is RefundRoute.DISPUTE else f"provider:{case.provider}"
    entries = (
        Entry(account=REFUNDING, money=refund.money),
        Entry(account=account, money=-refund.money),
    )
    books[Journal].enter(f"refund:{refund.id}:paid{refund.again}", entries, now=now)


def _close_order(
    books: Books, refund: Refund, case: Case, *, policy: Policy, now: datetime
) -> tuple[AccessAfterRefund, list[Effect]]:
    """The order and its time follow; what access became of it, for those who are told."""
    paid = case.standing.order_paid
    if refund.from_order.is_zero or case.order_id is None or case.customer_id is None:
        return AccessAfterRefund.KEEP, []
    is_whole = case.order_back_surely >= paid
    if is_whole:
        books[Orders].refund(case.order_id, now=now)
    access = policy[RefundPolicy].whole if is_whole else policy[RefundPolicy].part
    if refund.route is RefundRoute.DISPUTE and is_whole:
        access = AccessAfterRefund.END
    if case.order_state is not OrderState.PAID:
        return AccessAfterRefund.KEEP, []
    customer, effects = books[Customers].get(case.customer_id), list[Effect]()
    is_felt = runs_on = False
    for part in books[RefundLines].parts(refund, case.order_id):
        if part.back.is_zero and not is_whole:
            continue
        for one in (part, *books[RefundLines].restored(part)):
            gone = revoke_time(books, customer, part=one, access=access, now=now)
            if gone.seconds:
                books[RefundLines].note_time_revoked(
                    refund.id, one.line_id, seconds_back=gone.seconds
                )
            effects += gone.effects
            is_felt = is_felt or gone.is_felt
            runs_on = runs_on or gone.runs_on
    if access is AccessAfterRefund.END and runs_on:
        access = AccessAfterRefund.SHORTEN  # only this payment's time has ended
    return (access if is_felt else AccessAfterRefund.KEEP), effects


def tell_gone(books: Books, refund: Refund, *, policy: Policy) -> list[Effect]:
    """What a bank had returned has found its way, and changed nothing more."""
    case = books[Refunds].case(refund.receipt)
    return _tell(books, refund, case, access=AccessAfterRefund.KEEP, policy=policy)


def _tell(
    books: Books, refund: Refund, case: Case, *, access: AccessAfterRefund, policy: Policy
) -> list[Effect]:
    key = f"{refund.id}{refund.again}"
    made = RefundMade(
        customer=None,
        name="–",
        staff="–",
        provider=case.provider,
        plan=case.plan,
        route=refund.route,
        money=refund.money,
        access=access,
    )
    if case.customer_id is None:
        return tell_staff(policy, made, key=key)
    if refund.route is RefundRoute.DISPUTE:
        return []  # told as what it is
    customer = books[Customers].get(case.customer_id)
    if refund.reason == RECLAIMED and refund.staff_id is None:
        return _tell_reclaimed(customer, refund, case, access=access, policy=policy)
    told = tell_customer(customer, _notice(refund, case, access=access), key=key)
    if refund.route is RefundRoute.TOLD:
        return [told]  # staff hear of it from the provider's news
    staff = "–" if refund.staff_id is None else books[Customers].name_of(refund.staff_id)
    made = replace(made, customer=customer.id, name=customer.name, staff=staff)
    return [told, *tell_staff(policy, made, key=key)]


def _tell_reclaimed(
    customer: Customer, refund: Refund, case: Case, *, access: AccessAfterRefund, policy: Policy
) -> list[Effect]:
    lost = OrderLostMoney(
        customer=customer.id,
        name=customer.name,
        plan=case.plan,
        money=refund.money,
        access=access,
    )
    gone = Reclaimed(money=refund.money, plan=case.plan, access=access)
    key = str(refund.id)
    return [tell_customer(customer, gone, key=key), *tell_staff(policy, lost, key=key)]


def _notice(refund: Refund, case: Case, *, access: AccessAfterRefund) -> Refunded | RefundLink:
    if refund.state is RefundState.LINK:
        return RefundLink(refund=refund.id, plan=case.plan, access=access)
    return Refunded(money=refund.money, plan=case.plan, route=refund.route, access=access)
