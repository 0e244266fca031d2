"""What a customer sees of the wallet."""

from dataclasses import dataclass

from shop.books.books import Books
from shop.catalog.offers import offers
from shop.catalog.records import Price, Product
from shop.core.money import Money
from shop.credit.records import Move, Wallets
from shop.credit.reservations import free_for
from shop.ledger.journal_records import Journal

_MOVES, _PRICES = 6, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletView:
    """All of /wallet: balances, the latest movements, and what they would buy."""

    balances: tuple[Money, ...]
    moves: tuple[Move, ...]
    prices: tuple[tuple[Product, Price], ...]


def wallet_view(books: Books, customer_id: int) -> WalletView:
    """What a person has here, and what it is good for."""
    balances = books[Journal].wallets(customer_id)
    free = [free_for(books, customer_id, 0, one.currency) for one in balances]
    found = (
        (one.product, price)
        for one in offers(books)
        for prices in one.prices.values()
        for price in prices
        if any(price.amount.currency == has.currency and price.amount <= has for has in free)
    )
    dearest = sorted(found, key=lambda pair: -pair[1].amount.minor)[:_PRICES]
    return WalletView(
        balances=tuple(balances),
        moves=tuple(books[Wallets].moves(customer_id, most=_MOVES)),
        prices=tuple(dearest),
    )
