"""Stores updates, then has them answered: in order within a chat, chats in parallel."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.pre_checkout import answer_pre_checkout
from bot.updates import MoneyReader, Raw, chat_of, is_goodbye, kind_of, read_update
from handlers.counter import Counter
from handlers.http.metrics import SETTLED, UPDATES
from handlers.screens import shown_below
from shop.core.errors import BooksUnavailableError, ShopError
from shop.customers.people import note_unreachable
from shop.intake.chat_updates import (
    KeptUpdate,
    NewUpdate,
    fail_update,
    finish_update,
    is_overtaken,
    keep_updates,
    settle_kept,
)

Answer = Callable[[Mapping[str, Any]], Awaitable[BaseException | None]]
_SIDE_BY_SIDE = 64
log = structlog.get_logger()


class UnreadableError(Exception):
    """An update carries a payment that cannot be read."""


class Reception:
    """Where all updates arrive, from polling or the webhook."""

    def __init__(
        self,
        counter: Counter,
        *,
        answer: Answer,
        call: Callable[..., Awaitable[Any]],
        read_money: MoneyReader,
    ) -> None:
        """`answer` runs the chat handlers; `call` makes a Bot API call outside every queue."""
        self._counter, self._answer, self._call = counter, answer, call
        self._read = partial(read_update, read_money=read_money)
        self._lanes: dict[int, deque[KeptUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(_SIDE_BY_SIDE)
        self.is_open = False

    def open(self) -> None:
        """Start answering: until the bot is connected, updates are only stored."""
        self.is_open = True
        self._counter.wake()

    async def take(self, updates: Sequence[Raw], *, is_believed: bool = False) -> None:
        """Return once all are in the books; raises `BooksUnavailableError` when none is.

        `is_believed` when we fetched them from Telegram, rather than being called.
        """
        counter = self._counter
        kept_ones = []
        for raw in updates:
            kind = kind_of(raw)
            UPDATES.labels(kind).inc()
            if kind == "pre_checkout_query":
                asking = answer_pre_checkout(raw[kind], counter=counter, call=self._call)
                self._start(asking)
            else:
                kept_ones.append(self._read(raw, is_believed=is_believed))
        if not kept_ones:
            return
        are_answered = self.is_open  # one stored as due belongs to the clock, even if we open now
        kept = await self._keep(kept_ones, are_answered=are_answered)
        if with_money := [update.provider for update in kept_ones if update.money]:
            for provider in with_money:
                SETTLED.labels(provider, "update").inc()
            counter.wake()
        if are_answered:
            self.answer_later(kept)

    def answer_later(self, updates: list[KeptUpdate]) -> None:
        """Queue each update behind the others of its chat."""
        for update in updates:
            chat = chat_of(update.raw)
            if (lane := self._lanes.get(chat)) is not None:
                if all(one.inbox_event_id != update.inbox_event_id for one in lane):
                    lane.append(update)
            else:
                self._lanes[chat] = deque([update])
                self._start(self._walk(chat))

    async def settle_down(self) -> None:
        """Wait until every queued update is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _keep(self, updates: list[NewUpdate], *, are_answered: bool) -> list[KeptUpdate]:
        """Store one update; one the books refuse goes to staff, so as not to block the others."""
        counter = self._counter
        try:
            return await counter.storage.run(
                keep_updates,
                updates,
                policy=counter.policy,
                now=counter.clock.now(),
                are_answered=are_answered,
            )
        except BooksUnavailableError:
            raise
        except Exception as error:
            if len(updates) > 1:
                return [
                    kept
                    for update in updates
                    for kept in await self._keep([update], are_answered=are_answered)
                ]
            if updates[0].trouble:
                raise
            log.exception("update_refused", update=updates[0].update_id)
            note = f"{type(error).__name__} while taking it into the books"
            return await self._keep([replace(updates[0], trouble=note)], are_answered=are_answered)

    def _start(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _walk(self, chat: int) -> None:
        lane = self._lanes[chat]
        while lane:
            async with self._places:
                await self._handle(lane[0])
            lane.popleft()
        del self._lanes[chat]

    async def _handle(self, update: KeptUpdate) -> None:
        counter = self._counter
        try:
            error = await self._answered(update)
            if error is None or isinstance(error, ShopError | TelegramError):
                await self._finish(update, error)
            else:
                log.error("update_failed", error=type(error).__name__, exc_info=error)
                await counter.storage.run(
                    fail_update,
                    update.inbox_event_id,
                    f"{type(error).__name__} while answering",
                    policy=counter.policy,
                    now=counter.clock.now(),
                )
                counter.wake()
        except BooksUnavailableError:
            log.warning("books_unavailable", door="chat")  # it stays in the inbox and comes again

    async def _is_money(self, update: KeptUpdate) -> bool:
        """Settle the payment in an update that staff replay, if it carries one."""
        counter, new = self._counter, self._read(update.raw)
        if new.trouble:
            raise UnreadableError(new.trouble)
        if new.money is None:
            return False
        await counter.storage.run(
            settle_kept,
            update,
            new.money,
            new.provider,
            policy=counter.policy,
            now=counter.clock.now(),
        )
        counter.wake()
        return True

    async def _today(self, update: KeptUpdate) -> Mapping[str, Any]:
        """The update, answered with a new message if the chat went on: old taps undo no screen."""
        chat = chat_of(update.raw)
        if update.is_again and await self._counter.storage.read(
            is_overtaken, update, chat_id=chat
        ):
            return shown_below(update.raw)
        return update.raw

    async def _answered(self, update: KeptUpdate) -> BaseException | None:
        """Answer one update; returns the error, which must not stop the others of its chat."""
        try:
            if update.is_again and await self._is_money(update):
                return None
            raw = await self._today(update)
            if is_goodbye(raw):
                await self._counter.storage.run(note_unreachable, chat_of(raw))
                return None
            return await self._answer(raw)
        except Exception as error:  # noqa: BLE001 - handed back: it is logged, and staff see it
            return error

    async def _finish(self, update: KeptUpdate, error: BaseException | None) -> None:
        is_silence = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
        if is_silence or isinstance(error, BooksUnavailableError):
            log.warning("answer_postponed", error=type(error).__name__)
            return  # it stays in the inbox, and the clock retries it
        if error is not None:
            log.info("update_answered_with_error", error=type(error).__name__)
        await self._counter.storage.run(finish_update, update.inbox_event_id)
