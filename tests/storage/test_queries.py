"""Every query of shop/storage/sql, run at least once in each kind of database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shop.rules.errors import NotFoundError
from shop.rules.fraud import BlockedBy, Check, Finding, Ruling
from shop.rules.money import Money
from shop.rules.periods import Interval
from shop.rules.receiving import Judgement, Verdict
from shop.rules.states import (
    DisputeState,
    OrderState,
    PaymentState,
    RefundState,
    SubscriptionState,
)
from shop.rules.transfers import FileKind, ProofState
from shop.storage import queries
from shop.storage.accounts import Actual
from shop.storage.books import Books
from shop.storage.claims import ClaimState
from shop.storage.disputes import DisputeKind
from shop.storage.guards import ReviewState
from shop.storage.inbox import InboxState
from shop.storage.journal import WALLET, Entry, UnbalancedError
from shop.storage.opening import Storage
from shop.storage.orders import Order, OrderKind
from shop.storage.outbox import Effect, Kind
from shop.storage.payments import Payment
from shop.storage.proofs import File
from shop.storage.refunds import NewRefund, Way
from tests.books import NOW, PLAN, month_from, put_plan, subscribe
from tests.storage.renewing import renewals, stars

DAY = timedelta(days=1)
MONTH = Interval.from_key("1m")
EUR = Money(799, "EUR")


class Heard(dict[str, Any]):
    """Queries that remember which of them were asked for."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        super().__init__(found)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a query
        self.names.add(name)
        return super().__getitem__(name)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, books_url: str) -> Heard:
    heard = Heard(queries.load_queries("sqlite" if books_url.startswith("sqlite") else "postgres"))
    monkeypatch.setattr(queries, "load_queries", lambda _dialect: heard)
    return heard


async def test_every_query_runs(heard: Heard, storage: Storage) -> None:
    for story in (
        people,
        catalog,
        orders,
        payments,
        proofs,
        money,
        subscriptions,
        accounts,
        periods,
        refunds,
        disputes,
        uses,
        stock,
        wallets,
        outbox,
        inbox,
        staff,
        guards,
        loose_money,
        circuits,
        renewals,
        stars,
    ):
        await storage.run(story)
    assert set(heard) - heard.names == set()


def people(books: Books) -> None:
    ada = books.customers.greet(
        7, name="Ada", username="ada", language="en", zone="UTC", source="friend", now=NOW
    )
    again = books.customers.greet(
        7, name="Ada L.", username="lady", language="de", zone="Asia/Tokyo", source="", now=NOW
    )
    assert (again.id, again.name, again.username) == (ada.id, "Ada L.", "lady")
    assert (again.language, again.zone) == ("en", "UTC")
    assert books.customers.claim(ada.id) == books.customers.get(ada.id) == again
    assert books.customers.by_telegram(7) == again
    assert books.customers.by_telegram(8) is None
    for words in ("ada l", "@lady", "7", str(ada.id)):
        assert books.customers.find(words) == [again]
    for words in ("%", "_", "a%", "9" * 30, "x", "'; DROP TABLE customers"):
        assert books.customers.find(words) == []
    books.customers.set_language(ada.id, "de")
    books.customers.set_currency(ada.id, "USD")
    books.customers.set_country(ada.id, "DE")
    books.customers.set_reminders(ada.id, wants=False)
    books.customers.set_reachable(7, is_reachable=False)
    changed = books.customers.get(ada.id)
    assert (changed.language, changed.currency, changed.country) == ("de", "USD", "DE")
    assert (changed.wants_reminders, changed.is_reachable) == (False, False)
    for look in (books.customers.get, books.customers.claim):
        with pytest.raises(NotFoundError, match="There is no customer 99"):
            look(99)


