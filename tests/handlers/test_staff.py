import pytest

from preview.client import Chat
from shop.core.money import Money
from shop.desk.overview import history
from shop.staff.audit_records import AuditLog
from tests.fixtures.chat import STAFF, House


@pytest.fixture
def olga(house: House) -> Chat:
    return house.preview.chat(STAFF)


async def subscribed(house: House, anna: Chat) -> None:
    """Anna has one month of Solo."""
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen")
    await anna.press("1 month · €7.99")
    await anna.press("Card (sandbox) · €7.99")
    await anna.wait_for("The price is kept")
    await house.arrive(Money(799, "EUR"))


async def test_the_desk_shows_the_day(house: House, anna: Chat, olga: Chat) -> None:
    await subscribed(house, anna)
    await olga.send("/admin")
    desk = await olga.wait_for("The shop today")
    assert "1 payment, €7.99" in desk["text"]
    assert "Active: 1" in desk["text"]
    assert "No failed jobs" in desk["text"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Failed jobs", "What the shop could not finish by itself"),
        ("Payments to review", "your rules ask for a person before access opens"),
        ("Unassigned payments", "Money that arrived without an order we know"),
    ],
)
async def test_what_waits_for_staff_says_what_it_is_even_when_nothing_waits(
    olga: Chat, name: str, what: str
) -> None:
    await olga.send("/admin")
    await olga.wait_for("The shop today")
    await olga.press(name)
    screen = await olga.wait_for(what)
    assert screen["text"].splitlines()[0] == name
    assert f"No {name.lower()}." in screen["text"]
    assert "← The shop today" in olga.buttons(screen)


@pytest.mark.parametrize("command", ["/admin", "/find anna", "/extend 1 30", "/nonsense"])
async def test_to_others_staff_commands_do_not_exist(anna: Chat, command: str) -> None:
    await anna.send(command)
    await anna.wait_for("I only understand buttons and commands.")


async def test_staff_give_days_with_one_more_tap_and_only_once(
    house: House, anna: Chat, olga: Chat
) -> None:
    await subscribed(house, anna)
    await olga.send("anna")
    await olga.wait_for("Customer 1 · Telegram 1001")
    await olga.press("Solo …")
    await olga.press("+7 days")
    sure = await olga.wait_for("Give 7 days of Solo?")
    yes = sure["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await olga.press(yes)
    await olga.wait_for("given")
    await anna.wait_for("We gave you 7 days of Solo. It now lasts until December 9, 2026.")
    story = await house.storage.read(history, 1)
    assert [one.order.kind for one in story.orders] == ["grant", "purchase"]


async def test_stock_is_loaded_for_the_plan_chosen_below_the_file(
    house: House, olga: Chat
) -> None:
    await olga.send_document(
        b"username,password\nann,secret1\nbob,secret2\nbob,secret2\n", name="stock.csv"
    )
    await olga.wait_for("Which plan is this stock for?")
    await olga.press("Duo")
    told = await olga.wait_for("2 accounts loaded for Duo.")
    assert "The file is out of the chat." in told["text"]
    assert all("document" not in one for one in await olga.messages())
    [act] = await house.storage.read(lambda books: books[AuditLog].latest_acts(most=9))
    assert (act.staff_id, act.act, act.customer_id) == (STAFF, "load_stock", None)
    assert act.facts == {"plan": "duo", "added": 2, "repeated": 1, "replaced": 0}


@pytest.mark.parametrize("caption", ["duo", ""])
async def test_accounts_on_the_shelf_get_new_passwords_only_when_staff_say_so(
    house: House, olga: Chat, caption: str
) -> None:
    await send_stock(olga, "ann,secret1", "bob,secret2")
    await olga.wait_for("2 accounts loaded for Duo.")
    await send_stock(olga, "ann,secret9", "bob,secret8", caption=caption)
    asked = await olga.wait_for("On the shelf with another password or address:")
    assert "ann, bob" in asked["text"]
    assert "0 accounts loaded for Duo." in asked["text"]
    await olga.press("Leave them as they are")
    await olga.wait_for("keep their passwords and addresses")
    assert all("document" not in one for one in await olga.messages())

    await send_stock(olga, "ann,secret9", "eve,secret7", caption=caption)
    await olga.wait_for("Shall they get those of this file?")
    await olga.press("Replace them")
    told = await olga.wait_for("1 has the password and address of this file now.")
    assert "1 was there already." in told["text"], "eve was loaded before the question"
    assert all("document" not in one for one in await olga.messages())
    [act, *_] = await house.storage.read(lambda books: books[AuditLog].latest_acts(most=9))
    assert act.facts == {"plan": "duo", "added": 0, "repeated": 1, "replaced": 1}


async def send_stock(olga: Chat, *rows: str, caption: str = "duo") -> None:
    """Send a file of accounts for Duo; without a caption by a tap."""
    text = "\n".join(["username,password", *rows])
    await olga.send_document(text.encode(), name="stock.csv", caption=caption)
    if not caption:
        await olga.wait_for("Which plan is this stock for?")
        await olga.press("Duo")
