"""Reads raw updates, which may hold anything until they are in the books."""

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from shop.core.errors import BadInputError
from shop.intake.chat_updates import NewUpdate
from shop.ports import PaymentEvent

Raw = Mapping[str, Any]
_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "callback_query",
        "pre_checkout_query",
        "my_chat_member",
        "subscription",
    }
)
_WAYS_TO_CHAT = (
    ("message", "chat", "id"),
    ("my_chat_member", "chat", "id"),
    ("edited_message", "chat", "id"),
    ("callback_query", "from", "id"),
    ("subscription", "user", "id"),
)
_LARGEST_CHAT = 2**52  # the Bot API: ids have "at most 52 significant bits"
log = structlog.get_logger()


class MoneyReader(Protocol):
    """Finds a payment in an update: in Stars, or by card inside Telegram."""

    def __call__(self, update: Mapping[str, Any]) -> tuple[str, PaymentEvent] | None:
        """Return the provider's name and the event, or None when there is no payment."""
        ...


def read_update(raw: Raw, *, read_money: MoneyReader, is_believed: bool = False) -> NewUpdate:
    """Read an update for the books; an unreadable payment becomes its `trouble`."""
    provider, money, trouble = "", None, ""
    try:
        provider, money = read_money(raw) or ("", None)
    except BadInputError as error:
        log.exception("payment_unreadable", update=raw["update_id"], error=error.sentence)
        trouble = f"its payment cannot be read: {error.sentence}"
    return NewUpdate(
        update_id=raw["update_id"],
        kind=kind_of(raw),
        raw=raw,
        chat_id=chat_of(raw) or None,
        money=money,
        provider=provider,
        trouble=trouble,
        is_believed=is_believed,
    )


def chat_of(raw: Raw) -> int:
    """The chat an update belongs to; 0 when there is none or it is malformed."""
    for way in _WAYS_TO_CHAT:
        found = inside(raw, *way)
        if type(found) is int and abs(found) < _LARGEST_CHAT:
            return found
    return 0


def kind_of(raw: Raw) -> str:
    """The update's kind; "other" for kinds we did not ask for."""
    return next((key for key in raw if key in _KINDS), "other")


def is_goodbye(raw: Raw) -> bool:
    """Whether the person blocked or deleted the bot."""
    return inside(raw, "my_chat_member", "new_chat_member", "status") in ("kicked", "left")


def inside(thing: object, *way: str) -> object:
    """The value at this path, or None."""
    for key in way:
        if not isinstance(thing, Mapping):
            return None
        thing = thing.get(key)
    return thing
