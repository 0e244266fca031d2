"""A shop to which everything happens in any order; after each step the books must be right."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from connectors.generated import GeneratedConnector
from connectors.stock import StockConnector
from shop.access.by_staff import freeze, rotate
from shop.access.expiry import change_one, due_changes
from shop.access.holds import OnHoldError
from shop.access.may import may
from shop.access.reminders import remind
from shop.access.stock import BooksShelf
from shop.access.stock_loading import load_stock
from shop.books.opening import storage_at
from shop.checkout.grants import extend, grant
from shop.checkout.payment import InReviewError, RenewalUnderWayError
from shop.checkout.trial import NoTrialError, TrialUsedError, start_trial
from shop.core.errors import BadInputError, DoneAlreadyError, NotFoundError
from shop.core.intervals import Interval, Unit
from shop.core.money import Money
from shop.customers.records import Customer
from shop.desk.failed_jobs import replay_effect
from shop.orders.orders import expire_orders
from shop.orders.payment_records import Payment
from shop.ports import Happening, PaymentEvent
from shop.renewals.rules import RenewalPolicy
from shop.screening.rules import FraudPolicy
from shop.settlement.reviews import approve
from shop.settlement.reviews import refuse as decline
from shop.settlement.settle import Outcome
from shop.settlement.unassigned import assign, unassigned
from tests.fixtures.goods import CURRENCIES, PLANS, TERMS
from tests.fixtures.service import Door
from tests.fixtures.shop import CARD, STAFF, Shop
from tests.fixtures.tables import Dump, KeptTables, contradictions
from tests.invariants.money_back import MoneyBack
from tests.invariants.own_money import OwnMoney
from tests.invariants.pages import PROVIDERS, Pages
from tests.invariants.what_there_is import there_are
from tests.renewals.conftest import Card

T = TypeVar("T")
SUMS: dict[str, Callable[[int], int]] = {
    "just": lambda due: due,
    "half": lambda due: max(due // 2, 1),
    "a cent short": lambda due: max(due - 1, 1),
    "a cent over": lambda due: due + 1,
    "double": lambda due: due * 2,
}


ACCOUNTS = "SELECT subscription_id, connector, token, actual FROM accounts"
NEXT_DUE = """
    SELECT MIN(due_at) FROM outbox AS o WHERE state = 'waiting' AND NOT EXISTS (
        SELECT 1 FROM outbox AS e WHERE e.state = 'waiting' AND e.lane = o.lane AND e.id < o.id
    )
