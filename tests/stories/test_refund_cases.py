"""Money that goes back in every order it can be told in, and what becomes of paid time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shop.books.books import Books
from shop.checkout.payment import Choice
from shop.checkout.wallet import pay_from_wallet
from shop.core.money import Money
from shop.orders.payment_records import Payment
from shop.ports import (
    DisputeFacts,
    Happening,
    PaymentEvent,
    ProviderError,
    ProviderSilentError,
    RefundAnswer,
    RefundRequest,
    RefundStep,
)
from shop.refunds.dispute_decisions import dismiss_warning
from shop.refunds.manual_refunds import confirm_manual_refund
from shop.refunds.records import Refund, RefundRoute
from shop.refunds.refund import (
    RefundMovedOnError,
    RefundWish,
    begin_refund,
    carry_out_refund,
    claim_refunds,
)
from shop.refunds.rules import AccessAfterRefund, RefundPolicy, TooMuchBackError
from shop.renewals.star_records import StarSubscriptions
from shop.settlement.settle import Outcome
from shop.storefront.overview import overview
from tests.fixtures.goods import MONTH
from tests.fixtures.shop import CARD, STAFF, Shop, price_of
from tests.fixtures.tables import Tables, contradictions

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = 86_400
PAID = Money(1598, "EUR")


@dataclass
class Till:
    """A provider whose answer a test chooses."""

    answer: RefundAnswer | ProviderError
    name: str = CARD
    refunds_parts: bool = True
    asked: int = 0

    async def refund(self, request: RefundRequest) -> RefundAnswer:
        del request
        self.asked += 1
        if isinstance(self.answer, ProviderError):
            raise self.answer
        return self.answer


DONE = RefundAnswer(step=RefundStep.DONE, refund_ref="re_1")
SILENT = ProviderSilentError(reason="nobody there")


async def bought(shop: Shop) -> Payment:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, receipt="money_1"))
    return payment


async def give(
    shop: Shop,
    minor: int = 1598,
    *,
    route: RefundRoute = RefundRoute.PROVIDER,
    till: Till | None = None,
) -> Refund:
    wish = RefundWish(receipt=1, money=Money(minor, "EUR"), route=route, reason="wish")
    refund = await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    return await ask(shop, refund, till or Till(DONE)) if route is RefundRoute.PROVIDER else refund


async def ask(shop: Shop, refund: Refund, till: Till) -> Refund:
    providers: Mapping[str, Till] = {CARD: till}
    found = await carry_out_refund(
        shop.storage,
        providers,  # type: ignore[arg-type]
        refund.id,
        policy=shop.policy,
        clock=shop.clock,
    )
    return found or refund


def news(
    shop: Shop, payment: Payment, happening: Happening, minor: int = 1598, *, dispute: str = ""
) -> PaymentEvent:
    money = Money(minor, "EUR") if minor else None
    told = shop.received(payment, receipt="money_1")
    detail = DisputeFacts(dispute_ref=dispute) if dispute else None
    return replace(told, happening=happening, kind=happening, money=money, detail=detail)


def refunds(tables: Tables) -> list[tuple[object, ...]]:
    return tables.rows("SELECT route, state, minor FROM refunds ORDER BY id")


def days_left(shop: Shop, tables: Tables) -> float:
    until = tables.one("SELECT paid_until FROM subscriptions ORDER BY id DESC")
    return float(until - shop.now.timestamp()) / DAY


# --- the provider, and us ----------------------------------------------------------------------


async def test_a_silent_provider_is_asked_again_and_its_refund_is_one(
    shop: Shop, tables: Tables
) -> None:
    await bought(shop)
    till = Till(SILENT)
    refund = await give(shop, till=till)
    assert refund.state == "unknown"
    assert tables.one("SELECT state FROM orders") == "paid", "nothing is known yet"
    shop.clock.move(minutes=5)
    [due] = await shop.run(claim_refunds, now=shop.now, most=9)
    till.answer = DONE

    await ask(shop, due, till)

    assert refunds(tables) == [("provider", "done", 1598)]
    assert tables.one("SELECT state FROM orders") == "refunded"
    assert await shop.run(claim_refunds, now=shop.now, most=9) == []


async def test_a_killed_process_leaves_an_intent_that_the_clock_finishes(
    shop: Shop, tables: Tables
) -> None:
    await bought(shop)
    wish = RefundWish(receipt=1, money=PAID, route=RefundRoute.PROVIDER, reason="wish")
    await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    shop.clock.move(minutes=3)  # and nobody came back
    [left] = await shop.run(claim_refunds, now=shop.now, most=9)
    await ask(shop, left, Till(DONE))
    assert refunds(tables) == [("provider", "done", 1598)]


async def test_a_plain_no_puts_everything_back_and_staff_hear_why(
    shop: Shop, tables: Tables
) -> None:
    await bought(shop)
    refund = await give(shop, till=Till(ProviderError(reason="not with this card")))
    assert (refund.state, refund.note) == ("failed", "not with this card")
    await shop.drain()
    [told] = [one.payload for one in shop.told if one.payload["notice"] == "refund_failed"]
    assert told["reason"] == "not with this card"
    assert tables.one("SELECT SUM(minor) FROM journal WHERE account = 'refunding'") == 0
    await give(shop)
    assert tables.one("SELECT state FROM orders") == "refunded", "and it can be tried again"


async def test_the_news_of_our_own_refund_books_nothing_more(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await give(shop, 300)
    await shop.settle(news(shop, payment, Happening.REFUNDED, 300))
    assert refunds(tables) == [("provider", "done", 300)]
    await shop.settle(news(shop, payment, Happening.REFUNDED, 500))
    assert refunds(tables) == [("provider", "done", 300), ("told", "done", 200)]


async def test_the_news_may_come_before_the_answer(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    refund = await give(shop, 300, till=Till(SILENT))
    await shop.settle(news(shop, payment, Happening.REFUNDED, 300))
    assert refunds(tables) == [("provider", "done", 300)]
    till = Till(DONE)
    await ask(shop, refund, till)
    assert till.asked == 0, "it is known by now"


@pytest.mark.parametrize("is_told_first", [True, False])
async def test_what_staff_give_back_by_hand_at_the_provider_is_counted_once(
    shop: Shop, tables: Tables, *, is_told_first: bool
) -> None:
    payment = await bought(shop)
    refund = await give(shop, 400, route=RefundRoute.MANUAL)
    told = news(shop, payment, Happening.REFUNDED, 400)
    if is_told_first:
        await shop.settle(told)
        with pytest.raises(RefundMovedOnError):
            await shop.run(
                confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
            )
    else:
        await shop.run(
            confirm_manual_refund, STAFF, refund_id=refund.id, policy=shop.policy, now=shop.now
        )
        await shop.settle(told)
    assert refunds(tables) == [("manual", "done", 400)]
    await shop.settle(news(shop, payment, Happening.REFUNDED, 900))
    assert refunds(tables) == [("manual", "done", 400), ("told", "done", 500)]
    assert tables.one("SELECT SUM(minor) FROM journal WHERE account = 'refunding'") == 0


async def test_a_refund_that_failed_here_but_was_made_there_is_booked(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    refund = await give(shop, 400, till=Till(SILENT))
    await shop.settle(news(shop, payment, Happening.REFUNDED, 300))
    assert refunds(tables) == [("provider", "unknown", 400)], "perhaps it is part of ours"
    await ask(shop, refund, Till(ProviderError(reason="no")))
    assert refunds(tables) == [("provider", "failed", 400), ("told", "done", 300)]


async def test_a_link_is_followed_when_it_is_given_and_paid_when_it_is_claimed(
    shop: Shop, tables: Tables
) -> None:
    await bought(shop)
    claim = RefundAnswer(step=RefundStep.LINK, refund_ref="pull1", url="https://claim.example")
    refund = await give(shop, till=Till(claim))
    assert refund.state == "link"
    assert tables.one("SELECT state FROM orders") == "refunded"
    provider = "SELECT SUM(minor) FROM journal WHERE account LIKE 'provider:%'"
    assert tables.one(provider) == 1598
    await ask(shop, refund, Till(ProviderError(reason="gone")))
    assert tables.one("SELECT state FROM refunds") == "link", "a promise stands"
    await ask(shop, refund, Till(DONE))
    assert tables.one(provider) == 0
    await shop.drain()
    told = [one.payload["notice"] for one in shop.told]
    assert told.count("refund_link") == 1
    assert "refunded" not in told


async def test_a_link_that_was_given_stands_though_its_provider_says_pending_later(
    shop: Shop, tables: Tables
) -> None:
    await bought(shop)
    claim = RefundAnswer(step=RefundStep.LINK, refund_ref="pull1", url="https://claim.example")
    refund = await give(shop, till=Till(claim))
    shop.clock.move(days=1)
    pending = RefundAnswer(step=RefundStep.PENDING, refund_ref="pull1", note="on its way")

    refund = await ask(shop, refund, Till(pending))

    assert (refund.state, refund.url, refund.note) == ("link", claim.url, "on its way")
    assert tables.one("SELECT state FROM orders") == "refunded"
    assert contradictions(tables) == {}
    shop.clock.move(days=1)
    [due] = await shop.run(claim_refunds, now=shop.now, most=9)
    assert (await ask(shop, due, Till(DONE))).state == "done", "it is asked about until it is over"


@pytest.mark.parametrize("route", [RefundRoute.PROVIDER, RefundRoute.WALLET, RefundRoute.MANUAL])
async def test_never_more_than_what_was_received(
    shop: Shop, tables: Tables, route: RefundRoute
) -> None:
    await bought(shop)
    await give(shop, 1000, route=route)
    with pytest.raises(TooMuchBackError):
        await give(shop, 700, route=route)
    assert len(refunds(tables)) == 1


async def test_what_was_paid_twice_goes_back_from_the_wallet_and_ends_nothing(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await shop.settle(shop.received(payment, receipt="money_2"))
    wish = RefundWish(receipt=2, money=PAID, route=RefundRoute.PROVIDER, reason="twice")
    refund = await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    await ask(shop, refund, Till(DONE))
    assert tables.one("SELECT SUM(minor) FROM journal WHERE account = 'wallet'") == 0
    assert tables.one("SELECT state FROM orders") == "paid"
    assert tables.one("SELECT state FROM subscriptions") == "active"


# --- paid time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access", "minor", "left"),
    [
        ((AccessAfterRefund.END, AccessAfterRefund.KEEP), 1598, 0),
        ((AccessAfterRefund.KEEP, AccessAfterRefund.KEEP), 1598, 20),
        ((AccessAfterRefund.END, AccessAfterRefund.KEEP), 800, 20),
        ((AccessAfterRefund.END, AccessAfterRefund.SHORTEN), 800, 20 - 0.5),
        ((AccessAfterRefund.END, AccessAfterRefund.SHORTEN), 1400, 0),
        ((AccessAfterRefund.END, AccessAfterRefund.END), 1, 0),
    ],
)
async def test_access_follows_the_owners_policy(
    shop: Shop,
    tables: Tables,
    access: tuple[AccessAfterRefund, AccessAfterRefund],
    minor: int,
    left: float,
) -> None:
    whole, part = access
    shop.policy = shop.policy.choosing(RefundPolicy(whole=whole, part=part))
    await bought(shop)
    (length,) = tables.rows("SELECT ends_at - starts_at FROM periods")[0]
    shop.clock.move(seconds=length - 20 * DAY)
    await give(shop, minor)
    if left == 20 - 0.5:  # half of what was bought, not of what is left
        left = 20 - length / DAY * minor / 1598
    assert days_left(shop, tables) == pytest.approx(left, abs=0.001)
    is_over = left == 0
    assert (tables.one("SELECT state FROM subscriptions") == "ended") is is_over


async def test_time_bought_after_moves_up(shop: Shop, tables: Tables) -> None:
    await bought(shop)
    second = await shop.ask(await shop.greet())
    await shop.settle(shop.received(second, receipt="money_2"))
    before = days_left(shop, tables)
    lengths = [row[0] for row in tables.rows("SELECT ends_at - starts_at FROM periods")]
    await give(shop)  # the first month
    assert days_left(shop, tables) == pytest.approx(before - lengths[0] / DAY, abs=0.01)
    assert tables.one("SELECT state FROM subscriptions") == "active"


async def test_customers_see_what_went_back(shop: Shop) -> None:
    payment = await bought(shop)
    await give(shop, 300)
    seen = await shop.storage.read(overview, payment.customer_id, now=shop.now)
    assert [(one.money.minor, one.state) for one in seen.refunds] == [(300, "done")]


async def test_telegrams_own_subscription_is_stopped_with_its_money(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet(), currency="XTR", provider="stars")
    await shop.settle(shop.received(payment, receipt="charge_1"), provider="stars")
    month = shop.now + timedelta(days=30)
    await shop.run(_begin_stars, payment.id, until=month, now=shop.now)
    told = replace(
        shop.received(payment, receipt="charge_1"), happening=Happening.REFUNDED, kind="refunded"
    )
    await shop.settle(told, provider="stars")
    assert tables.one("SELECT state FROM subscriptions") == "ended"
    wishes = tables.rows("SELECT payload FROM outbox WHERE kind = 'methods'")
    assert ["stop" in payload for (payload,) in wishes] == [True]


def _begin_stars(books: Books, payment_id: int, *, until: datetime, now: datetime) -> None:
    books[StarSubscriptions].begin(payment_id, charge_id="charge_1", expires_at=until, now=now)


async def test_what_stars_paid_does_not_go_back_in_euros(shop: Shop, tables: Tables) -> None:
    customer = await shop.greet()
    payment = await shop.ask(customer)
    await shop.settle(shop.received(payment, money=Money(300, "EUR"), receipt="money_1"))
    stars = await shop.ask(customer, currency="XTR", provider="stars")
    await shop.settle(shop.received(stars, receipt="charge_1"), provider="stars")
    assert tables.one("SELECT state FROM orders") == "paid"
    with pytest.raises(TooMuchBackError):
        await give(shop, 300, route=RefundRoute.WALLET)
    refund = await give(shop, 300)
    assert (refund.from_wallet, refund.from_order) == (Money(300, "EUR"), Money(0, "EUR"))
    assert tables.one("SELECT state FROM orders") == "paid", "its Stars are still here"
    assert contradictions(tables) == {}


async def test_what_the_wallet_alone_paid_goes_back_to_the_wallet(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await shop.settle(shop.received(payment, receipt="money_2"))
    price = await shop.storage.read(price_of, "solo", MONTH, "EUR")
    choice = Choice(
        customer_id=payment.customer_id, price_id=price, provider="wallet", screen_id=9
    )
    await shop.run(pay_from_wallet, choice, policy=shop.policy, now=shop.now)
    [(receipt, minor)] = tables.rows("SELECT id, minor FROM receipts WHERE provider = 'wallet'")
    assert minor == 0, "nothing came from outside"

    wish = RefundWish(
        receipt=receipt, money=Money(1, "EUR"), route=RefundRoute.WALLET, reason="wish"
    )
    await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)

    assert refunds(tables) == [("wallet", "done", 1)]
    assert tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'wallet'") == 1
    assert contradictions(tables) == {}


# --- banks -------------------------------------------------------------------------------------


def disputed(tables: Tables) -> tuple[object, ...]:
    money = tables.one("SELECT COALESCE(SUM(minor), 0) FROM journal WHERE account = 'disputed'")
    held = tables.one("SELECT is_frozen FROM subscriptions")
    return int(money), held, tables.one("SELECT state FROM payments")


async def test_a_dispute_told_three_times_is_one(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    for name in ("", "du_1", "du_1"):
        await shop.settle(news(shop, payment, Happening.DISPUTED, dispute=name))
    assert tables.rows("SELECT dispute_ref, minor, state FROM disputes") == [
        ("du_1", 1598, "open")
    ]
    assert disputed(tables) == (1598, 1, "disputed")


async def test_an_inquiry_moves_money_only_when_it_becomes_a_dispute(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.DISPUTED, 0, dispute="du_1"))
    assert disputed(tables) == (0, 1, "disputed")
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    assert disputed(tables) == (1598, 1, "disputed")
    await shop.settle(news(shop, payment, Happening.DISPUTE_WON, dispute="du_1"))
    assert disputed(tables) == (0, 0, "final")


async def test_an_inquiry_that_names_no_sum_takes_on_the_currency_of_the_money_that_came(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, money=Money(799, "USD"), receipt="money_1"))
    asked = replace(news(shop, payment, Happening.DISPUTED, 0), receipt_id="money_1", money=None)
    await shop.settle(asked)
    assert tables.rows("SELECT minor, currency FROM disputes") == [(0, "EUR")], "the order's"
    await shop.settle(replace(asked, event_id="taken", money=Money(799, "USD")))
    assert tables.rows("SELECT minor, currency FROM disputes") == [(799, "USD")]
    assert contradictions(tables) == {}
    won = replace(asked, event_id="won", happening=Happening.DISPUTE_WON)
    await shop.settle(won)
    assert tables.one("SELECT SUM(minor) FROM journal WHERE account = 'disputed'") == 0
    assert contradictions(tables) == {}


async def test_an_end_that_is_told_first_stands(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.DISPUTE_LOST, dispute="du_1"))
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    assert tables.rows("SELECT state FROM disputes") == [("lost",)]
    assert refunds(tables) == [("dispute", "done", 1598)]
    assert tables.one("SELECT state FROM subscriptions") == "ended"


async def test_two_disputes_hold_until_both_are_won(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.DISPUTED, 300, dispute="du_1"))
    await shop.settle(news(shop, payment, Happening.DISPUTED, 400, dispute="du_2"))
    assert disputed(tables)[:2] == (700, 1)
    await shop.settle(news(shop, payment, Happening.DISPUTE_WON, 300, dispute="du_1"))
    assert disputed(tables)[:2] == (400, 1)
    await shop.settle(news(shop, payment, Happening.DISPUTE_WON, 400, dispute="du_2"))
    assert disputed(tables)[:2] == (0, 0)


async def test_a_dispute_told_before_its_money_is_caught_up_with(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    assert await shop.settle(shop.received(payment, receipt="money_1")) is Outcome.SETTLED
    assert disputed(tables) == (1598, 1, "disputed")


async def test_disputed_money_cannot_be_given_back_meanwhile(shop: Shop) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    with pytest.raises(TooMuchBackError):
        await give(shop, 1)


async def test_an_owner_may_leave_access_on(shop: Shop, tables: Tables) -> None:
    shop.policy = shop.policy.choosing(RefundPolicy(hold_disputes=False))
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    assert disputed(tables) == (1598, 0, "disputed")


async def test_a_warning_holds_access_until_staff_trust_him(shop: Shop, tables: Tables) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.WARNED, 0, dispute="issfr_1"))
    assert disputed(tables) == (0, 1, "final")
    assert await shop.run(dismiss_warning, STAFF, dispute_id=1, now=shop.now)
    assert not await shop.run(dismiss_warning, STAFF, dispute_id=1, now=shop.now)
    assert disputed(tables) == (0, 0, "final")


async def test_a_hold_by_staff_outlives_a_dispute(shop: Shop, tables: Tables) -> None:
    from shop.access.by_staff import freeze

    payment = await bought(shop)
    await shop.run(freeze, STAFF, subscription_id=1, is_frozen=True, now=shop.now)
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    await shop.settle(news(shop, payment, Happening.DISPUTE_WON, dispute="du_1"))
    assert disputed(tables) == (0, 1, "final")


async def test_whose_dispute_is_lost_is_not_told_that_access_is_back(
    shop: Shop, tables: Tables
) -> None:
    payment = await bought(shop)
    await shop.drain()
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    await shop.drain()
    await shop.settle(news(shop, payment, Happening.DISPUTE_LOST, dispute="du_1"))
    await shop.drain()
    assert tables.one("SELECT state FROM subscriptions") == "ended"
    assert "unfrozen" not in {one.payload["notice"] for one in shop.told}
    assert tables.one("SELECT actual FROM accounts") == "terminated"


@pytest.mark.parametrize("end", [Happening.DISPUTE_WON, Happening.DISPUTE_LOST])
async def test_a_banks_decision_ends_its_warning_too(
    shop: Shop, tables: Tables, end: Happening
) -> None:
    payment = await bought(shop)
    await shop.settle(news(shop, payment, Happening.WARNED, 0, dispute="issfr_1"))
    await shop.settle(news(shop, payment, Happening.DISPUTED, dispute="du_1"))
    await shop.settle(news(shop, payment, end, dispute="du_1"))
    decided = end.removeprefix("dispute_")
    assert tables.rows("SELECT state FROM disputes") == [(decided,), (decided,)]
    assert tables.one("SELECT is_frozen FROM subscriptions") == 0


async def test_a_dispute_in_another_currency_takes_nothing_that_never_came(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(shop.received(payment, money=Money(799, "GBP")))
    lost = replace(shop.received(payment), happening=Happening.DISPUTE_LOST, receipt_id="")
    await shop.settle(lost)
    assert tables.rows("SELECT state, minor FROM disputes") == [("lost", 0)]
    assert tables.one("SELECT COUNT(*) FROM journal WHERE currency = 'EUR'") == 0


async def test_a_dispute_that_came_first_takes_nothing_of_money_in_another_currency(
    shop: Shop, tables: Tables
) -> None:
    payment = await shop.ask(await shop.greet())
    await shop.settle(replace(news(shop, payment, Happening.DISPUTED), receipt_id=""))
    await shop.settle(shop.received(payment, money=Money(799, "GBP")))
    assert tables.rows("SELECT minor, currency FROM disputes") == [(0, "EUR")]
    assert tables.rows("SELECT currency FROM journal WHERE account = 'disputed'") == []
    assert contradictions(tables) == {}
