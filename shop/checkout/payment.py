"""From a choice to a page where it is paid: the intent is in the books before anyone is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from shop.access.holds import refuse_on_hold
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.records import CatalogRecords, Price, Product
from shop.checkout.pages import note_answered, note_no_answer
from shop.core.errors import ShopError
from shop.core.money import Money
from shop.core.policy import Policy
from shop.credit.reservations import paid_before
from shop.customers.records import Customer, Customers
from shop.orders.limits import (
    BeyondLimitsError,
    asked_of,
    learned_limits,
    limits_now,
)
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders, QuotedOrder
from shop.orders.orders import new_reference
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import PaymentState
from shop.orders.waits import poll_wait
from shop.orders.ways import WALLET, WayPolicy, arranged
from shop.ports import (
    Clock,
    Limits,
    PaymentProvider,
    PaymentRequest,
    ProviderError,
    takes,
)
from shop.renewals.records import Renewals
from shop.renewals.rules import RenewalPolicy
from shop.renewals.star_records import StarSubscriptions, SubscribedError
from shop.screening.rules import FraudPolicy
from shop.screening.screening import refuse_at_door


class PriceChangedError(ShopError):
    """The price has changed."""


class PaidAlreadyError(ShopError):
    """This has been paid already."""

    def __init__(self, *, reference: str) -> None:
        """Keep which payment it was."""
        super().__init__()
        self.reference = reference


class NotOfferedError(ShopError):
    """This plan is no longer on offer."""


class RenewalUnderWayError(ShopError):
    """This is being renewed from your saved card right now."""


class NotThisWayError(ShopError):
    """This cannot be paid that way."""


class SeenAlreadyError(ShopError):
    """A payment for this is on its way."""


class NotSavedError(ShopError):
    """Nothing renews by itself in this shop just now."""


class InReviewError(ShopError):
    """This was paid, and a person is looking at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a customer wants to pay, and how; `price_id` is the price on the button.

    `currencies` and `limits` are what the way takes, as its port says, `can_save` whether it can
    keep a method; `saves`: the customer agrees that it is kept and renews it by itself.
    """

    customer_id: int
    price_id: int
    provider: str
    currencies: frozenset[str] | None = None
    screen_id: int | None = None
    saves: bool = False
    can_save: bool = True
    limits: Mapping[str, Limits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A payment noted in the books, with what its page needs to say."""

    payment: Payment
    product: Product
    price: Price
    paid_before: Money
    saves: bool = False
    recurs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTexts:
    """What the provider's page says, in the payer's language."""

    title: str
    description: str
    language: str
    return_url: str


def begin_payment(books: Books, choice: Choice, *, policy: Policy, now: datetime) -> Intent:
    """Note the intent to pay. A second tap finds the first try again."""
    customer = books[Customers].claim(choice.customer_id)
    _refuse_second(books, choice)
    price = books[CatalogRecords].price(choice.price_id)
    product = books[CatalogRecords].get(price.product_id)
    if not product.is_offered:
        raise NotOfferedError
    if not price.is_in_force:
        raise PriceChangedError
    refuse_on_hold(books[Subscriptions].live(customer.id, product.id))
    refuse_way(choice, customer, product, price, policy=policy)
    _refuse_renewing(books, choice, product, price, policy=policy, now=now)
    if books[Orders].is_in_review(customer.id, product_id=product.id, interval=price.interval):
        raise InReviewError
    expires_at = now + policy.order_lifetime
    asked = books[Orders].open_one(
        customer.id, [NewLine.at(price)], now=now, expires_at=expires_at
    )
    recurs = product.recurs_at(price)
    # Telegram goes on charging what is paid first: a series begins with its whole price.
    before = (
        Money.zero(price.amount.currency)
        if recurs
        else paid_before(books, customer.id, asked.order.id, price.amount, now=now)
    )
    before = _counted(books, choice, price.amount, before, now=now)
    payment = _open(books, choice, asked, price, before, now=now, expires_at=expires_at)
    is_stale = payment.due + before != price.amount or payment.expires_at <= now
    if payment.url and books[Renewals].has_consent(payment.id) != choice.saves:
        is_stale = True  # its page was made for the other answer
    if is_stale:
        if payment.state is PaymentState.SEEN:
            raise SeenAlreadyError
        # An older try asks for another sum or has run out: it ends, yet late money still counts.
        books[Payments].supersede(payment)
        payment = _open(books, choice, asked, price, before, now=now, expires_at=expires_at)
    if choice.saves:
        books[Renewals].note_consent(payment.id, now=now)
    # Last, because a page that is found again is no further try; refused, none of this was.
    refuse_at_door(books, customer, policy=policy[FraudPolicy], now=now)
    return Intent(
        payment=payment,
        product=product,
        price=price,
        paid_before=before,
        saves=choice.saves,
        recurs=recurs,
    )


