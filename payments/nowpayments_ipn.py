"""Checks NOWPayments' signature, which covers the body's sorted fields, not its bytes.

Source: NOWPayments' API documentation, "Instant Payments Notifications". Its older examples
pass a list of names, which empties nested objects; newer ones sort at every depth.
"""

from collections.abc import Iterator, Mapping, Sequence

from payments import javascript_json as js
from payments.signatures import check_code, check_open
from shop.core.errors import BadInputError
from shop.ports import BadSignatureError

SIGNATURE_HEADER = "x-nowpayments-sig"


def check_ipn(headers: Mapping[str, str], body: bytes, *, keys: Sequence[bytes]) -> None:
    """Check that one of the forms was signed with HMAC-SHA512; the signature covers no time."""
    check_open(keys)
    codes = [headers.get(SIGNATURE_HEADER, "")]
    for message in _forms(body):
        try:
            return check_code(message, codes, keys=keys, digest="sha512")
        except BadSignatureError:
            continue
    raise BadSignatureError


def _forms(body: bytes) -> Iterator[bytes]:
    """Return what may have been signed; a body that is not an object has only its bytes."""
    yield body
    try:
        fields = js.read(body)
        yield js.write(js.with_sorted_names(fields)).encode()
        yield js.write(js.with_only(fields, js.names_of(fields))).encode()
    except (BadInputError, RecursionError):
        return
