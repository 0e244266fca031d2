"""A wallet never goes below zero, however many orders reach into it at once."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from shop.catalog.records import CatalogRecords
from shop.checkout import wallet
from shop.checkout.payment import Choice, PaidAlreadyError
from shop.checkout.wallet import WalletTooSmallError, pay_from_wallet, use_wallet
from shop.core.money import Money
from shop.credit.records import Wallets
from shop.ledger.journal_records import Journal
from shop.settlement.settle import Outcome
from tests.fixtures.goods import MONTH, QUARTER, WEEK
from tests.fixtures.meeting import UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.shop import Shop, price_of
from tests.fixtures.tables import Tables, contradictions

if TYPE_CHECKING:
    from shop.core.intervals import Interval
    from shop.customers.records import Customer

BALANCE = "SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'"


async def rich(shop: Shop, minor: int) -> "Customer":
    """A customer with so much in the wallet, all of it from money for a paid order."""
    anna = await shop.greet()
    payment = await shop.ask(anna, slug="bare", term=WEEK)
    await shop.pay(payment)
    await shop.settle(shop.received(payment, money=Money(minor, "EUR")))
    return anna


async def price_id(shop: Shop, term: "Interval", slug: str = "solo") -> int:
    return await shop.storage.read(price_of, slug, term, "EUR")


async def pay(shop: Shop, anna: "Customer", term: "Interval", *, screen: int = 1) -> str:
    choice = Choice(
        customer_id=anna.id,
        price_id=await price_id(shop, term),
        provider="wallet",
        screen_id=screen,
    )
    return (await shop.run(pay_from_wallet, choice, policy=shop.policy, now=shop.now)).reference


async def price(shop: Shop, term: "Interval") -> int:
    number = await price_id(shop, term)
    return (
        await shop.storage.read(lambda books: books[CatalogRecords].price(number))
    ).amount.minor


async def aside(shop: Shop, anna: "Customer", term: "Interval", *, wants: bool = True) -> int:
    found = await shop.run(
        use_wallet,
        anna.id,
        await price_id(shop, term),
        wants=wants,
        policy=shop.policy,
        now=shop.now,
    )
    return found.minor


async def test_without_the_claim_two_orders_spend_the_same_money(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await rich(shop, await price(shop, QUARTER))
    leave_unclaimed(monkeypatch)
    monkeypatch.setattr(wallet, "reserve", lambda *_, **__: None)
    monkeypatch.setattr("shop.settlement.fulfilment.came_before", _all_of_it)
    monkeypatch.setattr("shop.settlement.fulfilment.add_time", _no_time)
    meet_after(monkeypatch, Journal, "wallets", seconds=UNGUARDED)

    await asyncio.gather(pay(shop, anna, MONTH), pay(shop, anna, QUARTER))

    assert "a wallet is below zero" in contradictions(tables)


def _all_of_it(_books: object, _customer: int, _order: int, whole: Money, **_: object) -> Money:
    return whole


def _no_time(*_: object, **__: object) -> object:
    """Leave the periods' own keys out of it: this is about the money."""
    from datetime import UTC, datetime
    from types import SimpleNamespace

    span = SimpleNamespace(ends_at=datetime(2026, 1, 1, tzinfo=UTC))
    return SimpleNamespace(subscription_id=None, span=span, effects=(), is_new=False)


