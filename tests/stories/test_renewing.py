"""Time that renews by itself: a kept card, month after month; a card that is declined; Stars."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.process import CATALOG
from tests.stories.conftest import OpenKiosk

ANNA = 1001
STARS_MONTH = 2_592_000
RENEWING = CATALOG.replace("keep_days = 14\n", "keep_days = 14\nstar_subscription = 430\n", 1)
RENEWING += '\n[renewing]\ncards = "ask"\n'


@pytest.fixture
async def kiosk(open_kiosk: OpenKiosk, tmp_path: Path) -> Kiosk:
    catalog = tmp_path / "renewing.toml"
    catalog.write_text(RENEWING, "utf-8")
    return await open_kiosk(catalog=catalog)


def end_of(kiosk: Kiosk) -> datetime:
    paid_until = kiosk.tables.one("SELECT paid_until FROM subscriptions WHERE state <> 'ended'")
    return datetime.fromtimestamp(paid_until, UTC)


async def until(kiosk: Kiosk, moment: datetime, *, hours: int = 12) -> None:
    while kiosk.clock.now() < moment:
        step = min(timedelta(hours=hours), moment - kiosk.clock.now())
        await kiosk.skip(seconds=step.total_seconds())


async def agree(anna: Person, choice: str = "pay") -> None:
    """Buy a month and let the card be kept; `choice` says how it behaves later."""
    await anna.say("/start plan_solo")
    await anna.tap("ways:")
    ticked = await anna.tap("ways:", ":save")
    await anna.button("pay:", "sandbox_card:save", inside=ticked.message_id)
    await anna.pay(await anna.page("sandbox_card:save"), choice)
    await anna.sees("renews by itself from now on")


async def test_a_kept_card_renews_three_months_without_a_tap(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna)

    for month in range(1, 4):
        end = end_of(kiosk)
        await until(kiosk, end - timedelta(days=2))
        assert len(await anna.having("You need not do anything")) == month, "told beforehand"
        assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == month, "not charged yet"
        await until(kiosk, end)
        await anna.sees("Renewed by itself with Visa •••• 4242", times=month)
        assert end_of(kiosk) > end

    periods = kiosk.tables.rows("SELECT starts_at, ends_at FROM periods ORDER BY id")
    assert all(one[1] == other[0] for one, other in pairwise(periods))
    assert len(periods) == 4
    assert kiosk.tables.one("SELECT SUM(minor) FROM receipts") == 4 * 799
    assert not await anna.having("ends in"), "nobody is told to renew what renews by itself"
    assert await kiosk.access() == 200


async def test_a_declined_card_is_tried_again_and_a_fresh_page_saves_the_day(
    kiosk: Kiosk,
) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna, "pay_declines")
    end = end_of(kiosk)

    await until(kiosk, end - timedelta(hours=12))
    await anna.sees("was declined for Solo")
    await until(kiosk, end + timedelta(days=2, hours=12))
    await anna.sees("was declined for Solo", times=2)
    assert await kiosk.access() == 200, "grace"
    await until(kiosk, end + timedelta(days=5))
    await anna.sees("so we stop trying")
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1
    failed = "SELECT COUNT(*) FROM payments WHERE state = 'failed'"
    assert kiosk.tables.one(failed) == 3

    await anna.pay(await anna.renewing())
    await anna.sees("Payment received", times=2)
    await kiosk.quiet()
    assert await kiosk.access() == 200
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 2


async def test_a_bank_that_asks_leads_to_a_fresh_page_at_once(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna, "pay_asks")
    end = end_of(kiosk)

    # Told by day only, so up to 15 hours later than due, and charged three days after that.
    await until(kiosk, end - timedelta(days=5))
    await until(kiosk, end - timedelta(hours=6), hours=2)
    told = await anna.sees("wants you to confirm")
    await anna.pay(await anna.renewing(inside=told["message_id"]))
    await anna.sees("Payment received", times=2)
    await until(kiosk, end + timedelta(days=1))
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 2
    assert len(await anna.having("wants you to confirm")) == 1


async def test_renewing_by_hand_just_before_is_not_charged_twice(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna)
    end = end_of(kiosk)
    await until(kiosk, end - timedelta(hours=25))
    await anna.say("/account")
    page = await anna.renewing()

    await kiosk.skip(hours=2)  # the charge is due now, and the page is open
    assert kiosk.tables.one("SELECT COUNT(*) FROM payments") == 2
    await anna.pay(page)
    await anna.sees("Payment received", times=2)
    await until(kiosk, end + timedelta(days=3))

    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 2
    assert kiosk.tables.one("SELECT COUNT(*) FROM journal WHERE account = 'wallet'") == 0


async def test_a_renewal_is_stopped_started_and_forgotten_in_the_account(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna)
    await anna.say("/account")
    await anna.sees("Renews by itself on")
    await anna.tap("renewal:")
    assert (await anna.tap("renewal_off:")).toast == "It does not renew by itself any more."
    await anna.sees("We still keep")
    assert (await anna.tap("renewal_on:")).toast == "It renews by itself again."
    assert (await anna.tap("forget_card:")).toast == "Your card is forgotten."
    await anna.sees("is forgotten here")
    await kiosk.quiet()

    assert kiosk.tables.one("SELECT LENGTH(encrypted) FROM saved_methods") == 0
    await until(kiosk, end_of(kiosk) + timedelta(days=1))
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1
    await anna.sees("ends in")  # and reminded like anybody


async def test_without_consent_no_card_is_kept(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.buy()
    await until(kiosk, end_of(kiosk) + timedelta(days=1))
    assert kiosk.tables.one("SELECT COUNT(*) FROM saved_methods") == 0
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1


async def subscribe(kiosk: Kiosk) -> tuple[Person, str]:
    """Buy the subscription in Stars; returns Telegram's name of the first charge."""
    anna = kiosk.person(ANNA)
    await anna.say("/start plan_solo")
    number = kiosk.tables.one("SELECT id FROM prices WHERE term = '30d' AND currency = 'XTR'")
    await anna.tap(f"ways:{number}")
    link = await anna.page("stars")
    outcome = await anna.chat.pay(link=link)
    assert outcome.error is None
    await anna.sees("Payment received")
    assert outcome.charge_id
    return anna, outcome.charge_id


