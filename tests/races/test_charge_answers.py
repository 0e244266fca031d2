"""A charge's answer and its webhook at once: both take the inbox first, then the customer."""

import asyncio
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from shop.books.books import Books
from shop.customers.records import Customers
from shop.intake.charges import note_charge
from shop.messaging.inbox_records import Inbox
from shop.ports import Charge
from shop.renewals.renew import ChargeIntent, take_up
from shop.settlement.settle import Outcome, Source, settle
from tests.fixtures.meeting import LONG_ENOUGH, UNGUARDED
from tests.fixtures.plugin import new_database, postgres_shop
from tests.fixtures.shop import CARD, Shop
from tests.fixtures.tables import Tables
from tests.races.test_renewing_races import due

__all__ = ["new_database", "postgres_shop"]


def meet_at_the_first_lock(patch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """Let both go on once each holds something, or one has waited long enough."""
    door = Barrier(2)
    for kind, name in ((Inbox, "keep"), (Customers, "claim")):
        method = getattr(kind, name)

        def meeting(self: object, *args: Any, _method: Any = method, **facts: Any) -> object:  # noqa: ANN401
            found = _method(self, *args, **facts)
            if not door.broken:
                try:
                    door.wait(seconds)
                except BrokenBarrierError:
                    door.abort()
                else:
                    door.abort()
            return found

        patch.setattr(kind, name, meeting)


async def both(shop: Shop, *, claims_first: bool) -> tuple[list[Outcome], int]:
    """Take the same news as answer and as webhook; what came of it, and how often it was tried."""
    intent = await shop.run(take_up, 1, providers=shop.providers, policy=shop.policy, now=shop.now)
    assert isinstance(intent, ChargeIntent)
    event = shop.received(intent.payment)
    tries: list[str] = []

    def answer(books: Books) -> list[Outcome]:
        tries.append("answer")
        # The wrong order once: a second one may meet the webhook again, because PostgreSQL lets a
        # newcomer lock a row before whoever waits for it has woken up.
        if claims_first and tries.count("answer") == 1:
            books[Customers].claim(intent.renewal.customer_id)
        charge = Charge(provider_ref=intent.payment.reference, events=[event])
        return note_charge(books, intent, charge, policy=shop.policy, now=shop.now)

    def webhook(books: Books) -> list[Outcome]:
        tries.append("webhook")
        return [settle(books, event, Source(provider=CARD), policy=shop.policy, now=shop.now)]

    with pytest.MonkeyPatch.context() as patch:
        meet_at_the_first_lock(patch, seconds=UNGUARDED if claims_first else LONG_ENOUGH)
        told = await asyncio.gather(shop.run(answer), shop.run(webhook))
    return sorted(told[0] + told[1]), len(tries)


@pytest.mark.parametrize(("claims_first", "tries"), [(True, 3), (False, 2)])
async def test_an_answer_and_its_webhook_wait_for_each_other_only_in_another_order(
    postgres_shop: tuple[Shop, Tables], *, claims_first: bool, tries: int
) -> None:
    shop, tables = postgres_shop
    await due(shop)
    assert await both(shop, claims_first=claims_first) == (["known", "settled"], tries)
    assert tables.one("SELECT COUNT(*) FROM receipts") == 2, "the first month and this one"
