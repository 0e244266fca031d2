"""What each payment door answers, exactly."""

import json

import pytest
from pydantic import SecretStr

from shop.desk.failed_jobs import trouble
from shop.intake.backlog import backlog
from tests.doors.conftest import OpenDoors
from tests.doors.senders import SENDERS, Sender
from tests.fixtures.doors import SECRETS, Doors

every_sender = pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
with_a_secret = pytest.mark.parametrize(
    "sender",
    [sender for sender in SENDERS.values() if sender.setting],
    ids=[sender.name for sender in SENDERS.values() if sender.setting],
)
MIB = 1024 * 1024


def send(doors: Doors, sender: Sender, body: bytes, **headers: str) -> int:
    signed = {**sender.sign(body, doors.clock.now()), **headers}
    return doors.post(f"/webhooks/{sender.name}", content=body, headers=signed).status_code


@every_sender
def test_a_bad_signature_is_400_and_counted(doors: Doors, sender: Sender) -> None:
    body = b'{"id": "evt_1", "type": "anything"}'
    headers = {sender.header: "t=1,v1=00"}
    answer = doors.post(f"/webhooks/{sender.name}", content=body, headers=headers)
    assert answer.status_code == 400
    refused = f'telekiosk_webhooks_rejected_total{{provider="{sender.name}",reason="signature"}}'
    assert refused in doors.get("/metrics").text


@with_a_secret
def test_without_its_secret_a_door_is_closed(open_doors: OpenDoors, sender: Sender) -> None:
    doors = open_doors(**{sender.setting: SecretStr("")})
    assert send(doors, sender, b"{}") == 404


@pytest.mark.parametrize("name", ["paypal", "stars", "sandbox", "", "..", "STRIPE"])
def test_an_unknown_provider_is_404(doors: Doors, name: str) -> None:
    assert doors.post(f"/webhooks/{name}", content=b"{}").status_code == 404


@every_sender
def test_more_than_a_mebibyte_is_413(doors: Doors, sender: Sender) -> None:
    assert send(doors, sender, b" " * (MIB + 1)) == 413
    assert send(doors, sender, b" " * MIB) == 400  # read, and senseless


@every_sender
def test_only_post_is_a_webhook(doors: Doors, sender: Sender) -> None:
    assert doors.get(f"/webhooks/{sender.name}").status_code == 405


@every_sender
def test_an_event_of_an_unknown_kind_is_kept_and_visible(doors: Doors, sender: Sender) -> None:
    event = {
        "id": "evt_new",
        "type": "mandate.updated",
        "eventType": "mandate.updated",
        "event": {"id": "evt_new", "type": "mandate.updated"},
        "deliveryId": "d1",
        "update_id": 7,
        "update_type": "mandate.updated",
        "payment_id": 7,
        "payment_status": "mandate.updated",
        "order_id": "tk_gone",
    }
    body = json.dumps(event).encode()

    assert send(doors, sender, body) == 200

    (inbox_event,) = doors.do(doors.shop.storage.read(trouble))[1]
    assert (
        inbox_event.provider,
        inbox_event.kind.removeprefix("payment."),
        inbox_event.state,
    ) == (
        sender.name,
        "mandate.updated",
        "unhandled",
    )
    assert inbox_event.body == body
    assert 'telekiosk_inbox_stuck{state="unhandled"} 1.0' in doors.get("/metrics").text


@every_sender
def test_money_for_an_order_we_do_not_know_is_recorded_and_staff_are_told(
    doors: Doors, sender: Sender
) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    body = sender.write(payment, doors.clock.now()).replace(payment.reference.encode(), b"tk_gone")

    assert send(doors, sender, body) == 200

    if not sender.is_believed:
        assert doors.tables.rows("SELECT state FROM inbox") == [("unknown",)]
        return
    assert doors.tables.rows("SELECT verdict, payment_id FROM receipts") == [
        ("unknown_order", None)
    ]
    assert doors.tables.one("SELECT COUNT(*) FROM outbox WHERE kind = 'staff'") == 1
    assert doors.tables.one("SELECT state FROM orders") == "open"


def test_an_event_of_one_provider_never_pays_for_another(doors: Doors) -> None:
    card, crypto = SENDERS["sandbox_card"], SENDERS["sandbox_crypto"]
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=card.name))

    assert send(doors, crypto, crypto.write(payment, doors.clock.now())) == 200

    assert doors.tables.one("SELECT state FROM orders") == "open"
    assert doors.tables.one("SELECT verdict FROM receipts") == "unknown_order"


