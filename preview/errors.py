"""Errors in Telegram's exact words, because bots read them."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = [
    "BadRequestError",
    "BotApiError",
    "ConflictError",
    "ForbiddenError",
    "TooManyRequestsError",
    "refuse",
]


class BotApiError(Exception):
    """Telegram refused the call."""

    code = 400
    prefix = "Bad Request: "
    retry_after = 0

    def __init__(self, reason: str = "") -> None:
        """Keep the sentence that follows the status words."""
        super().__init__(f"{self.prefix}{reason}")

    def answer(self) -> dict[str, Any]:
        """Give the body a bot receives."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": str(self),
        }
        if self.retry_after:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


class BadRequestError(BotApiError):
    """The call is invalid."""


class ForbiddenError(BotApiError):
    """The person does not allow the bot to do this."""

    code = 403
    prefix = "Forbidden: "


class ConflictError(BotApiError):
    """Polling and a webhook, or two polls, at once."""

    code = 409
    prefix = "Conflict: "


class TooManyRequestsError(BotApiError):
    """The bot sends faster than Telegram allows."""

    code = 429
    prefix = "Too Many Requests: "

    def __init__(self, retry_after: int) -> None:
        """Tell the bot to wait this many whole seconds."""
        super().__init__(f"retry after {retry_after}")
        self.retry_after = retry_after


def refuse(reason: str) -> NoReturn:
    """Refuse the call with this sentence after "Bad Request: "."""
    raise BadRequestError(reason)