def catalog(books: Books) -> None:
    assert books.catalog.latest() is None
    books.catalog.note_document(digest="a", document={"n": 1}, now=NOW)
    books.catalog.note_document(digest="b", document={"n": 2}, now=NOW)
    assert books.catalog.latest_id() > 0
    assert books.catalog.latest() == {"n": 2}
    product_id = put_plan(books)
    assert put_plan(books) == product_id
    assert [one.slug for one in books.catalog.offered()] == ["solo"]
    assert books.catalog.by_slug("solo") == books.catalog.get(product_id)
    books.catalog.set_price(product_id, MONTH, Money(699, "EUR"), now=NOW)
    books.catalog.set_price(product_id, MONTH, EUR, now=NOW)
    books.catalog.set_price(product_id, MONTH, Money(899, "USD"), now=NOW)
    books.catalog.drop_price(product_id, MONTH, "USD", now=NOW)
    price = books.catalog.price_for(product_id, MONTH, "EUR")
    assert price is not None
    assert price.amount == EUR
    assert books.catalog.price_for(product_id, MONTH, "USD") is None
    assert books.catalog.prices(product_id) == books.catalog.all_prices() == [price]
    assert books.catalog.price(price.id) == price
    books.catalog.put_product("gold", document=PLAN, position=1)
    books.catalog.withdraw("gold")
    assert not books.catalog.by_slug("gold").is_offered
    assert [one.slug for one in books.catalog.offered()] == ["solo"]
    for look in (books.catalog.get, books.catalog.price):
        with pytest.raises(NotFoundError):
            look(99)


def order_of(books: Books, customer_id: int = 1) -> Order:
    return books.orders.open_one(
        customer_id, product_id=1, interval=MONTH, now=NOW, expires_at=NOW + DAY
    )


def orders(books: Books) -> None:
    order = order_of(books)
    assert order_of(books).id == order.id
    assert books.orders.next_expiry() == NOW + DAY
    given = books.orders.add_given(1, product_id=1, kind=OrderKind.GRANT, interval=MONTH, now=NOW)
    assert given.state is OrderState.PAID
    assert books.orders.expire(now=NOW + DAY - timedelta(seconds=1), most=9) == 0
    assert books.orders.expire(now=NOW + DAY, most=9) == 1
    assert books.orders.close(order.id, OrderState.PAID, now=NOW)
    assert not books.orders.close(order.id, OrderState.PAID, now=NOW)
    assert [(one.id, slug) for one, slug in books.orders.of(1, most=9)] == [
        (given.id, "solo"),
        (order.id, "solo"),
    ]


def payment_of(books: Books, reference: str) -> Payment:
    price = books.catalog.price_for(1, MONTH, "EUR")
    assert price is not None
    return books.payments.open_one(
        reference=reference,
        order_id=order_of(books).id,
        customer_id=1,
        provider="card",
        price_id=price.id,
        due=EUR,
        whole=EUR,
        screen_id=5,
        now=NOW,
        expires_at=NOW + DAY,
        poll_at=NOW,
    )


def payments(books: Books) -> None:
    payment = payment_of(books, "r1")
    assert payment_of(books, "r2").reference == "r1", "a second tap finds the first try"
    books.payments.note_page(payment.id, provider_ref="p1", url="https://a", expires_at=NOW)
    found = books.payments.by_reference("r1")
    assert found is not None
    assert (found.url, found.provider_ref) == ("https://a", "p1")
    assert books.payments.by_provider_ref("card", "p1") == found
    assert books.payments.by_reference("r2") is None
    assert books.payments.by_provider_ref("card", "p2") is None
    payer = books.customers.claim_payer("r1", "card")
    assert payer is not None
    assert payer.id == payment.customer_id
    assert books.customers.claim_payer("r1", "another") is None
    assert books.payments.next_poll() == NOW
    assert [one.id for one in books.payments.claim_polls(now=NOW, lease=NOW + DAY, most=9)] == [
        payment.id
    ]
    assert books.payments.claim_polls(now=NOW, lease=NOW + DAY, most=9) == []
    books.payments.poll_later(payment.id, NOW + 2 * DAY)
    affairs = books.payments.affairs(payment.reference)
    assert (affairs.whole, affairs.poll_at, affairs.subscription_id) == (EUR, NOW + 2 * DAY, None)
    created, final = PaymentState.CREATED, PaymentState.FINAL
    assert books.payments.paid_on_screen(payment.customer_id, screen_id=7, price_id=1) is None
    books.payments.move(payment.id, old=created, new=final, poll_at=None)
    books.payments.move(payment.id, old=created, new=PaymentState.FAILED, poll_at=NOW)
    moved = books.payments.by_reference("r1")
    assert moved is not None
    assert (moved.state, moved.poll_at) == (final, None), "the first to move it was right"


