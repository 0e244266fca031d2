"""A real python-telegram-bot application lives on the stand-in, and survives being killed."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot as AiogramBot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from tests.preview.conftest import PNG, TOKEN, World
from tests.preview.test_shapes import STARS

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    keyboard = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("Plans", callback_data="plans")],
            [InlineKeyboardButton("Copy", copy_text=CopyTextButton("k3"))],
        ]
    )
    assert update.message is not None
    said = " ".join(context.args or ["nobody"])
    await update.message.reply_html(f"<b>Hello</b> {said}", reply_markup=keyboard)


async def plans(update: Update, context: Context) -> None:
    del context
    query = update.callback_query
    assert query is not None
    await query.answer("Today's plans")
    await query.edit_message_text("Basic or Family")


async def agree(update: Update, context: Context) -> None:
    del context
    assert update.pre_checkout_query is not None
    await update.pre_checkout_query.answer(ok=True)


async def thank(update: Update, context: Context) -> None:
    del context
    assert update.message is not None
    await update.message.reply_document(io.BytesIO(b"receipt"), filename="receipt.txt")


@asynccontextmanager
async def shop(world: World) -> AsyncIterator[App]:
    app = (
        ApplicationBuilder()
        .token(TOKEN)
        .base_url(f"{world.address}/bot")
        .base_file_url(f"{world.address}/file/bot")
        .build()
    )
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(plans))
    app.add_handler(PreCheckoutQueryHandler(agree))
    app.add_handler(MessageHandler(filters.SUCCESSFUL_PAYMENT, thank))
    assert app.updater is not None
    async with app:
        await app.updater.start_polling(poll_interval=0, timeout=5, bootstrap_retries=0)
        await app.start()
        try:
            yield app
        finally:
            await app.updater.stop()
            await app.stop()


async def test_a_whole_visit_works(world: World) -> None:
    anna = world.preview.chat(1001)
    async with shop(world) as app:
        await anna.send("/start plan_family")
        hello = await anna.wait_for("Hello plan_family")
        assert anna.buttons(hello) == ["Plans", "Copy"]
        pressed = await anna.press("Plans")
        assert pressed.toast == "Today's plans"
        assert (await anna.wait_for("Basic or Family"))["message_id"] == hello["message_id"]
        await app.bot.send_invoice(1001, **STARS)
        assert (await anna.pay()).paid
        receipt = await anna.wait_for("receipt.txt")
        file = await app.bot.get_file(receipt["document"]["file_id"])
        assert bytes(await file.download_as_bytearray()) == b"receipt"
        await app.bot.send_photo(1001, PNG, caption="<i>done</i>", parse_mode="HTML")
        await anna.block()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await app.bot.send_message(1001, "hi")
        with pytest.raises(BadRequest, match="Chat not found"):
            await app.bot.send_message(5, "hi")


async def test_what_was_said_while_the_bot_was_dead_is_answered_later(world: World) -> None:
    anna = world.preview.chat(1001)
    async with shop(world):
        await anna.send("/start one")
        await anna.wait_for("Hello one")
    await anna.send("/start two")
    await asyncio.sleep(0.05)
    async with shop(world):
        await anna.wait_for("Hello two")
    hellos = [one for one in await anna.messages() if one["text"].startswith("Hello")]
    assert len(hellos) == 2


async def test_aiogram_speaks_to_it_as_well(world: World) -> None:
    await world.preview.chat(1001).send("/start")
    server = TelegramAPIServer.from_base(world.address)
    async with AiogramBot("1000:DEMO", AiohttpSession(api=server)) as bot:
        assert (await bot.me()).username == "demo_shop_bot"
        sent = await bot.send_document(1001, BufferedInputFile(b"x", "x.txt"), caption="c")
        assert sent.document is not None
        assert await bot.edit_message_caption(
            chat_id=1001, message_id=sent.message_id, caption="d"
        )
        assert (await bot.get_updates())[0].message is not None