async def a_month_on(kiosk: Kiosk) -> None:
    await kiosk.preview.skip(seconds=STARS_MONTH)
    await kiosk.skip(seconds=STARS_MONTH)


async def test_stars_renew_stop_go_on_and_are_cancelled_in_telegram(kiosk: Kiosk) -> None:
    anna, charge = await subscribe(kiosk)
    state = "SELECT state, is_stopped_here FROM star_subscriptions"
    assert kiosk.tables.rows(state) == [("active", 0)]
    await a_month_on(kiosk)
    await anna.sees("Renewed by itself with Telegram Stars")
    assert kiosk.tables.one("SELECT COUNT(*) FROM orders WHERE state = 'paid'") == 2
    assert kiosk.tables.one("SELECT COUNT(*) FROM periods") == 2

    await anna.say("/account")
    await anna.tap("renewal:")
    assert (await anna.tap("stars_off:")).toast == "It does not renew by itself any more."
    await kiosk.quiet()
    assert kiosk.tables.rows(state) == [("canceled", 1)]
    await anna.tap("renewal:")
    assert (await anna.tap("stars_on:")).alert
    await kiosk.quiet()
    await anna.chat.change_subscription(charge, state="active")
    await anna.sees("renews by itself again, next on")
    assert kiosk.tables.rows(state) == [("active", 0)]
    await a_month_on(kiosk)
    await anna.sees("Renewed by itself with Telegram Stars", times=2)

    await anna.chat.change_subscription(charge, state="canceled")
    await anna.sees("does not renew any more")
    assert kiosk.tables.rows(state) == [("canceled", 0)]
    await a_month_on(kiosk)
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 3
    assert kiosk.tables.one("SELECT SUM(minor) FROM receipts") == 3 * 430


async def test_stars_that_cannot_be_taken_are_told_with_a_way_on(kiosk: Kiosk) -> None:
    anna, charge = await subscribe(kiosk)
    await anna.chat.change_subscription(charge, state="failed")
    await anna.sees("Telegram could not take ⭐")
    await anna.tap("plan:solo")
