"""Calls to providers: each ends in an answer, a refusal, or silence (law 11).

Errors raised here carry no secrets, and no chained exception that might.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import httpx

from payments import fields
from shop.core.errors import BadInputError
from shop.ports import (
    Happening,
    PaymentEvent,
    ProviderError,
    ProviderSilentError,
    RequestRefusedError,
)

Read = TypeVar("Read")
Answer = TypeVar("Answer")

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0

# Timeouts, conflicts, rate limits: the same call may succeed later.
_ASK_AGAIN = frozenset({408, 409, 425, 429})
# What is wrong with this one request; 401, 403 and 404 are about the keys or the address.
_ABOUT_REQUEST = frozenset({400, 402, 405, 406, 410, 411, 412, 413, 414, 415, 422})
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
    content: bytes | None = None,
) -> dict[str, object]:
    """Call a provider and read the JSON object it answers; `content` is ready-made JSON.

    Raises `ProviderSilentError` when the outcome is unknown (no connection, too slow,
    overloaded, unreadable), `RequestRefusedError` when the provider refused this request, and
    `ProviderError` when it refused us.
    """
    answer = await _send(
        http, method, url, seconds=seconds, headers=headers, json=json, content=content
    )
    return _read(answer, fields.parse_object, secrets=secrets)


async def ask_rows(
    http: httpx.AsyncClient,
    url: str,
    *,
    secrets: Sequence[str],
    seconds: float,
    headers: Mapping[str, str],
) -> list[fields.Fields]:
    """The same for an answer that is a JSON list of objects."""
    answer = await _send(http, "GET", url, seconds=seconds, headers=headers)
    return _read(answer, fields.parse_rows, secrets=secrets)


def understood(read: Callable[[Answer], Read], answer: Answer) -> Read:
    """Read an answer; a malformed one counts as silence: `ProviderSilentError`."""
    try:
        return read(answer)
    except BadInputError as error:
        raise ProviderSilentError(reason="its answer is not readable") from error


def pending(reference: str, provider_ref: str = "") -> PaymentEvent:
    """The event for "nothing came yet"; certain when no page was recorded, as none was seen."""
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


def refusal(status: int | None, reason: str) -> ProviderError:
    """The error for a no with this HTTP status: about this request, or about us."""
    kind = RequestRefusedError if status in _ABOUT_REQUEST else ProviderError
    return kind(reason=reason)


def reason_without(text: str, secrets: Sequence[str]) -> str:
    """Shorten a provider's message to one line, without secrets."""
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return " ".join(text.split())[:_LONGEST_REASON]


async def _send(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    seconds: float,
    headers: Mapping[str, str] | None,
    json: Mapping[str, object] | None = None,
    content: bytes | None = None,
) -> httpx.Response:
    limits = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        async with asyncio.timeout(seconds):
            return await http.request(
                method, url, headers=headers, json=json, content=content, timeout=limits
            )
    except (httpx.HTTPError, TimeoutError) as error:
        trouble: ProviderError = ProviderSilentError(reason=type(error).__name__)
    except (httpx.InvalidURL, ValueError):
        trouble = ProviderError(reason="its address or keys in the settings are malformed")
    # Outside `except`, because the chained httpx error would show the address, which for
    # Telegram holds the token.
    raise trouble


def _read(
    answer: httpx.Response, parse: Callable[[bytes], Read], *, secrets: Sequence[str]
) -> Read:
    if is_silence(answer.status_code):
        raise ProviderSilentError(reason=f"HTTP {answer.status_code}")
    if not answer.is_success:
        words = reason_without(_said(answer.content), secrets)
        raise refusal(answer.status_code, f"HTTP {answer.status_code} {words}".strip())
    try:
        return parse(answer.content)
    except BadInputError:
        pass  # raise outside `except`, so that no chained error shows the answer
    raise ProviderSilentError(reason="its answer is not readable")


def _said(body: bytes) -> str:
    try:
        return _words(fields.parse_object(body))
    except BadInputError:
        return ""


def _words(data: fields.Fields) -> str:
    """Find the provider's own explanation; each puts it elsewhere."""
    nested = data.get("error")
    for place in (nested if isinstance(nested, dict) else {}, data):
        for key in ("message", "errorMessage", "description", "error", "name"):
            if isinstance(place.get(key), str):
                return str(place[key])
    return ""
