"""Payments (tries to pay an order) and receipts (money that arrived)."""

from dataclasses import dataclass
from datetime import datetime

from shop.rules.money import Money
from shop.rules.receiving import Judgement, Verdict
from shop.rules.states import OrderState, PaymentState
from shop.storage.catalog import Product, product_of
from shop.storage.moments import maybe_moment, maybe_seconds, moment, seconds
from shop.storage.orders import OrderKind
from shop.storage.queries import Row, Sql
from shop.storage.refunds import unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One try to pay an order.

    `due` is asked of the provider; `whole` is the price, more than `due` when a part came
    before. `url` is "" until the provider answered, `screen_id` the message it hangs in.
    """

    id: int
    reference: str
    order_id: int
    customer_id: int
    provider: str
    due: Money
    whole: Money
    state: PaymentState
    provider_ref: str
    url: str
    screen_id: int | None
    created_at: datetime
    expires_at: datetime
    poll_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affairs:
    """All that settlement decides on, read in one statement.

    `is_charge`: the shop took this itself, from saved means; `saves`: the payer agreed that what
    he pays with is kept; `is_listed`: the blocklist names the customer; `is_told_of`: the money
    at hand was told before to have gone back, or to be disputed.
    """

    payment_id: int
    reference: str
    provider: str
    provider_ref: str
    due: Money
    whole: Money
    payment_state: PaymentState
    expires_at: datetime
    screen_id: int | None
    poll_at: datetime | None
    order_id: int
    order_state: OrderState
    order_kind: OrderKind
    term: str
    product: Product
    subscription_id: int | None
    is_charge: bool
    saves: bool
    is_listed: bool
    is_told_of: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money that arrived and what became of it."""

    id: int
    provider: str
    receipt_id: str
    payment_id: int | None
    money: Money
    verdict: Verdict
    to_wallet: Money
    recorded_at: datetime


