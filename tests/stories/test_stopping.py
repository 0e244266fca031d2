"""SIGTERM at any moment: the shop is gone within seconds, and nothing is lost."""

import asyncio

import pytest

from tests.fixtures.kiosk import Kiosk

ANNA, BRUNO = 1001, 1002


async def test_an_idle_shop_stops_at_once(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start")
    await kiosk.quiet()

    assert await kiosk.close() < 2


async def test_a_slow_caller_and_a_silent_telegram_share_the_time_there_is(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.process._STOP_WITHIN", 1.0)
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await kiosk.quiet()
    await kiosk.preview.fault("sendMessage", status="slow", seconds=20)
    await anna.pay(page)
    host, port = kiosk.url.removeprefix("http://").split(":")
    _reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /webhooks/sandbox_card HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    await writer.drain()

    assert await kiosk.close() < 4, "each of them alone would take five seconds"

    writer.close()
    await kiosk.preview.post("faults")  # none, should the message not have been on its way yet
    await kiosk.open()
    kiosk.clock.move(seconds=100)  # the message that was under way comes back
    await anna.sees("Your access to")
    assert kiosk.tables.rows("SELECT verdict FROM receipts") == [("paid",)]


async def test_what_was_asked_while_it_stopped_is_answered_afterwards(kiosk: Kiosk) -> None:
    anna, bruno = kiosk.person(ANNA), kiosk.person(BRUNO)
    page = await anna.to_pay()
    await anna.pay(page)
    for _ in range(3):
        await bruno.say("/plans")

    assert await kiosk.close() < 10

    await bruno.say("/start plan_solo")
    await kiosk.open()
    await bruno.button("ways:")
    await anna.sees("Your access to")
    # At the same second: whoever ends so holds nothing back until a lease ends.
    await kiosk.quiet()
    assert len(await anna.having("Payment received")) == 1
    assert kiosk.tables.rows("SELECT verdict FROM receipts") == [("paid",)]
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state <> 'done'") == 0
