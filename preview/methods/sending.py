"""Methods that send texts and forward or copy messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preview.errors import refuse
from preview.methods.content import deliver, read_caption, read_text
from preview.parameters import Parameters

if TYPE_CHECKING:
    from preview.telegram import Telegram

__all__ = ["METHODS"]

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


async def send_message(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Send a text."""
    chat = telegram.writable(call)
    return deliver(telegram, call, chat=chat, body=read_text(telegram, call))


async def send_chat_action(telegram: Telegram, call: Parameters) -> bool:
    """Show "typing…" for five seconds or until the next message."""
    chat = telegram.writable(call)
    action = call.text("action")
    if action not in ACTIONS:
        refuse("wrong parameter action in request")
    telegram.feed.tell("typing", person=chat.person.id, action=action)
    return True


async def forward_message(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Forward a message, naming its origin."""
    data = _source(telegram, call, verb="forward")
    origin = {"type": "user", "sender_user": data["from"], "date": data["date"]}
    body = _body(data) | {"forward_origin": origin}
    return deliver(telegram, call, chat=telegram.writable(call), body=body)


async def copy_message(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Send a copy of a message; the result is only its id."""
    data = _source(telegram, call, verb="copy")
    body = _body(data)
    if call.has("caption"):
        body = {name: value for name, value in body.items() if not name.startswith("caption")}
        body |= read_caption(telegram, call)
    message = deliver(telegram, call, chat=telegram.writable(call), body=body)
    return {"message_id": message["message_id"]}


def _source(telegram: Telegram, call: Parameters, *, verb: str) -> dict[str, Any]:
    chat = telegram.chat(Parameters({"chat_id": call.text("from_chat_id")}))
    kept = chat.alive(call.integer("message_id"))
    if kept is None:
        refuse(f"message to {verb} not found")
    if kept.data.get("has_protected_content") or "invoice" in kept.data:
        refuse(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return kept.data


def _body(data: dict[str, Any]) -> dict[str, Any]:
    kept = ("text", "entities", "caption", "caption_entities", "photo", "document", "contact")
    return {name: data[name] for name in kept if name in data}


METHODS = {
    "sendMessage": send_message,
    "sendChatAction": send_chat_action,
    "forwardMessage": forward_message,
    "copyMessage": copy_message,
}
