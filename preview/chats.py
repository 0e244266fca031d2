"""People, and the one private chat each of them has with the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from preview.config import PersonConfig

__all__ = ["Chat", "Kept", "Person"]


@dataclass(slots=True, kw_only=True)
class Person:
    """Someone with a Telegram account; a bot may write to them once they have started it."""

    config: PersonConfig
    started: bool = False
    blocked: bool = False
    stars: int = 25_000

    @property
    def id(self) -> int:
        """The user id, which is also the id of their private chat."""
        return self.config.id

    def user(self) -> dict[str, Any]:
        """Give the User object."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.config.name,
            "username": self._username(),
            "language_code": self.config.language,
        }

    def chat(self) -> dict[str, Any]:
        """Give the Chat object of the private chat."""
        return {
            "id": self.id,
            "first_name": self.config.name,
            "username": self._username(),
            "type": "private",
        }

    def _username(self) -> str:
        plain = re.sub(r"[^a-z0-9]+", "_", self.config.name.lower()).strip("_")
        return f"{plain or 'person'}_{self.id}"


@dataclass(slots=True, kw_only=True)
class Kept:
    """A message in its current form; `seq` is the event that last changed it."""

    data: dict[str, Any]
    seq: int = 0
    edits: int = 0
    deleted: bool = False
    keyboard: dict[str, Any] | None = None
    reactions: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Give the Message object, with extras for the page and tests."""
        extra: dict[str, Any] = {"seq": self.seq, "edits": self.edits, "deleted": self.deleted}
        if self.keyboard is not None:
            extra["reply_keyboard"] = self.keyboard
        if self.reactions:
            extra["reactions"] = self.reactions
        return self.data | extra

    def holds(self, text: str) -> bool:
        """Say whether a person would see this text in the message."""
        invoice = self.data.get("invoice", {})
        places = [
            self.data.get("text"),
            self.data.get("caption"),
            invoice.get("title"),
            invoice.get("description"),
            self.data.get("document", {}).get("file_name"),
        ]
        return any(text in place for place in places if place)


@dataclass(slots=True, kw_only=True)
class Chat:
    """One private chat; message ids count from 1, deleted messages stay visible to tests."""

    person: Person
    messages: dict[int, Kept] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    menu_button: dict[str, Any] | None = None
    pinned: list[int] = field(default_factory=list)

    def next_id(self) -> int:
        """Give the id the next message will have."""
        return len(self.messages) + 1

    def alive(self, message_id: int) -> Kept | None:
        """Find a message that is not deleted."""
        kept = self.messages.get(message_id)
        return None if kept is None or kept.deleted else kept

    def quoted(self, message_id: int) -> dict[str, Any] | None:
        """Give a message as `reply_to_message`, which never nests another."""
        kept = self.alive(message_id)
        if kept is None:
            return None
        return {name: value for name, value in kept.data.items() if name != "reply_to_message"}
