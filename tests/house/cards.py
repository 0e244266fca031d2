"""The sandbox's card payments as a stranger would send them: signed JSON over HTTP."""

import hmac
import json
from datetime import datetime

from payments.sandbox import SIGNATURE_HEADER
from shop.orders.payment_records import Payment

SECRET = "a secret of the sandbox"


def body(
    payment: Payment,
    *,
    event_id: str,
    receipt: str,
    at: datetime,
    minor: int | None = None,
    kind: str = "payment.received",
) -> bytes:
    """What the sandbox sends."""
    event = {
        "id": event_id,
        "type": kind,
        "created": int(at.timestamp()),
        "payment": {
            "reference": payment.reference,
            "receipt": receipt,
            "minor": payment.due.minor if minor is None else minor,
            "currency": payment.due.currency,
        },
    }
    return json.dumps(event).encode()


def signed(sent: bytes, *, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """The headers that go with it."""
    stamp = int(at.timestamp())
    code = hmac.digest(secret.encode(), b"%d.%b" % (stamp, sent), "sha256").hex()
    return {SIGNATURE_HEADER: f"t={stamp},v1={code}"}
