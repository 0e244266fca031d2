"""Sets what Telegram shows around the chat: the menu of commands and the descriptions."""

from collections.abc import Awaitable

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

import locales
from handlers.counter import Counter
from handlers.wording import Html, Speech, speak
from shop.catalog.offers import shopfront
from shop.catalog.products import Shopfront
from shop.customers.people import known

_LOG = structlog.get_logger()
_DESCRIPTION, _SHORT_DESCRIPTION = 512, 120


async def set_profile(bot: Bot, counter: Counter) -> None:
    """Set it in every language; what Telegram refuses is logged, and the shop opens anyway."""
    front = await counter.storage.read(shopfront)
    for language in locales.languages():
        # English stands for every language the shop does not speak: Telegram wants no code then.
        # With defaults, the library would send "" as "[]", which Telegram refuses.
        code = None if language == locales.ENGLISH else language
        _ = speak(language)
        await _try(bot.set_my_commands(commands(_), language_code=code))
        await _try(bot.set_my_description(_description(_, front), language_code=code))
        await _try(
            bot.set_my_short_description(
                _short(_, front, counter.policy.shop_name), language_code=code
            )
        )
    for staff_id in counter.policy.staff_ids:
        person = await counter.storage.read(known, staff_id)
        _ = speak(person.language if person else locales.ENGLISH)
        scope = BotCommandScopeChat(staff_id)
        await _try(bot.set_my_commands([*staff_commands(_), *commands(_)], scope=scope))


async def _try(call: Awaitable[bool]) -> None:
    try:
        await call
    except TelegramError as error:
        _LOG.warning("A part of the profile was not set: %s", error.message)


def commands(_: Speech) -> list[BotCommand]:
    """The commands in everyone's menu."""
    found = {
        "plans": _("Plans and prices"),
        "account": _("My access, renewal, reminders"),
        "wallet": _("Money kept for me"),
        "support": _("Write to us"),
        "paysupport": _("Something about a payment"),
        "language": _("Language"),
        "help": _("Help"),
        "terms": _("Terms"),
        "privacy": _("Privacy"),
    }
    return _commands(found)


def staff_commands(_: Speech) -> list[BotCommand]:
    """Further commands in the menu of staff."""
    found = {"admin": _("The shop today"), "find": _("Find a customer")}
    return _commands(found)


def _commands(found: dict[str, Html]) -> list[BotCommand]:
    return [BotCommand(name, text.plain) for name, text in found.items()]


def _description(_: Speech, front: Shopfront) -> str:
    usual = _("Pick a plan, pay the way you like, and your access arrives right here in the chat.")
    return (_.own(front.greeting) or usual).plain[:_DESCRIPTION]


def _short(_: Speech, front: Shopfront, shop_name: str) -> str:
    return (shop_name or _.own(front.name).plain)[:_SHORT_DESCRIPTION]
