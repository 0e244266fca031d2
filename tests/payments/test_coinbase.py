"""What is Coinbase's alone, in its living API and in its ended one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from payments.coinbase.provider import Coinbase
from payments.coinbase_commerce import CoinbaseCommerce
from shop.core.money import Money
from shop.ports import Happening, OnItsWay, ProviderSilentError
from tests.fixtures.rigs import CoinbaseRig, CommerceRig, Hands, hear, request_of, rig_of
from tests.standins import coinbase
from tests.standins.moods import Mood

H = Happening


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[CoinbaseRig]:
    async with rig_of("coinbase", tmp_path) as made:
        yield made


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[CommerceRig]:
    async with rig_of("coinbase_commerce", tmp_path) as made:
        yield made


async def test_a_transaction_on_its_way_is_seen(rig: CoinbaseRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.start(page.provider_ref)
    [event] = await rig.provider.look_up("pay_1", page.provider_ref)
    assert (event.happening, event.money) == (H.SEEN, None)


async def test_a_refund_tells_of_the_payment_before_it(rig: CoinbaseRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [paid] = hear(rig, rig.server.pay(page.provider_ref))
    [refund] = hear(rig, rig.server.refund(page.provider_ref))
    assert (refund.happening, refund.money) == (H.REFUNDED, Money(799, "USD"))
    asked = await rig.provider.look_up("pay_1", page.provider_ref)
    assert [event.happening for event in asked] == [H.RECEIVED, H.REFUNDED]
    assert {event.receipt_id for event in (*asked, paid, refund)} == {paid.receipt_id}


async def test_a_partial_refund_does_not_say_how_much(rig: CoinbaseRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.pay(page.provider_ref)
    [refund] = hear(rig, rig.server.refund(page.provider_ref, whole=False))
    assert (refund.happening, refund.money) == (H.REFUNDED, None)
    assert refund.for_staff["status"] == "PARTIALLY_REFUNDED"


async def test_a_price_in_euros_is_received_in_euros(rig: CoinbaseRig) -> None:
    fiat = {"fiatAmount": "7.99", "fiatCurrency": "EUR"}
    checkout = {
        "id": "1",
        "amount": "9.21",
        "currency": "USDC",
        "status": "COMPLETED",
        "updatedAt": "2026-11-22T12:00:00Z",
        "metadata": {"reference": "pay_1"},
        **fiat,
    }
    [event] = hear(rig, rig.server.event("checkout.payment.success", checkout))
    assert event.money == Money(799, "EUR")


async def test_usdc_are_usdc_though_their_worth_is_told_beside(rig: CoinbaseRig) -> None:
    page = await rig.provider.create(request_of(rig, amount=Money(799, "USDC")))
    beside = {"fiatAmount": "7.98", "fiatCurrency": "USD", "refundedAmount": "7.99"}
    rig.server.checkouts[page.provider_ref] |= beside
    [paid] = hear(rig, rig.server.pay(page.provider_ref))
    [refund] = hear(rig, rig.server.refund(page.provider_ref, whole=False))
    assert (paid.money, refund.money) == (Money(799, "USDC"), Money(799, "USDC"))


async def test_a_way_back_without_https_is_left_out(rig: CoinbaseRig) -> None:
    page = await rig.provider.create(request_of(rig, return_url="http://127.0.0.1/chat"))
    assert "successRedirectUrl" not in rig.server.checkouts[page.provider_ref]


@pytest.mark.parametrize(
    ("api_url", "uris"),
    [
        (
            "https://business.coinbase.com",
            ["GET business.coinbase.com/api/v1/checkouts/c1"],
        ),
        (
            "https://business.coinbase.com/sandbox/",
            ["GET business.coinbase.com/sandbox/api/v1/checkouts/c1"],
        ),
        (
            "https://proxy.example/coinbase",
            [
                "GET proxy.example/coinbase/api/v1/checkouts/c1",
                "GET business.coinbase.com/api/v1/checkouts/c1",
            ],
        ),
    ],
)
async def test_the_token_names_who_will_check_it(api_url: str, uris: list[str]) -> None:
    tokens = []

    def answer(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        return httpx.Response(503)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        provider = Coinbase(
            key_id="k",
            key_secret=coinbase.KEY_SECRET,
            webhook_secrets="s",
            clock=Hands(),
            http=http,
            api_url=api_url,
        )
        with pytest.raises(ProviderSilentError):
            await provider.look_up("pay_1", "c1")
    assert coinbase.claims_of(tokens[0])["uris"] == uris


async def test_an_unconfirmed_payment_is_seen(old: CommerceRig) -> None:
    page = await old.provider.create(request_of(old))
    [event] = hear(old, old.server.see(page.provider_ref))
    assert (event.happening, event.money) == (H.SEEN, None)
    assert event.detail == OnItsWay(within=timedelta(days=3))
    [asked] = await old.provider.look_up("pay_1", page.provider_ref)
    assert asked.happening is H.SEEN


@pytest.mark.parametrize(("paid", "minor"), [("3.99", 399), ("12.50", 1250), ("7.98501", 799)])
async def test_what_came_is_what_counts(old: CommerceRig, paid: str, minor: int) -> None:
    page = await old.provider.create(request_of(old))
    [event] = hear(old, old.server.pay(page.provider_ref, paid))
    assert event.money == Money(minor, "USD")


async def test_too_little_is_money_all_the_same(old: CommerceRig) -> None:
    page = await old.provider.create(request_of(old))
    [event] = hear(old, old.server.fail_with(page.provider_ref, "3.99"))
    assert (event.happening, event.money) == (H.RECEIVED, Money(399, "USD"))


async def test_each_payment_to_a_charge_is_a_receipt(old: CommerceRig) -> None:
    page = await old.provider.create(request_of(old))
    [first] = hear(old, old.server.pay(page.provider_ref, "3.99"))
    both = hear(old, old.server.pay(page.provider_ref, "4.00"))
    assert [event.money for event in both] == [Money(399, "USD"), Money(400, "USD")]
    assert both[0].receipt_id == first.receipt_id != both[1].receipt_id
    assert len({event.event_id for event in both}) == 2
    asked = await old.provider.look_up("pay_1", page.provider_ref)
    assert [e.receipt_id for e in asked] == [e.receipt_id for e in both]


async def test_a_key_that_may_not_list_still_sells(old: CommerceRig) -> None:
    old.server.may_list = False
    page = await old.provider.create(request_of(old))
    assert page.provider_ref in old.server.charges


async def test_a_hanging_server_keeps_nobody(old: CommerceRig) -> None:
    old.server.mood = Mood.SLOW
    assert isinstance(old.provider, CoinbaseCommerce)
    with pytest.raises(ProviderSilentError, match="TimeoutError"):
        await old.provider.look_up("pay_1", "c1")
    old.server.mood = Mood.UP
    assert await old.provider.check()
