"""Holds the books to the provider's own list of money, once a night: nothing may be missing."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from shop.books.books import Books
from shop.books.notes import Notes, recall, remember
from shop.books.opening import Storage
from shop.core.money import Money
from shop.core.policy import Policy
from shop.intake.notices import StarDifference
from shop.ledger.receipt_records import Receipts
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Outbox
from shop.ports import Clock, Happening, PaymentEvent, PaymentProvider, ProviderError, steerer_of
from shop.settlement.commissions import book_commission
from shop.settlement.settle import Outcome, Source, settle

_TURN, _UNTIL = "reconcile_turn:", "reconciled_until:"
_NIGHT = time(3, tzinfo=UTC)
_LEASE = timedelta(hours=1)
_OVERLAP = timedelta(days=1)
_FIRST = timedelta(days=30)
_ON_ITS_WAY = timedelta(minutes=15)  # money this fresh may still be told by its own update
_NAMED = 5
_NOTHING_NEW = frozenset({Outcome.KNOWN, Outcome.ELSEWHERE})


async def reconcile(
    storage: Storage, provider: PaymentProvider, *, policy: Policy, clock: Clock
) -> list[Outcome]:
    """Compare, if tonight's turn is ours; what was missing is settled as if its update had come.

    A process that dies over it leaves its turn to whoever looks an hour later.
    """
    steerer, now = steerer_of(provider), clock.now()
    if steerer is None or not await storage.read(_is_time, provider.name, now=now):
        return []
    if not await storage.run(_take_turn, provider.name, now=now):
        return []
    since, until = await storage.read(_window, provider.name, now=now)
    try:
        events = await steerer.moneys_since(since)
    except ProviderError:
        return []  # the turn comes round again in an hour
    return await storage.run(
        compare, provider.name, events, since=since, until=until, policy=policy, now=clock.now()
    )


def compare(
    books: Books,
    provider: str,
    events: Sequence[PaymentEvent],
    *,
    since: datetime,
    until: datetime,
    policy: Policy,
    now: datetime,
) -> list[Outcome]:
    """Every money of theirs is in our books and the other way round; staff hear the rest."""
    ours = books[Receipts].receipts_between(provider, since=since, until=until)
    outcomes: list[Outcome] = []
    found: list[PaymentEvent] = []
    odd: list[str] = []
    theirs: set[str] = set()
    for event in events:
        if event.occurred_at is None or event.occurred_at >= until:
            continue
        theirs.add(event.receipt_id)
        known = books[Receipts].receipt_named(provider, event.receipt_id)
        if known is not None:
            book_commission(books, provider, known, event, now=now)
        if event.happening is Happening.RECEIVED and known is not None:
            stands = ours.get(event.receipt_id)
            if stands is not None and event.money and stands != event.money:
                odd.append(event.receipt_id)
            continue
        outcome = settle(books, event, Source(provider=provider), policy=policy, now=now)
        if event.happening is Happening.RECEIVED and outcome not in _NOTHING_NEW:
            outcomes.append(outcome)
            found.append(event)
    odd += sorted(ours.keys() - theirs)
    if found or odd:
        notice = StarDifference(
            provider=provider,
            found=len(found),
            money=_together(found),
            odd=len(odd),
            names=tuple(odd[:_NAMED]),
        )
        key = f"{provider}:{int(until.timestamp())}"
        books[Outbox].add(tell_staff(policy, notice, key=key), now=now)
    remember(books, _UNTIL + provider, str(int(until.timestamp())))
    remember(books, _TURN + provider, f"{int(_next_night(now).timestamp()):012d}")
    return outcomes


def _together(found: Sequence[PaymentEvent]) -> Money | None:
    moneys = [event.money for event in found if event.money is not None]
    return sum(moneys[1:], moneys[0]) if moneys else None


def _is_time(books: Books, provider: str, *, now: datetime) -> bool:
    return int(recall(books, _TURN + provider) or 0) <= now.timestamp()


def _take_turn(books: Books, provider: str, *, now: datetime) -> bool:
    return books[Notes].take_turn(_TURN + provider, now=now, next_at=now + _LEASE)


def _window(books: Books, provider: str, *, now: datetime) -> tuple[datetime, datetime]:
    done = int(recall(books, _UNTIL + provider) or 0)
    since = datetime.fromtimestamp(done, UTC) - _OVERLAP if done else now - _FIRST
    return since, now - _ON_ITS_WAY


def _next_night(now: datetime) -> datetime:
    night = datetime.combine(now.date(), _NIGHT)
    return night if night > now else night + timedelta(days=1)
