"""Pages that count on what lies in a wallet: one that is paid just as it asks gives all of it."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shop.access.holds import OnHoldError
from shop.checkout.payment import InReviewError, RenewalUnderWayError
from shop.checkout.wallet import use_wallet
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.customers.records import Customers
from shop.orders.payment_records import Payment, Payments
from shop.settlement.settle import Outcome
from tests.fixtures.goods import PLANS, TERMS
from tests.fixtures.shop import CARD, Shop, price_of
from tests.invariants.what_there_is import Things, there_are

T = TypeVar("T")
PROVIDERS = (CARD, "sandbox_crypto")
# Staff and banks may take money out of a wallet that a page counts on; within the second of it
# the books do not say which of the two came first.
TAKEN_SINCE = """
    SELECT COUNT(*) FROM journal
    WHERE account = 'wallet' AND customer_id = {customer} AND minor > 0 AND entered_at >= {since}
        AND group_ref NOT LIKE 'receipt:%' AND group_ref NOT LIKE 'assigned:%'
"""


class Pages(Things):
    """Rules for a machine that has a shop, its tables, and a way to run both."""

    shop: Shop
    over: set[str]
    """References of payments whose provider said that they failed or ran out."""

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The machine runs it to its end."""
        raise NotImplementedError

    @there_are("full wallets")
    @rule(
        which=st.integers(0, 3),
        slug=st.sampled_from(PLANS),
        term=st.sampled_from(TERMS),
        provider=st.sampled_from(PROVIDERS),
        wants=st.booleans(),
    )
    def a_page_is_asked_for_beside_the_wallet(
        self, which: int, slug: str, term: Interval, provider: str, *, wants: bool
    ) -> None:
        customer, currency = self.one_of("full wallets", which)
        price = self.do(self.shop.storage.read(price_of, slug, term, currency))
        given: dict[str, Any] = {"policy": self.shop.policy, "now": self.shop.now}
        self.do(self.shop.run(use_wallet, customer, price, wants=wants, **given))
        self._ask(customer, slug, term, currency, provider)

    @there_are("pages")
    @rule(which=st.integers(0, 9), provider=st.sampled_from(PROVIDERS))
    def half_of_it_comes_and_a_page_for_the_rest_is_asked_for(
        self, which: int, provider: str
    ) -> None:
        payment = self._page(which)
        half = Money(max(payment.due.minor // 2, 1), payment.due.currency)
        event = self.shop.received(payment, money=half)
        self.do(self.shop.settle(event, provider=payment.provider))
        bought = self.do(
            self.shop.storage.read(lambda books: books[Payments].affairs(payment.reference))
        )
        slug, term = bought.product.slug, bought.interval
        self._ask(payment.customer_id, slug, term, half.currency, provider)

    @there_are("pages")
    @rule(which=st.integers(0, 9))
    def a_page_is_paid_just_as_it_asks(self, which: int) -> None:
        payment = self._page(which)
        gives = self._gives(payment)
        outcome = self.do(self.shop.pay(payment))
        if gives:
            assert outcome in {Outcome.SETTLED, Outcome.IN_REVIEW}

    def _page(self, which: int) -> Payment:
        reference = self.one_of("pages", which)
        found = self.do(
            self.shop.storage.read(lambda books: books[Payments].by_reference(reference))
        )
        assert found is not None
        return found

    def _ask(self, customer: int, slug: str, term: Interval, currency: str, provider: str) -> None:
        who = self.do(self.shop.storage.read(lambda books: books[Customers].get(customer)))
        given: dict[str, Any] = {"slug": slug, "term": term, "currency": currency}
        with suppress(InReviewError, RenewalUnderWayError, OnHoldError):
            self.do(self.shop.ask(who, provider=provider, **given))

    def _gives(self, payment: Payment) -> bool:
        """Whether this page may be paid still, and nobody but its customer had to do with it."""
        since = int(payment.created_at.timestamp())
        taken = TAKEN_SINCE.format(customer=payment.customer_id, since=since)
        return (
            self.shop.now < payment.expires_at
            and payment.reference not in self.over
            and self.tables.one(taken) == 0
        )
