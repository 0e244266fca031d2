"""A charge made by itself goes back: the renewal stops, says so, and nobody pays twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from preview.client import text_of
from tests.fixtures.forging import TELEGRAM_SECRET, forge
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF
from tests.standins import stripe
from tests.standins.moods import Delivery
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk
from tests.stories.test_renewing import RENEWING, a_month_on, end_of, subscribe, until

ANNA = 1001
STOPPED = "so it does not renew by itself any more"
BY_ITSELF = "Renews by itself"
CHARGES = "SELECT COUNT(*) FROM receipts"


@pytest.fixture
async def cards() -> AsyncIterator[stripe.StripeServer]:
    server = stripe.StripeServer()
    with serve(server.app) as url:
        server.base_url = url
        yield server


@pytest.fixture
async def kiosk(open_kiosk: OpenKiosk, cards: stripe.StripeServer, tmp_path: Path) -> Kiosk:
    catalog = tmp_path / "renewing.toml"
    catalog.write_text(RENEWING, "utf-8")
    kiosk = await open_kiosk(
        catalog=catalog,
        stripe_secret_key=SecretStr(stripe.KEY),
        stripe_webhook_secret=SecretStr(stripe.SECRET),
        stripe_api_url=cards.base_url,
        telegram_webhook_secret=SecretStr(TELEGRAM_SECRET),
    )
    cards.now = kiosk.clock.now
    return kiosk


async def deliver(kiosk: Kiosk, told: Delivery, *, times: int = 1) -> None:
    for _ in range(times):
        answer = await kiosk.http.post("/webhooks/stripe", content=told.body, headers=told.headers)
        assert answer.status_code == 200
        await kiosk.quiet()


async def agreed(kiosk: Kiosk, cards: stripe.StripeServer) -> tuple[Person, Person]:
    """Anna bought a month, and Stripe keeps her card; the owner looks on."""
    anna, olga = kiosk.person(ANNA), kiosk.person(STAFF)
    await olga.say("/start")
    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    await anna.tap("ways:", ":save")
    await anna.page("stripe:save")
    await deliver(kiosk, cards.pay(list(cards.sessions)[-1]))
    await anna.sees("renews by itself from now on")
    return anna, olga


async def charged(kiosk: Kiosk, cards: stripe.StripeServer, *, times: int = 1) -> str:
    """Her card is charged so often in all; Stripe's name of the last charge."""
    for _ in range(times * 80):
        if len(cards.charges) >= times:
            break
        await kiosk.skip(hours=12)
    assert kiosk.tables.one(CHARGES) == times + 1
    return cards.charges[-1]


def given_back(cards: stripe.StripeServer, charge: str, so_far: int = 799) -> Delivery:
    """In Stripe's dashboard; `so_far` is all that went back of it."""
    thing = cards.intents[charge]["latest_charge"]
    thing |= {"amount_refunded": so_far, "refunded": so_far == thing["amount"]}
    return cards.event("charge.refunded", dict(thing))


def asked_for(cards: stripe.StripeServer, charge: str, kind: str, status: str) -> Delivery:
    """A bank disputes a charge, or decides."""
    thing = cards.intents[charge]["latest_charge"]
    dispute: dict[str, Any] = {
        "id": f"du_{charge}",
        "object": "dispute",
        "amount": thing["amount"],
        "currency": thing["currency"],
        "charge": thing["id"],
        "payment_intent": charge,
        "metadata": {},
        "reason": "fraudulent",
        "status": status,
        "evidence_details": {"due_by": None},
    }
    return cards.event(f"charge.dispute.{kind}", dispute)


async def account(anna: Person) -> str:
    before = len(await anna.having("Your account"))
    await anna.say("/account")
    return text_of(await anna.sees("Your account", times=before + 1))


async def is_off(kiosk: Kiosk, anna: Person, olga: Person) -> None:
    """Both were told, once, and no page says that it renews."""
    await anna.sees(STOPPED)
    await olga.sees(STOPPED)
    assert len(await anna.having(STOPPED)) == len(await olga.having(STOPPED)) == 1
    assert BY_ITSELF not in await account(anna)
    assert kiosk.tables.one("SELECT is_on FROM renewals") == 0


