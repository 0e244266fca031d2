"""What a way to pay does not take is not offered by it, and one refusal is no outage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from payments.sandbox.till import Act, Till
from preview.client import Pressed
from shop.ports import Happening
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF
from tests.standins.moods import Delivery, Mood
from tests.standins.server import serve
from tests.standins.stripe import KEY, SECRET, StripeServer
from tests.stories.conftest import OpenKiosk

ANNA = 1001


@pytest.fixture
async def stripe() -> AsyncIterator[StripeServer]:
    server = StripeServer()
    with serve(server.app) as url:
        server.base_url = url
        yield server


@pytest.fixture
async def kiosk(open_kiosk: OpenKiosk, stripe: StripeServer) -> Kiosk:
    kiosk = await open_kiosk(
        stripe_secret_key=SecretStr(KEY),
        stripe_webhook_secret=SecretStr(SECRET),
        stripe_api_url=stripe.base_url,
    )
    stripe.now = kiosk.clock.now
    return kiosk


@pytest.fixture
def till(tmp_path: Path) -> Till:
    """Where the sandbox keeps its coins: any sum may be put there."""
    return Till(tmp_path / "till" / "crypto")


async def deliver(kiosk: Kiosk, way: str, told: Delivery) -> None:
    answer = await kiosk.http.post(f"/webhooks/{way}", content=told.body, headers=told.headers)
    assert answer.status_code == 200
    await kiosk.quiet()


async def comes(kiosk: Kiosk, till: Till, anna: Person, minor: int) -> None:
    """So much comes for the payment asked for last, and anna says that she has paid."""
    reference = kiosk.tables.one("SELECT reference FROM payments ORDER BY id DESC LIMIT 1")
    act = Act(
        event_id=f"evt_{reference}_0_received",
        happening=Happening.RECEIVED,
        receipt_id=f"money_{reference}_0",
        minor=minor,
        occurred_at=kiosk.clock.now(),
        ripe_at=kiosk.clock.now(),
    )
    till.add(reference, lambda _slip: [act])
    await anna.tap("check_payment:", reference)
    await kiosk.quiet()


async def ways_of(person: Person, tapped: Pressed | None = None) -> dict[str, str]:
    """What each way's button says on the screen that was tapped, or the newest, by its way."""
    inside = None if tapped is None else tapped.message_id
    shown = (await person.button("pay:", inside=inside))["message_id"]
    messages = {one["message_id"]: one for one in await person.chat.messages()}
    rows = messages[shown]["reply_markup"]["inline_keyboard"]
    buttons = [one for row in rows for one in row]
    return {
        one["callback_data"].split(":")[2]: one["text"]
        for one in buttons
        if str(one.get("callback_data")).startswith("pay:")
    }


async def choosing(person: Person) -> Pressed:
    """Look at the ways to pay a month, on a screen of its own."""
    await person.say("/start plan_solo")
    return await person.tap("ways:")


async def test_a_rest_below_what_a_card_takes_is_paid_by_its_least_and_the_more_is_kept(
    kiosk: Kiosk, stripe: StripeServer, till: Till
) -> None:
    anna = kiosk.person(ANNA)
    await anna.to_pay("sandbox_crypto")
    await comes(kiosk, till, anna, 795)
    await anna.tap("pay_rest:")
    await anna.sees("Still to pay: €0.04")
    assert (await ways_of(anna))["stripe"].endswith("€0.50")

    await anna.page("stripe")
    await anna.sees("takes no less than €0.50")
    [session] = stripe.sessions
    assert stripe.sessions[session]["amount_total"] == 50
    await deliver(kiosk, "stripe", stripe.pay(session))
    await anna.sees("Payment received")
    wallet = "SELECT SUM(-minor) FROM journal WHERE account = 'wallet'"
    assert kiosk.tables.one(wallet) == 46
    assert kiosk.tables.one("SELECT COUNT(*) FROM provider_health") == 0


async def test_a_part_of_the_wallet_leaves_what_a_card_takes(
    kiosk: Kiosk, stripe: StripeServer, till: Till
) -> None:
    anna = kiosk.person(ANNA)
    await anna.to_pay("sandbox_crypto")
    await comes(kiosk, till, anna, 799 + 780)  # 7.80 too much: the wallet's
    await anna.sees("Payment received")
    await choosing(anna)
    tapped = await anna.tap("wallet_reserve:")
    assert (await ways_of(anna, tapped))["stripe"].endswith("€0.50")
    await anna.page("stripe")
    [session] = stripe.sessions
    await deliver(kiosk, "stripe", stripe.pay(session))
    await anna.sees("Payment received", times=2)
    wallet = "SELECT SUM(-minor) FROM journal WHERE account = 'wallet'"
    assert kiosk.tables.one(wallet) == 780 - (799 - 50)


async def test_a_sum_that_only_the_provider_knows_to_be_too_small_is_asked_once(
    kiosk: Kiosk, stripe: StripeServer
) -> None:
    anna, olga = kiosk.person(ANNA), kiosk.person(STAFF)
    await olga.say("/start")
    stripe.least["eur"] = 2000
    old = await choosing(anna)
    await anna.button("pay:", "stripe", inside=old.message_id)
    new = await choosing(anna)
    tapped = await anna.tap("pay:", "stripe", inside=new.message_id)
    assert "does not take so small a payment" in str(tapped.toast)
    await kiosk.quiet()
    assert "stripe" not in await ways_of(anna, tapped)
    asked = len(stripe.calls)
    tapped = await anna.tap("pay:", "stripe", inside=old.message_id)
    assert "does not take such a sum" in str(tapped.toast)
    assert len(stripe.calls) == asked, "what is known is not asked again"
    assert kiosk.tables.one("SELECT COUNT(*) FROM provider_health") == 0
    assert kiosk.tables.rows("SELECT state FROM payments") == [("failed",)]
    await anna.pay(await anna.page())
    await anna.sees("Payment received")
    await kiosk.skip(days=8)
    stripe.least["eur"] = 50
    assert "stripe" in await ways_of(anna, await choosing(anna)), (
        "and a week later it is tried again"
    )


async def test_refused_requests_are_no_outage_and_staff_hear_why_once(
    kiosk: Kiosk, stripe: StripeServer
) -> None:
    anna, olga = kiosk.person(ANNA), kiosk.person(STAFF)
    await olga.say("/start")
    stripe.mood = Mood.REFUSING
    await choosing(anna)
    for _ in range(7):
        tapped = await anna.tap("pay:", "stripe")
        assert "does not take this payment" in str(tapped.toast)
        await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM provider_health") == 0
    assert len(await olga.having("refuses to open a page")) == 1
    assert "stripe" in await ways_of(anna)


async def test_a_key_that_is_refused_is_still_trouble_of_the_provider(
    kiosk: Kiosk, stripe: StripeServer
) -> None:
    anna = kiosk.person(ANNA)
    stripe.accepts = "sk_test_another"
    await choosing(anna)
    for _ in range(5):
        await anna.tap("pay:", "stripe")
        await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM provider_health WHERE is_open = 1") == 1
    assert "stripe" not in await ways_of(anna, await choosing(anna))
