"""Paying: the bot is asked first, Stars move once, subscriptions renew themselves."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import types
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preview.client import Chat, Payment, PreviewError
from preview.config import PreviewConfig
from tests.preview.conftest import PEOPLE, BotClient, Json, World, serving, standing_in
from tests.preview.shapes import fits
from tests.preview.test_shapes import STARS

MONTH = 2_592_000
CARD = STARS | {"currency": "EUR", "provider_token": "9:TEST"}


async def pay(
    bot: BotClient, person: Chat, *, refuse: str = "", **where: Json
) -> tuple[Payment, dict[str, Any]]:
    """Pay while the bot agrees or refuses; gives the outcome and the bot's question."""
    paying = asyncio.create_task(person.pay(**where))
    question = await bot.update("pre_checkout_query")
    answer = {"ok": False, "error_message": refuse} if refuse else {"ok": True}
    await bot.call("answerPreCheckoutQuery", pre_checkout_query_id=question["id"], **answer)
    return await paying, question


async def test_stars_are_paid_after_the_bot_agrees(bot: BotClient, anna: Chat) -> None:
    await bot.call("sendInvoice", chat_id=1001, **STARS)
    outcome, question = await pay(bot, anna)
    fits(types.PreCheckoutQuery, question)
    assert question["invoice_payload"] == "order-1"
    message = fits(types.Message, await bot.update("message"))
    assert message.successful_payment is not None
    assert message.successful_payment.total_amount == 499
    assert message.successful_payment.telegram_payment_charge_id == outcome.charge_id
    assert message.successful_payment.is_recurring is None
    assert await bot.call("getMyStarBalance") == {"amount": 499}
    again = await anna.pay()
    assert (again.paid, again.error) == (False, "This invoice was already paid.")


async def test_a_bot_that_refuses_says_why(bot: BotClient, anna: Chat) -> None:
    await bot.call("sendInvoice", chat_id=1001, **STARS)
    outcome, _ = await pay(bot, anna, refuse="Sold out, sorry.")
    assert (outcome.paid, outcome.error) == (False, "Sold out, sorry.")


async def test_a_silent_bot_is_not_paid_and_answers_too_late() -> None:
    config = PreviewConfig(people=PEOPLE, checkout_seconds=0.2)
    async with standing_in(config) as world:
        anna = world.preview.chat(1001)
        await anna.send("/start")
        await world.bot.call("sendInvoice", chat_id=1001, **STARS)
        outcome = await anna.pay()
        assert outcome.error == "The bot did not answer in time. You were not charged."
        question = await world.bot.update("pre_checkout_query")
        late = {"pre_checkout_query_id": question["id"], "ok": True}
        code, words = await world.bot.refused("answerPreCheckoutQuery", **late)
        assert (code, words.split(" and ")[0]) == (400, "Bad Request: query is too old")
        assert not any("successful_payment" in one for one in await anna.messages())


async def test_a_card_can_be_declined_and_then_pay(bot: BotClient, anna: Chat) -> None:
    await bot.call("sendInvoice", chat_id=1001, **CARD)
    declined = await anna.pay(decline=True)
    assert (declined.paid, declined.error) == (False, "Your card was declined.")
    outcome, _ = await pay(bot, anna)
    assert outcome.paid
    paid = (await bot.update("message"))["successful_payment"]
    assert paid["provider_payment_charge_id"].startswith("ch_")
    assert await bot.call("getMyStarBalance") == {"amount": 0}


async def test_stars_are_refunded_once(world: World, bot: BotClient, anna: Chat) -> None:
    await bot.call("sendInvoice", chat_id=1001, **STARS)
    outcome, _ = await pay(bot, anna)
    charge = {"user_id": 1001, "telegram_payment_charge_id": outcome.charge_id}
    assert await bot.call("refundStarPayment", **charge)
    again = await bot.refused("refundStarPayment", **charge)
    assert again == (400, "Bad Request: CHARGE_ALREADY_REFUNDED")
    await bot.update("message")
    message = fits(types.Message, await bot.update("message"))
    assert message.refunded_payment is not None
    book = fits(types.StarTransactions, await bot.call("getStarTransactions"))
    assert [(one.source is None, one.receiver is None) for one in book.transactions] == [
        (False, True),
        (True, False),
    ]
    assert (await world.preview.get("people"))[0]["stars"] == 25_000


