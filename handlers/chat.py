"""Registers every command and button of the chat with the library's Application."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from telegram import InlineKeyboardMarkup, Update
from telegram.constants import ChatType, ParseMode
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from handlers.apologies import apologise
from handlers.counter import Counter
from handlers.customer.checkout.bank_transfer import receive_file
from handlers.customer.home import home
from handlers.customer.routes import COMMANDS, SCREENS
from handlers.customer.storefront.plans import plan_screen
from handlers.doors import Route, Words
from handlers.profile import set_profile
from handlers.screens import KEEP, Args, OddButtonError, Screen, button, link
from handlers.staff import routes as staff
from handlers.staff.access.stock import receive
from handlers.visit import Visit, answer, is_answered, visit_of
from handlers.wording import speak
from shop.core.errors import BadInputError, NotFoundError

__all__ = ["apologise", "register", "set_profile"]

Callback = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]
_PLAN = "plan_"
_SOURCES = ("ref_", "promo_")


def register(application: Application[Any, Any, Any, Any, Any, Any], counter: Counter) -> None:
    """Add a handler for everything that people can send."""
    counter = replace(counter, screens={**SCREENS, **staff.SCREENS})
    in_private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    in_group = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
    add = application.add_handler
    add(CommandHandler("start", _start(counter), in_private))
    for name, route in COMMANDS.items():
        add(CommandHandler(name, _command(counter, route), in_private))
    for name, words in staff.COMMANDS.items():
        add(CommandHandler(name, _staff_command(counter, words), in_private))
    add(CallbackQueryHandler(_button(counter)))
    add(CommandHandler(["start", *COMMANDS], _group(counter), in_group))
    anything = in_private & ~filters.StatusUpdate.ALL & ~filters.SUCCESSFUL_PAYMENT
    add(MessageHandler(anything, _anything(counter)))


def _start(counter: Counter) -> Callback:
    """`/start`, alone or with the argument of a deep link."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        word = context.args[0] if context.args else ""
        source = word if word.startswith(_SOURCES) else ""
        visit = await visit_of(update, counter, context.bot, source=source)
        if word.startswith(_PLAN):
            await visit.show(await plan_screen(visit, word.removeprefix(_PLAN)))
        else:
            await visit.show(await home(visit, Args(())))

    return callback


def _command(counter: Counter, route: Route) -> Callback:
    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = await visit_of(update, counter, context.bot)
        if (screen := await route(visit, Args(()))) is not None:
            await visit.show(screen)

    return callback


def _staff_command(counter: Counter, route: Words) -> Callback:
    """A command for staff; to everyone else it does not exist."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = await visit_of(update, counter, context.bot)
        screen = await route(visit, context.args or []) if visit.is_staff else lost(visit)
        if screen is not None:
            await visit.show(screen)

    return callback


def _button(counter: Counter) -> Callback:
    """Handle any tap; its data may be old or forged."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the library routes only taps here
        if query.message is None or query.message.chat.type != ChatType.PRIVATE:
            await answer(query)
            return
        visit = await visit_of(update, counter, context.bot)
        name, *parts = (query.data or "").split(":")
        if name.startswith(KEEP):
            name, visit = name.removeprefix(KEEP), visit.below()
        screen = await _routed(visit, name, Args(tuple(parts)))
        if screen is not None:
            await visit.show(screen)
        elif not is_answered(query):
            await answer(query)

    return callback


async def _routed(visit: Visit, name: str, args: Args) -> Screen | None:
    screens = {**SCREENS, **staff.SCREENS} if visit.is_staff else SCREENS
    try:
        return await screens.get(name, _odd)(visit, args)
    except (OddButtonError, NotFoundError, BadInputError):
        _ = visit.speech
        words = _("That button belongs to something that is no longer here.")
        return (await home(visit, Args(()))).explaining(words)


async def _odd(_visit: Visit, _args: Args) -> Screen | None:
    raise OddButtonError


def _group(counter: Counter) -> Callback:
    """Point to the private chat: purchases do not belong in a group."""

    async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message, user = update.message, update.effective_user
        if message is None:
            return
        _ = speak((user and user.language_code) or "en")
        there = link(_("Open the chat"), f"https://t.me/{counter.bot_username}")
        await message.reply_text(
            _("I serve people one by one. Please open our own chat:"),
            parse_mode=ParseMode.HTML,
            reply_markup=InlineKeyboardMarkup.from_button(there),
        )

    return callback


def _anything(counter: Counter) -> Callback:
    """Everything else: files are proofs or stock, staff's words a search; the rest is answered."""

    async def callback(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit, message = await visit_of(update, counter, context.bot), update.message
        text = "" if message is None else message.text or ""
        if visit.is_staff and message is not None and message.document is not None:
            await receive(visit, message)
        elif message is not None and message.effective_attachment is not None:
            await visit.show(await receive_file(visit, message) or lost(visit))
        elif visit.is_staff and text and not text.startswith("/"):
            await visit.show(await _search(visit, text) or lost(visit))
        else:
            await visit.show(lost(visit))

    return callback


async def _search(visit: Visit, text: str) -> Screen | None:
    """What staff write without a command is a search, where there is one."""
    find = staff.COMMANDS.get("find")
    return None if find is None else await find(visit, text.split())


def lost(visit: Visit) -> Screen:
    """The answer to what we do not understand, with ways to go on."""
    _ = visit.speech
    text = _(
        "I only understand buttons and commands. For everything else there are people: /support"
    )
    rows = (
        (button(_("See the plans"), "plans"), button(_("My account"), "account")),
        (button(_("Write to us"), "support"), button(_("Help"), "help")),
    )
    return Screen(text=text, rows=rows)
