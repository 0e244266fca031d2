"""What is Crypto Pay's alone: fiat invoices, a key made of the token, invoices of other people."""

import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from payments.cryptopay import CryptoPay
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import Happening, ProviderError, RequestRefusedError
from tests.fixtures.rigs import CryptoPayRig, Hands, hear, request_of, rig_of
from tests.standins.cryptopay import TOKEN

H = Happening


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[CryptoPayRig]:
    async with rig_of("cryptopay", tmp_path) as made:
        yield made


async def test_the_invoice_asks_for_the_sum_in_the_orders_currency(rig: CryptoPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    invoice = rig.server.invoices[page.provider_ref]
    assert (invoice["currency_type"], invoice["fiat"], invoice["amount"]) == (
        "fiat",
        "EUR",
        "7.99",
    )
    assert page.expires_at == rig.clock.now() + timedelta(hours=1)


async def test_the_key_is_the_tokens_digest() -> None:
    body = b'{"update_id": 1, "update_type": "framed"}'
    code = hmac.digest(sha256(TOKEN.encode()).digest(), body, "sha256").hex()
    async with httpx.AsyncClient() as http:
        provider = CryptoPay(token=TOKEN, webhook_tokens=TOKEN, clock=Hands(), http=http)
        [event] = provider.read_webhook(
            {"crypto-pay-api-signature": code}, body, now=Hands().now()
        )
    assert event.happening is H.UNHANDLED


async def test_updates_share_their_numbers_but_an_invoice_is_paid_once(rig: CryptoPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    update = json.loads(rig.server.pay(page.provider_ref).body)
    again = update | {"update_id": update["update_id"] + 1}
    ids = {hear(rig, rig.sign(json.dumps(one).encode()))[0].event_id for one in (update, again)}
    assert len(ids) == 1


@pytest.mark.parametrize(("days", "is_taken"), [(3, True), (5, False), (-3, True), (-5, False)])
async def test_an_update_is_of_its_own_days(
    rig: CryptoPayRig, *, days: int, is_taken: bool
) -> None:
    page = await rig.provider.create(request_of(rig))
    delivery = rig.server.pay(page.provider_ref)  # it says when it was sent, under the signature
    rig.clock.moment += timedelta(days=days)
    if is_taken:
        assert [one.happening for one in hear(rig, delivery)] == [H.RECEIVED]
    else:
        with pytest.raises(BadInputError, match="another time"):
            hear(rig, delivery)


async def test_what_was_paid_with_is_a_fact(rig: CryptoPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    [event] = hear(rig, rig.server.pay(page.provider_ref))
    assert event.for_staff == {"paid_asset": "TON", "paid_amount": "2.345678912"}


@pytest.mark.parametrize("amount", ["7.990000", "7.99"])
async def test_the_sum_is_exact(rig: CryptoPayRig, amount: str) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.invoices[page.provider_ref]["amount"] = amount
    [event] = hear(rig, rig.server.pay(page.provider_ref))
    assert event.money == Money(799, "EUR")


async def test_a_sum_that_is_none_of_the_currency_is_not_rounded(rig: CryptoPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.invoices[page.provider_ref]["amount"] = "7.991"
    with pytest.raises(BadInputError):
        hear(rig, rig.server.pay(page.provider_ref))


async def test_an_invoice_in_coins_was_made_by_something_else(rig: CryptoPayRig) -> None:
    coins = {"invoice_id": 9, "status": "paid", "currency_type": "crypto", "asset": "TON"}
    [event] = hear(rig, rig.server.event("invoice_paid", {**coins, "amount": "1.123456789"}))
    assert (event.happening, event.money) == (H.UNHANDLED, None)
    assert event.for_staff == {"invoice": "9", "asset": "TON"}


async def test_a_deleted_invoice_says_nothing_about_money(rig: CryptoPayRig) -> None:
    page = await rig.provider.create(request_of(rig))
    rig.server.invoices.clear()
    with pytest.raises(ProviderError, match="does not know"):
        await rig.provider.look_up("pay_1", page.provider_ref)


@pytest.mark.parametrize(
    ("code", "kind"), [(400, RequestRefusedError), (401, ProviderError), ("", ProviderError)]
)
async def test_a_no_that_comes_with_200_is_a_no(code: object, kind: type[ProviderError]) -> None:
    no = {"ok": False, "error": {"code": code, "name": f"NOT_WITH_{TOKEN}"}}
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=no))
    ) as http:
        provider = CryptoPay(token=TOKEN, webhook_tokens=TOKEN, clock=Hands(), http=http)
        with pytest.raises(ProviderError, match="NOT_WITH_…") as caught:
            await provider.check()
    assert type(caught.value) is kind
