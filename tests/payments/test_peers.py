"""Signatures made by other people's code and vectors, not by ours."""

import asyncio
import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import stripe
from aiogram.methods import (
    CreateInvoiceLink,
    EditUserStarSubscription,
    GetStarTransactions,
    RefundStarPayment,
    TelegramMethod,
)
from aiogram.types import StarTransactions, Update
from coinbase_commerce.client import Client
from coinbase_commerce.webhook import Webhook, WebhookSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from payments import fields
from payments.coinbase.key import CoinbaseKey
from payments.commerce_events import read_events
from payments.hook0 import check_hook0
from payments.signatures import check_code, check_stamped
from payments.stars import Stars
from payments.stripe.events import read_event
from payments.telegram_cards import TelegramCards
from shop.ports import BadSignatureError, ProviderError
from tests.fixtures.rigs import Hands, hear, request_of, rig_of
from tests.fuzz.corpus import bodies, updates
from tests.standins import coinbase_commerce
from tests.standins import stripe as standin
from tests.standins.coinbase_commerce import CommerceServer

NOW = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)  # 1800000000
BODY = b'{"event":"user.created"}'
HEADERS = {
    "x-event-id": "evt-1",
    "x-delivery-id": "dlv-1",
    "content-type": "application/json",
}

# Source: hook0/hook0 clients/conformance/signature.json; secret `a-subscription-secret`.
V0 = "d17d66b66fca89390c5b967c45e8928fc732db07a0aabe8167b1e98213081ffe"
V1 = "19a6fb8f6581715b241a93af02a58611c3b0ac7b747a8d2a5b120ee418d0c347"
V1_TURNED = "bf5f4e5fe0c9143510ae192f983316a09ed392d0104d2ce0faa3d7bce3687acb"
NAMES, TURNED = "x-event-id x-delivery-id", "x-delivery-id x-event-id"
T = "t=1800000000"
EDGE = "t=1799999700,v0=f9689580483e051113d28de23c1658c509da2b00e7bc15a5aaa83b8bdf83ff81"
OLD = "t=1799999699,v0=4168cc6c683357e103055b48584715f12e2baa4e679b8e076254247f11edf34d"
AHEAD = "t=1800000301,v0=ba4b79e449ae52edb505b6baa07380be2baa6e0c4c6fec3b9a01c85d47a4935f"


@pytest.mark.parametrize(
    "signature",
    [
        f"{T},v0={V0}",
        f"{T},h={NAMES},v1={V1}",
        f"{T},h={NAMES},v0={V1_TURNED},v1={V1}",
        f"{T},h={TURNED},v1={V1_TURNED}",
        EDGE,
    ],
    ids=["body only", "with headers", "stronger one counts", "named in order", "edge of window"],
)
def test_hook0_accepts(signature: str) -> None:
    _check_hook0(signature)


@pytest.mark.parametrize(
    "signature",
    [
        f"{T},h={NAMES},v0={V0},v1={V1_TURNED}",
        f"{T},h={TURNED},v1={V1}",
        f"{T},h=x-event-id x-missing,v1={V1}",
        f"{T},v0={V0[:-1]}z",
        f"{T},v0={V0[:-1]}",
        OLD,
        AHEAD,
        f"{T},v1={V1}",
    ],
    ids=[
        "no downgrade",
        "names turned",
        "header stripped",
        "not hex",
        "half a byte",
        "old",
        "ahead",
        "no names",
    ],
)
def test_hook0_refuses(signature: str) -> None:
    with pytest.raises(BadSignatureError):
        _check_hook0(signature)


def _check_hook0(signature: str) -> None:
    headers = {**HEADERS, "x-hook0-signature": signature}
    check_hook0(headers, BODY, keys=[b"a-subscription-secret"], now=NOW)


def test_stripes_own_signature_is_good() -> None:
    body = json.dumps({"id": "evt_1", "name": "Zoë"}, ensure_ascii=False)
    header = stripe.WebhookSignature.generate_signature_header(
        body, "whsec_1", int(NOW.timestamp())
    )
    check_stamped(header, body.encode(), keys=[b"whsec_1"], now=NOW)


