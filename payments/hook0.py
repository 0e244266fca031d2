"""Checks signatures by Hook0, the service that delivers Coinbase's webhooks.

Sources: https://docs.cdp.coinbase.com/webhooks/verify-signatures and Hook0's conformance vectors.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from payments.signatures import check_code, check_open, check_stamp, read_stamped
from shop.ports import BadSignatureError

SIGNATURE_HEADER = "x-hook0-signature"


def check_hook0(
    headers: Mapping[str, str], body: bytes, *, keys: Sequence[bytes], now: datetime
) -> None:
    """Check `t=<unix>,v0=<hex>,h=<names>,v1=<hex>`; if there is a v1, only it counts.

    v0 covers `t.body`; v1 covers `t.names.values.body`, with the values of the named headers.
    A valid v0 with a wrong v1 is a downgrade attack; a named header that is missing was stripped.
    """
    check_open(keys)
    pairs = read_stamped(headers.get(SIGNATURE_HEADER, ""))
    given = dict(pairs)
    stamp = given.get("t", "")
    check_stamp(stamp, now=now)
    version = "v1" if "v1" in given else "v0"
    covered = [stamp]
    if version == "v1":
        names = given.get("h", "")
        covered += [names, ".".join(_value(headers, name) for name in names.split(" "))]
    try:
        # The header bytes were signed; they reach us decoded as latin-1.
        message = b".".join([*(text.encode("latin-1") for text in covered), body])
    except UnicodeEncodeError:
        raise BadSignatureError from None
    check_code(message, [code for name, code in pairs if name == version], keys=keys)


def _value(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower())
    if value is None:
        raise BadSignatureError
    return value
