"""The owner's choices that rules and use cases ask for, in one frozen value."""

from dataclasses import dataclass, field
from datetime import timedelta

from shop.rules.giving_back import RefundPolicy
from shop.rules.receiving import ReceiptPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How this shop behaves; `staff_ids` are Telegram user ids."""

    base_currency: str = "EUR"
    shop_name: str = ""  # "" leaves it to the catalog
    staff_ids: tuple[int, ...] = ()
    order_lifetime: timedelta = timedelta(hours=24)
    low_stock: int = 5
    receipts: ReceiptPolicy = field(default_factory=ReceiptPolicy)
    refunds: RefundPolicy = field(default_factory=RefundPolicy)
