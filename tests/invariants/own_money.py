"""Money that needs no page: what lies in a wallet, and cards that renew by themselves."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from shop.access.holds import OnHoldError
from shop.checkout.payment import (
    Choice,
    InReviewError,
    PaidAlreadyError,
    RenewalUnderWayError,
    begin_payment,
)
from shop.checkout.wallet import WalletTooSmallError, pay_from_wallet, use_wallet
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.intake.charges import renew_one
from shop.ports import Happening, PaymentEvent, ProviderSilentError, Refusal
from shop.renewals.renew import due_renewals
from shop.renewals.saved_methods import OverError, forget, switch
from tests.fixtures.goods import PLANS, TERMS
from tests.fixtures.shop import CARD, Shop, price_of
from tests.invariants.what_there_is import Things, there_are
from tests.renewals.conftest import Card

T = TypeVar("T")
RECEIPTS_OF_CHARGES = "SELECT receipt_id FROM receipts WHERE SUBSTR(receipt_id, 1, 2) = 'm_'"
GIVEN_UP = "SELECT reference FROM payments WHERE state = 'expired'"
# The books measure in seconds: what happened within one is not told apart.
RENEWING_AFTER_MONEY_BACK = """
    SELECT r.subscription_id FROM renewals AS r
    INNER JOIN order_lines AS l ON l.subscription_id = r.subscription_id
    INNER JOIN orders AS o ON o.id = l.order_id
    WHERE r.is_on = 1 AND o.state = 'refunded' AND o.closed_at > r.agreed_at
"""
CHARGED_AFTER_MONEY_BACK = """
    SELECT p.reference FROM renewals AS r
    INNER JOIN payments AS p ON p.id = r.payment_id
    INNER JOIN order_lines AS l ON l.subscription_id = r.subscription_id
    INNER JOIN orders AS o ON o.id = l.order_id
    WHERE o.state = 'refunded' AND o.closed_at > r.agreed_at AND p.created_at > o.closed_at
