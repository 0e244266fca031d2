"""Which part of the shop carries out each kind of effect that the outbox holds."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.rate_limits import seconds_of
from handlers.counter import Counter
from handlers.jobs import job_of
from handlers.notices import send_notice
from shop.access.jobs import AccessKind
from shop.access.provisioning import carry_out
from shop.core.facts import read_facts
from shop.customers.people import note_unreachable
from shop.intake.charges import carry_out_method_job
from shop.messaging.jobs import MessageJob, MessageKind
from shop.messaging.outbox import finish_effect, postpone, refuse
from shop.messaging.outbox_records import QueuedEffect
from shop.ports import Connector
from shop.renewals.jobs import RenewalKind

Carrier = Callable[[QueuedEffect], Awaitable[str]]
log = structlog.get_logger()


class Carriers:
    """Carries effects out, one at a time in each lane."""

    def __init__(self, counter: Counter, *, bot: Bot, connectors: Mapping[str, Connector]) -> None:
        """A wing that queues effects has its kinds here."""
        self._counter, self._bot, self._connectors = counter, bot, connectors
        self._carriers: dict[str, Carrier] = {
            MessageKind.CHAT: self._tell,
            MessageKind.STAFF: self._tell,
            AccessKind.PROVISION: self._provision,
            RenewalKind.METHODS: self._ask_provider,
        }

    async def carry_out(self, effect: QueuedEffect) -> str:
        """Carry it out, note what came of it in the books, and say so in a word."""
        carrier = self._carriers.get(effect.kind, self._leave)
        return await carrier(effect)

    async def _ask_provider(self, effect: QueuedEffect) -> str:
        counter = self._counter
        await carry_out_method_job(
            counter.storage,
            counter.providers,
            effect,
            encryption=counter.encryption,
            policy=counter.policy,
            clock=counter.clock,
        )
        return "carried_out"

    async def _provision(self, effect: QueuedEffect) -> str:
        counter = self._counter
        await carry_out(
            counter.storage,
            self._connectors,
            effect,
            encryption=counter.encryption,
            policy=counter.policy,
            clock=counter.clock,
        )
        return "carried_out"

    async def _leave(self, effect: QueuedEffect) -> str:
        """A newer process may know this kind; when none does, staff see it at last."""
        reason, now = f"nothing carries out {effect.kind}", self._counter.clock.now()
        await self._counter.storage.run(postpone, effect, reason=reason, wait=None, now=now)
        return "postponed"

    async def _tell(self, effect: QueuedEffect) -> str:
        run, now = self._counter.storage.run, self._counter.clock.now
        try:
            await send_notice(self._bot, self._counter, effect.payload)
        except RetryAfter as error:
            wait = timedelta(seconds=seconds_of(error) + 1)
            await run(postpone, effect, reason="Telegram asks to wait", wait=wait, now=now())
            return "paced"
        except Forbidden:
            await run(note_unreachable, read_facts(MessageJob, effect.payload).to)
            await run(refuse, effect, reason="the chat is closed to us", is_dead=False, now=now())
            return "blocked"
        except BadRequest as error:
            is_gone = "chat not found" in error.message.lower()
            await run(refuse, effect, reason=error.message, is_dead=not is_gone, now=now())
            return "refused"
        except (NetworkError, TelegramError) as error:
            await run(postpone, effect, reason=type(error).__name__, wait=None, now=now())
            return "postponed"
        except Exception as error:
            await run(postpone, effect, reason=type(error).__name__, wait=None, now=now())
            log.exception("notice_failed", job=job_of(effect))
            return "failed"
        await run(finish_effect, effect, now=now())
        return "sent"
