"""What each way says it takes, and which refusals are about one request."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from payments.outgoing import refusal
from payments.stripe.money import LIMITS
from payments.telegram_cards import TelegramCards
from shop.catalog.products import MOST_STARS_AT_ONCE
from shop.core.money import Money
from shop.ports import (
    Limits,
    ProviderError,
    RequestRefusedError,
    TooLittleError,
    limits_of,
)
from tests.fixtures.rigs import NowPaymentsRig, Rig, StripeRig, request_of, rig_of


@pytest.fixture
async def now(tmp_path: Path) -> AsyncIterator[NowPaymentsRig]:
    async with rig_of("nowpayments", tmp_path) as made:
        yield made


@pytest.fixture
async def stripe(tmp_path: Path) -> AsyncIterator[StripeRig]:
    async with rig_of("stripe", tmp_path) as made:
        yield made


# https://docs.stripe.com/currencies, in minor units of ISO 4217
@pytest.mark.parametrize(
    ("currency", "limits"),
    [
        ("EUR", Limits(least=50, most=99_999_999)),
        ("GBP", Limits(least=30, most=99_999_999)),
        ("HUF", Limits(least=17_500, most=99_999_999)),
        ("JPY", Limits(least=50, most=99_999_999)),
        ("ISK", Limits(least=1, most=999_999)),
    ],
)
def test_stripe_takes_what_its_page_says(currency: str, limits: Limits) -> None:
    assert LIMITS[currency] == limits


@pytest.mark.parametrize("rig", ["stars"], indirect=True)
def test_stars_end_where_the_catalog_says(rig: Rig) -> None:
    assert limits_of(rig.provider) == {"XTR": Limits(least=1, most=MOST_STARS_AT_ONCE)}


async def test_whoever_says_nothing_has_no_limits(mute: Rig, tmp_path: Path) -> None:
    assert limits_of(mute.provider)["EUR"].least == 100
    async with rig_of("transfer", tmp_path) as rig:
        assert limits_of(rig.provider) == {}


async def test_stripe_says_that_it_was_too_little(stripe: StripeRig) -> None:
    with pytest.raises(TooLittleError) as caught:
        await stripe.provider.create(request_of(stripe, amount=Money(49, "EUR")))
    assert caught.value.least is None
    await stripe.provider.create(request_of(stripe, amount=Money(50, "EUR")))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRefusedError),
        (402, RequestRefusedError),
        (422, RequestRefusedError),
        (401, ProviderError),
        (403, ProviderError),
        (404, ProviderError),
        (None, ProviderError),
    ],
)
def test_a_refusal_is_about_the_request_or_about_us(
    status: int | None, kind: type[ProviderError]
) -> None:
    assert type(refusal(status, "no")) is kind


async def test_a_token_that_telegram_does_not_know_is_no_matter_of_the_sum() -> None:
    no = {"ok": False, "error_code": 400, "description": "Bad Request: PAYMENT_PROVIDER_INVALID"}
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(400, json=no))
    ) as http:
        provider = TelegramCards(token="1:a", provider_token="2:b", http=http)
        with pytest.raises(ProviderError, match="PAYMENT_PROVIDER_INVALID") as caught:
            await provider.check()
    assert type(caught.value) is ProviderError


async def test_nowpayments_takes_what_its_cheapest_coin_takes(now: NowPaymentsRig) -> None:
    now.server.least = {"btc": "9.5", "trx": "3.121", "xmr": "4"}
    with pytest.raises(TooLittleError) as caught:
        await now.provider.create(request_of(now, amount=Money(312, "EUR")))
    assert caught.value.least == 313
    await now.provider.create(request_of(now, amount=Money(313, "EUR")))
    asked = [path for _, path in now.server.calls if path == "/v1/min-amount"]
    assert len(asked) == 3, "and remembers it"


@pytest.mark.parametrize(
    "coins",
    [{}, {f"coin{number}": "1000" for number in range(26)}, {"trx": "0"}],
    ids=["none", "too many to ask", "free"],
)
async def test_where_nowpayments_least_is_not_known_its_page_says_it(
    now: NowPaymentsRig, coins: dict[str, str]
) -> None:
    now.server.least = coins
    await now.provider.create(request_of(now, amount=Money(4, "EUR")))


async def test_a_coin_that_is_off_takes_nothing_and_the_others_count(now: NowPaymentsRig) -> None:
    now.server.least = {"btc": "9", "off": "refused"}
    with pytest.raises(TooLittleError) as caught:
        await now.provider.create(request_of(now, amount=Money(4, "EUR")))
    assert caught.value.least == 900


async def test_a_large_sum_asks_nothing_first(now: NowPaymentsRig) -> None:
    now.server.least = {"trx": "5000"}
    await now.provider.create(request_of(now, amount=Money(10_000, "EUR")))
    assert [path for _, path in now.server.calls] == ["/v1/invoice"]
