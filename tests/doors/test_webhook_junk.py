"""Whatever a stranger sends to a payment door: no trouble inside, and nothing changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doors.junk import BROKEN, HEADER_TEXTS, wrong
from tests.doors.senders import SENDERS, Sender
from tests.fixtures.doors import Doors
from tests.fixtures.examples import examples
from tests.fixtures.tables import contradictions

pytestmark = [pytest.mark.hypothesis, pytest.mark.timeout(900)]
every_sender = pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)


@every_sender
def test_what_is_not_signed_changes_nothing(doors: Doors, sender: Sender) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    right = sender.write(payment, doors.clock.now())
    before = doors.tables.dump()

    @examples(40, fuzzing=1_000, url=doors.url)
    @given(
        body=BROKEN | st.just(right),
        signature=HEADER_TEXTS | st.sampled_from(["", "t=1", "t=1,v1=", "v1=\xe9", "t=,h=,v1="]),
        other=st.dictionaries(
            st.sampled_from(["content-type", "x-event-id"]), HEADER_TEXTS, max_size=2
        ),
    )
    def send(body: bytes, signature: str, other: dict[str, str]) -> None:
        given_headers = {**other, sender.header: signature}
        headers = {name: value.encode("latin-1") for name, value in given_headers.items()}
        answer = doors.post(f"/webhooks/{sender.name}", content=body, headers=headers)
        assert answer.status_code == 400
        assert answer.content == b""

    send()
    assert doors.tables.dump() == before


@every_sender
def test_what_is_signed_but_senseless_changes_nothing(doors: Doors, sender: Sender) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    right = sender.event(payment, doors.clock.now())
    seen = [doors.tables.dump()]

    @examples(60, fuzzing=1_000, url=doors.url)
    @given(body=wrong(right) | BROKEN)
    def send(body: bytes) -> None:
        headers = sender.sign(body, doors.clock.now())
        answer = doors.post(f"/webhooks/{sender.name}", content=body, headers=headers)
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:
            # What was made wrong did not matter, or made it an event of another kind.
            assert contradictions(doors.tables) == {}
            seen.append(doors.tables.dump())
        else:
            assert doors.tables.dump() == seen[-1]

    send()


@every_sender
def test_what_is_right_is_taken(doors: Doors, sender: Sender) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    body = sender.write(payment, doors.clock.now())

    answer = doors.post(
        f"/webhooks/{sender.name}", content=body, headers=sender.sign(body, doors.clock.now())
    )

    assert answer.status_code == 200
    paid = [("paid", sender.name)] if sender.is_believed else []  # else the clock asks at once
    assert doors.tables.rows("SELECT verdict, provider FROM receipts") == paid
    now = int(doors.clock.now().timestamp())
    asked = doors.tables.one(f"SELECT COUNT(*) FROM payments WHERE poll_at <= {now}")  # noqa: S608
    assert asked == (0 if sender.is_believed else 1)
