"""The section [money]: what the owner lets be when money is not exactly what was asked."""

from collections.abc import Mapping
from decimal import Decimal

from shop.core.currencies import CURRENCIES
from shop.ledger.receiving import ReceiptPolicy, Tolerance
from shop.owner_file.amounts import amounts_by_currency
from shop.owner_file.page import Table, meant

_MOST_DAYS = 365
_PERCENT = r"[0-9]{1,2}(\.[0-9]{1,2})?"
_MOST_PERCENT = 20
_POINTS = 100  # of one percent


def receipt_policy(money: Table) -> ReceiptPolicy:
    """Tolerance and late days."""
    sums = sums_by_currency(money, "tolerance")
    shares = _shares(money, "tolerance_percent")
    return ReceiptPolicy(
        tolerance={
            currency: Tolerance(minor=sums.get(currency), points=shares.get(currency))
            for currency in sums.keys() | shares.keys()
        },
        late_days=money.whole(
            "late_days", default=ReceiptPolicy().late_days, least=0, most=_MOST_DAYS
        ),
    )


def sums_by_currency(table: Table, key: str) -> Mapping[str, int]:
    """Minor units by currency, none when it is left out: `{ EUR = "0.20" }`."""
    value = table.get(key)
    if value is None:
        return {}
    return {one.currency: one.minor for one in amounts_by_currency(table, key, value)}


def _shares(table: Table, key: str) -> Mapping[str, int]:
    """Basis points by currency, none when it is left out: `{ EUR = "0.5" }`."""
    if table.get(key) is None:
        return {}
    inner = table.table(key)
    found: dict[str, int] = {}
    if inner is None:
        return found
    for currency in inner.values:
        if currency not in CURRENCIES:
            hint = meant(currency, CURRENCIES)
            inner.refuse(currency, f"{currency!r} is not a currency such as EUR.{hint}")
        text = inner.text(currency, most=5, like=_PERCENT, hint='write a percentage like "0.5"')
        percent = Decimal(text or 0)
        if percent > _MOST_PERCENT:
            inner.refuse(currency, f"more than {_MOST_PERCENT} percent is no tolerance.")
        found[currency] = int(percent * _POINTS)
    return found
