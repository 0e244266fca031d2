from datetime import timedelta

import pytest

from handlers.customer.access import credentials
from handlers.customer.access.credentials import NoPictureError
from preview.client import Chat, text_of
from shop.access.reminders import remind
from shop.core.money import Money
from shop.ports import Happening, PaymentEvent, ProviderError, ProviderSilentError
from tests.fixtures.chat import House


async def at_the_pay_screen(anna: Chat) -> int:
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen")
    await anna.press("1 month · €7.99")
    await anna.press("Card (sandbox) · €7.99")
    return int((await anna.wait_for("The price is kept"))["message_id"])


async def texts(chat: Chat) -> list[str]:
    return [text_of(one) for one in await chat.messages()]


@pytest.mark.parametrize("error", [ProviderSilentError(reason="x"), ProviderError(reason="x")])
async def test_a_provider_in_trouble_costs_a_tap_not_a_sale(
    house: House, anna: Chat, error: ProviderError
) -> None:
    house.till.trouble = error
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen")
    await anna.press("1 month · €7.99")
    pressed = await anna.press("Card (sandbox) · €7.99")
    assert pressed.alert
    assert "Card (sandbox) does not answer just now, and nothing was charged." in str(
        pressed.toast
    )
    await anna.press("Crypto (sandbox) · €7.99")
    await anna.wait_for("Tap the button to pay with Crypto (sandbox).")


async def test_a_slow_provider_shows_that_the_page_is_being_made(house: House, anna: Chat) -> None:
    house.till.seconds = 1.5
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen")
    await anna.press("1 month · €7.99")
    await anna.press("Card (sandbox) · €7.99")
    await anna.wait_for("Preparing your payment page…")
    await anna.wait_for("The price is kept")


async def test_i_have_paid_tells_the_truth(house: House, anna: Chat) -> None:
    await at_the_pay_screen(anna)
    assert "Nothing has arrived yet." in str((await anna.press("I have paid")).toast)
    reference = house.till.requests[-1].reference
    event = PaymentEvent(
        event_id="e1",
        kind="t",
        happening=Happening.RECEIVED,
        reference=reference,
        receipt_id="m1",
        money=Money(799, "EUR"),
        occurred_at=house.clock.now(),
    )
    house.till.news.append(event)  # the webhook was lost; the provider knows
    assert (await anna.press("I have paid")).toast == "Your payment is here. Thank you!"
    await anna.wait_for("Payment received")


async def test_too_little_names_what_is_missing_and_takes_just_that(
    house: House, anna: Chat
) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(500, "EUR"))
    await anna.wait_for("€5.00 arrived for Solo; €2.99 is still missing.")
    await anna.press("Pay the remaining €2.99")
    await anna.wait_for("Still to pay: €2.99 of €7.99")
    keyboard = (await anna.last())["reply_markup"]["inline_keyboard"]
    taps = [key["text"] for row in keyboard for key in row]
    assert not [tap for tap in taps if "wallet" in tap.lower()], "what came counts already"
    assert not [tap for tap in taps if "⭐" in tap], "the price in Stars is for all of it"
    await anna.press("Card (sandbox) · €2.99")
    await anna.wait_for("The price is kept")
    await house.arrive(Money(299, "EUR"), receipt="r2")
    await anna.wait_for("Payment received")


async def test_of_all_that_has_ended_the_last_is_shown(house: House, anna: Chat) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, "EUR"))
    await anna.send("/start plan_duo")
    await anna.wait_for("On 2 screens")
    await anna.press("Try 3 days for free")
    await anna.wait_for("Your access to Duo")
    house.clock.move(days=90)
    await anna.send("/account")
    assert "Solo" in text_of(await anna.wait_for("Ended on"))


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(999, "EUR"), "That was €2.00 more than the price."),
        (Money(999, "USD"), "$9.99 arrived, but Solo was to be paid in EUR."),
    ],
)
async def test_odd_money_is_explained_in_a_sentence(
    house: House, anna: Chat, money: Money, words: str
) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(money)
    await anna.wait_for(words)


async def test_money_paid_twice_is_kept_and_told(house: House, anna: Chat) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, "EUR"))
    await house.arrive(Money(799, "EUR"), receipt="r2")
    await anna.wait_for("You have paid for Solo already")
    await anna.send("/wallet")
    await anna.wait_for("€7.99")


async def test_a_failed_payment_offers_to_try_again(house: House, anna: Chat) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(0, "EUR"), happening=Happening.FAILED)
    await anna.wait_for("did not go through, and nothing was charged.")
    await anna.press("Try again")
    await anna.wait_for("How would you like to pay?")


async def test_the_receipt_comes_although_the_pay_screen_is_gone(house: House, anna: Chat) -> None:
    screen = await at_the_pay_screen(anna)
    await house.application.bot.delete_message(1001, screen)
    await house.arrive(Money(799, "EUR"))
    assert any("Payment received" in one for one in await texts(anna))


