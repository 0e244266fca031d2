"""Gives money back: the intent and its money are in the books before any provider is asked."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import BadInputError, ShopError
from shop.core.money import Money
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.ledger.receipt_records import Receipts
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.ports import (
    Clock,
    PaymentProvider,
    ProviderError,
    ProviderSilentError,
    RefundAnswer,
    RefundRequest,
    RefundsPayments,
    RefundStep,
)
from shop.refunds.acts import MakeRefund
from shop.refunds.bookings import book_intent, follow, most_back
from shop.refunds.cases import Case
from shop.refunds.notices import RefundFailed
from shop.refunds.provider_refunds import undo
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.rules import TooMuchBackError
from shop.refunds.states import REFUND_MOVES, RefundState
from shop.refunds.waits import refund_wait
from shop.staff.acts import ByStaff

_LEASE = timedelta(minutes=2)
_STATES = {
    RefundStep.DONE: RefundState.DONE,
    RefundStep.PENDING: RefundState.PENDING,
    RefundStep.LINK: RefundState.LINK,
}
_ASKED_ABOUT = frozenset(
    {RefundState.ASKED, RefundState.UNKNOWN, RefundState.PENDING, RefundState.LINK}
)


class RefundMovedOnError(ShopError):
    """This refund has moved on already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """What staff want to give back; `tap` makes a repeated tap find the first refund."""

    receipt: int
    money: Money
    route: RefundRoute
    reason: str
    tap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A refund with what its provider needs to carry it out."""

    refund: Refund
    provider: str
    request: RefundRequest


def refunder(provider: PaymentProvider | None) -> RefundsPayments | None:
    """The same provider as one that can pay back, or None."""
    can = callable(getattr(provider, "refund", None))
    return provider if can else None  # type: ignore[return-value]  # just looked


def begin_refund(
    books: Books, wish: RefundWish, staff_id: int, *, policy: Policy, now: datetime
) -> Refund:
    """Note the intent and set its money aside; a second tap finds the first.

    To the wallet it goes at once. Raises `TooMuchBackError` when less is left.
    """
    case = _claimed(books, wish.receipt)
    reference = _reference(wish, staff_id)
    for one in books[Refunds].of_receipt(wish.receipt):
        if wish.tap and one.reference == reference:
            return one
    if wish.money.minor <= 0 or wish.money.currency != case.standing.money.currency:
        raise BadInputError(reason="Give an amount above zero, in the currency that came.")
    if wish.route not in {RefundRoute.PROVIDER, RefundRoute.WALLET, RefundRoute.MANUAL}:
        raise BadInputError(reason="Money does not go back that way.")
    most = most_back(case, wish.route)
    if most < wish.money:
        raise TooMuchBackError(most=most)
    state = {RefundRoute.WALLET: RefundState.DONE, RefundRoute.MANUAL: RefundState.MANUAL}.get(
        wish.route, RefundState.ASKED
    )
    refund = book_intent(
        books,
        case,
        wish.money,
        route=wish.route,
        state=state,
        reference=reference,
        reason=wish.reason,
        staff_id=staff_id,
        ask_at=now + _LEASE if state is RefundState.ASKED else None,
        now=now,
    )
    act = MakeRefund(
        refund=refund.id,
        receipt=case.receipt,
        money=wish.money,
        route=wish.route,
        reason=wish.reason,
    )
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=case.customer_id)
    if state is RefundState.DONE:
        follow(books, refund, policy=policy, now=now)
    return books[Refunds].get(refund.id)


def _claimed(books: Books, receipt: int) -> Case:
    books[Receipts].claim(receipt)
    case = books[Refunds].case(receipt)
    if case.customer_id is None:
        return case
    books[Customers].claim(case.customer_id)
    return books[Refunds].case(receipt)


def _reference(wish: RefundWish, staff_id: int) -> str:
    """Ours, of [a-z0-9_]; the same tap has the same."""
    if wish.tap:
        return f"rf_{wish.receipt}_{staff_id}_{wish.tap}_{wish.route}{wish.money.minor}"
    return f"rf_{wish.receipt}_{secrets.token_hex(8)}"


def question(books: Books, refund_id: int) -> Question | None:
    """What to ask of the provider, or None when this refund needs no answer any more."""
    refund = books[Refunds].get(refund_id)
    if refund.state not in _ASKED_ABOUT:
        return None
    case = books[Refunds].case(refund.receipt)
    chat = 0 if case.customer_id is None else books[Customers].get(case.customer_id).telegram_id
    request = RefundRequest(
        reference=refund.reference,
        payment=case.reference,
        provider_ref=case.provider_ref,
        receipt_id=case.receipt_id,
        amount=refund.money,
        received=case.standing.money,
        before=case.standing.refunded - refund.money,
        reason=refund.reason,
        chat_id=chat,
    )
    return Question(refund=refund, provider=case.provider, request=request)


def note_answer(
    books: Books, refund_id: int, answer: RefundAnswer, *, policy: Policy, now: datetime
) -> Refund:
    """Take a provider's word; the first to bring the same word was right.

    What its table does not allow changes no state: a link that was handed out stays one.
    """
    refund = claimed_refund(books, refund_id)
    if answer.step is RefundStep.FAILED:
        return note_refusal(books, refund_id, answer.note, policy=policy, now=now)
    state = _STATES[answer.step]
    is_over = state is RefundState.DONE
    heard = {"refund_ref": answer.refund_ref, "url": answer.url, "note": answer.note}
    ask_at = None if is_over else now + refund_wait(now - refund.made_at)
    moved = False
    if refund.state in _ASKED_ABOUT and may_move(REFUND_MOVES, refund.state, state):
        done_at = now if is_over else None
        moved = books[Refunds].move(refund, state, **heard, ask_at=ask_at, done_at=done_at)
    elif refund.state in _ASKED_ABOUT:
        books[Refunds].ask_later(refund, **heard, ask_at=ask_at)
    if answer.refund_ref:
        # Its news may have come first, and finished it without this name.
        books[Refunds].name(refund_id, answer.refund_ref)
    if moved:
        is_known = refund.state is RefundState.LINK
        follow(books, books[Refunds].get(refund_id), policy=policy, now=now, is_known=is_known)
    return books[Refunds].get(refund_id)


def note_silence(books: Books, refund_id: int, note: str, *, now: datetime) -> Refund:
    """No answer is not a no (law 11): the clock asks again, under the same reference."""
    refund = claimed_refund(books, refund_id)
    ask_at = now + refund_wait(now - refund.made_at)
    if refund.state is RefundState.ASKED:
        books[Refunds].move(refund, RefundState.UNKNOWN, note=note, ask_at=ask_at)
    elif refund.state in _ASKED_ABOUT:
        books[Refunds].ask_later(refund, note=note, ask_at=ask_at)
    return books[Refunds].get(refund_id)


def note_refusal(
    books: Books, refund_id: int, note: str, *, policy: Policy, now: datetime
) -> Refund:
    """A plain no: the money set aside goes back to where it lay, and staff hear why."""
    refund = claimed_refund(books, refund_id)
    if refund.state is RefundState.LINK:
        # The customer holds a link: whatever is wrong now, the promise stands.
        return note_silence(books, refund_id, note, now=now)
    if not may_move(REFUND_MOVES, refund.state, RefundState.FAILED):
        return refund
    books[Refunds].move(refund, RefundState.FAILED, note=note, ask_at=None, done_at=now)
    undo(books, refund, policy=policy, now=now)
    case = books[Refunds].case(refund.receipt)
    notice = RefundFailed(
        customer=refund.customer_id, provider=case.provider, money=refund.money, reason=note
    )
    books[Outbox].add(tell_staff(policy, notice, key=str(refund.id)), now=now)
    return books[Refunds].get(refund_id)


def claimed_refund(books: Books, refund_id: int) -> Refund:
    """Read a refund under its customer's claim, or its money's where that is nobody's."""
    refund = books[Refunds].get(refund_id)
    if refund.customer_id is None:
        books[Receipts].claim(refund.receipt)
    else:
        books[Customers].claim(refund.customer_id)
    return books[Refunds].get(refund_id)


def claim_refunds(books: Books, *, now: datetime, most: int) -> list[Refund]:
    """Refunds it is time to ask about."""
    return books[Refunds].claim(now=now, lease=now + _LEASE, most=most)


async def carry_out_refund(
    storage: Storage,
    providers: Mapping[str, PaymentProvider],
    refund_id: int,
    *,
    policy: Policy,
    clock: Clock,
) -> Refund | None:
    """One refund, one question; None when nothing was left to ask."""
    asked = await storage.read(question, refund_id)
    if asked is None:
        return None
    provider = refunder(providers.get(asked.provider))
    if provider is None:
        note = "this way to pay is switched off"
        return await storage.run(note_silence, refund_id, note, now=clock.now())
    try:
        answer = await provider.refund(asked.request)
    except ProviderSilentError as error:
        return await storage.run(note_silence, refund_id, _reason(error), now=clock.now())
    except ProviderError as error:
        return await storage.run(
            note_refusal, refund_id, _reason(error), policy=policy, now=clock.now()
        )
    return await storage.run(note_answer, refund_id, answer, policy=policy, now=clock.now())


def _reason(error: ProviderError) -> str:
    return str(error.facts.get("reason", ""))[:200]
