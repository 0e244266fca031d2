"""Paying from the wallet: all of an order at once, or a part of it before the rest comes."""

from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.checkout.payment import (
    Choice,
    NotOfferedError,
    PriceChangedError,
    begin_payment,
    refuse_way,
)
from shop.core.errors import ShopError
from shop.core.money import Money
from shop.core.policy import Policy
from shop.credit.reservations import reserve, wallet_of
from shop.credit.rules import covers, offered_part
from shop.customers.records import Customers
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders
from shop.orders.payment_records import Payment
from shop.orders.ways import WALLET
from shop.ports import Happening, PaymentEvent
from shop.settlement.settle import Source, settle


class WalletTooSmallError(ShopError):
    """There is not enough in the wallet for this."""


def use_wallet(
    books: Books, customer_id: int, price_id: int, *, wants: bool, policy: Policy, now: datetime
) -> Money:
    """Set aside what the wallet can give to this order, or give it free again; how much it is.

    Nothing is booked yet: the money stays the customer's until the rest comes.
    """
    customer = books[Customers].claim(customer_id)
    price = books[CatalogRecords].price(price_id)
    product = books[CatalogRecords].get(price.product_id)
    if not product.is_offered:
        raise NotOfferedError
    if not price.is_in_force:
        raise PriceChangedError
    if wants:
        choice = Choice(customer_id=customer.id, price_id=price.id, provider=WALLET)
        refuse_way(choice, customer, product, price, policy=policy)
    asked = books[Orders].open_one(
        customer.id, [NewLine.at(price)], now=now, expires_at=now + policy.order_lifetime
    )
    order = asked.order
    wallet = wallet_of(books, customer.id, now=now)
    free = wallet.free(order.id, price.amount.currency)
    part = offered_part(price.amount, free=free) if wants else Money.zero(free.currency)
    reserve(books, customer.id, order.id, part, now=now)
    return part


def pay_from_wallet(books: Books, choice: Choice, *, policy: Policy, now: datetime) -> Payment:
    """Pay all of it at once: order, receipt, journal and time in this one transaction.

    The receipt is of nothing new: the whole price comes from the wallet, and `settle` decides as
    it does about any money. A second tap finds the first (`PaidAlreadyError`).
    """
    books[Customers].claim(choice.customer_id)
    intent = begin_payment(books, replace(choice, provider=WALLET), policy=policy, now=now)
    payment, price = intent.payment, intent.price.amount
    wallet = wallet_of(books, choice.customer_id, now=now)
    free = wallet.free(payment.order_id, price.currency)
    if not covers(price, free=free):
        raise WalletTooSmallError
    reserve(books, choice.customer_id, payment.order_id, price, now=now)
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
