"""Does what is due: outbox, reminders, renewals, retries, polls. Several may run at once."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog
from telegram import Bot

from bot.carriers import Carriers
from bot.due import is_due
from bot.reception import Reception
from bot.takeover import Takeover
from bot.workers import Workers
from handlers.counter import Counter
from handlers.http.metrics import SENT, SETTLED
from shop.access.expiry import change_one, due_changes
from shop.access.reminders import remind
from shop.core.errors import BooksUnavailableError, ShopError
from shop.intake.charges import renew_one
from shop.intake.chat_updates import claim_updates
from shop.intake.polling import ask_about, claim_polls
from shop.intake.star_reconciliation import reconcile
from shop.messaging.outbox import claim
from shop.messaging.outbox_records import QueuedEffect
from shop.messaging.retention import ERASED_AT_ONCE, erase_inbox_events, forget_updates
from shop.orders.orders import expire_orders
from shop.orders.payment_records import Payment
from shop.orders.provider_health import claim_probes, try_again
from shop.ports import Connector, PaymentProvider
from shop.refunds.evidence import KEPT_DAYS, forget_uses
from shop.refunds.refund import carry_out_refund, claim_refunds
from shop.renewals.renew import due_renewals
from shop.settlement.settle import Outcome

_TICK = 1.0
_SENDERS = 64
_MOST = 500
_ASKERS = 50
_SLOW = timedelta(hours=1)
log = structlog.get_logger()


class Ticker:
    """Works until told to stop; another process doing the same claims other rows."""

    def __init__(
        self,
        counter: Counter,
        *,
        bot: Bot,
        connectors: Mapping[str, Connector],
        reception: Reception,
        stopping: asyncio.Event,
        awake: asyncio.Event,
    ) -> None:
        """`awake` is set when effects wait."""
        self._counter, self._reception = counter, reception
        self._stopping, self._awake = stopping, awake
        # Separate, so that a provider that hangs delays neither messages nor refunds.
        self._senders, self._askers, self._payers = (
            Workers(most, on_done=awake.set) for most in (_SENDERS, _ASKERS, _ASKERS)
        )
        self._in_hand: set[int] = set()
        self._carriers = Carriers(counter, bot=bot, connectors=connectors)
        self._takeover = Takeover(counter.storage, counter.clock)
        self._next_cleaning = counter.clock.now() + _SLOW

    async def run(self) -> None:
        """Tick every second, or at once when woken; wait while the books are unavailable."""
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                await self.tick()
            except BooksUnavailableError:
                log.warning("books_unavailable", door="clock")
            except ShopError as error:
                log.warning("tick_failed", error=error.sentence)
            try:
                await asyncio.wait_for(self._awake.wait(), _TICK)
            except TimeoutError:
                continue
        await self.settle_down()

    async def tick(self) -> None:
        """Start everything that is due now."""
        await self._counter.policies.refresh(self._counter.storage)
        await self._takeover.look()
        await self._move_time_on()
        await self._ask_providers()
        await self._try_providers()
        await self._ask_about_refunds()
        await self._renew()
        await self._bring_back_updates()
        await self._send()

    async def settle_down(self) -> None:
        """Wait until everything started is finished."""
        for workers in (self._senders, self._askers, self._payers):
            await workers.settle_down()

    async def _move_time_on(self) -> None:
        storage, clock = self._counter.storage, self._counter.clock
        now = clock.now()
        for subscription, customer in await storage.read(due_changes, now=now, most=_MOST):
            await storage.run(change_one, subscription, customer, now=now)
        due = await storage.read(is_due, now=now)
        if due.reminders:
            while await storage.run(remind, now=now, most=_MOST) == _MOST:
                pass
        if due.orders:
            await storage.run(expire_orders, clock=clock)
        if now >= self._next_cleaning:
            self._next_cleaning = now + _SLOW
            await storage.run(forget_updates, now=now)
            policy = self._counter.policy
            while await storage.run(erase_inbox_events, policy=policy, now=now) == ERASED_AT_ONCE:
                pass
            await storage.run(forget_uses, before=now - timedelta(days=KEPT_DAYS))
            for provider in self._counter.providers.values():
                self._payers.start(self._reconcile(provider))

    async def _ask_providers(self) -> None:
        counter, places = self._counter, self._askers.places
        now = counter.clock.now()
        if not places or not (await counter.storage.read(is_due, now=now)).polls:
            return
        for payment in await counter.storage.run(claim_polls, now=now, most=places):
            self._askers.start(self._ask(payment))

    async def _ask(self, payment: Payment) -> None:
        counter = self._counter
        outcomes = await ask_about(
            counter.storage,
            counter.providers,
            payment,
            policy=counter.policy,
            clock=counter.clock,
        )
        for outcome in outcomes:
            SETTLED.labels(payment.provider, outcome).inc()
        if outcomes:
            self._awake.set()

    async def _try_providers(self) -> None:
        counter = self._counter
        now = counter.clock.now()
        if not (await counter.storage.read(is_due, now=now)).trials:
            return
        for health in await counter.storage.run(claim_probes, now=now):
            self._payers.start(
                try_again(
                    counter.storage,
                    counter.providers,
                    health,
                    policy=counter.policy,
                    clock=counter.clock,
                )
            )

    async def _ask_about_refunds(self) -> None:
        counter, places = self._counter, self._payers.places
        now = counter.clock.now()
        if not places or not (await counter.storage.read(is_due, now=now)).refunds:
            return
        for refund in await counter.storage.run(claim_refunds, now=now, most=places):
            self._payers.start(self._ask_about_refund(refund.id))

    async def _ask_about_refund(self, refund_id: int) -> None:
        counter = self._counter
        await carry_out_refund(
            counter.storage,
            counter.providers,
            refund_id,
            policy=counter.policy,
            clock=counter.clock,
        )
        self._awake.set()

    async def _renew(self) -> None:
        counter, places = self._counter, self._payers.places
        now = counter.clock.now()
        if not places or not (await counter.storage.read(is_due, now=now)).renewals:
            return
        for subscription in await counter.storage.run(due_renewals, now=now, most=places):
            self._payers.start(self._renew_one(subscription))

    async def _renew_one(self, subscription: int) -> None:
        counter = self._counter
        outcomes = await renew_one(
            counter.storage,
            counter.providers,
            subscription,
            encryption=counter.encryption,
            policy=counter.policy,
            clock=counter.clock,
        )
        self._count("renewal", outcomes)

    async def _reconcile(self, provider: PaymentProvider) -> None:
        counter = self._counter
        outcomes = await reconcile(
            counter.storage, provider, policy=counter.policy, clock=counter.clock
        )
        self._count(provider.name, outcomes)

    def _count(self, name: str, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            SETTLED.labels(name, outcome).inc()
        self._awake.set()

    async def _bring_back_updates(self) -> None:
        counter = self._counter
        now = counter.clock.now()
        if self._reception.is_open and (await counter.storage.read(is_due, now=now)).inbox_events:
            found = await counter.storage.run(
                claim_updates, policy=counter.policy, now=now, most=_MOST
            )
            self._reception.answer_later(found)

    async def _send(self) -> None:
        counter = self._counter
        while not self._stopping.is_set() and (places := self._senders.places):
            now = counter.clock.now()
            if not (await counter.storage.read(is_due, now=now)).effects:
                return
            effects = await counter.storage.run(claim, now=now, most=places)
            for effect in effects:
                if effect.id not in self._in_hand:
                    self._in_hand.add(effect.id)
                    self._senders.start(self._hold(effect))
            if not effects:
                return

    async def _hold(self, effect: QueuedEffect) -> None:
        """Keep what is under way from being sent twice when a jump of the clock ends its lease."""
        try:
            SENT.labels(effect.kind, await self._carriers.carry_out(effect)).inc()
        finally:
            self._in_hand.discard(effect.id)
