"""Whatever a stranger sends to the other doors: no trouble inside, and nothing changes."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doors.junk import BROKEN, HEADER_TEXTS, TEXTS, wrong
from tests.fixtures.doors import SECRETS, Doors
from tests.fixtures.examples import examples

pytestmark = [pytest.mark.hypothesis, pytest.mark.timeout(900)]
SECRET = {"x-telegram-bot-api-secret-token": SECRETS["telegram_webhook_secret"]}
PERSON = {"id": 1001, "is_bot": False, "first_name": "Anna", "language_code": "en"}
CHAT = {"id": 1001, "type": "private", "first_name": "Anna"}
MESSAGE = {"message_id": 5, "date": 1773144000, "chat": CHAT, "from": PERSON, "text": "/start"}
UPDATES: dict[str, Any] = {
    "message": {"update_id": 1, "message": MESSAGE},
    "callback_query": {
        "update_id": 2,
        "callback_query": {
            "id": "77",
            "from": PERSON,
            "chat_instance": "1",
            "data": "plan:solo",
            "message": MESSAGE,
        },
    },
    "pre_checkout_query": {
        "update_id": 3,
        "pre_checkout_query": {
            "id": "78",
            "from": PERSON,
            "currency": "XTR",
            "total_amount": 450,
            "invoice_payload": "tk_nobody",
        },
    },
    "successful_payment": {
        "update_id": 4,
        "message": {
            **MESSAGE,
            "successful_payment": {
                "currency": "XTR",
                "total_amount": 450,
                "invoice_payload": "tk_nobody",
                "telegram_payment_charge_id": "stx_1",
                "provider_payment_charge_id": "",
            },
        },
    },
    "my_chat_member": {
        "update_id": 5,
        "my_chat_member": {
            "chat": CHAT,
            "from": PERSON,
            "date": 1773144000,
            "old_chat_member": {"status": "member", "user": PERSON},
            "new_chat_member": {"status": "kicked", "user": PERSON},
        },
    },
}


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def test_telegram_without_its_secret_changes_nothing(doors: Doors) -> None:
    before = doors.tables.dump()

    @examples(40, fuzzing=1_000, url=doors.url)
    @given(body=BROKEN, secret=HEADER_TEXTS)
    def send(body: bytes, secret: str) -> None:
        headers = {"x-telegram-bot-api-secret-token": secret.encode("latin-1")}
        answer = doors.post("/telegram", content=body, headers=headers)
        assert answer.status_code == 400

    send()
    assert doors.tables.dump() == before


@pytest.mark.parametrize("right", UPDATES.values(), ids=UPDATES)
def test_senseless_updates_are_refused_or_kept_and_never_bring_trouble(
    doors: Doors, right: dict[str, Any]
) -> None:
    seen = [doors.tables.dump()]

    @examples(40, fuzzing=500, url=doors.url)
    @given(body=wrong(right) | BROKEN)
    def send(body: bytes) -> None:
        answer = doors.post("/telegram", content=body, headers=SECRET)
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:
            seen.append(doors.tables.dump())
        else:
            assert doors.tables.dump() == seen[-1]

    send()


@pytest.mark.parametrize("right", UPDATES.values(), ids=UPDATES)
def test_an_update_the_shop_cannot_answer_waits_for_no_one(
    doors: Doors, right: dict[str, Any]
) -> None:
    """Whatever was kept can be brought back after a restart without stopping the clock."""
    from shop.intake.chat_updates import claim_updates

    @examples(40, fuzzing=500, url=doors.url)
    @given(body=wrong(right) | BROKEN)
    def send(body: bytes) -> None:
        doors.post("/telegram", content=body, headers=SECRET)

    send()
    doors.tables.write(
        "UPDATE inbox SET state = 'waiting', due_at = 0 WHERE provider = 'telegram'"
    )

    async def bring_back() -> int:
        shop = doors.shop
        found = await shop.run(claim_updates, policy=shop.policy, now=shop.now, most=5000)
        doors.reception.answer_later(found)
        await doors.reception.settle_down()
        return len(found)

    doors.answered.clear()
    assert doors.do(bring_back()) >= len(doors.answered)
    assert doors.tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'") == 0


@pytest.mark.parametrize("path", ["/access/nginx", "/access/flussonic"])
def test_access_is_refused_to_any_token(doors: Doors, path: str) -> None:
    before = doors.tables.dump()

    @examples(60, fuzzing=1_000, url=doors.url)
    @given(token=TEXTS, original=HEADER_TEXTS, basic=st.binary(max_size=60) | HEADER_TEXTS)
    def ask(token: str, original: str, basic: bytes | str) -> None:
        from base64 import b64encode

        raw = b"Basic " + b64encode(basic) if isinstance(basic, bytes) else basic.encode("latin-1")
        headers = {"x-original-uri": original.encode("latin-1"), "authorization": raw}
        answer = doors.get(f"{path}?token={encoded(token)}", headers=headers)
        assert answer.status_code == 403
        assert doors.get(path, headers=headers).status_code == 403

    ask()
    assert doors.tables.dump() == before


def test_a_playlist_is_refused_to_any_token(doors: Doors) -> None:
    before = doors.tables.dump()

    @examples(40, fuzzing=1_000, url=doors.url)
    @given(token=TEXTS.filter(bool))
    def ask(token: str) -> None:
        assert doors.get(f"/playlist/{encoded(token)}.m3u8").status_code in {403, 404}

    ask()
    assert doors.tables.dump() == before


def test_a_return_with_any_reference_is_a_page(doors: Doors) -> None:
    before = doors.tables.dump()

    @examples(40, fuzzing=1_000, url=doors.url)
    @given(reference=TEXTS)
    def ask(reference: str) -> None:
        answer = doors.get(f"/pay/return?reference={encoded(reference)}")
        assert answer.status_code == 404
        assert answer.text.startswith("<!doctype html>")

    ask()
    assert doors.tables.dump() == before


def test_an_update_with_a_lone_surrogate_is_kept(doors: Doors) -> None:
    update = {"update_id": 9, "message": {**MESSAGE, "text": "\ud800"}}
    answer = doors.post("/telegram", content=json.dumps(update), headers=SECRET)
    assert answer.status_code == 200
    assert doors.answered == [update]