async def test_no_other_message_asks_for_what_was_paid(house: House, anna: Chat) -> None:
    first = await at_the_pay_screen(anna)
    await anna.send("/start plan_solo")
    await anna.wait_for("On 1 screen")
    await anna.press("1 month · €7.99")
    await anna.press("Crypto (sandbox) · €7.99")
    second = int((await anna.wait_for("The price is kept"))["message_id"])
    await house.arrive(Money(799, "EUR"), till=house.coins)
    shown = {one["message_id"]: text_of(one) for one in await anna.messages()}
    assert first != second
    assert [shown[one] for one in (first, second)] == ["✅ Solo, 1 month: paid. Thank you!"] * 2


async def test_a_message_that_asks_for_something_else_by_now_is_left_alone(
    house: House, anna: Chat
) -> None:
    screen = await at_the_pay_screen(anna)
    solo = house.till.requests[-1]
    await anna.press("← Pay another way")
    await anna.press("← Back")
    await anna.press("← Back")
    await anna.press("Duo · from €11.99")
    await anna.press("1 month · €11.99")
    await anna.press("Card (sandbox) · €11.99")
    await anna.wait_for("Duo, 1 month")
    house.till.requests.append(solo)
    await house.arrive(Money(799, "EUR"))
    await anna.wait_for("Payment received")
    shown = {one["message_id"]: text_of(one) for one in await anna.messages()}
    assert "Duo, 1 month" in shown[screen]


@pytest.mark.parametrize("trouble", ["drawing", "sending"])
async def test_a_picture_that_fails_never_stops_the_credentials(
    house: House, anna: Chat, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "sending":
        await house.preview.fault("sendPhoto", status=500, times=9)
    else:

        def no_picture(_address: str) -> bytes:
            raise NoPictureError

        monkeypatch.setattr(credentials, "draw", no_picture)
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, "EUR"))
    last = await anna.last()
    assert "user1" in last["text"]
    assert {"spoiler", "code"} <= {one["type"] for one in last["entities"]}


async def test_a_reminder_renews_with_one_tap_and_is_silent_after(
    house: House, anna: Chat
) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, "EUR"))
    house.clock.move(days=27)
    await house.storage.run(remind, now=house.clock.now(), most=9)
    await house.deliver()
    await anna.wait_for("Your time with Solo ends in 3 days, on December 2, 2026.")
    await anna.press("Renew: 1 month · €7.99")
    page = await anna.wait_for("Your time grows from December 2, 2026 to January 2, 2027.")
    assert "pay with Card (sandbox)" in page["text"]  # as the last time
    await anna.press("← Pay another way")
    await anna.wait_for("How would you like to pay?")
    await anna.press("Card (sandbox) · €7.99")
    await anna.wait_for("The price is kept")
    house.clock.move(days=2)
    await house.storage.run(remind, now=house.clock.now(), most=9)  # queued, not yet sent …
    await house.arrive(Money(799, "EUR"), receipt="r2")  # … when the money comes
    said = await texts(anna)
    # Lanes keep the order: the reminder went first and was true then, or is not there at all.
    assert sum("ends tomorrow" in one for one in said) <= 1
    assert "Payment received" in said[-1] or "Payment received" in said[-2]


async def test_who_turns_back_from_stars_finds_every_other_way(house: House, anna: Chat) -> None:
    del house
    await anna.send("/start plan_solo")
    await anna.wait_for("Solo")
    await anna.press("1 month · €7.99")
    await anna.wait_for("How would you like to pay?")
    await anna.press("Telegram Stars · ⭐\N{NO-BREAK SPACE}450")
    await anna.wait_for("The price is kept")
    await anna.press("← Pay another way")
    ways = await anna.wait_for("Price: €7.99")
    labels = [key["text"] for row in ways["reply_markup"]["inline_keyboard"] for key in row]
    assert labels[:2] == ["Card (sandbox) · €7.99", "Crypto (sandbox) · €7.99"]


async def test_the_way_used_last_is_not_taken_when_there_is_something_to_choose(
    house: House, anna: Chat
) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, "EUR"))
    await house.arrive(Money(799, "EUR"), receipt="r2")  # twice: it lies in the wallet now
    await anna.send("/account")
    await anna.wait_for("Your account")
    await anna.press("Renew")
    await anna.wait_for("How would you like to pay?")
    await anna.press("Wallet · €7.99")


async def test_access_that_ended_is_not_sent_again(house: House, anna: Chat) -> None:
    await at_the_pay_screen(anna)
    await house.arrive(Money(799, "EUR"))
    count = len(await anna.messages())
    house.clock.moment += timedelta(days=60)
    pressed = await anna.press("setup:1:0")
    assert pressed.toast == "This access has ended, so there is nothing to set up."
    assert len(await anna.messages()) == count
