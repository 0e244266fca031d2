"""Calls to providers: every outcome is an answer, a plain no, or silence (law 11).

The errors made here carry no secret, and no other exception behind them that might.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import httpx

from payments import fields
from shop.ports import Happening, PaymentEvent, ProviderError, ProviderSilentError
from shop.rules.errors import BadInputError

Read = TypeVar("Read")

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0

# Timeouts, conflicts with ourselves, rate limits: the same question may be answered later.
_ASK_AGAIN = frozenset({408, 409, 425, 429})
_FIRST_SERVER_ERROR = 500
_LONGEST_REASON = 200


async def ask(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    secrets: Sequence[str],
    seconds: float,
    headers: Mapping[str, str] | None = None,
    json: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Call a provider and read the JSON object it answers.

    Raises `ProviderSilentError` when the outcome is not known (no connection, too slow,
    overloaded, unreadable) and `ProviderError` when the provider said no.
    """
    limits = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        async with asyncio.timeout(seconds):
            answer = await http.request(method, url, headers=headers, json=json, timeout=limits)
    except (httpx.HTTPError, TimeoutError) as error:
        trouble: ProviderError = ProviderSilentError(reason=type(error).__name__)
    except (httpx.InvalidURL, ValueError):
        trouble = ProviderError(reason="its address or keys in the settings are malformed")
    else:
        return _read(answer, secrets=secrets)
    # Outside of `except`, because the httpx error behind it would show the address, which for
    # Telegram holds the token.
    raise trouble


def understood(read: Callable[[fields.Fields], Read], answer: fields.Fields) -> Read:
    """Read an answer; one that makes no sense says nothing: `ProviderSilentError`."""
    try:
        return read(answer)
    except BadInputError as error:
        raise ProviderSilentError(reason="its answer is not readable") from error


def pending(reference: str, provider_ref: str = "") -> PaymentEvent:
    """Say that nothing has come yet; surely so where no page was noted: nobody saw it."""
    return PaymentEvent(
        event_id=f"{reference}.pending",
        kind="pending",
        happening=Happening.PENDING,
        reference=reference,
        provider_ref=provider_ref,
    )


def is_silence(status: int | None) -> bool:
    """Whether this HTTP status leaves the outcome open."""
    return status is None or status in _ASK_AGAIN or status >= _FIRST_SERVER_ERROR


def reason_without(text: str, secrets: Sequence[str]) -> str:
    """Shorten a provider's words to one line, and take the secrets out."""
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return " ".join(text.split())[:_LONGEST_REASON]


def _read(answer: httpx.Response, *, secrets: Sequence[str]) -> dict[str, object]:
    if is_silence(answer.status_code):
        raise ProviderSilentError(reason=f"HTTP {answer.status_code}")
    try:
        data = fields.parse_object(answer.content)
    except BadInputError:
        data = None
    if not answer.is_success:
        words = reason_without(_words(data or {}), secrets)
        raise ProviderError(reason=f"HTTP {answer.status_code} {words}".strip())
    if data is None:
        raise ProviderSilentError(reason="its answer is not readable")
    return data


def _words(data: fields.Fields) -> str:
    """Find the provider's own explanation, wherever this one puts it."""
    nested = data.get("error")
    for place in (nested if isinstance(nested, dict) else {}, data):
        for key in ("message", "errorMessage", "description", "error"):
            if isinstance(place.get(key), str):
                return str(place[key])
    return ""
