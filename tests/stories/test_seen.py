"""A payment that was seen ends: settled, refused, or after the bound of its provider."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF
from tests.standins.moods import Delivery, Mood
from tests.standins.nowpayments import KEY, SECRET, NowServer
from tests.standins.server import serve
from tests.stories.conftest import OpenKiosk
from tests.stories.test_renewing import RENEWING, agree, end_of, until

ANNA = 1001
ON_ITS_WAY = "We see your payment for Solo"


@pytest.fixture
async def coins() -> AsyncIterator[NowServer]:
    server = NowServer()
    with serve(server.app) as url:
        server.url = url
        yield server


@pytest.fixture
async def kiosk(open_kiosk: OpenKiosk, coins: NowServer, tmp_path: Path) -> Kiosk:
    catalog = tmp_path / "renewing.toml"
    catalog.write_text(RENEWING, "utf-8")
    return await open_kiosk(
        catalog=catalog,
        nowpayments_api_key=SecretStr(KEY),
        nowpayments_ipn_secret=SecretStr(SECRET),
        nowpayments_api_url=coins.url,
    )


async def deliver(kiosk: Kiosk, told: Delivery) -> None:
    answer = await kiosk.http.post(
        "/webhooks/nowpayments", content=told.body, headers=told.headers
    )
    assert answer.status_code == 200
    await kiosk.quiet()


async def sent(kiosk: Kiosk, coins: NowServer, anna: Person) -> str:
    """Anna sends coins, which NOWPayments sees and confirms; the name of that payment."""
    page = await anna.to_pay("nowpayments")
    payment = coins.choose(page.rpartition("=")[2])
    await deliver(kiosk, coins.change(payment, "confirming", actually_paid=31.5))
    await anna.sees(ON_ITS_WAY)
    return payment


def state(kiosk: Kiosk) -> str:
    return str(kiosk.tables.one("SELECT state FROM payments WHERE provider = 'nowpayments'"))


@pytest.mark.parametrize(
    ("status", "words"),
    [("failed", "did not go through"), ("expired", "was never confirmed")],
)
@pytest.mark.parametrize("days", [0, 3], ids=["at once", "once its order ran out"])
async def test_what_was_seen_and_then_fails_is_told_once(
    kiosk: Kiosk, coins: NowServer, status: str, words: str, days: int
) -> None:
    anna = kiosk.person(ANNA)
    payment = await sent(kiosk, coins, anna)
    await kiosk.skip(days=days)
    told = coins.change(payment, status)
    for _ in range(2):
        await deliver(kiosk, told)
        await kiosk.skip(minutes=1)

    assert state(kiosk) == status
    assert len(await anna.having(words)) == 1
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
    await anna.tap("pay_again:")
    await anna.pay(await anna.page())
    await anna.sees("Payment received")


async def test_what_was_seen_and_never_confirmed_ends_and_is_told_once(
    kiosk: Kiosk, coins: NowServer
) -> None:
    anna, olga = kiosk.person(ANNA), kiosk.person(STAFF)
    await olga.say("/start")
    payment = await sent(kiosk, coins, anna)
    await kiosk.skip(days=6)
    assert state(kiosk) == "seen"
    for _ in range(8):
        await kiosk.skip(hours=6)

    assert state(kiosk) == "expired"
    assert len(await anna.having("was never confirmed")) == 1
    assert len(await olga.having("never confirmed")) == 1

    await deliver(kiosk, coins.change(payment, "finished", actually_paid=31.5))
    await anna.sees("We keep it for you")


async def test_while_the_provider_is_away_what_was_seen_ends_only_later(
    kiosk: Kiosk, coins: NowServer
) -> None:
    anna = kiosk.person(ANNA)
    await sent(kiosk, coins, anna)
    coins.mood = Mood.DOWN
    await kiosk.skip(days=7, hours=1)
    await kiosk.skip(hours=12)
    assert state(kiosk) == "seen", "it may be confirmed this moment, and nobody says so"
    for _ in range(5):
        await kiosk.skip(hours=12)
    assert state(kiosk) == "expired"
    assert len(await anna.having("was never confirmed")) == 1


async def test_a_renewal_waits_for_what_was_seen_only_within_its_bound(
    kiosk: Kiosk, coins: NowServer
) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna)
    end = end_of(kiosk)
    await until(kiosk, end - timedelta(days=6))
    await sent(kiosk, coins, anna)

    await until(kiosk, end + timedelta(hours=12))
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 1, "the coins may come"
    await until(kiosk, end + timedelta(days=2))
    await anna.sees("Renewed by itself with Visa")
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 2


async def test_a_renewal_goes_on_at_once_when_what_was_seen_fails(
    kiosk: Kiosk, coins: NowServer
) -> None:
    anna = kiosk.person(ANNA)
    await agree(anna)
    end = end_of(kiosk)
    await until(kiosk, end - timedelta(days=2))
    payment = await sent(kiosk, coins, anna)
    await deliver(kiosk, coins.change(payment, "failed"))
    await anna.sees("did not go through")
    await until(kiosk, end)
    await anna.sees("Renewed by itself with Visa")
