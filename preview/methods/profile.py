"""Methods about the bot itself and the people it talks to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from preview.errors import refuse
from preview.profile import scope_key

if TYPE_CHECKING:
    from preview.parameters import Parameters
    from preview.telegram import Telegram

__all__ = ["METHODS"]

COMMANDS = 100
COMMAND_WORDS = 256
NAME, DESCRIPTION, SHORT = 64, 512, 120


async def get_me(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Introduce the bot."""
    del call
    abilities = (
        "can_read_all_group_messages",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
    )
    cannot = dict.fromkeys(abilities, False)
    return {**telegram.bot(), "can_join_groups": True, **cannot}


async def log_out(telegram: Telegram, call: Parameters) -> bool:
    """Succeed; there is no cloud server to leave."""
    del telegram, call
    return True


async def get_chat(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Describe the person a private chat is with."""
    chat = telegram.chat(call)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    body = chat.person.chat() | {
        "accent_color_id": chat.person.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }
    pinned = chat.quoted(chat.pinned[-1]) if chat.pinned else None
    return body | ({"pinned_message": pinned} if pinned else {})


async def set_my_commands(telegram: Telegram, call: Parameters) -> bool:
    """Set the command menu for a scope and language."""
    commands = call.structure("commands")
    if not isinstance(commands, list):
        refuse("expected an Array of BotCommand")
    if len(commands) > COMMANDS:
        refuse("BOT_COMMANDS_TOO_MUCH")
    clean = []
    for one in commands:
        name = str(one.get("command", "")).removeprefix("/")
        words = str(one.get("description", ""))
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            refuse("BOT_COMMAND_INVALID")
        if not 1 <= len(words) <= COMMAND_WORDS:
            refuse("BOT_COMMAND_DESCRIPTION_INVALID")
        clean.append({"command": name, "description": words})
    telegram.profile.commands[_scope(call)] = clean
    telegram.feed.tell("profile")
    return True


async def get_my_commands(telegram: Telegram, call: Parameters) -> list[dict[str, Any]]:
    """Give the commands of exactly this scope and language."""
    return telegram.profile.commands.get(_scope(call), [])


async def delete_my_commands(telegram: Telegram, call: Parameters) -> bool:
    """Delete the commands of this scope and language."""
    telegram.profile.commands.pop(_scope(call), None)
    telegram.feed.tell("profile")
    return True


async def set_my_name(telegram: Telegram, call: Parameters) -> bool:
    """Name the bot, in a language or for everyone."""
    words = _limited(call, "name", most=NAME)
    language = _language(call)
    telegram.profile.names[language] = words
    if not language:
        telegram.profile.name = words or telegram.config.bot_name
    telegram.feed.tell("profile")
    return True


async def get_my_name(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Give the name in this language."""
    names = telegram.profile.names
    return {"name": names.get(_language(call)) or telegram.profile.name}


async def set_my_description(telegram: Telegram, call: Parameters) -> bool:
    """Set the text shown in an empty chat."""
    words = _limited(call, "description", most=DESCRIPTION)
    telegram.profile.descriptions[_language(call)] = words
    telegram.feed.tell("profile")
    return True


async def get_my_description(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Give the description in this language."""
    return {"description": telegram.profile.descriptions.get(_language(call), "")}


async def set_my_short_description(telegram: Telegram, call: Parameters) -> bool:
    """Set the line shown in the bot's profile."""
    words = _limited(call, "short_description", most=SHORT)
    telegram.profile.short_descriptions[_language(call)] = words
    telegram.feed.tell("profile")
    return True


async def get_my_short_description(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Give the short description in this language."""
    texts = telegram.profile.short_descriptions
    return {"short_description": texts.get(_language(call), "")}


async def set_chat_menu_button(telegram: Telegram, call: Parameters) -> bool:
    """Choose what the button beside the composer does, for one chat or all."""
    button = call.structure("menu_button") or {"type": "default"}
    if button.get("type") not in {"commands", "default", "web_app"}:
        refuse("MenuButton has unsupported type")
    if call.has("chat_id"):
        telegram.chat(call).menu_button = button
    else:
        telegram.profile.menu_button = button
    telegram.feed.tell("profile")
    return True


async def get_chat_menu_button(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Give what the button does."""
    if call.has("chat_id"):
        return telegram.chat(call).menu_button or {"type": "default"}
    return telegram.profile.menu_button


def _scope(call: Parameters) -> tuple[str, str]:
    scope = call.structure("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        refuse("can't parse BotCommandScope JSON object")
    return scope_key(scope), _language(call)


def _language(call: Parameters) -> str:
    """Read a language code: two lower-case letters, or "" for all other languages."""
    code = call.text("language_code")
    if not re.fullmatch(r"([a-z]{2})?", code):
        refuse("invalid language code specified")
    return code


def _limited(call: Parameters, name: str, *, most: int) -> str:
    words = call.text(name)
    if len(words) > most:
        refuse(f"{name.replace('_', ' ')} is too long")
    return words


METHODS = {
    "getMe": get_me,
    "logOut": log_out,
    "close": log_out,
    "getChat": get_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": set_my_name,
    "getMyName": get_my_name,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
