"""Law 6: who changes a customer's affairs goes alone."""

import asyncio

import pytest
from psycopg.errors import UniqueViolation

from shop.access.subscription_records import Subscriptions
from shop.checkout.trial import TrialUsedError, start_trial
from shop.orders.orders import expire_orders
from shop.orders.payment_records import Payments
from shop.settlement.circumstances import CircumstanceRecords
from shop.settlement.settle import Outcome
from tests.fixtures.goods import PLANS, QUARTER, TERMS
from tests.fixtures.meeting import UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables, contradictions

SECOND = "a customer has a second live subscription to one plan that nobody asked for"


async def test_without_the_claim_two_payments_add_the_same_month(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await shop.greet()
    first, second = await shop.ask(anna), await shop.ask(anna, term=QUARTER)
    await shop.pay(await shop.ask(anna, term=TERMS[0]))
    tables.write("ALTER TABLE periods DROP CONSTRAINT periods_subscription_id_starts_at_key")
    leave_unclaimed(monkeypatch)
    meet_after(monkeypatch, Subscriptions, "get", seconds=UNGUARDED)

    outcomes = await asyncio.gather(shop.pay(first), shop.pay(second))

    assert list(outcomes) == [Outcome.SETTLED] * 2
    assert "two periods of a subscription overlap" in contradictions(tables)


async def test_without_the_claim_the_periods_own_key_still_lets_only_one_through(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await shop.greet()
    first, second = await shop.ask(anna), await shop.ask(anna, term=QUARTER)
    await shop.pay(await shop.ask(anna, term=TERMS[0]))
    leave_unclaimed(monkeypatch)
    meet_after(monkeypatch, Subscriptions, "get", seconds=UNGUARDED)

    outcomes = await asyncio.gather(shop.pay(first), shop.pay(second), return_exceptions=True)

    assert Outcome.SETTLED in outcomes
    assert any(isinstance(outcome, UniqueViolation) for outcome in outcomes), outcomes
    assert contradictions(tables) == {}


async def test_without_the_claim_two_first_payments_begin_two_subscriptions(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await shop.greet()
    first, second = await shop.ask(anna), await shop.ask(anna, term=QUARTER)
    leave_unclaimed(monkeypatch)
    meet_after(monkeypatch, CircumstanceRecords, "of", seconds=UNGUARDED)

    outcomes = await asyncio.gather(shop.pay(first), shop.pay(second))

    assert list(outcomes) == [Outcome.SETTLED] * 2
    assert SECOND in contradictions(tables)


async def test_with_the_claim_the_second_of_two_first_payments_lengthens(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await shop.greet()
    first, second = await shop.ask(anna), await shop.ask(anna, term=QUARTER)
    meet_after(monkeypatch, CircumstanceRecords, "of")

    outcomes = await asyncio.gather(shop.pay(first), shop.pay(second))

    assert list(outcomes) == [Outcome.SETTLED] * 2
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == 1
    assert tables.one("SELECT COUNT(*) FROM periods") == 2
    assert contradictions(tables) == {}


async def test_with_the_claim_both_payments_add_their_time(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await shop.greet()
    first, second = await shop.ask(anna), await shop.ask(anna, term=QUARTER)
    await shop.pay(await shop.ask(anna, term=TERMS[0]))
    meet_after(monkeypatch, Payments, "affairs")

    outcomes = await asyncio.gather(shop.pay(first), shop.pay(second))

    assert list(outcomes) == [Outcome.SETTLED] * 2
    assert contradictions(tables) == {}
    assert tables.one("SELECT COUNT(*) FROM periods") == 3


async def test_eighteen_orders_paid_at_once_add_eighteen_periods(
    shop: Shop, tables: Tables
) -> None:
    anna = await shop.greet()
    orders = [await shop.ask(anna, slug=slug, term=term) for slug in PLANS for term in TERMS]
    shop.clock.move(hours=25)  # those have expired, but their price is kept for three days
    await shop.run(expire_orders, clock=shop.clock)
    orders += [await shop.ask(anna, slug=slug, term=term) for slug in PLANS for term in TERMS[:2]]

    outcomes = await asyncio.gather(*(shop.pay(payment) for payment in orders))

    assert outcomes == [Outcome.SETTLED] * 18
    assert tables.one("SELECT COUNT(*) FROM periods") == 18
    assert tables.one("SELECT COUNT(*) FROM subscriptions") == len(PLANS)
    gaps = """
        SELECT p.id FROM periods AS p INNER JOIN subscriptions AS s ON s.id = p.subscription_id
        WHERE p.ends_at <> s.paid_until AND NOT EXISTS (
            SELECT 1 FROM periods AS n
            WHERE n.subscription_id = p.subscription_id AND n.starts_at = p.ends_at
        )
    """
    assert tables.rows(gaps) == []


async def test_without_the_trials_key_two_taps_take_two_trials(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    anna = await shop.greet()
    leave_unclaimed(monkeypatch)
    monkeypatch.setattr(Subscriptions, "take_trial", lambda *_, **__: True)
    meet_after(monkeypatch, Subscriptions, "live", seconds=UNGUARDED)

    taken = await asyncio.gather(
        shop.run(start_trial, anna.id, "solo", policy=shop.policy, now=shop.now),
        shop.run(start_trial, anna.id, "bare", policy=shop.policy, now=shop.now),
    )

    assert len(taken) == 2
    assert tables.one("SELECT COUNT(*) FROM orders WHERE kind = 'trial'") == 2


async def test_twenty_taps_take_one_trial(shop: Shop, tables: Tables) -> None:
    anna = await shop.greet()

    taken = await asyncio.gather(
        *(
            shop.run(
                start_trial, anna.id, ("solo", "bare")[n % 2], policy=shop.policy, now=shop.now
            )
            for n in range(20)
        ),
        return_exceptions=True,
    )

    refused = [one for one in taken if isinstance(one, TrialUsedError)]
    assert len(refused) == 19
    assert tables.one("SELECT COUNT(*) FROM trials") == 1
    assert tables.one("SELECT COUNT(*) FROM periods") == 1
