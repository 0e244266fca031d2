"""Star subscriptions in the books: every charge an order of its own, and the nightly look."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shop.books.books import Books
from shop.catalog.document import plan_document
from shop.catalog.products import STAR_TERM
from shop.catalog.records import CatalogRecords
from shop.checkout.payment import Choice, begin_payment
from shop.core.money import Money
from shop.intake.notices import StarDifference
from shop.intake.pre_checkout import may_pay
from shop.intake.star_reconciliation import reconcile
from shop.messaging.notices import Notice
from shop.orders.payment_records import Payment
from shop.ports import (
    Happening,
    PaymentEvent,
    ProviderError,
    ProviderSilentError,
    SeriesFacts,
)
from shop.refunds.notices import MoneyBack
from shop.refunds.rules import AccessAfterRefund, RefundPolicy
from shop.renewals.notices import RenewalStopped, StarsFailed, StarsResumed, StarsStopped
from shop.renewals.saved_methods import switch
from shop.renewals.star_records import SubscribedError
from shop.renewals.star_subscriptions import steer
from shop.settlement.notices import Paid
from shop.settlement.settle import Outcome
from tests.fixtures.goods import GOODS
from tests.fixtures.plugin import database_url, new_database, shop, tables
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables
from tests.renewals.conftest import keep

__all__ = ["database_url", "new_database", "shop", "tables"]
STARS = "stars"
PRICE = Money(430, "XTR")
MONTH = timedelta(days=30)


@dataclass
class Telegram:
    """What Telegram lists, and what it was told to stop."""

    name: str = STARS
    currencies: frozenset[str] | None = None
    can_steer: bool = True
    moneys: list[PaymentEvent] = field(default_factory=list)
    trouble: ProviderError | None = None
    asked: int = 0
    stopped: list[tuple[int, str, bool]] = field(default_factory=list)

    async def stop(self, chat_id: int, charge_id: str, *, is_stopped: bool) -> None:
        self.stopped.append((chat_id, charge_id, is_stopped))

    async def moneys_since(self, since: datetime) -> Sequence[PaymentEvent]:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        return [one for one in self.moneys if one.occurred_at and one.occurred_at >= since]


@dataclass
class Series:
    """A subscription that Anna bought, and the charges that come of it."""

    shop: Shop
    payment: Payment
    telegram: Telegram

    def charge(
        self, number: int, *, money: Money = PRICE, at: datetime | None = None
    ) -> PaymentEvent:
        at = at or self.shop.now
        return PaymentEvent(
            event_id=f"charge{number}.received",
            kind="stars.received",
            happening=Happening.RECEIVED,
            reference=self.payment.reference,
            provider_ref=self.payment.reference,
            receipt_id=f"charge{number}",
            money=money,
            occurred_at=at,
            detail=SeriesFacts(until=at + MONTH),
        )

    async def arrive(self, event: PaymentEvent) -> Outcome:
        outcome = await self.shop.settle(event, provider=STARS)
        await self.shop.drain()
        return outcome

    async def says(self, happening: Happening, number: int) -> None:
        event = PaymentEvent(
            event_id=f"update.{number}",
            kind="stars",
            happening=happening,
            reference=self.payment.reference,
        )
        await self.arrive(event)

    async def reconcile(self) -> list[Outcome]:
        outcomes = await reconcile(
            self.shop.storage,
            self.telegram,  # type: ignore[arg-type]  # lists and stops only
            policy=self.shop.policy,
            clock=self.shop.clock,
        )
        await self.shop.drain()
        return outcomes

    def told(self, notice: type[Notice]) -> list[dict[str, Any]]:
        return [dict(o.payload) for o in self.shop.told if o.payload["notice"] == notice.kind]


def offer(books: Books, *, now: datetime) -> int:
    """Put the subscription among the plans of the shop in hand."""
    plan = replace(GOODS.plans[0], star_subscription=PRICE.minor)
    number = books[CatalogRecords].put_product("solo", document=plan_document(plan), position=0)
    books[CatalogRecords].set_price(number, STAR_TERM, PRICE, now=now)
    price = books[CatalogRecords].price_for(number, STAR_TERM, "XTR")
    assert price is not None
    return price.id


async def ask(shop: Shop) -> Payment:
    anna = await shop.greet()
    price = await shop.run(offer, now=shop.now)
    takes = frozenset({"XTR"})
    choice = Choice(customer_id=anna.id, price_id=price, provider=STARS, currencies=takes)
    intent = await shop.run(begin_payment, choice, policy=shop.policy, now=shop.now)
    assert intent.recurs
    return intent.payment


@pytest.fixture
async def series(shop: Shop) -> Series:
    telegram = Telegram()
    shop.providers = {STARS: telegram}  # type: ignore[dict-item]  # it only stops and lists
    made = Series(shop=shop, payment=await ask(shop), telegram=telegram)
    event = made.charge(1)
    telegram.moneys.append(event)
    assert await made.arrive(event) is Outcome.SETTLED
    return made


async def test_each_charge_is_an_order_and_a_period_of_its_own(
    series: Series, tables: Tables
) -> None:
    for number in (2, 3, 4):
        series.shop.clock.move(days=30)
        assert await series.arrive(series.charge(number)) is Outcome.SETTLED
    periods = tables.rows("SELECT starts_at, ends_at FROM periods ORDER BY id")
    assert len(periods) == 4
    assert all(end - start == 30 * 86400 for start, end in periods)
    assert tables.one("SELECT COUNT(*) FROM orders WHERE state = 'paid'") == 4
    assert [one["by_itself"] for one in series.told(Paid)] == ["", *[STARS] * 3]


async def test_a_charge_told_twice_in_any_words_counts_once(
    series: Series, tables: Tables
) -> None:
    series.shop.clock.move(days=30)
    event = series.charge(2)
    assert await series.arrive(event) is Outcome.SETTLED
    assert await series.arrive(event) is Outcome.KNOWN
    other = replace(event, event_id="another name of it")
    assert await series.arrive(other) is Outcome.KNOWN
    first = replace(series.charge(1), event_id="the first once more")
    assert await series.arrive(first) is Outcome.KNOWN
    assert tables.one("SELECT COUNT(*) FROM orders") == 2


async def test_a_charge_we_hear_of_days_late_still_buys_its_time(
    series: Series, tables: Tables
) -> None:
    at = series.shop.now + MONTH
    series.shop.clock.move(days=40)
    assert await series.arrive(series.charge(2, at=at)) is Outcome.SETTLED
    assert tables.one("SELECT verdict FROM receipts ORDER BY id DESC") == "paid"


async def test_a_charge_too_small_goes_to_the_wallet(series: Series, tables: Tables) -> None:
    series.shop.clock.move(days=30)
    outcome = await series.arrive(series.charge(2, money=Money(400, "XTR")))
    assert outcome is Outcome.TO_WALLET
    assert tables.one("SELECT verdict FROM receipts ORDER BY id DESC") == "short"
    assert tables.one("SELECT COUNT(*) FROM periods") == 1


async def test_the_agreed_price_holds_while_the_subscription_runs(
    series: Series, tables: Tables
) -> None:
    def reprice(books: Books) -> None:
        number = books[CatalogRecords].by_slug("solo").id
        books[CatalogRecords].set_price(number, STAR_TERM, Money(900, "XTR"), now=series.shop.now)

    await series.shop.run(reprice)
    series.shop.clock.move(days=30)
    assert await series.arrive(series.charge(2)) is Outcome.SETTLED
    assert tables.one("SELECT verdict FROM receipts ORDER BY id DESC") == "paid"


async def test_nobody_subscribes_twice_to_the_same_plan(series: Series) -> None:
    with pytest.raises(SubscribedError):
        await ask(series.shop)
    await series.says(Happening.STOPPED, 1)
    await ask(series.shop)  # it ends, so it may be bought anew


async def test_where_telegram_renews_no_card_does_be_it_ticked_or_switched_on(
    shop: Shop, tables: Tables
) -> None:
    kept = await keep(shop)
    shop.clock.move(days=1)
    telegram = Telegram()
    shop.providers = {**shop.providers, STARS: telegram}  # type: ignore[dict-item]
    series = Series(shop=shop, payment=await ask(shop), telegram=telegram)
    assert await series.arrive(series.charge(1)) is Outcome.SETTLED
    assert tables.rows("SELECT is_on FROM renewals") == [(0,)]

    with pytest.raises(SubscribedError):
        await kept.buy(saves=True)
    with pytest.raises(SubscribedError):
        await shop.run(switch, 1, kept.anna.id, is_on=True, policy=shop.policy, now=shop.now)
    await kept.buy(saves=False)
    assert tables.rows("SELECT is_on FROM renewals") == [(0,)]

    await series.says(Happening.STOPPED, 1)
    assert await shop.run(switch, 1, kept.anna.id, is_on=True, policy=shop.policy, now=shop.now)
    await series.says(Happening.RESUMED, 2)
    assert tables.rows("SELECT is_on FROM renewals") == [(0,)], "it goes on, so the card rests"


async def test_a_later_checkout_of_the_running_subscription_is_let_through(
    series: Series,
) -> None:
    shop, reference = series.shop, series.payment.reference
    shop.clock.move(days=30)

    async def is_let(money: Money) -> bool:
        return await shop.storage.read(may_pay, reference, money, policy=shop.policy, now=shop.now)

    assert await is_let(PRICE)
    assert not await is_let(Money(1, "XTR"))
    await series.says(Happening.STOPPED, 1)
    assert not await is_let(PRICE)


async def test_what_telegram_says_is_followed_and_told_once(
    series: Series, tables: Tables
) -> None:
    state = "SELECT state FROM star_subscriptions"
    for number, (happening, stands, notice) in enumerate(
        [
            (Happening.STOPPED, "canceled", StarsStopped),
            (Happening.RESUMED, "active", StarsResumed),
            (Happening.LAPSED, "failed", StarsFailed),
        ]
    ):
        await series.says(happening, number)
        await series.says(happening, number)
        await series.says(happening, number + 10)
        assert tables.one(state) == stands
        assert len(series.told(notice)) == 1
    series.shop.clock.move(days=31)
    assert await series.arrive(series.charge(2)) is Outcome.SETTLED
    assert tables.one(state) == "active", "a charge proves that it renews"


async def test_stopping_here_is_told_to_telegram_and_allowing_again_too(
    series: Series, tables: Tables
) -> None:
    anna = await series.shop.greet()

    async def steered(*, is_stopped: bool) -> bool:
        series.shop.clock.move(seconds=1)
        done = await series.shop.run(
            steer, series.payment.id, anna.id, is_stopped=is_stopped, now=series.shop.now
        )
        await series.shop.drain()
        return done

    assert await steered(is_stopped=True)
    assert not await steered(is_stopped=True)
    assert await steered(is_stopped=False)
    state = tables.one("SELECT state FROM star_subscriptions")
    assert state == "canceled", "the payer's word is missing"
    await series.says(Happening.RESUMED, 1)
    assert tables.one("SELECT state FROM star_subscriptions") == "active"
    assert series.telegram.stopped == [(1001, "charge1", True), (1001, "charge1", False)]


async def test_what_was_stopped_in_telegram_is_not_ours_to_allow(series: Series) -> None:
    anna = await series.shop.greet()
    await series.says(Happening.STOPPED, 1)
    assert not await series.shop.run(
        steer, series.payment.id, anna.id, is_stopped=False, now=series.shop.now
    )
    await series.shop.drain()
    assert series.telegram.stopped == []


async def test_who_gets_a_charge_back_is_not_charged_the_next(
    series: Series, tables: Tables
) -> None:
    series.shop.clock.move(days=30)
    await series.arrive(series.charge(2))
    back = replace(
        series.charge(2), event_id="charge2.refunded", happening=Happening.REFUNDED, detail=None
    )
    await series.arrive(back)
    states = tables.rows("SELECT state FROM payments ORDER BY id")
    assert states == [("final",), ("refunded",)], "the money knows which payment it was"
    assert tables.one("SELECT state FROM star_subscriptions") == "canceled"
    assert series.telegram.stopped == [(1001, "charge1", True)]


async def test_what_telegram_took_before_it_heard_of_the_stop_counts_and_does_not_renew(
    series: Series, tables: Tables
) -> None:
    """A charge under way while the one before goes back."""
    series.shop.clock.move(days=30)
    await series.arrive(series.charge(2))
    back = replace(
        series.charge(1), event_id="charge1.back", happening=Happening.REFUNDED, detail=None
    )
    await series.arrive(back)
    assert len(series.told(RenewalStopped)) == 1
    series.shop.clock.move(days=30)
    assert await series.arrive(series.charge(3)) is Outcome.SETTLED
    assert tables.rows("SELECT state, is_stopped_here FROM star_subscriptions") == [
        ("canceled", 1)
    ]
    assert series.telegram.stopped == [(1001, "charge1", True)] * 2, "it is told once more"
    assert len(series.told(RenewalStopped)) == 1


async def test_given_back_whole_it_stops_though_the_time_is_left_to_the_customer(
    series: Series, tables: Tables
) -> None:
    shop = series.shop
    shop.policy = shop.policy.choosing(RefundPolicy(whole=AccessAfterRefund.KEEP))
    shop.clock.move(days=30)
    await series.arrive(series.charge(2))
    shop.clock.move(days=30, hours=5)  # the next is late, and may come any moment
    back = replace(
        series.charge(2), event_id="charge2.back", happening=Happening.REFUNDED, detail=None
    )
    await series.arrive(back)
    assert tables.one("SELECT state FROM star_subscriptions") == "canceled"
    assert series.telegram.stopped == [(1001, "charge1", True)]
    [told] = series.told(RenewalStopped)
    assert (told["card"], told["money"]["minor"]) == ("", PRICE.minor)


async def test_each_charge_that_goes_back_is_told_to_staff_though_all_name_the_first_payment(
    series: Series,
) -> None:
    series.shop.clock.move(days=30)
    second = series.charge(2)
    assert await series.arrive(second) is Outcome.SETTLED
    for charge in (series.charge(1), second):
        back = replace(
            charge, event_id=f"{charge.receipt_id}.back", happening=Happening.REFUNDED, detail=None
        )
        assert await series.arrive(back) is Outcome.NOTED
    sums = [one["money"]["minor"] for one in series.told(MoneyBack)]
    assert sums == [PRICE.minor, PRICE.minor]


async def test_subscribing_in_stars_lets_a_kept_card_rest(shop: Shop, tables: Tables) -> None:
    kept = await keep(shop)
    telegram = Telegram()
    series = Series(shop=shop, payment=await ask(shop), telegram=telegram)
    assert await series.arrive(series.charge(1)) is Outcome.SETTLED
    assert tables.one("SELECT is_on FROM renewals") == 0
    await kept.pass_days(50)
    assert not kept.card.charged


# --- the nightly look -------------------------------------------------------------------------


async def test_money_that_never_reached_us_is_found_and_settled(
    series: Series, tables: Tables
) -> None:
    series.shop.clock.move(days=30)
    series.telegram.moneys.append(series.charge(2))  # and its update is lost
    series.shop.clock.move(hours=15)
    assert await series.reconcile() == [Outcome.SETTLED]
    assert tables.one("SELECT COUNT(*) FROM periods") == 2
    [told] = series.told(StarDifference)
    assert (told["found"], told["odd"], told["money"]["minor"]) == (1, 0, 430)
    late = await series.arrive(series.charge(2, at=series.shop.now))
    assert late is Outcome.KNOWN, "its update may still come"


async def test_when_all_agrees_nobody_is_told(series: Series) -> None:
    series.shop.clock.move(hours=15)
    assert await series.reconcile() == []
    assert series.telegram.asked == 1
    assert not series.told(StarDifference)


async def test_money_that_telegram_does_not_know_is_shown_to_staff(series: Series) -> None:
    series.telegram.moneys.clear()
    series.shop.clock.move(hours=15)
    assert await series.reconcile() == []
    [told] = series.told(StarDifference)
    assert (told["odd"], told["names"]) == (1, ["charge1"])


async def test_another_sum_than_telegram_lists_is_shown_to_staff(series: Series) -> None:
    series.telegram.moneys[0] = series.charge(
        1, money=Money(431, "XTR"), at=series.telegram.moneys[0].occurred_at
    )
    series.shop.clock.move(hours=15)
    await series.reconcile()
    [told] = series.told(StarDifference)
    assert told["names"] == ["charge1"]


async def test_it_looks_once_a_night_and_again_in_an_hour_when_telegram_was_away(
    series: Series,
) -> None:
    series.shop.clock.move(hours=15)
    series.telegram.trouble = ProviderSilentError(reason="away")
    for _ in range(3):
        await series.reconcile()
    assert series.telegram.asked == 1
    series.telegram.trouble = None
    series.shop.clock.move(hours=1)
    for _ in range(3):
        await series.reconcile()
    assert series.telegram.asked == 2
    series.shop.clock.move(hours=24)
    await series.reconcile()
    assert series.telegram.asked == 3


async def test_of_two_processes_one_looks(series: Series) -> None:
    series.shop.clock.move(hours=15)
    await asyncio.gather(*(series.reconcile() for _ in range(5)))
    assert series.telegram.asked == 1


async def test_money_of_no_payment_of_ours_is_kept_for_staff(
    series: Series, tables: Tables
) -> None:
    stray = replace(series.charge(9), reference="tk_gone", provider_ref="tk_gone")
    series.telegram.moneys.append(stray)
    series.shop.clock.move(hours=15)
    assert await series.reconcile() == [Outcome.UNKNOWN]
    assert tables.one("SELECT COUNT(*) FROM receipts WHERE customer_id IS NULL") == 1


async def test_money_of_other_invoices_of_this_bot_is_counted_and_told_to_nobody_each_night(
    series: Series, tables: Tables
) -> None:
    stray = replace(series.charge(9), reference="not ours", provider_ref="not ours")
    series.telegram.moneys.append(stray)
    for _ in range(3):
        series.shop.clock.move(hours=24)
        assert await series.reconcile() == []
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'elsewhere'") == 1
    assert not series.told(StarDifference)


async def test_an_affiliates_part_is_booked_once_and_is_no_difference(
    series: Series, tables: Tables
) -> None:
    series.telegram.moneys[0] = replace(series.telegram.moneys[0], commission=Money(43, "XTR"))
    for _ in range(2):
        series.shop.clock.move(hours=24)
        assert await series.reconcile() == []
    assert not series.told(StarDifference)
    accounts = "SELECT account, SUM(minor) FROM journal GROUP BY account ORDER BY account"
    assert tables.rows(accounts) == [
        ("commission:stars", 43),
        ("provider:stars", 387),
        ("sales", -430),
    ]
    assert tables.one("SELECT minor FROM receipts") == 430, "the payer gave all of it"


async def test_money_that_never_reached_us_brings_its_affiliates_part(
    series: Series, tables: Tables
) -> None:
    series.shop.clock.move(days=30)
    series.telegram.moneys.append(replace(series.charge(2), commission=Money(43, "XTR")))
    series.shop.clock.move(hours=15)
    assert await series.reconcile() == [Outcome.SETTLED]
    assert tables.one("SELECT SUM(minor) FROM journal WHERE account = 'commission:stars'") == 43


async def test_what_goes_back_to_the_payer_comes_back_from_the_affiliate(
    series: Series, tables: Tables
) -> None:
    paid = replace(series.telegram.moneys[0], commission=Money(43, "XTR"))
    back = replace(
        paid,
        event_id="charge1.refunded",
        happening=Happening.REFUNDED,
        occurred_at=series.shop.now,
        detail=None,
    )
    series.telegram.moneys[:] = [paid, back]
    for _ in range(2):
        series.shop.clock.move(hours=24)
        await series.reconcile()
    assert tables.rows(
        "SELECT account, SUM(minor) FROM journal WHERE account LIKE '%stars' "
        "GROUP BY account ORDER BY account"
    ) == [("commission:stars", 0), ("provider:stars", 0)]