class Payments:
    """The tables of payments and receipts."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def open_one(
        self,
        *,
        reference: str,
        order_id: int,
        customer_id: int,
        provider: str,
        price_id: int,
        due: Money,
        whole: Money,
        screen_id: int | None,
        now: datetime,
        expires_at: datetime,
        poll_at: datetime,
    ) -> Payment:
        """The running try with this provider, made now if there is none."""
        row = self._sql.one(
            "payment_open_one",
            reference=reference,
            order_id=order_id,
            customer_id=customer_id,
            provider=provider,
            price_id=price_id,
            minor=due.minor,
            whole=whole.minor,
            currency=due.currency,
            screen_id=screen_id,
            now=seconds(now),
            expires_at=seconds(expires_at),
            poll_at=seconds(poll_at),
        )
        assert row is not None  # noqa: S101 - the statement always returns its row
        return payment_of(row)

    def note_page(
        self, payment_id: int, *, provider_ref: str, url: str, expires_at: datetime
    ) -> None:
        """Where it is paid."""
        self._sql.run(
            "payment_note_page",
            id=payment_id,
            provider_ref=provider_ref,
            url=url,
            expires_at=seconds(expires_at),
        )

    def by_reference(self, reference: str) -> Payment | None:
        """The payment we gave this reference."""
        row = self._sql.one("payment_by_reference", reference=reference)
        return None if row is None else payment_of(row)

    def get(self, payment_id: int) -> Payment | None:
        """The payment of this id."""
        row = self._sql.one("payment_by_id", id=payment_id)
        return None if row is None else payment_of(row)

    def by_provider_ref(self, provider: str, provider_ref: str) -> Payment | None:
        """The payment the provider gave this id."""
        row = self._sql.one(
            "payment_by_provider_ref", provider=provider, provider_ref=provider_ref
        )
        return None if row is None else payment_of(row)

    def paid_on_screen(self, customer_id: int, *, screen_id: int, price_id: int) -> str | None:
        """The reference of a paid order's payment that hung in this message, if there is one."""
        found: str | None = self._sql.value(
            "payment_paid_on_screen",
            customer_id=customer_id,
            screen_id=screen_id,
            price_id=price_id,
        )
        return found

    def screens(self, receipt: int) -> list[int]:
        """The messages in which the order of this receipt was to be paid, the oldest first."""
        return [row["screen_id"] for row in self._sql.all("payment_screens", receipt=receipt)]

    def way_used_last(self, customer_id: int, product_id: int) -> str:
        """The provider this customer paid this plan with last; "" when he never paid for it."""
        found = self._sql.value(
            "payment_way_used_last", customer_id=customer_id, product_id=product_id
        )
        return "" if found is None else str(found)

    def by_receipt(self, provider: str, receipt_id: str) -> Payment | None:
        """The payment that this money came for."""
        row = self._sql.one("payment_by_receipt", provider=provider, receipt_id=receipt_id)
        return None if row is None else payment_of(row)

    def affairs(self, reference: str, *, receipt_id: str = "") -> Affairs:
        """Read under the customer's claim, so that it holds until the commit.

        `receipt_id` is the provider's identity of the money at hand, where there is some.
        """
        row = self._sql.one(
            "payment_affairs",
            reference=reference,
            receipt_id=receipt_id,
            unnamed=unnamed(reference),
        )
        assert row is not None  # noqa: S101 - the caller holds the payment
        return Affairs(
            payment_id=row["payment_id"],
            reference=row["reference"],
            provider=row["provider"],
            provider_ref=row["provider_ref"],
            due=Money(row["minor"], row["currency"]),
            whole=Money(row["whole"], row["currency"]),
            payment_state=PaymentState(row["payment_state"]),
            expires_at=moment(row["expires_at"]),
            screen_id=row["screen_id"],
            poll_at=maybe_moment(row["poll_at"]),
            order_id=row["order_id"],
            order_state=OrderState(row["order_state"]),
            order_kind=OrderKind(row["order_kind"]),
            term=row["term"],
            product=product_of(row),
            subscription_id=row["subscription_id"],
            is_charge=row["charge_id"] == row["payment_id"],
            saves=row["consent_id"] is not None,
            is_listed=bool(row["is_listed"]),
            is_told_of=bool(row["is_told_of"]),
        )

    def move(
        self, payment_id: int, *, old: PaymentState, new: PaymentState, poll_at: datetime | None
    ) -> bool:
        """Change state and the next time to ask; False when another was first."""
        changed = self._sql.count(
            "payment_move", id=payment_id, old=old, state=new, poll_at=maybe_seconds(poll_at)
        )
        return changed == 1

    def poll_later(self, payment_id: int, at: datetime | None) -> None:
        """Ask again then, or never."""
        self._sql.run("payment_poll_later", id=payment_id, poll_at=maybe_seconds(at))

    def claim_polls(self, *, now: datetime, lease: datetime, most: int) -> list[Payment]:
        """Payments it is time to ask about; no one else asks until `lease`."""
        rows = self._sql.all(
            "payments_claim_polls", now=seconds(now), lease=seconds(lease), most=most
        )
        return [payment_of(row) for row in rows]

    def next_poll(self) -> datetime | None:
        """When it is time to ask about a payment next."""
        return maybe_moment(self._sql.value("payments_next_poll"))

    def add_receipt(
        self,
        *,
        provider: str,
        receipt_id: str,
        payment_id: int | None,
        customer_id: int | None,
        money: Money,
        judgement: Judgement,
        tax: Money,
        occurred_at: datetime,
        now: datetime,
    ) -> int | None:
        """Record money; None when exactly this money is in the books already."""
        found: int | None = self._sql.value(
            "receipt_add",
            provider=provider,
            receipt_id=receipt_id,
            payment_id=payment_id,
            customer_id=customer_id,
            minor=money.minor,
            currency=money.currency,
            verdict=judgement.verdict,
            to_order=judgement.to_order.minor,
            to_wallet=judgement.to_wallet.minor,
            from_wallet=judgement.from_wallet.minor,
            tax=tax.minor,
            occurred_at=seconds(occurred_at),
            now=seconds(now),
        )
        return found

    def short_before(self, order_id: int, currency: str) -> Money:
        """What came for this order as too little and went to the wallet."""
        found = self._sql.value("receipts_short_of", order_id=order_id, currency=currency)
        return Money(int(found or 0), currency)

    def receipts_of(self, customer_id: int, *, most: int) -> list[Receipt]:
        """A customer's latest receipts."""
        rows = self._sql.all("receipts_of", customer_id=customer_id, most=most)
        return [_receipt(row) for row in rows]

    def totals(self, *, since: datetime, until: datetime) -> list[tuple[int, Money]]:
        """How many receipts, and how much, in each currency."""
        rows = self._sql.all("receipts_totals", since=seconds(since), until=seconds(until))
        return [(row["many"], Money(int(row["minor"]), row["currency"])) for row in rows]


def payment_of(row: Row) -> Payment:
    """A payment as it stands in a row of its table."""
    return Payment(
        id=row["id"],
        reference=row["reference"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        provider=row["provider"],
        due=Money(row["minor"], row["currency"]),
        whole=Money(row["whole"], row["currency"]),
        state=PaymentState(row["state"]),
        provider_ref=row["provider_ref"],
        url=row["url"],
        screen_id=row["screen_id"],
        created_at=moment(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        poll_at=maybe_moment(row["poll_at"]),
    )


def _receipt(row: Row) -> Receipt:
    return Receipt(
        id=row["id"],
        provider=row["provider"],
        receipt_id=row["receipt_id"],
        payment_id=row["payment_id"],
        money=Money(row["minor"], row["currency"]),
        verdict=Verdict(row["verdict"]),
        to_wallet=Money(row["to_wallet"], row["currency"]),
        recorded_at=moment(row["recorded_at"]),
    )
