"""What a customer looks at before paying: the menu, a plan, what is about to be bought."""

from dataclasses import dataclass, field
from datetime import datetime

from shop.access.subscription_records import Subscription, Subscriptions
from shop.access.subscriptions import bought_span
from shop.books.books import Books
from shop.catalog.offers import Offer, offer, offers, shopfront
from shop.catalog.products import STAR_TERM, STARS, Shopfront
from shop.catalog.records import CatalogRecords, Price, Product
from shop.core.errors import NotFoundError
from shop.core.intervals import Interval, Span
from shop.core.money import Money
from shop.core.policy import Policy
from shop.credit.records import Kept
from shop.credit.reservations import NO_ORDER, claims_of, paid_before, wallet_of
from shop.credit.rules import as_part
from shop.customers.records import Customers
from shop.orders.limits import Learned, learned_limits
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import OrderState
from shop.pricing.savings import lowest, saving, shortest
from shop.renewals.records import Renewal, Renewals
from shop.renewals.star_records import StarSubscription, StarSubscriptions
from shop.renewals.who_renews import Renewer, who_renews


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One price of a card; `saving` in whole percent against the shortest time."""

    price: Price
    saving: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A plan as one customer sees it; `terms` in `currency`, empty when it has no prices.

    `star` is what it costs as a subscription in Stars, if it is sold so.
    """

    product: Product
    currency: str
    currencies: tuple[str, ...]
    terms: tuple[Term, ...]
    start: Money | None
    live: Subscription | None
    may_try: bool
    star: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The shop as one customer finds it."""

    front: Shopfront
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What a customer is about to buy; `stars` is the same time for Telegram Stars.

    `due` is less than the price when a part of it came before; `part` of that the customer set
    aside in the wallet, which could give `free` to this (`free_stars` to the price in Stars); of
    the `in_wallet` that lies there it keeps `kept` for other orders. `star` is the Star
    subscription that renews it, if one does. `learned` is what providers refused lately.
    """

    product: Product
    price: Price
    stars: Price | None
    due: Money
    part: Money
    free: Money
    free_stars: Money
    live: Subscription | None
    span: Span
    in_wallet: Money
    kept: tuple[Kept, ...]
    renewal: Renewal | None = None
    star: StarSubscription | None = None
    renewer: Renewer = Renewer.NOBODY
    learned: Learned = field(default_factory=dict)

    @property
    def recurs(self) -> bool:
        """Whether whoever pays this price subscribes in Stars."""
        return self.product.recurs_at(self.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A payment of one's own, with what it is for."""

    payment: Payment
    product: Product
    interval: Interval
    price_id: int | None
    order_state: OrderState
    live: Subscription | None


def menu(books: Books, customer_id: int, *, policy: Policy) -> Menu:
    """The shopfront, and every plan on offer."""
    cards = tuple(_card(books, one, customer_id, policy=policy) for one in offers(books))
    return Menu(front=shopfront(books), cards=cards)


def card(books: Books, slug: str, customer_id: int, *, policy: Policy) -> Card:
    """One plan, on offer or not (see `product.is_offered`)."""
    return _card(books, offer(books, slug), customer_id, policy=policy)


def basket(books: Books, price_id: int, customer_id: int, *, now: datetime) -> Basket:
    """What paying this price would bring, in force or not (see `price.is_in_force`)."""
    price = books[CatalogRecords].price(price_id)
    live = books[Subscriptions].live(customer_id, price.product_id)
    currency = price.amount.currency
    order = _open_order(books, customer_id, price)
    wallet = wallet_of(books, customer_id, now=now)
    claims = claims_of(books, order, currency, wallet=wallet)
    nothing = Money.zero(currency)
    here = wallet.here(order, price.amount, claims=claims, counted=nothing)
    star = None if live is None else books[StarSubscriptions].running_for(live, now=now)
    card = None if live is None else books[Renewals].of(live.id)
    return Basket(
        product=books[CatalogRecords].get(price.product_id),
        price=price,
        stars=books[CatalogRecords].price_for(price.product_id, price.interval, STARS),
        due=price.amount - as_part(price.amount, here=here),
        part=claims.part,
        free=wallet.free(order, currency),
        free_stars=wallet.free(order, STARS),
        in_wallet=wallet.balance(currency),
        kept=wallet.kept_elsewhere(order, currency),
        live=live,
        span=bought_span(price.interval, live=live, now=now),
        renewal=card,
        star=star if star is not None and star.renews else None,
        renewer=Renewer.NOBODY if live is None else who_renews(live, card, star, now=now),
        learned=learned_limits(books, now=now),
    )


def own_basket(
    books: Books, price_id: int, customer_id: int, *, policy: Policy, now: datetime
) -> Basket:
    """The same for someone who may still choose how to pay: Stars are no currency of theirs.

    So whoever turns back from paying in Stars finds every other way, too.
    """
    one = basket(books, price_id, customer_id, now=now)
    is_settled = one.recurs or not one.price.is_in_force or one.due != one.price.amount
    if one.price.amount.currency != STARS or is_settled:
        return one
    own = price_of(books, one.product.slug, one.price.interval, customer_id, policy=policy)
    return one if own is None else basket(books, own.id, customer_id, now=now)


def renewal(
    books: Books, subscription_id: int, customer_id: int, *, policy: Policy
) -> tuple[Product, Price | None]:
    """The plan of one's own subscription, and today's price of the time bought last."""
    subscription = books[Subscriptions].get(subscription_id)
    if subscription.customer_id != customer_id:
        raise NotFoundError(what="subscription", name=subscription_id)
    product = books[CatalogRecords].get(subscription.product.id)
    last = books[Orders].bought_last(
        customer_id, product_id=product.id, subscription_id=subscription.id
    )
    if last is None or not product.is_offered:
        return product, None
    return product, price_of(books, product.slug, last, customer_id, policy=policy)


def way_used_last(books: Books, product_id: int, customer_id: int) -> str:
    """The provider a customer paid this plan with last; "" when it was never paid for."""
    return books[Payments].way_used_last(customer_id, product_id)


def price_of(
    books: Books, slug: str, interval: Interval, customer_id: int, *, policy: Policy
) -> Price | None:
    """Today's price of this time in the customer's currency, None when it is not sold so."""
    one = _card(books, offer(books, slug), customer_id, policy=policy)
    found = (term.price for term in one.terms if term.price.interval == interval)
    return next(found, None)


def rest_of(
    books: Books, slug: str, interval: Interval, currency: str, customer_id: int, *, now: datetime
) -> tuple[Price | None, Money | None]:
    """The price in force that a too small payment was for, and what is missing of it.

    Nothing is missing once the order was paid, or what came was used otherwise.
    """
    product = books[CatalogRecords].by_slug(slug)
    price = books[CatalogRecords].price_for(product.id, interval, currency)
    if price is None or not product.is_offered:
        return None, None
    order = _open_order(books, customer_id, price)
    if order == NO_ORDER:
        return price, None
    before = paid_before(books, customer_id, order, price.amount, now=now)
    return price, None if before.is_zero else price.amount - before


def try_of(books: Books, reference: str, customer_id: int) -> Try:
    """How one's own payment stands in the books."""
    payment = books[Payments].by_reference(reference)
    if payment is None or payment.customer_id != customer_id:
        raise NotFoundError(what="payment", name=reference)
    affairs = books[Payments].affairs(payment.reference)
    interval = affairs.interval
    price = books[CatalogRecords].price_for(affairs.product.id, interval, payment.whole.currency)
    return Try(
        payment=payment,
        product=affairs.product,
        interval=interval,
        price_id=None if price is None else price.id,
        order_state=affairs.order_state,
        live=None
        if affairs.subscription_id is None
        else books[Subscriptions].get(affairs.subscription_id),
    )


def _card(books: Books, one: Offer, customer_id: int, *, policy: Policy) -> Card:
    wanted = books[Customers].get(customer_id).currency
    currencies = _currencies(one, base=policy.base_currency)
    currency = next((code for code in (wanted, *currencies) if code in currencies), "")
    star = one.price(STAR_TERM, STARS) if one.product.star_subscription else None
    prices = (one.price(term, currency) for term in one.prices)
    found = [price for price in prices if price is not None and price != star]
    terms = [(price.interval, price.amount) for price in found]
    live = books[Subscriptions].live(customer_id, one.product.id)
    may_try = one.product.trial_days > 0 and live is None and one.product.is_offered
    return Card(
        product=one.product,
        currency=currency,
        currencies=currencies,
        terms=tuple(
            Term(
                price=price,
                saving=saving((price.interval, price.amount), against=shortest(terms)),
            )
            for price in found
        ),
        start=lowest(terms) if terms else None,
        live=live,
        may_try=may_try and not books[Subscriptions].had_trial(customer_id),
        star=star,
    )


def _currencies(one: Offer, *, base: str) -> tuple[str, ...]:
    """The shop's own first. Stars are a way to pay; they are a currency only without another."""
    codes = {price.amount.currency for prices in one.prices.values() for price in prices}
    national = codes - {STARS} or codes
    return tuple(sorted(national, key=lambda code: (code != base, code)))


def _open_order(books: Books, customer_id: int, price: Price) -> int:
    """The number of the order that waits for this to be paid."""
    return books[Orders].open_now(customer_id, [NewLine.at(price)]) or NO_ORDER


def pay_screens(books: Books, receipt: int) -> list[int]:
    """The messages that still ask for money which this receipt was the last of."""
    return books[Payments].screens(receipt)
