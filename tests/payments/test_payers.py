"""Who paid, where a provider says so; and events that are about another account than ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from shop.ports import ForeignAccount, Happening, Payer, PaymentEvent
from tests.fixtures.rigs import Rig, hear, request_of, rig_of
from tests.standins.moods import Delivery


async def paid(rig: Rig) -> tuple[Delivery, str]:
    page = await rig.provider.create(request_of(rig))
    return await rig.pay(page), page.provider_ref


async def test_stripes_webhook_is_vague_about_the_payer_and_its_api_is_not(
    tmp_path: Path,
) -> None:
    async with rig_of("stripe", tmp_path) as rig:
        delivery, provider_ref = await paid(rig)
        [told] = hear(rig, delivery)
        assert told.payer == Payer(is_vague=True)
        asked = await rig.provider.look_up("pay_1", provider_ref)
        assert asked[0].payer == Payer(fingerprint="Xt5EWLLDS7FJjR1c", country="US", home="DE")


@pytest.mark.parametrize(
    "odd", [None, [], "", 7, {"type": []}, {"type": "card", "card": {"fingerprint": {}}}]
)
async def test_a_charge_without_a_card_has_no_payer(tmp_path: Path, odd: object) -> None:
    async with rig_of("stripe", tmp_path) as rig:
        _delivery, provider_ref = await paid(rig)
        for intent in rig.server.intents.values():
            intent["latest_charge"] |= {"payment_method_details": odd, "billing_details": odd}
        asked = await rig.provider.look_up("pay_1", provider_ref)
        assert asked[0].payer == Payer()


async def test_commerce_knows_the_wallet_that_paid(tmp_path: Path) -> None:
    async with rig_of("coinbase_commerce", tmp_path) as rig:
        delivery, _ref = await paid(rig)
        envelope = json.loads(delivery.body)
        for payment in envelope["event"]["data"]["payments"]:
            payment["payer_addresses"] = ["0xABCD"]
        [told] = hear(rig, rig.sign(json.dumps(envelope).encode()))
        assert told.payer.fingerprint == "0xabcd"


def changed(rig: Any, delivery: Delivery, **fields: object) -> list[PaymentEvent]:  # noqa: ANN401
    body = json.dumps(json.loads(delivery.body) | fields).encode()
    return list(hear(rig, rig.sign(body)))


@pytest.mark.parametrize(
    ("provider", "fields", "account"),
    [
        ("stripe", {"account": "acct_other"}, "acct_other"),
        ("stripe", {"livemode": True}, "live mode"),
        ("btcpay", {"storeId": "another store"}, "another store"),
    ],
)
async def test_an_event_of_another_account_gives_nothing_and_says_whose_it_is(
    tmp_path: Path, provider: str, fields: dict[str, object], account: str
) -> None:
    async with rig_of(provider, tmp_path) as rig:
        delivery, _ref = await paid(rig)
        [event] = changed(rig, delivery, **fields)
        assert (event.happening, event.money) == (Happening.FOREIGN, None)
        assert event.detail == ForeignAccount(account=account)
        [ours] = changed(rig, delivery)
        assert ours.happening is not Happening.FOREIGN
