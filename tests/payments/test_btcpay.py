"""What is BTCPay's alone: webhooks that only say to ask, and sums made of several payments."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from payments.btcpay_events import events_of
from shop.core.money import Money
from shop.ports import (
    BadSignatureError,
    DisputeFacts,
    Happening,
    OnItsWay,
    PaymentEvent,
    is_taken_back,
)
from tests.fixtures.rigs import BTCPayRig, hear, learn, request_of, rig_of
from tests.standins.btcpay import STORE
from tests.standins.moods import Delivery

H = Happening


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[BTCPayRig]:
    async with rig_of("btcpay", tmp_path) as made:
        yield made


def _told(events: list[PaymentEvent]) -> list[tuple[Happening, Money | None]]:
    return [(event.happening, event.money) for event in events]


async def _ask(rig: BTCPayRig, provider_ref: str) -> list[PaymentEvent]:
    return list(await rig.provider.look_up("pay_1", provider_ref))


async def test_the_invoice_asks_for_the_sum_in_the_store(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [invoice] = rig.server.invoices.values()
    assert (invoice["amount"], invoice["currency"]) == ("7.99", "EUR")
    assert invoice["checkout"]["paymentTolerance"] == 0
    assert page.expires_at == rig.clock.now() + timedelta(hours=1)
    assert {path.split("/")[4] for _, path in rig.server.calls} == {STORE}


async def test_a_rate_is_promised_for_an_hour_at_most(rig: BTCPayRig) -> None:
    tomorrow = rig.clock.now() + timedelta(days=1)
    page = await rig.provider.create(request_of(rig, expires_at=tomorrow))
    assert page.expires_at == rig.clock.now() + timedelta(hours=1)


async def test_news_only_says_to_ask_and_of_what(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    for news in (rig.server.see(page.provider_ref), rig.server.settle(page.provider_ref)):
        [event] = hear(rig, news)
        assert (event.happening, event.money) == (H.ASK, None)
        assert (event.reference, event.provider_ref) == ("pay_1", page.provider_ref)


async def test_a_redelivery_is_the_same_event(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    first = json.loads(rig.server.pay(page.provider_ref).body)
    again = first | {"deliveryId": "another", "isRedelivery": True}
    old = {key: value for key, value in again.items() if key != "originalDeliveryId"}
    old["orignalDeliveryId"] = first["originalDeliveryId"]
    ids = [
        hear(rig, rig.server.signed(json.dumps(body).encode()))[0].event_id
        for body in (first, again, old)
    ]
    assert ids == [first["deliveryId"]] * 3


async def test_a_new_invoice_is_no_news(rig: BTCPayRig) -> None:
    assert hear(rig, rig.server.event("InvoiceCreated", invoiceId="1")) == []


async def test_a_code_without_its_scheme_is_refused(rig: BTCPayRig) -> None:
    delivery = rig.unknown()
    bare = {"btcpay-sig": delivery.headers["btcpay-sig"].removeprefix("sha256=")}
    with pytest.raises(BadSignatureError):
        hear(rig, Delivery(headers=bare, body=delivery.body))


async def test_what_is_not_confirmed_yet_is_seen(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [event] = await learn(rig, rig.server.see(page.provider_ref))
    assert (event.happening, event.money) == (H.SEEN, None)
    assert event.detail == OnItsWay(within=timedelta(days=3))


@pytest.mark.parametrize(
    ("value", "more", "minor"),
    [("0.00008000", "None", 400), ("0.00020000", "PaidOver", 1000)],
    ids=["too little", "too much"],
)
async def test_the_money_that_came_is_told(
    rig: BTCPayRig, value: str, more: str, minor: int
) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref, value)
    status = "Expired" if more == "None" else "Settled"
    rig.server.settle(page.provider_ref, status, "PaidPartial" if more == "None" else more)
    assert _told(await _ask(rig, page.provider_ref)) == [(H.RECEIVED, Money(minor, "EUR"))]


async def test_while_the_rest_may_come_a_part_is_only_seen(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref, "0.00008000")
    rig.server.settle(page.provider_ref, "New", "PaidPartial")
    assert _told(await _ask(rig, page.provider_ref)) == [(H.SEEN, None)]


async def test_parts_add_up_to_the_price_whatever_rounding_does(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    for value in ("0.00005328", "0.00005328", "0.00005324"):  # 2.664, 2.664 and 2.662
        rig.server.see(page.provider_ref, value)
    rig.server.settle(page.provider_ref)
    events = await _ask(rig, page.provider_ref)
    assert [event.money.minor for event in events if event.money] == [266, 267, 266]
    assert len({event.receipt_id for event in events}) == 3


async def test_a_fee_on_top_is_not_the_customers(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref, "0.00016980", fee="0.00001000")
    rig.server.settle(page.provider_ref)
    assert _told(await _ask(rig, page.provider_ref)) == [(H.RECEIVED, Money(799, "EUR"))]


async def test_a_late_payment_is_dated_when_it_came(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.end(page.provider_ref, "Expired")
    rig.clock.moment += timedelta(hours=3)
    came = rig.clock.now()
    rig.server.see(page.provider_ref)
    assert _told(await _ask(rig, page.provider_ref)) == [(H.SEEN, None)]
    rig.clock.moment += timedelta(hours=1)
    [event] = await learn(rig, rig.server.settle(page.provider_ref, more="PaidLate"))
    assert (event.happening, event.occurred_at) == (H.RECEIVED, came)


async def test_marked_by_hand_is_no_money_but_staff_see_it(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [event] = await learn(rig, rig.server.end(page.provider_ref, "Settled", "Marked"))
    assert (event.happening, event.money) == (H.UNHANDLED, None)
    assert event.for_staff == {"reference": "pay_1", "invoice": page.provider_ref}


async def test_marked_by_hand_counts_what_did_come(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref, "0.00008000")
    rig.server.settle(page.provider_ref, more="Marked")
    told = _told(await _ask(rig, page.provider_ref))
    assert told == [(H.RECEIVED, Money(400, "EUR")), (H.UNHANDLED, None)]


async def test_a_double_spent_payment_is_none(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref)
    rig.server.drop(page.provider_ref)
    rig.server.end(page.provider_ref, "Invalid")
    told = await _ask(rig, page.provider_ref)
    assert _told(told) == [(H.DISPUTED, Money(799, "EUR")), (H.FAILED, None)]
    assert _names(told[0]) == (page.provider_ref, "payment invalid")


def _names(event: PaymentEvent) -> tuple[str, str]:
    """The invoice that takes money back, and the word it does so with."""
    facts = event.detail
    assert isinstance(facts, DisputeFacts)
    assert is_taken_back(facts.dispute_ref)
    return facts.dispute_ref.rpartition(":")[2], facts.reason


@pytest.mark.parametrize(
    ("more", "order", "word"),
    [
        ("Marked", [H.RECEIVED, H.RECEIVED, H.DISPUTED, H.DISPUTED], "marked invalid"),
        ("None", [H.DISPUTED, H.DISPUTED, H.RECEIVED, H.RECEIVED], "invalid"),
    ],
)
async def test_an_invalid_invoice_takes_back_each_payment_that_had_come(
    rig: BTCPayRig, more: str, order: list[Happening], word: str
) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref, "0.00005328")
    rig.server.see(page.provider_ref, "0.00010652")
    rig.server.settle(page.provider_ref)
    before = await _ask(rig, page.provider_ref)
    rig.server.end(page.provider_ref, "Invalid", more)
    after = await _ask(rig, page.provider_ref)
    assert [event.happening for event in after] == order
    assert [event for event in after if event.happening is H.RECEIVED] == [
        replace(event, for_staff={"invoice": more}) for event in before
    ]
    undone = [event for event in after if event.happening is H.DISPUTED]
    assert [(one.receipt_id, one.money) for one in undone] == [
        (one.receipt_id, one.money) for one in before
    ]
    assert {_names(one) for one in undone} == {(page.provider_ref, word)}
    rig.server.mark(page.provider_ref, "Settled")
    told = await _ask(rig, page.provider_ref)
    assert [event.happening for event in told] == [H.RECEIVED, H.RECEIVED, H.UNHANDLED]


@pytest.mark.parametrize("more", ["Marked", "None"])
async def test_an_invalid_invoice_that_nobody_paid_has_failed(rig: BTCPayRig, more: str) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.end(page.provider_ref, "Invalid", more)
    assert _told(await _ask(rig, page.provider_ref)) == [(H.FAILED, None)]


async def test_what_replaces_a_payment_counts_and_what_was_replaced_does_not(
    rig: BTCPayRig,
) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.see(page.provider_ref)
    rig.server.drop(page.provider_ref)
    rig.server.see(page.provider_ref)
    rig.server.payments[page.provider_ref][1]["status"] = "Settled"
    rig.server.end(page.provider_ref, "Settled")
    gone, came = await _ask(rig, page.provider_ref)
    assert (gone.happening, came.happening) == (H.DISPUTED, H.RECEIVED)
    assert gone.receipt_id != came.receipt_id
    assert came.money == Money(799, "EUR")


async def test_money_on_a_second_invoice_of_the_same_reference_is_found(rig: BTCPayRig) -> None:
    """Two taps at once make two invoices: neither search found the other's."""
    page = await rig.provider.create(request_of(rig))
    twin = dict(rig.server.invoices[page.provider_ref], id="twin")
    rig.server.invoices["twin"], rig.server.payments["twin"] = twin, []
    rig.server.end(page.provider_ref, "Expired")
    assert _told(await _ask(rig, page.provider_ref)) == [(H.PENDING, None)]
    rig.server.pay("twin")
    assert _told(await _ask(rig, page.provider_ref)) == [(H.RECEIVED, Money(799, "EUR"))]


async def test_an_invoice_the_search_does_not_find_is_asked_for_by_its_id(rig: BTCPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.invoices[page.provider_ref]["metadata"] = {}
    rig.server.pay(page.provider_ref)
    assert _told(await _ask(rig, page.provider_ref)) == [(H.RECEIVED, Money(799, "EUR"))]


def test_no_invoice_at_all_is_pending() -> None:
    [event] = events_of([], reference="pay_1")
    assert event.happening is H.PENDING
