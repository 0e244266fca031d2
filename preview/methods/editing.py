"""Methods that change or delete existing messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preview.errors import refuse
from preview.keyboards import read_markup
from preview.methods.content import check_pay_buttons, read_caption, read_text
from preview.methods.media import read_media
from preview.parameters import Parameters

if TYPE_CHECKING:
    from preview.chats import Chat, Kept
    from preview.methods.content import Content
    from preview.telegram import Telegram

__all__ = ["METHODS"]

DELETE_SECONDS = 48 * 3600
DELETE_MOST = 100
_TEXT = ("text", "entities")
_CAPTION = ("caption", "caption_entities")
_MEDIA = (*_CAPTION, "photo", "document", "has_media_spoiler")
_SERVICE = {"successful_payment", "refunded_payment", "pinned_message"}


async def edit_message_text(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Change a text; leaving reply_markup out takes the keyboard away."""
    chat, kept = _editable(telegram, call)
    content = read_text(telegram, call)
    if "text" not in kept.data:
        refuse("there is no text in the message to edit")
    return _change(telegram, call, chat=chat, kept=kept, replaced=_TEXT, content=content)


async def edit_message_caption(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Change the caption of a picture or document."""
    chat, kept = _editable(telegram, call)
    content = read_caption(telegram, call)
    if "photo" not in kept.data and "document" not in kept.data:
        refuse("there is no caption in the message to edit")
    return _change(telegram, call, chat=chat, kept=kept, replaced=_CAPTION, content=content)


async def edit_message_reply_markup(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Change only the buttons."""
    chat, kept = _editable(telegram, call)
    return _change(telegram, call, chat=chat, kept=kept, replaced=(), content={})


async def edit_message_media(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Replace a message's content by another picture or document."""
    chat, kept = _editable(telegram, call)
    media = call.structure("media")
    if not isinstance(media, dict):
        refuse("can't parse input media JSON object")
    single = Parameters(media, call.files)
    content = await read_media(telegram, single, kind=single.text("type"), name="media")
    if media.get("has_spoiler"):
        content |= {"has_media_spoiler": True}
    replaced = (*_TEXT, *_MEDIA)
    return _change(telegram, call, chat=chat, kept=kept, replaced=replaced, content=content)


async def delete_message(telegram: Telegram, call: Parameters) -> bool:
    """Delete one message that is younger than 48 hours."""
    chat = telegram.chat(call)
    kept = chat.alive(call.integer("message_id"))
    if kept is None:
        refuse("message to delete not found")
    if telegram.clock.unix() - kept.data["date"] > DELETE_SECONDS:
        refuse("message can't be deleted for everyone")
    _delete(telegram, chat, kept)
    return True


async def delete_messages(telegram: Telegram, call: Parameters) -> bool:
    """Delete up to 100 messages, skipping those that cannot be deleted."""
    chat = telegram.chat(call)
    numbers = call.structure("message_ids")
    if not isinstance(numbers, list):
        refuse("message identifiers are not specified")
    if len(numbers) > DELETE_MOST:
        refuse("too many message identifiers specified")
    for number in numbers:
        kept = chat.alive(int(number))
        if kept is not None and telegram.clock.unix() - kept.data["date"] <= DELETE_SECONDS:
            _delete(telegram, chat, kept)
    return True


async def pin_chat_message(telegram: Telegram, call: Parameters) -> bool:
    """Pin a message and say so in the chat."""
    chat = telegram.writable(call)
    number = call.integer("message_id")
    quoted = chat.quoted(number)
    if quoted is None:
        refuse("message to pin not found")
    if number not in chat.pinned:
        chat.pinned.append(number)
        telegram.post(chat, {"pinned_message": quoted}, author=telegram.bot())
    return True


async def unpin_chat_message(telegram: Telegram, call: Parameters) -> bool:
    """Unpin one message, the newest when none is named."""
    chat = telegram.chat(call)
    number = call.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number in chat.pinned:
        chat.pinned.remove(number)
        telegram.feed.tell("person", person=chat.person.id)
    return True


async def unpin_all_chat_messages(telegram: Telegram, call: Parameters) -> bool:
    """Unpin everything."""
    chat = telegram.chat(call)
    chat.pinned.clear()
    telegram.feed.tell("person", person=chat.person.id)
    return True


async def set_message_reaction(telegram: Telegram, call: Parameters) -> bool:
    """Put the bot's reaction on a message."""
    chat = telegram.chat(call)
    kept = chat.alive(call.integer("message_id"))
    if kept is None:
        refuse("message to react not found")
    kept.reactions = list(call.structure("reaction") or [])
    telegram.changed(chat, kept)
    return True


def _editable(telegram: Telegram, call: Parameters) -> tuple[Chat, Kept]:
    if call.has("inline_message_id") and not call.has("chat_id"):
        refuse("MESSAGE_ID_INVALID")
    chat = telegram.writable(call)
    if not call.integer("message_id"):
        refuse("message identifier is not specified")
    kept = chat.alive(call.integer("message_id"))
    if kept is None:
        refuse("message to edit not found")
    own = kept.data["from"]["id"] == telegram.config.bot_id
    if not own or _SERVICE & kept.data.keys():
        refuse("message can't be edited")
    return chat, kept


def _change(
    telegram: Telegram,
    call: Parameters,
    *,
    chat: Chat,
    kept: Kept,
    replaced: tuple[str, ...],
    content: Content,
) -> dict[str, Any]:
    markup = read_markup(call)
    gone = {*replaced, "reply_markup"}
    data = {name: value for name, value in kept.data.items() if name not in gone} | content
    if markup and markup.get("inline_keyboard"):
        data["reply_markup"] = markup
    if "invoice" in data or markup:
        check_pay_buttons(data)
    if data == kept.data:
        refuse(
            "message is not modified: specified new message content and reply markup"
            " are exactly the same as a current content and reply markup of the message"
        )
    same_words = all(data.get(name) == kept.data.get(name) for name in (*_TEXT, *_MEDIA))
    if not same_words:
        kept.edits += 1
        data["edit_date"] = telegram.clock.unix()
    kept.data = data
    telegram.changed(chat, kept)
    return data


def _delete(telegram: Telegram, chat: Chat, kept: Kept) -> None:
    kept.deleted = True
    if kept.data["message_id"] in chat.pinned:
        chat.pinned.remove(kept.data["message_id"])
    telegram.changed(chat, kept)


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageMedia": edit_message_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "setMessageReaction": set_message_reaction,
}
