"""How long the inbox keeps what payment events said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPolicy:
    """`keep_days` after it was handled an event's body is erased; 0 keeps it for ever."""

    keep_days: int = 90
