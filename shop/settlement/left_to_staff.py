"""What a provider tells and no order can take: kept in the inbox, and told to staff once."""

from collections.abc import Mapping

from shop.core.money import Money
from shop.ledger.receipt_records import Receipts
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.payment_records import Payments
from shop.orders.states import OrderState
from shop.ports import DisputeFacts, ForeignAccount, Happening, PaymentEvent, ReturnedRefund
from shop.settlement.circumstances import CircumstanceRecords
from shop.settlement.kept_event import KeptEvent
from shop.settlement.notices import ForeignEvent, LeftToStaff

# News of a payment we do not know that a person must not miss; of money received they hear anyway.
_GRAVE = frozenset(
    {
        Happening.ASK,
        Happening.REFUNDED,
        Happening.REFUND_RETURNED,
        Happening.DISPUTED,
        Happening.WARNED,
    }
)
_LONGEST = 200


def leave_to_staff(kept: KeptEvent) -> None:
    """Keep what the shop does not act on; where it says something, there is something to see."""
    event, foreign = kept.event, kept.event.detail
    account = foreign.account if isinstance(foreign, ForeignAccount) else ""
    note = _note({"account": account} if account else {}, event.for_staff)
    kept.books[Inbox].finish(kept.inbox_event, InboxState.UNHANDLED, note=note)
    key = str(kept.inbox_event)
    if event.happening is Happening.FOREIGN:
        notice = ForeignEvent(
            inbox_event=kept.inbox_event, provider=kept.provider, account=account
        )
        kept.books[Outbox].add(tell_staff(kept.policy, notice, key=key), now=kept.now)
    elif note:
        _tell(kept, note, key=key)


def tell_of_unknown(kept: KeptEvent) -> None:
    """A dispute, a refund or a hint about a payment that is in no book; once for each payment."""
    books, event = kept.books, kept.event
    is_booked = (
        event.happening is Happening.REFUNDED
        and event.receipt_id
        and (books[Receipts].receipt_named(kept.provider, event.receipt_id) is not None)
    )  # of money that waits for its owner: staff are told of the refund itself
    if event.happening not in _GRAVE or is_booked:
        return
    names = _names(event)
    note = _note({name: value for name, value in names.items() if value})
    books[Inbox].finish(kept.inbox_event, InboxState.UNKNOWN, note=note)
    about = event.receipt_id or event.provider_ref or event.reference or kept.inbox_event
    _tell(kept, note, key=f"{event.happening}:{kept.provider}:{about}")


def _names(event: PaymentEvent) -> dict[str, str]:
    """By what a person finds it at the provider."""
    names = {
        "reference": event.reference,
        "payment": event.provider_ref,
        "money": event.receipt_id,
    }
    match event.detail:
        case DisputeFacts() as told:
            return names | {"dispute": told.dispute_ref, "reason": told.reason}
        case ReturnedRefund() as told:
            return names | {"refund_ref": told.refund_ref, "reason": told.reason}
        case _other:
            return names


def doubt_other_sum(kept: KeptEvent) -> bool:
    """A webhook names another sum for money that is in the books: nothing changes, staff hear."""
    books, event = kept.books, kept.event
    receipt = books[Receipts].receipt_named(kept.provider, event.receipt_id)
    known = None if receipt is None else books[Receipts].get(receipt)
    if known is None or event.money is None or known.money == event.money:
        return False
    note = f"{event.receipt_id}: told {event.money}, in the books {known.money}"
    books[Inbox].finish(kept.inbox_event, InboxState.UNHANDLED, note=note)
    _tell(kept, note, key=str(kept.inbox_event))
    return True


def _note(*told: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for one in told for name, value in one.items())


def _tell(kept: KeptEvent, note: str, *, key: str) -> None:
    order, came = _in_the_books(kept)
    notice = LeftToStaff(
        inbox_event=kept.inbox_event,
        provider=kept.provider,
        what=kept.event.kind,
        note=note[:_LONGEST],
        order=order,
        came=came,
    )
    kept.books[Outbox].add(tell_staff(kept.policy, notice, key=key), now=kept.now)


def _in_the_books(kept: KeptEvent) -> tuple[OrderState | None, Money | None]:
    """How the order stands that it names, and what has come by that payment."""
    books, reference = kept.books, kept.event.reference
    payment = books[Payments].by_reference(reference) if reference else None
    if payment is None or payment.provider != kept.provider:
        return None, None
    affairs = books[CircumstanceRecords].of(reference)
    found = [books[Receipts].get(one) for one in books[Receipts].receipts_of_payment(payment.id)]
    currency = affairs.whole.currency
    came = [one.money for one in found if one is not None and one.money.currency == currency]
    return affairs.order_state, sum(came, Money.zero(currency))
