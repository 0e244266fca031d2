"""What the tables of states forbid: news moves nothing and is kept; our own act is an error."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import pytest

from shop.core.money import Money
from shop.core.moves import ForbiddenMoveError
from shop.intake.polling import note_no_page
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.ports import (
    Happening,
    PaymentEvent,
    ProviderError,
    RefundAnswer,
    RefundStep,
    ReturnedRefund,
)
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.manual_refunds import cancel_manual_refund
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.refund import (
    RefundWish,
    begin_refund,
    note_answer,
    note_refusal,
    note_silence,
)
from shop.refunds.states import DISPUTE_MOVES, REFUND_MOVES, DisputeState, RefundState
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Tables
from tests.stories.test_refund_cases import DONE, SILENT, Till, bought, give, news

State = TypeVar("State", bound=StrEnum)
P, R, D = PaymentState, RefundState, DisputeState
NOTHING_IS_WRITTEN: Any = None  # in place of the books: whoever asks them for anything fails
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
PART = Money(400, "EUR")


@pytest.fixture
def database_url(new_database: Callable[[str], str]) -> str:
    """One kind of books will do: the tables are held against before they are asked."""
    return new_database("sqlite")


def forbidden(table: Mapping[State, frozenset[State]]) -> list[tuple[State, State]]:
    """Every pair that is not in the table, staying where one is included."""
    return [(old, new) for old in table for new in table if new not in table[old]]


def asked_of(
    table: Mapping[State, frozenset[State]], askable: frozenset[State]
) -> list[tuple[State, State]]:
    """Those of them that something from outside can ask for."""
    return [(old, new) for old, new in forbidden(table) if new in askable]


def receipts(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows("SELECT id, receipt_id, minor, currency FROM receipts ORDER BY id")


def inbox(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows("SELECT event_id FROM inbox ORDER BY id")


# --- payments ----------------------------------------------------------------------------------

NEWS = {
    P.SEEN: Happening.SEEN,
    P.FAILED: Happening.FAILED,
    P.EXPIRED: Happening.EXPIRED,
    P.FINAL: Happening.RECEIVED,
    P.REFUNDED: Happening.REFUNDED,
    P.DISPUTED: Happening.DISPUTED,
}


async def payment_in(shop: Shop, state: PaymentState) -> Payment:
    """A payment in this state, with its money where money came."""
    if state in {P.FINAL, P.REFUNDED, P.DISPUTED}:
        payment = await bought(shop)
        if state is not P.FINAL:
            await shop.settle(news(shop, payment, NEWS[state]))
        return payment
    payment = await shop.ask(await shop.greet())
    if state is not P.CREATED:
        move: dict[str, Any] = {"old": P.CREATED, "new": state, "poll_at": shop.now}
        await shop.run(lambda books: books[Payments].move(payment.id, **move))
    return payment


@pytest.mark.parametrize(
    ("old", "new"),
    # Whose money a bank asks for is in the table for the day the bank has decided.
    [*asked_of(PAYMENT_MOVES, frozenset(NEWS)), (P.DISPUTED, P.FINAL)],
)
async def test_news_that_a_payment_cannot_follow_moves_nothing_and_is_kept(
    shop: Shop, tables: Tables, old: PaymentState, new: PaymentState
) -> None:
    payment = await payment_in(shop, old)
    came, heard = receipts(tables), inbox(tables)
    event = replace(news(shop, payment, NEWS[new]), event_id="late")
    is_money = new is P.FINAL
    event = replace(event, receipt_id="money_2") if is_money else event

    await shop.settle(event)

    assert tables.one("SELECT state FROM payments") == old
    assert inbox(tables) == [*heard, ("late",)]
    assert receipts(tables) == came + [(len(came) + 1, "money_2", 1598, "EUR")] * is_money


@pytest.mark.parametrize(("old", "new"), forbidden(PAYMENT_MOVES))
def test_an_act_of_ours_that_a_payment_cannot_follow_is_an_error(
    old: PaymentState, new: PaymentState
) -> None:
    with pytest.raises(ForbiddenMoveError, match=f"What is {old} cannot become {new}"):
        Payments(NOTHING_IS_WRITTEN).move(1, old=old, new=new, poll_at=None)


async def test_a_hint_about_a_paid_page_that_nobody_noted_leaves_it_paid(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    shop.clock.move(days=2)
    final = replace(payment, state=P.FINAL)
    await shop.run(note_no_page, final, policy=shop.policy, now=shop.now)
    assert tables.rows("SELECT state, poll_at FROM payments") == [("final", None)]


# --- refunds -----------------------------------------------------------------------------------

STEPS = {R.DONE: RefundStep.DONE, R.PENDING: RefundStep.PENDING, R.LINK: RefundStep.LINK}
SAID = frozenset({*STEPS, R.FAILED, R.UNKNOWN})
TILLS: Mapping[RefundState, RefundAnswer | ProviderError] = {
    R.UNKNOWN: SILENT,
    R.PENDING: RefundAnswer(step=RefundStep.PENDING),
    R.LINK: RefundAnswer(step=RefundStep.LINK, refund_ref="re_1", url="https://claim.example"),
    R.DONE: DONE,
    R.MANUAL: DONE,  # and a bank returns it
    R.FAILED: ProviderError(reason="no"),
}


async def refund_in(shop: Shop, state: RefundState) -> Payment:
    """A payment with a refund in this state."""
    payment = await bought(shop)
    given: dict[str, Any] = {"policy": shop.policy, "now": shop.now}
    if state is R.CANCELLED:
        made = await give(shop, PART.minor, route=RefundRoute.MANUAL)
        await shop.run(cancel_manual_refund, STAFF, refund_id=made.id, **given)
    elif state is R.ASKED:
        wish = RefundWish(receipt=1, money=PART, route=RefundRoute.PROVIDER, reason="wish")
        await shop.run(begin_refund, wish, STAFF, **given)
    else:
        await give(shop, PART.minor, till=Till(TILLS[state]))
    if state is R.MANUAL:
        await shop.settle(returned(shop, payment))
    return payment


def returned(shop: Shop, payment: Payment) -> PaymentEvent:
    told = news(shop, payment, Happening.REFUND_RETURNED, PART.minor)
    return replace(told, detail=ReturnedRefund(refund_ref="re_1"))


async def say(shop: Shop, new: RefundState) -> None:
    """A provider answers, refuses or is silent, however late."""
    given: dict[str, Any] = {"policy": shop.policy, "now": shop.now}
    if new is R.FAILED:
        await shop.run(note_refusal, 1, "no", **given)
    elif new is R.UNKNOWN:
        await shop.run(note_silence, 1, "nobody there", now=shop.now)
    else:
        await shop.run(note_answer, 1, RefundAnswer(step=STEPS[new]), **given)


@pytest.mark.parametrize(
    ("old", "new"),
    # What a bank returned becomes done when a person says so, not by an answer that comes late.
    [*asked_of(REFUND_MOVES, SAID), (R.MANUAL, R.DONE)],
)
async def test_an_answer_that_a_refund_cannot_follow_moves_nothing(
    shop: Shop, tables: Tables, old: RefundState, new: RefundState
) -> None:
    await refund_in(shop, old)
    came, journal = receipts(tables), tables.rows("SELECT * FROM journal")
    await say(shop, new)
    assert tables.one("SELECT state FROM refunds") == old
    assert (receipts(tables), tables.rows("SELECT * FROM journal")) == (came, journal)


@pytest.mark.parametrize("old", [R.MANUAL, R.LINK])
async def test_a_refund_that_is_not_done_cannot_be_returned(
    shop: Shop, tables: Tables, old: RefundState
) -> None:
    payment = await refund_in(shop, old)
    came, heard = receipts(tables), inbox(tables)
    await shop.settle(replace(returned(shop, payment), event_id="late"))
    assert tables.one("SELECT state FROM refunds") == old
    assert (receipts(tables), inbox(tables)) == (came, [*heard, ("late",)])


@pytest.mark.parametrize(("old", "new"), forbidden(REFUND_MOVES))
def test_an_act_of_ours_that_a_refund_cannot_follow_is_an_error(
    old: RefundState, new: RefundState
) -> None:
    with pytest.raises(ForbiddenMoveError):
        Refunds(NOTHING_IS_WRITTEN).move(refund(old), new, ask_at=None)


@pytest.mark.parametrize("old", [R.UNKNOWN, R.PENDING, R.LINK, R.MANUAL, R.FAILED, R.CANCELLED])
def test_only_what_is_done_is_noted_as_returned(old: RefundState) -> None:
    with pytest.raises(ForbiddenMoveError):
        Refunds(NOTHING_IS_WRITTEN).mark_returned(refund(old), note="", now=EARLIER)


def refund(state: RefundState) -> Refund:
    nothing = Money.zero("EUR")
    return Refund(
        id=1,
        reference="rf_1",
        receipt=1,
        customer_id=1,
        route=RefundRoute.PROVIDER,
        state=state,
        money=PART,
        from_wallet=nothing,
        from_order=nothing,
        tax=nothing,
        reason="",
        staff_id=None,
        refund_ref="",
        url="",
        note="",
        tries=0,
        made_at=EARLIER,
        done_at=None,
        returned_at=None,
        returns=0,
    )


# --- disputes ----------------------------------------------------------------------------------

BANK = {
    D.OPEN: Happening.DISPUTED,
    D.WON: Happening.DISPUTE_WON,
    D.LOST: Happening.DISPUTE_LOST,
}


@pytest.mark.parametrize(("old", "new"), forbidden(DISPUTE_MOVES))
async def test_a_bank_that_says_something_else_later_moves_nothing_and_is_kept(
    shop: Shop, tables: Tables, old: DisputeState, new: DisputeState
) -> None:
    payment = await bought(shop)
    for happening in dict.fromkeys([Happening.DISPUTED, BANK[old]]):
        await shop.settle(news(shop, payment, happening, dispute="du_1"))
    came, heard = receipts(tables), inbox(tables)
    journal = tables.rows("SELECT * FROM journal")

    late = replace(news(shop, payment, BANK[new], dispute="du_1"), event_id="late")
    await shop.settle(late)

    assert tables.rows("SELECT state FROM disputes") == [(old,)]
    assert (receipts(tables), inbox(tables)) == (came, [*heard, ("late",)])
    assert tables.rows("SELECT * FROM journal") == journal


@pytest.mark.parametrize(("old", "new"), forbidden(DISPUTE_MOVES))
def test_an_act_of_ours_that_a_dispute_cannot_follow_is_an_error(
    old: DisputeState, new: DisputeState
) -> None:
    dispute = Dispute(
        id=1,
        provider=CARD,
        kind=DisputeKind.DISPUTE,
        dispute_ref="du_1",
        receipt_id="money_1",
        receipt=1,
        payment_id=1,
        customer_id=1,
        money=PART,
        asked=PART,
        state=old,
        reason="",
        answer_by=None,
        frozen_id=None,
        opened_at=EARLIER,
        closed_at=None,
        heard_at=None,
        turns=0,
    )
    with pytest.raises(ForbiddenMoveError):
        Disputes(NOTHING_IS_WRITTEN).move(dispute, new, now=EARLIER)
