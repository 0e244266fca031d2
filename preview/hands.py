"""What a person can do in a chat: write, send files, press buttons, block the bot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from preview.errors import BadRequestError, refuse
from preview.formatting import find_entities
from preview.keyboards import inline_rows

if TYPE_CHECKING:
    from preview.chats import Chat, Kept
    from preview.files import StoredFile
    from preview.telegram import Telegram

__all__ = ["Pressed", "block", "press", "send_contact", "send_file", "send_text", "unblock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The result of pressing a button; `answered` is False when the bot stayed silent."""

    answered: bool = True
    toast: str | None = None
    alert: bool = False
    url: str | None = None
    copied: str | None = None
    pay: bool = False
    sent: str | None = None
    message_id: int = 0

    def shown(self) -> dict[str, Any]:
        """Give this as JSON."""
        return asdict(self)


def send_text(
    telegram: Telegram, chat: Chat, text: str, *, reply_to: int = 0
) -> tuple[dict[str, Any], int]:
    """Write to the bot; returns the message and the update's id."""
    text = text.strip()
    if not text:
        refuse("message text is empty")
    body: dict[str, Any] = {"text": text}
    entities = find_entities(text)
    if entities:
        body["entities"] = entities
    return _say(telegram, chat, body, reply_to=reply_to)


def send_file(
    telegram: Telegram,
    chat: Chat,
    file: StoredFile,
    *,
    photo: bool,
    caption: str = "",
    reply_to: int = 0,
) -> tuple[dict[str, Any], int]:
    """Send a picture or a document to the bot."""
    body: dict[str, Any] = (
        {"photo": file.as_photo()} if photo else {"document": file.as_document()}
    )
    if caption.strip():
        body["caption"] = caption.strip()
        entities = find_entities(caption.strip())
        body |= {"caption_entities": entities} if entities else {}
    return _say(telegram, chat, body, reply_to=reply_to)


def send_contact(telegram: Telegram, chat: Chat, phone: str) -> tuple[dict[str, Any], int]:
    """Share the person's own number, as a request_contact button does."""
    person = chat.person
    contact = {"phone_number": phone, "first_name": person.config.name, "user_id": person.id}
    return _say(telegram, chat, {"contact": contact}, reply_to=0)


async def press(
    telegram: Telegram, chat: Chat, *, button: str, message_id: int, wait: float
) -> Pressed:
    """Press a button by its label or callback data, and wait for the bot's answer."""
    kept, found = _find_button(chat, button=button, message_id=message_id)
    if kept is None:
        send_text(telegram, chat, found["text"])
        return Pressed(sent=found["text"])
    number = int(kept.data["message_id"])
    if "callback_data" in found:
        return await _ask(telegram, chat, kept, data=found["callback_data"], wait=wait)
    if "copy_text" in found:
        return Pressed(copied=found["copy_text"]["text"], message_id=number)
    for name in ("web_app", "login_url"):
        if name in found:
            return Pressed(url=found[name]["url"], message_id=number)
    return Pressed(url=found.get("url"), pay=bool(found.get("pay")), message_id=number)


def block(telegram: Telegram, chat: Chat) -> None:
    """Block the bot; it is told once."""
    if not chat.person.blocked:
        chat.person.blocked = True
        _membership(telegram, chat, old="member", new="kicked")


def unblock(telegram: Telegram, chat: Chat) -> None:
    """Unblock the bot."""
    if chat.person.blocked:
        chat.person.blocked = False
        _membership(telegram, chat, old="kicked", new="member")


def _say(
    telegram: Telegram, chat: Chat, body: dict[str, Any], *, reply_to: int
) -> tuple[dict[str, Any], int]:
    unblock(telegram, chat)  # writing to a bot unblocks it
    chat.person.started = True
    quoted = chat.quoted(reply_to)
    return telegram.say(chat, body | ({"reply_to_message": quoted} if quoted else {}))


async def _ask(telegram: Telegram, chat: Chat, kept: Kept, *, data: str, wait: float) -> Pressed:
    question_id = telegram.new_id()
    lifetime = telegram.config.query_seconds
    question = telegram.questions.ask(question_id, seconds=lifetime)
    query = {
        "id": question_id,
        "from": chat.person.user(),
        "message": kept.data,
        "chat_instance": str(7_000_000_000_000 + chat.person.id),
        "data": data,
    }
    queue = f"press:{chat.person.id}"
    telegram.updates.add("callback_query", query, queue=queue, seconds=lifetime)
    number = int(kept.data["message_id"])
    answer = await question.wait(wait)
    if answer is None:
        return Pressed(answered=False, message_id=number)
    toast, url = answer.get("text") or None, answer.get("url") or None
    return Pressed(toast=toast, alert=answer["show_alert"], url=url, message_id=number)


def _find_button(
    chat: Chat, *, button: str, message_id: int
) -> tuple[Kept | None, dict[str, Any]]:
    """Find a button, the newest message first; (None, …) is one of the keyboard below."""
    if message_id:
        alive = chat.alive(message_id)
        messages = [alive] if alive else []
    else:
        messages = [kept for kept in reversed(chat.messages.values()) if not kept.deleted]
    candidates = [
        (kept, one) for kept in messages for row in inline_rows(kept.data) for one in row
    ]
    if not message_id and chat.keyboard:
        rows = chat.keyboard.get("keyboard", [])
        candidates += [(None, one) for row in rows for one in row]  # type: ignore[misc]
    for fits in _FITS:
        for kept, one in candidates:
            if fits(one, button):
                return kept, one
    labels = ", ".join(repr(one["text"]) for _, one in candidates[:12])
    msg = f"no button {button!r} here; there is {labels or 'none at all'}"
    raise BadRequestError(msg)


_FITS = (
    lambda one, wanted: one.get("callback_data") == wanted,
    lambda one, wanted: one["text"] == wanted,
    lambda one, wanted: wanted in one["text"],
    lambda one, wanted: wanted in one.get("callback_data", ""),
)


def _membership(telegram: Telegram, chat: Chat, *, old: str, new: str) -> None:
    def member(status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": telegram.bot(), "status": status, **until}

    body = {
        "chat": chat.person.chat(),
        "from": chat.person.user(),
        "date": telegram.clock.unix(),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
    telegram.updates.add("my_chat_member", body, queue=f"chat:{chat.person.id}")
    telegram.feed.tell("person", person=chat.person.id)
