"""Connects the chat handlers to Telegram, and keeps trying while Telegram is unreachable."""

import asyncio

import httpx
import structlog
from telegram.error import InvalidToken, TelegramError

from bot.reception import Reception
from bot.settings import Settings
from bot.telegram import Bot, Calls, catch_error, name_of, poll, set_webhook, wait_for_stop
from handlers.chat import apologise, register, set_profile
from handlers.counter import Counter
from shop.books.notes import recall, remember
from shop.books.opening import Storage
from shop.core.errors import BadInputError

_FIRST_WAIT = 5.0
_AGAIN = 3.0
_REFUSALS = {401, 403, 404}
_NOTE = "bot_username"
log = structlog.get_logger()


class ChatLine:
    """The connection to Telegram: an Application that answers, and incoming updates."""

    def __init__(
        self,
        application: Bot,
        *,
        counter: Counter,
        calls: Calls,
        reception: Reception,
        settings: Settings,
        stopping: asyncio.Event,
    ) -> None:
        """Register the chat handlers."""
        register(application, counter)
        application.add_error_handler(catch_error)
        application.bot_data["apologise"] = lambda update, error: apologise(update, counter, error)
        self._application, self._counter, self._calls = application, counter, calls
        self._reception, self._settings, self._stopping = reception, settings, stopping

    async def run(self) -> None:
        """Connect, then take updates until told to stop."""
        if not await self._connect():
            return
        self._reception.open()
        profile = asyncio.create_task(set_profile(self._application.bot, self._counter))
        if self._settings.telegram_mode == "webhook":
            await self._have_us_called()
            await self._stopping.wait()
        else:
            await poll(self._calls, self._reception, self._stopping)
        profile.cancel()
        await asyncio.gather(profile, return_exceptions=True)

    async def close(self) -> None:
        """Close the connections to Telegram."""
        try:
            await self._application.shutdown()
        except (TelegramError, RuntimeError) as error:
            log.warning("telegram_shutdown", error=type(error).__name__)

    async def _connect(self) -> bool:
        while not self._stopping.is_set():
            try:
                await self._application.initialize()
            except InvalidToken as error:
                reason = "TELEGRAM_BOT_TOKEN: Telegram does not know this token"
                raise BadInputError(reason=reason) from error
            except TelegramError as error:
                log.warning("telegram_unreachable", error=type(error).__name__, again_in=_AGAIN)
                await wait_for_stop(_AGAIN, self._stopping)
            else:
                name = self._application.bot.username
                await self._counter.storage.run(remember, _NOTE, name)
                log.info("telegram_connected", bot=name)
                return True
        return False

    async def _have_us_called(self) -> None:
        while not self._stopping.is_set():
            try:
                await set_webhook(self._calls, self._settings)
            except (httpx.HTTPError, ValueError, KeyError) as error:
                log.warning("webhook_not_set", error=name_of(error), again_in=_AGAIN)
                await wait_for_stop(_AGAIN, self._stopping)
            else:
                return


async def bot_name(calls: Calls, storage: Storage) -> str:
    """The bot's username, as stored or else asked once; Telegram may be unreachable."""
    if known := await storage.read(recall, _NOTE):
        return known
    try:
        return str((await calls.call("getMe", seconds=_FIRST_WAIT))["username"])
    except httpx.HTTPStatusError as error:
        if error.response.status_code in _REFUSALS:
            reason = "TELEGRAM_BOT_TOKEN: Telegram does not know this token"
            raise BadInputError(reason=reason) from None
        return ""
    except (httpx.HTTPError, ValueError, KeyError):
        return ""
