"""Two of the staff give the same money back at once; a provider's news beside its answer."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from shop.core.errors import ShopError
from shop.core.money import Money
from shop.ledger.journal_records import Journal
from shop.ledger.receipt_records import Receipts
from shop.refunds.records import RefundRoute, Refunds
from shop.refunds.refund import RefundWish, begin_refund
from shop.refunds.rules import TooMuchBackError
from shop.settlement.settle import Outcome
from shop.settlement.unassigned import assign
from tests.fixtures.meeting import LONG_ENOUGH, UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.shop import STAFF
from tests.fixtures.tables import contradictions

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tests.fixtures.shop import Shop
    from tests.fixtures.tables import Tables

ROUTES = (RefundRoute.PROVIDER, RefundRoute.WALLET)


async def both_at_once(shop: "Shop", route: RefundRoute) -> list[object]:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))
    wish = RefundWish(receipt=1, money=Money(payment.due.minor, "EUR"), route=route, reason="wish")
    return await asyncio.gather(
        *(
            shop.run(begin_refund, wish, STAFF + n, policy=shop.policy, now=shop.now)
            for n in range(2)
        ),
        return_exceptions=True,
    )


@pytest.mark.parametrize("route", ROUTES)
async def test_without_the_claim_the_same_money_goes_back_twice(
    postgres_shop: "tuple[Shop, Tables]", monkeypatch: pytest.MonkeyPatch, route: RefundRoute
) -> None:
    shop, tables = postgres_shop
    leave_unclaimed(monkeypatch)
    meet_after(monkeypatch, Refunds, "case", seconds=UNGUARDED)

    await both_at_once(shop, route)

    assert tables.one("SELECT COUNT(*) FROM refunds") == 2
    assert "more of an order went back than was paid for it" in contradictions(tables)


@pytest.mark.parametrize("route", ROUTES)
async def test_with_it_the_second_hears_that_nothing_is_left(
    postgres_shop: "tuple[Shop, Tables]", monkeypatch: pytest.MonkeyPatch, route: RefundRoute
) -> None:
    shop, tables = postgres_shop
    meet_after(monkeypatch, Refunds, "of_receipt")

    answers = await both_at_once(shop, route)

    assert [isinstance(one, TooMuchBackError) for one in answers].count(True) == 1
    assert tables.one("SELECT COUNT(*) FROM refunds") == 1
    assert contradictions(tables) == {}


BESIDE = ("a colleague gives it back", "a colleague gives it to a customer")
LEFT = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'unassigned'"


async def nobodys_money_twice(
    shop: "Shop", beside: str, patch: pytest.MonkeyPatch, *, seconds: float
) -> list[object]:
    """Money of no order is given back, and at the same moment given away once more."""
    anna = await shop.greet()
    payment = await shop.ask(anna)
    told = replace(shop.received(payment), reference="tk_nobody", provider_ref="")
    assert await shop.settle(told) is Outcome.UNKNOWN
    meet_after(patch, Journal, "enter", seconds=seconds)
    wish = RefundWish(
        receipt=1, money=Money(payment.due.minor, "EUR"), route=RefundRoute.PROVIDER, reason="wish"
    )
    policy, now = shop.policy, shop.now
    first = shop.run(begin_refund, wish, STAFF, policy=policy, now=now)
    if beside == BESIDE[0]:
        second: Awaitable[object] = shop.run(begin_refund, wish, STAFF + 1, policy=policy, now=now)
    else:
        second = shop.run(
            assign, STAFF + 1, receipt=1, customer_id=anna.id, policy=policy, now=now
        )
    return list(await asyncio.gather(first, second, return_exceptions=True))


@pytest.mark.parametrize("beside", BESIDE)
async def test_without_its_own_claim_nobodys_money_goes_away_twice(
    postgres_shop: "tuple[Shop, Tables]", monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    shop, tables = postgres_shop
    monkeypatch.setattr(Receipts, "claim", lambda *_: None)

    answers = await nobodys_money_twice(shop, beside, monkeypatch, seconds=UNGUARDED)

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert tables.one(LEFT) < 0


@pytest.mark.parametrize("beside", BESIDE)
async def test_with_it_nobodys_money_goes_away_once(
    postgres_shop: "tuple[Shop, Tables]", monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    shop, tables = postgres_shop

    answers = await nobodys_money_twice(shop, beside, monkeypatch, seconds=LONG_ENOUGH)

    # Given to a customer first, it may go back from the wallet: then neither is refused.
    trouble = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, ShopError) for one in trouble), trouble
    assert tables.one(LEFT) == 0
    assert contradictions(tables) == {}