async def test_with_the_claim_one_of_two_orders_is_paid(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await rich(shop, await price(shop, QUARTER))
    meet_after(monkeypatch, Journal, "wallets")

    found = await asyncio.gather(
        pay(shop, anna, MONTH), pay(shop, anna, QUARTER), return_exceptions=True
    )

    assert sum(isinstance(one, WalletTooSmallError) for one in found) == 1
    assert contradictions(tables) == {}


async def rest_and_other(shop: Shop) -> list[int]:
    """Two taps at once: a page for the rest of a month, and the wallet set aside for a quarter.

    Gives what each of them counts on, of the 4.00 that came short for the month.
    """
    anna = await shop.greet()
    first = await shop.ask(anna)
    await shop.settle(shop.received(first, money=Money(400, "EUR")))
    page, part = await asyncio.gather(shop.ask(anna), aside(shop, anna, QUARTER))
    return [(page.whole - page.due).minor, part]


async def test_without_the_claim_a_page_and_another_order_count_on_the_same_money(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _tables = postgres_shop
    leave_unclaimed(monkeypatch)
    meet_after(monkeypatch, Wallets, "kept", seconds=UNGUARDED)
    assert await rest_and_other(shop) == [400, 400]


async def test_with_the_claim_one_of_them_counts_on_it(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _tables = postgres_shop
    meet_after(monkeypatch, Wallets, "kept")
    assert sorted(await rest_and_other(shop)) == [0, 400]


async def test_twenty_taps_pay_once(shop: Shop, tables: Tables) -> None:
    anna = await rich(shop, 100_000)

    found = await asyncio.gather(
        *(pay(shop, anna, MONTH) for _ in range(20)), return_exceptions=True
    )

    assert sum(isinstance(one, PaidAlreadyError) for one in found) == 19
    assert tables.one(BALANCE) == 100_000 - await price(shop, MONTH)
    assert tables.one("SELECT COUNT(*) FROM receipts WHERE provider = 'wallet'") == 1


async def test_paid_from_the_wallet_the_journal_says_so(shop: Shop, tables: Tables) -> None:
    costs = await price(shop, MONTH)
    anna = await rich(shop, costs + 1)
    await pay(shop, anna, MONTH)

    lines = tables.rows(
        "SELECT account, minor FROM journal WHERE group_ref = 'receipt:3' ORDER BY account"
    )
    assert lines == [("sales", -costs), ("wallet", costs)]
    assert tables.one(BALANCE) == 1
    assert tables.one("SELECT COUNT(*) FROM orders WHERE state = 'paid'") == 2


async def test_a_part_waits_for_the_rest_and_counts_once(shop: Shop, tables: Tables) -> None:
    anna = await rich(shop, 400)
    assert await aside(shop, anna, MONTH) == 400
    assert tables.one(BALANCE) == 400, "nothing is booked until the rest comes"
    payment = await shop.ask(anna)
    assert payment.due.minor == await price(shop, MONTH) - 400
    assert await aside(shop, anna, QUARTER) == 0, "it is kept for the other order"

    assert await shop.pay(payment) is Outcome.SETTLED

    assert tables.one(BALANCE) == 0


async def test_the_whole_price_after_all_leaves_the_wallet_alone(
    shop: Shop, tables: Tables
) -> None:
    anna = await rich(shop, 400)
    before = await shop.ask(anna)
    await aside(shop, anna, MONTH)
    assert await shop.pay(before) is Outcome.SETTLED, "a page that was opened earlier"
    assert tables.one(BALANCE) == 400


async def test_the_rest_on_two_pages_is_taken_once(shop: Shop, tables: Tables) -> None:
    anna = await rich(shop, 400)
    await aside(shop, anna, MONTH)
    card, crypto = await shop.ask(anna), await shop.ask(anna, provider="sandbox_crypto")
    assert await shop.pay(card) is Outcome.SETTLED
    assert await shop.pay(crypto) is Outcome.TO_WALLET
    assert tables.one(BALANCE) == crypto.due.minor


async def test_a_page_that_was_served_is_honoured_though_the_wallet_is_kept_out_of_it_since(
    shop: Shop, tables: Tables
) -> None:
    anna = await rich(shop, 400)
    await aside(shop, anna, MONTH)
    payment = await shop.ask(anna)
    assert await aside(shop, anna, MONTH, wants=False) == 0
    assert await aside(shop, anna, QUARTER) == 0, "the page still counts on it"
    assert (await shop.ask(anna)).due.minor == await price(shop, MONTH), "a new one does not"
    assert await shop.pay(payment) is Outcome.SETTLED
    assert tables.one(BALANCE) == 0


async def test_what_was_spent_after_the_order_expired_is_missing_too(
    shop: Shop, tables: Tables
) -> None:
    from shop.orders.orders import expire_orders

    cheap = await price(shop, WEEK)
    anna = await rich(shop, cheap)
    await aside(shop, anna, MONTH)
    payment = await shop.ask(anna)
    with pytest.raises(WalletTooSmallError):
        await pay(shop, anna, WEEK)
    shop.clock.move(hours=25)
    await shop.run(expire_orders, clock=shop.clock)
    await pay(shop, anna, WEEK)
    assert tables.one(BALANCE) == 0
    assert await shop.pay(payment) is Outcome.TO_WALLET, "late, and too little by now"
    assert tables.one("SELECT verdict FROM receipts ORDER BY id DESC LIMIT 1") == "short"