def proofs(books: Books) -> None:
    payment = books.payments.open_one(
        reference="t1",
        order_id=order_of(books).id,
        customer_id=1,
        provider="transfer",
        price_id=1,
        due=EUR,
        whole=EUR,
        screen_id=5,
        now=NOW,
        expires_at=NOW + DAY,
        poll_at=NOW,
    )
    found = books.proofs.payment_for(1, since=NOW)
    assert found is not None
    assert found.id == payment.id
    assert books.proofs.payment_for(1, since=NOW + DAY) is None
    assert books.proofs.payment_for(2, since=NOW) is None
    file = File(kind=FileKind.PHOTO, file_id="f1", unique_id="u1", digest="d1")
    proof = books.proofs.add(payment, file, now=NOW)
    assert proof is not None
    assert (proof.file, proof.state) == (file, ProofState.WAITING)
    assert books.proofs.add(payment, file, now=NOW) is None, "the same file counts once"
    other = books.proofs.add(payment, replace(file, unique_id="u2"), now=NOW)
    assert other is not None
    assert books.proofs.get(proof.id) == books.proofs.by_file(payment.id, "u1") == proof
    assert books.proofs.get(99) is None
    assert books.proofs.payment(proof.id).reference == "t1"
    assert [one.id for one in books.proofs.waiting(most=9)] == [proof.id, other.id]
    assert (books.proofs.count_waiting(), books.proofs.count_waiting(99)) == (2, 0)
    assert [one.id for one in books.proofs.alike(99, file, most=9)] == [proof.id, other.id]
    assert books.proofs.alike(99, replace(file, unique_id="x", digest=""), most=9) == []
    decided: dict[str, Any] = {"staff_id": 9, "minor": 799, "now": NOW}
    assert books.proofs.decide(proof.id, ProofState.APPROVED, **decided)
    assert not books.proofs.decide(proof.id, ProofState.REFUSED, **decided)
    books.proofs.close_others(payment.id, staff_id=9, now=NOW)
    assert books.proofs.count_waiting() == 0
    books.payments.move(payment.id, old=payment.state, new=PaymentState.EXPIRED, poll_at=None)


def money(books: Books) -> None:
    short = Judgement(
        verdict=Verdict.SHORT,
        to_order=Money(0, "EUR"),
        to_wallet=EUR,
        from_wallet=Money(0, "EUR"),
        fulfils=False,
    )
    facts: dict[str, Any] = {
        "provider": "card",
        "receipt_id": "m1",
        "payment_id": 1,
        "customer_id": 1,
        "money": EUR,
        "judgement": short,
        "tax": 0,
        "occurred_at": NOW,
        "now": NOW,
    }
    assert books.payments.add_receipt(**facts) is not None
    assert books.payments.add_receipt(**facts) is None
    paid = books.payments.by_receipt("card", "m1")
    assert paid is not None
    assert paid.reference == "r1"
    assert books.payments.by_receipt("card", "m2") is None
    assert books.payments.screens(1) == [5]
    assert books.payments.screens(99) == []
    assert books.payments.way_used_last(1, 1) == ""  # its order is not paid yet
    order_id = order_of(books).id
    assert books.payments.short_before(order_id, "EUR") == EUR
    assert books.payments.short_before(order_id, "USD") == Money(0, "USD")
    [receipt] = books.payments.receipts_of(1, most=9)
    assert (receipt.money, receipt.verdict) == (EUR, Verdict.SHORT)
    assert books.payments.totals(since=NOW, until=NOW + DAY) == [(1, EUR)]
    books.journal.enter(
        "receipt:1",
        [Entry(account="card", money=EUR), Entry(account=WALLET, money=-EUR, customer_id=1)],
        now=NOW,
    )
    assert books.journal.wallet(1, "EUR") == EUR
    assert books.journal.wallet(1, "USD") == Money(0, "USD")
    assert books.journal.wallets(1) == [EUR]
    assert books.journal.totals() == [("card", EUR), (WALLET, -EUR)]
    assert books.journal.unbalanced() == []
    with pytest.raises(UnbalancedError):
        books.journal.enter("odd", [Entry(account="card", money=EUR)], now=NOW)


