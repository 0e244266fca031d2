"""What time does: reminders, renewal, grace, the end, and a year of months."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.kiosk import Kiosk
from tests.stories.conftest import OpenKiosk

ANNA = 1001
REMINDERS = "SELECT key, done_at FROM outbox WHERE key LIKE 'reminder:%' ORDER BY id"
NIGHT = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


def reminded(kiosk: Kiosk) -> list[int]:
    """How many days before the end each reminder was about."""
    return [int(key.rpartition(":")[2]) for key, _ in kiosk.tables.rows(REMINDERS)]


async def bought(kiosk: Kiosk) -> datetime:
    """Buy a month; returns when it ends."""
    anna = kiosk.person(ANNA)
    await anna.buy()
    await kiosk.quiet()
    return datetime.fromtimestamp(kiosk.tables.one("SELECT paid_until FROM subscriptions"), UTC)


async def until(kiosk: Kiosk, moment: datetime, *, hours: int = 8) -> None:
    """Let time pass in steps, as it does."""
    while kiosk.clock.now() < moment:
        step = min(timedelta(hours=hours), moment - kiosk.clock.now())
        await kiosk.skip(seconds=step.total_seconds())


async def test_reminders_come_once_each_and_only_by_day(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(now=NIGHT)
    end = await bought(kiosk)

    await until(kiosk, end + timedelta(days=2), hours=3)

    assert reminded(kiosk) == [7, 3, 1, 0, -1]
    hours = [datetime.fromtimestamp(done, UTC).hour for _, done in kiosk.tables.rows(REMINDERS)]
    assert all(10 <= hour < 21 for hour in hours)
    assert len(await kiosk.person(ANNA).having("Your time with Solo")) == 5


async def test_renewal_in_one_tap_silences_the_reminders(kiosk: Kiosk) -> None:
    end = await bought(kiosk)
    anna = kiosk.person(ANNA)
    await until(kiosk, end - timedelta(days=6))
    assert reminded(kiosk) == [7]
    await anna.sees("ends in")

    await anna.pay(await anna.renewing())
    await anna.sees("Payment received", times=2)
    await until(kiosk, end + timedelta(days=3))

    assert reminded(kiosk) == [7]
    assert await kiosk.access() == 200
    periods = kiosk.tables.rows("SELECT starts_at, ends_at FROM periods ORDER BY id")
    assert periods[0][1] == periods[1][0]
    assert len(await anna.having("Your access to")) == 1


async def test_after_a_long_outage_what_is_off_is_not_told_to_end(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    end = await bought(kiosk)
    await kiosk.skip(seconds=(end + timedelta(days=5) - kiosk.clock.now()).total_seconds())
    await anna.sees("Solo is off now")
    assert not await anna.having("Your time with"), "what is off was not about to end"


async def test_an_unpaid_month_turns_into_grace_then_off_then_the_end(kiosk: Kiosk) -> None:
    end = await bought(kiosk)
    anna = kiosk.person(ANNA)

    await until(kiosk, end + timedelta(days=2))
    await anna.sees("It stays on until")
    assert await kiosk.access() == 200

    await until(kiosk, end + timedelta(days=3))
    await anna.sees("Solo is off now")
    assert await kiosk.access() == 403
    assert kiosk.tables.one("SELECT actual FROM accounts") == "suspended"

    await until(kiosk, end + timedelta(days=17), hours=24)
    await anna.sees("has ended")
    assert kiosk.tables.one("SELECT state FROM subscriptions") == "ended"
    assert kiosk.tables.one("SELECT actual FROM accounts") == "terminated"
    for words in ("It stays on", "is off now", "has ended"):
        assert len(await anna.having(words)) == 1


async def test_paying_after_it_was_switched_off_switches_it_on_at_once(kiosk: Kiosk) -> None:
    end = await bought(kiosk)
    anna = kiosk.person(ANNA)
    await until(kiosk, end + timedelta(days=5), hours=24)
    assert await kiosk.access() == 403

    await anna.pay(await anna.renewing())
    await anna.sees("Payment received", times=2)
    await kiosk.quiet()

    assert await kiosk.access() == 200
    assert kiosk.tables.one("SELECT actual FROM accounts") == "active"
    starts = kiosk.tables.rows("SELECT starts_at FROM periods ORDER BY id")
    assert starts[1][0] == int(kiosk.clock.now().timestamp())


async def test_whoever_wants_no_reminders_gets_none(kiosk: Kiosk) -> None:
    end = await bought(kiosk)
    anna = kiosk.person(ANNA)
    await anna.say("/account")
    assert (await anna.tap("reminders:off")).toast == "No more reminders."

    await until(kiosk, end + timedelta(days=1), hours=12)

    assert reminded(kiosk) == []
    await anna.sees("has run out. We leave it on until")  # what they must know all the same


async def test_a_year_of_months_from_the_last_of_january(open_kiosk: OpenKiosk) -> None:
    kiosk = await open_kiosk(now=datetime(2026, 1, 31, 12, tzinfo=UTC))
    end = await bought(kiosk)
    anna = kiosk.person(ANNA)

    for month in range(2, 13):
        await kiosk.skip(seconds=(end - timedelta(days=1) - kiosk.clock.now()).total_seconds())
        await anna.pay(await anna.renewing())
        await anna.sees("Payment received", times=month)
        await kiosk.quiet()
        paid_until = kiosk.tables.one("SELECT paid_until FROM subscriptions")
        end = datetime.fromtimestamp(paid_until, UTC)
        assert await kiosk.access() == 200

    ends = kiosk.tables.rows("SELECT ends_at FROM periods ORDER BY id")
    assert [f"{datetime.fromtimestamp(one, UTC):%d.%m}" for (one,) in ends] == [
        "28.02",
        "31.03",
        "30.04",
        "31.05",
        "30.06",
        "31.07",
        "31.08",
        "30.09",
        "31.10",
        "30.11",
        "31.12",
        "31.01",
    ]
    assert kiosk.tables.one("SELECT SUM(minor) FROM receipts") == 12 * 799
    assert kiosk.tables.one("SELECT COUNT(*) FROM journal WHERE account = 'wallet'") == 0
    assert len(await anna.having("Your access to")) == 1
