"""What of received money can go back, out of which pocket, and what paid time goes with it."""

from dataclasses import dataclass
from enum import StrEnum

from shop.core.errors import ShopError
from shop.core.money import Money
from shop.ledger.receiving import Verdict


class TooMuchBackError(ShopError):
    """That is more than is left to give back: {most}."""


class Access(StrEnum):
    """What becomes of the paid time when its money goes back."""

    END = "end"  # what is left of it ends now
    SHORTEN = "shorten"  # as much of it ends as went back of the money
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPolicy:
    """The owner's choices about money that goes back.

    `whole` and `part` say what becomes of access after a refund of the whole order or of a
    part; a dispute or a bank's early warning of fraud may hold access until it is decided.
    """

    whole: Access = Access.END
    part: Access = Access.KEEP
    hold_disputes: bool = True
    hold_warnings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A receipt and its order, as far as giving back depends on them; all minor units.

    `given_back` and `disputed` have left the provider; `wallet_gained` is what refunds put
    into the wallet less what they took out of it; `order_back` what went back of the order.
    `tax` is what of this receipt was tax: `tax_back` of it went back with `own_back` of the order.
    """

    money: Money
    verdict: Verdict
    to_order: int
    to_wallet: int
    given_back: int
    disputed: int
    wallet_gained: int
    wallet: int
    order_paid: int
    order_back: int
    order_from_wallet: int
    tax: int = 0
    own_back: int = 0
    tax_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Portions:
    """Where money that goes back comes from; what neither covers is the shop's loss."""

    from_wallet: Money
    from_order: Money
    loss: Money


def left_outside(standing: Standing) -> int:
    """What the provider still holds of this receipt: nothing goes back twice.

    Money that waits for a person's decision has no place yet that it could be taken from.
    """
    if standing.verdict is Verdict.HELD:
        return 0
    return max(standing.money.minor - standing.given_back - standing.disputed, 0)


def most_outside(standing: Standing) -> Money:
    """The most that may be sent back to where it came from."""
    owed = _wallet_part(standing) + order_part(standing)
    return Money(min(left_outside(standing), owed), standing.money.currency)


def most_to_wallet(standing: Standing) -> Money:
    """The most that may be put into the wallet: all of the order, also what came from there.

    What is in the wallet already cannot come again.
    """
    return Money(_order_left(standing), standing.money.currency)


def order_part(standing: Standing) -> int:
    """What of this receipt paid its order and has not gone back."""
    return min(_order_left(standing), standing.money.minor)


def _order_left(standing: Standing) -> int:
    if standing.to_order == 0 and standing.verdict is not Verdict.SHORT:
        return 0
    return max(standing.order_paid - standing.order_back, 0)


def portions(standing: Standing, money: Money) -> Portions:
    """Take from the wallet what lies there of this receipt, then from what paid the order."""
    currency = money.currency
    from_wallet = min(money.minor, _wallet_part(standing))
    from_order = min(money.minor - from_wallet, order_part(standing))
    return Portions(
        from_wallet=Money(from_wallet, currency),
        from_order=Money(from_order, currency),
        loss=Money(money.minor - from_wallet - from_order, currency),
    )


def tax_part(standing: Standing, from_order: int) -> int:
    """What of `from_order` is tax: in proportion, and with the last of the order all that is left.

    What the wallet gave to the order was not taxed with this receipt.
    """
    taxed = min(standing.order_paid, standing.money.minor)
    if standing.to_order == 0 or not taxed:
        return 0
    back = min(standing.own_back + from_order, taxed)
    return max(standing.tax * back // taxed - standing.tax_back, 0)


def _wallet_part(standing: Standing) -> int:
    gained = standing.to_wallet + standing.wallet_gained
    if standing.verdict is Verdict.SHORT:
        gained -= standing.order_from_wallet  # it completed its order since
    return max(min(gained, standing.wallet), 0)


def time_to_take(
    access: Access, *, whole_seconds: int, left_seconds: int, back: int, paid: int
) -> int:
    """How many seconds of a period of `whole_seconds` go, when `back` of `paid` went back."""
    match access:
        case Access.KEEP:
            return 0
        case Access.END:
            return left_seconds
        case Access.SHORTEN:
            return min(left_seconds, whole_seconds * back // paid) if paid else 0