async def subscribe(bot: BotClient, anna: Chat) -> tuple[str, str]:
    link = await bot.call("createInvoiceLink", **STARS, subscription_period=MONTH)
    outcome, _ = await pay(bot, anna, link=link)
    assert outcome.charge_id
    return link, outcome.charge_id


async def test_a_subscription_renews_itself_each_period(
    world: World, bot: BotClient, anna: Chat
) -> None:
    link, first_charge = await subscribe(bot, anna)
    first = (await bot.update("message"))["successful_payment"]
    assert (first["is_recurring"], first["is_first_recurring"]) == (True, True)
    assert (await anna.pay(link=link)).error == "You already have this subscription."
    await world.preview.skip(seconds=MONTH - 60)
    assert await bot.call("getUpdates") == []
    await world.preview.skip(seconds=120)
    second = (await bot.update("message"))["successful_payment"]
    await world.preview.skip(seconds=MONTH)
    third = (await bot.update("message"))["successful_payment"]
    assert "is_first_recurring" not in second
    assert second["subscription_expiration_date"] == (
        first["subscription_expiration_date"] + MONTH
    )
    charges = {first_charge, second["telegram_payment_charge_id"]}
    assert len(charges | {third["telegram_payment_charge_id"]}) == 3


async def test_a_long_leap_stops_at_each_renewal() -> None:
    told: list[float] = []
    now = datetime.now(UTC)

    async def move(request: Request) -> Response:
        told.append((await request.json())["seconds"])
        return JSONResponse({"now": (now + timedelta(seconds=sum(told))).isoformat()})

    async with serving(Starlette(routes=[Route("/clock", move, methods=["POST"])])) as clock:
        config = PreviewConfig(people=PEOPLE, clock_url=f"{clock}/clock")
        async with standing_in(config) as world:
            anna = world.preview.chat(1001)
            await anna.send("/start")
            await subscribe(world.bot, anna)
            await world.bot.call("getUpdates", offset=-1)
            await world.preview.skip(seconds=2 * MONTH + 3600)
            assert len(told) == 3
            assert abs(sum(told) - 2 * MONTH - 3600) < 5
            assert abs(told[1] - MONTH) < 5


async def test_a_cancelled_subscription_ends_and_the_bot_is_told(
    world: World, bot: BotClient, anna: Chat
) -> None:
    _, charge = await subscribe(bot, anna)
    await bot.update("message")
    await anna.change_subscription(charge, state="canceled")
    told = fits(types.BotSubscriptionUpdated, await bot.update("subscription"))
    assert (told.state, told.invoice_payload, told.user.id) == ("canceled", "order-1", 1001)
    await world.preview.skip(seconds=MONTH * 2)
    assert await bot.call("getUpdates") == []
    await anna.change_subscription(charge, state="failed")
    assert (await bot.update("subscription"))["state"] == "failed"


async def test_the_bot_can_end_a_subscription_too(
    world: World, bot: BotClient, anna: Chat
) -> None:
    _, charge = await subscribe(bot, anna)
    await bot.update("message")
    asked = {"user_id": 1001, "telegram_payment_charge_id": charge}
    assert await bot.call("editUserStarSubscription", **asked, is_canceled=True)
    await world.preview.skip(seconds=MONTH + 60)
    assert await bot.call("getUpdates") == []
    code, words = await bot.refused("editUserStarSubscription", **asked, is_canceled=False)
    assert (code, words) == (400, "Bad Request: SUBSCRIPTION_NOT_ACTIVE")


async def test_what_the_bot_stopped_only_the_person_lets_go_on(
    world: World, bot: BotClient, anna: Chat
) -> None:
    _, charge = await subscribe(bot, anna)
    await bot.update("message")
    asked = {"user_id": 1001, "telegram_payment_charge_id": charge}
    assert await bot.call("editUserStarSubscription", **asked, is_canceled=True)
    with pytest.raises(PreviewError, match="has not let it go on"):
        await anna.change_subscription(charge, state="active")
    assert await bot.call("editUserStarSubscription", **asked, is_canceled=False)
    await world.preview.skip(seconds=MONTH - 60)
    assert await bot.call("getUpdates") == []
    await anna.change_subscription(charge, state="active")
    assert (await bot.update("subscription"))["state"] == "active"
    await world.preview.skip(seconds=120)
    assert (await bot.update("message"))["successful_payment"]["is_recurring"]