def subscriptions(books: Books) -> None:
    assert books.subscriptions.take_trial(1, 1, now=NOW)
    assert not books.subscriptions.take_trial(1, 1, now=NOW)
    assert books.subscriptions.had_trial(1)
    assert not books.subscriptions.had_trial(2)
    found = subscribe(books, 70)
    schedule = month_from(NOW)
    one = books.subscriptions.get(found)
    assert books.subscriptions.live(one.customer_id, one.product.id) == one
    assert books.subscriptions.live(1, one.product.id) is None
    assert books.subscriptions.of(one.customer_id) == [one]
    books.subscriptions.add_period(
        found, order_id=None, starts_at=NOW, ends_at=schedule.paid_until, now=NOW
    )
    books.subscriptions.extend(found, month_from(schedule.paid_until))
    renewed = books.subscriptions.get(found)
    assert renewed.standing.paid_until > one.standing.paid_until
    assert books.subscriptions.periods(found) == [(NOW, schedule.paid_until)]
    books.subscriptions.hold(found, is_held=True)
    assert books.subscriptions.get(found).standing.is_held
    end = renewed.standing.paid_until
    assert books.subscriptions.changing(now=end, most=9) == [(found, one.customer_id)]
    assert books.subscriptions.changing(now=NOW, most=9) == []
    assert books.subscriptions.next_reminder() is not None
    [due] = books.subscriptions.reminding(now=end, most=9)
    assert not due.is_told, "who is held is not reminded"
    books.subscriptions.reminded([(due, end + DAY)])
    books.subscriptions.reminded([(due, end + 2 * DAY)])
    assert books.subscriptions.next_reminder() == end + DAY, "the first to note it was right"
    books.subscriptions.reschedule(found, None)
    assert books.subscriptions.next_reminder() is None
    books.subscriptions.move(found, SubscriptionState.PAST_DUE, change_at=None)
    assert books.subscriptions.counts() == {SubscriptionState.PAST_DUE: 1}
    with pytest.raises(NotFoundError):
        books.subscriptions.get(99)


def accounts(books: Books) -> None:
    assert books.accounts.add(1, connector="generated", token="t1") == 1
    assert books.accounts.wish(1) == 2
    books.accounts.note(1, actual=Actual.ACTIVE, external_id="ada", sealed=b"\x00\xff")
    books.accounts.note_delivered(1, now=NOW)
    books.accounts.set_token(1, "t2")
    account = books.accounts.get(1)
    assert (account.sealed, account.token, account.delivered_at) == (b"\x00\xff", "t2", NOW)
    assert books.accounts.holder("t1") is None
    holder = books.accounts.holder("t2")
    assert holder is not None
    assert (holder.account, holder.product.slug) == (account, "solo")
    assert books.accounts.holders_named("ada", connector="generated") == [holder]
    assert books.accounts.holders_named("ada", connector="stock") == []
    assert books.accounts.holders_named("", connector="generated") == []
    for look in (books.accounts.get, books.accounts.wish):
        with pytest.raises(NotFoundError):
            look(99)


def periods(books: Books) -> None:
    [one] = books.subscriptions.stretches(1)
    assert (one.order_id, one.is_trial) == (None, False)
    books.subscriptions.set_period(one.id, starts_at=NOW, ends_at=NOW + DAY)
    assert books.subscriptions.periods(1) == [(NOW, NOW + DAY)]


def refund_of(books: Books, reference: str, **more: Any) -> int:  # noqa: ANN401 - NewRefund's own
    nothing = Money.zero("EUR")
    usual: dict[str, Any] = {
        "way": Way.PROVIDER,
        "state": RefundState.ASKED,
        "money": Money(300, "EUR"),
        "from_wallet": nothing,
        "from_order": nothing,
        "tax": nothing,
        "reason": "wish",
        "staff_id": 9,
        "ask_at": NOW,
        "done_at": None,
    }
    new = NewRefund(reference=reference, receipt=1, customer_id=1, **(usual | more))
    return books.refunds.add(new, now=NOW)


