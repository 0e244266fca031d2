"""The queries about kept means, renewals and Star subscriptions, after those of payments."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.books.notes import Notes
from shop.catalog.products import STAR_TERM
from shop.catalog.records import CatalogRecords
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.ledger.receipt_records import Receipts
from shop.orders.line_records import NewLine, OrderLines
from shop.orders.order_records import Orders
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import PaymentState
from shop.renewals.records import Renewals
from shop.renewals.star_records import StarState, StarSubscriptions
from shop.settlement.circumstances import CircumstanceRecords
from tests.fixtures.books import NOW, subscribe

DAY = timedelta(days=1)
MONTH = Interval.from_key("1m")
EUR = Money(799, "EUR")


def a_payment(books: Books, customer_id: int, reference: str) -> Payment:
    product = books[CatalogRecords].by_slug("solo")
    price = books[CatalogRecords].price_for(product.id, MONTH, "EUR")
    assert price is not None
    return books[Payments].open_one(
        books[Orders].open_one(customer_id, [NewLine.at(price)], now=NOW, expires_at=NOW + DAY),
        reference=reference,
        provider="card",
        due=EUR,
        whole=EUR,
        screen_id=None,
        now=NOW,
        expires_at=NOW + DAY,
        poll_at=NOW + DAY,
    )


def renewals(books: Books) -> None:
    subscription = books[Subscriptions].get(subscribe(books, 77))
    customer_id, product_id = subscription.customer_id, subscription.product.id
    payment = a_payment(books, customer_id, "keeps")
    assert not books[Renewals].has_consent(payment.id)
    books[Renewals].note_consent(payment.id, now=NOW)
    books[Renewals].note_consent(payment.id, now=NOW)
    assert books[Renewals].has_consent(payment.id)
    assert books[CircumstanceRecords].of("keeps").saves

    kept: dict[str, Any] = {"encrypted": b"s", "brand": "Visa", "last4": "4242", "now": NOW}
    number = books[Renewals].keep_method(payment, **kept)
    assert number is not None
    assert books[Renewals].keep_method(payment, **kept) is None, "kept once"
    method = books[Renewals].method(number)
    assert method is not None
    assert (method.encrypted, method.last4, method.forgotten_at) == (b"s", "4242", None)
    assert books[Renewals].method(999) is None
    assert books[Renewals].of(subscription.id) is None
    for _ in range(2):
        books[Renewals].plan(
            subscription.id,
            method,
            interval=MONTH,
            currency="EUR",
            agreed_at=NOW,
            round_end=NOW + 30 * DAY,
            charge_at=NOW + 29 * DAY,
            next_at=NOW,
        )
    renewal = books[Renewals].of(subscription.id)
    assert renewal is not None
    assert (renewal.is_on, renewal.tries, renewal.method) == (True, 0, method)
    assert books[Renewals].with_means(number) == [subscription.id]
    assert not books[Renewals].has_money_gone(subscription.id)
    assert books[Renewals].next_due() == NOW
    assert books[Renewals].claim_due(now=NOW, lease=NOW + DAY, most=9) == [subscription.id]
    assert books[Renewals].claim_due(now=NOW, lease=NOW + DAY, most=9) == []
    assert books[Renewals].release(*books[Renewals].holders(now=NOW, latest=NOW + DAY), now=NOW)

    waited = books[Renewals].awaited(subscription, since=NOW)
    assert waited is not None
    assert waited.id == payment.id
    assert books[Renewals].awaited(subscription, since=NOW + DAY) is None
    assert books[Renewals].charge_under_way(customer_id, product_id) is None
    books[Renewals].write(replace(renewal, payment_id=payment.id, told_price_id=1, tries=2))
    assert books[CircumstanceRecords].of("keeps").is_charge
    charge = books[Renewals].charge_under_way(customer_id, product_id)
    assert charge is not None
    assert books[Renewals].charged_by(customer_id, payment.id) == books[Renewals].of(
        subscription.id
    )
    assert books[Renewals].charge_of(subscription.id) == charge
    assert books[Renewals].is_charging(number)
    assert not books[Renewals].is_charging(999)
    books[Payments].move(charge.id, old=charge.state, new=PaymentState.FINAL, poll_at=None)
    assert books[Renewals].charge_under_way(customer_id, product_id) is None
    assert books[Renewals].charge_of(subscription.id) is None
    assert not books[Renewals].is_charging(number)
    _forgetting(books, number)


def _forgetting(books: Books, number: int) -> None:
    method = books[Renewals].method(number)
    books[Renewals].wipe_means(number)
    assert books[Renewals].method(number) == method, "only what is forgotten is wiped"
    assert books[Renewals].forget_means(number, now=NOW)
    assert not books[Renewals].forget_means(number, now=NOW)
    books[Renewals].wipe_means(number)
    forgotten = books[Renewals].method(number)
    assert forgotten is not None
    assert (forgotten.encrypted, forgotten.forgotten_at) == (b"", NOW)


def stars(books: Books) -> None:
    payment = books[Payments].by_reference("keeps")
    assert books[Payments].get(999) is None
    product = books[CatalogRecords].by_slug("solo")
    assert payment is not None
    assert books[Payments].get(payment.id) == payment
    for _ in range(2):
        books[StarSubscriptions].begin(
            payment.id, charge_id="c1", expires_at=NOW + 30 * DAY, now=NOW
        )
    star = books[StarSubscriptions].of_payment(payment.id)
    assert star is not None
    assert (star.charge_id, star.renews, star.product_id) == ("c1", True, product.id)
    assert books[StarSubscriptions].running(payment.customer_id, product.id, now=NOW) == star
    assert (
        books[StarSubscriptions].running(payment.customer_id, product.id, now=NOW + 31 * DAY)
        is None
    )
    live = books[Subscriptions].live(payment.customer_id, product.id)
    assert live is not None
    assert books[StarSubscriptions].running_for(live, now=NOW) == star
    assert star.subscription_id is None, "its money was not fulfilled yet"
    [line] = books[OrderLines].of(payment.order_id, quote=str(star.price_id))
    books[OrderLines].note_sold(line.id, subscription_id=live.id)
    books[StarSubscriptions].follow(payment.id, payment.order_id)
    followed = books[StarSubscriptions].running_for(live, now=NOW)
    assert followed is not None
    assert followed.subscription_id == live.id
    books[StarSubscriptions].note(
        payment.id, state=StarState.CANCELED, is_stopped_here=True, expires_at=NOW + DAY
    )
    noted = books[StarSubscriptions].of_payment(payment.id)
    assert noted is not None
    assert (noted.renews, noted.is_stopped_here, noted.expires_at) == (False, True, NOW + DAY)
    monthly = NewLine(product_id=product.id, interval=STAR_TERM, price=None)
    made = [
        books[Payments].payment_for_charge(
            books[Orders].order_for_charge(
                payment.customer_id, monthly, now=NOW, expires_at=NOW + DAY
            ),
            reference=reference,
            provider="stars",
            due=Money(430, "XTR"),
            provider_ref=reference,
            now=NOW,
            expires_at=NOW + DAY,
        )
        for reference in ("again1", "again2")
    ]
    assert [one.poll_at for one in made] == [None, None]
    assert made[0].order_id != made[1].order_id, "each charge has an order of its own"
    assert books[Receipts].receipt_named("card", "m1") is not None
    assert books[Receipts].receipt_named("card", "m9") is None
    came = books[Receipts].receipts_between("card", since=NOW - DAY, until=NOW + DAY)
    assert came["m1"].currency == "EUR"
    assert books[Receipts].receipts_between("card", since=NOW + DAY, until=NOW + DAY) == {}
    assert books[Notes].take_turn("job", now=NOW, next_at=NOW + DAY)
    assert not books[Notes].take_turn("job", now=NOW, next_at=NOW + DAY)
    assert books[Notes].take_turn("job", now=NOW + DAY, next_at=NOW + 2 * DAY)
