"""What the outbox carries for this wing: messages."""

from dataclasses import dataclass
from enum import StrEnum

from shop.core.facts import Facts


class MessageKind(StrEnum):
    """Whom a message is for."""

    CHAT = "chat"  # a customer
    STAFF = "staff"  # a member of staff


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageJob(Facts):
    """Which notice goes to which Telegram id; the notice's own facts stand beside these."""

    to: int
    notice: str
