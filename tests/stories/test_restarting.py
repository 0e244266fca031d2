"""A shop that starts answers what the one before left, once it can."""

from tests.fixtures.kiosk import Kiosk

ANNA = 1001


async def test_updates_left_by_a_killed_shop_wait_until_telegram_answers(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start plan_solo")
    await anna.button("ways:")
    await kiosk.quiet()
    await kiosk.close()
    # As a kill leaves it: kept, not answered, and its lease has passed.
    kiosk.tables.write("UPDATE inbox SET state = 'waiting', due_at = 1 WHERE state = 'done'")
    await kiosk.preview.fault("getMe", status=502, times=1)

    await kiosk.open()

    async def is_answered() -> bool:
        return len(await anna.having("One screen.")) == 2

    await kiosk.until(is_answered, "a second answer")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT state FROM inbox") == [("done",)]


async def test_a_tap_that_comes_back_after_it_was_paid_asks_for_no_second_payment(
    kiosk: Kiosk,
) -> None:
    anna = kiosk.person(ANNA)
    page = await anna.to_pay()
    await kiosk.quiet()
    taps = "SELECT MAX(id) FROM inbox WHERE kind = 'callback_query'"
    tap = kiosk.tables.one(taps)
    await anna.pay(page)
    await anna.sees("Your access to")
    await kiosk.quiet()

    kiosk.tables.write(f"UPDATE inbox SET state = 'waiting', due_at = 1 WHERE id = {tap}")  # noqa: S608
    await kiosk.quiet()

    assert kiosk.tables.rows("SELECT state FROM orders") == [("paid",)]
    assert kiosk.tables.one("SELECT COUNT(*) FROM payments") == 1
    await anna.sees("paid. Thank you!")
    links = [one for one in await anna.chat.messages() if "/sandbox/" in str(one)]
    assert links == []