def refunds(books: Books) -> None:
    case = books.refunds.case(1)
    assert (case.standing.money, case.standing.to_wallet, case.standing.wallet) == (EUR, 799, 799)
    assert (case.order_id, case.plan, case.reference) == (order_of(books).id, "solo", "r1")
    assert books.refunds.receipts_of_payment(1) == [1]
    assert books.refunds.receipt_named("card", "m1") == 1
    assert books.refunds.receipt_named("card", "m2") is None
    first = refund_of(books, "a", from_wallet=Money(300, "EUR"))
    refund_of(books, "b", way=Way.WALLET, state=RefundState.DONE, ask_at=None, done_at=NOW)
    assert books.refunds.next_question() == NOW
    later = NOW + DAY
    assert [one.id for one in books.refunds.claim(now=NOW, lease=later, most=9)] == [first]
    assert books.refunds.claim(now=NOW, lease=later, most=9) == []
    standing = books.refunds.case(1).standing
    assert (standing.given_back, standing.wallet_gained) == (300, 0)
    one = books.refunds.get(first)
    done = RefundState.DONE
    assert books.refunds.move(one, done, refund_ref="re_1", ask_at=None, done_at=NOW)
    assert not books.refunds.move(one, RefundState.FAILED, ask_at=None), "the first was right"
    books.refunds.name(first, "re_2")
    assert books.refunds.get(first).refund_ref == "re_1", "it has its name"
    books.refunds.name(first + 1, "re_2")
    assert books.refunds.get(first + 1).refund_ref == "re_2"
    books.refunds.note_time_taken(first, seconds_back=60)
    assert books.refunds.case(1).seconds_back == 60
    assert books.refunds.bounce(first, note="closed", now=NOW)
    assert not books.refunds.bounce(first, note="closed", now=NOW), "it comes back once"
    assert (books.refunds.get(first).bounced_at, books.refunds.get(first).note) == (NOW, "closed")
    assert books.refunds.into_wallet(first, now=NOW)
    assert not books.refunds.into_wallet(first, now=NOW)
    assert [each.id for each in books.refunds.of_receipt(1)] == [first, first + 1]
    assert [each.id for each in books.refunds.of(1, most=9)] == [first + 1, first]
    assert books.refunds.totals(since=NOW, until=later) == [(2, Money(600, "EUR"))]
    assert not books.payments.affairs("r1", receipt_id="m1").is_told_of
    assert books.refunds.tell_total("card", "m1", EUR, now=NOW)
    assert not books.refunds.tell_total("card", "m1", EUR, now=NOW)
    assert not books.refunds.tell_total("card", "m1", Money(1, "EUR"), now=NOW)
    assert books.refunds.total("card", "m1") == EUR
    assert books.refunds.total("card", "m2") is None
    assert books.payments.affairs("r1", receipt_id="m1").is_told_of
    order = order_of(books)
    assert not books.orders.refund(order.id, now=NOW), "it was never paid"
    for look in (books.refunds.get, books.refunds.case):
        with pytest.raises(NotFoundError):
            look(99)


def disputes(books: Books) -> None:
    number = books.disputes.add(
        provider="card",
        kind=DisputeKind.DISPUTE,
        dispute_ref="",
        receipt_id="m1",
        receipt=None,
        payment_id=1,
        customer_id=1,
        money=Money.zero("EUR"),
        state=DisputeState.OPEN,
        reason="",
        answer_by=None,
        now=NOW,
    )
    one = books.disputes.get(number)
    named = replace(one, dispute_ref="du_1", money=EUR, receipt=1, answer_by=NOW, reason="fraud")
    books.disputes.name(named)
    assert books.disputes.about("card", DisputeKind.DISPUTE, "m1") == [named]
    assert books.disputes.about("card", DisputeKind.WARNING, "m1") == []
    books.disputes.freeze(number, 1)
    assert books.disputes.is_frozen(1, besides=number + 1)
    assert not books.disputes.is_frozen(1, besides=number)
    assert books.disputes.close(number, DisputeState.WON, now=NOW)
    assert not books.disputes.close(number, DisputeState.LOST, now=NOW)
    assert [each.state for each in books.disputes.of(1, most=9)] == [DisputeState.WON]
    effect = Effect(kind=Kind.CHAT, lane="chat:7", key="told", payload={"notice": "paid"})
    books.outbox.add([effect], now=NOW)
    [sent] = books.outbox.claim(now=NOW, lease=NOW + DAY, most=9)
    books.outbox.finish(sent.id, now=NOW)
    assert books.disputes.messages("chat:7", most=9) == [({"notice": "paid"}, NOW)]
    with pytest.raises(NotFoundError):
        books.disputes.get(99)


def uses(books: Books) -> None:
    for at in (NOW, NOW + DAY, NOW):
        books.uses.note(1, door="nginx", address="192.0.2.1", now=at)
    [use] = books.uses.of(1, most=9)
    assert (use.first_at, use.last_at, use.times) == (NOW, NOW + DAY, 2)
    assert books.uses.forget(before=NOW + DAY) == 0
    assert books.uses.forget(before=NOW + 2 * DAY) == 1


