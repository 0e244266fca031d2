"""What a transfer quotes, and which bytes are a proof."""

import re

import pytest

from shop.intake.transfers import is_picture_or_pdf
from shop.orders.orders import new_reference
from shop.ports.transfers import code_of, details_of


def test_a_code_is_short_and_made_of_what_banks_write() -> None:
    for _ in range(200):
        assert re.fullmatch(r"TK-[A-Z0-9]{4}-[A-Z0-9]{4}", code_of(new_reference()))


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("tk_aaaaaaaaaaabcdefgh", "TK-ABCD-EFGH"),
        ("tk_aaaaaaaaaaabc1_fg_", "TK-ABC1-0FG0"),  # banks write no underscore
        ("tk_aaaaaaaaaaa-cde-gh", "TK-A-CD-E-GH"),  # they do write a hyphen
    ],
)
def test_the_same_payment_always_quotes_the_same_code(reference: str, code: str) -> None:
    assert code_of(reference) == code


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 and more",
        b"\xff\xd8\xff\xe0 jpeg",
        b"\x89PNG\r\n\x1a\n....",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\x00\x00\x00\x18ftypheic....",
    ],
)
def test_pictures_and_pdfs_are_known_by_their_bytes(content: bytes) -> None:
    assert is_picture_or_pdf(content)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"<html>", b"MZ", b"RIFF....WAVE", b"\x00\x00\x00\x18ftypisom"]
)
def test_anything_else_is_no_proof(content: bytes) -> None:
    assert not is_picture_or_pdf(content)


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("IBAN: DE02 1203; BIC: BYLA", [("IBAN", "DE02 1203"), ("BIC", "BYLA")]),
        ("Name: A: B\nIBAN: X", [("Name", "A: B"), ("IBAN", "X")]),
        ("pay at the counter", [("", "pay at the counter")]),
        (" ; ;\n", []),
    ],
)
def test_the_owners_details_are_cut_into_what_is_copied(
    text: str, details: list[tuple[str, str]]
) -> None:
    assert details_of(text) == details
