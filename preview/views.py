"""The stand-in's state as JSON for the page and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preview.chats import Chat, Person
    from preview.invoices import Invoice
    from preview.telegram import Telegram

__all__ = ["chat", "event", "invoice", "person", "state"]


def person(telegram: Telegram, chat: Chat) -> dict[str, Any]:
    """Give one person with what the list of chats shows."""
    one = chat.person
    subscriptions = [
        subscription.shown()
        for subscription in telegram.ledger.subscriptions
        if subscription.person_id == one.id
    ]
    return {
        "id": one.id,
        "name": one.config.name,
        "language": one.config.language,
        "role": one.config.role,
        "started": one.started,
        "blocked": one.blocked,
        "stars": one.stars,
        "subscriptions": subscriptions,
        "commands": telegram.profile.commands_for(one.id, language=one.config.language),
        "menu_button": chat.menu_button or telegram.profile.menu_button,
        "description": _spoken(telegram.profile.descriptions, one.config.language),
        "last": _last(chat),
    }


def chat(telegram: Telegram, chat: Chat) -> dict[str, Any]:
    """Give a whole chat, deleted messages included and marked."""
    return {
        "person": person(telegram, chat),
        "messages": [kept.shown() for kept in chat.messages.values()],
        "keyboard": chat.keyboard,
        "pinned": chat.pinned,
        "paid": _paid(telegram, chat),
        "seq": telegram.feed.seq,
    }


def invoice(found: Invoice, *, person: Person) -> dict[str, Any]:
    """Give an invoice for the payment sheet."""
    return {
        **found.shown(),
        "amount": found.amount_text(),
        "prices": [{"label": label, "amount": amount} for label, amount in found.prices],
        "period": found.period,
        "stars": person.stars,
    }


def state(telegram: Telegram) -> dict[str, Any]:
    """Give the bot, the people and the time."""
    profile = telegram.profile
    return {
        "bot": telegram.bot() | {"short_description": _spoken(profile.short_descriptions, "")},
        "people": [person(telegram, one) for one in telegram.chats.values()],
        "now": telegram.clock.now().isoformat(),
        "shop_clock": bool(telegram.config.clock_url),
        "balance": telegram.ledger.balance(),
        "seq": telegram.feed.seq,
    }


def event(telegram: Telegram, told: dict[str, Any]) -> dict[str, Any]:
    """Give an event with the current form of what it refers to."""
    chat = telegram.chats.get(told.get("person", 0))
    if chat is None:
        return told
    facts = {"keyboard": chat.keyboard, "pinned": chat.pinned, "paid": _paid(telegram, chat)}
    shown = told | {"view": person(telegram, chat), "chat": facts}
    kept = chat.messages.get(told.get("message_id", 0))
    return shown | ({"message": kept.shown()} if kept else {})


def _paid(telegram: Telegram, chat: Chat) -> list[int]:
    paid = telegram.ledger.paid_messages
    return sorted(message_id for person_id, message_id in paid if person_id == chat.person.id)


def _spoken(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or texts.get("", "")


def _last(chat: Chat) -> dict[str, Any] | None:
    for kept in reversed(chat.messages.values()):
        if not kept.deleted:
            return kept.shown()
    return None
