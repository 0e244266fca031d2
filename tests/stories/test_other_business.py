"""Money of another business in the same account: counted, not booked, and not told each time."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from preview.client import text_of
from tests.fixtures.kiosk import Kiosk
from tests.standins import nowpayments, stripe
from tests.standins.moods import Delivery
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk
from tests.stories.test_safeguards import ANNA, staff_of


@pytest.fixture
async def cards() -> AsyncIterator[stripe.StripeServer]:
    server = stripe.StripeServer()
    with serve(server.app) as url:
        server.base_url = url
        yield server


@pytest.fixture
async def coins() -> AsyncIterator[nowpayments.NowServer]:
    server = nowpayments.NowServer()
    with serve(server.app) as url:
        server.url = url
        yield server


@pytest.fixture
async def kiosk(
    open_kiosk: OpenKiosk, cards: stripe.StripeServer, coins: nowpayments.NowServer
) -> Kiosk:
    kiosk = await open_kiosk(
        stripe_secret_key=SecretStr(stripe.KEY),
        stripe_webhook_secret=SecretStr(stripe.SECRET),
        stripe_api_url=cards.base_url,
        nowpayments_api_key=SecretStr(nowpayments.KEY),
        nowpayments_ipn_secret=SecretStr(nowpayments.SECRET),
        nowpayments_api_url=coins.url,
    )
    cards.now = kiosk.clock.now
    return kiosk


async def deliver(kiosk: Kiosk, way: str, told: Delivery) -> None:
    answer = await kiosk.http.post(f"/webhooks/{way}", content=told.body, headers=told.headers)
    assert answer.status_code == 200
    await kiosk.quiet()


def of_a_link(number: int, reference: str | None) -> dict[str, Any]:
    """A session of a payment link, or of another shop."""
    return {
        "id": f"cs_live_{number}",
        "object": "checkout.session",
        "mode": "payment",
        "status": "complete",
        "payment_status": "paid",
        "client_reference_id": reference,
        "metadata": {},
        "payment_intent": f"pi_{number}",
        "amount_total": 25_000,
        "currency": "eur",
    }


async def counted(kiosk: Kiosk) -> float:
    """How often the metrics say that Stripe told of another business; the process keeps them."""
    metrics = (await kiosk.http.get("/metrics")).text
    start = 'telekiosk_events_total{outcome="elsewhere",provider="stripe"} '
    found = [line for line in metrics.splitlines() if line.startswith(start)]
    return float(found[0].removeprefix(start)) if found else 0.0


async def test_a_payment_link_is_counted_and_staff_hear_once(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    olga = await staff_of(kiosk)
    before = await counted(kiosk)
    expired = of_a_link(9, None) | {"status": "expired", "payment_status": "unpaid"}
    await deliver(kiosk, "stripe", cards.event("checkout.session.expired", expired))
    assert len(await olga.having("bears no reference of this shop")) == 0, "no money yet"
    for number, reference in enumerate((None, "order-77", "", "TK_1")):
        told = cards.event("checkout.session.completed", of_a_link(number, reference))
        for _ in range(2):
            await deliver(kiosk, "stripe", told)
    refund = {"id": "ch_1", "object": "charge", "amount": 25_000, "amount_refunded": 25_000}
    refund |= {"currency": "eur", "payment_intent": "pi_1", "metadata": {}}
    await deliver(kiosk, "stripe", cards.event("charge.refunded", refund))

    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM journal") == 0
    assert len(await olga.having("bears no reference of this shop")) == 1
    assert len(await olga.having("belongs to no order")) == 0
    await olga.say("/admin")
    desk = text_of(await olga.sees("The shop today", times=2))
    assert "No sales yet today." in desk
    assert "6 messages of providers were about another business" in desk
    assert "✅ No failed jobs." in desk
    assert await counted(kiosk) - before == 6


@pytest.mark.parametrize("currency", ["eur", "btc", "usdttrc20", "zzz"])
async def test_a_donation_without_an_order_is_counted_even_where_it_came_short(
    kiosk: Kiosk, coins: nowpayments.NowServer, currency: str
) -> None:
    olga = await staff_of(kiosk)
    coins.invoices["9"] = {
        "price_amount": 20,
        "price_currency": currency,
        "order_id": None,
        "order_description": "A gift",
    }
    for status, came in (("partially_paid", None), ("finished", 31.5), ("failed", 0)):
        payment = coins.choose("9")
        for _ in range(2):
            await deliver(kiosk, "nowpayments", coins.change(payment, status, actually_paid=came))
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
    assert kiosk.tables.rows(
        "SELECT DISTINCT state FROM inbox WHERE provider = 'nowpayments'"
    ) == [("elsewhere",)]
    assert len(await olga.having("bears no reference of this shop")) == 1
    assert len(await olga.having("does not settle by itself")) == 0


async def test_what_bears_our_form_and_fits_no_order_waits_for_staff_and_is_no_taking(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, olga = kiosk.person(ANNA), await staff_of(kiosk)
    await anna.say("/start")
    link = of_a_link(1, "tk_of_another_bot")
    await deliver(kiosk, "stripe", cards.event("checkout.session.completed", link))
    await olga.sees("belongs to no order we know.")
    await olga.say("/admin")
    desk = text_of(await olga.sees("The shop today", times=2))
    assert "No sales yet today." in desk
    assert "1 unassigned payment" in desk
    assert "another business" not in desk

    await olga.say(f"/assign 1 {ANNA}")
    await olga.tap("assign:1:", ":w")
    await olga.tap("assign:1:", ":w:")
    await anna.sees("We found a payment of €250.00 that is yours.")
    await olga.say("/admin")
    await olga.sees("1 payment, €250.00")


async def test_staff_may_have_it_booked_all_the_same(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    olga = await staff_of(kiosk)
    link = of_a_link(1, None)
    told = cards.event("checkout.session.completed", link)
    await deliver(kiosk, "stripe", told)
    await olga.tap("failed_jobs")
    await olga.tap("inbox")
    await olga.sees("of another business")
    await olga.tap("event_retry")
    await olga.sees("belongs to no order we know.")
    assert kiosk.tables.rows("SELECT verdict, minor FROM receipts") == [("unknown_order", 25_000)]
    await deliver(kiosk, "stripe", told)
    dispute = {"id": "ch_1", "object": "charge", "amount": 25_000, "amount_refunded": 25_000}
    dispute |= {"currency": "eur", "payment_intent": "pi_1", "metadata": {}}
    await deliver(kiosk, "stripe", cards.event("charge.refunded", dispute))
    assert kiosk.tables.one("SELECT SUM(minor) FROM journal WHERE account = 'unassigned'") == 0


async def test_a_dispute_of_money_in_no_book_is_told_each_time(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    olga = await staff_of(kiosk)
    for number in range(2):
        dispute = {
            "id": f"du_{number}",
            "object": "dispute",
            "amount": 900,
            "currency": "eur",
            "charge": f"ch_{number}",
            "payment_intent": f"pi_{number}",
            "reason": "fraudulent",
            "status": "needs_response",
        }
        await deliver(kiosk, "stripe", cards.event("charge.dispute.created", dispute))
    assert len(await olga.having("does not settle by itself")) == 2
