"""Checks webhook signatures, in the same careful way for every provider.

Always in constant time, over the raw bytes, before anything parses the body.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

from shop.ports import BadSignatureError, EndpointClosedError

TOLERANCE = 300
"""Seconds by which a signed time may differ from now, either way."""

_LONGEST_STAMP = 12


def keys_of(secrets: str | Sequence[str]) -> tuple[bytes, ...]:
    """The secrets as keys: several during a rotation; empty ones are dropped."""
    given = (secrets,) if isinstance(secrets, str) else secrets
    return tuple(secret.encode() for secret in given if secret)


def check_open(keys: Sequence[bytes]) -> None:
    """Raise `EndpointClosedError` when no secret is set (law 13)."""
    if not keys:
        raise EndpointClosedError


def check_code(
    message: bytes, codes: Iterable[str], *, keys: Sequence[bytes], digest: str = "sha256"
) -> None:
    """Check that one of the hex codes is the message's HMAC; else `BadSignatureError`."""
    # compare_digest raises TypeError on non-ASCII text, which anyone may send.
    given = [code.lower().encode() for code in codes if code.isascii()]
    for key in keys:
        expected = hmac.digest(key, message, digest).hex().encode()
        for code in given:
            if hmac.compare_digest(expected, code):
                return
    raise BadSignatureError


def read_stamped(header: str) -> list[tuple[str, str]]:
    """Split `t=1,v1=ab,v1=cd` into pairs, in order."""
    parts = [part.partition("=") for part in header.split(",")]
    return [(name.strip(), value) for name, _, value in parts]


def check_stamp(stamp: str, *, now: datetime) -> None:
    """Check that a Unix time is near now, so that captured deliveries cannot be replayed."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
        raise BadSignatureError
    if abs(int(stamp) - int(now.timestamp())) > TOLERANCE:
        raise BadSignatureError


def check_stamped(
    header: str | None, body: bytes, *, keys: Sequence[bytes], now: datetime
) -> None:
    """Check `t=<unix>,v1=<hex>` over `"{t}.{body}"`, as Stripe and our sandbox sign.

    Source: https://docs.stripe.com/webhooks/signature
    """
    check_open(keys)
    if not header:
        raise BadSignatureError
    pairs = read_stamped(header)
    stamp = next((value for name, value in pairs if name == "t"), "")
    check_stamp(stamp, now=now)
    codes = [value for name, value in pairs if name == "v1"]
    check_code(b"%b.%b" % (stamp.encode(), body), codes, keys=keys)
