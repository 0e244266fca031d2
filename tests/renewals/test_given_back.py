"""Money for a charge that was made by itself went back: nobody is charged unasked again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shop.access.holds import OnHoldError
from shop.access.notices import Reminder
from shop.access.reminders import remind
from shop.core.money import Money
from shop.orders.states import PaymentState
from shop.ports import Happening, PaymentEvent, ProviderSilentError, Refusal
from shop.refunds.notices import Refunded
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from shop.refunds.rules import AccessAfterRefund, RefundPolicy
from shop.renewals.notices import (
    ChargeUnheard,
    RenewalFailed,
    RenewalOff,
    RenewalStopped,
    StoppedByMoneyBack,
)
from shop.renewals.saved_methods import OverError, switch
from shop.renewals.who_renews import Renewer
from shop.settlement.settle import Outcome
from shop.storefront.overview import Holding, overview
from tests.fixtures.shop import STAFF
from tests.fixtures.tables import Tables
from tests.renewals.conftest import Kept

SILENT = ProviderSilentError(reason="nobody there")
END, SHORTEN, KEEP = AccessAfterRefund.END, AccessAfterRefund.SHORTEN, AccessAfterRefund.KEEP


async def charged(kept: Kept, *, times: int = 1) -> str:
    """Let the card be charged so often; the reference of the last charge."""
    for _ in range(40 * times):
        if len(kept.card.charged) >= times:
            break
        await kept.pass_days(1)
    assert len(kept.card.charged) == times
    return list(kept.card.charged)[-1]


def news(
    kept: Kept,
    reference: str,
    minor: int,
    *,
    happening: Happening = Happening.REFUNDED,
    name: str = "",
) -> PaymentEvent:
    return PaymentEvent(
        event_id=name or f"news_{next(kept.shop.numbers)}",
        kind=f"payment.{happening}",
        happening=happening,
        reference=reference,
        receipt_id=f"m_{reference}",
        money=Money(minor, "EUR"),
        occurred_at=kept.shop.now,
    )


def whole(kept: Kept, reference: str) -> int:
    request = kept.card.charged[reference]
    return request.amount.minor


async def give_back(kept: Kept, reference: str, minor: int | None = None) -> None:
    minor = whole(kept, reference) if minor is None else minor
    await kept.shop.settle(news(kept, reference, minor))
    await kept.shop.drain()


async def holding(kept: Kept) -> Holding:
    seen = await kept.shop.storage.read(overview, kept.anna.id, now=kept.shop.now)
    return seen.holdings[0]


def told_once(kept: Kept) -> bool:
    return [len(kept.told(kind)) for kind in (RenewalStopped, StoppedByMoneyBack)] == [1, 1]


@pytest.mark.parametrize("access", AccessAfterRefund)
@pytest.mark.parametrize("days", [0, 2, 20])
async def test_a_charge_given_back_is_the_last_whatever_becomes_of_the_time(
    kept: Kept, tables: Tables, access: AccessAfterRefund, days: int
) -> None:
    kept.shop.policy = kept.shop.policy.choosing(RefundPolicy(whole=access, part=access))
    reference = await charged(kept)
    await kept.pass_days(days)
    assert (await holding(kept)).renewer is Renewer.CARD

    await give_back(kept, reference)

    assert told_once(kept)
    assert tables.one("SELECT is_on FROM renewals") == 0
    assert (await holding(kept)).renewer is Renewer.NOBODY
    await kept.pass_days(80)
    assert len(kept.card.charged) == 1
    assert told_once(kept)
    assert not kept.told(RenewalOff), "it was told, once"


@pytest.mark.parametrize(
    ("access", "is_on"), [(KEEP, True), (SHORTEN, False), (END, False)], ids=str
)
async def test_a_part_leaves_renewing_on_unless_time_went_with_it(
    kept: Kept, access: AccessAfterRefund, *, is_on: bool
) -> None:
    kept.shop.policy = kept.shop.policy.choosing(RefundPolicy(part=access))
    reference = await charged(kept)
    await kept.pass_days(3)
    await give_back(kept, reference, 500)
    assert ((await holding(kept)).renewer is Renewer.CARD) is is_on
    assert told_once(kept) is not is_on
    await kept.pass_days(40)
    assert (len(kept.card.charged) > 1) is is_on


async def test_in_parts_until_it_is_whole_it_stops_with_the_last(kept: Kept) -> None:
    reference = await charged(kept)
    await kept.pass_days(1)
    for minor in (500, 500, 900):
        await give_back(kept, reference, minor)
        assert not kept.told(RenewalStopped)
    for _ in range(2):
        await give_back(kept, reference)
    assert told_once(kept)
    [told] = kept.told(RenewalStopped)
    assert told.payload["money"]["minor"] == whole(kept, reference) - 900


async def test_told_before_its_money_the_charge_counts_and_is_the_last(
    kept: Kept, tables: Tables
) -> None:
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    reference = await charged(kept)
    await give_back(kept, reference)
    assert not kept.told(RenewalStopped), "nothing is known to have come"

    kept.card.trouble = None
    assert await kept.pass_days(1) == [Outcome.SETTLED]
    assert tables.rows("SELECT state FROM payments ORDER BY id") == [("final",), ("refunded",)]
    assert told_once(kept)
    await kept.pass_days(60)
    assert len(kept.card.charged) == 1


async def test_a_year_late_it_stops_what_still_runs(kept: Kept) -> None:
    first = await charged(kept)
    await charged(kept, times=12)
    await kept.pass_days(3)
    await give_back(kept, first)
    assert told_once(kept)
    await kept.pass_days(60)
    assert len(kept.card.charged) == 12


async def test_a_charge_under_way_still_counts_and_no_other_follows(kept: Kept) -> None:
    first = await charged(kept)
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    await charged(kept, times=2)
    await give_back(kept, first)
    assert told_once(kept)
    [told] = kept.told(RenewalStopped)
    assert told.payload["is_under_way"]

    kept.card.trouble = None
    assert await kept.pass_days(1) == [Outcome.SETTLED], "it was asked for before"
    await kept.pass_days(60)
    assert len(kept.card.charged) == 2


async def test_a_charge_under_way_that_is_declined_is_not_tried_again(kept: Kept) -> None:
    first = await charged(kept)
    kept.card.trouble, kept.card.is_deaf = SILENT, True
    kept.card.why = Refusal.DECLINED
    await charged(kept, times=2)
    await give_back(kept, first)
    kept.card.trouble = None
    await kept.pass_days(30)
    assert len(kept.card.charged) == 2
    assert not kept.told(RenewalFailed), "nothing was charged, and nothing follows"


@pytest.mark.parametrize("route", [RefundRoute.WALLET, RefundRoute.MANUAL])
async def test_given_back_by_staff(kept: Kept, tables: Tables, route: RefundRoute) -> None:
    from shop.refunds.manual_refunds import confirm_manual_refund

    shop = kept.shop
    reference = await charged(kept)
    receipt = tables.one("SELECT MAX(id) FROM receipts")
    money = Money(whole(kept, reference), "EUR")
    wish = RefundWish(receipt=receipt, money=money, route=route, reason="wish")
    made = await shop.run(begin_refund, wish, STAFF, policy=shop.policy, now=shop.now)
    if route is RefundRoute.MANUAL:
        assert (await holding(kept)).renewer is Renewer.CARD, "it has not gone back yet"
        await shop.run(
            confirm_manual_refund, STAFF, refund_id=made.id, policy=shop.policy, now=shop.now
        )
    await shop.drain()
    assert told_once(kept)
    notices = [one.payload["notice"] for one in shop.told]
    assert notices.index(Refunded.kind) < notices.index(RenewalStopped.kind)
    await kept.pass_days(40)
    assert len(kept.card.charged) == 1


async def test_a_lost_dispute_stops_it(kept: Kept) -> None:
    reference = await charged(kept)
    minor = whole(kept, reference)
    for happening in (Happening.DISPUTED, Happening.DISPUTE_LOST):
        await kept.shop.settle(news(kept, reference, minor, happening=happening))
    await kept.shop.drain()
    assert told_once(kept)
    await kept.pass_days(60)
    assert len(kept.card.charged) == 1


async def test_a_dispute_that_is_won_leaves_it_as_it_was(kept: Kept) -> None:
    reference = await charged(kept)
    minor = whole(kept, reference)
    for happening in (Happening.DISPUTED, Happening.DISPUTE_WON):
        await kept.shop.settle(news(kept, reference, minor, happening=happening))
    await kept.shop.drain()
    assert not kept.told(RenewalStopped)
    await charged(kept, times=2)


async def test_what_began_it_given_back_before_its_card_is_known_begins_nothing(
    kept: Kept, tables: Tables
) -> None:
    shop = kept.shop
    change: dict[str, Any] = {"policy": shop.policy}
    await shop.run(switch, 1, kept.anna.id, is_on=False, now=shop.now, **change)
    payment = await kept.buy(saves=True)
    money = shop.received(payment)
    back = replace(money, event_id="back", happening=Happening.REFUNDED)
    assert await shop.settle(money) is Outcome.SETTLED
    await shop.settle(back)
    await shop.drain()  # only now the provider says which card it was
    assert tables.one("SELECT is_on FROM renewals") == 0
    assert tables.one("SELECT COUNT(*) FROM saved_methods") == 1
    await kept.pass_days(60)
    assert not kept.card.charged


async def test_whoever_wants_it_again_is_charged_for_what_comes_then(kept: Kept) -> None:
    reference = await charged(kept)
    await give_back(kept, reference)
    shop = kept.shop
    assert await shop.run(switch, 1, kept.anna.id, is_on=True, policy=shop.policy, now=shop.now)
    assert (await holding(kept)).renewer is Renewer.CARD
    await charged(kept, times=2)


async def test_the_charge_itself_asks_whether_its_money_went_back(
    kept: Kept, tables: Tables
) -> None:
    """Whatever leaves it switched on."""
    reference = await charged(kept)
    await give_back(kept, reference)
    tables.write("UPDATE renewals SET is_on = 1, next_at = 0")
    await kept.pass_days(60)
    assert len(kept.card.charged) == 1
    [off] = kept.told(RenewalOff)
    assert off.payload["why"] == "taken_back"


async def test_reminders_come_as_for_anybody(kept: Kept) -> None:
    reference = await charged(kept)
    await give_back(kept, reference)
    end = (await holding(kept)).subscription.standing.paid_until
    days = await reminded(kept, 6)
    assert end - kept.shop.now < timedelta(days=0)
    assert days == [1, 0, -1], "those before it lie behind, and the notice names the end"


async def test_reminders_of_time_that_was_kept_come_all(kept: Kept) -> None:
    kept.shop.policy = kept.shop.policy.choosing(RefundPolicy(whole=KEEP))
    await give_back(kept, await charged(kept))
    assert await reminded(kept, 40) == [7, 3, 1, 0, -1]


async def test_a_month_that_never_began_leaves_the_reminders_of_the_one_before(
    kept: Kept,
) -> None:
    """Bought by hand ahead of time, and given back at once."""
    shop = kept.shop
    await shop.run(switch, 1, kept.anna.id, is_on=False, policy=shop.policy, now=shop.now)
    money = shop.received(await kept.buy(saves=False))
    await shop.settle(money)
    await shop.settle(replace(money, event_id="back", happening=Happening.REFUNDED))
    assert await reminded(kept, 33) == [7, 3, 1, 0, -1]


async def reminded(kept: Kept, days: int) -> list[int]:
    before = len(kept.told(Reminder))
    for _ in range(days * 24):
        kept.shop.clock.move(hours=1)
        await kept.shop.run(remind, now=kept.shop.now, most=9)
        await kept.renew()
    await kept.shop.drain()
    return [one.payload["days"] for one in kept.told(Reminder)[before:]]


# --- what has ended, and what is on hold ------------------------------------------------------


async def test_what_has_ended_is_not_switched_on(kept: Kept) -> None:
    reference = await charged(kept)
    await kept.pass_days(2)
    await give_back(kept, reference)
    shop = kept.shop
    with pytest.raises(OverError):
        await shop.run(switch, 1, kept.anna.id, is_on=True, policy=shop.policy, now=shop.now)


async def test_what_is_on_hold_is_neither_sold_nor_renewed(kept: Kept, tables: Tables) -> None:
    from shop.access.by_staff import freeze

    shop = kept.shop
    page = await kept.buy(saves=False)
    await shop.run(freeze, STAFF, subscription_id=1, is_frozen=True, now=shop.now)
    assert (await holding(kept)).renewer is Renewer.NOBODY
    with pytest.raises(OnHoldError):
        await kept.buy(saves=False)
    with pytest.raises(OnHoldError):
        await shop.run(switch, 1, kept.anna.id, is_on=True, policy=shop.policy, now=shop.now)
    assert await shop.pay(page) is Outcome.SETTLED, "money that comes is never lost"
    assert tables.one("SELECT COUNT(*) FROM periods") == 2
    await shop.run(freeze, STAFF, subscription_id=1, is_frozen=False, now=shop.now)
    await kept.buy(saves=False)


# --- a charge of which nobody says how it ended -------------------------------------------------


@pytest.mark.parametrize(("has_answered", "days"), [(True, 7), (False, 9)])
async def test_a_charge_that_nobody_tells_the_end_of_is_waited_for_only_so_long(
    kept: Kept, tables: Tables, *, has_answered: bool, days: int
) -> None:
    kept.card.is_mute = has_answered
    kept.card.trouble, kept.card.is_deaf = (None if has_answered else SILENT), True
    reference = await charged(kept)
    await kept.pass_days(days - 1)
    state = "SELECT state FROM payments ORDER BY id DESC"
    assert tables.one(state) in {PaymentState.CREATED, PaymentState.UNKNOWN}
    await kept.pass_days(2)

    assert tables.one(state) == PaymentState.EXPIRED
    [told] = kept.told(RenewalFailed)
    assert (told.payload["why"], told.payload["again_at"]) == (Refusal.UNCONFIRMED, None)
    assert len(kept.told(ChargeUnheard)) == 1
    await kept.pass_days(20)
    assert len(kept.card.charged) == 1, "nobody knows whether it was charged"
    await kept.buy(saves=False)  # by hand it may be paid now
    event = news(kept, reference, whole(kept, reference), happening=Happening.RECEIVED)
    await kept.shop.settle(event)
    assert tables.one("SELECT COUNT(*) FROM receipts") == 2, "money that still comes counts"
