"""Every query of every wing, run at least once in each kind of database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shop.access.account_records import Accounts, Actual
from shop.access.states import SubscriptionState
from shop.access.stock_records import KnownLine, LineState, NewStockLine, Stock
from shop.access.subscription_records import Subscriptions
from shop.access.use_records import AccountUseRecords
from shop.books import queries
from shop.books.books import Books
from shop.books.notes import Notes
from shop.books.opening import Storage
from shop.catalog.records import CatalogRecords
from shop.core.errors import NotFoundError
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.core.moves import ForbiddenMoveError
from shop.credit.records import Wallets
from shop.customers.records import Customers
from shop.intake.proof_records import File, Proofs
from shop.intake.transfers import FileKind, ProofState
from shop.ledger.journal_records import WALLET, Entry, Journal, UnbalancedError
from shop.ledger.receipt_records import Receipts
from shop.ledger.receiving import Judgement, Verdict
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.jobs import MessageKind
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.health_records import ProviderHealthRecords
from shop.orders.line_records import NewLine, OrderLines, quote_of
from shop.orders.order_records import Order, OrderKind, Orders, QuotedOrder
from shop.orders.payment_records import Payment, Payments
from shop.orders.seen_records import SeenPayments
from shop.orders.states import OrderState, PaymentState
from shop.refunds.dispute_records import DisputeKind, Disputes
from shop.refunds.line_records import RefundLines
from shop.refunds.records import NewRefund, Refund, RefundRoute, Refunds
from shop.refunds.rules import LineMoney
from shop.refunds.states import DisputeState, RefundState
from shop.refunds.total_records import RefundTotals
from shop.screening.records import ScreeningRecords
from shop.screening.rules import BlockedBy, Check, Finding, Ruling, TwoCountries
from shop.settlement.circumstances import CircumstanceRecords
from shop.settlement.claim_records import ClaimState, ProviderClaims
from shop.settlement.review_records import Reviews, ReviewState
from shop.settlement.unassigned_records import UnassignedReceipts
from shop.staff.audit_records import AuditLog
from tests.fixtures.books import NOW, PLAN, month_from, put_plan, subscribe
from tests.renewals.records import renewals, stars

DAY = timedelta(days=1)
MONTH = Interval.from_key("1m")
EUR = Money(799, "EUR")
NOTHING = Money.zero("EUR")


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
        unassigned_receipt,
        provider_health,
        renewals,
        stars,
    ):
        await storage.run(story)
    assert set(heard) - heard.names == set()


def people(books: Books) -> None:
    ada = books[Customers].greet(
        7, name="Ada", username="ada", language="en", zone="UTC", source="friend", now=NOW
    )
    again = books[Customers].greet(
        7, name="Ada L.", username="lady", language="de", zone="Asia/Tokyo", source="", now=NOW
    )
    assert (again.id, again.name, again.username) == (ada.id, "Ada L.", "lady")
    assert (again.language, again.zone) == ("en", "UTC")
    assert books[Customers].claim(ada.id) == books[Customers].get(ada.id) == again
    assert books[Customers].by_telegram(7) == again
    assert books[Customers].by_telegram(8) is None
    for words in ("ada l", "@lady", "7", str(ada.id)):
        assert books[Customers].find(words) == [again]
    for words in ("%", "_", "a%", "9" * 30, "x", "'; DROP TABLE customers"):
        assert books[Customers].find(words) == []
    books[Customers].set_language(ada.id, "de")
    books[Customers].set_currency(ada.id, "USD")
    books[Customers].set_country(ada.id, "DE")
    books[Customers].set_reminders(ada.id, wants=False)
    books[Customers].set_reachable(7, is_reachable=False)
    changed = books[Customers].get(ada.id)
    assert (changed.language, changed.currency, changed.country) == ("de", "USD", "DE")
    assert (changed.wants_reminders, changed.is_reachable) == (False, False)
    for look in (books[Customers].get, books[Customers].claim):
        with pytest.raises(NotFoundError, match="There is no customer 99"):
            look(99)


def catalog(books: Books) -> None:
    assert books[CatalogRecords].latest() is None
    books[CatalogRecords].note_document(digest="a", document={"n": 1}, now=NOW)
    books[CatalogRecords].note_document(digest="b", document={"n": 2}, now=NOW)
    assert books[CatalogRecords].latest_id() > 0
    assert books[CatalogRecords].latest() == {"n": 2}
    product_id = put_plan(books)
    assert put_plan(books) == product_id
    assert [one.slug for one in books[CatalogRecords].offered()] == ["solo"]
    assert books[CatalogRecords].by_slug("solo") == books[CatalogRecords].get(product_id)
    books[CatalogRecords].set_price(product_id, MONTH, Money(699, "EUR"), now=NOW)
    books[CatalogRecords].set_price(product_id, MONTH, EUR, now=NOW)
    books[CatalogRecords].set_price(product_id, MONTH, Money(899, "USD"), now=NOW)
    books[CatalogRecords].drop_price(product_id, MONTH, "USD", now=NOW)
    price = books[CatalogRecords].price_for(product_id, MONTH, "EUR")
    assert price is not None
    assert price.amount == EUR
    assert books[CatalogRecords].price_for(product_id, MONTH, "USD") is None
    assert (
        books[CatalogRecords].prices(product_id) == books[CatalogRecords].all_prices() == [price]
    )
    assert books[CatalogRecords].price(price.id) == price
    books[CatalogRecords].put_product("gold", document=PLAN, position=1)
    books[CatalogRecords].withdraw("gold")
    assert not books[CatalogRecords].by_slug("gold").is_offered
    assert [one.slug for one in books[CatalogRecords].offered()] == ["solo"]
    for look in (books[CatalogRecords].get, books[CatalogRecords].price):
        with pytest.raises(NotFoundError):
            look(99)


def asked_of(books: Books, customer_id: int = 1) -> QuotedOrder:
    price = books[CatalogRecords].price_for(1, MONTH, "EUR")
    assert price is not None
    return books[Orders].open_one(customer_id, [NewLine.at(price)], now=NOW, expires_at=NOW + DAY)


def order_of(books: Books, customer_id: int = 1) -> Order:
    return asked_of(books, customer_id).order


def orders(books: Books) -> None:
    order = order_of(books)
    assert order_of(books).id == order.id
    assert books[Orders].next_expiry() == NOW + DAY
    price = books[CatalogRecords].price_for(1, MONTH, "EUR")
    assert price is not None
    lines = [NewLine.at(price)]
    assert books[Orders].open_now(1, lines) == order.id
    assert books[Orders].open_now(1, [replace(lines[0], is_another=True)]) is None
    assert books[Orders].bought_last(1, product_id=1, subscription_id=1) is None
    [line] = books[OrderLines].of(order.id, quote=quote_of(lines))
    assert (line.product.slug, line.interval, line.minor) == ("solo", MONTH, EUR.minor)
    assert books[OrderLines].target(line.id) is None
    assert books[OrderLines].sold(order.id) == []
    gift = NewLine(product_id=1, interval=MONTH, price=None)
    given, line_id = books[Orders].add_given(1, gift, kind=OrderKind.GRANT, now=NOW)
    [its] = books[OrderLines].of(given.id)
    assert (its.id, its.minor) == (line_id, 0)
    assert given.state is OrderState.PAID
    assert books[Orders].expire(now=NOW + DAY - timedelta(seconds=1), most=9) == 0
    assert books[Orders].expire(now=NOW + DAY, most=9) == 1
    books[Orders].close(order.id, OrderState.PAID, now=NOW)
    with pytest.raises(ForbiddenMoveError):
        books[Orders].close(order.id, OrderState.PAID, now=NOW)
    assert books[Orders].open_now(1, lines) is None
    assert [(one.order.id, one.product.slug) for one in books[Orders].of(1, most=9)] == [
        (given.id, "solo"),
        (order.id, "solo"),
    ]


def payment_of(books: Books, reference: str) -> Payment:
    return books[Payments].open_one(
        asked_of(books),
        reference=reference,
        provider="card",
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
    books[Payments].note_page(payment.id, provider_ref="p1", url="https://a", expires_at=NOW)
    found = books[Payments].by_reference("r1")
    assert found is not None
    assert (found.url, found.provider_ref) == ("https://a", "p1")
    assert books[Payments].by_provider_ref("card", "p1") == found
    assert books[Payments].by_reference("r2") is None
    assert books[Payments].by_provider_ref("card", "p2") is None
    payer = books[Payments].claim_payer("r1", "card")
    assert payer is not None
    assert payer.id == payment.customer_id
    assert books[Payments].claim_payer("r1", "another") is None
    assert books[Payments].next_poll() == NOW
    assert [one.id for one in books[Payments].claim_polls(now=NOW, lease=NOW + DAY, most=9)] == [
        payment.id
    ]
    assert books[Payments].claim_polls(now=NOW, lease=NOW + DAY, most=9) == []
    [holder] = books[Payments].holders(now=NOW, latest=NOW + DAY)
    assert books[Payments].release(holder, now=NOW) == 1
    asked = books[Payments].get(payment.id)
    assert asked is not None
    assert books[SeenPayments].until(payment.id) == asked.expires_at
    books[SeenPayments].note(payment.id, until=NOW + 3 * DAY, poll_at=NOW, now=NOW)
    assert books[SeenPayments].until(payment.id) == NOW + 3 * DAY
    books[Payments].keep_until(payment.id, NOW + 3 * DAY, now=NOW)
    books[Payments].poll_later(payment.id, NOW + 2 * DAY)
    affairs = books[Payments].affairs(payment.reference)
    assert (affairs.whole, affairs.poll_at, affairs.subscription_id) == (EUR, NOW + 2 * DAY, None)
    created, final = PaymentState.CREATED, PaymentState.FINAL
    assert books[Payments].paid_on_screen(payment.customer_id, screen_id=7, price_id=1) is None
    books[Payments].move(payment.id, old=created, new=final, poll_at=None)
    books[Payments].move(payment.id, old=created, new=PaymentState.FAILED, poll_at=NOW)
    moved = books[Payments].by_reference("r1")
    assert moved is not None
    assert (moved.state, moved.poll_at) == (final, None), "the first to move it was right"
    other = payment_of(books, "r3")
    books[Payments].supersede(other)
    ended = books[Payments].get(other.id)
    assert ended is not None
    assert (ended.state, ended.poll_at) == (PaymentState.EXPIRED, other.poll_at)


def proofs(books: Books) -> None:
    payment = books[Payments].open_one(
        asked_of(books),
        reference="t1",
        provider="transfer",
        due=EUR,
        whole=EUR,
        screen_id=5,
        now=NOW,
        expires_at=NOW + DAY,
        poll_at=NOW,
    )
    found = books[Proofs].payment_for(1, since=NOW)
    assert found is not None
    assert found.id == payment.id
    assert books[Proofs].payment_for(1, since=NOW + DAY) is None
    assert books[Proofs].payment_for(2, since=NOW) is None
    file = File(kind=FileKind.PHOTO, file_id="f1", unique_id="u1", digest="d1")
    proof = books[Proofs].add(payment, file, now=NOW)
    assert proof is not None
    assert (proof.file, proof.state) == (file, ProofState.WAITING)
    assert books[Proofs].add(payment, file, now=NOW) is None, "the same file counts once"
    other = books[Proofs].add(payment, replace(file, unique_id="u2"), now=NOW)
    assert other is not None
    assert books[Proofs].get(proof.id) == books[Proofs].by_file(payment.id, "u1") == proof
    assert books[Proofs].get(99) is None
    assert books[Proofs].payment(proof.id).reference == "t1"
    assert [one.id for one in books[Proofs].waiting(most=9)] == [proof.id, other.id]
    assert (books[Proofs].count_waiting(), books[Proofs].count_waiting(99)) == (2, 0)
    assert [one.id for one in books[Proofs].alike(99, file, most=9)] == [proof.id, other.id]
    assert books[Proofs].alike(99, replace(file, unique_id="x", digest=""), most=9) == []
    decided: dict[str, Any] = {"staff_id": 9, "arrived": Money(799, "EUR"), "now": NOW}
    assert books[Proofs].decide(proof.id, ProofState.APPROVED, **decided)
    assert not books[Proofs].decide(proof.id, ProofState.REFUSED, **decided)
    books[Proofs].close_others(payment.id, staff_id=9, now=NOW)
    assert books[Proofs].count_waiting() == 0
    books[Payments].move(payment.id, old=payment.state, new=PaymentState.EXPIRED, poll_at=None)


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
        "tax": Money(0, "EUR"),
        "occurred_at": NOW,
        "now": NOW,
    }
    assert books[Receipts].add_receipt(**facts) is not None
    assert books[Receipts].add_receipt(**facts) is None
    paid = books[Payments].by_receipt("card", "m1")
    assert paid is not None
    assert paid.reference == "r1"
    assert books[Payments].by_receipt("card", "m2") is None
    assert books[Payments].screens(1) == [5]
    assert books[Payments].screens(99) == []
    assert books[Payments].way_used_last(1, 1) == ""  # its order is not paid yet
    order_id = order_of(books).id
    assert books[Wallets].claims(order_id, "EUR").short == EUR
    assert books[Wallets].claims(order_id, "USD").short == Money(0, "USD")
    [receipt] = books[Receipts].receipts_of(1, most=9)
    assert (receipt.money, receipt.verdict) == (EUR, Verdict.SHORT)
    assert books[Receipts].totals(since=NOW, until=NOW + DAY) == [(1, EUR)]
    books[Journal].enter(
        "receipt:1",
        [Entry(account="card", money=EUR), Entry(account=WALLET, money=-EUR, customer_id=1)],
        now=NOW,
    )
    assert books[Journal].wallets(1) == [EUR]
    assert books[Journal].totals() == [("card", EUR), (WALLET, -EUR)]
    assert books[Journal].unbalanced() == []
    assert not books[Journal].knows("none")
    with pytest.raises(UnbalancedError):
        books[Journal].enter("odd", [Entry(account="card", money=EUR)], now=NOW)


def subscriptions(books: Books) -> None:
    assert books[Subscriptions].take_trial(1, 1, now=NOW)
    assert not books[Subscriptions].take_trial(1, 1, now=NOW)
    assert books[Subscriptions].had_trial(1)
    assert not books[Subscriptions].had_trial(2)
    found = subscribe(books, 70)
    schedule = month_from(NOW)
    one = books[Subscriptions].get(found)
    assert books[Subscriptions].live(one.customer_id, one.product.id) == one
    assert books[Subscriptions].live(1, one.product.id) is None
    assert books[Subscriptions].is_alone(found)
    assert books[Subscriptions].of(one.customer_id) == [one]
    books[Subscriptions].add_period(
        found, line_id=None, starts_at=NOW, ends_at=schedule.paid_until, now=NOW
    )
    books[Subscriptions].extend(found, month_from(schedule.paid_until), old=one.standing.state)
    renewed = books[Subscriptions].get(found)
    assert renewed.standing.paid_until > one.standing.paid_until
    assert books[Subscriptions].periods(found) == [(NOW, schedule.paid_until)]
    books[Subscriptions].freeze(found, is_frozen=True)
    assert books[Subscriptions].get(found).standing.is_frozen
    end = renewed.standing.paid_until
    assert books[Subscriptions].changing(now=end, most=9) == [(found, one.customer_id)]
    assert books[Subscriptions].changing(now=NOW, most=9) == []
    assert books[Subscriptions].next_reminder() is not None
    [due] = books[Subscriptions].reminding(now=end, most=9)
    assert not due.is_told, "who is held is not reminded"
    books[Subscriptions].reminded([(due, end + DAY)])
    books[Subscriptions].reminded([(due, end + 2 * DAY)])
    assert books[Subscriptions].next_reminder() == end + DAY, "the first to note it was right"
    books[Subscriptions].reschedule(found, None)
    assert books[Subscriptions].next_reminder() is None
    active, past_due = SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE
    books[Subscriptions].move(found, old=active, new=past_due, change_at=None)
    assert books[Subscriptions].counts() == {SubscriptionState.PAST_DUE: 1}
    with pytest.raises(NotFoundError):
        books[Subscriptions].get(99)


def accounts(books: Books) -> None:
    assert books[Accounts].add(1, connector="generated", token="t1") == 1
    assert books[Accounts].wish(1) == 2
    books[Accounts].note(1, actual=Actual.ACTIVE, external_id="ada", encrypted=b"\x00\xff")
    books[Accounts].note_delivered(1, now=NOW)
    books[Accounts].set_token(1, "t2")
    account = books[Accounts].get(1)
    assert (account.encrypted, account.token, account.delivered_at) == (b"\x00\xff", "t2", NOW)
    assert books[Accounts].holder("t1") is None
    holder = books[Accounts].holder("t2")
    assert holder is not None
    assert (holder.account, holder.product.slug) == (account, "solo")
    assert books[Accounts].holders_named("ada", connector="generated") == [holder]
    assert books[Accounts].holders_named("ada", connector="stock") == []
    assert books[Accounts].holders_named("", connector="generated") == []
    for look in (books[Accounts].get, books[Accounts].wish):
        with pytest.raises(NotFoundError):
            look(99)


def periods(books: Books) -> None:
    [one] = books[Orders].stretches(1)
    assert (one.line_id, one.is_trial) == (None, False)
    books[Subscriptions].set_period(one.id, starts_at=NOW, ends_at=NOW + DAY)
    assert books[Subscriptions].periods(1) == [(NOW, NOW + DAY)]


def refund_of(books: Books, reference: str, **more: Any) -> int:  # noqa: ANN401 - NewRefund's own
    nothing = Money.zero("EUR")
    usual: dict[str, Any] = {
        "route": RefundRoute.PROVIDER,
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
    return books[Refunds].add(new, now=NOW)


def refund_lines(books: Books, refund: Refund) -> None:
    order = order_of(books)
    [line] = books[OrderLines].of(order.id, quote=asked_of(books).quote)
    assert books[RefundLines].left(order.id, "EUR") == [], "nothing was sold yet"
    books[OrderLines].note_sold(line.id, subscription_id=1, paid=EUR.minor)
    books[OrderLines].note_tax(line.id, 100)
    [sold] = books[OrderLines].sold(order.id)
    assert (sold.id, sold.subscription_id, sold.paid, sold.tax) == (line.id, 1, EUR.minor, 100)
    taken = LineMoney(line_id=line.id, money=Money(300, "EUR"), tax=Money(40, "EUR"))
    books[RefundLines].add(refund.id, [taken])
    [left] = books[RefundLines].left(order.id, "EUR")
    assert (left.money, left.tax) == (EUR - taken.money, Money(60, "EUR"))
    [part] = books[RefundLines].parts(refund, order.id)
    assert (part.back, part.paid, part.seconds_back) == (taken.money, EUR, 0)
    books[RefundLines].note_time_revoked(refund.id, line.id, seconds_back=60)
    [part] = books[RefundLines].parts(refund, order.id)
    assert part.seconds_back == 60
    assert books[RefundLines].of(refund.id, "EUR") == [taken]
    share = replace(taken, money=Money(100, "EUR"), tax=Money(10, "EUR"))
    books[RefundLines].lessen(refund.id, [share])
    [less] = books[RefundLines].of(refund.id, "EUR")
    assert (less.money, less.tax) == (Money(200, "EUR"), Money(30, "EUR"))
    assert books[RefundLines].restored(part) == []
    [took] = books[RefundLines].time_revoked(refund.id)
    assert (took.line_id, took.subscription_id, took.seconds) == (line.id, 1, 60)
    assert books[RefundLines].subscriptions(order.id) == [1]
    assert books[RefundLines].paid_until(99) is None
    books[RefundLines].note_restored(refund.id, line.id, by=line.id)
    assert [one.line_id for one in books[RefundLines].restored(part)] == [line.id]


def refunds(books: Books) -> None:
    case = books[Refunds].case(1)
    assert (case.standing.money, case.standing.to_wallet, case.standing.wallet) == (EUR, EUR, EUR)
    assert (case.order_id, case.plan, case.reference) == (order_of(books).id, "solo", "r1")
    assert books[Receipts].receipts_of_payment(1) == [1]
    assert books[Receipts].receipt_named("card", "m1") == 1
    assert books[Receipts].receipt_named("card", "m2") is None
    first = refund_of(books, "a", from_wallet=Money(300, "EUR"))
    refund_of(
        books, "b", route=RefundRoute.WALLET, state=RefundState.DONE, ask_at=None, done_at=NOW
    )
    assert books[Refunds].next_question() == NOW
    later = NOW + DAY
    assert [one.id for one in books[Refunds].claim(now=NOW, lease=later, most=9)] == [first]
    assert books[Refunds].claim(now=NOW, lease=later, most=9) == []
    [holder] = books[Refunds].holders(now=NOW, latest=later)
    assert books[Refunds].release(holder, now=NOW) == 1
    standing = books[Refunds].case(1).standing
    assert (standing.refunded, standing.wallet_gained) == (Money(300, "EUR"), Money(0, "EUR"))
    one = books[Refunds].get(first)
    done = RefundState.DONE
    assert books[Refunds].move(one, done, refund_ref="re_1", ask_at=None, done_at=NOW)
    assert not books[Refunds].move(one, RefundState.FAILED, ask_at=None), "the first was right"
    books[Refunds].ask_later(one, note="too late", ask_at=NOW)
    done_one = books[Refunds].get(first)
    assert (done_one.state, done_one.note) == (done, ""), "nor is what is over asked about"
    books[Refunds].name(first, "re_2")
    assert books[Refunds].get(first).refund_ref == "re_1", "it has its name"
    books[Refunds].name(first + 1, "re_2")
    assert books[Refunds].get(first + 1).refund_ref == "re_2"
    refund_lines(books, books[Refunds].get(first))
    assert books[Refunds].mark_returned(done_one, note="closed", now=NOW)
    assert not books[Refunds].mark_returned(done_one, note="closed", now=NOW), "it comes back once"
    assert (books[Refunds].get(first).returned_at, books[Refunds].get(first).note) == (
        NOW,
        "closed",
    )
    books[Refunds].lessen(
        first, by=Money(1, "EUR"), from_wallet=Money(1, "EUR"), from_order=NOTHING, tax=NOTHING
    )
    lessened = books[Refunds].get(first)
    assert (lessened.money, lessened.from_wallet) == (Money(299, "EUR"), Money(299, "EUR"))
    assert books[Refunds].spendings_after(1, customer_id=1, currency="EUR") == []
    returned = books[Refunds].get(first)
    assert (returned.is_owed_again, returned.again) == (True, ":again")
    assert books[Refunds].into_wallet(returned, now=NOW)
    assert not books[Refunds].into_wallet(returned, now=NOW)
    refund_routes(books, first + 1)
    assert [each.id for each in books[Refunds].of(1, most=9)] == [first + 1, first]
    assert books[Refunds].totals(since=NOW, until=later) == [(2, Money(599, "EUR"))]
    assert not books[CircumstanceRecords].of("r1", receipt_id="m1").is_told_of
    refund_totals(books)
    assert books[CircumstanceRecords].of("r1", receipt_id="m1").is_told_of
    order = order_of(books)
    assert not books[Orders].refund(order.id, now=NOW), "it was never paid"
    assert not books[Orders].unrefund(order.id, now=NOW)
    for look in (books[Refunds].get, books[Refunds].case):
        with pytest.raises(NotFoundError):
            look(99)


def refund_routes(books: Books, refund_id: int) -> None:
    assert [each.id for each in books[Refunds].of_receipt(1)] == [refund_id - 1, refund_id]
    for act, route in ((books[Refunds].by_hand, "manual"), (books[Refunds].given_anew, "told")):
        act(books[Refunds].get(refund_id))
        assert books[Refunds].get(refund_id).route == route


def refund_totals(books: Books) -> None:
    def tells(minor: int, told_at: datetime | None) -> bool:
        money = Money(minor, "EUR")
        return books[RefundTotals].tell("card", "m1", money, told_at=told_at, now=NOW)

    later = NOW + DAY
    assert tells(799, NOW)
    assert not tells(799, None)
    assert not tells(1, later), "totals only grow"
    assert books[RefundTotals].of("card", "m1", "EUR") == Money(799, "EUR")
    assert books[RefundTotals].of("card", "m2", "EUR") is None
    books[RefundTotals].lower("card", "m1", Money(500, "EUR"), returned_at=later)
    assert books[RefundTotals].of("card", "m1", "EUR") == Money(299, "EUR")
    assert not tells(799, None), "that may be of the time before it came back"
    assert not tells(799, later)
    assert tells(400, later + DAY)
    books[RefundTotals].lower("card", "m3", Money(500, "EUR"), returned_at=later)
    assert books[RefundTotals].of("card", "m3", "EUR") == Money(0, "EUR"), (
        "its total was never told"
    )


def disputes(books: Books) -> None:
    number = books[Disputes].add(
        provider="card",
        kind=DisputeKind.DISPUTE,
        dispute_ref="",
        receipt_id="m1",
        receipt=None,
        payment_id=1,
        customer_id=1,
        currency="EUR",
        reason="",
        answer_by=None,
        heard_at=None,
        now=NOW,
    )
    one = books[Disputes].get(number)
    named = replace(
        one,
        dispute_ref="du_1",
        asked=EUR,
        receipt=1,
        answer_by=NOW,
        reason="fraud",
        heard_at=NOW,
    )
    books[Disputes].name(named)
    assert books[Disputes].about("card", DisputeKind.DISPUTE, "m1") == [named]
    assert books[Disputes].about("card", DisputeKind.WARNING, "m1") == []
    books[Disputes].freeze(number, 1)
    assert books[Disputes].is_frozen(1, besides=number + 1)
    assert not books[Disputes].is_frozen(1, besides=number)
    assert books[Disputes].is_open(1)
    books[Disputes].take(named, EUR)
    [taken] = books[Disputes].of_receipt(1)
    assert (taken.money, taken.turns) == (EUR, 1)
    assert books[Disputes].move(named, DisputeState.WON, now=NOW)
    assert not books[Disputes].move(named, DisputeState.LOST, now=NOW), "the first was right"
    won = books[Disputes].get(number)
    assert (won.state, won.closed_at, won.turns) == (DisputeState.WON, NOW, 2)
    assert not books[Disputes].is_open(1)
    assert [each.state for each in books[Disputes].of(1, most=9)] == [DisputeState.WON]
    effect = Effect(kind=MessageKind.CHAT, lane="chat:7", key="told", payload={"notice": "paid"})
    books[Outbox].add([effect], now=NOW)
    [sent] = books[Outbox].claim(now=NOW, lease=NOW + DAY, most=9)
    books[Outbox].finish(sent.id, now=NOW)
    assert books[Outbox].messages_sent("chat:7", most=9) == [({"notice": "paid"}, NOW)]
    with pytest.raises(NotFoundError):
        books[Disputes].get(99)


def uses(books: Books) -> None:
    for at in (NOW, NOW + DAY, NOW):
        books[AccountUseRecords].note(1, door="nginx", address="192.0.2.1", now=at)
    [use] = books[AccountUseRecords].of(1, most=9)
    assert (use.first_at, use.last_at, use.times) == (NOW, NOW + DAY, 2)
    assert books[AccountUseRecords].forget(before=NOW + DAY) == 0
    assert books[AccountUseRecords].forget(before=NOW + 2 * DAY) == 1


def stock(books: Books) -> None:
    lines = [
        NewStockLine(username=name, panel="p", fingerprint=name, encrypted=name.encode())
        for name in ("a", "b", "c")
    ]
    assert books[Stock].known(lines[0]) is None
    ids = [books[Stock].add("solo", line, now=NOW) for line in lines]
    changed = replace(lines[1], panel="", fingerprint="new")
    known = books[Stock].known(changed)
    assert known == KnownLine(id=ids[1], plan="solo", state=LineState.FREE, fingerprint="b")
    assert books[Stock].known(replace(lines[1], panel="another")) is None
    assert books[Stock].replace(known.id, changed, now=NOW)
    assert books[Stock].in_hand(1) is None
    taken = books[Stock].take("solo", 1, now=NOW)
    assert taken is not None
    assert taken.encrypted == b"a"
    assert books[Stock].in_hand(1) == taken
    assert not books[Stock].replace(taken.id, lines[0], now=NOW), "somebody has it"
    books[Stock].retire(1)
    assert books[Stock].in_hand(1) is None
    assert books[Stock].left("solo") == 2
    assert books[Stock].levels() == {"solo": 2}
    assert books[Stock].take("gold", 1, now=NOW) is None


def wallets(books: Books) -> None:
    quarter = NewLine(product_id=1, interval=Interval.from_key("3m"), price=None)
    order = books[Orders].open_one(1, [quarter], now=NOW, expires_at=NOW + DAY).order
    books[Wallets].reserve(order.id, 1, Money(300, "EUR"), now=NOW)
    books[Wallets].reserve(order.id, 1, Money(200, "EUR"), now=NOW)
    claims = books[Wallets].claims(order.id, "EUR")
    assert (claims.part, claims.short) == (Money(200, "EUR"), Money(0, "EUR"))
    assert books[Wallets].claims(order.id, "USD").part == Money(0, "USD")
    assert books[Wallets].claims(99, "EUR").part == Money(0, "EUR")
    kept = {one.order_id: one for one in books[Wallets].kept(1, now=NOW)}
    assert kept[order.id].money == Money(200, "EUR")
    assert (kept[order.id].interval, kept[order.id].until) == (quarter.interval, NOW + DAY)
    assert books[Wallets].kept(2, now=NOW) == []
    books[Orders].close(order.id, OrderState.PAID, now=NOW)
    assert order.id not in {one.order_id for one in books[Wallets].kept(1, now=NOW)}
    credit = Entry(account=WALLET, money=Money(-50, "GBP"), customer_id=1)
    books[Journal].enter("gift", (Entry(account="x", money=Money(50, "GBP")), credit), now=NOW)
    latest, *_others = books[Wallets].moves(1, most=9)
    assert (latest.money, latest.verdict, latest.plan) == (Money(50, "GBP"), None, "")
    assert any(one.verdict is not None for one in books[Wallets].moves(1, most=9))


def outbox(books: Books) -> None:
    effects = [
        Effect(kind=MessageKind.CHAT, lane=f"chat:{lane}", key=key, payload={"ä": key})
        for lane, key in ((1, "a"), (1, "b"), (2, "c"))
    ]
    books[Outbox].add(effects, now=NOW)
    books[Outbox].add(effects, now=NOW)
    books[Outbox].add([], now=NOW)
    assert books[Outbox].next_due() == NOW
    [depth] = books[Outbox].depth()
    assert (depth.kind, depth.many, depth.oldest) == (MessageKind.CHAT, 3, NOW)
    first, other = books[Outbox].claim(now=NOW, lease=NOW + DAY, most=9)
    assert (first.key, other.key) == ("a", "c"), "the head of each lane, and no more"
    assert first.payload == {"ä": "a"}
    assert books[Outbox].claim(now=NOW, lease=NOW + DAY, most=9) == []
    [holder] = books[Outbox].holders(now=NOW, latest=NOW + DAY)
    assert books[Outbox].holders(now=NOW + DAY, latest=NOW + DAY * 2) == set(), "it ended"
    assert books[Outbox].release(holder + 1, now=NOW) == 0, "that is another's"
    assert books[Outbox].release(holder, now=NOW) == 2, "what a killed process held is due"
    assert books[Outbox].holders(now=NOW, latest=NOW + DAY) == set()
    assert len(books[Outbox].claim(now=NOW, lease=NOW + DAY, most=9)) == 2
    books[Outbox].again(other.id, due_at=NOW, error="busy", is_counted=False)
    books[Outbox].again(first.id, due_at=NOW + DAY / 2, error="busy")
    assert books[Outbox].release(holder, now=NOW) == 0, "what was put off still waits"
    [again] = books[Outbox].claim(now=NOW, lease=NOW + DAY, most=9)
    assert (again.id, again.tries, again.error) == (other.id, 2, "busy")
    assert books[Outbox].finish(first.id, now=NOW)
    assert not books[Outbox].finish(first.id, now=NOW)
    assert books[Outbox].finish(other.id, now=NOW, state="dead", error="no")
    assert [one.id for one in books[Outbox].dead(most=9)] == [other.id]
    assert books[Outbox].count_dead() == 1
    assert books[Outbox].replay(other.id, now=NOW)
    assert not books[Outbox].replay(first.id, now=NOW)
    replayed = books[Outbox].get(other.id)
    assert replayed is not None
    assert replayed.tries == 0
    assert not books[Outbox].dismiss(other.id, now=NOW), "it waits again"
    books[Outbox].finish(other.id, now=NOW, state="dead")
    assert books[Outbox].dismiss(other.id, now=NOW)
    assert books[Outbox].get(99) is None


def inbox(books: Books) -> None:
    def keep(event_id: str, **more: Any) -> int | None:  # noqa: ANN401 - keep's own
        return books[Inbox].keep(
            "telegram", event_id, kind="update", headers={}, body=b"\x00{}", now=NOW, **more
        )

    done, waiting = keep("1"), keep("2", state=InboxState.WAITING, due_at=NOW)
    assert done is not None
    assert waiting is not None
    assert keep("1") is None
    assert keep("3", chat_id=7) is not None
    assert books[Inbox].is_overtaken(waiting, chat_id=7)
    assert not books[Inbox].is_overtaken(waiting, chat_id=8)
    assert books[Inbox].waiting() == 1
    assert books[Inbox].next_due() == NOW
    [inbox_event] = books[Inbox].claim(now=NOW, lease=NOW + DAY, most=9)
    assert (inbox_event.id, inbox_event.body, inbox_event.tries) == (waiting, b"\x00{}", 1)
    assert books[Inbox].claim(now=NOW, lease=NOW + DAY, most=9) == []
    [holder] = books[Inbox].holders(now=NOW, latest=NOW + DAY)
    assert books[Inbox].release(holder, now=NOW) == 1
    assert [one.id for one in books[Inbox].claim(now=NOW, lease=NOW + DAY, most=9)] == [waiting]
    books[Inbox].finish(waiting, InboxState.STUCK, note="why")
    assert [one.note for one in books[Inbox].stuck(most=9)] == ["why"]
    assert books[Inbox].counts() == {InboxState.STUCK: 1}
    assert books[Inbox].count_elsewhere(since=NOW) == 0
    books[Inbox].finish(done, InboxState.ELSEWHERE)
    assert books[Inbox].count_elsewhere(since=NOW) == 1
    assert books[Inbox].count_elsewhere(since=NOW + DAY) == 0
    books[Inbox].finish(done, InboxState.DONE)
    assert books[Inbox].reopen(waiting, now=NOW)
    assert not books[Inbox].reopen(done, now=NOW)
    assert books[Inbox].get(99) is None
    assert books[Inbox].forget_updates(before=NOW, most=9) == 0
    assert books[Inbox].forget_updates(before=NOW + DAY, most=9) == 2
    assert books[Inbox].get(done) is None
    assert books[Inbox].get(waiting) is not None


def staff(books: Books) -> None:
    books[AuditLog].audit(9, "grant", customer_id=1, facts={"plan": "solo"}, now=NOW)
    [act] = books[AuditLog].acts_on(1, most=9)
    assert books[AuditLog].latest_acts(most=9) == [act]
    assert (act.act, act.facts) == ("grant", {"plan": "solo"})
    assert books[Notes].note("clock") is None
    books[Notes].set_note("clock", "1")
    books[Notes].set_note("clock", "2")
    assert books[Notes].note("clock") == "2"
    books[Notes].set_note("clock:<%_>:a", "3")
    books[Notes].set_note("clocks", "4")
    assert books[Notes].under("clock:<%_>:") == {"a": "3"}
    for staff, many in (((), 2), ((7,), 1), ((8, 7), 1), ((77, 1_007), 2)):
        found = books[Customers].new_customers(since=NOW, until=NOW + DAY, staff_ids=staff)
        assert found == many, staff


def guards(books: Books) -> None:
    card = "f" * 32
    books[ScreeningRecords].see_payer(1, card, country="DE", now=NOW)
    books[ScreeningRecords].see_payer(1, card, country="US", now=NOW)
    books[ScreeningRecords].see_payer(1, "other", country="", now=NOW)
    bruno = books[Customers].greet(
        9, name="Bruno", username="Bru", language="de", zone="UTC", source="", now=NOW
    )
    books[ScreeningRecords].see_payer(bruno.id, card, country="DE", now=NOW)
    assert books[ScreeningRecords].other_payers(1, card, since=NOW) == 1
    assert books[ScreeningRecords].other_payers(1, card, since=NOW + DAY) == 0
    assert books[ScreeningRecords].other_people(1, card) == 1
    assert books[ScreeningRecords].related_trials(bruno.id) == int(
        books[Subscriptions].had_trial(1)
    )
    assert books[ScreeningRecords].tries(1, since=NOW - DAY) > 0
    assert books[ScreeningRecords].tries(1, since=NOW) == 0
    assert books[ScreeningRecords].has_bought(1) in {True, False}
    assert books[Reviews].has_refused_money(1) in {True, False}
    for is_new in (True, False):
        added = books[ScreeningRecords].block(
            BlockedBy.USERNAME, "bru", reason="", staff_id=9001, now=NOW
        )
        assert added == is_new
    assert [one.value for one in books[ScreeningRecords].blocks_on(9, "Bru", card)] == ["bru"]
    assert books[ScreeningRecords].blocks_on(9, "", "") == []
    [block] = books[ScreeningRecords].blocks(most=9)
    assert books[ScreeningRecords].unblock(block.id) == (BlockedBy.USERNAME, "bru")
    assert books[ScreeningRecords].unblock(block.id) is None


def unassigned_receipt(books: Books) -> None:
    payment = payment_of(books, "r9")
    judged = Judgement(
        verdict=Verdict.IN_REVIEW,
        to_order=Money(0, "EUR"),
        to_wallet=EUR,
        from_wallet=Money(0, "EUR"),
        fulfils=False,
    )
    lost = replace(judged, verdict=Verdict.UNKNOWN_ORDER)
    inbox_event = books[Inbox].keep("card", "loose", kind="x", headers={}, body=b"x", now=NOW)
    assert inbox_event is not None
    kept, unknown = (
        books[Receipts].add_receipt(
            provider="card",
            receipt_id=one.verdict,
            payment_id=None,
            customer_id=None,
            money=EUR,
            judgement=one,
            tax=Money(0, "EUR"),
            occurred_at=NOW,
            now=NOW,
        )
        for one in (judged, lost)
    )
    assert kept is not None
    assert unknown is not None
    finding = Finding(
        check=Check.COUNTRY, ruling=Ruling.HOLD, why=TwoCountries(card="US", home="DE")
    )
    number = books[Reviews].open(
        receipt=kept,
        payment_id=payment.id,
        order_id=payment.order_id,
        customer_id=1,
        findings=[finding],
        fingerprint="f",
        judgement=judged,
        now=NOW,
    )
    books[Orders].close(payment.order_id, OrderState.IN_REVIEW, now=NOW)
    assert books[Orders].is_in_review(1, product_id=1, interval=MONTH)
    review = books[Reviews].review(number)
    assert review is not None
    assert (review.findings, review.judgement.to_wallet) == ((finding,), EUR)
    assert books[Reviews].review_of(kept) == review
    assert books[Reviews].waiting(most=9) == [review]
    assert books[Reviews].count_waiting() == 1
    assert books[Reviews].decide(number, ReviewState.APPROVED, staff_id=1, now=NOW)
    assert not books[Reviews].decide(number, ReviewState.REFUSED, staff_id=1, now=NOW)
    assert books[Receipts].decide(kept, replace(judged, verdict=Verdict.REFUSED))
    assert not books[Receipts].decide(kept, judged)
    books[Receipts].note_inbox_event(unknown, inbox_event)
    [found] = books[UnassignedReceipts].unassigned(most=9)
    assert (found, found.inbox_event_id) == (books[Receipts].get(unknown), inbox_event)
    assert books[UnassignedReceipts].count_unassigned() == 1
    books[Orders].close(payment.order_id, OrderState.CANCELLED, now=NOW)
    again = payment_of(books, "r10")
    assert [one.reference for one in books[UnassignedReceipts].assignable(1, "EUR", most=9)] == [
        "r10"
    ]
    assert [one.id for one in books[UnassignedReceipts].owing(again.due, most=9)] == [1]
    given = replace(judged, verdict=Verdict.ASSIGNED)
    books[Receipts].claim(unknown)
    assert books[Receipts].assign(unknown, customer_id=1, payment_id=None, judgement=given)
    assert not books[Receipts].assign(unknown, customer_id=1, payment_id=None, judgement=given)
    books[ProviderClaims].add(
        inbox_event, payment_id=again.id, receipt_id="m", provider_ref="p", money=EUR, now=NOW
    )
    [claim] = books[ProviderClaims].of(again.id)
    assert claim == books[ProviderClaims].by_inbox_event(inbox_event)
    assert books[Inbox].take_again("card", "loose") == inbox_event
    assert books[Inbox].take_again("card", "none") is None
    assert books[ProviderClaims].note_told(inbox_event, now=NOW)
    assert not books[ProviderClaims].note_told(inbox_event, now=NOW)
    assert books[ProviderClaims].end(inbox_event, ClaimState.DENIED)
    assert not books[ProviderClaims].end(inbox_event, ClaimState.DENIED)
    assert books[Inbox].latest(most=1)[0].id >= inbox_event
    assert books[Inbox].erase(before=NOW, most=9) == 0
    assert books[Inbox].erase(before=NOW + DAY, most=99) >= 1
    erased = books[Inbox].get(inbox_event)
    assert erased is not None
    assert (erased.body, erased.headers, erased.event_id) == (b"", {}, "loose")


def provider_health(books: Books) -> None:
    assert books[ProviderHealthRecords].next_try() is None
    assert books[ProviderHealthRecords].of("card") is None
    assert [
        books[ProviderHealthRecords].fail("card", error="slow").failures for _ in range(2)
    ] == [1, 2]
    books[ProviderHealthRecords].suspect("card", now=NOW)
    assert books[ProviderHealthRecords].next_try() == NOW
    assert books[ProviderHealthRecords].open("card", now=NOW, try_at=NOW + DAY)
    assert not books[ProviderHealthRecords].open("card", now=NOW, try_at=NOW)
    assert books[ProviderHealthRecords].opened() == [books[ProviderHealthRecords].of("card")]
    assert books[ProviderHealthRecords].claim(now=NOW, lease=NOW) == []
    [tried] = books[ProviderHealthRecords].claim(now=NOW + DAY, lease=NOW + 2 * DAY)
    assert (tried.tries, tried.error) == (1, "slow")
    books[ProviderHealthRecords].try_later("card", NOW + 3 * DAY, error="still")
    assert books[ProviderHealthRecords].next_try() == NOW + 3 * DAY
    books[ProviderHealthRecords].half_close("card", failures=4)
    closed = books[ProviderHealthRecords].close("card")
    assert closed is not None
    assert (closed.opened_at, closed.is_open, closed.failures) == (NOW, False, 4)
    assert books[ProviderHealthRecords].close("card") is None
