"""Bank transfer, told by chat alone: the picture, the person who looks, and what comes of it."""

import zlib
from struct import pack
from typing import Any

import pytest

from preview.client import text_of
from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF
from tests.stories.conftest import OpenKiosk

DETAILS = "Account holder: Kiosk Ltd; IBAN: DE02 1203 0000 0000 2020 51"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def picture(shade: int = 0) -> bytes:
    """A small grey PNG; every shade is another file."""
    rows = b"".join(b"\x00" + bytes([shade] * 60) for _ in range(40))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", pack(">IIBBBBB", 60, 40, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def to_transfer(person: Person, *, plan: str = "solo") -> None:
    """Choose a plan, and to pay it by transfer."""
    await person.say(f"/start plan_{plan}")
    await person.tap("ways:")
    await person.tap("pay:", "transfer")
    await person.sees("Please transfer")


async def open_for_transfers(open_kiosk: OpenKiosk) -> tuple[Kiosk, Person, Person]:
    kiosk = await open_kiosk(transfer_details=DETAILS)
    anna, olga = kiosk.person(1001), kiosk.person(STAFF)
    await olga.say("/start")
    await to_transfer(anna)
    return kiosk, anna, olga


async def sees_proof(olga: Person, *, times: int = 1) -> dict[str, Any]:
    """Wait for a picture in the staff chat; gives the newest."""
    return await olga.sees("reports a payment", times=times)


async def test_a_picture_is_approved_and_access_arrives(open_kiosk: OpenKiosk) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    screen = await anna.sees("Please transfer")
    assert "DE02 1203 0000 0000 2020 51" in text_of(screen)
    assert "TK-" in text_of(screen)
    copied = [
        one["copy_text"]["text"]
        for row in screen["reply_markup"]["inline_keyboard"]
        for one in row
        if "copy_text" in one
    ]
    assert copied[:3] == ["Kiosk Ltd", "DE02 1203 0000 0000 2020 51", "7.99"]

    await anna.chat.send_photo(picture())
    await anna.sees("We have it.")
    proof = await sees_proof(olga)
    assert "photo" in proof
    await olga.tap("proof_approve:")

    await anna.sees("Payment received")
    await kiosk.quiet()
    assert "Approved by Olga" in text_of((await olga.having("reports a payment"))[-1])
    assert await kiosk.access() == 200
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts WHERE provider = 'transfer'") == 1
    assert kiosk.tables.one("SELECT COUNT(*) FROM audit WHERE act = 'approve_transfer'") == 1