"""
SILENT = ProviderSilentError(reason="nobody there")


class OwnMoney(Things):
    """Rules for a machine that has a shop, its tables, and a way to run both."""

    shop: Shop
    card: Card

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The machine runs it to its end."""
        raise NotImplementedError

    # --- the wallet -----------------------------------------------------------------------

    @there_are("full wallets")
    @rule(
        which=st.integers(0, 3),
        slug=st.sampled_from(PLANS),
        term=st.sampled_from(TERMS),
        screen=st.integers(1, 3),
    )
    def a_wallet_pays(self, which: int, slug: str, term: Interval, screen: int) -> None:
        customer, currency = self.one_of("full wallets", which)
        price = self.do(self.shop.storage.read(price_of, slug, term, currency))
        choice = Choice(customer_id=customer, price_id=price, provider="wallet", screen_id=screen)
        try:
            self.do(
                self.shop.run(pay_from_wallet, choice, policy=self.shop.policy, now=self.shop.now)
            )
        except (
            WalletTooSmallError,
            PaidAlreadyError,
            InReviewError,
            RenewalUnderWayError,
            OnHoldError,
        ):
            return

    @there_are("full wallets")
    @rule(
        which=st.integers(0, 3),
        slug=st.sampled_from(PLANS),
        term=st.sampled_from(TERMS),
        wants=st.booleans(),
    )
    def a_part_is_set_aside(self, which: int, slug: str, term: Interval, *, wants: bool) -> None:
        customer, currency = self.one_of("full wallets", which)
        price = self.do(self.shop.storage.read(price_of, slug, term, currency))
        self.do(
            self.shop.run(
                use_wallet,
                customer,
                price,
                wants=wants,
                policy=self.shop.policy,
                now=self.shop.now,
            )
        )

    # --- kept cards -----------------------------------------------------------------------

    @rule(slug=st.sampled_from(PLANS), term=st.sampled_from(TERMS))
    def a_card_is_kept(self, slug: str, term: Interval) -> None:
        price = self.do(self.shop.storage.read(price_of, slug, term, "EUR"))
        choice = Choice(customer_id=1, price_id=price, provider=CARD, saves=True)
        try:
            intent = self.do(
                self.shop.run(begin_payment, choice, policy=self.shop.policy, now=self.shop.now)
            )
        except (InReviewError, RenewalUnderWayError, OnHoldError):
            return
        self.do(self.shop.pay(intent.payment))
        self.do(self.shop.drain())  # the provider tells which card it was

    @there_are("renewals")
    @rule(why=st.sampled_from([None, None, *Refusal]))
    def cards_behave(self, why: Refusal | None) -> None:
        self.card.why, self.card.trouble = why, None

    @there_are("renewals")
    @rule(is_deaf=st.booleans())
    def the_cards_provider_is_silent(self, *, is_deaf: bool) -> None:
        """A deaf one has taken the money before its answer was lost."""
        self.card.trouble, self.card.is_deaf = SILENT, is_deaf

    @there_are("renewals")
    @rule(which=st.integers(0, 3), is_on=st.booleans())
    def a_renewal_is_switched(self, which: int, *, is_on: bool) -> None:
        with suppress(OnHoldError, OverError):
            self._on_renewal(switch, which, is_on=is_on, policy=self.shop.policy)

    @there_are("renewals")
    @rule(which=st.integers(0, 3))
    def a_card_is_forgotten(self, which: int) -> None:
        self._on_renewal(forget, which)

    @there_are("charges")
    @rule(which=st.integers(0, 3), percent=st.sampled_from([50, 100, 100]))
    def a_charge_is_given_back(self, which: int, percent: int) -> None:
        """In the provider's dashboard, in parts or whole."""
        name, minor, currency = self.one_of("charges", which)
        self._news_of(Happening.REFUNDED, name, Money(max(minor * percent // 100, 1), currency))

    @there_are("charges")
    @rule(
        which=st.integers(0, 3),
        happening=st.sampled_from(
            [Happening.DISPUTED, Happening.DISPUTE_LOST, Happening.DISPUTE_WON]
        ),
    )
    def a_bank_asks_for_a_charge(self, which: int, happening: Happening) -> None:
        name, minor, currency = self.one_of("charges", which)
        self._news_of(happening, name, Money(minor, currency))

    def _news_of(self, happening: Happening, receipt_id: str, money: Money) -> None:
        event = PaymentEvent(
            event_id=f"charge_news_{next(self.shop.numbers)}",
            kind=f"payment.{happening}",
            happening=happening,
            receipt_id=receipt_id,
            money=money,
            occurred_at=self.shop.now,
        )
        self.do(self.shop.settle(event))

    @there_are("renewals")
    @rule(times=st.integers(1, 4))
    def renewals_come_due(self, times: int) -> None:
        """Time runs to the next renewal that wants a look, and it is looked at."""
        for _ in range(times):
            due = self.tables.one("SELECT MIN(next_at) FROM renewals")
            if due is None:
                return
            self.shop.clock.move(seconds=max(0, due - int(self.shop.now.timestamp())))
            self.do(self.renew())

    async def renew(self) -> None:
        """Take up every renewal that is due."""
        shop = self.shop
        for number in await shop.run(due_renewals, now=shop.now, most=50):
            await renew_one(
                shop.storage,
                shop.providers,
                number,
                encryption=shop.encryption,
                policy=shop.policy,
                clock=shop.clock,
            )

    async def hear_of_charges(self) -> None:
        """The provider answers again, and is asked about every charge it was silent about."""
        self.card.trouble = None
        self.shop.clock.move(hours=1)
        await self.renew()
        for (name,) in self.tables.rows(GIVEN_UP):  # its webhook comes after all
            if name in self.card.charged:
                for event in self.card.told_of(self.card.charged[name]):
                    await self.shop.settle(event)

    def check_charges(self) -> None:
        """Money that a card gave is in the books, and so is nothing that none gave."""
        known = [name for (name,) in self.tables.rows(RECEIPTS_OF_CHARGES)]
        assert sorted(known) == sorted(f"m_{name}" for name in self.card.paid)

    @invariant()
    def it_does_not_renew_after_its_money_went_back(self) -> None:
        assert self.tables.rows(RENEWING_AFTER_MONEY_BACK) == []

    @invariant()
    def nobody_is_charged_once_their_money_went_back(self) -> None:
        charged = [name for (name,) in self.tables.rows(CHARGED_AFTER_MONEY_BACK)]
        assert not set(charged) & set(self.card.charged)

    def _on_renewal(self, act: Any, which: int, **facts: object) -> None:  # noqa: ANN401
        number, customer = self.one_of("renewals", which)
        self.do(self.shop.run(act, number, customer, now=self.shop.now, **facts))
