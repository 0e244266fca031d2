"""Paying from the wallet and by card inside Telegram, told by chat alone."""

import asyncio
import re
from typing import Any

from pydantic import SecretStr

from preview.client import text_of
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF
from tests.stories.conftest import OpenKiosk

BALANCE = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"


async def paid_with(anna: Person, choice: str) -> None:
    """Buy a month with a payment that leaves something in the wallet."""
    await anna.pay(await anna.to_pay(), choice)
    await anna.sees("/wallet" if choice == "over" else "second")


async def test_the_wallet_pays_a_whole_order_by_itself(kiosk: Kiosk) -> None:
    anna, olga = kiosk.person(1001), kiosk.person(STAFF)
    await olga.say("/start")
    await paid_with(anna, "twice")
    await anna.say("/wallet")
    screen = await anna.sees("Your wallet")
    assert "€7.99" in text_of(screen)
    assert "paid twice" in text_of(screen)

    await anna.tap("ways:", inside=screen["message_id"])
    await anna.tap("wallet_pay:", inside=screen["message_id"])
    await anna.sees("€0.00 stays in it")
    button = await anna.button("wallet_pay:", ":1:1", inside=screen["message_id"])
    taps = (
        anna.chat.press(button["callback_data"], message_id=screen["message_id"]) for _ in range(2)
    )
    await asyncio.gather(*taps)

    await anna.sees("Paid from your wallet: €7.99")
    await olga.sees("came from the wallet")
    await kiosk.quiet()
    assert kiosk.tables.one(BALANCE) == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 2, "a double tap buys once"


async def test_a_part_of_the_wallet_and_the_rest_by_card(kiosk: Kiosk) -> None:
    anna = kiosk.person(1001)
    await paid_with(anna, "over")
    has = kiosk.tables.one(BALANCE)
    assert 0 < has < 799

    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    await anna.tap("wallet_reserve:", ":1:1")
    screen = await anna.sees("comes from your wallet")
    await anna.tap("wallet_reserve:", ":1:0", inside=screen["message_id"])
    await anna.tap("wallet_reserve:", ":1:1", inside=screen["message_id"])
    await anna.pay(await anna.page())

    await anna.sees("of it from your wallet")
    assert kiosk.tables.one(BALANCE) == 0
    minor, to_order = kiosk.tables.rows(
        "SELECT minor, to_order FROM receipts ORDER BY id DESC LIMIT 1"
    )[0]
    assert (minor + has, to_order) == (799, 799)


async def test_an_empty_wallet_says_so(kiosk: Kiosk) -> None:
    anna = kiosk.person(1001)
    await anna.say("/wallet")
    await anna.sees("Nothing lies here")


async def by_card_in_telegram(open_kiosk: OpenKiosk) -> tuple[Kiosk, Person, Any]:
    token = SecretStr("284685063:TEST:card")
    kiosk = await open_kiosk(telegram_provider_token=token)
    anna = kiosk.person(1001)
    address = await anna.to_pay("telegram_cards")
    found = re.search(r"\$([\w-]+)", address)
    assert found, address
    return kiosk, anna, found[1]


async def test_a_card_inside_telegram_pays_and_access_arrives(open_kiosk: OpenKiosk) -> None:
    kiosk, anna, link = await by_card_in_telegram(open_kiosk)
    payment = await anna.chat.pay(link=link)
    assert payment.paid
    await anna.sees("Payment received")
    await kiosk.quiet()
    assert await kiosk.access() == 200
    [(provider, receipt, minor)] = kiosk.tables.rows(
        "SELECT provider, receipt_id, minor FROM receipts"
    )
    assert (provider, receipt, minor) == ("telegram_cards", payment.charge_id, 799)


async def test_a_card_link_that_was_paid_elsewise_is_refused_before_it_charges(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk, anna, link = await by_card_in_telegram(open_kiosk)
    assert (await anna.chat.pay(link=link)).paid
    await anna.sees("Payment received")
    second = await anna.chat.pay(link=link)
    assert not second.paid
    assert "no longer valid" in str(second.error)
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1
