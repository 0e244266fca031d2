"""How each provider writes and signs a webhook, and the doors' secrets it knows."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from shop.orders.payment_records import Payment
from tests.fixtures.doors import SECRETS

Json = Any


def stripe_event(payment: Payment, at: datetime) -> Json:
    return {
        "id": f"evt_{payment.reference}",
        "object": "event",
        "type": "checkout.session.completed",
        "created": int(at.timestamp()),
        "data": {
            "object": {
                "id": f"cs_{payment.reference}",
                "object": "checkout.session",
                "mode": "payment",
                "status": "complete",
                "payment_status": "paid",
                "client_reference_id": payment.reference,
                "metadata": {"reference": payment.reference},
                "payment_intent": f"pi_{payment.reference}",
                "amount_total": payment.due.minor,
                "currency": payment.due.currency.lower(),
            }
        },
    }


def coinbase_event(payment: Payment, at: datetime) -> Json:
    return {
        "id": f"co_{payment.reference}",
        "eventType": "checkout.payment.success",
        "status": "COMPLETED",
        "amount": f"{payment.due.decimal():f}",
        "currency": payment.due.currency,
        "metadata": {"reference": payment.reference},
        "updatedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "settlement": {"totalAmount": f"{payment.due.decimal():f}", "currency": "USDC"},
        "transactionHash": "0xabc",
    }


def commerce_event(payment: Payment, at: datetime) -> Json:
    local = {"amount": f"{payment.due.decimal():f}", "currency": payment.due.currency}
    paid = {
        "transaction_id": f"0x{payment.reference}",
        "status": "CONFIRMED",
        "network": "ethereum",
        "detected_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "value": {"local": local, "crypto": {"amount": "1.5", "currency": "USDC"}},
    }
    charge = {
        "id": f"ch_{payment.reference}",
        "code": "ABCD",
        "metadata": {"reference": payment.reference},
        "pricing": {"local": local},
        "payments": [paid],
        "timeline": [{"status": "COMPLETED", "time": f"{at:%Y-%m-%dT%H:%M:%SZ}"}],
    }
    event = {"id": f"ev_{payment.reference}", "type": "charge:confirmed", "data": charge}
    return {"id": 1, "attempt_number": 1, "event": event}


def sandbox_event(payment: Payment, at: datetime) -> Json:
    return {
        "id": f"evt_{payment.reference}_0_received",
        "type": "payment.received",
        "created": int(at.timestamp()),
        "payment": {
            "reference": payment.reference,
            "receipt": f"money_{payment.reference}_0",
            "minor": payment.due.minor,
            "currency": payment.due.currency,
        },
    }


def btcpay_event(payment: Payment, at: datetime) -> Json:
    return {
        "deliveryId": f"delivery_{payment.reference}",
        "webhookId": "hook1",
        "originalDeliveryId": f"delivery_{payment.reference}",
        "isRedelivery": False,
        "type": "InvoiceSettled",
        "timestamp": int(at.timestamp()),
        "storeId": "store1",
        "invoiceId": payment.reference,
        "metadata": {"orderId": payment.reference},
        "manuallyMarked": False,
    }


def cryptopay_event(payment: Payment, at: datetime) -> Json:
    invoice = {
        "invoice_id": payment.id,
        "hash": "IV1",
        "currency_type": "fiat",
        "fiat": payment.due.currency,
        "amount": f"{payment.due.decimal():f}",
        "status": "paid",
        "payload": payment.reference,
        "paid_asset": "TON",
        "paid_amount": "2.345678912",
        "paid_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
    }
    return {"update_id": 1, "update_type": "invoice_paid", "payload": invoice}


def nowpayments_event(payment: Payment, at: datetime) -> Json:
    del at  # its notifications hold no time
    return {
        "payment_id": 5_745_459_419,
        "parent_payment_id": None,
        "invoice_id": 4_522_625_843,
        "payment_status": "finished",
        "price_amount": f"{payment.due.decimal():f}",
        "price_currency": payment.due.currency.lower(),
        "pay_amount": "31.5",
        "actually_paid": "31.5",
        "pay_currency": "trx",
        "order_id": payment.reference,
        "fee": {"currency": "trx", "depositFee": "0.25"},
    }


def stamped(header: str, secret: str) -> "Sign":
    def sign(body: bytes, at: datetime) -> dict[str, str]:
        stamp = int(at.timestamp())
        code = hmac.digest(secret.encode(), b"%d.%b" % (stamp, body), "sha256").hex()
        return {header: f"t={stamp},v1={code}"}

    return sign


def hook0(body: bytes, at: datetime) -> dict[str, str]:
    stamp = int(at.timestamp())
    key = SECRETS["coinbase_webhook_secret"].encode()
    code = hmac.digest(key, b"%d.%b" % (stamp, body), "sha256").hex()
    return {"x-hook0-signature": f"t={stamp},v0={code}"}


def commerce(body: bytes, at: datetime) -> dict[str, str]:
    del at
    key = SECRETS["coinbase_commerce_webhook_secret"].encode()
    return {"x-cc-webhook-signature": hmac.digest(key, body, "sha256").hex()}


def coded(header: str, key: bytes, *, digest: str = "sha256", prefix: str = "") -> "Sign":
    def sign(body: bytes, at: datetime) -> dict[str, str]:
        del at  # no time is part of it
        return {header: prefix + hmac.digest(key, body, digest).hex()}

    return sign


Sign = Callable[[bytes, datetime], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A provider as the door sees it; `setting` holds its secret, "" where we make it.

    Not every webhook is believed about money: some only make the shop ask.
    """

    name: str
    setting: str
    header: str
    sign: Sign
    event: Callable[[Payment, datetime], Json]
    is_believed: bool = True

    def write(self, payment: Payment, at: datetime) -> bytes:
        """The body that tells of money in full."""
        return json.dumps(self.event(payment, at)).encode()


