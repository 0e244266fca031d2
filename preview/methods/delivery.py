"""Methods about updates: polling, the webhook, and answers to pressed buttons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from preview.errors import refuse
from preview.webhook import Webhook

if TYPE_CHECKING:
    from preview.parameters import Parameters
    from preview.telegram import Telegram

__all__ = ["METHODS", "Described"]

LONGEST_POLL = 50
ANSWER_UNITS = 200
SECRET = 256
PORTS = {None, 80, 88, 443, 8443}


class Described:
    """A result that comes with a description."""

    def __init__(self, result: object, *, description: str) -> None:
        """Keep the result and its description."""
        self.result = result
        self.description = description


async def get_updates(telegram: Telegram, call: Parameters) -> list[dict[str, Any]]:
    """Wait for updates; those before `offset` are confirmed and forgotten."""
    _set_allowed(telegram, call)
    limit = call.integer("limit", 100)
    return await telegram.updates.poll(
        offset=call.integer("offset"),
        limit=limit if 1 <= limit <= 100 else 100,  # noqa: PLR2004 - the page Telegram serves
        seconds=min(max(call.integer("timeout"), 0), LONGEST_POLL),
    )


async def set_webhook(telegram: Telegram, call: Parameters) -> Described:
    """Have updates posted to an address; an empty one goes back to polling."""
    url = call.text("url")
    if not url:
        return await delete_webhook(telegram, call)
    _check_address(url)
    secret = call.text("secret_token")
    if len(secret) > SECRET:
        refuse("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        refuse("secret token contains unallowed characters")
    connections = min(max(call.integer("max_connections", 40), 1), 100)
    webhook = Webhook(url=url, secret=secret, max_connections=connections)
    _set_allowed(telegram, call)
    if call.flag("drop_pending_updates"):
        telegram.updates.drop()
    if telegram.courier is not None:
        await telegram.courier.stop()
        telegram.courier.start(webhook)
    telegram.updates.webhook_set = True
    telegram.updates.end_poll()
    return Described(result=True, description="Webhook was set")


async def delete_webhook(telegram: Telegram, call: Parameters) -> Described:
    """Go back to polling."""
    if call.flag("drop_pending_updates"):
        telegram.updates.drop()
    if telegram.courier is not None:
        await telegram.courier.stop()
    was_set, telegram.updates.webhook_set = telegram.updates.webhook_set, False
    done = "Webhook was deleted" if was_set else "Webhook is already deleted"
    return Described(result=True, description=done)


async def get_webhook_info(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Say where updates go, how many wait and what went wrong."""
    del call
    current = telegram.courier.webhook if telegram.courier else None
    webhook = current or Webhook(url="")
    waiting = len(telegram.updates.fresh())
    return webhook.info(pending=waiting, allowed=telegram.updates.allowed)


async def answer_callback_query(telegram: Telegram, call: Parameters) -> bool:
    """Answer a pressed button, with a toast, an alert or a link."""
    text = call.text("text")
    if len(text) > ANSWER_UNITS:
        refuse("MESSAGE_TOO_LONG")
    url = call.text("url")
    deep_link = f"t.me/{telegram.config.bot_username}?start="
    if url and deep_link.lower() not in url.lower():
        refuse("URL_INVALID")
    said = {"text": text, "show_alert": call.flag("show_alert"), "url": url}
    telegram.questions.answer(call.text("callback_query_id"), said)
    return True


def _set_allowed(telegram: Telegram, call: Parameters) -> None:
    allowed = call.structure("allowed_updates")
    if isinstance(allowed, list):
        telegram.updates.allowed = [str(kind) for kind in allowed]


def _check_address(url: str) -> None:
    """Apply Telegram's rules to a webhook's address, except on this machine."""
    split = urlsplit(url)
    if not split.hostname or split.scheme not in {"http", "https"}:
        refuse("invalid webhook URL specified")
    if split.hostname in {"localhost", "::1"} or split.hostname.startswith("127."):
        return
    if split.scheme != "https":
        refuse("bad webhook: An HTTPS URL must be provided for webhook")
    if split.port not in PORTS:
        refuse("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "answerCallbackQuery": answer_callback_query,
}
