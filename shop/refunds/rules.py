"""What of received money can go back, out of which pocket, and what paid time goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shop.core.errors import ShopError
from shop.core.money import Money, split
from shop.ledger.receiving import Verdict


class TooMuchBackError(ShopError):
    """That is more than is left to give back: {most}."""


class AccessAfterRefund(StrEnum):
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

    whole: AccessAfterRefund = AccessAfterRefund.END
    part: AccessAfterRefund = AccessAfterRefund.KEEP
    hold_disputes: bool = True
    hold_warnings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundBalance:
    """A receipt and its order, as far as giving back depends on them.

    `refunded` and `disputed` have left the provider; `wallet_gained` is what refunds put
    into the wallet less what they took out of it; `order_back` what went back of the order.
    `tax` is what of this receipt was tax: `tax_back` of it went back with `own_back` of the order.
    All is in the receipt's currency but what begins with `order_`: that is in the currency the
    order was paid in, which is another where too little came first and the rest never did.
    """

    money: Money
    verdict: Verdict
    to_order: Money
    to_wallet: Money
    refunded: Money
    disputed: Money
    wallet_gained: Money
    wallet: Money
    order_paid: Money
    order_back: Money
    order_from_wallet: Money
    tax: Money
    own_back: Money
    tax_back: Money

    @property
    def nothing(self) -> Money:
        """No money, in the receipt's currency."""
        return Money.zero(self.money.currency)

    @property
    def is_of_one_currency(self) -> bool:
        """Whether the order was paid in the receipt's currency."""
        return self.order_paid.currency == self.money.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Portions:
    """Where money that goes back comes from; what neither covers is the shop's loss."""

    from_wallet: Money
    from_order: Money
    loss: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMoney:
    """Money of one line of an order, and the tax within it."""

    line_id: int
    money: Money
    tax: Money


def left_outside(balance: RefundBalance) -> Money:
    """What the provider still holds of this receipt: nothing goes back twice.

    Money that waits for a person's decision has no place yet that it could be taken from.
    """
    if balance.verdict is Verdict.IN_REVIEW:
        return balance.nothing
    return max(balance.money - balance.refunded - balance.disputed, balance.nothing)


def most_outside(balance: RefundBalance) -> Money:
    """The most that may be sent back to where it came from."""
    return min(left_outside(balance), _wallet_part(balance) + order_part(balance))


def most_to_wallet(balance: RefundBalance) -> Money:
    """The most that may be put into the wallet: all of the order, also what came from there.

    What is in the wallet already cannot come again.
    """
    return _order_left(balance)


def order_part(balance: RefundBalance) -> Money:
    """What of this receipt paid its order and has not gone back."""
    return min(_order_left(balance), balance.money)


def _order_left(balance: RefundBalance) -> Money:
    has_paid = not balance.to_order.is_zero or balance.verdict is Verdict.SHORT
    if not (has_paid and balance.is_of_one_currency):
        return balance.nothing
    return max(balance.order_paid - balance.order_back, balance.nothing)


def portions(balance: RefundBalance, money: Money) -> Portions:
    """Take from the wallet what lies there of this receipt, then from what paid the order."""
    from_wallet = min(money, _wallet_part(balance))
    from_order = min(money - from_wallet, order_part(balance))
    loss = money - from_wallet - from_order
    return Portions(from_wallet=from_wallet, from_order=from_order, loss=loss)


def tax_part(balance: RefundBalance, from_order: Money) -> Money:
    """What of `from_order` is tax: in proportion, and with the last of the order all that is left.

    What the wallet gave to the order was not taxed with this receipt.
    """
    if balance.to_order.is_zero or balance.order_paid.is_zero or balance.money.is_zero:
        return balance.nothing
    taxed = min(balance.order_paid, balance.money)
    back = min(balance.own_back + from_order, taxed)
    so_far = Money(balance.tax.minor * back.minor // taxed.minor, taxed.currency)
    return max(so_far - balance.tax_back, balance.nothing)


def shares_of_lines(
    left: Sequence[LineMoney], *, back: Money, tax: Money
) -> tuple[LineMoney, ...]:
    """Share `back` and the `tax` within it among lines by what is left of each, to the cent.

    Tax goes with the money of its line; only a cent that no line with money has left goes alone.
    """
    shares = split(back, [one.money.minor for one in left])
    taxes = [0 if part.is_zero else one.tax.minor for one, part in zip(left, shares, strict=True)]
    if sum(taxes) < tax.minor:
        taxes = [one.tax.minor for one in left]
    tax_shares = [tax] * len(left) if tax.is_zero else split(tax, taxes)
    return tuple(
        LineMoney(line_id=one.line_id, money=share, tax=tax_share)
        for one, share, tax_share in zip(left, shares, tax_shares, strict=True)
        if not (share.is_zero and tax_share.is_zero)
    )


def spent_of_wallet(balance: RefundBalance) -> Money:
    """What of this receipt lay in the wallet and was spent on something else."""
    return max(_into_wallet(balance) - _wallet_part(balance), balance.nothing)


def _wallet_part(balance: RefundBalance) -> Money:
    return min(_into_wallet(balance), balance.wallet)


def _into_wallet(balance: RefundBalance) -> Money:
    gained = balance.to_wallet + balance.wallet_gained
    if balance.verdict is Verdict.SHORT and balance.is_of_one_currency:
        gained -= balance.order_from_wallet  # it completed its order since
    return max(gained, balance.nothing)


def time_to_revoke(
    access: AccessAfterRefund, *, whole_seconds: int, left_seconds: int, back: Money, paid: Money
) -> int:
    """How many seconds of a period of `whole_seconds` go, when `back` of `paid` went back."""
    match access:
        case AccessAfterRefund.KEEP:
            return 0
        case AccessAfterRefund.END:
            return left_seconds
        case AccessAfterRefund.SHORTEN:
            share = 0 if paid.is_zero else whole_seconds * back.minor // paid.minor
            return min(left_seconds, share)