def _counted(books: Books, choice: Choice, price: Money, before: Money, *, now: datetime) -> Money:
    """How much of what is here already counts, so that this way takes the rest."""
    learned = learned_limits(books, now=now)
    limits = limits_now(choice.provider, price.currency, choice.limits, learned)
    asked = asked_of(price, price - before, limits)
    if asked is None:
        raise BeyondLimitsError
    return price - asked


def refuse_way(
    choice: Choice, customer: Customer, product: Product, price: Price, *, policy: Policy
) -> None:
    """A button of another day, or nobody's: what is not offered is not taken either."""
    way, currency = choice.provider, price.amount.currency
    # What lies in the wallet is of any currency that ever came.
    # It renews nothing by itself, so it begins no series of charges.
    is_wallet = way == WALLET
    is_taken = not product.recurs_at(price) if is_wallet else takes(choice.currencies, currency)
    rules = policy[WayPolicy].rules
    shown = arranged(rules, {way: currency}, country=customer.country, plan=product.slug)
    if not is_taken or way not in shown:
        raise NotThisWayError


def _refuse_renewing(
    books: Books, choice: Choice, product: Product, price: Price, *, policy: Policy, now: datetime
) -> None:
    """Nobody pays by hand what is being charged at this moment, or lets it renew twice."""
    if books[Renewals].charge_under_way(choice.customer_id, product.id) is not None:
        raise RenewalUnderWayError
    if choice.saves and not (choice.can_save and policy[RenewalPolicy].asks):
        raise NotSavedError
    if choice.saves or product.recurs_at(price):
        star = books[StarSubscriptions].running(choice.customer_id, product.id, now=now)
        if star is not None and star.renews:
            raise SubscribedError


def _refuse_second(books: Books, choice: Choice) -> None:
    # A tap that a killed process left may be answered only after its page was paid (law 12).
    if choice.screen_id is not None and (
        paid := books[Payments].paid_on_screen(
            choice.customer_id, screen_id=choice.screen_id, price_id=choice.price_id
        )
    ):
        raise PaidAlreadyError(reference=paid)


def _open(
    books: Books,
    choice: Choice,
    asked: QuotedOrder,
    price: Price,
    before: Money,
    *,
    now: datetime,
    expires_at: datetime,
) -> Payment:
    return books[Payments].open_one(
        asked,
        reference=new_reference(),
        provider=choice.provider,
        due=price.amount - before,
        whole=price.amount,
        screen_id=choice.screen_id,
        now=now,
        expires_at=expires_at,
        poll_at=now + (poll_wait(timedelta(0)) or timedelta(0)),
    )


async def open_page(
    storage: Storage,
    provider: PaymentProvider,
    intent: Intent,
    texts: PageTexts,
    *,
    chat_id: int,
    policy: Policy,
    clock: Clock,
) -> str:
    """The address where this intent is paid; asked of the provider once for each reference."""
    payment = intent.payment
    if payment.url:
        return payment.url
    request = PaymentRequest(
        reference=payment.reference,
        amount=payment.due,
        title=texts.title,
        description=texts.description,
        expires_at=payment.expires_at,
        return_url=texts.return_url,
        language=texts.language,
        chat_id=chat_id,
        saves=intent.saves,
        recurs=intent.recurs,
    )
    began = monotonic()
    try:
        page = await provider.create(request)
    except ProviderError as error:
        await storage.run(note_no_answer, payment, error, policy=policy, now=clock.now())
        raise
    seconds = monotonic() - began
    await storage.run(note_answered, payment, page, seconds, policy=policy, now=clock.now())
    return page.url
