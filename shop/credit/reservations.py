"""What a wallet holds, keeps for orders, and can give: nothing of it is promised twice."""

from dataclasses import dataclass, replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.credit.records import Claims, Kept, Wallets
from shop.credit.rules import as_part, before, usable
from shop.ledger.journal_records import Journal

NO_ORDER = 0
"""Stands for an order that is not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """What lies in a customer's wallet, and what of it is kept, the oldest claim first."""

    balances: tuple[Money, ...]
    kept: tuple[Kept, ...]

    def balance(self, currency: str) -> Money:
        """What lies in it in this currency."""
        found = (one for one in self.balances if one.currency == currency)
        return next(found, Money.zero(currency))

    def kept_elsewhere(self, order_id: int, currency: str) -> tuple[Kept, ...]:
        """What is kept for other orders than this one."""
        return tuple(
            one for one in self.kept if one.money.currency == currency and one.order_id != order_id
        )

    def free(self, order_id: int, currency: str) -> Money:
        """What it can give to this order."""
        older = own = younger = Money.zero(currency)
        for one in self.kept:
            if one.money.currency != currency:
                continue
            if one.order_id == order_id:
                own = one.money
            elif own.is_zero:
                older += one.money
            else:
                younger += one.money
        return usable(self.balance(currency), older=older, own=own, younger=younger)

    def here(self, order_id: int, price: Money, *, claims: Claims, counted: Money) -> Money:
        """What of this order's price it gives, before new money comes."""
        free = self.free(order_id, price.currency)
        return before(price, short=claims.short, part=claims.part, counted=counted, free=free)

    def missing_without(self, taken: Money) -> tuple[Kept, ...]:
        """What would be missing of each claim, were so much taken out of the wallet."""
        left = self.balance(taken.currency) - taken
        missing = []
        for one in self.kept:
            if one.money.currency != taken.currency:
                continue
            given = max(min(left, one.money), Money.zero(taken.currency))
            if given < one.money:
                missing.append(replace(one, money=one.money - given))
            left -= given
        return tuple(missing)


def wallet_of(books: Books, customer_id: int, *, now: datetime) -> Wallet:
    """A customer's wallet; of an empty one nothing is kept."""
    balances = tuple(books[Journal].wallets(customer_id))
    kept = books[Wallets].kept(customer_id, now=now) if balances else ()
    return Wallet(balances=balances, kept=tuple(kept))


def claims_of(books: Books, order_id: int, currency: str, *, wallet: Wallet) -> Claims:
    """What of the wallet counts towards an order; of an empty one nothing does."""
    if order_id == NO_ORDER or wallet.balance(currency).is_zero:
        nothing = Money.zero(currency)
        return Claims(short=nothing, part=nothing)
    return books[Wallets].claims(order_id, currency)


def paid_before(
    books: Books, customer_id: int, order_id: int, price: Money, *, now: datetime
) -> Money:
    """What of the price is here already, and a page for the rest is reckoned with."""
    nothing = Money.zero(price.currency)
    here = came_before(books, customer_id, order_id, price, counted=nothing, now=now)
    return as_part(price, here=here)


def came_before(
    books: Books, customer_id: int, order_id: int, price: Money, *, counted: Money, now: datetime
) -> Money:
    """What counts towards this price, if it still lies in the wallet.

    `counted` is what the page that is being paid was reckoned with: that was promised.
    """
    wallet = wallet_of(books, customer_id, now=now)
    claims = claims_of(books, order_id, price.currency, wallet=wallet)
    return wallet.here(order_id, price, claims=claims, counted=counted)


def reserve(books: Books, customer_id: int, order_id: int, money: Money, *, now: datetime) -> None:
    """Keep so much of the wallet for this order; the caller has claimed the customer."""
    books[Wallets].reserve(order_id, customer_id, money, now=now)
