"""Webhooks that only say that something happened: the provider is asked, and money counts once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shop.books.books import Books
from shop.intake.polling import ask_soon, claim_polls, note_poll
from shop.messaging.inbox_records import Inbox
from shop.orders.payment_records import Payment, Payments
from shop.ports import Happening, PaymentEvent
from shop.settlement.settle import Outcome
from tests.fixtures.shop import Shop

H = Happening


async def test_a_hint_makes_the_clock_ask_at_once(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    assert await _due(shop) == []
    assert await shop.settle(_hint(payment)) is Outcome.ASKED
    assert [one.reference for one in await _due(shop)] == [payment.reference]


async def test_the_same_hint_asks_once(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(_hint(payment))
    await _due(shop)
    assert await shop.settle(_hint(payment)) is Outcome.KNOWN
    assert await _due(shop) == []


async def test_a_hint_of_nobodys_payment_is_kept_for_staff(shop: Shop) -> None:
    event = PaymentEvent(event_id="1", kind="news", happening=H.ASK, reference="tk_gone")
    assert await shop.settle(event) is Outcome.UNKNOWN


async def test_a_hint_of_another_shops_payment_is_counted(shop: Shop) -> None:
    event = PaymentEvent(event_id="1", kind="news", happening=H.ASK, reference="another shop's")
    assert await shop.settle(event) is Outcome.ELSEWHERE
    assert await shop.storage.read(_stuck) == []


async def test_a_hint_while_the_provider_is_being_asked_is_not_forgotten(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(_hint(payment, "1"))
    [asked] = await _due(shop)
    await shop.settle(_hint(payment, "2"))
    await _answer(shop, asked, [_pending(payment)])
    assert len(await _due(shop)) == 1


async def test_a_second_part_after_the_first_is_asked_for_too(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    first = shop.received(payment)
    await shop.settle(first)
    await shop.settle(_hint(payment))
    [asked] = await _due(shop)
    outcomes = await _answer(shop, asked, [first, shop.received(payment)])
    assert outcomes == [Outcome.KNOWN, Outcome.TO_WALLET]


async def test_once_it_has_answered_a_paid_payment_is_left_alone(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(first := shop.received(payment))
    await shop.settle(_hint(payment))
    [asked] = await _due(shop)
    await _answer(shop, asked, [first])
    assert await _poll_at(shop, payment) is None


async def test_a_paid_payment_is_asked_again_while_it_is_silent(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment))
    await shop.settle(_hint(payment))
    [asked] = await _due(shop)
    await _answer(shop, asked, [])
    assert await _poll_at(shop, payment) == shop.now + timedelta(seconds=30)


async def test_a_paid_payment_is_asked_again_while_more_is_on_its_way(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(_hint(payment))
    [asked] = await _due(shop)
    seen = PaymentEvent(event_id="s", kind="seen", happening=H.SEEN, reference=payment.reference)
    await _answer(shop, asked, [shop.received(payment), seen])
    assert await _poll_at(shop, payment) == shop.now + timedelta(seconds=30)


async def test_an_answer_of_the_same_name_as_the_hint_counts(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(_hint(payment, "5.failed"))
    [asked] = await _due(shop)
    failed = PaymentEvent(
        event_id="5.failed", kind="failed", happening=H.FAILED, reference=payment.reference
    )
    assert await _answer(shop, asked, [failed]) == [Outcome.NOTED]


@pytest.mark.parametrize("first", [H.UNHANDLED, H.ASK, H.SEEN])
async def test_money_whose_name_was_told_before_without_it_counts_once(
    shop: Shop, first: Happening
) -> None:
    payment = await shop.ask(await shop.greet())
    came = replace(shop.received(payment), event_id="5.partly")
    told = replace(came, happening=first, money=None, receipt_id="", for_staff={"asked": "7.99"})
    await shop.settle(told)
    asked = await shop.run(ask_soon, payment.reference, now=shop.now)
    assert asked
    assert await _answer(shop, asked, [came]) == [Outcome.SETTLED]
    assert await _answer(shop, asked, [came]) == [Outcome.KNOWN]
    assert await shop.storage.read(_stuck) == [], "nobody need look at what was settled"


async def test_another_receipt_under_a_name_that_is_known_counts_too(shop: Shop) -> None:
    payment = await shop.ask(await shop.greet())
    first = shop.received(payment)
    await shop.settle(first)
    second = replace(shop.received(payment), event_id=first.event_id)
    asked = await shop.run(ask_soon, payment.reference, now=shop.now)
    assert asked
    assert await _answer(shop, asked, [second, first]) == [Outcome.TO_WALLET, Outcome.KNOWN]


async def test_what_we_may_not_act_on_is_kept_with_its_facts(shop: Shop) -> None:
    event = PaymentEvent(
        event_id="1",
        kind="invoice.marked_settled",
        happening=H.UNHANDLED,
        reference="tk_1",
        for_staff={"reference": "tk_1", "invoice": "abc"},
    )
    assert await shop.settle(event) is Outcome.UNHANDLED
    [inbox_event] = await shop.storage.read(_stuck)
    assert inbox_event == "reference tk_1, invoice abc"
    await shop.drain()
    [told] = [one.payload for one in shop.told]
    assert (told["notice"], told["note"]) == ("left_to_staff", inbox_event)


def _hint(payment: Payment, event_id: str = "hint") -> PaymentEvent:
    return PaymentEvent(
        event_id=event_id, kind="news", happening=H.ASK, reference=payment.reference
    )


def _pending(payment: Payment) -> PaymentEvent:
    return PaymentEvent(
        event_id="p", kind="pending", happening=H.PENDING, reference=payment.reference
    )


async def _due(shop: Shop) -> list[Payment]:
    return await shop.run(claim_polls, now=shop.now, most=10)


async def _answer(shop: Shop, asked: Payment, told: Sequence[PaymentEvent]) -> list[Outcome]:
    return await shop.run(note_poll, asked, list(told), policy=shop.policy, now=shop.now)


async def _poll_at(shop: Shop, payment: Payment) -> datetime | None:
    return await shop.storage.read(_moment, payment.reference)


def _moment(books: Books, reference: str) -> datetime | None:
    found = books[Payments].by_reference(reference)
    assert found
    return found.poll_at


def _stuck(books: Books) -> list[str]:
    return [inbox_event.note for inbox_event in books[Inbox].stuck(most=9)]
