"""What payments by bank transfer and the shop both have to know."""

TRANSFER = "transfer"  # the provider's name
_CODE = 8
_HALF = _CODE // 2


def code_of(reference: str) -> str:
    """What the customer quotes: `TK-ABCD-EFGH`, from our reference.

    Banks write A-Z, 0-9 and the hyphen; an underscore is not in their alphabet.
    """
    tail = reference[-_CODE:].upper().replace("_", "0")
    return f"TK-{tail[:_HALF]}-{tail[_HALF:]}"


def details_of(text: str) -> list[tuple[str, str]]:
    """The owner's bank details as (label, value): `IBAN: DE12…; BIC: …`, one a piece or a line."""
    pieces = (piece.strip() for line in text.splitlines() for piece in line.split(";"))
    parted = (piece.partition(":") for piece in pieces if piece)
    return [
        (label.strip(), value.strip()) if colon else ("", label.strip())
        for label, colon, value in parted
    ]
