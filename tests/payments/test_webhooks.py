"""Signed webhooks: what is let in, what is kept out, and that nothing else ever happens."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.signatures import TOLERANCE
from shop.core.errors import BadInputError
from shop.ports import BadSignatureError, EndpointClosedError, Happening
from tests.fixtures.rigs import Signed, hear, request_of
from tests.standins.moods import Delivery

FINE = settings(
    deadline=None,
    # The rig is made once for all examples on purpose: reading a webhook changes nothing.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NONSENSE = [
    b"",
    b"{",
    b"\xff",
    b"null",
    b"[]",
    b"1e999",
    b"{}",
    b'{"id": 1, "type": 2, "event": 3}',
    b'{"id": "evt_1", "type": "payment.received", "payment": {}}',
    b'{"id": "evt_1", "type": "checkout.session.completed", "data": {"object": []}}',
    b'{"id": "evt_1\\u0000", "type": "\\ud800", "eventType": "\\u0000"}',
    b'{"id": "0", "eventType": "checkout.payment.success", "amount": "NaN", "currency": "USD"}',
    b'{"event": {"id": "1", "type": "charge:confirmed", "data": {}}}',
    b"[" * 100_000,
    b'{"id":' + b"9" * 10_000 + b"}",
]


async def test_an_unknown_kind_is_kept_but_not_acted_on(signed: Signed) -> None:
    [event] = hear(signed, signed.unknown())
    assert event.happening is Happening.UNHANDLED
    assert event.event_id
    assert event.kind


async def test_a_missing_signature_is_refused(signed: Signed) -> None:
    with pytest.raises(BadSignatureError):
        hear(signed, Delivery(headers={}, body=signed.unknown().body))


async def test_another_secret_is_refused(signed: Signed) -> None:
    with pytest.raises(BadSignatureError):
        hear(signed, signed.sign(signed.unknown().body, secret="not the secret"))


async def test_one_changed_byte_is_refused(signed: Signed) -> None:
    delivery = signed.unknown()
    with pytest.raises(BadSignatureError):
        hear(signed, Delivery(headers=delivery.headers, body=delivery.body[:-1] + b" "))


async def test_the_signature_is_checked_before_the_body_is_read(signed: Signed) -> None:
    with pytest.raises(BadSignatureError):
        hear(signed, signed.sign(b"{", secret="not the secret"))


@pytest.mark.parametrize("seconds", [-TOLERANCE - 1, TOLERANCE + 1])
async def test_an_old_or_future_signature_is_refused(stamped: Signed, seconds: int) -> None:
    at = int(stamped.clock.now().timestamp()) + seconds
    with pytest.raises(BadSignatureError):
        hear(stamped, stamped.sign(stamped.unknown().body, at=at))


@pytest.mark.parametrize("seconds", [-TOLERANCE, TOLERANCE])
async def test_a_signature_at_the_edge_of_the_window_is_good(
    stamped: Signed, seconds: int
) -> None:
    at = int(stamped.clock.now().timestamp()) + seconds
    assert hear(stamped, stamped.sign(stamped.unknown().body, at=at))


async def test_while_a_secret_is_rotated_both_are_good(signed: Signed) -> None:
    provider = signed.with_secrets("the new one", "the old one")
    for secret in ("the new one", "the old one"):
        delivery = signed.sign(signed.unknown().body, secret=secret)
        assert provider.read_webhook(delivery.headers, delivery.body, now=signed.clock.now())
    late = signed.sign(signed.unknown().body, secret="the oldest")
    with pytest.raises(BadSignatureError):
        provider.read_webhook(late.headers, late.body, now=signed.clock.now())


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
async def test_without_a_secret_the_endpoint_is_closed(
    signed: Signed, secrets: tuple[str, ...]
) -> None:
    provider = signed.with_secrets(*secrets)
    delivery = signed.sign(signed.unknown().body, secret="x")
    for headers in (delivery.headers, {}):
        with pytest.raises(EndpointClosedError):
            provider.read_webhook(headers, delivery.body, now=signed.clock.now())


@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: body[:24].decode("latin-1"))
async def test_signed_nonsense_is_bad_input(signed: Signed, body: bytes) -> None:
    try:
        events = hear(signed, signed.sign(body))
    except BadInputError:
        return
    # What is nonsense to one provider is an unknown kind to another.
    assert [event.happening for event in events] == [Happening.UNHANDLED]


async def test_the_error_shows_no_secret(signed: Signed) -> None:
    delivery = signed.sign(signed.unknown().body, secret="not the secret")
    with pytest.raises(BadSignatureError) as caught:
        hear(signed, delivery)
    right = signed.sign(delivery.body).headers
    shown = f"{caught.value!s}{caught.value!r}{caught.value.__context__!r}"
    assert not [hidden for hidden in (*signed.hidden, *right.values()) if hidden in shown]


@FINE
@given(data=st.data())
async def test_no_header_breaks_anything(signed: Signed, data: st.DataObject) -> None:
    delivery = signed.unknown()
    [name] = [name for name in delivery.headers if "sig" in name]
    good = delivery.headers[name]
    wild = st.text() | st.text("tvh=,01 \u00e9", max_size=40) | st.just(good + ",v1=\u00e9")
    pieces = st.lists(st.sampled_from([*good.split(","), "t=1", "v1=", "h=", "h=x y", "=", ""]))
    header = data.draw(wild | pieces.map(",".join))
    try:
        hear(signed, Delivery(headers={**delivery.headers, name: header}, body=delivery.body))
    except BadSignatureError:
        return
    codes = [part.partition("=")[2] for part in good.split(",") if part.startswith("v")]
    assert any(code in header for code in codes or [good])


@FINE
@given(body=st.binary())
async def test_no_signed_bytes_break_anything(signed: Signed, body: bytes) -> None:
    _read(lambda: hear(signed, signed.sign(body)))


WORDS = ["paid", "EUR", "-1", "1e9999", "sNaN", "0.001", "9999-12-31T23:59:59-23:59"]
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),  # JSON has no others to sign
        st.text(max_size=8),
        st.sampled_from(WORDS),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


@FINE
@given(data=st.data())
async def test_no_signed_event_breaks_anything(signed: Signed, data: st.DataObject) -> None:
    """Take a good event and put anything in any of its places."""
    event = json.loads(await _good(signed))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(_places(event))))
        inner = event
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = data.draw(JSON)
    _read(lambda: hear(signed, signed.sign(json.dumps(event).encode())))


async def _good(signed: Signed) -> bytes:
    known = getattr(signed, "good", None)
    if known is None:
        page = await signed.provider.create(request_of(signed))
        known = (await signed.pay(page)).body
        signed.good = known  # type: ignore[attr-defined]  # kept beside the rig for one test
    return bytes(known)


def _places(thing: object) -> list[list[object]]:
    if isinstance(thing, dict):
        rows = list(thing.items())
    elif isinstance(thing, list):
        rows = list(enumerate(thing))
    else:
        return []
    return [[key, *rest] for key, inner in rows for rest in ([], *_places(inner))]


def _read(act: Callable[[], object]) -> None:
    try:
        act()
    except BadInputError:
        return


async def test_time_moves_on_and_the_same_bytes_are_no_longer_good(stamped: Signed) -> None:
    delivery = stamped.unknown()
    stamped.clock.moment += timedelta(seconds=TOLERANCE + 1)
    with pytest.raises(BadSignatureError):
        hear(stamped, delivery)
