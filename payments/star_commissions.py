"""What an affiliate has of a payment in Stars, and how much the payer gave.

Source: https://core.telegram.org/bots/api#affiliateinfo. Whether a transaction's amount is before
or after the commission is not documented [?]: the commission and its share say which, for one of
the two fits them. Fractions of a Star (nanostars) are not booked; a commission is rounded.
"""

from decimal import Decimal

from payments import fields
from shop.core.errors import BadInputError
from shop.core.money import round_minor

_NANO, _PER_MILLE, _MOST = Decimal(10) ** 9, 1000, 2**62


def gross_and_commission(row: fields.Fields, partner: fields.Fields) -> tuple[int, int]:
    """Read a transaction with this partner: what the payer gave or got, and whose part that was.

    Of a refund Telegram writes the commission as negative: it came back.
    """
    stars = fields.whole(row, "amount")
    affiliate = fields.optional_section(partner, "affiliate")
    if not affiliate:
        return stars, 0
    exact = abs(_with_nanos(affiliate))
    share = fields.whole(affiliate, "commission_per_mille")
    if not exact or not share:
        return stars, 0
    listed = _with_nanos(row)
    expected = exact * _PER_MILLE / share
    gross = min((listed, listed + exact), key=lambda one: abs(one - expected))
    return fields.minor_units(round_minor(gross)), fields.minor_units(round_minor(exact))


def _with_nanos(data: fields.Fields) -> Decimal:
    parts = [data.get("amount"), data.get("nanostar_amount") or 0]
    if not all(type(part) is int and abs(part) <= _MOST for part in parts):
        raise BadInputError(reason="That is no amount of Stars.")
    whole, nanos = (Decimal(str(part)) for part in parts)
    return whole + nanos / _NANO