"""


class ShopMachine(MoneyBack, OwnMoney, Pages, RuleBasedStateMachine):
    """`new_url` gives the DATABASE_URL of empty books."""

    new_url: ClassVar[Callable[[], str]]

    people = Bundle("people")
    payments = Bundle("payments")
    events = Bundle("events")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.runner.get_loop()
        url = type(self).new_url()
        self.shop = Shop(storage_at(url))
        self.tables = KeptTables(url)
        self.card = Card()
        self.shop.providers = {CARD: self.card}  # type: ignore[dict-item]  # it only keeps cards
        self.shop.policy = self.shop.policy.choosing(RenewalPolicy(asks=True))
        self.do(self.shop.open())
        self.asked = 0
        self.over = set()
        self.count_things()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to its end."""
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.shop.storage.close())
        self.tables.close()
        self.runner.close()

    # --- people and their choices ---------------------------------------------------------

    @initialize(target=people)
    def first(self) -> Customer:
        return self.do(self.shop.greet(1001))

    @rule(target=people, number=st.integers(1002, 1003))
    def meet(self, number: int) -> Customer:
        return self.do(self.shop.greet(number))

    @rule(
        target=payments,
        person=people,
        slug=st.sampled_from(PLANS),
        term=st.sampled_from(TERMS),
        currency=st.sampled_from(CURRENCIES),
        provider=st.sampled_from(PROVIDERS),
    )
    def choose(
        self, person: Customer, slug: str, term: Interval, currency: str, provider: str
    ) -> Payment | MultipleResults[Payment]:
        try:
            return self.do(
                self.shop.ask(person, slug=slug, term=term, currency=currency, provider=provider)
            )
        except (InReviewError, RenewalUnderWayError, OnHoldError):
            return multiple()

    @rule(person=people, slug=st.sampled_from(PLANS))
    def take_trial(self, person: Customer, slug: str) -> None:
        try:
            self.do(
                self.shop.run(
                    start_trial, person.id, slug, policy=self.shop.policy, now=self.shop.now
                )
            )
        except (TrialUsedError, NoTrialError):
            return

    # --- money ----------------------------------------------------------------------------

    @rule(
        target=events,
        payment=payments,
        paid=st.sampled_from(sorted(SUMS)),
        delay=st.sampled_from([0, 0, 0, 3600, 90_000, 5 * 86_400]),
        tax=st.sampled_from([0, 0, 7, 19, 101]),
    )
    def money_arrives(self, payment: Payment, paid: str, delay: int, tax: int) -> PaymentEvent:
        money = Money(SUMS[paid](payment.due.minor), payment.due.currency)
        at = self.shop.now + timedelta(seconds=delay)
        event = self.shop.received(payment, money=money, at=at)
        event = replace(event, tax=Money(money.minor * tax // 100, money.currency))
        outcome = self.do(self.shop.settle(event, provider=payment.provider))
        assert outcome in {Outcome.SETTLED, Outcome.IN_REVIEW, Outcome.TO_WALLET}
        return event

    @rule(target=events, payment=payments, currency=st.sampled_from(["GBP", *CURRENCIES]))
    def money_of_any_currency_arrives(self, payment: Payment, currency: str) -> PaymentEvent:
        event = self.shop.received(payment, money=Money(799, currency))
        self.do(self.shop.settle(event, provider=payment.provider))
        return event

    @rule(target=events, payment=payments)
    def money_arrives_for_nothing_we_know(self, payment: Payment) -> PaymentEvent:
        event = replace(self.shop.received(payment), reference="tk_nobody", provider_ref="")
        assert self.do(self.shop.settle(event, provider=payment.provider)) is Outcome.UNKNOWN
        return replace(event, for_staff={"provider": payment.provider})

    @rule(
        target=events,
        payment=payments,
        happening=st.sampled_from(
            [
                Happening.SEEN,
                Happening.FAILED,
                Happening.EXPIRED,
                Happening.REFUNDED,
                Happening.DISPUTED,
                Happening.DISPUTE_WON,
                Happening.DISPUTE_LOST,
                Happening.WARNED,
                Happening.UNHANDLED,
            ]
        ),
    )
    def something_happens(self, payment: Payment, happening: Happening) -> PaymentEvent:
        told = self.shop.received(payment)
        event = replace(told, happening=happening, receipt_id="", kind=f"payment.{happening}")
        if happening in {Happening.FAILED, Happening.EXPIRED}:
            self.over.add(payment.reference)
        self.do(self.shop.settle(event, provider=payment.provider))
        return event

    @rule(payment=payments, event=events)
    def an_event_is_repeated(self, payment: Payment, event: PaymentEvent) -> None:
        del payment
        before = self.tables.dump()
        for provider in {self._provider_of(event)}:
            assert self.do(self.shop.settle(event, provider=provider)) is Outcome.KNOWN
        assert self.tables.dump() == before

    @rule(event=events)
    def the_same_money_is_told_under_another_name(self, event: PaymentEvent) -> None:
        if event.happening is not Happening.RECEIVED:
            return
        before = self.tables.dump()
        self.asked += 1
        again = replace(event, event_id=f"asked_{self.asked}")
        self.do(self.shop.settle(again, provider=self._provider_of(event)))
        assert self._money(self.tables.dump()) == self._money(before)

    # --- caution ------------------------------------------------------------------------------

    @rule(most=st.sampled_from([0, 1, 1000, 10**6]))
    def the_owner_becomes_cautious(self, most: int) -> None:
        fraud = FraudPolicy(first_order=dict.fromkeys(CURRENCIES, most) if most else {})
        self.shop.policy = self.shop.policy.choosing(fraud)

    @there_are("reviews")
    @rule(which=st.integers(0, 3), is_fine=st.booleans(), times=st.integers(1, 2))
    def staff_decides(self, which: int, *, is_fine: bool, times: int) -> None:
        act, number = approve if is_fine else decline, self.one_of("reviews", which)
        for time in range(times):
            try:
                self._at_desk(act, review_id=number, policy=self.shop.policy)
            except DoneAlreadyError:
                assert time

    @there_are("lost money")
    @rule(which=st.integers(0, 2), payment=payments, to_order=st.booleans())
    def staff_finds_whose_money_it_is(
        self, which: int, payment: Payment, *, to_order: bool
    ) -> None:
        lost = self.do(self.shop.storage.read(unassigned))
        receipt = self.one_of("lost money", which)
        try:
            self._at_desk(
                assign,
                receipt=receipt,
                customer_id=payment.customer_id,
                reference=payment.reference if to_order else "",
                policy=self.shop.policy,
            )
        except BadInputError:  # some of it went back
            back = f"SELECT SUM(minor) FROM refunds WHERE receipt = {receipt}"  # noqa: S608
            assert self.tables.one(back)
        else:
            assert receipt in [one.id for one in lost]

    # --- staff ----------------------------------------------------------------------------

    @rule(
        person=people,
        slug=st.sampled_from(PLANS),
        term=st.sampled_from([*TERMS, Interval(count=1, unit=Unit.DAY)]),
    )
    def staff_grants(self, person: Customer, slug: str, term: Interval) -> None:
        self.do(
            self.shop.run(
                grant, STAFF, customer_id=person.id, slug=slug, interval=term, now=self.shop.now
            )
        )

    @there_are("subscriptions")
    @rule(which=st.integers(0, 4), days=st.integers(1, 40))
    def staff_extends(self, which: int, days: int) -> None:
        self._at_desk(extend, subscription_id=self.one_of("subscriptions", which), days=days)

    @there_are("subscriptions")
    @rule(which=st.integers(0, 4), is_frozen=st.booleans())
    def staff_holds(self, which: int, *, is_frozen: bool) -> None:
        self._at_desk(
            freeze, subscription_id=self.one_of("subscriptions", which), is_frozen=is_frozen
        )

    @there_are("subscriptions")
    @rule(which=st.integers(0, 4))
    def staff_rotates(self, which: int) -> None:
        self._at_desk(rotate, subscription_id=self.one_of("subscriptions", which))

    def _at_desk(self, act: Callable[..., Any], **facts: object) -> None:
        try:
            self.do(self.shop.run(act, STAFF, now=self.shop.now, **facts))
        except NotFoundError:
            return

    # --- time and the outbox --------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 5, 25, 24 * 3, 24 * 8, 24 * 31, 24 * 60]))
    def time_passes(self, hours: int) -> None:
        self.shop.clock.move(hours=hours)

    @there_are("subscriptions", "orders")
    @rule()
    def the_clock_ticks(self) -> None:
        self.do(self._tick())

    @there_are("effects")
    @rule(most=st.integers(1, 5))
    def some_effects_happen(self, most: int) -> None:
        self.do(self._some(most))

    @there_are("effects")
    @rule(most=st.integers(1, 7))
    def the_service_fails(self, most: int) -> None:
        for service in self.shop.services.values():
            service.trouble = most

    @there_are("effects", "subscriptions")
    @rule()
    def everything_comes_to_rest(self) -> None:
        self.do(self._rest())
        self.check_charges()
        self._check_delivered()

    async def _tick(self) -> None:
        shop = self.shop
        for number, customer in await shop.storage.read(due_changes, now=shop.now, most=500):
            await shop.run(change_one, number, customer, now=shop.now)
        await shop.run(remind, now=shop.now, most=500)
        await shop.run(expire_orders, clock=shop.clock)
        await self.renew()

    async def _some(self, most: int) -> None:
        from shop.messaging.outbox import claim

        for effect in await self.shop.run(claim, now=self.shop.now, most=most):
            await self.shop.carry_out(effect)

    async def _rest(self) -> None:
        """Let leases and waits pass, replay what was given up, until nothing is left to do."""
        shop = self.shop
        for service in shop.services.values():
            service.trouble = 0
        await self.hear_of_charges()
        for _ in range(100):
            await self._tick()
            await shop.drain()
            for (number,) in self.tables.rows("SELECT id FROM outbox WHERE state = 'dead'"):
                await shop.run(replay_effect, STAFF, effect_id=number, now=shop.now)
            due = self.tables.one(NEXT_DUE)
            if due is None:
                return
            shop.clock.move(seconds=max(0, due - int(shop.now.timestamp())))
        msg = "the shop never comes to rest"
        raise AssertionError(msg)

    # --- what is always so ----------------------------------------------------------------

    @invariant()
    def what_there_is_is_counted(self) -> None:
        self.count_things()

    @invariant()
    def the_books_hold_no_contradiction(self) -> None:
        assert contradictions(self.tables) == {}

    @invariant()
    def time_that_runs_on_is_seamless(self) -> None:
        query = """
            SELECT a.ends_at, b.starts_at, b.made_at, s.grace_days, o.kind
            FROM periods AS a
            INNER JOIN periods AS b ON b.subscription_id = a.subscription_id
                AND b.starts_at = (
                    SELECT MIN(starts_at) FROM periods
                    WHERE subscription_id = a.subscription_id AND starts_at > a.starts_at
                )
            INNER JOIN subscriptions AS s ON s.id = a.subscription_id
            INNER JOIN order_lines AS l ON l.id = a.line_id
            INNER JOIN orders AS o ON o.id = l.order_id
        """
        for ends, starts, made, grace, kind in self.tables.rows(query):
            patience = 0 if kind == "trial" else grace * 86_400
            if made < ends + patience:
                assert starts == ends
            else:
                assert starts == made

    @invariant()
    def nothing_is_given_for_less_than_its_price(self) -> None:
        query = """
            SELECT o.id FROM orders AS o
            INNER JOIN payments AS y ON y.order_id = o.id
            INNER JOIN receipts AS r ON r.payment_id = y.id
            WHERE o.kind = 'purchase' AND o.state IN ('paid', 'refunded')
            GROUP BY o.id HAVING SUM(r.to_order) <> MAX(y.whole)
        """
        assert self.tables.rows(query) == [], "this shop tolerates nothing"

    @invariant()
    def access_is_where_time_was_paid_for(self) -> None:
        query = """
            SELECT a.token, s.is_frozen, s.grace_days, MAX(p.ends_at),
                MAX(CASE WHEN o.kind = 'trial' THEN 0 ELSE p.ends_at END)
            FROM accounts AS a
            INNER JOIN subscriptions AS s ON s.id = a.subscription_id
            INNER JOIN periods AS p ON p.subscription_id = s.id
            INNER JOIN order_lines AS l ON l.id = p.line_id
            INNER JOIN orders AS o ON o.id = l.order_id
            WHERE s.state <> 'ended' GROUP BY a.token, s.is_frozen, s.grace_days
        """
        now = int(self.shop.now.timestamp())
        for token, is_frozen, grace, ends, paid in self.tables.rows(query):
            until = max(ends, paid + grace * 86_400)
            is_due = now < until and not is_frozen
            access = self.do(self.shop.storage.read(may, token, now=self.shop.now))
            assert (access is not None) == is_due
        ended = """
            SELECT a.token FROM accounts AS a
            INNER JOIN subscriptions AS s ON s.id = a.subscription_id WHERE s.state = 'ended'
        """
        for (token,) in self.tables.rows(ended):
            assert self.do(self.shop.storage.read(may, token, now=self.shop.now)) is None

    def _check_delivered(self) -> None:
        """Who has access has an account that is open, and who has none has none that is."""
        told = self._told()
        for number, connector, token, actual in self.tables.rows(ACCOUNTS):
            door = self.shop.services[connector].accounts.get(number)
            access = self.do(self.shop.storage.read(may, token, now=self.shop.now))
            if access is not None:
                assert (door, actual) == (Door.OPEN, "active")
                assert number in told
            else:
                assert door is not Door.OPEN
                assert actual != "active"
        made = [service.made for service in self.shop.services.values()]
        assert all(many == 1 for counts in made for many in counts.values())

    def _told(self) -> set[int]:
        """Whose credentials were told."""
        return {
            int(effect.payload["subscription"])
            for effect in self.shop.told
            if effect.payload["notice"] == "credentials"
        }

    def _provider_of(self, event: PaymentEvent) -> str:
        found = self.tables.rows(
            f"SELECT provider FROM inbox WHERE event_id = '{event.event_id}'"  # noqa: S608
        )
        return str(found[0][0])

    def _money(self, dump: Dump) -> Dump:
        kept = ("receipts", "journal", "periods", "orders", "payments", "subscriptions", "outbox")
        return {table: dump[table] for table in kept}


class ShippedMachine(ShopMachine):
    """The same with the connectors that the shop ships, and stock that may run out."""

    def __init__(self) -> None:
        super().__init__()
        shop = self.shop
        shelf = BooksShelf(
            shop.storage, encryption=shop.encryption, clock=shop.clock, policy=shop.policy
        )
        shop.connectors = {
            "generated": GeneratedConnector(playlist_url="https://shop.example/{token}.m3u8"),
            "stock": StockConnector(shelf=shelf),
        }
        self.loaded = 0

    @rule(many=st.integers(1, 3))
    def stock_is_loaded(self, many: int) -> None:
        lines = [f"line{self.loaded + n},password{self.loaded + n}" for n in range(many)]
        self.loaded += many
        csv = "\n".join(["username,password", *lines])
        self.do(
            self.shop.run(
                load_stock, "duo", csv, encryption=self.shop.encryption, now=self.shop.now
            )
        )

    async def _rest(self) -> None:
        # Enough for whoever waits; running out is a case of its own in tests/stories.
        lines = [f"spare{self.loaded + n},password{self.loaded + n}" for n in range(40)]
        self.loaded += 40
        csv = "\n".join(["username,password", *lines])
        await self.shop.run(
            load_stock, "duo", csv, encryption=self.shop.encryption, now=self.shop.now
        )
        await super()._rest()

    def _check_delivered(self) -> None:
        told = self._told()
        for number, _, token, actual in self.tables.rows(ACCOUNTS):
            access = self.do(self.shop.storage.read(may, token, now=self.shop.now))
            assert (access is not None) == (actual == "active")
            if access is not None:
                assert number in told

    @invariant()
    def a_line_of_stock_is_handed_to_one(self) -> None:
        query = """
            SELECT subscription_id FROM stock WHERE state = 'taken'
            GROUP BY subscription_id HAVING COUNT(*) > 1
        """
        assert self.tables.rows(query) == []