async def test_a_refused_picture_is_explained_and_another_may_follow(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    await olga.tap("proof_refuse:", "unreadable")
    await anna.sees("We cannot read the picture.")

    await anna.chat.send_photo(picture())
    await anna.sees("the same file as before")
    await anna.chat.send_document(PDF, name="transfer.pdf")
    await anna.sees("We have it.", times=2)
    proof = await sees_proof(olga, times=2)
    assert proof["document"]["file_name"] == "transfer.pdf"
    number = kiosk.tables.one("SELECT MAX(id) FROM proofs")
    await olga.say(f"/refuse {number} The name is not yours.")
    await anna.sees("The name is not yours.")

    await anna.chat.send_photo(picture(9))
    await sees_proof(olga, times=4)  # the answer to /refuse shows the facts once more
    await olga.tap("proof_approve:")
    await anna.sees("Payment received")


async def test_a_picture_that_came_for_someone_else_is_shown_to_staff(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    await olga.tap("proof_approve:")
    await anna.sees("Payment received")

    bruno = kiosk.person(1002)
    await to_transfer(bruno)
    await bruno.chat.send_photo(picture())
    alert = text_of(await sees_proof(olga, times=2))
    assert "The same file" in alert
    assert "was approved" in alert
    await olga.tap("proof_refuse:", "used")
    await bruno.sees("used for an order before")


async def test_another_amount_follows_the_rules_for_money_that_is_short(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    number = kiosk.tables.one("SELECT MAX(id) FROM proofs")
    await olga.say(f"/paid {number} 4,00")
    await olga.sees("in the wallet")
    await anna.sees("still missing")
    await anna.tap("pay_rest:")
    await anna.pay(await anna.page())
    await anna.sees("Payment received")


@pytest.mark.parametrize("written", ["0", "0.00", "0,00", "00"])
async def test_nothing_that_arrived_is_never_taken_for_the_whole_price(
    open_kiosk: OpenKiosk, written: str
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    number = kiosk.tables.one("SELECT MAX(id) FROM proofs")
    await olga.say(f"/paid {number} {written}")
    await olga.sees(f"If nothing arrived, refuse it: /refuse {number} …")
    assert kiosk.tables.rows("SELECT state FROM proofs") == [("waiting",)]
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0


@pytest.mark.parametrize("written", ["-0", "-7.99", "+7.99", "7.99.9", "seven", "€7.99"])
async def test_what_is_no_sum_changes_nothing(open_kiosk: OpenKiosk, written: str) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    number = kiosk.tables.one("SELECT MAX(id) FROM proofs")
    await olga.say(f"/paid {number} {written}")
    await olga.sees("is not an amount in EUR such as")
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0


@pytest.mark.parametrize(
    ("written", "offered", "chosen", "booked"),
    [
        ("799", ["€799.00 is here", "€7.99 is here"], "€7.99", 799),
        ("1,000", ["€1,000.00 is here", "€1.00 is here", "€10.00 is here"], "€10.00", 1000),
        ("79.90", ["€79.90 is here"], "€79.90", 7990),
        ("0.79", ["€0.79 is here"], "€0.79", 79),
    ],
)
async def test_a_sum_that_is_far_or_means_two_things_is_asked_back_before_it_is_booked(
    open_kiosk: OpenKiosk, written: str, offered: list[str], chosen: str, booked: int
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    number = kiosk.tables.one("SELECT MAX(id) FROM proofs")
    await olga.say(f"/paid {number} {written}")
    asked = await olga.sees("€7.99 was asked. What has arrived?")
    keys = [key["text"] for row in asked["reply_markup"]["inline_keyboard"] for key in row]
    assert keys == [*offered, "Neither, I write it again"]
    assert kiosk.tables.one("SELECT COUNT(*) FROM receipts") == 0
    await olga.chat.press(f"{chosen} is here")
    await olga.sees("Approved by")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT minor, currency FROM receipts") == [(booked, "EUR")]


async def test_what_is_no_proof_is_answered_kindly(open_kiosk: OpenKiosk) -> None:
    kiosk, anna, _olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_document(b"PK\x03\x04 something zipped", name="transfer.pdf")
    await anna.sees("this is something else")
    bruno = kiosk.person(1002)
    await bruno.say("/start")
    await bruno.chat.send_photo(picture())
    await bruno.sees("no bank transfer of yours is awaited")
    assert kiosk.tables.one("SELECT COUNT(*) FROM proofs") == 0


async def test_a_picture_after_the_order_expired_is_still_looked_at(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await kiosk.skip(hours=30)
    await anna.chat.send_photo(picture())
    assert "has expired" in text_of(await sees_proof(olga))
    await olga.tap("proof_approve:")
    await anna.sees("kept the old price")


async def test_staff_find_what_waits_on_their_desk(open_kiosk: OpenKiosk) -> None:
    _kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await anna.chat.send_photo(picture())
    await sees_proof(olga)
    await olga.say("/admin")
    await olga.tap("proofs")
    await olga.tap("proof_show:")
    await sees_proof(olga, times=2)
    await olga.tap("proof_approve:")
    await anna.sees("Payment received")
    before = (await olga.having("reports a payment"))[0]
    tapped = await olga.chat.press("proof_approve:1", message_id=before["message_id"])
    assert tapped.toast == "That was done already."


async def test_telegram_that_does_not_give_the_file_does_not_lose_it(
    open_kiosk: OpenKiosk,
) -> None:
    kiosk, anna, olga = await open_for_transfers(open_kiosk)
    await kiosk.preview.fault("getFile", status=500, times=9)
    await anna.chat.send_photo(picture())
    await anna.sees("We have it.")
    await sees_proof(olga)
    assert kiosk.tables.one("SELECT digest FROM proofs") == ""
