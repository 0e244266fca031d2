"""Paying from the wallet: all of an order at once, or a part of it before the rest comes."""

from dataclasses import dataclass, replace
from datetime import datetime

from shop.catalogue import offers
from shop.checkout import Choice, NotOfferedError, PriceChangedError, begin_payment
from shop.ports import Happening, PaymentEvent
from shop.rules.errors import ShopError
from shop.rules.money import Money
from shop.rules.policy import Policy
from shop.rules.wallet import WALLET, covers, offered_part
from shop.setting_aside import free_for, set_aside
from shop.settlement import Source, settle
from shop.storage.books import Books
from shop.storage.catalog import CatalogTables, Price, Product
from shop.storage.customers import Customers
from shop.storage.journal import Journal
from shop.storage.orders import Orders
from shop.storage.payments import Payment
from shop.storage.wallets import Move, Wallets

_MOVES, _PRICES = 6, 6


class WalletTooSmallError(ShopError):
    """There is not enough in the wallet for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """All of /wallet: balances, the latest movements, and what they would buy."""

    balances: tuple[Money, ...]
    moves: tuple[Move, ...]
    prices: tuple[tuple[Product, Price], ...]


def use_wallet(
    books: Books, customer_id: int, price_id: int, *, wants: bool, policy: Policy, now: datetime
) -> Money:
    """Set aside what the wallet can give to this order, or give it free again; how much it is.

    Nothing is booked yet: the money stays the customer's until the rest comes.
    """
    customer = books[Customers].claim(customer_id)
    price = books[CatalogTables].price(price_id)
    if not books[CatalogTables].get(price.product_id).is_offered:
        raise NotOfferedError
    if not price.is_in_force:
        raise PriceChangedError
    order = books[Orders].open_one(
        customer.id,
        product_id=price.product_id,
        interval=price.interval,
        now=now,
        expires_at=now + policy.order_lifetime,
    )
    free = free_for(books, customer.id, order.id, price.amount.currency)
    part = offered_part(price.amount, free=free) if wants else Money.zero(free.currency)
    set_aside(books, customer.id, order.id, part, now=now)
    return part


def pay_from_wallet(books: Books, choice: Choice, *, policy: Policy, now: datetime) -> Payment:
    """Pay all of it at once: order, receipt, journal and time in this one transaction.

    The receipt is of nothing new: the whole price comes from the wallet, and `settle` decides as
    it does about any money. A second tap finds the first (`PaidAlreadyError`).
    """
    books[Customers].claim(choice.customer_id)
    intent = begin_payment(books, replace(choice, provider=WALLET), policy=policy, now=now)
    payment, price = intent.payment, intent.price.amount
    free = free_for(books, choice.customer_id, payment.order_id, price.currency)
    if not covers(price, free=free):
        raise WalletTooSmallError
    set_aside(books, choice.customer_id, payment.order_id, price, now=now)
    event = PaymentEvent(
        event_id=payment.reference,
        kind="wallet.used",
        happening=Happening.RECEIVED,
        reference=payment.reference,
        receipt_id=payment.reference,
        money=Money.zero(price.currency),
        occurred_at=now,
    )
    settle(books, event, Source(provider=WALLET), policy=policy, now=now)
    return payment


def purse(books: Books, customer_id: int) -> Purse:
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
    return Purse(
        balances=tuple(balances),
        moves=tuple(books[Wallets].moves(customer_id, most=_MOVES)),
        prices=tuple(dearest),
    )
