"""A charge is given back at the moment at which the next is made: one of them goes first."""

import asyncio
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from shop.orders.order_records import Orders
from shop.ports import Happening, PaymentEvent
from shop.renewals.notices import RenewalStopped
from shop.renewals.records import Renewals
from shop.renewals.renew import ChargeIntent, take_up
from shop.settlement.settle import Source, settle
from tests.fixtures.meeting import LONG_ENOUGH, UNGUARDED, leave_unclaimed
from tests.fixtures.plugin import new_database, postgres_shop
from tests.fixtures.shop import CARD, Shop
from tests.fixtures.tables import Tables
from tests.races.test_renewing_races import due
from tests.renewals.conftest import Kept

__all__ = ["new_database", "postgres_shop"]
STANDING = "SELECT is_on, payment_id FROM renewals"
DUE = """
    SELECT COUNT(*) FROM renewals AS r INNER JOIN subscriptions AS s ON s.id = r.subscription_id
    WHERE r.told_price_id IS NOT NULL AND r.round_end = s.paid_until AND r.charge_at <= {now}
"""


async def due_again(shop: Shop, tables: Tables) -> Kept:
    """Anna's card was charged once, and is about to be charged for the month after."""
    kept = await due(shop)
    assert await kept.renew()
    while not tables.one(DUE.format(now=int(shop.now.timestamp()))):
        shop.clock.move(hours=6)
        if not tables.one(DUE.format(now=int(shop.now.timestamp()))):
            await kept.renew()
    return kept


def meet_at_deciding(patch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """Let who charges and who gives back go on only once both have made up their mind."""
    door = Barrier(2)
    for kind, name in ((Renewals, "awaited"), (Orders, "state")):
        method = getattr(kind, name)

        def meeting(self: object, *args: Any, _method: Any = method, **facts: Any) -> object:  # noqa: ANN401
            found = _method(self, *args, **facts)
            if not door.broken:
                with suppress(BrokenBarrierError):
                    door.wait(seconds)
                door.abort()  # they meet once
            return found

        patch.setattr(kind, name, meeting)


async def both(kept: Kept) -> ChargeIntent | None:
    """Charge the card, and hear that the month before went back, at once."""
    shop = kept.shop
    [(reference, request)] = kept.card.charged.items()
    told = PaymentEvent(
        event_id="back",
        kind="refunded",
        happening=Happening.REFUNDED,
        reference=reference,
        receipt_id=f"m_{reference}",
        money=request.amount,
        occurred_at=shop.now,
    )
    charge, _ = await asyncio.gather(
        shop.run(take_up, 1, providers=shop.providers, policy=shop.policy, now=shop.now),
        shop.run(settle, told, Source(provider=CARD), policy=shop.policy, now=shop.now),
    )
    return charge


async def test_without_the_claim_it_is_charged_and_renews_on_or_is_forgotten(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    kept = await due_again(shop, tables)
    leave_unclaimed(monkeypatch)
    meet_at_deciding(monkeypatch, seconds=UNGUARDED)

    charge = await both(kept)

    assert charge is not None
    assert tables.rows(STANDING) != [(0, charge.payment.id)]


async def test_with_the_claim_it_is_off_and_what_was_asked_for_before_is_known(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    kept = await due_again(shop, tables)
    meet_at_deciding(monkeypatch, seconds=LONG_ENOUGH)

    charge = await both(kept)

    [(is_on, payment)] = tables.rows(STANDING)
    assert not is_on
    if charge is not None:
        assert payment == charge.payment.id, "its end is asked about"
    await shop.drain()
    [told] = kept.told(RenewalStopped)
    assert told.payload["is_under_way"] is (charge is not None)
    await kept.pass_days(60)
    assert len(kept.card.charged) == (1 if charge is None else 2)
