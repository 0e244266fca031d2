"""What an attacker, or an unlucky finger, tried by chat and HTTP, and what it must not do."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.fixtures.forging import TELEGRAM_SECRET, forge
from tests.fixtures.kiosk import Kiosk, Person
from tests.standins import stripe
from tests.standins.moods import Delivery
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk
from tests.stories.test_renewing import RENEWING
from tests.stories.test_safeguards import staff_of
from tests.stories.test_transfer import DETAILS, picture

IN_2100 = 4_102_444_800


async def last(person: Person) -> int:
    number: int = (await person.chat.messages())[-1]["message_id"]
    return number


async def tap(kiosk: Kiosk, person: Person, data: str) -> None:
    await forge(kiosk, person, data, message_id=await last(person))
    await kiosk.quiet()


def price(kiosk: Kiosk, minor: int) -> int:
    rows = kiosk.tables.rows("SELECT id, minor FROM prices")
    return next(int(number) for number, one in rows if one == minor)


@pytest.mark.parametrize("way", ["telegram_cards", "stars"])
async def test_a_link_of_an_order_that_was_paid_another_way_charges_nobody(
    open_kiosk: OpenKiosk, way: str
) -> None:
    kiosk = await open_kiosk(telegram_provider_token=SecretStr("284685063:TEST:card"))
    anna = kiosk.person(1001)
    link = re.search(r"\$([\w-]+)", await anna.to_pay(way))
    assert link
    await anna.say("/start plan_solo")
    await kiosk.quiet()
    await anna.tap("ways:")
    await kiosk.quiet()
    await anna.pay(await anna.page("sandbox_card"))
    await anna.sees("Payment received")
    await kiosk.quiet()
    assert not (await anna.chat.pay(link=link[1])).paid
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1


async def test_what_a_proof_counts_on_is_kept_while_staff_look(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(
        telegram_webhook_secret=SecretStr(TELEGRAM_SECRET), transfer_details=DETAILS
    )
    anna, olga = kiosk.person(1001), await staff_of(kiosk)
    await anna.pay(await anna.to_pay("sandbox_crypto"), "under")
    await kiosk.skip(minutes=5)
    await tap(kiosk, anna, f"+pay:{price(kiosk, 799)}:transfer")
    await anna.chat.send_photo(picture())
    await olga.sees("reports a payment")
    await kiosk.skip(hours=30)
    await tap(kiosk, anna, f"wallet_reserve:{price(kiosk, 1299)}:1")
    reserved = kiosk.tables.one("SELECT COALESCE(SUM(minor), 0) FROM wallet_reservations")
    assert reserved == 0, "it is kept for Solo"
    await olga.tap("proof_approve:")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT state FROM orders WHERE state = 'paid'") == [("paid",)]


@pytest.mark.parametrize("way", ["sandbox_crypto", "transfer", "stars"])
async def test_a_way_that_keeps_no_card_takes_no_consent(
    open_kiosk: OpenKiosk, tmp_path: Path, way: str
) -> None:
    catalog = tmp_path / "renewing.toml"
    catalog.write_text(RENEWING, "utf-8")
    kiosk = await open_kiosk(
        catalog=catalog,
        telegram_webhook_secret=SecretStr(TELEGRAM_SECRET),
        transfer_details=DETAILS,
    )
    anna = kiosk.person(1001)
    await anna.say("/start plan_solo")
    await kiosk.quiet()
    currency = "XTR" if way == "stars" else "EUR"
    rows = kiosk.tables.rows(
        "SELECT p.id, p.currency FROM prices AS p INNER JOIN products AS g ON g.id = p.product_id "
        "WHERE g.slug = 'solo' ORDER BY p.id"
    )
    number = next(number for number, one in rows if one == currency)
    await tap(kiosk, anna, f"+pay:{number}:{way}:save")
    assert kiosk.tables.one("SELECT COUNT(*) FROM consents") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM payments") == 0


async def test_each_confirming_tap_of_staff_counts_once(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(telegram_webhook_secret=SecretStr(TELEGRAM_SECRET))
    anna, olga = kiosk.person(1001), await staff_of(kiosk)
    await anna.buy()
    await kiosk.quiet()
    message = await last(olga)
    for name in ("100", "200", "100", "200"):
        await forge(kiosk, olga, f"extend:1:7:{name}", message_id=message)
        await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM orders WHERE kind = 'grant'") == 2


async def test_a_transfer_is_not_asked_back_of_a_bank_that_cannot(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(
        telegram_webhook_secret=SecretStr(TELEGRAM_SECRET), transfer_details=DETAILS
    )
    anna, olga = kiosk.person(1001), await staff_of(kiosk)
    await tap_way(kiosk, anna)
    await anna.chat.send_photo(picture())
    await olga.sees("reports a payment")
    await olga.tap("proof_approve:")
    await anna.sees("Payment received")
    await kiosk.quiet()
    await tap(kiosk, olga, "refund:1:799:p:wish:1")
    assert kiosk.tables.rows("SELECT * FROM refunds") == []


async def tap_way(kiosk: Kiosk, anna: Person) -> None:
    await anna.say("/start plan_solo")
    await kiosk.quiet()
    await tap(kiosk, anna, f"+pay:{price(kiosk, 799)}:transfer")
    await anna.sees("Please transfer")


@pytest.mark.parametrize("word", ["01001", "\uff11\uff10\uff10\uff11", "\u0661\u0660\u0660\u0661"])
async def test_a_number_is_blocked_however_it_is_written(open_kiosk: OpenKiosk, word: str) -> None:
    kiosk = await open_kiosk(telegram_webhook_secret=SecretStr(TELEGRAM_SECRET))
    olga = await staff_of(kiosk)
    await olga.say(f"/block {word}")
    await olga.sees("B1")
    assert kiosk.tables.rows("SELECT kind, value FROM blocklist") == [("telegram", "1001")]


@pytest.fixture
def cards() -> Iterator[stripe.StripeServer]:
    server = stripe.StripeServer()
    with serve(server.app) as url:
        server.base_url = url
        yield server


async def test_a_dispute_of_another_century_is_decided_as_any(
    open_kiosk: OpenKiosk, cards: stripe.StripeServer
) -> None:
    kiosk = await open_kiosk(
        stripe_secret_key=SecretStr(stripe.KEY),
        stripe_webhook_secret=SecretStr(stripe.SECRET),
        stripe_api_url=cards.base_url,
    )
    cards.now = kiosk.clock.now
    anna = kiosk.person(1001)
    session = (await anna.to_pay("stripe")).rpartition("/")[2]
    await deliver(kiosk, cards.pay(session))
    await anna.sees("Payment received")
    event = json.loads(cards.dispute(session).body)
    event["created"] = IN_2100
    await deliver(kiosk, cards.signed(json.dumps(event).encode()))
    for status in ("lost", "won"):
        kiosk.clock.move(days=3)
        await deliver(kiosk, cards.decide(session, status))
        assert kiosk.tables.one("SELECT state FROM disputes") == status


async def deliver(kiosk: Kiosk, told: Delivery) -> None:
    answer = await kiosk.http.post("/webhooks/stripe", content=told.body, headers=told.headers)
    assert answer.status_code == 200
    await kiosk.quiet()
