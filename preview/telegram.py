"""The stand-in's state, and the few operations that all its doors share."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from preview.chats import Chat, Kept, Person
from preview.clock import Clock
from preview.errors import ForbiddenError, refuse
from preview.faults import Faults
from preview.feed import Feed
from preview.files import Files
from preview.flood import Flood
from preview.ledger import Ledger
from preview.profile import Profile
from preview.questions import Questions
from preview.updates import Updates

if TYPE_CHECKING:
    from preview.config import PersonConfig, PreviewConfig
    from preview.parameters import Parameters
    from preview.webhook import Courier

__all__ = ["Call", "Telegram"]

CALLS_KEPT = 20_000


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of the bot, for the log."""

    method: str
    params: dict[str, Any]
    answer: dict[str, Any] = field(default_factory=dict)
    at: int = 0


class Telegram:
    """The state behind all doors, owned by one event loop; nothing here blocks."""

    def __init__(self, config: PreviewConfig) -> None:
        """Begin with the configured people, none of whom has pressed Start."""
        self.config = config
        self.clock = Clock()
        self.feed = Feed()
        self.files = Files()
        self.flood = Flood() if config.flood else None
        self.faults = Faults()
        self.ledger = Ledger()
        self.questions = Questions()
        self.profile = Profile(name=config.bot_name)
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.updates = Updates(self.clock)
        self.courier: Courier | None = None
        for person in config.people:
            self.add_person(person)

    def forget(self) -> None:
        """Reset to the configured people, an empty inbox and the real time.

        The webhook stays, because the bot does not notice a reset.
        """
        config = self.config
        self.clock.skipped = timedelta()
        self.flood = Flood() if config.flood else None
        self.files, self.faults, self.ledger = Files(), Faults(), Ledger()
        self.questions = Questions()
        self.updates.drop()
        self.calls.clear()
        self.people.clear()
        self.chats.clear()
        for person in config.people:
            self.add_person(person)
        self.feed.tell("reset")

    def add_person(self, config: PersonConfig) -> Person:
        """Add a person; an existing id gets the new name and keeps its chat."""
        known = self.people.get(config.id)
        if known is not None:
            known.config = config
            return known
        person = self.people[config.id] = Person(config=config)
        self.chats[config.id] = Chat(person=person)
        self.feed.tell("person", person=config.id)
        return person

    def bot(self) -> dict[str, Any]:
        """Give the bot's User object."""
        return {
            "id": self.config.bot_id,
            "is_bot": True,
            "first_name": self.profile.name,
            "username": self.config.bot_username,
        }

    def user(self, user_id: int) -> dict[str, Any] | None:
        """Give someone's User object."""
        if user_id == self.config.bot_id:
            return self.bot()
        person = self.people.get(user_id)
        return person.user() if person else None

    def chat(self, call: Parameters) -> Chat:
        """Find the chat that a call names."""
        name = call.text("chat_id")
        if not name:
            refuse("chat_id is empty")
        chat = self.chats.get(int(name)) if name.lstrip("-").isdecimal() else None
        if chat is None:
            refuse("chat not found")
        return chat

    def writable(self, call: Parameters) -> Chat:
        """Find the chat a call writes to; Forbidden when the bot is blocked or unknown there."""
        chat = self.chat(call)
        if not chat.person.started:
            msg = "bot can't initiate conversation with a user"
            raise ForbiddenError(msg)
        if chat.person.blocked:
            msg = "bot was blocked by the user"
            raise ForbiddenError(msg)
        return chat

    def post(
        self,
        chat: Chat,
        body: dict[str, Any],
        *,
        author: dict[str, Any],
        keyboard: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Put a message into a chat and tell the page; returns the Message object."""
        data = {
            "message_id": chat.next_id(),
            "from": author,
            "chat": chat.person.chat(),
            "date": self.clock.unix(),
            **body,
        }
        kept = chat.messages[data["message_id"]] = Kept(data=data, keyboard=keyboard)
        self._set_keyboard(chat, keyboard)
        self.changed(chat, kept)
        return data

    def say(self, chat: Chat, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Put a message of the person into their chat and queue it for the bot."""
        message = self.post(chat, body, author=chat.person.user())
        if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
            chat.keyboard = None
        return message, self.updates.add("message", message, queue=f"chat:{chat.person.id}")

    def changed(self, chat: Chat, kept: Kept) -> None:
        """Announce that a message is new or changed."""
        kept.seq = self.feed.tell(
            "message", person=chat.person.id, message_id=kept.data["message_id"]
        )

    def new_id(self) -> str:
        """Make an id like Telegram's query ids."""
        return str(secrets.randbits(62))

    def _set_keyboard(self, chat: Chat, keyboard: dict[str, Any] | None) -> None:
        if keyboard is None:
            return
        if keyboard.get("remove_keyboard"):
            chat.keyboard = None
        else:
            chat.keyboard = keyboard
