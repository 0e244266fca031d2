"""Signed messages of any shape: each parser understands one or refuses it, and nothing else."""

import hmac
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import fields
from payments import javascript_json as js
from shop.core.errors import BadInputError
from shop.ports import Happening, PaymentEvent
from tests.fixtures.examples import examples
from tests.fixtures.rigs import ALL, hear, rig_of
from tests.fuzz.corpus import IN_CHAT, WRITTEN, bodies
from tests.fuzz.mutants import Mutants, batch
from tests.fuzz.tally import INPUTS, tally
from tests.standins import nowpayments
from tests.standins.moods import Delivery

pytestmark = pytest.mark.hypothesis
READERS = [name for name in ALL if name != "sandbox_crypto"]  # it reads as sandbox_card does
BATCH = 200
USUAL, FUZZING = 3, 520  # batches: the second are over 100,000 inputs
FUZZING_CHAT = 800  # here some are no updates, and end before the parser
LONGEST = 1200
CURRENCY = re.compile(r"[A-Z]{3,5}")
SEEDS = st.integers(0, 2**64 - 1)
Read = Callable[[bytes], Sequence[PaymentEvent]]


@pytest.fixture(params=READERS)
async def reader(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[str, Read]]:
    """A provider's name, and its parser for bodies signed rightly."""
    async with rig_of(request.param, tmp_path) as rig:
        rig.clock.moment = WRITTEN
        if request.param in IN_CHAT:

            def read(body: bytes) -> Sequence[PaymentEvent]:
                # Updates are parsed and have their number checked before they come here.
                return hear(rig, Delivery(headers={}, body=json.dumps(_object(body)).encode()))

        elif request.param == "nowpayments":

            def read(body: bytes) -> Sequence[PaymentEvent]:
                return hear(rig, ipn(body))

        else:

            def read(body: bytes) -> Sequence[PaymentEvent]:
                return hear(rig, rig.sign(body))

        yield request.param, read


def ipn(body: bytes) -> Delivery:
    """Signed over its bytes or, half of them, over its sorted fields as JavaScript writes."""
    message = body
    if len(body) % 2:
        with suppress(BadInputError, RecursionError):
            message = js.write(js.with_sorted_names(js.read(body))).encode()
    code = hmac.digest(nowpayments.SECRET.encode(), message, "sha512").hex()
    return Delivery(headers={"x-nowpayments-sig": code}, body=body)


def _object(body: bytes) -> dict[str, object]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoUpdateError from error
    if not isinstance(update, dict):
        raise NoUpdateError
    return update


class NoUpdateError(Exception):
    """It ends before it comes to a parser."""


@pytest.mark.timeout(900)
def test_a_parser_understands_or_refuses(reader: tuple[str, Read]) -> None:
    name, read = reader
    mutants = Mutants(list(bodies(name).values()))
    with tally("parser", name) as found:

        @examples(USUAL, fuzzing=FUZZING_CHAT if name in IN_CHAT else FUZZING)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            batch(name, mutants, seed, BATCH, lambda body: judge(read, body, found))

        fuzz()
    assert found["refused"] > found[INPUTS] // 10
    assert found["refused"] < found[INPUTS], "some are understood"


def test_every_message_of_the_corpus_is_understood(reader: tuple[str, Read]) -> None:
    name, read = reader
    known = bodies(name)
    assert known
    for what, body in known.items():
        if not what.startswith("defect-"):
            sound(read(body))
            assert "paid" not in what or read(body), what


def test_what_once_broke_something_no_longer_does(reader: tuple[str, Read]) -> None:
    name, read = reader
    for what, body in bodies(name).items():
        if what.startswith("defect-"):
            judge(read, body, found := Counter[str]())
            assert found.keys() == {INPUTS, "refused"}, what


def judge(read: Read, body: bytes, found: Counter[str]) -> None:
    try:
        events = read(body)
    except NoUpdateError:
        found["no update"] += 1
        return
    except BadInputError as error:
        short(error.sentence)
        found[INPUTS] += 1
        found["refused"] += 1
        return
    found[INPUTS] += 1
    sound(events)
    for event in events:
        found[event.happening] += 1
    found["no news"] += not events


def short(sentence: str) -> None:
    assert len(sentence) < LONGEST, "a refusal is one short sentence"


def sound(events: Sequence[PaymentEvent]) -> None:
    """What any books can hold, and what the port promises."""
    for event in events:
        assert event.event_id
        assert event.happening is not Happening.PENDING
        texts = [event.event_id, event.kind, event.reference, event.provider_ref, event.receipt_id]
        texts += [*event.for_staff, *event.for_staff.values()]
        # Of its detail whatever is text, as the books would hold it.
        detail = () if event.detail is None else asdict(event.detail).values()
        for text in (*texts, *(one for one in detail if isinstance(one, str))):
            assert len(text) <= LONGEST
            assert "\0" not in text
            text.encode()
        if event.happening is Happening.RECEIVED:
            assert event.money is not None
            assert event.receipt_id
        if event.money is not None:
            assert 0 <= event.money.minor <= 2**62
            assert CURRENCY.fullmatch(event.money.currency)
        if event.occurred_at is not None:
            assert event.occurred_at.tzinfo is not None


def test_an_amount_has_no_more_digits_than_a_coin_has() -> None:
    """`f"{Decimal('1e-999999999'):f}"` would take a gigabyte."""
    for text in ("1e-999999999", "0e-999999999", "1e-41"):
        with pytest.raises(BadInputError):
            fields.amount({"amount": text}, "amount")
    assert fields.amount({"amount": "0.000000000000000001"}, "amount")