def sandbox_secret() -> str:
    from bot.encryption import derive

    return derive(SECRETS["secret_key"], "sandbox").hex()


SENDERS = {
    sender.name: sender
    for sender in (
        Sender(
            name="sandbox_card",
            setting="",
            header="x-sandbox-signature",
            sign=stamped("x-sandbox-signature", sandbox_secret()),
            event=sandbox_event,
        ),
        Sender(
            name="sandbox_crypto",
            setting="",
            header="x-sandbox-signature",
            sign=stamped("x-sandbox-signature", sandbox_secret()),
            event=sandbox_event,
        ),
        Sender(
            name="stripe",
            setting="stripe_webhook_secret",
            header="stripe-signature",
            sign=stamped("stripe-signature", SECRETS["stripe_webhook_secret"]),
            event=stripe_event,
        ),
        Sender(
            name="coinbase",
            setting="coinbase_webhook_secret",
            header="x-hook0-signature",
            sign=hook0,
            event=coinbase_event,
        ),
        Sender(
            name="coinbase_commerce",
            setting="coinbase_commerce_webhook_secret",
            header="x-cc-webhook-signature",
            sign=commerce,
            event=commerce_event,
        ),
        Sender(
            name="btcpay",
            setting="btcpay_webhook_secret",
            header="btcpay-sig",
            sign=coded("btcpay-sig", SECRETS["btcpay_webhook_secret"].encode(), prefix="sha256="),
            event=btcpay_event,
            is_believed=False,
        ),
        Sender(
            name="cryptopay",
            setting="cryptopay_token",
            header="crypto-pay-api-signature",
            sign=coded(
                "crypto-pay-api-signature", sha256(SECRETS["cryptopay_token"].encode()).digest()
            ),
            event=cryptopay_event,
        ),
        Sender(
            name="nowpayments",
            setting="nowpayments_ipn_secret",
            header="x-nowpayments-sig",
            sign=coded(
                "x-nowpayments-sig", SECRETS["nowpayments_ipn_secret"].encode(), digest="sha512"
            ),
            event=nowpayments_event,
        ),
    )
}
