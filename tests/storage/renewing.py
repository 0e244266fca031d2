"""The queries about kept means, renewals and Star subscriptions, after those of payments."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shop.rules.money import Money
from shop.rules.periods import Interval
from shop.rules.renewing import STAR_TERM
from shop.rules.states import PaymentState
from shop.storage.books import Books
from shop.storage.payments import Payment
from shop.storage.stars import StarState
from tests.books import NOW, subscribe

DAY = timedelta(days=1)
MONTH = Interval.from_key("1m")
EUR = Money(799, "EUR")


def a_payment(books: Books, customer_id: int, reference: str) -> Payment:
    product = books.catalog.by_slug("solo")
    order = books.orders.open_one(
        customer_id, product_id=product.id, interval=MONTH, now=NOW, expires_at=NOW + DAY
    )
    price = books.catalog.price_for(product.id, MONTH, "EUR")
    assert price is not None
    return books.payments.open_one(
        reference=reference,
        order_id=order.id,
        customer_id=customer_id,
        provider="card",
        price_id=price.id,
        due=EUR,
        whole=EUR,
        screen_id=None,
        now=NOW,
        expires_at=NOW + DAY,
        poll_at=NOW + DAY,
    )


def renewals(books: Books) -> None:
    subscription = books.subscriptions.get(subscribe(books, 77))
    customer_id, product_id = subscription.customer_id, subscription.product.id
    payment = a_payment(books, customer_id, "keeps")
    assert books.payments.get(payment.id) == payment
    assert books.payments.get(999) is None
    assert not books.renewals.has_consent(payment.id)
    books.renewals.note_consent(payment.id, now=NOW)
    books.renewals.note_consent(payment.id, now=NOW)
    assert books.renewals.has_consent(payment.id)
    assert books.payments.affairs("keeps").saves

    kept: dict[str, Any] = {"sealed": b"s", "brand": "Visa", "last4": "4242", "now": NOW}
    number = books.renewals.keep_means(payment, **kept)
    assert number is not None
    assert books.renewals.keep_means(payment, **kept) is None, "kept once"
    means = books.renewals.means(number)
    assert means is not None
    assert (means.sealed, means.last4, means.forgotten_at) == (b"s", "4242", None)
    assert books.renewals.means(999) is None
    assert books.renewals.of(subscription.id) is None
    for _ in range(2):
        books.renewals.plan(
            subscription.id,
            means,
            interval=MONTH,
            currency="EUR",
            round_end=NOW + 30 * DAY,
            charge_at=NOW + 29 * DAY,
            next_at=NOW,
        )
    renewal = books.renewals.of(subscription.id)
    assert renewal is not None
    assert (renewal.is_on, renewal.tries, renewal.means) == (True, 0, means)
    assert books.renewals.with_means(number) == [subscription.id]
    assert books.renewals.next_due() == NOW
    assert books.renewals.claim_due(now=NOW, lease=NOW + DAY, most=9) == [subscription.id]
    assert books.renewals.claim_due(now=NOW, lease=NOW + DAY, most=9) == []

    waited = books.renewals.awaited(customer_id, product_id, since=NOW)
    assert waited is not None
    assert waited.id == payment.id
    assert books.renewals.awaited(customer_id, product_id, since=NOW + DAY) is None
    assert books.renewals.charge_under_way(customer_id, product_id) is None
    books.renewals.write(replace(renewal, payment_id=payment.id, told_price_id=1, tries=2))
    assert books.payments.affairs("keeps").is_charge
    charge = books.renewals.charge_under_way(customer_id, product_id)
    assert charge is not None
    assert books.renewals.is_charging(number)
    assert not books.renewals.is_charging(999)
    books.payments.move(charge.id, old=charge.state, new=PaymentState.FINAL, poll_at=None)
    assert books.renewals.charge_under_way(customer_id, product_id) is None
    assert not books.renewals.is_charging(number)

    books.renewals.wipe_means(number)
    assert books.renewals.means(number) == means, "only what is forgotten is wiped"
    assert books.renewals.forget_means(number, now=NOW)
    assert not books.renewals.forget_means(number, now=NOW)
    books.renewals.wipe_means(number)
    forgotten = books.renewals.means(number)
    assert forgotten is not None
    assert (forgotten.sealed, forgotten.forgotten_at) == (b"", NOW)


def stars(books: Books) -> None:
    payment = books.payments.by_reference("keeps")
    product = books.catalog.by_slug("solo")
    assert payment is not None
    for _ in range(2):
        books.stars.begin(payment.id, charge_id="c1", expires_at=NOW + 30 * DAY, now=NOW)
    star = books.stars.of_payment(payment.id)
    assert star is not None
    assert (star.charge_id, star.renews, star.product_id) == ("c1", True, product.id)
    assert books.stars.running(payment.customer_id, product.id, now=NOW) == star
    assert books.stars.running(payment.customer_id, product.id, now=NOW + 31 * DAY) is None
    books.stars.note(
        payment.id, state=StarState.CANCELED, is_stopped_here=True, expires_at=NOW + DAY
    )
    noted = books.stars.of_payment(payment.id)
    assert noted is not None
    assert (noted.renews, noted.is_stopped_here, noted.expires_at) == (False, True, NOW + DAY)
    made = [
        books.stars.payment_for_charge(
            books.stars.order_for_charge(
                payment.customer_id,
                product_id=product.id,
                interval=STAR_TERM,
                now=NOW,
                expires_at=NOW + DAY,
            ),
            reference=reference,
            provider="stars",
            price_id=star.price_id,
            due=Money(430, "XTR"),
            provider_ref=reference,
            now=NOW,
            expires_at=NOW + DAY,
        )
        for reference in ("again1", "again2")
    ]
    assert [one.poll_at for one in made] == [None, None]
    assert made[0].order_id != made[1].order_id, "each charge has an order of its own"
    assert books.stars.is_receipt_known("card", "m1")
    assert not books.stars.is_receipt_known("card", "m9")
    assert "m1" in books.stars.receipts_between("card", since=NOW - DAY, until=NOW + DAY)
    assert books.stars.receipts_between("card", since=NOW + DAY, until=NOW + DAY) == {}
    assert books.stars.take_turn("job", now=NOW, next_at=NOW + DAY)
    assert not books.stars.take_turn("job", now=NOW, next_at=NOW + DAY)
    assert books.stars.take_turn("job", now=NOW + DAY, next_at=NOW + 2 * DAY)