@every_sender
def test_books_that_are_gone_are_503_and_the_same_webhook_is_fine_later(
    doors: Doors, sender: Sender
) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider=sender.name))
    body = sender.write(payment, doors.clock.now())
    storage = doors.parts.storage
    doors.do(storage.close())

    for path in ("/readyz", "/metrics"):
        assert doors.get(path).status_code == 503
    assert doors.get("/healthz").status_code == 200
    answer = doors.post(
        f"/webhooks/{sender.name}", content=body, headers=sender.sign(body, doors.clock.now())
    )
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert doors.get("/access/nginx?token=any").status_code == 503

    doors.do(reopened(doors))
    assert send(doors, sender, body) == 200
    assert doors.tables.one("SELECT COUNT(*) FROM inbox WHERE provider <> 'telegram'") == 1
    if sender.is_believed:
        assert doors.tables.one("SELECT state FROM orders") == "paid"


async def reopened(doors: Doors) -> None:
    """The same storage after its server came back."""
    from shop.books.opening import storage_at

    storage = storage_at(doors.parts.settings.database_url.get_secret_value())
    await storage.open()
    doors.swap_storage(storage)


def test_telegram_without_a_secret_is_closed(open_doors: OpenDoors) -> None:
    doors = open_doors(telegram_webhook_secret=SecretStr(""))
    for headers in ({}, {"x-telegram-bot-api-secret-token": ""}):
        assert doors.post("/telegram", content=b"{}", headers=headers).status_code == 404


def test_telegram_with_another_secret_is_refused(doors: Doors) -> None:
    headers = {"x-telegram-bot-api-secret-token": "not the secret"}
    body = b'{"update_id": 1}'
    assert doors.post("/telegram", content=body, headers=headers).status_code == 400
    assert doors.tables.one("SELECT COUNT(*) FROM inbox") == 0


def test_while_telegrams_secret_is_rotated_both_are_good(open_doors: OpenDoors) -> None:
    doors = open_doors(telegram_webhook_secret=SecretStr("the-new-one, the-old-one"))
    codes = {
        given: doors.post(
            "/telegram",
            content=b'{"update_id": 1}',
            headers={"x-telegram-bot-api-secret-token": given},
        ).status_code
        for given in ("the-new-one", "the-old-one", "the-new-one, the-old-one", "")
    }
    assert list(codes.values()) == [200, 200, 400, 400]


def test_an_update_delivered_twice_is_answered_once(doors: Doors) -> None:
    secret = {"x-telegram-bot-api-secret-token": SECRETS["telegram_webhook_secret"]}
    update = {"update_id": 7, "message": {"chat": {"id": 1001}, "text": "/start"}}
    for _ in range(3):
        answer = doors.post("/telegram", content=json.dumps(update), headers=secret)
        assert answer.status_code == 200
    assert doors.answered == [update]
    assert doors.tables.rows("SELECT event_id, state FROM inbox") == [("7", "done")]


def test_health_and_readiness_and_figures(doors: Doors) -> None:
    assert doors.get("/healthz").text == "ok"
    assert doors.get("/readyz").text == "ready"
    figures = doors.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    assert "telekiosk_outbox_waiting" in figures.text
    backlogged = doors.do(doors.shop.storage.read(backlog))
    assert backlogged.dead == 0


def figure(doors: Doors, name: str) -> float:
    """One of /metrics, by its name and labels; 0 while nobody counted it."""
    lines = dict(line.rsplit(" ", 1) for line in doors.get("/metrics").text.splitlines())
    return float(lines.get(name, 0))


def test_the_figures_tell_of_money_waiting_and_slowness(doors: Doors) -> None:
    sender = SENDERS["stripe"]
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet()), provider="stripe"))
    settled = 'telekiosk_events_total{outcome="settled",provider="stripe"}'
    refused = 'telekiosk_webhooks_rejected_total{provider="stripe",reason="signature"}'
    looked_up = 'telekiosk_provider_seconds_count{call="look_up",provider="sandbox_card"}'
    names = (settled, refused, looked_up)
    before = [figure(doors, name) for name in names]
    assert figure(doors, 'telekiosk_outbox_waiting{kind="chat"}') == 0

    body = sender.write(payment, doors.clock.now())
    assert send(doors, sender, body) == 200
    assert doors.post("/webhooks/stripe", content=body).status_code == 400
    doors.do(doors.parts.providers["sandbox_card"].look_up("tk_none", ""))
    doors.clock.move(seconds=90)

    assert [figure(doors, name) for name in names] == [one + 1 for one in before]
    for kind, many in (("chat", 1), ("staff", 1), ("provision", 1), ("methods", 0)):
        assert figure(doors, f'telekiosk_outbox_waiting{{kind="{kind}"}}') == many
        oldest = f'telekiosk_outbox_oldest_seconds{{kind="{kind}"}}'
        assert figure(doors, oldest) == 90 * many
    assert "tk_" not in doors.get("/metrics").text, "nobody can be recognised in it"
