"""Nothing, and what is no sum at all, is never the price, and never a receipt of zero."""

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from payments import fields
from payments.btcpay_events import events_of as of_btcpay
from payments.coinbase.events import events_of as of_coinbase
from payments.commerce_events import events_of as of_commerce
from payments.cryptopay import CryptoPay
from payments.nowpayments_events import read_events as of_nowpayments
from payments.star_events import of_any
from payments.stars import Stars
from payments.stripe.events import events_of as of_session
from payments.stripe.events import read_event as of_stripe_event
from payments.stripe.saved_methods import events_of_intent
from payments.telegram_cards import TelegramCards
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import Happening, PaymentEvent
from tests.fixtures.rigs import NOW, Hands
from tests.standins.cryptopay import TOKEN, CryptoPayServer

H = Happening
Json = dict[str, Any]
ABSENT = "absent"
# As JSON writes them, with NaN and numbers beyond any database.
NOTHINGS = ("0", "0.0", '"0"', '"0.00"', "0e9")
NOT_SAID = (ABSENT, "null", '""')
NO_SUMS = ("-1", '"-1"', "-0.01", "NaN", '"NaN"', "Infinity", "1e400", '"1e400"')
WRONG_TYPES = ("true", "[]", "{}", '"seven"', '" "')
HERE = "@@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message, complete but for one sum, at `HERE`.

    `may_lack` where another field says what was paid; `is_back` where the sum went back.
    """

    name: str
    whole: Json
    read: Callable[[Json], Sequence[PaymentEvent]]
    may_lack: bool = False
    is_back: bool = False


def _btcpay(payment: Json, rate: object = "50000") -> Json:
    row = {"id": "tx-0", "receivedDate": 1_800_000_000, "status": "Settled", "fee": "0"}
    return {"payments": [{**row, "value": "0.0001598", **payment}], "rate": rate}


def _read_btcpay(method: Json) -> Sequence[PaymentEvent]:
    invoice = {"id": "i1", "status": "Settled", "additionalStatus": "None", "currency": "EUR"}
    return of_btcpay([(invoice, [method])], reference="pay_1")


def _read_cryptopay(invoice: Json) -> Sequence[PaymentEvent]:
    provider = CryptoPay(
        token=TOKEN, webhook_tokens=TOKEN, clock=Hands(), http=httpx.AsyncClient()
    )
    text = json.dumps(
        {"update_id": 1, "update_type": "invoice_paid", "payload": invoice}, default=str
    )
    told = CryptoPayServer(now=lambda: NOW).signed(text.encode())
    return provider.read_webhook(told.headers, told.body, now=NOW)


def _read_update(provider: Stars | TelegramCards) -> Callable[[Json], Sequence[PaymentEvent]]:
    def read(message: Json) -> Sequence[PaymentEvent]:
        event = provider.read_update({"update_id": 1, "message": {"date": 1, **message}})
        return [event] if event else []

    return read


def _row(row: Json) -> Sequence[PaymentEvent]:
    event = of_any(row)
    return [event] if event else []


PAID_SESSION: Json = {
    "id": "cs_1",
    "mode": "payment",
    "status": "complete",
    "payment_status": "paid",
    "client_reference_id": "pay_1",
    "payment_intent": {"id": "pi_1"},
    "currency": "eur",
    "amount_total": 799,
}
CHECKOUT: Json = {
    "id": "c1",
    "status": "COMPLETED",
    "currency": "USDC",
    "amount": "7.99",
    "updatedAt": "2026-11-22T12:00:00Z",
    "metadata": {"reference": "pay_1", "currency": "USDC"},
}
CHARGE: Json = {
    "id": "ch1",
    "timeline": [{"status": "COMPLETED"}],
    "metadata": {"reference": "pay_1"},
    "pricing": {"local": {"amount": "7.99", "currency": "USD"}},
}
INVOICE: Json = {
    "invoice_id": 5,
    "status": "paid",
    "currency_type": "fiat",
    "fiat": "EUR",
    "amount": "7.99",
    "payload": "pay_1",
}
PAYMENT: Json = {
    "payment_id": 7,
    "payment_status": "finished",
    "order_id": "pay_1",
    "price_amount": 7.99,
    "price_currency": "eur",
    "pay_amount": 31.5,
    "actually_paid": 31.5,
    "pay_currency": "trx",
}
STARS: Json = {
    "currency": "XTR",
    "invoice_payload": "pay_1",
    "telegram_payment_charge_id": "stxn_1",
}
CARD: Json = {**STARS, "currency": "EUR", "telegram_payment_charge_id": "card_1"}
_STARS = Stars(token="1:x", clock=Hands(), http=httpx.AsyncClient())
_CARDS = TelegramCards(token="1:x", provider_token="p", http=httpx.AsyncClient())

SAID = (
    Said(name="stripe session", whole={**PAID_SESSION, "amount_total": HERE}, read=of_session),
    Said(
        name="stripe renewal",
        whole={
            "id": "pi_1",
            "status": "succeeded",
            "currency": "eur",
            "created": 1_800_000_000,
            "amount_received": HERE,
        },
        read=events_of_intent,
    ),
    Said(
        name="stripe refund",
        whole={
            "id": "evt_1",
            "type": "charge.refunded",
            "created": 1_800_000_000,
            "data": {"object": {"id": "ch_1", "currency": "eur", "amount_refunded": HERE}},
        },
        read=lambda whole: [of_stripe_event(whole)],
        is_back=True,
    ),
    Said(name="coinbase price", whole={**CHECKOUT, "amount": HERE}, read=of_coinbase),
    Said(
        name="coinbase price in euros",
        whole={
            **CHECKOUT,
            "metadata": {"reference": "pay_1", "currency": "EUR"},
            "fiatCurrency": "EUR",
            "fiatAmount": HERE,
        },
        read=of_coinbase,
        may_lack=True,  # then it is what its amount says, in USDC
    ),
    Said(
        name="coinbase refund",
        whole={**CHECKOUT, "status": "PARTIALLY_REFUNDED", "refundedAmount": HERE},
        read=lambda whole: of_coinbase(whole)[1:],
        is_back=True,
        may_lack=True,
    ),
    Said(
        name="commerce payment",
        whole={
            **CHARGE,
            "payments": [
                {
                    "transaction_id": "0x1",
                    "status": "confirmed",
                    "value": {"local": {"amount": HERE, "currency": "USD"}},
                }
            ],
        },
        read=of_commerce,
    ),
    Said(name="commerce payments", whole={**CHARGE, "payments": HERE}, read=of_commerce),
    Said(name="btcpay value", whole=_btcpay({"value": HERE}), read=_read_btcpay),
    Said(name="btcpay rate", whole=_btcpay({}, rate=HERE), read=_read_btcpay),
    Said(name="btcpay fee", whole=_btcpay({"fee": HERE}), read=_read_btcpay, may_lack=True),
    Said(name="cryptopay price", whole={**INVOICE, "amount": HERE}, read=_read_cryptopay),
    Said(
        name="cryptopay coins",
        whole={**INVOICE, "paid_amount": HERE},
        read=_read_cryptopay,
        may_lack=True,
    ),
    Said(name="nowpayments price", whole={**PAYMENT, "price_amount": HERE}, read=of_nowpayments),
    Said(name="nowpayments coins", whole={**PAYMENT, "actually_paid": HERE}, read=of_nowpayments),
    Said(
        name="nowpayments coins of a part",
        whole={**PAYMENT, "payment_status": "partially_paid", "actually_paid": HERE},
        read=of_nowpayments,
    ),
    Said(
        name="nowpayments coins asked for a part",
        whole={
            **PAYMENT,
            "payment_status": "partially_paid",
            "actually_paid": 12,
            "pay_amount": HERE,
        },
        read=of_nowpayments,
    ),
    Said(
        name="stars in the chat",
        whole={"successful_payment": {**STARS, "total_amount": HERE}},
        read=_read_update(_STARS),
    ),
    Said(
        name="stars in the list",
        whole={
            "id": "stxn_1",
            "amount": HERE,
            "date": 1,
            "source": {"type": "user", "invoice_payload": "pay_1"},
        },
        read=_row,
    ),
    Said(
        name="cards in the chat",
        whole={"successful_payment": {**CARD, "total_amount": HERE}},
        read=_read_update(_CARDS),
    ),
)


def reading(said: Said, value: str) -> Sequence[PaymentEvent]:
    """What is read where the sum is this; no events where it is refused."""
    text = json.dumps(copy.deepcopy(said.whole)).replace(f'"{HERE}"', value)
    if value == ABSENT:
        text = json.dumps(_without(said.whole))
    try:
        return said.read(fields.parse_object(text.encode()))
    except BadInputError:
        return []


def _without(thing: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(thing, dict):
        return {key: _without(value) for key, value in thing.items() if value != HERE}
    return [_without(one) for one in thing] if isinstance(thing, list) else thing


@pytest.mark.parametrize("value", [*NOTHINGS, *NOT_SAID, *NO_SUMS, *WRONG_TYPES])
@pytest.mark.parametrize("said", SAID, ids=lambda said: said.name)
def test_no_sum_is_the_price_or_nothing(said: Said, value: str) -> None:
    told = reading(said, value)
    if said.is_back:
        assert all(event.money is None or value in NOTHINGS for event in told)
        return
    may_be_paid = said.may_lack and (value in NOT_SAID or said.name == "btcpay fee")
    for event in told:
        if event.happening is H.RECEIVED and may_be_paid and value not in NO_SUMS:
            assert event.money in {Money(799, "EUR"), Money(799, "USDC")}
            continue
        assert event.happening is not H.RECEIVED
        assert event.money is None
        if value in NOTHINGS and event.happening is H.UNHANDLED:
            assert event.for_staff, "what a person has to look at says what it is"


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.name)
def test_money_that_says_how_much_it_is_is_read(said: Said) -> None:
    value = {
        "btcpay value": '"0.0001598"',
        "btcpay rate": '"50000"',
        "btcpay fee": '"0"',
        "coinbase price": '"7.99"',
        "coinbase price in euros": '"7.99"',
        "coinbase refund": '"3.00"',
        "commerce payment": '"7.99"',
        "commerce payments": json.dumps(SAID[6].whole["payments"]).replace(HERE, "7.99"),
        "cryptopay price": '"7.99"',
        "cryptopay coins": '"2.3"',
        "nowpayments price": "7.99",
        "nowpayments coins": "31.5",
        "nowpayments coins of a part": "12",
        "nowpayments coins asked for a part": "31.5",
    }.get(said.name, "799")
    [event] = reading(said, value)
    assert event.happening is (H.REFUNDED if said.is_back else H.RECEIVED)
    assert event.money is not None
    assert not event.money.is_zero


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.name)
def test_a_payment_worth_nothing_is_for_staff(said: Said) -> None:
    if said.is_back or said.may_lack or said.name in {"commerce payments", "btcpay value"}:
        return
    told = [event for value in NOTHINGS for event in reading(said, value)]
    assert told, "some way of writing nothing is a sum to this provider"
    assert {event.happening for event in told} == {H.UNHANDLED}
    assert all(event.for_staff for event in told)
