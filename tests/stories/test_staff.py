"""What the owner does from the chat: look, find, give, stop, load, and mend."""

from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF

ANNA, BRUNO = 1001, 1002
CSV = b"username,password,url,note\nline1,secret-one,https://panel.example,\nline2,secret-two,,\n"


async def owner(kiosk: Kiosk) -> Person:
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    return olga


async def anna_of(olga: Person) -> None:
    """Open Anna's only subscription."""
    await olga.say("/find Anna")
    await olga.tap("subscription:")


async def test_the_desk_shows_todays_sales(kiosk: Kiosk) -> None:
    await kiosk.person(ANNA).buy()
    await kiosk.person(BRUNO).buy()
    olga = await owner(kiosk)
    await olga.sees("2 payments")
    await olga.sees("15.98")


async def test_nobody_else_is_let_to_the_desk(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    for words in ("/admin", "/find Bruno", "/extend 1 30"):
        await anna.say(words)
    await kiosk.quiet()
    await anna.say("/start")
    await anna.button("plans")
    assert await anna.having("The shop today") == []
    assert kiosk.tables.one("SELECT COUNT(*) FROM audit") == 0


async def test_history_tells_orders_and_money(kiosk: Kiosk) -> None:
    await kiosk.person(ANNA).buy()
    olga = await owner(kiosk)
    await olga.say("/find Anna")
    story = await olga.sees("paid the order")
    assert "7.99" in story["text"]


async def test_a_stop_is_felt_at_once_and_taken_back_as_fast(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.buy()
    await anna.sees("Your access to")
    await kiosk.quiet()
    olga = await owner(kiosk)
    await anna_of(olga)
    await olga.tap("stop:")
    assert await kiosk.access() == 200

    await olga.tap("stop:1:")
    await kiosk.quiet()
    assert await kiosk.access() == 403

    await anna_of(olga)
    await olga.tap("resume:")
    await olga.tap("resume:1:")
    await kiosk.quiet()
    assert await kiosk.access() == 200
    acts = kiosk.tables.rows("SELECT act, staff_id FROM audit ORDER BY id")
    assert acts == [("suspend", STAFF), ("resume", STAFF)]


async def test_time_is_given_and_added(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.say("/start")
    await anna.button("plans")
    olga = await owner(kiosk)
    await olga.say("/find Anna")
    await olga.tap("grant:")
    await olga.tap("grant:", ":solo")
    await olga.tap("grant:", ":solo:7d")
    await olga.tap("grant:", ":solo:7d:")
    await anna.sees("Your access to")
    await kiosk.quiet()

    await kiosk.skip(seconds=1)  # a tap is known by its second
    await anna_of(olga)
    await olga.tap("extend:1:30")
    await olga.tap("extend:1:30:")
    await kiosk.quiet()

    span = "SELECT MIN(starts_at), MAX(ends_at), COUNT(*) FROM periods"
    ((starts, ends, many),) = kiosk.tables.rows(span)
    assert (ends - starts, many) == (37 * 86_400, 2)
    assert await kiosk.access() == 200
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0


async def test_credentials_are_sent_again(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.buy()
    await anna.sees("Your access to")
    await kiosk.quiet()
    olga = await owner(kiosk)
    await anna_of(olga)

    await olga.tap("resend:")

    await anna.sees("Your access to", times=2)
    await kiosk.quiet()
    assert await olga.having("secret") == []


async def test_stock_is_loaded_from_a_file_and_handed_out(kiosk: Kiosk) -> None:
    olga = await owner(kiosk)
    await olga.chat.send_document(CSV, name="stock.csv")
    await olga.tap("stock_load:duo")
    await olga.sees("2 accounts loaded for Duo")
    anna = kiosk.person(ANNA)

    await anna.buy(plan="duo")

    await anna.sees("line1")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT state FROM stock ORDER BY id") == [("taken",), ("free",)]
    audit = repr(kiosk.tables.rows("SELECT * FROM audit"))
    assert "load_stock" in audit
    assert "secret-one" not in audit
    assert all("document" not in one for one in await olga.chat.messages())


async def test_what_is_sold_out_waits_for_stock_and_staff_replay_it(kiosk: Kiosk) -> None:
    olga = await owner(kiosk)
    anna = kiosk.person(ANNA)
    await anna.buy(plan="duo")

    async def is_given_up() -> bool:
        kiosk.clock.move(minutes=60)
        return bool(kiosk.tables.one("SELECT COUNT(*) FROM outbox WHERE state = 'dead'"))

    await kiosk.until(is_given_up, "the shop to give it to staff")

    await olga.chat.send_document(CSV, name="stock.csv")
    await olga.tap("stock_load:duo")
    await olga.sees("2 accounts loaded")
    await olga.say("/admin")
    await olga.tap("failed_jobs")
    await olga.tap("job_retry:")

    await anna.sees("line1")
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT COUNT(*) FROM outbox WHERE state = 'dead'") == 0


async def test_a_double_tap_of_staff_counts_once(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.buy()
    await kiosk.quiet()
    olga = await owner(kiosk)
    await anna_of(olga)
    await olga.tap("extend:1:7")
    yes = await olga.button("extend:1:7:")

    await olga.chat.press(yes["callback_data"], message_id=yes["message_id"])
    update = kiosk.tables.one("SELECT MAX(id) FROM inbox")
    event = kiosk.tables.one(f"SELECT event_id FROM inbox WHERE id = {update}")  # noqa: S608
    await kiosk.preview.deliver_again(int(event))
    await kiosk.quiet()

    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 2
