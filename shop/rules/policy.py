"""The owner's choices that rules and use cases ask for, in one frozen value."""

from dataclasses import dataclass, field
from datetime import timedelta

from shop.rules.fraud import FraudPolicy
from shop.rules.giving_back import RefundPolicy
from shop.rules.guarding import GuardPolicy
from shop.rules.receiving import ReceiptPolicy
from shop.rules.renewing import RenewingPolicy
from shop.rules.ways import WayRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the owner chose in the catalog's sections; each field has its reader there."""

    receipts: ReceiptPolicy = field(default_factory=ReceiptPolicy)
    refunds: RefundPolicy = field(default_factory=RefundPolicy)
    renewing: RenewingPolicy = field(default_factory=RenewingPolicy)
    fraud: FraudPolicy = field(default_factory=FraudPolicy)
    guards: GuardPolicy = field(default_factory=GuardPolicy)
    ways: tuple[WayRule, ...] = ()  # none: every way that is on shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Choices):
    """How this shop behaves: the settings, and the choices; `staff_ids` are Telegram ids."""

    base_currency: str = "EUR"
    shop_name: str = ""  # "" leaves it to the catalog
    staff_ids: tuple[int, ...] = ()
    order_lifetime: timedelta = timedelta(hours=24)
    low_stock: int = 5
