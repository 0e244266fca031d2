"""Bank transfers: what the customer quotes, which files are a proof, and why one is refused."""

from enum import StrEnum

MOST_BYTES = (
    20 * 1024 * 1024
)  # what a bot may download: https://core.telegram.org/bots/api#getfile
MOST_WAITING = 5  # proofs of one payment that a person still has to look at
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


def is_picture_or_pdf(content: bytes) -> bool:
    """Whether the bytes are a picture or a PDF, whatever the file calls itself."""
    is_heif = content[4:8] == b"ftyp" and content[8:12] in _HEIF
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return is_heif or is_webp or content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG"))