def stock(books: Books) -> None:
    for print_ in ("a", "b", "c"):
        assert books.stock.add("solo", fingerprint=print_, sealed=print_.encode(), now=NOW)
    assert not books.stock.add("gold", fingerprint="a", sealed=b"", now=NOW)
    assert books.stock.in_hand(1) is None
    taken = books.stock.take("solo", 1, now=NOW)
    assert taken is not None
    assert taken.sealed == b"a"
    assert books.stock.in_hand(1) == taken
    books.stock.retire(1)
    assert books.stock.in_hand(1) is None
    assert books.stock.left("solo") == 2
    assert books.stock.levels() == {"solo": 2}
    assert books.stock.take("gold", 1, now=NOW) is None


def wallets(books: Books) -> None:
    order = books.orders.open_one(
        1, product_id=1, interval=Interval.from_key("3m"), now=NOW, expires_at=NOW + DAY
    )
    books.wallets.set_part(order.id, 1, Money(300, "EUR"), now=NOW)
    books.wallets.set_part(order.id, 1, Money(200, "EUR"), now=NOW)
    assert books.wallets.part(order.id, "EUR") == Money(200, "EUR")
    assert books.wallets.part(order.id, "USD") == books.wallets.part(99, "USD") == Money(0, "USD")
    assert books.wallets.kept_elsewhere(1, "EUR", order_id=0) == Money(200, "EUR")
    assert books.wallets.kept_elsewhere(1, "EUR", order_id=order.id) == Money(0, "EUR")
    assert books.wallets.kept_elsewhere(2, "EUR", order_id=0) == Money(0, "EUR")
    books.orders.close(order.id, OrderState.PAID, now=NOW)
    assert books.wallets.kept_elsewhere(1, "EUR", order_id=0) == Money(0, "EUR")
    credit = Entry(account=WALLET, money=Money(-50, "GBP"), customer_id=1)
    books.journal.enter("gift", (Entry(account="x", money=Money(50, "GBP")), credit), now=NOW)
    latest, *_others = books.wallets.moves(1, most=9)
    assert (latest.money, latest.verdict, latest.plan) == (Money(50, "GBP"), None, "")
    assert any(one.verdict is not None for one in books.wallets.moves(1, most=9))


def outbox(books: Books) -> None:
    effects = [
        Effect(kind=Kind.CHAT, lane=f"chat:{lane}", key=key, payload={"ä": key})
        for lane, key in ((1, "a"), (1, "b"), (2, "c"))
    ]
    books.outbox.add(effects, now=NOW)
    books.outbox.add(effects, now=NOW)
    books.outbox.add([], now=NOW)
    assert books.outbox.next_due() == NOW
    [depth] = books.outbox.depth()
    assert (depth.kind, depth.many, depth.oldest) == (Kind.CHAT, 3, NOW)
    first, other = books.outbox.claim(now=NOW, lease=NOW + DAY, most=9)
    assert (first.key, other.key) == ("a", "c"), "the head of each lane, and no more"
    assert first.payload == {"ä": "a"}
    assert books.outbox.claim(now=NOW, lease=NOW + DAY, most=9) == []
    assert books.outbox.release(now=NOW) == 2, "a killed process gives back what it held"
    assert len(books.outbox.claim(now=NOW, lease=NOW + DAY, most=9)) == 2
    books.outbox.again(other.id, due_at=NOW, error="busy", is_counted=False)
    [again] = books.outbox.claim(now=NOW, lease=NOW + DAY, most=9)
    assert (again.id, again.tries, again.error) == (other.id, 2, "busy")
    assert books.outbox.finish(first.id, now=NOW)
    assert not books.outbox.finish(first.id, now=NOW)
    assert books.outbox.finish(other.id, now=NOW, state="dead", error="no")
    assert [one.id for one in books.outbox.dead(most=9)] == [other.id]
    assert books.outbox.count_dead() == 1
    assert books.outbox.replay(other.id, now=NOW)
    assert not books.outbox.replay(first.id, now=NOW)
    replayed = books.outbox.get(other.id)
    assert replayed is not None
    assert replayed.tries == 0
    assert not books.outbox.dismiss(other.id, now=NOW), "it waits again"
    books.outbox.finish(other.id, now=NOW, state="dead")
    assert books.outbox.dismiss(other.id, now=NOW)
    assert books.outbox.get(99) is None


