"""The life of one process: open the books, listen, take updates, tick; stop with nothing lost."""

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from starlette.routing import BaseRoute

from bot.assemble import Parts
from bot.chat_line import ChatLine, bot_name
from bot.clock import Ticker
from bot.listener import Listener, bind
from bot.reception import Reception
from bot.stocking import stock_the_shop
from bot.takeover import Takeover
from bot.telegram import Calls, answer_one, build_application
from handlers.counter import Counter
from handlers.http.routes import build_web
from shop.owner_file.live_policy import LivePolicy

_STOP_WITHIN = 8.0
log = structlog.get_logger()


async def run_shop(
    parts: Parts,
    *,
    further: Sequence[BaseRoute] = (),
    chat_url: str = "",
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Run until SIGTERM or SIGINT; `on_ready` is called once requests are answered."""
    stopping, awake = asyncio.Event(), asyncio.Event()
    _catch_signals(stopping, awake)
    sock = bind(parts.settings.host, parts.settings.port)
    try:
        await _open_books(parts)
        shop = await _build(parts, sock, stopping, awake, further=further, chat_url=chat_url)
        await shop.run(on_ready)
    finally:
        sock.close()
        await parts.close()
    log.info("stopped")


async def _open_books(parts: Parts) -> None:
    if migrated := await parts.storage.open():
        log.info("books_migrated", migrations=migrated)
    await Takeover(parts.storage, parts.clock).at_start()
    await stock_the_shop(parts)


class _Shop:
    """The tasks of a running shop."""

    def __init__(
        self,
        listener: Listener,
        ticker: Ticker,
        line: ChatLine,
        reception: Reception,
        stopping: asyncio.Event,
    ) -> None:
        self._listener, self._ticker, self._line = listener, ticker, line
        self._reception, self._stopping = reception, stopping

    async def run(self, on_ready: Callable[[], None]) -> None:
        await self._listener.start()
        on_ready()
        tasks = [asyncio.create_task(self._line.run()), asyncio.create_task(self._ticker.run())]
        for task in tasks:
            # A loop that ends by itself has failed; the process must not limp on.
            task.add_done_callback(lambda _: self._stopping.set())
        await self._stopping.wait()
        log.info("stopping")
        # All at once, so that a slow caller does not use up the time of the others.
        ending = [asyncio.create_task(self._listener.stop()), *tasks]
        try:
            async with asyncio.timeout(_STOP_WITHIN):
                await asyncio.wait(ending)
                await self._reception.settle_down()
        except TimeoutError:
            log.warning("stopped_midway")  # unfinished work comes again when its lease ends
        for task in ending:
            task.cancel()
        ended = await asyncio.gather(*ending, return_exceptions=True)
        await self._line.close()
        for error in ended:
            if isinstance(error, Exception):
                raise error


async def _build(
    parts: Parts,
    sock: socket.socket,
    stopping: asyncio.Event,
    awake: asyncio.Event,
    *,
    further: Sequence[BaseRoute],
    chat_url: str,
) -> _Shop:
    settings = parts.settings
    application = build_application(settings)
    calls = Calls(parts.http, settings)
    counter = await _open_counter(parts, calls, awake, chat_url=chat_url)
    reception = Reception(
        counter,
        answer=partial(answer_one, application),
        call=calls.call,
        read_money=parts.read_money,
    )
    ticker = Ticker(
        counter,
        bot=application.bot,
        connectors=parts.connectors,
        reception=reception,
        stopping=stopping,
        awake=awake,
    )
    secret = settings.telegram_webhook_secret.get_secret_value()
    web = build_web(
        counter, take=reception.take, telegram_secret=secret, further=[*parts.routes, *further]
    )
    listener = Listener(web, sock, trusted_proxies=settings.trusted_proxies)
    line = ChatLine(
        application,
        counter=counter,
        calls=calls,
        reception=reception,
        settings=settings,
        stopping=stopping,
    )
    return _Shop(listener, ticker, line, reception, stopping)


async def _open_counter(
    parts: Parts, calls: Calls, awake: asyncio.Event, *, chat_url: str
) -> Counter:
    """Build what every handler is given; the bot's username is asked for once."""
    settings = parts.settings
    name = await bot_name(calls, parts.storage)
    policies = LivePolicy(parts.policy)
    await policies.refresh(parts.storage)
    return Counter(
        storage=parts.storage,
        clock=parts.clock,
        encryption=parts.encryption,
        policies=policies,
        providers=parts.providers,
        bot_username=name,
        public_url=settings.address,
        chat_url=chat_url or f"https://t.me/{name}",
        wake=awake.set,
        transfer_details=settings.transfer_details,
        trusted_proxies=settings.trusted_proxies,
        sign_in_connector=parts.sign_in_connector,
    )


def _catch_signals(stopping: asyncio.Event, awake: asyncio.Event) -> None:
    def stop() -> None:
        stopping.set()
        awake.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
