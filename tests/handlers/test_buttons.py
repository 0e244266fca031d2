"""Old, tapped-twice and forged buttons: each is answered once, none does harm."""

from dataclasses import replace

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.assemble import KNOWN
from preview.client import Chat, Pressed
from shop.catalog.changes import apply_catalog
from shop.core.money import Money
from shop.desk.overview import history
from shop.owner_file.reading import load_catalog
from shop.storefront.overview import overview
from tests.fixtures.chat import SAMPLE, STAFF, House


async def answers(house: House) -> int:
    return len(await house.preview.calls("answerCallbackQuery"))


async def solo(anna: Chat) -> None:
    """Anna looks at Solo."""
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen at a time")


async def paid(house: House, anna: Chat) -> None:
    """Anna has a month of Solo."""
    await solo(anna)
    await anna.press("1 month · €7.99")
    await anna.press("Card (sandbox) · €7.99")
    await anna.wait_for("The price is kept")
    await house.arrive(Money(799, "EUR"))


async def dearer(house: House) -> None:
    """Solo costs 9 EUR a month from now on, and Family is sold no more."""
    catalog = load_catalog(SAMPLE, known=KNOWN)
    one = catalog.plans[0]
    prices = {
        interval: tuple(replace(it, minor=900) if it.currency == "EUR" else it for it in amounts)
        for interval, amounts in one.prices.items()
    }
    changed = replace(catalog, plans=(replace(one, prices=prices), *catalog.plans[1:-1]))
    await house.storage.run(apply_catalog, changed, now=house.clock.now())


@pytest.mark.parametrize("stage", ["ways", "pay"])
async def test_a_superseded_price_is_explained_and_replaced(
    house: House, anna: Chat, stage: str
) -> None:
    await solo(anna)
    if stage == "pay":
        await anna.press("1 month · €7.99")
        await anna.wait_for("How would you like to pay?")
    await dearer(house)
    button = "1 month · €7.99" if stage == "ways" else "Card (sandbox) · €7.99"
    pressed = await anna.press(button)
    assert pressed.alert
    assert pressed.toast == "The price has changed since. Here is today's."
    assert "1 month · €9.00" in anna.buttons(await anna.wait_for("Try it first"))


async def test_a_withdrawn_plan_leads_to_those_on_offer(house: House, anna: Chat) -> None:
    await anna.send("/plans")
    await anna.wait_for("Our plans")
    await dearer(house)
    pressed = await anna.press("Family · from €16.99")
    assert pressed.toast == "Family is no longer on offer."
    await anna.wait_for("Our plans")


async def test_two_taps_on_a_trial_give_one(house: House, anna: Chat) -> None:
    await solo(anna)
    await anna.press("Try 3 days for free")
    await anna.wait_for("Your access to Solo")
    second = await tap(house, anna, "trial:solo")
    assert second.toast == "Your trial is running."
    assert not second.alert
    assert "My access" in anna.buttons(await anna.wait_for("Trial, 3 days left"))
    story = await house.storage.read(history, 1)
    assert len(story.orders) == 1


async def test_a_trial_that_has_ended_is_not_begun_again(house: House, anna: Chat) -> None:
    await solo(anna)
    await anna.press("Try 3 days for free")
    await anna.wait_for("Your access to Solo")
    house.clock.move(days=4)
    second = await tap(house, anna, "trial:solo")
    assert second.alert
    assert second.toast == "You have used your trial. Everything you have is in /account."


async def tap(house: House, chat: Chat, data: str) -> Pressed:
    """A tap on a button with this data, as an old message might have it, or a forger."""
    await house.application.bot.send_message(
        chat.person,
        "old",
        reply_markup=InlineKeyboardMarkup.from_button(
            InlineKeyboardButton("old button", callback_data=data)
        ),
    )
    before = await answers(house)
    pressed = await chat.press("old button")
    assert pressed.answered
    assert await answers(house) == before + 1
    return pressed


FORGED = [
    ":",
    "nonsense",
    "plan",
    "plan:",
    "plan:nothing",
    "ways:0",
    "ways:-1",
    "ways:x",
    "ways:99999999999999999",
    "ways:9999999999999999999999",
    "pay:1",
    "pay:1:nobody",
    "pay:99:sandbox_card",
    "check_payment:tk_none",
    "renew:77",
    "access:77",
    "setup:77:0",
    "setup:1:99",
    "pay_rest:solo:1m",
    "pay_rest:solo:zz:EUR",
    "pay_again:solo:",
    "trial:none",
    "currency:solo:ZZZ",
    "plans_currency:ZZZ",
    "language:xx",
    "reminders:",
    "terms:99",
    "desk",
    "customer:1",
    "rotate:1:1",
    "stop:1:1",
    "job_retry:1",
    "stock_load:solo",
    "stock_replace:solo",
    "stock_leave:solo",
    "+",
    "+account",
]


async def test_forged_data_is_answered_once_and_harmless(
    house: House, anna: Chat, bruno: Chat
) -> None:
    await paid(house, anna)
    await bruno.send("/start")
    await bruno.wait_for("Northlight")
    for data in FORGED:
        await tap(house, bruno, data)
    seen = await house.storage.read(overview, 1, now=house.clock.now())
    assert seen.holdings[0].has_access
    texts = " ".join(str(one.get("text")) for one in await bruno.messages())
    assert "user1" not in texts
    assert "Der Laden heute" not in texts


@pytest.mark.parametrize("data", ["stuck", "rfs:1", "gv:1:solo", "+unk:1", "cur:solo:EUR"])
async def test_a_button_that_is_no_longer_there_says_so_and_shows_today(
    house: House, data: str
) -> None:
    olga = house.preview.chat(STAFF)
    await olga.send("/start")
    await olga.wait_for("Northlight")
    pressed = await tap(house, olga, data)
    assert pressed.alert
    assert pressed.toast == "That button belongs to something that is no longer here."
    assert "See the plans" in olga.buttons(await olga.wait_for("Northlight"))


async def test_anothers_subscription_stays_theirs(house: House, anna: Chat, bruno: Chat) -> None:
    await paid(house, anna)
    await bruno.send("/start")
    await bruno.wait_for("Northlight")
    reference = house.till.requests[-1].reference
    for data in ("access:1", "setup:1:0", "renew:1", f"check_payment:{reference}"):
        assert (await tap(house, bruno, data)).alert
    texts = " ".join(str(one.get("text")) for one in await bruno.messages())
    assert "user1" not in texts


async def test_two_taps_on_a_way_to_pay_make_one_payment(house: House, anna: Chat) -> None:
    await solo(anna)
    await anna.press("1 month · €7.99")
    ways = await anna.wait_for("How would you like to pay?")
    data = ways["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _time in range(2):
        await tap(house, anna, data)
    assert len({one.reference for one in house.till.requests}) == 1


async def test_every_tap_of_a_purchase_is_answered_once(house: House, anna: Chat) -> None:
    before = await answers(house)
    await solo(anna)
    taps = ["1 month · €7.99", "← Back", "3 months · €21.99 · save 8%", "Card (sandbox) · €21.99"]
    for label in taps:
        assert (await anna.press(label)).answered
    await anna.wait_for("The price is kept")
    await anna.press("← Pay another way")
    await anna.press("Crypto (sandbox) · €21.99")
    await anna.press("I have paid")
    assert await answers(house) - before == len(taps) + 3
