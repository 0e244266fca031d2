"""Messages of any shape at the doors: never our trouble, and what is refused changes nothing.

They go over a socket to the shop's own web server.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import given
from pydantic import SecretStr

from shop.core.errors import BadInputError
from shop.ports import BadSignatureError, Happening, PaymentEvent
from tests.doors.conftest import OpenDoors
from tests.doors.senders import SENDERS, Sender
from tests.fixtures.doors import SECRETS, Doors
from tests.fixtures.examples import examples
from tests.fixtures.tables import contradictions
from tests.fuzz.corpus import IN_CHAT, REFERENCE, bodies, keeping, updates
from tests.fuzz.mutants import Mutants, numbered
from tests.fuzz.tally import INPUTS, tally
from tests.fuzz.test_parsers import SEEDS

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
ODD_BYTES = (b"", b"0", b"=", b",", b"\xe9", b"\xff", b"t=0", b"v1=")
OTHER_HEADERS = [
    "content-type",
    "user-agent",
    "x-event-id",
    "x-request-id",
    "cookie",
    "x-hook0-id",
]
Stamp = Callable[[], object]
Sent: TypeAlias = tuple[dict[str, bytes], bytes]  # headers and body


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


@pytest.fixture
def over_http(open_doors: OpenDoors) -> Iterator[Doors]:
    """The doors of a shop that takes cards in Telegram and transfers, too."""
    doors = open_doors(
        telegram_provider_token=SecretStr("284685063:TEST:planted"),
        transfer_details="IBAN: DE02 1203 0000 0000 2020 51",
    )
    doors.listen()
    yield doors
    assert contradictions(doors.tables) == {}


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
def test_a_payment_door_takes_or_refuses(over_http: Doors, sender: Sender) -> None:
    doors = over_http
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    reference = payment.reference.encode()
    right = [body.replace(REFERENCE, reference) for body in bodies(sender.name).values()]
    mutants, money = Mutants(right), set[str]()
    with tally("door", named(sender.name, doors)) as found, watching(doors) as stamp:

        @examples(USUAL, fuzzing=FUZZING, url=doors.url)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            random = Random(seed)
            refused: list[Sent] = []
            taken: list[Sent] = []
            for _ in range(BATCH):
                body = mutants.one(random)
                headers = signed(doors, sender, body)
                for one in (headers, forged(random, sender, headers)):
                    events = understood(doors, sender, one, body)
                    (refused if events is None else taken).append((one, body))
                    money.update(receipts_of(events or []))
                    found[INPUTS] += 1
            before = stamp()
            for headers, body in refused:
                send(doors, sender, body, headers, 400)
            assert stamp() == before, "what was refused changed nothing"
            for headers, body in taken:
                send(doors, sender, body, headers, 200)
            found["refused"] += len(refused)
            found["taken"] += len(taken)
            assert contradictions(doors.tables) == {}
            assert receipts_in(doors) <= money

        fuzz()
    assert found["refused"]
    assert found["taken"]


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
def test_every_message_of_the_corpus_is_taken_or_refused(doors: Doors, sender: Sender) -> None:
    for body in bodies(sender.name).values():
        headers = signed(doors, sender, body)
        is_taken = understood(doors, sender, headers, body) is not None
        send(doors, sender, body, headers, 200 if is_taken else 400)


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
def test_a_wrong_code_is_never_understood(doors: Doors, sender: Sender) -> None:
    for body in bodies(sender.name).values():
        for code in WRONG_CODES:
            assert understood(doors, sender, {sender.header: code}, body) is None
        other = signed(doors, sender, body + b" ")
        assert understood(doors, sender, other, body) is None


def named(who: str, doors: Doors) -> str:
    return f"{who}.{doors.url.partition(':')[0]}"


def receipts_of(events: list[PaymentEvent]) -> set[str]:
    return {one.receipt_id for one in events if one.happening is Happening.RECEIVED}


def receipts_in(doors: Doors) -> set[str]:
    return {str(one) for (one,) in doors.tables.rows("SELECT receipt_id FROM receipts")}


def understood(
    doors: Doors, sender: Sender, headers: dict[str, bytes], body: bytes
) -> list[PaymentEvent] | None:
    """What the parser makes of it, None when it refuses."""
    given_headers = {name: value.decode("latin-1") for name, value in headers.items()}
    try:
        read = doors.parts.providers[sender.name].read_webhook
        return list(read(given_headers, body, now=doors.clock.now()))
    except (BadSignatureError, BadInputError):
        return None


def signed(doors: Doors, sender: Sender, body: bytes) -> dict[str, bytes]:
    signature = sender.sign(body, doors.clock.now())
    return {name: value.encode() for name, value in signature.items()}


def forged(random: Random, sender: Sender, right: dict[str, bytes]) -> dict[str, bytes]:
    """The same with a header wrong or missing, and others that nobody asked for."""
    code = right[sender.header]
    at = random.randrange(len(code))
    match random.randrange(6):
        case 0:
            code = random.choice(WRONG_CODES)
        case 1:
            code = code[:at] + random.choice(ODD_BYTES) + code[at + 1 :]
        case 2:
            code = code[:at]
        case 3:
            code = code + b"," + code
        case 4:
            code = code.swapcase()
        case _:
            code = code[::-1]
    made = {sender.header: code.strip()}
    if random.random() < 0.1:
        del made[sender.header]
    for name in random.sample(OTHER_HEADERS, random.randrange(3)):
        made[name] = random.choice((b"", b"\xe9", b"application/json", b"text/plain", b"x" * 5000))
    return made


def send(
    doors: Doors, sender: Sender, body: bytes, headers: dict[str, bytes], status: int
) -> None:
    with keeping(sender.name, body):
        answer = doors.post(f"/webhooks/{sender.name}", content=body, headers=headers)
        assert (answer.status_code, answer.content) == (status, b""), headers


@pytest.mark.parametrize("who", ["telegram", *IN_CHAT])
def test_telegrams_door_keeps_or_refuses(over_http: Doors, who: str) -> None:
    doors = over_http
    currency = "XTR" if who == "stars" else "EUR"
    provider = who if who in IN_CHAT else "stars"
    payment = doors.do(
        doors.shop.ask(doors.do(doors.shop.greet()), provider=provider, currency=currency)
    )
    reference = payment.reference.encode()
    known = bodies(who) if who in IN_CHAT else updates()
    mutants = Mutants([body.replace(REFERENCE, reference) for body in known.values()])
    money = set[str]()
    numbers = iter(range(10**6, 10**9))
    with tally("door", named(who, doors)) as found, watching(doors) as stamp:

        @examples(USUAL, fuzzing=FUZZING, url=doors.url)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            random = Random(seed)
            # Each is an update of its own: one that came before would end at the inbox.
            batch = [numbered(mutants.one(random), next(numbers)) for _ in range(BATCH)]
            for body in batch:
                money.update(money_in(doors, body))
            refused = [update(doors, who, body, stamp, found) for body in batch]
            before = stamp()
            for body in filter(None, refused):
                assert doors.post("/telegram", content=body, headers=SECRET).status_code == 400
            wrong = {"x-telegram-bot-api-secret-token": random.choice(WRONG_CODES)}
            body = json.dumps({"update_id": random.getrandbits(40)}).encode()
            assert doors.post("/telegram", content=body, headers=wrong).status_code == 400
            found["unsigned"] += 1
            assert stamp() == before
            assert contradictions(doors.tables) == {}
            assert receipts_in(doors) <= money

        fuzz()
    inbox_events = doors.tables.one("SELECT COUNT(*) FROM inbox WHERE provider = 'telegram'")
    assert inbox_events > found["kept"] // 2, "most of them came as something new"


def money_in(doors: Doors, body: bytes) -> set[str]:
    """The receipts an update tells of, by the shop's own parsers."""
    try:
        event = doors.parts.read_money(json.loads(body))
    except (ValueError, RecursionError, AttributeError, BadInputError):
        return set()
    return set() if event is None else receipts_of([event[1]])


def test_an_update_that_once_broke_the_door_no_longer_does(doors: Doors) -> None:
    defects = [body for name, body in updates().items() if "defect-" in name]
    assert defects
    for body in defects:
        assert doors.post("/telegram", content=body, headers=SECRET).status_code in {200, 400}


def update(doors: Doors, who: str, body: bytes, stamp: Stamp, found: Counter[str]) -> bytes | None:
    """Send it; gives it back when it was refused."""
    is_cheap = doors.url.startswith("sqlite")
    before = stamp() if is_cheap else None
    found[INPUTS] += 1
    with keeping(who, body):
        answer = doors.post("/telegram", content=body, headers=SECRET)
        assert answer.status_code in {200, 400}
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
