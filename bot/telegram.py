"""Builds the library's Application, and polls Telegram for updates in a loop of our own."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import httpx
import structlog
from telegram import Update
from telegram.ext import Application, ContextTypes, Defaults
from telegram.request import HTTPXRequest

from bot.rate_limits import RateLimits
from bot.reception import Reception
from bot.settings import Settings, several
from shop.core.errors import BooksUnavailableError

ALLOWED = ["message", "callback_query", "pre_checkout_query", "my_chat_member", "subscription"]
_POLL_SECONDS = 25
_CONNECTIONS = 32
_LONGEST_WAIT, _BOOKS_WAIT = 30.0, 2.0
_CONFLICT = 409
log = structlog.get_logger()
Bot = Application[Any, Any, Any, Any, Any, Any]


def build_application(settings: Settings) -> Bot:
    """An Application without updater, job queue or persistence (laws 3 and 12)."""
    request = HTTPXRequest(
        connection_pool_size=_CONNECTIONS,
        connect_timeout=5,
        read_timeout=15,
        write_timeout=15,
        pool_timeout=30,
    )
    return (
        Application.builder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .request(request)
        .get_updates_request(HTTPXRequest(connection_pool_size=1))
        .rate_limiter(RateLimits())
        .defaults(Defaults(parse_mode="HTML"))
        .updater(None)
        .job_queue(None)
        .build()
    )


class Calls:
    """Bot API calls that must not queue: own connections, raw JSON."""

    def __init__(self, http: httpx.AsyncClient, settings: Settings) -> None:
        """Use the shared client; the token is part of the address."""
        token = settings.telegram_bot_token.get_secret_value()
        self._http, self._base = http, f"{settings.telegram_api_url}/bot{token}"

    async def call(self, method: str, *, seconds: float = 10, **fields: object) -> Any:  # noqa: ANN401 - JSON
        """Call a method; raises `httpx.HTTPError`, whose text may hold the token."""
        answer = await self._http.post(
            f"{self._base}/{method}", json=fields, timeout=httpx.Timeout(seconds, connect=5)
        )
        if answer.is_error:
            answer.raise_for_status()
        return answer.json()["result"]


async def poll(calls: Calls, reception: Reception, stopping: asyncio.Event) -> None:
    """Take updates until told to stop; each call acknowledges only what is in the books."""
    offset, failures = 0, 0
    await _drop_webhook(calls, stopping)
    while not stopping.is_set():
        try:
            asking = calls.call(
                "getUpdates",
                seconds=_POLL_SECONDS + 10,
                offset=offset,
                timeout=_POLL_SECONDS,
                allowed_updates=ALLOWED,
            )
            # What is on its way when we stop was not acknowledged and comes again.
            updates = await _unless_stopped(asking, stopping)
            if updates:
                await reception.take(updates, is_believed=True)
                offset = updates[-1]["update_id"] + 1
            failures = 0
        except (httpx.HTTPError, BooksUnavailableError, ValueError, KeyError) as error:
            failures += 1
            # While the books are unavailable, someone paying right now waits ten seconds at most.
            longest = _BOOKS_WAIT if isinstance(error, BooksUnavailableError) else _LONGEST_WAIT
            wait = min(longest, 0.5 * 2 ** min(failures, 6))
            log.warning("polling_failed", error=name_of(error), again_in=wait)
            await wait_for_stop(wait, stopping)


async def _unless_stopped(
    work: Coroutine[Any, Any, list[dict[str, Any]]], stopping: asyncio.Event
) -> list[dict[str, Any]]:
    """Await the work; return None at once when told to stop meanwhile."""
    working, stop = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else []
    finally:
        stop.cancel()
        working.cancel()
        await asyncio.gather(working, stop, return_exceptions=True)


async def _drop_webhook(calls: Calls, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await calls.call("deleteWebhook")
        except (httpx.HTTPError, ValueError, KeyError) as error:
            log.warning("telegram_unreachable", error=name_of(error), again_in=3)
            await wait_for_stop(3, stopping)
        else:
            return


async def set_webhook(calls: Calls, settings: Settings) -> None:
    """Have Telegram call `POST /telegram`; raises `httpx.HTTPError`."""
    await calls.call(
        "setWebhook",
        url=f"{settings.address}/telegram",
        secret_token=several(settings.telegram_webhook_secret)[0],
        allowed_updates=ALLOWED,
    )


def name_of(error: Exception) -> str:
    """Name the error without its address, which holds the token."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return type(error).__name__


async def wait_for_stop(seconds: float, stopping: asyncio.Event) -> None:
    """Sleep, unless told to stop meanwhile."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


async def answer_one(application: Bot, raw: Mapping[str, Any]) -> BaseException | None:
    """Run the chat handlers on one update; returns the error, if there was one.

    By then the person has been told.
    """
    update = Update.de_json(dict(raw), application.bot)
    errors = application.bot_data.setdefault("errors", {})
    errors[update.update_id] = None
    try:
        await application.process_update(update)
    finally:
        error: BaseException | None = errors.pop(update.update_id)
    if error is not None:
        await application.bot_data["apologise"](update, error)
    return error


async def catch_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The library's error handler: hands the error back to `answer_one`."""
    number = getattr(update, "update_id", None)
    if number in context.bot_data.get("errors", {}):
        context.bot_data["errors"][number] = context.error
