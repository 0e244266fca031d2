"""What a customer sees of the wallet."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.books import Books
from shop.catalog.offers import offers
from shop.catalog.records import Price, Product
from shop.core.money import Money
from shop.credit.records import Kept, Move, Wallets
from shop.credit.reservations import NO_ORDER, wallet_of

_MOVES, _PRICES = 6, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletView:
    """All of /wallet: balances, what is kept for orders, the latest moves, what it would buy."""

    balances: tuple[Money, ...]
    kept: tuple[Kept, ...]
    moves: tuple[Move, ...]
    prices: tuple[tuple[Product, Price], ...]


def wallet_view(books: Books, customer_id: int, *, now: datetime) -> WalletView:
    """What a person has here, and what it is good for."""
    wallet = wallet_of(books, customer_id, now=now)
    free = [wallet.free(NO_ORDER, one.currency) for one in wallet.balances]
    found = (
        (one.product, price)
        for one in offers(books)
        for prices in one.prices.values()
        for price in prices
        if any(price.amount.currency == has.currency and price.amount <= has for has in free)
    )
    dearest = sorted(found, key=lambda pair: -pair[1].amount.minor)[:_PRICES]
    return WalletView(
        balances=wallet.balances,
        kept=wallet.kept,
        moves=tuple(books[Wallets].moves(customer_id, most=_MOVES)),
        prices=tuple(dearest),
    )
