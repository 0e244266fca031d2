"""A provider that does not answer is hidden from customers until it does; staff hear both, once.

Its webhooks are taken all the while, and its open payments go on being asked about (law 11).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.policy import Policy
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.health_records import ProviderHealth, ProviderHealthRecords
from shop.orders.health_rules import HealthPolicy, probe_wait
from shop.orders.notices import ProviderBack, ProviderDown
from shop.ports import Clock, PaymentProvider, ProviderError

_LEASE = timedelta(minutes=1)  # longer than any provider is given to answer
_LONGEST = 200


def note_answer(books: Books, provider: str) -> None:
    """It answered as it should: whatever trouble it had is over."""
    found = books[ProviderHealthRecords].of(provider)
    # One that is hidden comes back by a trial of our own, so that staff hear of it.
    if found is not None and not found.is_open:
        books[ProviderHealthRecords].close(provider)


def note_trouble(
    books: Books, provider: str, error: str, *, policy: Policy, now: datetime, is_no: bool = False
) -> None:
    """It did not answer in time or in sense; `is_no`: it refused, which may be the order's fault.

    After enough of that in a row it is hidden; after refusals only if a trial fails, too.
    """
    health = books[ProviderHealthRecords].fail(provider, error=error[:_LONGEST])
    if health.is_open or health.failures < policy[HealthPolicy].failures:
        return
    if is_no:
        books[ProviderHealthRecords].suspect(provider, now=now)
    else:
        _hide(books, health, policy=policy, now=now)


def hidden_ways(books: Books) -> frozenset[str]:
    """The providers that customers do not see just now."""
    return frozenset(health.provider for health in books[ProviderHealthRecords].opened())


def claim_probes(books: Books, *, now: datetime) -> list[ProviderHealth]:
    """Providers it is time to try again."""
    return books[ProviderHealthRecords].claim(now=now, lease=now + _LEASE)


async def try_again(
    storage: Storage,
    providers: Mapping[str, PaymentProvider],
    health: ProviderHealth,
    *,
    policy: Policy,
    clock: Clock,
) -> None:
    """Try a provider's keys: nobody's money depends on the outcome."""
    provider = providers.get(health.provider)
    try:
        if provider is not None:
            await provider.check()
    except ProviderError as error:
        words = error.sentence
        await storage.run(note_failed, health, words, policy=policy, now=clock.now())
    else:
        await storage.run(note_recovery, health.provider, policy=policy, now=clock.now())


def note_failed(
    books: Books, health: ProviderHealth, error: str, *, policy: Policy, now: datetime
) -> None:
    """The trial failed: rest longer; one that was only suspected is hidden now."""
    if not health.is_open:
        _hide(books, health, policy=policy, now=now)
        return
    books[ProviderHealthRecords].try_later(
        health.provider, now + probe_wait(health.tries), error=error[:_LONGEST]
    )


def note_recovery(books: Books, provider: str, *, policy: Policy, now: datetime) -> None:
    """The trial went well: show it again, yet the next failure hides it at once (half open)."""
    health = books[ProviderHealthRecords].of(provider)
    if health is None:
        return
    if not health.is_open or health.opened_at is None:
        books[ProviderHealthRecords].close(provider)
        return
    books[ProviderHealthRecords].half_close(provider, failures=policy[HealthPolicy].failures - 1)
    back = ProviderBack(provider=provider, since=health.opened_at)
    told = tell_staff(policy, back, key=f"{provider}:{int(back.since.timestamp())}")
    books[Outbox].add(told, now=now)


def _hide(books: Books, health: ProviderHealth, *, policy: Policy, now: datetime) -> None:
    name = health.provider
    if books[ProviderHealthRecords].open(name, now=now, try_at=now + probe_wait(0)):
        told = tell_staff(
            policy,
            ProviderDown(provider=name, error=health.error),
            key=f"{name}:{int(now.timestamp())}",
        )
        books[Outbox].add(told, now=now)