async def test_given_back_a_day_later_access_ends_and_the_card_is_left_alone(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, olga = await agreed(kiosk, cards)
    end = end_of(kiosk)
    charge = await charged(kiosk, cards)
    assert BY_ITSELF in await account(anna)
    await until(kiosk, end + timedelta(hours=12))

    await deliver(kiosk, given_back(cards, charge), times=2)

    await is_off(kiosk, anna, olga)
    assert "Ended" in await account(anna)
    assert await kiosk.access() == 403
    await kiosk.skip(days=20)
    await until(kiosk, end + timedelta(days=40), hours=48)
    assert cards.charges == [charge]
    await anna.tap("renewal:")
    assert not await anna.having("Let it renew by itself"), "there is nothing to renew"


async def test_given_back_at_once_the_month_is_not_charged_again_and_she_is_reminded(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, olga = await agreed(kiosk, cards)
    end = end_of(kiosk)
    charge = await charged(kiosk, cards)

    await deliver(kiosk, given_back(cards, charge))

    await is_off(kiosk, anna, olga)
    told = text_of(await anna.sees(STOPPED))
    assert "€7.99 for Solo went back" in told
    assert "Visa •••• 4242" in told
    assert "we remind you before" in told
    assert abs(end_of(kiosk) - end) <= timedelta(seconds=1)
    await until(kiosk, end + timedelta(hours=1), hours=1)
    await anna.sees("Your time with Solo ends")
    await until(kiosk, end + timedelta(days=2))
    await anna.sees("ran out on")
    assert BY_ITSELF not in await account(anna)
    assert cards.charges == [charge]

    await anna.tap("renewal:")
    assert (await anna.tap("renewal_on:")).toast == "It renews by itself again."
    assert BY_ITSELF in await account(anna)
    await charged(kiosk, cards, times=2)
    assert len(await anna.having(STOPPED)) == 1


async def test_given_back_by_staff(kiosk: Kiosk, cards: stripe.StripeServer) -> None:
    anna, olga = await agreed(kiosk, cards)
    charge = await charged(kiosk, cards)
    await olga.say("/refund 2 7.99")
    await olga.tap("refund:2:799:p")
    await olga.tap("refund:2:799:p:wish")
    await olga.tap("refund:2:799:p:wish:")
    await anna.sees("goes back to you")
    await kiosk.quiet()
    await is_off(kiosk, anna, olga)

    await deliver(kiosk, given_back(cards, charge), times=2)
    await kiosk.skip(days=30)
    assert cards.charges == [charge]
    await is_off(kiosk, anna, olga)


async def test_lost_to_a_bank_and_won_later_it_stays_off_until_she_wants_it(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, olga = await agreed(kiosk, cards)
    charge = await charged(kiosk, cards)
    await deliver(kiosk, asked_for(cards, charge, "created", "needs_response"))
    assert not await anna.having(STOPPED), "a question takes no money"
    await deliver(kiosk, asked_for(cards, charge, "closed", "lost"), times=2)
    await is_off(kiosk, anna, olga)

    await kiosk.skip(seconds=60)
    await deliver(kiosk, asked_for(cards, charge, "closed", "won"))
    told = await anna.sees("It does not renew by itself unless you let it")
    await is_off(kiosk, anna, olga)
    await kiosk.skip(days=5)
    assert cards.charges == [charge]
    await anna.tap("renewal:", inside=told["message_id"])
    assert (await anna.tap("renewal_on:")).toast == "It renews by itself again."
    await charged(kiosk, cards, times=2)


async def test_in_parts_it_goes_on_until_all_of_it_is_back(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, olga = await agreed(kiosk, cards)
    charge = await charged(kiosk, cards)
    for so_far in (500, 300):  # the older total comes late
        await deliver(kiosk, given_back(cards, charge, so_far), times=2)
        assert BY_ITSELF in await account(anna)
        assert not await anna.having(STOPPED)
    await deliver(kiosk, given_back(cards, charge), times=2)
    await is_off(kiosk, anna, olga)


async def test_given_back_a_part_renews_on(kiosk: Kiosk, cards: stripe.StripeServer) -> None:
    anna, _olga = await agreed(kiosk, cards)
    charge = await charged(kiosk, cards)
    await deliver(kiosk, given_back(cards, charge, 798))
    await charged(kiosk, cards, times=2)
    assert not await anna.having(STOPPED)


async def test_given_back_months_late_beside_the_next_renewal_no_other_follows(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, olga = await agreed(kiosk, cards)
    first = await charged(kiosk, cards)
    await charged(kiosk, cards, times=3)
    await deliver(kiosk, given_back(cards, first))
    await is_off(kiosk, anna, olga)
    await until(kiosk, kiosk.clock.now() + timedelta(days=40))
    assert len(cards.charges) == 3
    assert await anna.having("Your time with Solo ends")


async def test_stars_given_back_stop_the_subscription_at_telegram(kiosk: Kiosk) -> None:
    olga = kiosk.person(STAFF)
    await olga.say("/start")
    anna, _charge = await subscribe(kiosk)
    await a_month_on(kiosk)
    await anna.sees("Renewed by itself with Telegram Stars")
    assert "Telegram renews it" in await account(anna)

    await olga.say("/refund 2 430")
    await olga.tap("refund:2:430:p")
    await olga.tap("refund:2:430:p:wish")
    await olga.tap("refund:2:430:p:wish:")

    await anna.sees("your Star subscription is stopped")
    await olga.sees("the Star subscription is stopped at Telegram")
    await kiosk.quiet()
    assert "Telegram renews it" not in await account(anna)
    state = "SELECT state, is_stopped_here FROM star_subscriptions"
    assert kiosk.tables.rows(state) == [("canceled", 1)]
    await a_month_on(kiosk)
    assert kiosk.tables.one(CHARGES) == 2
    assert len(await anna.having("your Star subscription is stopped")) == 1


async def test_what_a_dispute_holds_is_neither_renewed_nor_sold_wherever_it_is_asked(
    kiosk: Kiosk, cards: stripe.StripeServer
) -> None:
    anna, _olga = await agreed(kiosk, cards)
    charge = await charged(kiosk, cards)
    await deliver(kiosk, asked_for(cards, charge, "created", "needs_response"))

    shown = await account(anna)
    assert "On hold" in shown
    assert BY_ITSELF not in shown
    await anna.say("/start plan_solo")
    plan = await anna.sees("On hold", times=2)
    buttons = [one for row in plan["reply_markup"]["inline_keyboard"] for one in row]
    assert [one["callback_data"] for one in buttons] == ["plans"]

    before = kiosk.tables.one("SELECT COUNT(*) FROM payments")
    price = kiosk.tables.one(
        "SELECT id FROM prices WHERE minor = 799 AND currency = 'EUR' AND superseded_at IS NULL"
    )
    for data in (f"pay:{price}:sandbox_card", f"ways:{price}", "renew:1", "+renew:1"):
        await forge(kiosk, anna, data, message_id=plan["message_id"])
        await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM payments") == before

    await deliver(kiosk, asked_for(cards, charge, "closed", "won"))
    assert BY_ITSELF in await account(anna)
    await anna.say("/start plan_solo")
    await anna.button("ways:")
