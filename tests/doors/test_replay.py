"""Staff read a provider's letter again: as it came, harmlessly, and only while it is there."""

from datetime import timedelta

import pytest

from shop.replaying import Replayed, replay
from shop.updates import erase_letters
from tests.doors.senders import SENDERS, Sender
from tests.doors.test_webhooks import send
from tests.house.doors import Doors
from tests.house.shop import STAFF
from tests.house.tables import contradictions

TELLING = {name: sender for name, sender in SENDERS.items() if name != "btcpay"}
every_sender = pytest.mark.parametrize("sender", TELLING.values(), ids=TELLING)
MONEY = ("receipts", "journal", "periods", "orders", "payments", "subscriptions", "outbox")


def read_again(doors: Doors, letter: int, *, is_believed: bool = False) -> Replayed:
    counter = doors.counter
    return doors.do(
        replay(
            counter.storage, counter.providers, STAFF, letter_id=letter,
            is_believed=is_believed, policy=counter.policy, clock=counter.clock,
        )
    )  # fmt: skip


def paid(doors: Doors, sender: Sender) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    assert send(doors, sender, sender.write(payment, doors.clock.now())) == 200


@every_sender
def test_a_settled_letter_read_again_changes_no_money(doors: Doors, sender: Sender) -> None:
    paid(doors, sender)
    before = doors.tables.dump()
    doors.clock.move(days=3)  # far outside the window of signed times

    assert read_again(doors, 1) is Replayed.SAME

    after = doors.tables.dump()
    assert {table: after[table] for table in MONEY} == {table: before[table] for table in MONEY}
    assert doors.tables.one("SELECT act FROM audit") == "replay_letter"
    assert contradictions(doors.tables) == {}


@every_sender
def test_a_letter_of_no_known_order_read_again_counts_its_money_once(
    doors: Doors, sender: Sender
) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    doors.tables.write("UPDATE payments SET reference = 'tk_other', provider_ref = ''")
    body = sender.write(payment, doors.clock.now())
    assert send(doors, sender, body) == 200
    assert doors.tables.one("SELECT state FROM inbox") == "unknown"
    assert read_again(doors, 1) is Replayed.LEFT
    assert doors.tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert contradictions(doors.tables) == {}


def test_a_letter_that_only_says_ask_asks_again(doors: Doors) -> None:
    paid(doors, SENDERS["btcpay"])
    assert read_again(doors, 1) is Replayed.ASKED
    assert doors.tables.one("SELECT COUNT(*) FROM receipts") == 0


def test_what_was_erased_cannot_be_read_again(doors: Doors) -> None:
    sender = SENDERS["stripe"]
    paid(doors, sender)
    later = doors.clock.now() + timedelta(days=91)
    erased = doors.do(doors.shop.run(erase_letters, policy=doors.counter.policy, now=later))
    assert erased == 1
    assert read_again(doors, 1) is Replayed.UNREADABLE
    assert read_again(doors, 999) is Replayed.UNREADABLE


def test_a_letter_that_was_changed_in_the_books_is_not_believed(doors: Doors) -> None:
    paid(doors, SENDERS["stripe"])
    doors.tables.write("UPDATE inbox SET headers = '{}'")
    assert read_again(doors, 1, is_believed=True) is Replayed.UNREADABLE