def inbox(books: Books) -> None:
    def keep(event_id: str, **more: Any) -> int | None:  # noqa: ANN401 - keep's own
        return books.inbox.keep(
            "telegram", event_id, kind="update", headers={}, body=b"\x00{}", now=NOW, **more
        )

    done, waiting = keep("1"), keep("2", state=InboxState.WAITING, due_at=NOW)
    assert done is not None
    assert waiting is not None
    assert keep("1") is None
    assert keep("3", chat_id=7) is not None
    assert books.inbox.is_overtaken(waiting, chat_id=7)
    assert not books.inbox.is_overtaken(waiting, chat_id=8)
    assert books.inbox.waiting() == 1
    assert books.inbox.next_due() == NOW
    [letter] = books.inbox.claim(now=NOW, lease=NOW + DAY, most=9)
    assert (letter.id, letter.body, letter.tries) == (waiting, b"\x00{}", 1)
    assert books.inbox.claim(now=NOW, lease=NOW + DAY, most=9) == []
    assert books.inbox.release(now=NOW) == 1
    assert [one.id for one in books.inbox.claim(now=NOW, lease=NOW + DAY, most=9)] == [waiting]
    books.inbox.finish(waiting, InboxState.STUCK, note="why")
    assert [one.note for one in books.inbox.stuck(most=9)] == ["why"]
    assert books.inbox.counts() == {InboxState.STUCK: 1}
    assert books.inbox.reopen(waiting, now=NOW)
    assert not books.inbox.reopen(done, now=NOW)
    assert books.inbox.get(99) is None
    assert books.inbox.forget_updates(before=NOW, most=9) == 0
    assert books.inbox.forget_updates(before=NOW + DAY, most=9) == 2
    assert books.inbox.get(done) is None
    assert books.inbox.get(waiting) is not None


def staff(books: Books) -> None:
    books.staff.audit(9, "grant", customer_id=1, facts={"plan": "solo"}, now=NOW)
    [act] = books.staff.acts_on(1, most=9)
    assert books.staff.latest_acts(most=9) == [act]
    assert (act.act, act.facts) == ("grant", {"plan": "solo"})
    assert books.staff.note("clock") is None
    books.staff.set_note("clock", "1")
    books.staff.set_note("clock", "2")
    assert books.staff.note("clock") == "2"
    for staff, many in (((), 2), ((7,), 1), ((8, 7), 1), ((77, 1_007), 2)):
        found = books.staff.new_customers(since=NOW, until=NOW + DAY, staff_ids=staff)
        assert found == many, staff


def guards(books: Books) -> None:
    card = "f" * 32
    books.guards.see_payer(1, card, country="DE", now=NOW)
    books.guards.see_payer(1, card, country="US", now=NOW)
    books.guards.see_payer(1, "other", country="", now=NOW)
    bruno = books.customers.greet(
        9, name="Bruno", username="Bru", language="de", zone="UTC", source="", now=NOW
    )
    books.guards.see_payer(bruno.id, card, country="DE", now=NOW)
    assert books.guards.other_payers(1, card, since=NOW) == 1
    assert books.guards.other_payers(1, card, since=NOW + DAY) == 0
    assert books.guards.other_people(1, card) == 1
    assert books.guards.related_trials(bruno.id) == int(books.subscriptions.had_trial(1))
    assert books.guards.tries(1, since=NOW - DAY) > 0
    assert books.guards.tries(1, since=NOW) == 0
    assert books.guards.has_bought(1) in {True, False}
    assert books.guards.has_refused_money(1) in {True, False}
    for is_new in (True, False):
        added = books.guards.block(BlockedBy.USERNAME, "bru", reason="", staff_id=9001, now=NOW)
        assert added == is_new
    assert [one.value for one in books.guards.blocks_on(9, "Bru", card)] == ["bru"]
    assert books.guards.blocks_on(9, "", "") == []
    [block] = books.guards.blocks(most=9)
    assert books.guards.unblock(block.id) == (BlockedBy.USERNAME, "bru")
    assert books.guards.unblock(block.id) is None


