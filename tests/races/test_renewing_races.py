"""A renewal by the kept card and one by hand at the same moment: one of them goes first."""

import asyncio
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from shop.catalog.records import CatalogRecords
from shop.checkout.payment import Choice, RenewalUnderWayError, begin_payment
from shop.renewals.records import Renewals
from shop.renewals.renew import ChargeIntent, take_up
from tests.fixtures.goods import MONTH
from tests.fixtures.meeting import LONG_ENOUGH, UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.plugin import new_database, postgres_shop
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables
from tests.renewals.conftest import Kept, keep

__all__ = ["new_database", "postgres_shop"]
OPEN = "SELECT COUNT(*) FROM payments WHERE state = 'created'"


async def due(shop: Shop) -> Kept:
    """Anna's card is about to be charged."""
    kept = await keep(shop)
    for _ in range(29 * 4):
        shop.clock.move(hours=6)
        await kept.renew()
    shop.clock.move(hours=30)
    return kept


def meet_at_looking(patch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """Let who charges and who pays by hand go on only once both have looked for the other."""
    door = Barrier(2)
    for name in ("awaited", "charge_under_way"):
        method = getattr(Renewals, name)

        def meeting(self: Renewals, *args: Any, _method: Any = method, **facts: Any) -> object:  # noqa: ANN401
            found = _method(self, *args, **facts)
            try:
                door.wait(seconds)
            except BrokenBarrierError:
                door.reset()
            return found

        patch.setattr(Renewals, name, meeting)


async def both(kept: Kept) -> tuple[object, object]:
    """Charge the card and pay by hand, at once."""
    shop = kept.shop
    price = await shop.storage.read(
        lambda books: books[CatalogRecords].price_for(
            books[CatalogRecords].by_slug("solo").id, MONTH, "EUR"
        )
    )
    assert price is not None
    choice = Choice(customer_id=kept.anna.id, price_id=price.id, provider="sandbox_crypto")
    by_card = shop.run(take_up, 1, providers=shop.providers, policy=shop.policy, now=shop.now)
    by_hand = shop.run(begin_payment, choice, policy=shop.policy, now=shop.now)
    charge, page = await asyncio.gather(by_card, by_hand, return_exceptions=True)
    return charge, page


async def test_without_the_claim_card_and_hand_both_pay(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    kept = await due(shop)
    leave_unclaimed(monkeypatch)
    meet_at_looking(monkeypatch, seconds=UNGUARDED)

    charge, page = await both(kept)

    assert isinstance(charge, ChargeIntent)
    assert not isinstance(page, Exception)
    assert tables.one(OPEN) == 2, "both may be paid"


async def test_with_the_claim_one_of_them_waits_for_the_other(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    kept = await due(shop)
    meet_at_looking(monkeypatch, seconds=LONG_ENOUGH)

    charge, page = await both(kept)

    is_charged = isinstance(charge, ChargeIntent)
    is_refused = isinstance(page, RenewalUnderWayError)
    assert is_charged == is_refused
    assert tables.one(OPEN) == 1


async def test_two_processes_that_charge_at_once_name_the_same_charge(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    await due(shop)
    leave_unclaimed(monkeypatch)  # even so: a payment's own key has the last word
    meet_after(monkeypatch, Renewals, "awaited", seconds=UNGUARDED)

    charges = await asyncio.gather(
        *(
            shop.run(take_up, 1, providers=shop.providers, policy=shop.policy, now=shop.now)
            for _ in range(2)
        )
    )

    assert len({one.payment.reference for one in charges if one is not None}) == 1
    assert tables.one(OPEN) == 1


async def test_with_the_claim_the_second_asks_about_the_first_ones_charge(
    postgres_shop: tuple[Shop, Tables],
) -> None:
    shop, tables = postgres_shop
    kept = await due(shop)

    outcomes = await asyncio.gather(*(kept.take_up(1) for _ in range(4)))

    assert len(kept.card.charged) == 1
    assert sum(map(len, outcomes)) >= 1
    assert tables.one("SELECT COUNT(*) FROM receipts") == 2
