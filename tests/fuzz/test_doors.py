"""Messages of any shape at the doors: never our trouble, and what is refused changes nothing."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import pytest
from hypothesis import given

from shop.ports import Happening, PaymentEvent
from shop.rules.errors import BadInputError
from tests.doors.senders import SENDERS, Sender
from tests.fuzz.corpus import REFERENCE, bodies, updates
from tests.fuzz.mutants import Mutants
from tests.fuzz.tally import tally
from tests.fuzz.test_parsers import SEEDS
from tests.house.doors import SECRETS, Doors
from tests.house.examples import examples
from tests.house.tables import contradictions

pytestmark = [pytest.mark.hypothesis, pytest.mark.timeout(1800)]
BATCH = 50
USUAL, FUZZING = 2, 240  # batches: the second are 12,000 messages, a tenth of it on a server
SECRET = {"x-telegram-bot-api-secret-token": SECRETS["telegram_webhook_secret"]}
WRONG_CODES = (
    b"",
    b"t=1",
    b"t=1,v1=",
    b"v1=\xe9",
    b"t=,h=,v1=",
    b"sha256=",
    b"0" * 64,
    b"\xff" * 9,
)
Stamp = Callable[[], object]


@contextmanager
def watching(doors: Doors) -> Iterator[Stamp]:
    """Something that is the same as long as nobody wrote into the books."""
    if not doors.url.startswith("sqlite"):
        yield doors.tables.dump
        return
    watcher = sqlite3.connect(doors.url.removeprefix("sqlite:///"))
    # Grows with every commit that another connection has written, whatever it wrote.
    yield lambda: watcher.execute("PRAGMA data_version").fetchone()
    watcher.close()


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
def test_a_payment_door_takes_or_refuses(doors: Doors, sender: Sender) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    reference = payment.reference.encode()
    right = [body.replace(REFERENCE, reference) for body in bodies(sender.name).values()]
    mutants, money = Mutants(right), set[str]()
    name = f"{sender.name}.{doors.url.partition(':')[0]}"
    with tally("door", name) as found, watching(doors) as stamp:

        @examples(USUAL, fuzzing=FUZZING, url=doors.url)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            random = Random(seed)
            batch = [mutants.one(random) for _ in range(BATCH)]
            fine = [events for body in batch if (events := understood(doors, sender, body))]
            before = stamp()
            for body in batch:
                if understood(doors, sender, body) is None:
                    send(doors, sender, body, signed(doors, sender, body), 400)
                    found["refused"] += 1
                code = {sender.header: random.choice(WRONG_CODES)}
                if random.random() < 0.2:
                    send(doors, sender, body, code, 400)
                    found["unsigned"] += 1
            assert stamp() == before, "what was refused changed nothing"
            for body in batch:
                if understood(doors, sender, body) is not None:
                    send(doors, sender, body, signed(doors, sender, body), 200)
                    found["taken"] += 1
            money.update(
                event.receipt_id
                for events in fine
                for event in events
                if event.happening is Happening.RECEIVED
            )
            assert contradictions(doors.tables) == {}
            receipts = doors.tables.rows("SELECT receipt_id FROM receipts")
            assert {str(one) for (one,) in receipts} <= money

        fuzz()


def understood(doors: Doors, sender: Sender, body: bytes) -> list[PaymentEvent] | None:
    """What the parser makes of it, None when it refuses."""
    headers = {name: value.decode() for name, value in signed(doors, sender, body).items()}
    try:
        read = doors.parts.providers[sender.name].read_webhook
        return list(read(headers, body, now=doors.clock.now()))
    except BadInputError:
        return None


def signed(doors: Doors, sender: Sender, body: bytes) -> dict[str, bytes]:
    signature = sender.sign(body, doors.clock.now())
    return {name: value.encode() for name, value in signature.items()}


def send(
    doors: Doors, sender: Sender, body: bytes, headers: dict[str, bytes], status: int
) -> None:
    answer = doors.post(f"/webhooks/{sender.name}", content=body, headers=headers)
    assert (answer.status_code, answer.content) == (status, b""), body[:3000]


def test_telegrams_door_keeps_or_refuses(doors: Doors) -> None:
    payment = doors.do(
        doors.shop.ask(doors.do(doors.shop.greet()), provider="stars", currency="XTR")
    )
    reference = payment.reference.encode()
    mutants = Mutants([body.replace(REFERENCE, reference) for body in updates().values()])
    name = f"telegram.{doors.url.partition(':')[0]}"
    with tally("door", name) as found, watching(doors) as stamp:

        @examples(USUAL, fuzzing=FUZZING, url=doors.url)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            random = Random(seed)
            refused = [update(doors, mutants.one(random), stamp, found) for _ in range(BATCH)]
            before = stamp()
            for body in filter(None, refused):
                assert doors.post("/telegram", content=body, headers=SECRET).status_code == 400
            wrong = {"x-telegram-bot-api-secret-token": random.choice(WRONG_CODES)}
            body = json.dumps({"update_id": random.getrandbits(40)}).encode()
            assert doors.post("/telegram", content=body, headers=wrong).status_code == 400
            found["unsigned"] += 1
            assert stamp() == before
            assert contradictions(doors.tables) == {}

        fuzz()
    assert doors.tables.one("SELECT COUNT(*) FROM inbox WHERE provider = 'telegram'") > 0


def test_an_update_that_once_broke_the_door_no_longer_does(doors: Doors) -> None:
    defects = [body for name, body in updates().items() if "defect-" in name]
    assert defects
    for body in defects:
        assert doors.post("/telegram", content=body, headers=SECRET).status_code in {200, 400}


def update(doors: Doors, body: bytes, stamp: Stamp, found: Counter[str]) -> bytes | None:
    """Send it; gives it back when it was refused."""
    is_cheap = doors.url.startswith("sqlite")
    before = stamp() if is_cheap else None
    answer = doors.post("/telegram", content=body, headers=SECRET)
    assert answer.status_code in {200, 400}, body[:3000]
    if answer.status_code == 200:
        found["kept"] += 1
        return None
    assert not is_cheap or stamp() == before, "what was refused changed nothing"
    found["refused"] += 1
    return body


def test_the_watch_notices_a_change_of_one_field(doors: Doors) -> None:
    doors.do(doors.shop.greet())
    with watching(doors) as stamp:
        before = stamp()
        assert stamp() == before
        doors.tables.write("UPDATE customers SET name = 'Anne'")
        assert stamp() != before