def test_one_good_signature_among_several_is_enough() -> None:
    header = stripe.WebhookSignature.generate_signature_header(
        "{}", "whsec_1", int(NOW.timestamp())
    )
    stamp, _, good = header.partition(",")
    check_stamped(f"{stamp},v1={'0' * 64},{good},v0=ff", b"{}", keys=[b"whsec_1"], now=NOW)
    with pytest.raises(BadSignatureError):
        check_stamped(header.replace("v1=", "v0="), b"{}", keys=[b"whsec_1"], now=NOW)


def test_commerces_own_signature_is_good() -> None:
    code = WebhookSignature._compute_signature('{"event": {}}', "secret")  # noqa: SLF001 - theirs
    check_code(b'{"event": {}}', [code], keys=[b"secret"])


def test_commerces_own_reader_believes_our_stand_in() -> None:
    delivery = CommerceServer().event("charge:pending", {"id": "1"})
    header = delivery.headers["x-cc-webhook-signature"]
    event = Webhook.construct_event(delivery.body.decode(), header, "commerce-shared-secret")
    assert event["type"] == "charge:pending"


def test_a_coinbase_token_by_an_ed25519_key() -> None:
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes_raw() + private.public_key().public_bytes_raw()
    token = CoinbaseKey(key_id="k", secret=b64encode(raw).decode()).token(["POST a/b"], now=NOW)
    _check_token(token, private.public_key(), "EdDSA")


def test_a_coinbase_token_by_an_ecdsa_key_with_escaped_line_ends() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    secret = pem.decode().replace("\n", "\\n")
    token = CoinbaseKey(key_id="k", secret=secret).token(["POST a/b"], now=NOW)
    _check_token(token, private.public_key(), "ES256")


def _check_token(token: str, public_key: object, algorithm: str) -> None:
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["kid"], header["typ"]) == (algorithm, "k", "JWT")
    assert len(header["nonce"]) == 16
    options: jwt.types.Options = {
        "verify_exp": False,
        "verify_nbf": False,
        "verify_aud": False,
    }
    claims = jwt.decode(token, public_key, algorithms=[algorithm], options=options)  # type: ignore[arg-type]  # either key
    assert claims == {
        "sub": "k",
        "iss": "cdp",
        "aud": None,
        "nbf": 1_800_000_000,
        "exp": 1_800_000_120,
        "uris": ["POST a/b"],
    }


@pytest.mark.parametrize("secret", ["", "%%%", "c2hvcnQ=", "-----BEGIN EC PRIVATE KEY-----\nx"])
def test_a_malformed_coinbase_key_is_a_plain_no(secret: str) -> None:
    with pytest.raises(ProviderError, match="malformed") as caught:
        CoinbaseKey(key_id="k", secret=secret).token(["GET a"], now=NOW)
    assert not secret or secret not in str(caught.value)


# --- what we send, read by official code; what official code sends, read by us -------------------


async def test_stripes_own_client_and_reader_believe_what_we_believe(tmp_path: Path) -> None:
    async with rig_of("stripe", tmp_path) as rig:
        page = await rig.provider.create(request_of(rig))
        delivery = await rig.pay(page)
        [ours] = hear(rig, delivery)
        client = stripe.StripeClient(
            standin.KEY, base_addresses={"api": await _address(rig)}, max_network_retries=0
        )
        session = await asyncio.to_thread(client.v1.checkout.sessions.retrieve, page.provider_ref)
    assert (session.id, session.amount_total) == (ours.provider_ref, ours.money and 799)
    assert session.client_reference_id == ours.reference
    stamp = int(delivery.headers["stripe-signature"].partition(",")[0].removeprefix("t="))
    event = stripe.Webhook.construct_event(
        delivery.body,
        delivery.headers["stripe-signature"],
        standin.SECRET,
        tolerance=int(time.time()) - stamp + 300,
    )
    assert (event.id, event.type) == (ours.event_id, ours.kind)


async def _address(rig: Any) -> str:  # noqa: ANN401 - its rig
    return str(rig._url)  # noqa: SLF001 - where the stand-in listens


