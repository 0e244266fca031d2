"""Reads what all messages have in common: text, keyboard, and the message replied to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preview import utf16
from preview.errors import refuse
from preview.formatting import read_formatted
from preview.keyboards import inline_rows, read_markup

if TYPE_CHECKING:
    from preview.chats import Chat
    from preview.parameters import Parameters
    from preview.telegram import Telegram

__all__ = ["Content", "check_pay_buttons", "deliver", "read_caption", "read_text"]

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
Content = dict[str, Any]


def read_text(telegram: Telegram, call: Parameters) -> Content:
    """Read a message's text and entities."""
    text, entities = read_formatted(
        call, name="text", entities_name="entities", user=telegram.user
    )
    if not text:
        refuse("message text is empty")
    if utf16.length(text) > TEXT_UNITS:
        refuse("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def read_caption(telegram: Telegram, call: Parameters) -> Content:
    """Read a caption; a message without one has no such fields."""
    text, entities = read_formatted(
        call, name="caption", entities_name="caption_entities", user=telegram.user
    )
    if utf16.length(text) > CAPTION_UNITS:
        refuse("message caption is too long")
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def deliver(telegram: Telegram, call: Parameters, *, chat: Chat, body: Content) -> dict[str, Any]:
    """Send a message of the bot into a chat."""
    markup = read_markup(call)
    reply = _reply_to(call, chat)
    if reply:
        body = {"reply_to_message": reply.quoted, **body} if reply.quoted else body
    if call.flag("protect_content"):
        body = body | {"has_protected_content": True}
    inline = markup is not None and "inline_keyboard" in markup
    if inline and markup and markup["inline_keyboard"]:
        body = body | {"reply_markup": markup}
    check_pay_buttons(body)
    keyboard = None if inline else markup
    return telegram.post(chat, body, author=telegram.bot(), keyboard=keyboard)


def check_pay_buttons(body: Content) -> None:
    """Refuse a Pay button anywhere but first under an invoice."""
    buttons = [button for row in inline_rows(body) for button in row]
    if "invoice" in body:
        if not buttons or not buttons[0].get("pay"):
            refuse("REPLY_MARKUP_BUY_EMPTY")
        buttons = buttons[1:]
    if any(button.get("pay") for button in buttons):
        refuse("BUTTON_TYPE_INVALID")


@dataclass(frozen=True, slots=True)
class _Reply:
    quoted: dict[str, Any] | None


def _reply_to(call: Parameters, chat: Chat) -> _Reply | None:
    parameters = call.structure("reply_parameters")
    if parameters is not None and not isinstance(parameters, dict):
        refuse("object expected as reply parameters")
    wanted = parameters or {
        "message_id": call.integer("reply_to_message_id"),
        "allow_sending_without_reply": call.flag("allow_sending_without_reply"),
    }
    if not wanted.get("message_id"):
        return None
    quoted = chat.quoted(int(wanted["message_id"]))
    if quoted is None and not wanted.get("allow_sending_without_reply"):
        refuse("message to be replied not found")
    return _Reply(quoted)
