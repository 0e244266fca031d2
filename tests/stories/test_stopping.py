"""SIGTERM at any moment: the shop is gone within seconds, and nothing is lost."""

from tests.stories.kiosk import Kiosk

ANNA, BRUNO = 1001, 1002


async def test_an_idle_shop_stops_at_once(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start")
    await kiosk.quiet()

    assert await kiosk.close() < 2


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
    await (
        kiosk.quiet()
    )  # at the same second: whoever ends so holds nothing back until a lease ends
    assert len(await anna.having("Payment received")) == 1
    assert kiosk.tables.rows("SELECT verdict FROM receipts") == [("paid",)]
    assert kiosk.tables.one("SELECT COUNT(*) FROM inbox WHERE state <> 'done'") == 0