def test_every_stripe_message_of_the_corpus_is_an_event_to_stripes_own_reader() -> None:
    stamp = int(time.time())
    fine = {name: raw for name, raw in bodies("stripe").items() if "defect-" not in name}
    for name, raw in fine.items():
        body = raw.decode()
        header = stripe.WebhookSignature.generate_signature_header(body, "whsec_1", stamp)
        event = stripe.Webhook.construct_event(body, header, "whsec_1")
        ours = read_event(fields.parse_object(raw))
        assert (event.id, event.type) == (ours.event_id, ours.kind), name


def test_every_commerce_message_of_the_corpus_is_an_event_to_its_own_reader() -> None:
    for name, raw in bodies("coinbase_commerce").items():
        body = raw.decode()
        code = WebhookSignature._compute_signature(body, "secret")  # noqa: SLF001 - theirs
        check_code(raw, [code], keys=[b"secret"])
        event = Webhook.construct_event(body, code, "secret")
        ours = read_events(fields.parse_object(raw))
        assert {one.kind for one in ours} == {event["type"]}, name


def test_every_update_of_the_corpus_is_an_update_to_aiogram() -> None:
    """aiogram's types are the Bot API's text, checked field by field."""
    fine = {name: raw for name, raw in updates().items() if "defect-" not in name}
    for name, raw in fine.items():
        told = json.loads(raw)
        update = Update.model_validate(told)
        kind = next(key for key in told if key != "update_id")
        assert getattr(update, kind) is not None, name
        payment = update.message.successful_payment if update.message else None
        ours = [read(told) for read in (_stars().read_update, _cards().read_update)]
        assert bool(payment) <= any(ours), name
        for event in filter(None, ours):
            if payment and event.money:
                assert event.receipt_id == payment.telegram_payment_charge_id
                assert event.money.minor == payment.total_amount
                assert event.reference == payment.invoice_payload


_CALLS: dict[str, type[TelegramMethod[Any]]] = {
    "createInvoiceLink": CreateInvoiceLink,
    "getStarTransactions": GetStarTransactions,
    "refundStarPayment": RefundStarPayment,
    "editUserStarSubscription": EditUserStarSubscription,
}


@pytest.mark.parametrize("name", ["stars", "telegram_cards"])
async def test_what_telegram_is_asked_and_answers_is_the_bot_api_to_aiogram(
    tmp_path: Path, name: str
) -> None:
    async with rig_of(name, tmp_path) as rig:
        page = await rig.provider.create(request_of(rig, recurs=name == "stars"))
        told = [await rig.pay(page)]
        if name == "stars":
            stars: Stars = rig.provider
            told += [rig.server.renew("pay_1"), rig.server.standing("pay_1", "canceled")]
            [charge, _renewal] = await stars.look_up("pay_1", page.provider_ref)
            await stars.stop(1, charge.receipt_id, is_stopped=True)
            told.append(rig.server.refund("pay_1"))
            StarTransactions.model_validate({"transactions": rig.server.transactions})
        for method, params in rig.server.asked:
            call = _CALLS[method]
            assert not params.keys() - call.model_fields.keys(), method
            assert call.model_validate(params).__api_method__ == method
        assert {method for method, _params in rig.server.asked} >= {"createInvoiceLink"}
        for delivery in told:
            update = Update.model_validate_json(delivery.body)
            assert update.message or update.subscription
            assert hear(rig, delivery)


async def test_commerces_own_client_reads_from_our_stand_in_what_we_read(tmp_path: Path) -> None:
    async with rig_of("coinbase_commerce", tmp_path) as rig:
        page = await rig.provider.create(request_of(rig))
        [ours] = hear(rig, await rig.pay(page))
        client = Client(coinbase_commerce.KEY)
        client.BASE_API_URI = f"{await _address(rig)}/"
        charge = (await asyncio.to_thread(client.get, "charges", page.provider_ref)).data["data"]
        client.session.close()
    [payment] = charge["payments"]
    assert (charge["id"], charge["hosted_url"]) == (page.provider_ref, page.url)
    assert payment["transaction_id"] == ours.receipt_id
    assert charge["metadata"]["reference"] == ours.reference


def _stars() -> Stars:
    return Stars(token="1:x", clock=Hands(), http=httpx.AsyncClient())


def _cards() -> TelegramCards:
    return TelegramCards(token="1:x", provider_token="p", http=httpx.AsyncClient())
