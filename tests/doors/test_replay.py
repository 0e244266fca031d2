"""Staff read a provider's event again: as it came, harmlessly, and only while it is there."""

import json
from datetime import timedelta

import pytest
from pydantic import SecretStr

from shop.intake.replays import Replayed, replay
from shop.messaging.retention import erase_inbox_events
from tests.doors.conftest import OpenDoors
from tests.doors.senders import SENDERS, Sender
from tests.doors.test_webhooks import send
from tests.fixtures.doors import SECRETS, Doors
from tests.fixtures.shop import STAFF
from tests.fixtures.tables import contradictions

TELLING = {name: sender for name, sender in SENDERS.items() if name != "btcpay"}
every_sender = pytest.mark.parametrize("sender", TELLING.values(), ids=TELLING)
MONEY = ("receipts", "journal", "periods", "orders", "payments", "subscriptions", "outbox")


def read_again(doors: Doors, inbox_event: int, *, is_believed: bool = False) -> Replayed:
    counter = doors.counter
    return doors.do(
        replay(
            counter.storage,
            counter.providers,
            STAFF,
            inbox_event_id=inbox_event,
            is_believed=is_believed,
            policy=counter.policy,
            clock=counter.clock,
        )
    )


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
    assert doors.tables.one("SELECT act FROM audit") == "replay_inbox_event"
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
    erased = doors.do(doors.shop.run(erase_inbox_events, policy=doors.counter.policy, now=later))
    assert erased == 1
    assert read_again(doors, 1) is Replayed.UNREADABLE
    assert read_again(doors, 999) is Replayed.UNREADABLE


def test_a_letter_that_was_changed_in_the_books_is_not_believed(doors: Doors) -> None:
    paid(doors, SENDERS["stripe"])
    doors.tables.write("UPDATE inbox SET headers = '{}'")
    assert read_again(doors, 1, is_believed=True) is Replayed.UNREADABLE


@pytest.mark.parametrize(("provider", "currency"), [("stars", "XTR"), ("telegram_cards", "EUR")])
def test_a_sum_that_only_a_chat_webhook_names_gives_nothing_until_staff_believe_it(
    open_doors: OpenDoors, provider: str, currency: str
) -> None:
    doors = open_doors(telegram_provider_token=SecretStr("planted"))
    anna = doors.do(doors.shop.greet())
    payment = doors.do(doors.shop.ask(anna, provider=provider, currency=currency))
    paid = {
        "currency": currency,
        "total_amount": 99_900,
        "invoice_payload": payment.reference,
        "telegram_payment_charge_id": "charge_1",
        "provider_payment_charge_id": "",
    }
    message = {
        "date": int(doors.clock.now().timestamp()),
        "chat": {"id": anna.telegram_id},
        "successful_payment": paid,
    }
    update = json.dumps({"update_id": 7, "message": message})
    secret = {"x-telegram-bot-api-secret-token": SECRETS["telegram_webhook_secret"]}
    assert doors.post("/telegram", content=update, headers=secret).status_code == 200
    inbox_event = doors.tables.one("SELECT id FROM inbox WHERE provider <> 'telegram'")
    assert read_again(doors, inbox_event) is Replayed.ASKED
    assert doors.tables.one("SELECT COUNT(*) FROM receipts") == 0

    assert read_again(doors, inbox_event, is_believed=True) is Replayed.TAKEN
    assert read_again(doors, inbox_event) is Replayed.SAME

    assert doors.tables.rows("SELECT minor, verdict FROM receipts") == [(99_900, "over")]
    assert contradictions(doors.tables) == {}
