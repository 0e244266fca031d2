"""Bank transfers: what the customer quotes, which files are a proof, and why one is refused."""

from enum import StrEnum

TRANSFER = "transfer"  # the provider's name
MOST_BYTES = (
    20 * 1024 * 1024
)  # what a bot may download: https://core.telegram.org/bots/api#getfile
MOST_WAITING = 5  # proofs of one payment that a person still has to look at
_CODE = 8
_HALF = _CODE // 2
_HEIF = (b"heic", b"heix", b"mif1", b"heif", b"avif")


class FileKind(StrEnum):
    """How Telegram sent it, and so how it is sent on."""

    PHOTO = "photo"
    DOCUMENT = "document"


class ProofState(StrEnum):
    """Where a proof stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    SETTLED = "settled"  # another proof of the same payment was approved


class Reason(StrEnum):
    """Why a proof is refused; staff may also write words of their own."""

    UNREADABLE = "unreadable"
    NOT_HERE = "not_here"
    NOT_OURS = "not_ours"
    USED = "used"


def code_of(reference: str) -> str:
    """What the customer quotes: `TK-ABCD-EFGH`, from our reference.

    Banks write A-Z, 0-9 and the hyphen; an underscore is not in their alphabet.
    """
    tail = reference[-_CODE:].upper().replace("_", "0")
    return f"TK-{tail[:_HALF]}-{tail[_HALF:]}"


def is_picture_or_pdf(content: bytes) -> bool:
    """Whether the bytes are a picture or a PDF, whatever the file calls itself."""
    is_heif = content[4:8] == b"ftyp" and content[8:12] in _HEIF
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return is_heif or is_webp or content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG"))


def details_of(text: str) -> list[tuple[str, str]]:
    """The owner's bank details as (label, value): `IBAN: DE12…; BIC: …`, one a piece or a line."""
    pieces = (piece.strip() for line in text.splitlines() for piece in line.split(";"))
    parted = (piece.partition(":") for piece in pieces if piece)
    return [
        (label.strip(), value.strip()) if colon else ("", label.strip())
        for label, colon, value in parted
    ]