def loose_money(books: Books) -> None:
    payment = payment_of(books, "r9")
    judged = Judgement(
        verdict=Verdict.HELD,
        to_order=Money(0, "EUR"),
        to_wallet=EUR,
        from_wallet=Money(0, "EUR"),
        fulfils=False,
    )
    lost = replace(judged, verdict=Verdict.UNKNOWN_ORDER)
    letter = books.inbox.keep("card", "loose", kind="x", headers={}, body=b"x", now=NOW)
    assert letter is not None
    kept, unknown = (
        books.payments.add_receipt(
            provider="card",
            receipt_id=one.verdict,
            payment_id=None,
            customer_id=None,
            money=EUR,
            judgement=one,
            tax=0,
            occurred_at=NOW,
            now=NOW,
        )
        for one in (judged, lost)
    )
    assert kept is not None
    assert unknown is not None
    finding = Finding(check=Check.COUNTRY, ruling=Ruling.HOLD, facts={"card": "US"})
    number = books.guards.hold(
        receipt=kept,
        payment_id=payment.id,
        order_id=payment.order_id,
        customer_id=1,
        findings=[finding],
        fingerprint="f",
        judgement=judged,
        now=NOW,
    )
    assert books.orders.close(payment.order_id, OrderState.HELD, now=NOW)
    assert books.orders.is_held(1, product_id=1, interval=MONTH)
    review = books.guards.review(number)
    assert review is not None
    assert (review.findings, review.judgement.to_wallet) == ((finding,), EUR)
    assert books.guards.review_of(kept) == review
    assert books.guards.waiting(most=9) == [review]
    assert books.guards.count_waiting() == 1
    assert books.guards.decide(number, ReviewState.APPROVED, staff_id=1, now=NOW)
    assert not books.guards.decide(number, ReviewState.REFUSED, staff_id=1, now=NOW)
    assert books.receipts.decide(kept, replace(judged, verdict=Verdict.REFUSED))
    assert not books.receipts.decide(kept, judged)
    books.receipts.note_letter(unknown, letter)
    [found] = books.receipts.unassigned(most=9)
    assert (found, found.letter_id) == (books.receipts.get(unknown), letter)
    assert books.receipts.count_unassigned() == 1
    assert books.orders.close(payment.order_id, OrderState.CANCELLED, now=NOW)
    again = payment_of(books, "r10")
    assert [one.reference for one in books.receipts.assignable(1, "EUR", most=9)] == ["r10"]
    assert [one.id for one in books.receipts.owing(again.due, most=9)] == [1]
    given = replace(judged, verdict=Verdict.ASSIGNED)
    books.receipts.claim(unknown)
    assert books.receipts.assign(unknown, customer_id=1, payment_id=None, judgement=given)
    assert not books.receipts.assign(unknown, customer_id=1, payment_id=None, judgement=given)
    books.claims.add(
        letter, payment_id=again.id, receipt_id="m", provider_ref="p", money=EUR, now=NOW
    )
    [claim] = books.claims.of(again.id)
    assert claim == books.claims.by_letter(letter)
    assert books.claims.waiting_letter("card", "loose") == letter
    assert books.claims.note_told(letter, now=NOW)
    assert not books.claims.note_told(letter, now=NOW)
    assert books.claims.end(letter, ClaimState.DENIED)
    assert not books.claims.end(letter, ClaimState.DENIED)
    assert books.inbox.latest(most=1)[0].id >= letter
    assert books.inbox.erase(before=NOW, most=9) == 0
    assert books.inbox.erase(before=NOW + DAY, most=99) >= 1
    erased = books.inbox.get(letter)
    assert erased is not None
    assert (erased.body, erased.headers, erased.event_id) == (b"", {}, "loose")


def circuits(books: Books) -> None:
    assert books.circuits.next_try() is None
    assert books.circuits.of("card") is None
    assert [books.circuits.fail("card", error="slow").failures for _ in range(2)] == [1, 2]
    books.circuits.suspect("card", now=NOW)
    assert books.circuits.next_try() == NOW
    assert books.circuits.open("card", now=NOW, try_at=NOW + DAY)
    assert not books.circuits.open("card", now=NOW, try_at=NOW)
    assert books.circuits.opened() == [books.circuits.of("card")]
    assert books.circuits.claim(now=NOW, lease=NOW) == []
    [tried] = books.circuits.claim(now=NOW + DAY, lease=NOW + 2 * DAY)
    assert (tried.tries, tried.error) == (1, "slow")
    books.circuits.try_later("card", NOW + 3 * DAY, error="still")
    assert books.circuits.next_try() == NOW + 3 * DAY
    books.circuits.half_close("card", failures=4)
    closed = books.circuits.close("card")
    assert closed is not None
    assert (closed.opened_at, closed.is_open, closed.failures) == (NOW, False, 4)
    assert books.circuits.close("card") is None
