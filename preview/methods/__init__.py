"""The Bot API's methods by name, in any case, as at Telegram."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from preview.methods import delivery, editing, media, payments, profile, sending
from preview.parameters import Parameters
from preview.telegram import Telegram

__all__ = ["COUNTED", "METHODS", "Method"]

Method = Callable[[Telegram, Parameters], Awaitable[Any]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (delivery, editing, media, payments, profile, sending)
    for name, method in module.METHODS.items()
}

# The rate limits count messages that arrive or change.
COUNTED = {
    name
    for name in METHODS
    if name.startswith(("send", "edit", "copy", "forward"))
    and name not in {"sendchataction", "edituserstarsubscription"}
}
